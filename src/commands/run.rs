//! `run`: validate, preview, ask, send, record, add up.

use std::fs::File;
use std::io::{IsTerminal as _, stderr};
use std::sync::Arc;

use jiff::Timestamp;

use super::prepare::{Checked, Prepared, prepare, stopped};
use super::signals::Listener;
use super::{consent, dry_run};
use crate::api::{Account, Client, Verification};
use crate::args::{ProgressStyle, RunArgs};
use crate::config::{Consent, RunFile, Settings, Target, resubmission};
use crate::error::Error;
use crate::exit;
use crate::input::{Layout, Reader};
use crate::ledger::{LedgerError, RunDirectory, Staging, settle};
use crate::model::{Outcome, StopReason, Summary};
use crate::pipeline::{Gate, KeepViolations, Retries, Run, Stop};
use crate::report::{self, Progress, Style, Verbosity};
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
        summary.finished_at = Some(Timestamp::now());
        let printed = match (is_dry, ended) {
            (true, Ok(_)) => Ok(()),
            (true, Err(error)) => dry_run::print_error(&error),
            (false, ended) => {
                summary.error = ended.err().map(|error| error.to_string());
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
    let settings = Settings::resolve(args)?;
    settings
        .warnings
        .iter()
        .for_each(|warning| report::warning(warning));
    let stop = Arc::new(Stop::default());
    let _listener = Listener::start(&stop)
        .map_err(|error| Error::Fault(format!("signals cannot be handled: {error}")))?;
    if settings.args.dry_run {
        return dry_run::dry_run(&settings, &stop);
    }
    summary.rate_asked = Some(settings.rate.rate().per_second());
    let (account, _sandbox) = account(&settings.target)?;
    let staging = Staging::prepare(settings.place.clone()).map_err(Error::Directory)?;
    let copy = staging.create(COPY).map_err(Error::Directory)?;
    let Some(prepared) = checked(&settings, &copy, &stop, summary)? else {
        return Ok(exit::DONE);
    };
    agree(&settings, &prepared, &account, &stop)?;
    let client = client(&settings, &account)?;
    let layout = prepared.layout;
    let run_file = RunFile::new(&settings, &account, layout, prepared.sha256.clone());
    let (directory, journal) = staging
        .publish(COPY, layout.format, &run_file)
        .map_err(Error::Directory)?;
    summary.run_dir = Some(directory.path().display().to_string());
    let sent = send(
        &settings, *prepared, &client, &directory, journal, &stop, summary,
    );
    finish(&settings, &directory, layout, sent, &stop, summary)
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
            let base_url = crate::api::BaseUrl::parse(&sandbox.base_url()).map_err(Error::usage)?;
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
    stop: &Stop,
    summary: &mut Summary,
) -> Result<Option<Box<Prepared>>, Error> {
    let name = settings.input_name();
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
    if let Some(refusal) = prepared.refusal(settings) {
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

/// Shows what is about to happen, and asks where that is wanted.
fn agree(
    settings: &Settings,
    prepared: &Prepared,
    account: &Account,
    stop: &Stop,
) -> Result<(), Error> {
    let name = settings.input_name();
    let plan = prepared.plan(
        settings,
        &name,
        Some(account.base_url()),
        Some(account.email()),
    );
    match settings.consent {
        Consent::Ask => {
            report::tell(&plan.page());
            consent::ask(&plan.question(), stop)
        }
        Consent::Given => {
            if !settings.args.quiet {
                report::tell(&plan.line());
            }
            stopped(stop).map_or(Ok(()), Err)
        }
    }
}

fn client(settings: &Settings, account: &Account) -> Result<Client, Error> {
    let verification = if settings.args.no_verify {
        Verification::Skip
    } else {
        Verification::Compare
    };
    Client::new(
        account.clone(),
        settings.args.timeout,
        settings.workers,
        verification,
    )
    .map_err(Error::usage)
}

/// Sends and records.
fn send(
    settings: &Settings,
    prepared: Prepared,
    client: &Client,
    directory: &RunDirectory,
    mut journal: crate::ledger::Journal,
    stop: &Stop,
    summary: &mut Summary,
) -> Result<(), Error> {
    let reader = read(directory, prepared.layout).map_err(Error::Ledger)?;
    let gate = Gate::new(settings.rate.rate());
    let run = Run {
        planner: prepared.planner,
        exchange: client,
        gate: &gate,
        retries: Retries(settings.args.retries),
        workers: settings.workers,
        stop,
    };
    let mut progress = Progress::new(
        style(&settings.args),
        verbosity(&settings.args),
        summary.rows,
    );
    let sent = run.send(reader, &mut journal, &mut |event| progress.show(event));
    progress.finish();
    summary.pace = sent?;
    journal.sync().map_err(Error::Ledger)
}

/// Puts the results in order, and tells what came of the run.
fn finish(
    settings: &Settings,
    directory: &RunDirectory,
    layout: Layout,
    sent: Result<(), Error>,
    stop: &Stop,
    summary: &mut Summary,
) -> Result<u8, Error> {
    summary.stop_reason = stop.reason();
    sent?;
    if let Some(reason @ StopReason::LedgerUnwritable { .. }) = &summary.stop_reason {
        // The ledger is whole up to here; nothing else fits on that disk either.
        return Err(Error::Ledger(LedgerError::Io {
            path: directory.results(),
            error: std::io::Error::other(reason.to_string()),
        }));
    }
    let settled = settle(directory, layout, || read(directory, layout)).map_err(Error::Ledger)?;
    if settled.rows != summary.rows {
        return Err(Error::Ledger(LedgerError::Sums(format!(
            "{} rows were checked, and {} are in the ledger",
            summary.rows, settled.rows
        ))));
    }
    summary.counts = settled.counts;
    summary.differs = settled.differs;
    summary.reasons = settled.reasons;
    let status = exit::of_run(summary);
    summary.exit_status = status;
    summary.finished_at = Some(Timestamp::now());
    directory.write_summary(summary).map_err(Error::Ledger)?;
    tell(settings, directory, summary);
    Ok(status)
}

fn tell(settings: &Settings, directory: &RunDirectory, summary: &Summary) {
    if settings.args.quiet && summary.exit_status == exit::DONE {
        return;
    }
    let command =
        (summary.counts.to_be_fed_back() > 0).then(|| resubmission(settings, &directory.failed()));
    report::tell(&report::summary_text(summary, command.as_deref()));
}

fn read(directory: &RunDirectory, layout: Layout) -> Result<Reader, LedgerError> {
    let path = directory.input();
    let file = File::open(&path).map_err(|error| LedgerError::Io { path, error })?;
    Ok(Reader::open(file, layout.into())?)
}

fn style(args: &RunArgs) -> Style {
    match args.progress {
        _ if args.quiet => Style::Silent,
        ProgressStyle::Auto if stderr().is_terminal() => Style::Bar,
        ProgressStyle::Bar => Style::Bar,
        ProgressStyle::Auto | ProgressStyle::Lines => Style::Lines,
        ProgressStyle::None => Style::Silent,
    }
}

fn verbosity(args: &RunArgs) -> Verbosity {
    match (args.quiet, args.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, true) => Verbosity::Verbose,
        (false, false) => Verbosity::Normal,
    }
}
