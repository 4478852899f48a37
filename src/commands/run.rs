//! `run`: a new run, from its input to its exit status.

use std::fs::File;
use std::sync::Arc;

use jiff::Timestamp;

use super::locks::{self, AccountLock};
use super::prepare::{Checked, Mode, Prepared, prepare};
use super::session::{self, Session};
use super::signals::Listener;
use super::{dry_run, resume};
use crate::api::{Account, BaseUrl};
use crate::args::RunArgs;
use crate::config::{Settings, Target};
use crate::error::Error;
use crate::exit;
use crate::ledger::Staging;
use crate::model::{Outcome, Summary};
use crate::pipeline::{Brand, KeepViolations, Stop};
use crate::report;
use crate::sandbox::{self, Sandbox};

/// Runs; the exit status.
pub(super) fn run(args: RunArgs) -> u8 {
    let (is_dry, is_json) = (args.dry_run, args.json);
    let mut summary = Summary {
        started_at: Some(Timestamp::now()),
        ..Summary::default()
    };
    let ended = start(args, &mut summary);
    let mut status = match &ended {
        Ok(status) => *status,
        Err(error) => {
            report::error(&error.to_string());
            error.status()
        }
    };
    if is_json {
        summary.exit_status = status;
        summary.finished_at.get_or_insert_with(Timestamp::now);
        let printed = match (is_dry, ended) {
            (true, Ok(_)) => Ok(()),
            (true, Err(error)) => dry_run::print_error(&error),
            (false, ended) => {
                summary.error = ended.err().map(|error| error.to_string()).or(summary.error);
                report::print_json(&summary).map_err(Error::Output)
            }
        };
        if let Err(error) = printed {
            report::error(&error.to_string());
            status = error.status();
        }
    }
    status
}

/// The document of a run that did not come so far as to have settings.
pub(super) fn print_error(error: &Error) -> Result<(), Error> {
    let summary = Summary {
        exit_status: error.status(),
        error: Some(error.to_string()),
        ..Summary::default()
    };
    report::print_json(&summary).map_err(Error::Output)
}

fn start(args: RunArgs, summary: &mut Summary) -> Result<u8, Error> {
    let stop = Arc::new(Stop::default());
    let _listener = Listener::start(&stop)
        .map_err(|error| Error::Usage(format!("signals cannot be handled: {error}")))?;
    match args.resume.clone() {
        Some(from) => resume::resume(args, &from, &stop, summary),
        None => fresh(args, &stop, summary),
    }
}

/// A new run.
fn fresh(args: RunArgs, stop: &Arc<Stop>, summary: &mut Summary) -> Result<u8, Error> {
    let settings = Settings::resolve(args, stop)?;
    session::warn(&settings);
    if settings.args.dry_run {
        return dry_run::dry_run(&settings, stop);
    }
    let (account, _sandbox) = account(&settings.target)?;
    let mut lock = AccountLock::take(&settings, &account)?;
    let staging = Staging::prepare(settings.place.clone()).map_err(Error::Directory)?;
    let copy = staging.create(COPY).map_err(Error::Directory)?;
    let Some(prepared) = checked(&settings, &copy, stop, summary)? else {
        return Ok(exit::DONE);
    };
    session::agree(&settings, &prepared, &account, stop)?;
    let client = session::client(&settings, &account)?;
    let run_file = settings.run_file(&account, prepared.layout, prepared.sha256.clone());
    let (directory, journal) = staging
        .publish(COPY, prepared.layout.format, &run_file)
        .map_err(Error::Directory)?;
    lock.name_run(directory.path());
    let _run_lock = locks::run_directory(&directory.run_file(), &run_file.account)?;
    let session = Session {
        settings: &settings,
        directory,
        layout: prepared.layout,
        stop,
    };
    session.run(prepared.planner, &client, journal, Brand::Unproven, summary)
}

/// The name of the copy until its format is known.
const COPY: &str = "input";

/// The account to send to; with a sandbox of our own, that too.
fn account(target: &Target) -> Result<(Account, Option<Sandbox>), Error> {
    match target {
        Target::Account(account) => Ok((account.clone(), None)),
        Target::Sandbox => {
            let sandbox = Sandbox::start(0, sandbox::Options::default())
                .map_err(|error| Error::Usage(format!("the sandbox cannot be started: {error}")))?;
            let base_url = BaseUrl::parse(&sandbox.base_url()).map_err(Error::usage)?;
            let account =
                Account::new(base_url, sandbox::EMAIL, "sandbox").map_err(Error::usage)?;
            Ok((account, Some(sandbox)))
        }
        Target::Nowhere { .. } => Err(Error::Fault("a dry run sends nothing".into())),
    }
}

/// The rows, if they may be sent; `None` if there are none.
fn checked(
    settings: &Settings,
    copy: &File,
    stop: &Arc<Stop>,
    summary: &mut Summary,
) -> Result<Option<Box<Prepared>>, Error> {
    let name = settings.source.name();
    let prepared = match prepare(settings, copy, KeepViolations::First, stop)? {
        Checked::Rows(prepared) => prepared,
        Checked::Header(violations) => {
            report::tell(&report::violations_text(
                &name,
                &violations.first,
                violations.count,
            ));
            return Err(Error::Refused(format!(
                "{name}: the header is wrong: no row can be read"
            )));
        }
    };
    let preview = &prepared.findings.preview;
    summary.rows = preview.rows;
    let violations = &prepared.findings.violations;
    if violations.count > 0 {
        report::tell(&report::violations_text(
            &name,
            &violations.first,
            violations.count,
        ));
    }
    if let Some(refusal) = prepared.refusal(settings, Mode::Run) {
        summary.counts.add(Outcome::Invalid, preview.illegal());
        summary.counts.add(Outcome::NotSent, preview.legal);
        return Err(Error::Refused(refusal));
    }
    if preview.rows == 0 {
        if !settings.args.quiet {
            report::tell(&format!("{name}: no rows: there is nothing to do"));
        }
        return Ok(None);
    }
    Ok(Some(prepared))
}
