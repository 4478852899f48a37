//! `run --dry-run`: the same way up to the send, then a preview.

use std::cell::RefCell;

use super::prepare::{Checked, prepare};
use crate::config::{Settings, Target};
use crate::error::Error;
use crate::ledger::LedgerError;
use crate::model::Violation;
use crate::pipeline::{KeepViolations, Stop, Violations};
use crate::report::{self, DryRun};
use crate::{exit, sandbox};

/// Previews; the exit status. What cannot be said in the preview is the error.
pub(super) fn dry_run(settings: &Settings, stop: &Stop) -> Result<u8, Error> {
    let copy = tempfile::tempfile().map_err(|error| {
        Error::Directory(LedgerError::Io {
            path: std::env::temp_dir(),
            error,
        })
    })?;
    let is_json = settings.args.json;
    let keep = if is_json {
        KeepViolations::All
    } else {
        KeepViolations::First
    };
    let name = settings.input_name();
    match prepare(settings, &copy, keep, stop)? {
        Checked::Header(violations) => {
            let error = format!("{name}: the header is wrong: no row can be read");
            show(None, &name, violations, Some(error), is_json)
        }
        Checked::Rows(mut prepared) => {
            let none = Violations::new(KeepViolations::First).map_err(Error::Output)?;
            let violations = std::mem::replace(&mut prepared.findings.violations, none);
            let refusal = prepared.refusal(settings);
            let (base_url, email) = match &settings.target {
                Target::Nowhere { base_url, email } => (base_url.clone(), email.clone()),
                Target::Account(account) => (
                    Some(account.base_url().clone()),
                    Some(account.email().to_owned()),
                ),
                Target::Sandbox => (None, Some(sandbox::EMAIL.to_owned())),
            };
            let plan = prepared.plan(settings, &name, base_url.as_ref(), email.as_deref());
            show(Some(&plan), &name, violations, refusal, is_json)
        }
    }
}

fn show(
    plan: Option<&report::Plan<'_>>,
    name: &str,
    violations: Violations,
    refusal: Option<String>,
    is_json: bool,
) -> Result<u8, Error> {
    let status = if refusal.is_some() {
        exit::INPUT
    } else {
        exit::DONE
    };
    if is_json {
        let all = violations.into_all().map_err(Error::Output)?;
        print_document(plan, all, status, refusal.clone())?;
    } else {
        let mut page = report::violations_text(name, &violations.first, violations.count);
        page.push_str(&plan.map(report::Plan::page).unwrap_or_default());
        report::print(&page).map_err(Error::Output)?;
    }
    if let Some(refusal) = refusal {
        report::error(&refusal);
    }
    Ok(status)
}

/// The document of a dry run that did not come so far.
pub(super) fn print_error(error: &Error) -> Result<(), Error> {
    let none = Box::new(std::iter::empty());
    print_document(None, none, error.status(), Some(error.to_string()))
}

fn print_document(
    plan: Option<&report::Plan<'_>>,
    violations: Box<dyn Iterator<Item = std::io::Result<Violation>> + '_>,
    exit_status: u8,
    error: Option<String>,
) -> Result<(), Error> {
    let document = DryRun {
        plan,
        violations: RefCell::new(violations),
        exit_status,
        error,
    };
    report::print_json(&document).map_err(Error::Output)
}
