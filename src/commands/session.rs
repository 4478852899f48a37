//! What a new run and a resumed one have in common: ask, send, record, add up.

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use jiff::Timestamp;

use super::consent;
use super::prepare::Prepared;
use crate::api::{Account, Client};
use crate::config::{Consent, Settings};
use crate::error::Error;
use crate::exit;
use crate::files;
use crate::input::{InputError, Layout, Reader};
use crate::ledger::{Journal, LedgerError, Missing, RunDirectory, Watched, finish};
use crate::model::Shown as _;
use crate::model::{Event, Pass, StopReason, Summary, remedy};
use crate::pipeline::{Known, Run, RunError};
use crate::report::{self, Log, NextCommands, Notice, Progress};
use crate::send::{Gate, Retries};
use crate::stop::Stop;

/// Says what the user should know, and what is no reason not to start; with `-v` also where
/// settings came from.
pub(super) fn warn(settings: &Settings, log: &Log) {
    for message in &settings.origins {
        log.report(&Notice::Setting { message });
    }
    for warning in &settings.warnings {
        log.warning(warning);
    }
}

/// Shows what is about to happen, and asks where that is wanted.
pub(super) fn agree(
    settings: &Settings,
    prepared: &Prepared,
    account: &Account,
    log: &Log,
    stop: &Stop,
) -> Result<(), Error> {
    let name = settings.source.name();
    let known = (Some(account.base_url()), Some(account.email()));
    let plan = prepared.plan(settings, &name, known);
    match settings.consent {
        Consent::Ask => {
            let question = plan.page() + &plan.question();
            consent::ask(&question, log, stop)
        }
        Consent::Given => {
            for warning in &plan.warnings {
                log.warning(warning);
            }
            log.report(&Notice::Plan(&plan));
            Error::of_stop(stop).map_or(Ok(()), Err)
        }
    }
}

/// The client that sends to `account`.
pub(super) fn client(settings: &Settings, account: &Account) -> Result<Client, Error> {
    let connections = usize::from(settings.pace.workers.get());
    Client::new(account, settings.pace.timeout.duration(), connections).map_err(Error::usage)
}

/// Files that a run has open beside the connections of its workers, with some to spare.
const OTHER_FILES: u64 = 24;

/// A run whose directory is in its place.
pub(super) struct Session<'a> {
    pub(super) settings: &'a Settings,
    pub(super) directory: RunDirectory,
    pub(super) layout: Layout,
    pub(super) log: &'a Log,
    pub(super) stop: &'a Stop,
}

impl Session<'_> {
    /// Sends what is due, records it, and adds up; the exit status.
    pub(super) fn run(
        &self,
        prepared: Prepared,
        client: &Client,
        mut journal: Journal,
        known: Known,
        summary: &mut Summary,
    ) -> Result<u8, Error> {
        self.begin(summary)?;
        let watched = Watched::start(&self.directory).map_err(|error| self.not_derived(error))?;
        let sent = self.send(prepared, (client, &watched), &mut journal, known, summary);
        if let Err(missing) = watched.check() {
            return self.rescue(&missing, &watched, &journal, sent.is_ok(), summary);
        }
        summary.stop_reason = self.stop.reason();
        summary.error = summary.stop_reason.as_ref().map(ToString::to_string);
        let Err(error) = sent.map_err(|error| self.told(error)) else {
            return self.add_up(summary);
        };
        summary.error = Some(error.to_string());
        summary.end(error.status(), Timestamp::now());
        // What cannot be said there is said where the command ends.
        let _ = self.directory.write_summary(summary);
        Err(error)
    }

    /// Saves what the run has recorded, whose directory is not there any more; what came of it.
    fn rescue(
        &self,
        missing: &Missing,
        watched: &Watched,
        journal: &Journal,
        is_whole: bool,
        summary: &mut Summary,
    ) -> Result<u8, Error> {
        let told = missing.to_string();
        self.stop.because(StopReason::RunDirectoryGone { told });
        summary.stop_reason = self.stop.reason();
        let saved = watched.save(journal).map_err(|error| {
            summary.run_dir = None;
            Error::Fatal(format!(
                "{missing}, and what it held cannot be saved ({error}): the outcomes of {} are lost (start a new run: rows that are sent again come to the same)",
                report::counted(summary.counts.total(), "row")
            ))
        })?;
        let told = format!(
            "{missing}: what was recorded is saved in {}",
            saved.path().shown()
        );
        self.log.warning(&told);
        summary.error = Some(told.clone());
        summary.run_dir = Some(saved.path().to_string_lossy().into_owned());
        let session = Session {
            directory: saved,
            ..*self
        };
        if is_whole {
            return session.add_up(summary);
        }
        let resume = self.settings.follow_up.resumption(session.directory.path());
        Err(Error::Fatal(format!(
            "{told}; to continue this run: {resume}"
        )))
    }

    /// Says in the run directory that a pass has begun, before anything is sent: should it be
    /// killed, the next one knows.
    fn begin(&self, summary: &mut Summary) -> Result<(), Error> {
        let rate = self.settings.pace.rate.per_second();
        summary.rate_unit = self.settings.pace.rate.unit();
        summary.run_dir = Some(self.directory.path().to_string_lossy().into_owned());
        summary
            .passes
            .push(Pass::begun(summary.command.began, rate));
        summary.add_up_passes();
        let written = self.directory.write_summary(summary);
        written.map_err(|error| self.not_derived(error))
    }

    /// As many workers as were asked for, or as there may be open files for.
    fn workers(&self) -> usize {
        // A worker may have one connection in use and leave another idle. In a sandbox the other
        // ends are ours too.
        let each = if self.settings.is_sandbox() { 4 } else { 2 };
        let asked = self.settings.pace.workers.get();
        let limit = files::allow_open_files(OTHER_FILES + each * u64::from(asked));
        let most = limit.saturating_sub(OTHER_FILES) / each;
        let workers = u16::try_from(most).unwrap_or(u16::MAX).clamp(1, asked);
        if workers < asked {
            self.log.warning(&format!(
                "only {limit} files may be open (ulimit -n): using {} instead of {asked}",
                report::counted(u64::from(workers), "worker")
            ));
        }
        usize::from(workers)
    }

    fn send(
        &self,
        prepared: Prepared,
        (client, watched): (&Client, &Watched),
        journal: &mut Journal,
        known: Known,
        summary: &mut Summary,
    ) -> Result<(), Error> {
        let Settings { pace, limits, .. } = self.settings;
        let gate = Gate::new(pace.rate.into(), pace.adaptation);
        let due = prepared.findings.preview.rows;
        let run = Run {
            planner: prepared.planner,
            exchange: client,
            gate: &gate,
            retries: Retries(pace.retries),
            verification: self.settings.verification,
            workers: self.workers(),
            limit: limits.rows_sent,
            deadline: limits
                .max_duration
                .and_then(|most| Instant::now().checked_add(most)),
            max_failures: limits.max_failures,
            known,
            detail: self.settings.detail,
            stop: self.stop,
            watched: Some(watched),
        };
        let mut progress = Progress::new(self.settings.progress, self.log, due, pace.rate.unit());
        let read = || Reader::open(watched.input()?, self.layout.into());
        summary.counts = summary.counts.of_settled();
        let recorded = &mut summary.counts;
        let sent = run.send(read, journal, &mut |event| {
            if let Event::Recorded(result) = event {
                recorded.add(result.outcome, 1);
            }
            progress.show(event);
        });
        drop(progress);
        let mut sent = sent?;
        // Where the machine let fewer work than were asked for, asking for them is no advice.
        let asked = u64::from(pace.workers.get());
        sent.workers_needed = sent.workers_needed.filter(|needed| *needed > asked);
        if let Some(pass) = summary.passes.last_mut() {
            pass.sent(&sent);
        }
        summary.command.sent = Some(sent);
        Ok(journal.sync().map_err(RunError::Unwritable)?)
    }

    /// Puts the results in order, makes what is derived from them, and tells what came of the run;
    /// the exit status.
    pub(super) fn add_up(&self, summary: &mut Summary) -> Result<u8, Error> {
        let totals = self.read();
        let totals = totals.and_then(|reader| finish(&self.directory, reader));
        let totals = totals.map_err(|error| self.not_derived(error))?;
        summary.run_dir = Some(self.directory.path().to_string_lossy().into_owned());
        summary.rows = totals.rows;
        summary.counts = totals.counts;
        summary.differs = totals.differs;
        summary.reasons = totals.reasons;
        let status = exit::of_run(summary);
        summary.end(status, Timestamp::now());
        let written = self.directory.write_summary(summary);
        written.map_err(|error| self.not_derived(error))?;
        self.tell(summary);
        Ok(status)
    }

    /// The ledger is whole; what is derived from it can be made again.
    fn not_derived(&self, error: LedgerError) -> Error {
        let LedgerError::Io { path, error } = error else {
            return Error::Ledger(error);
        };
        let resume = self.settings.follow_up.resumption(self.directory.path());
        let results = self.directory.results();
        let cure = error.remedy();
        let told = if results.exists() {
            let results = results.shown();
            format!("{error}; every outcome is in {results}: {cure}, then run: {resume}")
        } else {
            format!("{error}; the run directory was removed or renamed: {cure}, then run: {resume}")
        };
        ledger_error(path, told)
    }

    /// Tells what came of the run, and what to do next.
    pub(super) fn tell(&self, summary: &Summary) {
        // A sandbox is gone when its run ends: nothing goes on from there.
        let is_gone = self.settings.is_sandbox();
        let open = if is_gone { 0 } else { summary.counts.open() };
        let resume = (open > 0).then(|| self.settings.follow_up.resumption(self.directory.path()));
        let failed = self.directory.failed();
        let name = failed.file_name().unwrap_or_default();
        let has_failed = summary.counts.to_be_fed_back() > 0;
        let resubmit = has_failed.then(|| self.settings.follow_up.resubmission(&failed));
        self.log.report(&Notice::Summary {
            summary,
            next: NextCommands {
                resume: resume.as_deref(),
                resubmit: resubmit.as_deref(),
                failed: &name.to_string_lossy(),
            },
        });
    }

    /// An error with what to do about it.
    fn told(&self, error: Error) -> Error {
        let Error::Run(RunError::Unwritable(error)) = error else {
            return error;
        };
        // The ledger is whole up to here; nothing else fits on that disk either.
        let resume = self.settings.follow_up.resumption(self.directory.path());
        let cure = remedy(&error);
        let told = format!("{error}; {cure}, then continue: {resume}");
        ledger_error(self.directory.results(), told)
    }

    /// The same for those to whom the input matters alone.
    pub(super) fn read_input(&self) -> Result<Reader, InputError> {
        self.read().map_err(|error| match error {
            LedgerError::Input(error) => error,
            error => InputError::Io(io::Error::other(error.to_string())),
        })
    }

    /// Reads the private copy from its start.
    pub(super) fn read(&self) -> Result<Reader, LedgerError> {
        let file = self.directory.open_input()?;
        Ok(Reader::open(file, self.layout.into())?)
    }
}

/// An error about a file of the run directory, told in our words.
fn ledger_error(path: PathBuf, told: String) -> Error {
    Error::Ledger(LedgerError::Io {
        path,
        error: io::Error::other(told).into(),
    })
}
