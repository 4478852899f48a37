//! What was typed, without effects. What it means is resolved in `config`.

mod guesses;
mod other_tools;
mod rate;
mod values;
mod zone;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use jiff::tz::TimeZone;

use crate::exit;
use crate::input::Format;
use crate::pipeline::MaxFailures;
use crate::report::LogFormat;
use values::{delimiter, duration, limit, path, percentage, port, retries, rows};

pub use guesses::with_tip;
pub use rate::{AskedRate, rate};
pub use values::{WORKERS, max_failures, timeout, workers};
pub use zone::{timezone, zones};

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
    /// Serve a simulated Re:amaze on 127.0.0.1, until it is interrupted
    #[command(long_about = SANDBOX_ABOUT)]
    Sandbox(SandboxArgs),
    /// Print a JSON Schema of one row of a JSONL file
    Schema,
    /// Print a shell completion script
    Completions {
        /// The shell that is to read it
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

const SANDBOX_ABOUT: &str = "\
Serve a simulated Re:amaze on 127.0.0.1, until it is interrupted.

Any login and token that are not empty are accepted. Conversations exist as soon as they are \
asked for, except those whose slug begins with `missing-`. Every staff email and channel is known, \
except those that hold `unknown`, `missing`, `nobody`, `no-such` or `nonexistent`. Nothing is kept \
beyond the end of the process.";

/// Commands to begin with, and what each is for.
pub const EXAMPLES: [(&str, &str); 4] = [
    ("reamaze-bulk run rows.csv --dry-run", "preview only"),
    ("reamaze-bulk run rows.csv --sandbox", "rehearse"),
    ("reamaze-bulk run rows.csv --limit 20", "send 20 rows ..."),
    ("reamaze-bulk run --resume latest", "... then the rest"),
];

/// Options of `run`. `-h` shows a line for each, the first of its comment; `--help` shows it all.
#[derive(Debug, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one switch of the command line"
)]
#[expect(
    clippy::doc_markdown,
    reason = "--help shows these comments as they stand"
)]
pub struct RunArgs {
    /// File of rows (CSV, TSV or JSONL), or `-` for standard input
    #[arg(required_unless_present = "resume", value_parser = path(), value_hint = ValueHint::FilePath)]
    pub input: Option<PathBuf>,

    /// Go on with a run that was cut short: its directory, or `latest`
    ///
    /// `latest` is the newest run under reamaze-runs. The run's own copy of the input is read, and
    /// what is settled is not sent again.
    #[arg(long, value_name = "DIR|latest", value_parser = path(), value_hint = ValueHint::DirPath, conflicts_with_all = ["input", "out", "max_rows", "sandbox"], help_heading = "Input")]
    pub resume: Option<PathBuf>,

    /// Format of INPUT: csv, tsv, jsonl [default: by its name, or content]
    #[arg(long, value_enum, hide_possible_values = true, help_heading = "Input")]
    pub format: Option<Format>,

    /// Between cells: a character, or `tab` [default: by the header line]
    ///
    /// The header line shows which of `,` `;` tab and `|` it is.
    #[arg(long, value_name = "C", value_parser = delimiter, help_heading = "Input")]
    pub delimiter: Option<u8>,

    /// For times without an offset [default: none, such times are invalid]
    ///
    /// A name like Europe/Berlin.
    #[arg(long, value_name = "AREA/CITY", value_parser = timezone, help_heading = "Input")]
    pub timezone: Option<TimeZone>,

    /// The same change for every row that does not say otherwise; repeatable
    #[arg(long, value_name = "FIELD=VALUE", help_heading = "Input")]
    pub set: Vec<String>,

    /// Send the valid rows although others are invalid
    #[arg(long, help_heading = "Input")]
    pub skip_invalid: bool,

    /// Send custom fields that a spreadsheet or export has damaged
    ///
    /// Such as 1.2E+11, #N/A, NULL, text encoded twice or a cell cut off: their rows are invalid
    /// otherwise. Preview and summary say how many are sent.
    #[arg(long, help_heading = "Input")]
    pub allow_damaged: bool,

    /// Validate and preview; send nothing, write nothing; needs no token
    #[arg(long, help_heading = "Safety")]
    pub dry_run: bool,

    /// Do not ask before sending
    #[arg(short, long, help_heading = "Safety")]
    pub yes: bool,

    /// Send nothing if there are more rows than this [default: no limit]
    #[arg(long, value_name = "N", value_parser = rows, help_heading = "Safety")]
    pub max_rows: Option<u64>,

    /// Send the first N rows that are due, no more [default: all]
    ///
    /// A canary: --resume sends the rest.
    #[arg(long, value_name = "N", value_parser = limit, help_heading = "Safety")]
    pub limit: Option<u64>,

    /// Stop sending after this long, like 6h [default: no limit]
    ///
    /// --resume goes on.
    #[arg(long, value_name = "T", value_parser = duration, help_heading = "Safety")]
    pub max_duration: Option<Duration>,

    /// Stop past so many rows that went wrong [default: 50%]
    ///
    /// Those that are rejected, not found, failed or unknown: N, N% (from the 50th row on) or none.
    #[arg(long, value_name = "N|N%|none", value_parser = max_failures, help_heading = "Safety")]
    pub max_failures: Option<AllowedFailures>,

    /// Run although another run holds the account
    #[arg(long, help_heading = "Safety")]
    pub allow_overlap: bool,

    /// Requests at most, retries included [default: 120/m; 50/s in the sandbox]
    ///
    /// So many a second or a minute, from 1/m to 1000000/s.
    #[arg(long, value_name = "N/s|N/m", value_parser = rate, help_heading = "Pace")]
    pub rate: Option<AskedRate>,

    /// Pause when the server throttles, but never lower the rate after it
    #[arg(long, help_heading = "Pace")]
    pub fixed_rate: bool,

    /// Requests in flight at most, 1 to 256 [default: rate x 2 s, within 2 to 64]
    #[arg(long, value_name = "N", value_parser = workers, help_heading = "Pace")]
    pub workers: Option<u16>,

    /// Time for one request, like 30s, 2m or bare seconds [default: 30s]
    #[arg(long, value_name = "T", value_parser = timeout, help_heading = "Pace")]
    pub timeout: Option<Duration>,

    /// Tries after the first, for what can be retried [default: 5]
    ///
    /// A 429 never counts.
    #[arg(long, value_name = "N", value_parser = retries, help_heading = "Pace")]
    pub retries: Option<u32>,

    /// Configuration file [default: ~/.config/reamaze-bulk/config.toml]
    ///
    /// TOML with brand, base_url, email, token_file, token_command, rate, workers, timeout and
    /// timezone; those outside of profiles hold for every profile that says nothing else. An
    /// option goes before the environment, the environment before the profile. The default is
    /// below $XDG_CONFIG_HOME, if that is set.
    #[arg(long, value_name = "PATH", value_parser = path(), value_hint = ValueHint::FilePath, help_heading = "Account")]
    pub config: Option<PathBuf>,

    /// Named set of options in the configuration file [default: none]
    ///
    /// `--profile eu` takes what is below [profiles.eu]. The sandbox takes its timezone only.
    #[arg(long, value_name = "NAME", help_heading = "Account")]
    pub profile: Option<String>,

    /// `acme` of `https://acme.reamaze.io` [env: REAMAZE_BRAND]
    #[arg(long, help_heading = "Account")]
    pub brand: Option<String>,

    /// Login [env: REAMAZE_EMAIL]
    #[arg(long, help_heading = "Account")]
    pub email: Option<String>,

    /// File with the API token [env: REAMAZE_API_TOKEN, the token itself]
    #[arg(long, value_name = "PATH", value_parser = path(), value_hint = ValueHint::FilePath, help_heading = "Account")]
    pub token_file: Option<PathBuf>,

    /// Instead of `https://BRAND.reamaze.io/api/v1` [env: REAMAZE_BASE_URL]
    #[arg(long, value_name = "URL", help_heading = "Account")]
    pub base_url: Option<String>,

    /// Run against a simulated Re:amaze inside this process
    #[arg(long, conflicts_with_all = ["base_url", "brand", "email", "token_file"], help_heading = "Account")]
    pub sandbox: bool,

    /// Run directory, new or empty [default: reamaze-runs/INPUT-TIME, in UTC]
    #[arg(long, value_name = "DIR", value_parser = path(), value_hint = ValueHint::DirPath, help_heading = "Results")]
    pub out: Option<PathBuf>,

    /// Do not compare the server's answers with what was asked for
    #[arg(long, help_heading = "Results")]
    pub no_verify: bool,

    /// How to show progress: auto, bar, lines, none [default: auto]
    ///
    /// auto: a bar on a terminal, and elsewhere lines, one every 30 seconds.
    #[arg(
        long,
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        value_name = "HOW",
        help_heading = "Output"
    )]
    pub progress: ProgressStyle,

    /// Print one JSON document on standard output
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    /// Form of what standard error says: text, json [default: text]
    ///
    /// json: an object a line. Nobody is asked then (--yes is needed), and no bar is shown.
    #[arg(
        long,
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub log_format: LogFormat,

    /// Replace FILE by metrics of this run for Prometheus [default: none]
    ///
    /// For the textfile collector of its node exporter, which wants a name that ends in `.prom`.
    /// Written at the end, whatever the exit status; not by a dry run.
    #[arg(long, value_name = "FILE", value_parser = path(), value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub metrics: Option<PathBuf>,

    /// Show where settings came from, and every request and answer
    ///
    /// Never the token.
    #[arg(short, long, conflicts_with = "quiet", help_heading = "Output")]
    pub verbose: bool,

    /// Show warnings and errors only
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ProgressStyle {
    /// A bar on a terminal, lines elsewhere
    #[default]
    Auto,
    /// A bar
    Bar,
    /// A line every 30 seconds
    Lines,
    /// Nothing
    None,
}

/// Options of `sandbox`.
#[derive(Debug, clap::Args)]
pub struct SandboxArgs {
    /// Port on 127.0.0.1; 0 takes any that is free
    #[arg(long, value_parser = port, default_value_t = 0)]
    pub port: u16,

    /// Requests allowed for each token: N/s or N/m, in fixed windows [default: no limit]
    #[arg(long, value_name = "N/s|N/m", value_parser = rate)]
    pub limit: Option<AskedRate>,

    /// Send no Retry-After with a 429
    #[arg(long)]
    pub no_retry_after: bool,

    /// Time that an answer takes, like 100ms
    #[arg(long, value_name = "T", value_parser = duration, default_value = "0s")]
    pub latency: Duration,

    /// Share of requests that are answered with a 5xx, like 5%
    #[arg(long, value_name = "P%", value_parser = percentage, default_value = "0%")]
    pub errors: f64,

    /// Do not log requests
    #[arg(short, long)]
    pub quiet: bool,
}

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

/// How many rows may go wrong, and how that was typed.
#[derive(Debug, Clone, PartialEq)]
pub struct AllowedFailures {
    /// What it means.
    pub most: MaxFailures,
    text: String,
}

impl Default for AllowedFailures {
    fn default() -> Self {
        Self {
            most: MaxFailures::Share(0.5),
            text: "50%".into(),
        }
    }
}

impl std::fmt::Display for AllowedFailures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
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
