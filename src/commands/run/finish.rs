//! The end of a run, and of the command: results in order, summary, exit status, document, metrics, report.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::facts::{Facts, Failed};
use super::open_run::OpenRun;
use super::page::ReportedRun;
use super::preview;
use crate::cli::RunArgs;
use crate::error::Error;
use crate::exit;
use crate::files::NewFile;
use crate::ledger::{BeforeImages, LedgerError, RunFile, Totals, finish};
use crate::model::{Outcome, Shown as _, Summary};
use crate::report::html::{ReportFile, Subjects};
use crate::report::{self, Log, NextCommands, Notice};

impl OpenRun<'_> {
    /// Puts the results in order, makes what is derived from them and the `images` written, and reports
    /// what came of the run: what is known of it then, and the exit status.
    pub(super) fn finish(
        &self,
        facts: Facts,
        images: &BeforeImages,
    ) -> Result<(Facts, u8), Failed> {
        let totals = match self.totals(images) {
            Ok(totals) => totals,
            Err(error) => return Err(facts.failed(self.not_derived(error))),
        };
        let facts = facts
            .with_totals(totals)
            .in_directory(self.directory.path());
        let facts = Facts {
            ended: Some(Timestamp::now()),
            ..facts
        };
        let status = exit::from_run(&facts.summary(self.began, None));
        let summary = facts.summary(self.began, Some(status));
        if let Err(error) = self.directory.write_summary(&summary) {
            return Err(facts.failed(self.not_derived(error)));
        }
        self.report(&summary);
        Ok((facts, status))
    }

    fn totals(&self, images: &BeforeImages) -> Result<Totals, LedgerError> {
        let plain_rows = self.settings.read_policy.plain_rows;
        finish(&self.directory, self.read()?, images, plain_rows)
    }

    /// Reports what came of the run, and what to do next.
    pub(super) fn report(&self, summary: &Summary) {
        // A sandbox is gone when its run ends: nothing can be continued there.
        let is_gone = self.settings.is_sandbox();
        let open = if is_gone { 0 } else { summary.counts.open() };
        let resume = (open > 0).then(|| self.resumption());
        let failed = self.directory.failed();
        let name = failed.file_name().unwrap_or_default();
        let has_failed = summary.counts.failed_file_rows() > 0;
        let resubmit = has_failed.then(|| self.settings.follow_up.resubmission(&failed));
        let has_changed = summary.counts.of(Outcome::Updated) > 0;
        let can_undo = has_changed && !is_gone && self.directory.images().exists();
        let undo = can_undo.then(|| self.settings.follow_up.undoing(self.directory.path()));
        let check = self
            .settings
            .follow_up
            .checking(summary.stop_reason.as_ref());
        self.log.report(&Notice::Summary {
            summary,
            next: NextCommands {
                check: check.as_deref(),
                resume: resume.as_deref(),
                resubmit: resubmit.as_deref(),
                undo: undo.as_deref(),
                failed: &name.to_string_lossy(),
            },
        });
    }
}

/// What a command has to produce when it ends, whatever happens.
pub(super) struct CommandEnd {
    pub(super) began: Timestamp,
    is_dry_run: bool,
    is_online: bool,
    is_json: bool,
    metrics: Option<PathBuf>,
    report: Option<ReportFile>,
}

impl CommandEnd {
    /// What the command line asks for, from now on.
    pub(super) fn new(args: &RunArgs) -> Self {
        let is_dry_run = args.safety.dry_run;
        Self {
            began: Timestamp::now(),
            is_dry_run,
            is_online: args.preview.online,
            is_json: args.output.json,
            metrics: args.metrics.clone().filter(|_| !is_dry_run),
            report: args.report.file(),
        }
    }

    /// Checks before anything is sent that metrics and report can be written. What cannot is not written at
    /// the end.
    pub(super) fn check_files(&mut self) -> Result<(), Error> {
        if self.is_dry_run && !self.is_online && self.report.take().is_some() {
            return Err(Error::usage(
                "--report with --dry-run needs --online: nothing is known of the account without it",
            ));
        }
        checked("--metrics", &mut self.metrics, report::check_metrics)?;
        checked("--report", &mut self.report, NewFile::check)
    }

    /// Ends the command: the error is logged, document and metrics are written; the exit status.
    pub(super) fn end(self, result: Result<(Facts, u8), Failed>, log: &Log) -> u8 {
        let (facts, status, error) = match result {
            Ok((facts, status)) => (facts, status, None),
            Err(Failed { facts, error }) => {
                log.error(error.status(), &error.to_string());
                let facts = Facts {
                    error: Some(error.to_string()),
                    ..*facts
                };
                (facts, error.status(), Some(error))
            }
        };
        let run_dir = facts.run_dir.clone();
        let mut summary = facts.summary(self.began, Some(status));
        if let Err(error) = self.print(&summary, error.as_ref()) {
            log.error(error.status(), &error.to_string());
            summary.exit_status = Some(error.status());
        }
        if let Some(path) = &self.metrics
            && let Err(error) = report::write_metrics(path, &summary)
        {
            // What became of the run is what the status says.
            log.warning(&format!("--metrics {}: {error}", path.shown()));
        }
        self.write_report(run_dir.as_deref(), error.as_ref(), log);
        summary.exit_status.unwrap_or(exit::INTERNAL)
    }

    /// Writes the report of the run in that directory, or says why there is none.
    fn write_report(&self, run_dir: Option<&Path>, error: Option<&Error>, log: &Log) {
        let Some(report) = &self.report else {
            return;
        };
        match (run_dir, error) {
            // A preview that was shown has written its own.
            (_, None | Some(Error::Output(_))) if self.is_dry_run => {}
            _ if self.is_dry_run => report.not_written("there is no preview", log),
            (Some(run_dir), _) => report.write(html(run_dir, report.subjects, log), log),
            (None, _) => report.not_written("nothing was sent", log),
        }
    }

    /// Prints the document that a script waits for; a dry run that succeeds has printed its own.
    fn print(&self, summary: &Summary, error: Option<&Error>) -> Result<(), Error> {
        match error {
            _ if !self.is_json => Ok(()),
            Some(error) if self.is_dry_run => preview::print_error(error),
            None if self.is_dry_run => Ok(()),
            _ => report::print_json(summary).map_err(Error::Output),
        }
    }
}

/// The report of the run in `run_dir`, or why there is none.
fn html(run_dir: &Path, subjects: Subjects, log: &Log) -> Result<String, String> {
    let run = RunFile::read(run_dir).map_err(|error| error.to_string())?;
    let html = ReportedRun::open(run_dir, run).and_then(|run| run.html(subjects, log));
    html.map_err(|error| error.to_string())
}

/// Checks that the file which that option names can be written; if not, it is forgotten.
fn checked<F: AsRef<Path>, E: Display>(
    option: &str,
    file: &mut Option<F>,
    check: fn(&Path) -> Result<(), E>,
) -> Result<(), Error> {
    let Some(named) = file else { return Ok(()) };
    let path = named.as_ref();
    let checked = check(path);
    let checked =
        checked.map_err(|error| Error::Usage(format!("{option} {}: {error}", path.shown())));
    if checked.is_err() {
        *file = None;
    }
    checked
}

/// The document of a run whose command line is wrong.
pub(crate) fn print_error(error: &Error) -> Result<(), Error> {
    let summary = Summary {
        exit_status: Some(error.status()),
        error: Some(error.to_string()),
        ..Summary::default()
    };
    report::print_json(&summary).map_err(Error::Output)
}
