//! Why a command could not start or finish: facts about the run, never about a row.

use crate::exit;
use crate::input::InputError;
use crate::ledger::LedgerError;
use crate::model::{Signal, StopReason};
use crate::pipeline::RunError;
use crate::stop::Stop;

/// Why a command could not start or finish.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was typed or configured cannot be done.
    #[error("{0}")]
    Usage(String),
    /// The user declined.
    #[error("declined: nothing was sent")]
    Declined,
    /// A temporary file or the run directory cannot be made.
    #[error("cannot create the run directory: {0}")]
    Directory(LedgerError),
    /// Another run is using the account or the run directory.
    #[error("{0}")]
    Held(String),
    /// The input cannot be read as rows.
    #[error("{name}: {error}")]
    Input {
        /// The input as the user named it.
        name: String,
        /// What is wrong.
        error: InputError,
    },
    /// Rows or the header are not legal, or there are too many.
    #[error("{0}")]
    Refused(String),
    /// A signal came before anything was sent.
    #[error("stopped before anything was sent")]
    Signal(Signal),
    /// A command other than a run was stopped.
    #[error("{0}")]
    Stopped(StopReason),
    /// The results of a run cannot be put in order.
    #[error("{0}")]
    Ledger(#[from] LedgerError),
    /// Rows could not be accounted for.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Standard output cannot be written.
    #[error("cannot write to standard output: {0}")]
    Output(std::io::Error),
    /// Something is wrong beyond the rows.
    #[error("{0}")]
    Fatal(String),
    /// A bug of the program.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// A usage error that says what and what to do.
    pub fn usage(message: impl std::fmt::Display) -> Self {
        Self::Usage(format!("{message}"))
    }

    /// A panic, whose message is on standard error.
    #[must_use]
    pub fn from_panic() -> Self {
        Self::Internal("internal error: please report the message above".into())
    }

    /// The error of a run that `stop` ends before anything is sent.
    #[must_use]
    pub fn from_stop(stop: &Stop) -> Option<Self> {
        match stop.reason()? {
            StopReason::Signal(signal) => Some(Self::Signal(signal)),
            reason => Some(Self::Internal(reason.to_string())),
        }
    }

    /// The exit status.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Declined | Self::Directory(_) => exit::USAGE,
            Self::Input { error, .. } if error.is_usage() => exit::USAGE,
            Self::Held(_) => exit::HELD,
            Self::Input { .. } | Self::Refused(_) => exit::INPUT,
            Self::Signal(signal) => exit::from_signal(*signal),
            Self::Stopped(reason) => exit::from_stop(reason),
            Self::Ledger(LedgerError::Sums(_))
            | Self::Run(RunError::Panicked)
            | Self::Internal(_) => exit::INTERNAL,
            Self::Ledger(_)
            | Self::Run(RunError::Input(_) | RunError::Unwritable(_) | RunError::Threads(_))
            | Self::Output(_)
            | Self::Fatal(_) => exit::STOPPED,
        }
    }
}
