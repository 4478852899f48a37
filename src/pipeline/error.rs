//! Why a run ended without an account of every row.

use std::io;

use crate::input::InputError;

/// Why rows could not be accounted for.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The private copy of the input cannot be read any more.
    #[error("the private copy of the input {0}")]
    Input(#[from] InputError),
    /// A result could not be written. The ledger is whole up to there.
    #[error("cannot write results: {0}")]
    Unwritable(io::Error),
    /// The system allows no more threads. Nothing was sent.
    #[error("cannot start threads: {0} (use fewer --workers)")]
    Threads(io::Error),
    /// A worker thread panicked.
    #[error("internal error: a worker panicked (please report it)")]
    Panicked,
}
