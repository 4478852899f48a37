//! Outcomes -> disk: the run directory, and in it the ledger in which every row is accounted for.

mod copy;
mod directory;
mod failed_rows;
mod journal;
mod line;
mod lock;
mod record;
mod recorded;
mod run_file;
mod settle;

use std::io;
use std::path::{Path, PathBuf};

pub use copy::{Copied, Copying, sha256_of};
pub use directory::{Place, RUNS, RunDirectory, Staging};
pub use journal::Journal;
pub use lock::{Holder, Lock, NotLocked};
pub use record::Record;
pub use recorded::{Earlier, Recorded};
pub use run_file::{FORMAT_VERSION, RunAccount, RunFile, RunInput, RunOptions};
pub use settle::{Settled, Unrecorded, settle};

/// Why a run directory could not be made, or its ledger not be put in order.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// `--out` names something that is in use.
    #[error("{}: is in use (results are never overwritten: name a new or empty directory)", .0.display())]
    Occupied(PathBuf),
    /// The operating system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
    /// The private copy cannot be read.
    #[error("the private copy of the input {0}")]
    Input(#[from] crate::input::InputError),
    /// The ledger holds something else than it should: our fault.
    #[error(
        "the sums do not agree: {0} (this is our fault: keep the run directory, and report it)"
    )]
    Sums(String),
}

impl LedgerError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self::Io {
            path: path.to_owned(),
            error,
        }
    }
}
