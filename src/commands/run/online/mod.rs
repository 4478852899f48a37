//! `run --dry-run --online`: each conversation is read as a run would read it, and what would change is
//! shown. Nothing is changed, and nothing but plan and report is written. The files are the steps: `read` the
//! account, `findings` from what was recorded, the `plan`, the `report`.

mod findings;
mod plan;
mod read;
mod report;

use std::fs::File;
use std::io::Seek as _;
use std::sync::Arc;

use super::account::account;
use super::check::{CheckedInput, CheckedRows, Mode, copy_and_check};
use super::locks::AccountLock;
use super::preview;
use crate::config::{OnlineOptions, Settings};
use crate::error::Error;
use crate::exit;
use crate::files;
use crate::input::{InputError, Reader};
use crate::ledger::LedgerError;
use crate::model::{Outcome, Shown as _, StopReason, Summary};
use crate::report::{AccountFindings, AccountPreview, Log, Notice, UndoPreview};
use crate::stop::Stop;
use findings::findings;
use plan::PlanFile;
use read::{Online, read_account};
use report::Reported;

/// Previews against the account, with what there is to say of an undo; the exit status.
pub(super) fn preview(
    settings: &Settings,
    options: &OnlineOptions,
    undo: Option<UndoPreview>,
    log: &Log,
    stop: &Arc<Stop>,
) -> Result<u8, Error> {
    check_files(options)?;
    let (account, _sandbox) = account(&settings.target)?;
    let client = &settings.client(&account)?;
    let _lock = AccountLock::take(settings, &account, log)?;
    let copy = tempfile::tempfile().map_err(LedgerError::temporary)?;
    let mut rows = match copy_and_check(settings, &copy, preview::kept(settings), stop)? {
        CheckedInput::Rows(rows) => rows,
        CheckedInput::Header(violations) => {
            none_written(options, log);
            return preview::header(settings, log, violations);
        }
    };
    rows.undo = undo;
    if rows.refusal(settings, Mode::Run).is_some() {
        log.warning("the account was not read: the run would send nothing");
        none_written(options, log);
        return preview::show(settings, log, *rows, exit::DONE);
    }
    // Before the requests, of which there may be many.
    for warning in rows.warnings(settings, &settings.source.name()) {
        log.warning(&warning);
    }
    let online = Online {
        settings,
        options,
        account: &account,
        client,
        log,
        stop,
    };
    online.show(*rows, &copy)
}

/// Checks that the plan can be written; the report has been checked.
fn check_files(options: &OnlineOptions) -> Result<(), Error> {
    options.plan.as_deref().map_or(Ok(()), plan::check)?;
    match (&options.plan, &options.report) {
        (Some(plan), Some(report)) if files::absolute(plan) == files::absolute(&report.path) => {
            Err(Error::usage(
                "--plan and --report name the same file (give the report another name)",
            ))
        }
        _ => Ok(()),
    }
}

/// Says that there is neither plan nor report of what was not read.
fn none_written(options: &OnlineOptions, log: &Log) {
    let why = "the account was not read";
    if let Some(path) = &options.plan {
        let path = path.shown();
        let message = &format!("--plan {path}: not written: {why}");
        log.report(&Notice::Note { message });
    }
    if let Some(report) = &options.report {
        report.not_written(why, log);
    }
}

impl Online<'_> {
    /// Reads the account and shows what was found; the exit status.
    fn show(&self, mut rows: CheckedRows, copy: &File) -> Result<u8, Error> {
        let settings = self.settings;
        let layout = rows.layout.clone();
        let read = || -> Result<Reader, InputError> {
            let mut copy = copy.try_clone()?;
            copy.rewind()?;
            Reader::open(copy, &(&layout).into())
        };
        let read_rows = read_account(self, &rows, read)?;
        let (reading, stop_reason) = (read_rows.reading.clone(), self.stop.reason());
        let mut plan = self.new_plan(stop_reason.as_ref())?;
        let plan_rows = plan.as_mut();
        let previewed = findings(settings, self.options, &rows, read_rows, read, plan_rows)?;
        let left_out = plan.as_ref().map_or(0, PlanFile::left_out);
        let status = status(&previewed.findings, left_out, stop_reason.clone());
        // What was read is shown, whatever became of the plan.
        let (plan, not_written) = match plan.map(|plan| plan.commit(settings)).transpose() {
            Ok(plan) => (plan, None),
            Err(error) => (None, Some(error)),
        };
        let name = settings.source.name();
        let known = (Some(self.account.base_url()), Some(self.account.email()));
        let violations = rows.take_violations()?;
        let offline = rows.plan(settings, &name, known);
        let due = rows.findings.preview.send_counts.rows;
        let preview = AccountPreview {
            input: &name,
            account: offline.account,
            findings: &previewed.findings,
            undo: rows.undo.as_ref(),
            due: rows.findings.preview.with_change(),
            sample_of: self.options.sample.map(|_| due),
            took: reading.took,
            stop_reason: stop_reason.as_ref(),
            check: settings.follow_up.checking(stop_reason.as_ref()),
            rate: offline.rate,
            plan,
        };
        // Only rows that would be sent are read; rows that are skipped show only in the exit code.
        let refusal = rows.refusal(settings, Mode::DryRun);
        let verdict = match (not_written, status, refusal) {
            (Some(error), ..) => Err((error.status(), error.to_string())),
            (None, exit::DONE | exit::ROWS_LEFT, Some(refusal)) => Err((exit::INPUT, refusal)),
            (None, status, _) => Ok(status),
        };
        let shown = (Some(&offline), Some(&preview));
        let printed = preview::print(settings, self.log, shown, violations, verdict);
        let reported = Reported {
            input: &name,
            account: offline.account,
            findings: &previewed.findings,
            reading,
            stop_reason,
            due,
            exit_status: *printed.as_ref().unwrap_or(&status),
        };
        self.write_report(previewed.page_rows, &reported);
        printed
    }

    /// The plan, if one is requested. A preview that was stopped has none.
    fn new_plan(&self, stop_reason: Option<&StopReason>) -> Result<Option<PlanFile>, Error> {
        let Some(path) = &self.options.plan else {
            return Ok(None);
        };
        if stop_reason.is_some() {
            let path = path.shown();
            let warning = format!("--plan {path}: not written: the preview was stopped");
            self.log.warning(&warning);
            return Ok(None);
        }
        let plan = PlanFile::new(path, self.settings).map_err(LedgerError::temporary)?;
        Ok(Some(plan))
    }
}

/// The status of a preview: like that of a run whose rows ended so, where `left_out` of them are missing
/// from the plan.
fn status(found: &AccountFindings, left_out: u64, stop_reason: Option<StopReason>) -> u8 {
    // Rows that were not to be read: of a sample, those between.
    let not_read =
        found.changes.counts.of(Outcome::NotSent) + found.changes.counts.of(Outcome::Invalid);
    let status = exit::from_run(&Summary {
        rows: found.changes.counts.total() - not_read,
        counts: found.changes.counts.clone(),
        stop_reason,
        ..Summary::default()
    });
    match status {
        exit::DONE if left_out > 0 => exit::ROWS_LEFT,
        status => status,
    }
}
