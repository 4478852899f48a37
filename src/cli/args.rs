//! The command line: its commands, and what help says below their options.

use std::fmt::Write as _;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use super::run::RunArgs;
use super::sandbox::{self, SandboxArgs};
use super::undo::{self, UndoArgs};
use crate::exit;

/// Change thousands of Re:amaze conversations from one file of rows.
#[derive(Debug, Parser)]
#[command(name = "reamaze-bulk", version, max_term_width = 100, after_help = examples())]
pub struct Args {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Validate, preview and send a file of changes
    #[command(after_long_help = exit_table() + "\n" + &examples())]
    Run(Box<RunArgs>),
    /// Put back what a run changed
    #[command(long_about = undo::ABOUT)]
    Undo(Box<UndoArgs>),
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

/// Commands to begin with, and what each is for.
pub(super) const EXAMPLES: [(&str, &str); 4] = [
    ("reamaze-bulk run rows.csv --dry-run", "preview only"),
    ("reamaze-bulk run rows.csv --sandbox", "rehearse"),
    ("reamaze-bulk run rows.csv --limit 20", "send 20 rows ..."),
    ("reamaze-bulk run --resume latest", "... then the rest"),
];

/// Columns that every terminal has: tables of this width are wrapped by nobody else.
const TABLE_WIDTH: usize = 60;

fn exit_table() -> String {
    let mut table = String::from("Exit status:\n");
    for (status, meaning) in exit::TABLE {
        let lines = wrapped(meaning, TABLE_WIDTH - 17);
        for (at, line) in lines.iter().enumerate() {
            let status = if at == 0 { status } else { "" };
            let _ = writeln!(table, "  {status:<13}  {line}");
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

fn examples() -> String {
    let lines = EXAMPLES.map(|(command, what)| format!("\n  {command:<37}   {what}"));
    format!("Examples:{}", lines.concat())
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
