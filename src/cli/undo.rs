//! Options of `undo`: those of a run, save those that say how rows are read.

use std::path::PathBuf;

use clap::ValueHint;

use super::account::AccountArgs;
use super::input::InputArgs;
use super::output::OutputArgs;
use super::pace::PaceArgs;
use super::preview::PreviewArgs;
use super::read::ReadArgs;
use super::report::ReportFileArgs;
use super::run::RunArgs;
use super::safety::SafetyArgs;
use super::values::path;
use crate::input::Format;
use crate::model::CatalogMode;

/// What `undo --help` says first.
pub(super) const ABOUT: &str = "\
Restore what a run changed.

Only conversations that were read before they were changed can be restored: rows that edit tags or have guards, and all \
rows of a run with --read-first. Tags are restored by adding and removing just those that the run removed and added; any \
other field is restored only where it still has the value that the run set, and is a conflict otherwise. What cannot be \
restored is listed before anything is sent. An undo is a run of its own: it can be resumed with `run --resume`, and be \
undone.";

/// What its `--dry-run` shows, which is not what that of a run does.
pub(super) const DRY_RUN: &str = "Show what would be restored and what cannot be; change nothing";

/// The same at length.
pub(super) const DRY_RUN_LONG: &str = "\
Show what would be restored and what cannot be; change nothing

Without --online, it needs no token and sends no requests.";

/// Commands to begin with, and what each is for.
pub(super) const EXAMPLES: [(&str, &str); 3] = [
    ("reamaze-bulk undo latest --dry-run", "preview only"),
    ("reamaze-bulk undo latest", "ask, and restore"),
    ("reamaze-bulk undo latest --print", "show the rows"),
];

/// Options of `undo`.
#[derive(Debug, clap::Args)]
pub struct UndoArgs {
    /// Run to undo: its directory, or `latest`
    ///
    /// `latest` is the newest run under reamaze-runs.
    #[arg(value_name = "RUN_DIR|latest", value_parser = path(), value_hint = ValueHint::DirPath)]
    pub run: PathBuf,

    /// Print the rows of the undo as JSONL, and send nothing
    #[arg(long, conflicts_with_all = ["json", "dry_run", "out", "metrics", "report"], help_heading = "Output")]
    pub print: bool,

    /// What keeps it from doing more than was meant.
    #[command(flatten)]
    pub safety: SafetyArgs,

    /// How a dry run looks at the account.
    #[command(flatten)]
    pub preview: PreviewArgs,

    /// How fast to send.
    #[command(flatten)]
    pub pace: PaceArgs,

    /// Where to send.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Run directory of the undo [default: reamaze-runs/undo-INPUT-TIME, in UTC]
    #[arg(long, value_name = "DIR", value_parser = path(), value_hint = ValueHint::DirPath, help_heading = "Results")]
    pub out: Option<PathBuf>,

    /// Do not compare the server's answers with the requested changes
    #[arg(long, help_heading = "Results")]
    pub no_verify: bool,

    /// What is shown.
    #[command(flatten)]
    pub output: OutputArgs,

    /// Write metrics of the undo to FILE, for Prometheus [default: none]
    #[arg(long, value_name = "FILE", value_parser = path(), value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub metrics: Option<PathBuf>,

    /// The report that it leaves.
    #[command(flatten)]
    pub report: ReportFileArgs,
}

impl UndoArgs {
    /// The options of the run that restores what was there. It reads every conversation first, and text
    /// that looks damaged is what the account had.
    #[must_use]
    pub fn into_run(self) -> RunArgs {
        RunArgs {
            input: None,
            resume: None,
            form: InputArgs {
                format: Some(Format::Jsonl),
                allow_damaged: true,
                // What was there is put back, as far as the account still takes it.
                catalog: Some(CatalogMode::Warn),
                ..InputArgs::default()
            },
            safety: self.safety,
            preview: self.preview,
            read: ReadArgs {
                read_first: true,
                data_whole: false,
            },
            pace: self.pace,
            account: self.account,
            sandbox: false,
            out: self.out,
            no_verify: self.no_verify,
            output: self.output,
            metrics: self.metrics,
            report: self.report,
        }
    }
}
