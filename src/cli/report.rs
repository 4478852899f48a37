//! Options of `report`, and those with which other commands leave a report.

use std::path::PathBuf;

use clap::ValueHint;

use super::values::path;
use crate::report::html::{ReportFile, Subjects};

/// What `report --help` says first.
pub(super) const ABOUT: &str = "\
Make an HTML report of a run.

One file that a browser shows without anything else: outcomes, key figures, requests over time, what was changed, and \
every row that needs attention, as far as there is room. It works for runs that were finished, stopped or killed, needs no \
credentials, and changes nothing else. It contains slugs, tags and field values, but no message text or subjects: share it accordingly. The path of \
the report is printed on standard output.";

/// Commands to begin with, and what each is for.
pub(super) const EXAMPLES: [(&str, &str); 2] = [
    ("reamaze-bulk report latest", "report.html in its directory"),
    ("reamaze-bulk report RUN_DIR -o a.html", "somewhere else"),
];

/// Options of `report`.
#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    /// Run to report on: its directory, or `latest`
    ///
    /// `latest` is the newest run under reamaze-runs.
    #[arg(value_name = "RUN_DIR|latest", value_parser = path(), value_hint = ValueHint::DirPath)]
    pub run: PathBuf,

    /// Where to write it, or `-` for standard output [default: report.html in the run directory]
    ///
    /// An existing file is not replaced, except for report.html in the run directory.
    #[arg(short, long, value_name = "FILE", value_parser = path(), value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Show the subjects of conversations, from the column _subject of the input
    #[arg(long)]
    pub with_subjects: bool,
}

/// The report that a command leaves when it ends.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct ReportFileArgs {
    /// Write an HTML report to FILE, which must not exist [default: none]
    ///
    /// It is written when the command ends, whatever the exit code; with --dry-run --online, of what would
    /// change. See `reamaze-bulk report --help`.
    #[arg(long, value_name = "FILE", value_parser = path(), value_hint = ValueHint::FilePath)]
    pub report: Option<PathBuf>,

    /// With --report: show subjects, from the column _subject
    #[arg(long, requires = "report")]
    pub with_subjects: bool,
}

impl ReportFileArgs {
    /// The report, if one is asked for.
    #[must_use]
    pub fn file(&self) -> Option<ReportFile> {
        Some(ReportFile {
            path: self.report.clone()?,
            subjects: Subjects::from_switch(self.with_subjects),
        })
    }
}
