//! Outcomes -> disk: the run directory, and in it the ledger in which every row is accounted for.

mod cells;
mod copy;
mod directory;
mod failed_rows;
mod journal;
mod line;
mod lines;
mod lock;
mod mend;
mod record;
mod recorded;
mod run_file;
mod settle;
mod staging;
mod summary_file;
mod watched;

use crate::model::Shown as _;
use std::io;
use std::path::{Path, PathBuf};

use lines::Unreadable;

pub use copy::{Copied, Copying, sha256_of};
pub use directory::{Latest, RUNS, RunDirectory, Runs};
pub use journal::Journal;
pub use lock::{Holder, Lock, NotLocked};
pub use record::Record;
pub use recorded::{AgainstRows, Earlier, Recorded, Stray, place_of};
pub use run_file::{FORMAT_VERSION, RunAccount, RunFile, RunInput, RunOptions};
pub use settle::{Settled, settle};
pub use staging::{Place, Staging};
pub use summary_file::PastPasses;
pub use watched::{Missing, Watched};

/// Why a run directory could not be made, or its ledger not be put in order.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// `--out` names something that is in use.
    #[error("{}: is in use (results are never overwritten: name a new or empty directory)", .0.shown())]
    Occupied(PathBuf),
    /// The operating system refused.
    #[error("{}: {error}", path.shown())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
    /// The private copy cannot be read.
    #[error("the private copy of the input {0}")]
    Input(#[from] crate::input::InputError),
    /// A line of the ledger is not what this program wrote.
    #[error("{}:{line}: {what} (nothing is sent: correct that line, or restore the file from a copy)", path.shown())]
    Edited {
        /// The ledger.
        path: PathBuf,
        /// The line of it.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// The ledger holds less than it did.
    #[error("{}: {what}", path.shown())]
    Lost {
        /// The ledger.
        path: PathBuf,
        /// What is gone, and what to do.
        what: String,
    },
    /// The ledger holds something else than it should: our fault.
    #[error(
        "the sums do not agree: {0} (this is our fault: keep the run directory, and report it)"
    )]
    Sums(String),
}

impl LedgerError {
    fn of_ledger(path: &Path) -> impl FnOnce(Unreadable) -> Self + '_ {
        move |unreadable| match unreadable {
            Unreadable::Io(error) => Self::at(path)(error),
            Unreadable::Line { number, what } => Self::Edited {
                path: path.to_owned(),
                line: number,
                what,
            },
        }
    }

    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self::Io {
            path: path.to_owned(),
            error,
        }
    }
}
