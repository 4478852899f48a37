//! `run --resume`: continues a run that was interrupted, from its own copy of the input.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::check::{CheckedInput, CheckedRows, check_rows, from_check};
use super::confirm::confirm;
use super::copy::check_copy;
use super::facts::{Facts, Failed};
use super::find::{Purpose, find, not_found};
use super::history::{History, no_such_row};
use super::locks::{self, AccountLock};
use super::open_run::OpenRun;
use super::preview;
use crate::api::Client;
use crate::cli::RunArgs;
use crate::config::{Settings, Target};
use crate::error::Error;
use crate::exit;
use crate::input::InputError;
use crate::ledger::{Journal, LedgerError, Lock, ResumeIndex, RunDirectory, RunFile};
use crate::model::{DataMode, Shown as _};
use crate::pipeline::{Brand, Check, Known, RunError};
use crate::report::{self, Log, Notice};
use crate::send::Login;
use crate::stop::Stop;

/// A run that is older than this is resumed with a warning.
const OLD: Duration = Duration::from_hours(24);

/// Continues the run in `from`; what is known of the run then, and the exit status.
pub(super) fn resume(
    args: RunArgs,
    from: &Path,
    began: Timestamp,
    log: &Log,
    stop: &Stop,
) -> Result<(Facts, u8), Failed> {
    let directory = find(from, Purpose::Resume, log)?.path;
    let run = RunFile::read(&directory);
    let run = run.map_err(|error| not_found(&directory, Purpose::Resume, &error))?;
    let mut settings = Settings::resume(args, &directory, &run, stop)?;
    settings.warnings.extend(age(&run, &settings));
    log.settings(&settings.origins, &settings.warnings);
    let (open_run, _locks) = open(directory, &run, &settings, began, log, stop)?;
    let (rows, mut history) = due(&open_run, &run)?;
    let due = rows.findings.preview.rows;
    let facts = Facts::resumed(&history, &run.input, due + rows.findings.final_rows);
    if settings.dry_run {
        return match look(&open_run, *rows, &history.recorded, &facts) {
            Ok(status) => Ok((facts, status)),
            Err(error) => Err(facts.failed(error)),
        };
    }
    match ready(&open_run, &rows, &history) {
        Ok(Some((client, journal))) => {
            let known = known_account(&history.recorded);
            open_run.run(*rows, facts, &client, journal, &mut history.images, known)
        }
        Ok(None) => open_run.finish(facts, &history.images),
        Err(error) => Err(facts.failed(error)),
    }
}

/// Locks and opens the run.
fn open<'a>(
    directory: PathBuf,
    run: &RunFile,
    settings: &'a Settings,
    began: Timestamp,
    log: &'a Log,
    stop: &'a Stop,
) -> Result<(OpenRun<'a>, (Option<AccountLock>, Lock)), Error> {
    let mut account_lock = match &settings.target {
        Target::Account(account) => Some(AccountLock::take(settings, account, log)?),
        Target::Sandbox | Target::Nowhere { .. } => None,
    };
    let directory = RunDirectory::open(directory, run.options.format).map_err(Error::usage)?;
    let run_lock = locks::run_directory(
        &directory.run_file(),
        &run.account.base_url,
        &run.account.email,
    )?;
    if let Some(lock) = &mut account_lock {
        lock.name_run(directory.path());
    }
    check_copy(&directory, run, "nothing is sent; start a new run")?;
    let layout = run.options.layout();
    let open_run = OpenRun {
        settings,
        directory,
        layout,
        began,
        log,
        stop,
    };
    Ok((open_run, (account_lock, run_lock)))
}

/// The rows that are not final, checked again, and what the passes before left.
fn due(open_run: &OpenRun<'_>, run: &RunFile) -> Result<(Box<CheckedRows>, History), Error> {
    let history = History::read(&open_run.directory, run, open_run.log)?;
    let cause = |error: InputError| Error::Ledger(LedgerError::Input(error));
    let read = || open_run.read_input();
    let check = Check {
        keep: preview::kept(open_run.settings),
        policy: open_run.settings.read_policy,
        limit: open_run.settings.limits.rows_sent,
        max_rows: open_run.settings.limits.max_rows,
        names: open_run.settings.names.known.clone(),
        recorded: Arc::clone(&history.recorded),
        stop: open_run.stop,
    };
    let checked = check_rows(open_run.settings, &check, read().map_err(cause)?, read);
    let checked = checked.map_err(|error| from_check(error, open_run.stop, cause))?;
    let CheckedInput::Rows(rows) = checked else {
        return Err(Error::Internal(
            "internal error: the header of the private copy has changed (please report it)".into(),
        ));
    };
    match &rows.findings.unmatched {
        Some(unmatched) => Err(no_such_row(&open_run.directory, &history.images, unmatched)),
        None => Ok((rows, history)),
    }
}

/// Says what is done and what would be sent, and writes nothing; the exit status.
fn look(
    open_run: &OpenRun<'_>,
    rows: CheckedRows,
    recorded: &ResumeIndex,
    facts: &Facts,
) -> Result<u8, Error> {
    let settings = open_run.settings;
    let results = open_run.directory.results();
    if recorded.is_foreign() {
        open_run.log.warning(&format!(
            "{}: was saved by another program: a resume rewrites it, and keeps this version beside it",
            results.shown()
        ));
    } else if recorded.torn() > 0 {
        open_run.log.warning(&format!(
            "{}: its last line was cut off by a crash: a resume moves it to a file beside it, and sends that row again",
            results.shown()
        ));
    }
    if rows.findings.preview.rows > 0 {
        return preview::show(settings, open_run.log, rows, exit::DONE);
    }
    report_finished(open_run);
    let facts = facts.clone().in_directory(open_run.directory.path());
    let status = exit::from_run(&facts.summary(open_run.began, None));
    open_run.report(&facts.summary(open_run.began, Some(status)));
    if settings.json {
        return preview::show(settings, open_run.log, rows, status);
    }
    Ok(status)
}

/// The client and the ledger to continue with, once that is confirmed; `None` if nothing is due, and
/// what is derived from the ledger is only to be made again.
fn ready(
    open_run: &OpenRun<'_>,
    rows: &CheckedRows,
    history: &History,
) -> Result<Option<(Client, Journal)>, Error> {
    let settings = open_run.settings;
    open_run.directory.sweep()?;
    let (Target::Account(account), 1..) = (&settings.target, rows.findings.preview.rows) else {
        report_finished(open_run);
        reopen(open_run, history)?;
        return Ok(None);
    };
    if history.images.has_erased() && settings.read_policy.data == DataMode::Changed {
        return Err(erases_fields(open_run));
    }
    let client = settings.client(account)?;
    confirm(settings, rows, account, open_run.log, open_run.stop)?;
    Ok(Some((client, reopen(open_run, history)?)))
}

/// Why a run is not continued whose server removes custom fields: each further row would lose some.
fn erases_fields(open_run: &OpenRun<'_>) -> Error {
    let directory = open_run.directory.path();
    let undo = open_run.settings.follow_up.undoing(directory);
    Error::Fatal(format!(
        "{}: not continued: the server removes custom fields that an update does not name. Undo this run ({undo}), then start a new one with --data-whole",
        directory.shown()
    ))
}

/// What the ledger proves of the account.
fn known_account(recorded: &ResumeIndex) -> Known {
    Known {
        brand: if recorded.has_found_any {
            Brand::Proven
        } else {
            Brand::Unproven
        },
        login: if recorded.has_logged_in {
            Login::Proven
        } else {
            Login::Unproven
        },
    }
}

fn report_finished(open_run: &OpenRun<'_>) {
    open_run.log.report(&Notice::NothingToDo {
        message: &format!(
            "{}: this run is finished: nothing left to send",
            open_run.directory.path().shown()
        ),
    });
}

/// The ledger, to be appended to.
fn reopen(open_run: &OpenRun<'_>, history: &History) -> Result<Journal, Error> {
    let recorded = &history.recorded;
    let results = open_run.directory.results();
    let (mut journal, kept) = Journal::open(&results, recorded)?;
    if let Some(kept) = kept {
        let what = if recorded.is_foreign() {
            "was saved by another program, and has been rewritten; that version is kept in"
        } else {
            "its last line was cut off by a crash: that row is sent again, and the line is kept in"
        };
        open_run
            .log
            .warning(&format!("{}: {what} {}", results.shown(), kept.shown()));
    }
    // Whatever comes next, what may have been applied is recorded.
    for record in recorded.in_flight(&history.images)? {
        let appended = journal.append(&record?);
        appended.map_err(|error| open_run.with_remedy(RunError::Unwritable(error)))?;
    }
    Ok(journal)
}

/// What to say of a run that is old: the world may have changed since.
fn age(run: &RunFile, settings: &Settings) -> Option<String> {
    let age = settings.terms.clock.now.duration_since(run.created_at);
    // A clock that was put back makes no run old.
    let age = Duration::try_from(age).unwrap_or_default();
    (age > OLD).then(|| {
        format!(
            "this run was started {} ago: its changes may be out of date",
            report::in_words(age)
        )
    })
}
