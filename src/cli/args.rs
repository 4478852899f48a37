//! The command line: its commands, and what help says below their options.

use std::fmt::Write as _;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use super::catalog::{self, CatalogArgs};
use super::check::{self, CheckArgs};
use super::report::{self, ReportArgs};
use super::run::RunArgs;
use super::sandbox::{self, SandboxArgs};
use super::select::{self, SelectArgs};
use super::undo::{self, UndoArgs};
use crate::exit;

/// Change thousands of Re:amaze conversations from one file of rows.
///
/// Rows add and remove tags, or set tags, status, assignee, channel and custom fields. What a run changed can be
/// restored with `undo`, where the conversations were read first.
#[derive(Debug, Parser)]
#[command(
    name = "reamaze-bulk",
    version,
    max_term_width = 100,
    after_help = examples(&[SELECT, EXAMPLES[0]]),
    after_long_help = examples(&[&[SELECT][..], &EXAMPLES].concat())
)]
pub struct Args {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Validate, preview and send a file of changes
    ///
    /// One request per row, or two where the conversation is read first: for rows that edit tags (`add_tags`,
    /// `remove_tags`) or have guards (`expect.status` and others), and for all rows with --read-first. What was read first
    /// can be restored: see `reamaze-bulk undo --help`.
    #[command(after_long_help = exit_table() + "\n" + &examples(&EXAMPLES))]
    Run(Box<RunArgs>),
    /// Restore what a run changed
    #[command(
        long_about = undo::ABOUT,
        mut_arg("dry_run", |option| option.help(undo::DRY_RUN).long_help(undo::DRY_RUN_LONG)),
        after_long_help = exit_table() + "\n" + &examples(&undo::EXAMPLES)
    )]
    Undo(Box<UndoArgs>),
    /// Make an HTML report of a run
    #[command(long_about = report::ABOUT, after_long_help = examples(&report::EXAMPLES))]
    Report(ReportArgs),
    /// List conversations into an input file
    #[command(long_about = select::ABOUT, after_long_help = examples(&select::EXAMPLES))]
    Select(Box<SelectArgs>),
    /// Cache the names of an account: staff, channels, used tags
    #[command(long_about = catalog::ABOUT, after_long_help = examples(&catalog::EXAMPLES))]
    Catalog(CatalogArgs),
    /// Check login, brand and server with one request
    #[command(
        long_about = check::ABOUT,
        mut_arg("progress", |option| option.hide(true)),
        after_long_help = examples(&check::EXAMPLES)
    )]
    Check(CheckArgs),
    /// Serve a simulated Re:amaze on 127.0.0.1, until it is interrupted
    #[command(long_about = sandbox::ABOUT)]
    Sandbox(SandboxArgs),
    /// Print a JSON Schema of one row of a JSONL file
    Schema,
    /// Print a shell completion script
    Completions {
        /// The shell to generate for
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// What comes before a run.
const SELECT: (&str, &str) = ("reamaze-bulk select -o rows.csv", "list conversations");

/// Commands to begin with, and what each is for.
pub(super) const EXAMPLES: [(&str, &str); 5] = [
    ("reamaze-bulk run rows.csv --dry-run", "preview only"),
    ("reamaze-bulk run rows.csv --sandbox", "rehearse"),
    ("reamaze-bulk run rows.csv --limit 20", "send 20 rows ..."),
    ("reamaze-bulk run --resume latest", "... then the rest"),
    ("reamaze-bulk undo latest --dry-run", "preview an undo"),
];

/// Columns that every terminal has: tables of this width are wrapped by nobody else.
const TABLE_WIDTH: usize = 60;

fn exit_table() -> String {
    let mut table = String::from("Exit codes:\n");
    for (code, meaning) in exit::TABLE {
        let lines = wrapped(meaning, TABLE_WIDTH - 17);
        for (at, line) in lines.iter().enumerate() {
            let code = if at == 0 { code } else { "" };
            let _ = writeln!(table, "  {code:<13}  {line}");
        }
    }
    table
}

/// `text` in lines of at most `width` characters, as far as words let it.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn examples(examples: &[(&str, &str)]) -> String {
    let lines = examples
        .iter()
        .map(|(command, what)| format!("\n  {command:<37}   {what}"));
    format!("Examples:{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
