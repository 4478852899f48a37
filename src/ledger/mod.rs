//! Outcomes -> disk: the run directory, and in it the ledger in which every row is accounted for.

mod cells;
mod copy;
mod directory;
mod error;
mod failed_rows;
mod finish;
mod journal;
mod lines;
mod lock;
mod record;
mod recorded;
mod repair;
mod run_file;
mod staging;
mod summary_file;
mod watched;

pub use copy::{Copied, Copying, sha256_of};
pub use directory::{Latest, RUNS, RunDirectory, Runs};
pub use error::LedgerError;
pub use finish::{Totals, finish};
pub use journal::Journal;
pub use lock::{Holder, Lock, NotLocked};
pub use record::Record;
pub use recorded::{AgainstRows, Earlier, Recorded, Stray, place_of};
pub use run_file::{FORMAT_VERSION, RunAccount, RunFile, RunFileError, RunInput, RunOptions};
pub use staging::{Place, Staging};
pub use summary_file::PastPasses;
pub use watched::{Missing, Watched};
