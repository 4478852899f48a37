//! A new run: the input is checked and confirmed, the run directory made, and rows are sent.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::account::account;
use super::check::{
    CheckedInput, CheckedRows, Mode, copy_and_check, invalid_header, sha256_of_copy,
};
use super::confirm::confirm;
use super::facts::{Facts, Failed};
use super::locks::{self, AccountLock};
use super::open_run::OpenRun;
use super::{online, preview, source};
use crate::api::Account;
use crate::cli::RunArgs;
use crate::config::{InputSource, Settings};
use crate::error::Error;
use crate::exit;
use crate::input::InputError;
use crate::ledger::{BeforeImages, Journal, RunDirectory, Staging};
use crate::pipeline::{KeepViolations, Known};
use crate::report::{Log, Notice, UndoPreview};
use crate::stop::Stop;

/// The name of the copy until its format is known.
const COPY: &str = "input";

/// Runs; what is known of the run then, and the exit status.
pub(super) fn run(
    args: RunArgs,
    began: Timestamp,
    log: &Log,
    stop: &Arc<Stop>,
) -> Result<(Facts, u8), Failed> {
    let input = InputSource::new(args.input.as_deref().unwrap_or(Path::new("-")));
    source::check(&input).map_err(|error| Error::Input {
        name: input.name(),
        error: InputError::Io(error),
    })?;
    let settings = Settings::resolve(args, input, stop)?;
    start(&settings, None, began, log, stop)
}

/// The same with settings that are resolved, and with what there is to say of an undo.
pub(crate) fn start(
    settings: &Settings,
    undo: Option<UndoPreview>,
    began: Timestamp,
    log: &Log,
    stop: &Arc<Stop>,
) -> Result<(Facts, u8), Failed> {
    log.settings(&settings.origins, &settings.warnings);
    if settings.dry_run {
        let status = match &settings.online {
            None => preview::dry_run(settings, undo, log, stop)?,
            Some(options) => online::preview(settings, options, undo, log, stop)?,
        };
        return Ok((Facts::default(), status));
    }
    let (account, _sandbox) = account(&settings.target)?;
    let client = settings.client(&account)?;
    let mut lock = AccountLock::take(settings, &account, log)?;
    let staging = Staging::prepare(settings.place.clone()).map_err(Error::Directory)?;
    let copy = staging.create(COPY).map_err(Error::Directory)?;
    let (mut rows, mut facts) = check(settings, &copy, log, stop)?;
    facts.cannot_put_back = undo.as_ref().map(UndoPreview::cannot_put_back);
    rows.undo = undo;
    if facts.rows == 0 {
        let message = &format!("{}: no rows: nothing to do", settings.source.name());
        log.report(&Notice::NothingToDo { message });
        return Ok((facts, exit::DONE));
    }
    let made = confirm(settings, &rows, &account, log, stop).and_then(|()| {
        let (directory, journal) = publish(staging, &copy, settings, &rows, &account)?;
        lock.name_run(directory.path());
        let run_lock = locks::run_directory(
            &directory.run_file(),
            account.base_url().as_str(),
            account.email(),
        )?;
        Ok((directory, journal, run_lock))
    });
    let (directory, journal, _run_lock) = match made {
        Ok(made) => made,
        Err(error) => return Err(facts.failed(error)),
    };
    let open_run = OpenRun {
        settings,
        directory,
        layout: rows.layout.clone(),
        began,
        log,
        stop,
    };
    let mut images = match BeforeImages::open(open_run.directory.images()) {
        Ok(images) => images,
        Err(error) => return Err(facts.failed(error.into())),
    };
    open_run.run(
        *rows,
        facts,
        &client,
        journal,
        &mut images,
        Known::default(),
    )
}

/// The rows, if they may be sent.
fn check(
    settings: &Settings,
    copy: &File,
    log: &Log,
    stop: &Arc<Stop>,
) -> Result<(Box<CheckedRows>, Facts), Failed> {
    let name = settings.source.name();
    let rows = match copy_and_check(settings, copy, KeepViolations::First, stop)? {
        CheckedInput::Rows(rows) => rows,
        CheckedInput::Header(violations) => {
            log.violations(&name, &violations.first, violations.count);
            return Err(Error::Refused(invalid_header(&name)).into());
        }
    };
    let violations = &rows.findings.violations;
    log.violations(&name, &violations.first, violations.count);
    let preview = &rows.findings.preview;
    let facts = Facts::checked(preview);
    match rows.refusal(settings, Mode::Run) {
        Some(refusal) => Err(facts.refused(preview).failed(Error::Refused(refusal))),
        None => Ok((rows, facts)),
    }
}

/// The run directory, in its place, and the ledger in it.
fn publish(
    staging: Staging,
    copy: &File,
    settings: &Settings,
    rows: &CheckedRows,
    account: &Account,
) -> Result<(RunDirectory, Journal), Error> {
    let sha256 = sha256_of_copy(copy)?;
    let mut run_file = settings.run_file(account, &rows.layout, sha256);
    run_file.input.damaged = rows.findings.preview.damaged();
    run_file.input.cannot_put_back = rows.undo.as_ref().map(UndoPreview::cannot_put_back);
    staging
        .publish(COPY, rows.layout.format, &run_file)
        .map_err(Error::Directory)
}
