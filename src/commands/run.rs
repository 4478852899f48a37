//! `run`: a new run, from its input to its exit status.

use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::locks::{self, AccountLock};
use super::prepare::{Checked, Mode, Prepared, prepare, sha256_of_copy};
use super::session::{self, Session};
use super::signals::listen;
use super::{dry_run, resume, source};
use crate::api::{Account, BaseUrl};
use crate::cli::RunArgs;
use crate::config::{InputSource, Settings, Target};
use crate::error::Error;
use crate::exit;
use crate::input::InputError;
use crate::ledger::Staging;
use crate::model::Shown as _;
use crate::model::{Outcome, Summary};
use crate::pipeline::{KeepViolations, Known};
use crate::report::{self, Log, LogFormat, Notice};
use crate::sandbox::{self, Sandbox};
use crate::stop::Stop;

/// Runs; the exit status.
pub(super) fn run(args: RunArgs, log: &Arc<Log>) -> u8 {
    let (is_dry, is_json) = (args.safety.dry_run, args.output.json);
    let mut metrics = args.metrics.clone().filter(|_| !is_dry);
    let mut summary = Summary::default();
    summary.command.began = Some(Timestamp::now());
    if args.output.log_format == LogFormat::Json {
        let log = Arc::clone(log);
        panic::set_hook(Box::new(move |panic| {
            let message = &panic.to_string();
            log.report(&Notice::Panic { message });
        }));
    }
    let writable = metrics.as_deref().map_or(Ok(()), check_metrics);
    if writable.is_err() {
        metrics = None;
    }
    let ended = panic::catch_unwind(AssertUnwindSafe(|| {
        writable.and_then(|()| start(args, log, &mut summary))
    }));
    let error = ended
        .unwrap_or_else(|_| Err(Error::of_panic()))
        .map(|status| summary.exit_status = Some(status))
        .inspect_err(|error| {
            log.error(error.status(), &error.to_string());
        })
        .err();
    if let Some(error) = &error {
        summary.exit_status = Some(error.status());
        summary.error = Some(error.to_string());
    }
    summary.command.ended.get_or_insert_with(Timestamp::now);
    if summary.passes.is_empty() {
        summary.started_at = summary.command.began;
        summary.finished_at = summary.command.ended;
    }
    let mut status = summary.exit_status.unwrap_or(exit::FAULT);
    if is_json {
        let printed = match (is_dry, &error) {
            (true, None) => Ok(()),
            (true, Some(error)) => dry_run::print_error(error),
            (false, _) => report::print_json(&summary).map_err(Error::Output),
        };
        if let Err(error) = printed {
            status = error.status();
            summary.exit_status = Some(status);
            log.error(status, &error.to_string());
        }
    }
    if let Some(path) = metrics
        && let Err(error) = report::write_metrics(&path, &summary)
    {
        // What became of the run is what the status tells.
        log.warning(&format!("--metrics {}: {error}", path.shown()));
    }
    status
}

/// Sees before anything is sent that there will be metrics of it.
fn check_metrics(path: &Path) -> Result<(), Error> {
    let checked = report::check_metrics(path);
    checked.map_err(|error| Error::Usage(format!("--metrics {}: {error}", path.shown())))
}

/// The document of a run that did not come so far as to have settings.
pub(super) fn print_error(error: &Error) -> Result<(), Error> {
    let summary = Summary {
        exit_status: Some(error.status()),
        error: Some(error.to_string()),
        ..Summary::default()
    };
    report::print_json(&summary).map_err(Error::Output)
}

fn start(args: RunArgs, log: &Arc<Log>, summary: &mut Summary) -> Result<u8, Error> {
    let stop = Arc::new(Stop::default());
    listen(&stop, log)
        .map_err(|error| Error::Usage(format!("signals cannot be handled: {error}")))?;
    match args.resume.clone() {
        Some(from) => resume::resume(args, &from, log, &stop, summary),
        None => fresh(args, log, &stop, summary),
    }
}

/// A new run.
fn fresh(args: RunArgs, log: &Log, stop: &Arc<Stop>, summary: &mut Summary) -> Result<u8, Error> {
    let input = InputSource::new(args.input.as_deref().unwrap_or(Path::new("-")));
    source::check(&input).map_err(|error| Error::Input {
        name: input.name(),
        error: InputError::Io(error),
    })?;
    let settings = Settings::resolve(args, input, stop)?;
    session::warn(&settings, log);
    if settings.dry_run {
        return dry_run::dry_run(&settings, log, stop);
    }
    let (account, _sandbox) = account(&settings.target)?;
    let client = session::client(&settings, &account)?;
    let mut lock = AccountLock::take(&settings, &account, log)?;
    let staging = Staging::prepare(settings.place.clone()).map_err(Error::Directory)?;
    let copy = staging.create(COPY).map_err(Error::Directory)?;
    let Some(prepared) = checked(&settings, &copy, log, stop, summary)? else {
        return Ok(exit::DONE);
    };
    session::agree(&settings, &prepared, &account, log, stop)?;
    let sha256 = sha256_of_copy(&copy)?;
    let mut run_file = settings.run_file(&account, prepared.layout, sha256);
    run_file.input.damaged = summary.damaged;
    let (directory, journal) = staging
        .publish(COPY, prepared.layout.format, &run_file)
        .map_err(Error::Directory)?;
    lock.name_run(directory.path());
    let _run_lock = locks::run_directory(&directory.run_file(), &run_file.account)?;
    let session = Session {
        settings: &settings,
        directory,
        layout: prepared.layout,
        log,
        stop,
    };
    session.run(*prepared, &client, journal, Known::default(), summary)
}

/// The name of the copy until its format is known.
const COPY: &str = "input";

/// The account to send to; with a sandbox of our own, that too.
fn account(target: &Target) -> Result<(Account, Option<Sandbox>), Error> {
    match target {
        Target::Account(account) => Ok((account.clone(), None)),
        Target::Sandbox => {
            let sandbox = Sandbox::start(0, sandbox::Options::default(), Box::new(|_| ()))
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
    log: &Log,
    stop: &Arc<Stop>,
    summary: &mut Summary,
) -> Result<Option<Box<Prepared>>, Error> {
    let name = settings.source.name();
    let prepared = match prepare(settings, copy, KeepViolations::First, stop)? {
        Checked::Rows(prepared) => prepared,
        Checked::Header(violations) => {
            log.violations(&name, &violations.first, violations.count);
            return Err(Error::Refused(format!(
                "{name}: the header is wrong: no row can be read"
            )));
        }
    };
    let preview = &prepared.findings.preview;
    summary.rows = preview.rows;
    summary.damaged = preview.damaged();
    let violations = &prepared.findings.violations;
    log.violations(&name, &violations.first, violations.count);
    if let Some(refusal) = prepared.refusal(settings, Mode::Run) {
        summary.counts.add(Outcome::Invalid, preview.illegal());
        summary.counts.add(Outcome::NotSent, preview.legal);
        return Err(Error::Refused(refusal));
    }
    if preview.rows == 0 {
        let message = &format!("{name}: no rows: there is nothing to do");
        log.report(&Notice::NothingToDo { message });
        return Ok(None);
    }
    Ok(Some(prepared))
}
