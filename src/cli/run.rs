//! Options of `run`. `-h` shows a line for each, the first of its comment; `--help` shows it all.

use std::path::PathBuf;

use clap::ValueHint;

use super::account::AccountArgs;
use super::input::InputArgs;
use super::output::OutputArgs;
use super::pace::PaceArgs;
use super::preview::PreviewArgs;
use super::read::ReadArgs;
use super::report::ReportFileArgs;
use super::safety::SafetyArgs;
use super::values::path;

/// Options of `run`.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// File of rows (CSV, TSV, JSONL, xlsx, ods), or `-` for standard input
    #[arg(required_unless_present = "resume", value_parser = path(), value_hint = ValueHint::FilePath)]
    pub input: Option<PathBuf>,

    /// Continue a run that was cut short: its directory, or `latest`
    ///
    /// `latest` is the newest run under reamaze-runs. The run's own copy of the input is read, and
    /// rows that are finished are not sent again.
    #[arg(long, value_name = "DIR|latest", value_parser = path(), value_hint = ValueHint::DirPath, conflicts_with_all = ["input", "out", "max_rows", "sandbox", "online"], help_heading = "Input")]
    pub resume: Option<PathBuf>,

    /// How rows are read.
    #[command(flatten)]
    pub form: InputArgs,

    /// What keeps it from doing more than was meant.
    #[command(flatten)]
    pub safety: SafetyArgs,

    /// How a dry run looks at the account.
    #[command(flatten)]
    pub preview: PreviewArgs,

    /// Which conversations are read first.
    #[command(flatten)]
    pub read: ReadArgs,

    /// How fast to send.
    #[command(flatten)]
    pub pace: PaceArgs,

    /// Where to send.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Run against a simulated Re:amaze inside this process
    #[arg(long, conflicts_with_all = ["base_url", "brand", "email", "token_file"], help_heading = "Account")]
    pub sandbox: bool,

    /// Run directory, new or empty [default: reamaze-runs/INPUT-TIME, in UTC]
    #[arg(long, value_name = "DIR", value_parser = path(), value_hint = ValueHint::DirPath, help_heading = "Results")]
    pub out: Option<PathBuf>,

    /// Do not compare the server's answers with the requested changes
    #[arg(long, help_heading = "Results")]
    pub no_verify: bool,

    /// What is shown.
    #[command(flatten)]
    pub output: OutputArgs,

    /// Write metrics of this run to FILE, for Prometheus [default: none]
    ///
    /// For the textfile collector of `node_exporter`, which reads `*.prom`.
    /// FILE is replaced at the end, whatever the exit code; not by a dry run.
    #[arg(long, value_name = "FILE", value_parser = path(), value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub metrics: Option<PathBuf>,

    /// The report that it leaves.
    #[command(flatten)]
    pub report: ReportFileArgs,
}
