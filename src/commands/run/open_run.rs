//! A run whose directory is in its place: what its steps share.

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::config::Settings;
use crate::error::Error;
use crate::input::{InputError, Layout, Reader};
use crate::ledger::{LedgerError, RunDirectory};
use crate::model::Shown as _;
use crate::model::remedy;
use crate::pipeline::RunError;
use crate::report::Log;
use crate::stop::Stop;

/// A run whose directory is in its place.
pub(super) struct OpenRun<'a> {
    pub(super) settings: &'a Settings,
    pub(super) directory: RunDirectory,
    pub(super) layout: Layout,
    /// When the command began.
    pub(super) began: Timestamp,
    pub(super) log: &'a Log,
    pub(super) stop: &'a Stop,
}

impl OpenRun<'_> {
    /// Reads the private copy from its start.
    pub(super) fn read(&self) -> Result<Reader, LedgerError> {
        let file = self.directory.open_input()?;
        Ok(Reader::open(file, &(&self.layout).into())?)
    }

    /// The same for those to whom the input matters alone.
    pub(super) fn read_input(&self) -> Result<Reader, InputError> {
        self.read().map_err(|error| match error {
            LedgerError::Input(error) => error,
            error => InputError::Io(io::Error::other(error.to_string())),
        })
    }

    /// The command that continues the run.
    pub(super) fn resumption(&self) -> String {
        self.settings.follow_up.resumption(self.directory.path())
    }

    /// An error of what is derived from the ledger, which is whole: what to do about it.
    pub(super) fn not_derived(&self, error: LedgerError) -> Error {
        let LedgerError::Io { path, error } = error else {
            return Error::Ledger(error);
        };
        let (resume, remedy) = (self.resumption(), error.remedy());
        let results = self.directory.results();
        let what = if results.exists() {
            format!("every outcome is in {}", results.shown())
        } else {
            "the run directory was removed or renamed".to_owned()
        };
        ledger_error(
            path,
            format!("{error}; {what}: {remedy}, then run: {resume}"),
        )
    }

    /// An error of sending, with what to do about it.
    pub(super) fn with_remedy(&self, error: RunError) -> Error {
        let RunError::Unwritable(error) = error else {
            return Error::Run(error);
        };
        // The ledger is whole up to here; nothing else fits on that disk either.
        let (resume, remedy) = (self.resumption(), remedy(&error));
        let message = format!("{error}; {remedy}, then continue: {resume}");
        ledger_error(self.directory.results(), message)
    }
}

/// An error about a file of the run directory, with a message of ours.
fn ledger_error(path: PathBuf, message: String) -> Error {
    Error::Ledger(LedgerError::Io {
        path,
        error: io::Error::other(message).into(),
    })
}
