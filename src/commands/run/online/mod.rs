//! `run --dry-run --online`: each conversation is read as a run would read it, and what would change is
//! shown. Nothing is changed, and nothing but plan and report is written. The files are the steps: `look` at the
//! account, `findings` from what was recorded, the `plan`, the `report`.

mod findings;
mod look;
mod plan;
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
use crate::report::{AccountFindings, AccountPreview, Log, UndoPreview};
use crate::stop::Stop;
use findings::findings;
use look::{Online, look};
use plan::PlanFile;
use report::Reported;

/// Previews against the account, with what there is to say of an undo; the exit status.
pub(super) fn preview(
    settings: &Settings,
    options: &OnlineOptions,
    undo: Option<UndoPreview>,
    log: &Log,
    stop: &Arc<Stop>,
) -> Result<u8, Error> {
    options.plan.as_deref().map_or(Ok(()), plan::check)?;
    if let (Some(plan), Some(report)) = (&options.plan, &options.report)
        && files::absolute(plan) == files::absolute(&report.path)
    {
        return Err(Error::usage(
            "--plan and --report name the same file (give the report another name)",
        ));
    }
    let (account, _sandbox) = account(&settings.target)?;
    let client = &settings.client(&account)?;
    let _lock = AccountLock::take(settings, &account, log)?;
    let copy = tempfile::tempfile().map_err(LedgerError::temporary)?;
    let mut rows = match copy_and_check(settings, &copy, preview::kept(settings), stop)? {
        CheckedInput::Rows(rows) => rows,
        CheckedInput::Header(violations) => {
            not_reported(options, log);
            return preview::header(settings, log, violations);
        }
    };
    rows.undo = undo;
    let is_refused = rows.refusal(settings, Mode::Run).is_some();
    if is_refused || rows.findings.preview.with_change() == 0 {
        if is_refused {
            log.warning("the account was not read: the run would send nothing");
        }
        not_reported(options, log);
        return preview::show(settings, log, *rows, exit::DONE);
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

/// Says that the report that may be asked for is not written.
fn not_reported(options: &OnlineOptions, log: &Log) {
    if let Some(report) = &options.report {
        report.not_written("the account was not read", log);
    }
}

impl Online<'_> {
    /// Reads the account and shows what was found; the exit status.
    fn show(&self, mut rows: CheckedRows, copy: &File) -> Result<u8, Error> {
        let settings = self.settings;
        let layout = rows.layout;
        let read = || -> Result<Reader, InputError> {
            let mut copy = copy.try_clone()?;
            copy.rewind()?;
            Reader::open(copy, layout.into())
        };
        let looked = look(self, &rows, read)?;
        let (reading, stop_reason) = (looked.reading.clone(), self.stop.reason());
        // What was not read to its end is no plan.
        let path = self.options.plan.as_deref();
        let path = path.filter(|_| stop_reason.is_none());
        let mut plan = path.map(|path| PlanFile::new(path, settings));
        if let (Some(path), None) = (&self.options.plan, &plan) {
            let path = path.shown();
            self.log.warning(&format!(
                "--plan {path}: not written: not every row was read"
            ));
        }
        let looked = findings(settings, self.options, &rows, looked, read, plan.as_mut())?;
        let left_out = plan.as_ref().map_or(0, PlanFile::left_out);
        let status = status(&looked.findings, left_out, stop_reason.clone());
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
            findings: &looked.findings,
            undo: rows.undo.as_ref(),
            sample_of: self.options.sample.map(|_| due),
            took: reading.took,
            stop_reason: stop_reason.as_ref(),
            rate: offline.rate.clone(),
            rate_per_second: offline.rate_per_second,
            plan,
        };
        // Only what would be sent is looked at; of what would not, the status speaks.
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
            findings: &looked.findings,
            reading,
            stop_reason,
            exit_status: *printed.as_ref().unwrap_or(&status),
        };
        self.write_report(looked.page_rows, &reported);
        printed
    }
}

/// The status of a preview: like that of a run whose rows ended so, where `left_out` of them are missing
/// from the plan.
fn status(found: &AccountFindings, left_out: u64, stop_reason: Option<StopReason>) -> u8 {
    // Rows that were not to be read: of a sample, those between.
    let not_read = found.counts.of(Outcome::NotSent) + found.counts.of(Outcome::Invalid);
    let status = exit::from_run(&Summary {
        rows: found.counts.total() - not_read,
        counts: found.counts.clone(),
        stop_reason,
        ..Summary::default()
    });
    match status {
        exit::DONE if left_out > 0 => exit::ROWS_LEFT,
        status => status,
    }
}
