//! `run --resume`: goes on with a run that was cut short, by its own copy of the input.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::dry_run;
use super::history::{History, no_such_row};
use super::locks::{self, AccountLock};
use super::prepare::{Checked, Prepared, judge};
use super::session::{self, Session};
use crate::cli::RunArgs;
use crate::config::{Settings, Target};
use crate::error::Error;
use crate::exit;
use crate::files::FileError;
use crate::input::{InputError, Layout};
use crate::ledger::{
    Journal, Latest, LedgerError, RUNS, Recorded, RunDirectory, RunFile, RunFileError, sha256_of,
};
use crate::model::Shown as _;
use crate::model::{Summary, file_words};
use crate::pipeline::{Brand, Known};
use crate::report::{self, Log, Notice};
use crate::send::Login;
use crate::stop::Stop;

/// A run that is older says its age.
const OLD: Duration = Duration::from_hours(24);

/// Goes on with the run in `from`; the exit status.
pub(super) fn resume(
    args: RunArgs,
    from: &Path,
    log: &Log,
    stop: &Stop,
    summary: &mut Summary,
) -> Result<u8, Error> {
    let directory = find(from, log)?;
    let run = RunFile::read(&directory).map_err(|error| no_run(&directory, &error))?;
    summary.damaged = run.input.damaged;
    let mut settings = Settings::resume(args, &directory, &run, stop)?;
    settings.warnings.extend(age(&run, &settings));
    session::warn(&settings, log);
    let mut lock = match &settings.target {
        Target::Account(account) => Some(AccountLock::take(&settings, account, log)?),
        Target::Sandbox | Target::Nowhere { .. } => None,
    };
    let directory = RunDirectory::open(directory, run.options.format).map_err(Error::usage)?;
    let _run_lock = locks::run_directory(&directory.run_file(), &run.account)?;
    if let Some(lock) = &mut lock {
        lock.name_run(directory.path());
    }
    check_copy(&directory, &run)?;
    let layout = Layout {
        format: run.options.format,
        delimiter: settings.wanted.delimiter.unwrap_or(b','),
    };
    let session = Session {
        settings: &settings,
        directory,
        layout,
        log,
        stop,
    };
    let History { recorded, passes } = History::read(&session.directory, &run, log)?;
    let recorded = Arc::new(recorded);
    let prepared = due(&session, Arc::clone(&recorded))?;
    if let Some(stray) = &prepared.findings.stray {
        return Err(no_such_row(&session.directory, stray));
    }
    summary.passes = passes;
    summary.rows = prepared.findings.preview.rows + prepared.findings.settled;
    summary.counts.clone_from(&recorded.counts);
    summary.differs = recorded.differs;
    summary.add_up_passes();
    if settings.dry_run {
        return look(&session, *prepared, &recorded, summary);
    }
    session.directory.sweep().map_err(Error::Ledger)?;
    go_on(&session, *prepared, &recorded, summary)
}

/// Says what is done and what would be sent. Nothing is written.
fn look(
    session: &Session<'_>,
    prepared: Prepared,
    recorded: &Recorded,
    summary: &mut Summary,
) -> Result<u8, Error> {
    let settings = session.settings;
    let results = session.directory.results();
    if recorded.is_foreign() {
        session.log.warning(&format!(
            "{}: was saved by another program: a resume writes it in our form again, and keeps it as it is beside",
            results.shown()
        ));
    } else if recorded.torn() > 0 {
        session.log.warning(&format!(
            "{}: its last line is cut off, as a crash leaves it: a resume keeps it beside, and sends that row again",
            results.shown()
        ));
    }
    if prepared.findings.preview.rows > 0 {
        return dry_run::show(settings, session.log, prepared, exit::DONE);
    }
    say_finished(session);
    let status = exit::of_run(summary);
    summary.run_dir = Some(session.directory.path().to_string_lossy().into_owned());
    summary.exit_status = Some(status);
    session.tell(summary);
    if settings.json {
        return dry_run::show(settings, session.log, prepared, status);
    }
    Ok(status)
}

/// Sends what is due; where nothing is, only makes again what is derived from the ledger.
fn go_on(
    session: &Session<'_>,
    prepared: Prepared,
    recorded: &Recorded,
    summary: &mut Summary,
) -> Result<u8, Error> {
    let settings = session.settings;
    let (Target::Account(account), 1..) = (&settings.target, prepared.findings.preview.rows) else {
        say_finished(session);
        reopen(session, recorded)?;
        let last = recorded.last_finished.as_deref();
        summary.finished_at = last.and_then(|time| time.parse().ok());
        return session.add_up(summary);
    };
    let client = session::client(settings, account)?;
    session::agree(settings, &prepared, account, session.log, session.stop)?;
    let mut known = Known::default();
    if recorded.has_found_any {
        known.brand = Brand::Proven;
    }
    if recorded.has_logged_in {
        known.login = Login::Proven;
    }
    let journal = reopen(session, recorded)?;
    session.run(prepared, &client, journal, known, summary)
}

fn say_finished(session: &Session<'_>) {
    session.log.report(&Notice::NothingToDo {
        message: &format!(
            "{}: this run is finished: nothing is left to send",
            session.directory.path().shown()
        ),
    });
}

/// The ledger, to be appended to.
fn reopen(session: &Session<'_>, recorded: &Recorded) -> Result<Journal, Error> {
    let results = session.directory.results();
    let (journal, kept) = Journal::open(&results, recorded)?;
    if let Some(kept) = kept {
        let what = if recorded.is_foreign() {
            "was saved by another program, and is in our form again; as it was it is kept in"
        } else {
            "its last line was cut off, as a crash leaves it: that row is sent again, and the line is kept in"
        };
        session
            .log
            .warning(&format!("{}: {what} {}", results.shown(), kept.shown()));
    }
    Ok(journal)
}

/// Sees that the private copy is what was checked and agreed to: rows could be lost otherwise.
fn check_copy(directory: &RunDirectory, run: &RunFile) -> Result<(), Error> {
    let path = directory.input();
    let sha256 = sha256_of(&directory.open_input()?).map_err(|error| LedgerError::Io {
        path: path.clone(),
        error: error.into(),
    })?;
    if sha256 == run.input.sha256 {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "{}: is not what this run was started with (damaged, or edited): nothing is sent; start a new run",
        path.shown()
    )))
}

/// The directory that is meant.
fn find(from: &Path, log: &Log) -> Result<PathBuf, Error> {
    if from != Path::new("latest") {
        return Ok(from.to_owned());
    }
    let (runs, why) = match RunDirectory::latest() {
        Ok(Latest { found, refused }) => {
            let told = |(path, why): &(PathBuf, RunFileError)| {
                format!("{} is not followed: {why}", path.shown())
            };
            let refused: Vec<_> = refused.iter().map(told).collect();
            if let Some(found) = found {
                for why in &refused {
                    log.warning(why);
                }
                return Ok(found);
            }
            let why = refused.first().map(|first| format!("; {first}"));
            ("no run to resume in", why.unwrap_or_default())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            ("no such directory:", String::new())
        }
        Err(error) => ("cannot read", format!(": {}", file_words(&error))),
    };
    let place = Path::new(RUNS);
    let place = std::path::absolute(place).unwrap_or_else(|_| place.to_owned());
    Err(Error::Usage(format!(
        "--resume latest: {runs} {}{why} (change to the directory in which the run was started, or give its run directory)",
        place.shown()
    )))
}

/// What people write for `latest`.
fn is_like_latest(directory: &Path) -> bool {
    let word = directory.to_string_lossy().to_lowercase();
    ["latest", "last", "newest", "recent"].contains(&word.as_str())
}

/// Why no run can be resumed there.
fn no_run(directory: &Path, error: &RunFileError) -> Error {
    let name = RunFile::NAME;
    let kind = error.file().map_or(io::ErrorKind::Other, FileError::kind);
    let why = match kind {
        io::ErrorKind::NotFound if directory.is_dir() => {
            format!("it holds no {name} (is it a run directory?)")
        }
        io::ErrorKind::NotFound if is_like_latest(directory) => {
            "no such directory (did you mean latest?)".to_owned()
        }
        io::ErrorKind::NotFound => "no such directory".to_owned(),
        io::ErrorKind::NotADirectory => {
            let parent = directory
                .parent()
                .filter(|parent| parent.join(name).is_file());
            let meant = parent.map(|parent| format!(": did you mean {}?", parent.shown()));
            format!(
                "it is a file, not a run directory{}",
                meant.unwrap_or_default()
            )
        }
        _ => error.to_string(),
    };
    Error::Usage(format!(
        "{}: no run can be resumed there: {why}",
        directory.shown()
    ))
}

/// What to say of a run that is old: the world may have changed since.
fn age(run: &RunFile, settings: &Settings) -> Option<String> {
    let age = settings.terms.clock.now.duration_since(run.created_at);
    // A clock that was put back makes no run old.
    let age = Duration::try_from(age).unwrap_or_default();
    (age > OLD).then(|| {
        format!(
            "this run was started {} ago: what it asks for may be out of date",
            report::in_words(age)
        )
    })
}

/// The rows that are not settled, judged anew.
fn due(session: &Session<'_>, recorded: Arc<Recorded>) -> Result<Box<Prepared>, Error> {
    let fault = |error: InputError| Error::Ledger(LedgerError::Input(error));
    let read = || session.read_input();
    let reader = read().map_err(fault)?;
    match judge(
        session.settings,
        recorded,
        reader,
        read,
        dry_run::kept(session.settings),
        session.stop,
        fault,
    )? {
        Checked::Rows(prepared) => Ok(prepared),
        Checked::Header(_) => Err(Error::Fault(
            "the private copy of the input has another header than it had".into(),
        )),
    }
}
