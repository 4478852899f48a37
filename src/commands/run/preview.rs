//! `run --dry-run`: the same way up to the send, then a preview.

use std::cell::RefCell;
use std::sync::Arc;

use super::check::{CheckedInput, CheckedRows, Mode, copy_and_check, invalid_header};
use crate::config::Settings;
use crate::error::Error;
use crate::exit;
use crate::ledger::LedgerError;
use crate::model::Violation;
use crate::pipeline::{KeepViolations, Violations};
use crate::report::{self, AccountPreview, DryRun, Log, Plan, UndoPreview};
use crate::stop::Stop;

/// Previews, with what there is to say of an undo; the exit status. An error is what the preview
/// cannot show.
pub(super) fn dry_run(
    settings: &Settings,
    undo: Option<UndoPreview>,
    log: &Log,
    stop: &Arc<Stop>,
) -> Result<u8, Error> {
    let copy = tempfile::tempfile().map_err(|error| {
        Error::Directory(LedgerError::Io {
            path: std::env::temp_dir(),
            error: error.into(),
        })
    })?;
    match copy_and_check(settings, &copy, kept(settings), stop)? {
        CheckedInput::Rows(mut rows) => {
            rows.undo = undo;
            show(settings, log, *rows, exit::DONE)
        }
        CheckedInput::Header(violations) => header(settings, log, violations),
    }
}

/// Says that the header is wrong; the exit status.
pub(super) fn header(settings: &Settings, log: &Log, violations: Violations) -> Result<u8, Error> {
    let error = invalid_header(&settings.source.name());
    print(
        settings,
        log,
        (None, None),
        violations,
        Err((exit::INPUT, error)),
    )
}

/// The violations that a preview needs: a document has all of them.
pub(super) fn kept(settings: &Settings) -> KeepViolations {
    if settings.dry_run && settings.json {
        KeepViolations::All
    } else {
        KeepViolations::First
    }
}

/// Shows what would be sent; the exit status, which is `legal` unless rows are refused.
pub(super) fn show(
    settings: &Settings,
    log: &Log,
    mut rows: CheckedRows,
    legal: u8,
) -> Result<u8, Error> {
    let violations = rows.take_violations()?;
    let refusal = rows.refusal(settings, Mode::DryRun);
    let verdict = refusal.map_or(Ok(legal), |refusal| Err((exit::INPUT, refusal)));
    let name = settings.source.name();
    let plan = rows.plan(settings, &name, settings.target.account());
    print(settings, log, (Some(&plan), None), violations, verdict)
}

/// What there is to show: of the rows, and of the account.
type Shown<'a> = (Option<&'a Plan<'a>>, Option<&'a AccountPreview<'a>>);

/// Prints the preview; the exit status. An error in `verdict` comes with its status.
pub(super) fn print(
    settings: &Settings,
    log: &Log,
    shown: Shown<'_>,
    violations: Violations,
    verdict: Result<u8, (u8, String)>,
) -> Result<u8, Error> {
    let (status, error) = match verdict {
        Ok(status) => (status, None),
        Err((status, error)) => (status, Some(error)),
    };
    if settings.json {
        let all = violations.into_all().map_err(Error::Output)?;
        print_document(shown, all, status, error.clone())?;
    } else {
        let name = settings.source.name();
        let mut page = report::violations_text(&name, &violations.first, violations.count);
        page.push_str(&match shown {
            (_, Some(online)) => online.page(),
            (Some(plan), None) => plan.page(),
            (None, None) => String::new(),
        });
        report::print(&page).map_err(Error::Output)?;
    }
    if let Some(error) = error {
        log.error(status, &error);
    }
    Ok(status)
}

/// The document of a dry run that did not come so far.
pub(crate) fn print_error(error: &Error) -> Result<(), Error> {
    let none = Box::new(std::iter::empty());
    print_document((None, None), none, error.status(), Some(error.to_string()))
}

fn print_document(
    (plan, online): Shown<'_>,
    violations: Box<dyn Iterator<Item = std::io::Result<Violation>> + '_>,
    exit_status: u8,
    error: Option<String>,
) -> Result<(), Error> {
    let document = DryRun {
        plan,
        online,
        violations: RefCell::new(violations),
        exit_status,
        error,
    };
    report::print_json(&document).map_err(Error::Output)
}
