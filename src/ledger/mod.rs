//! Outcomes -> disk: the run directory, and in it the ledger in which every row is accounted for.

mod cells;
mod directory;
mod error;
mod failed_rows;
mod finish;
mod identity;
mod image_line;
mod images;
mod journal;
mod lines;
mod lock;
mod monitor;
mod positioned;
mod private_copy;
mod record;
mod records;
mod repair;
mod resume_index;
mod run_file;
mod staging;
mod summary_file;

pub use directory::{RUNS, RunDirectory, Runs};
pub use error::LedgerError;
pub use finish::{Totals, finish};
pub use identity::Missing;
pub use images::{BeforeImages, ImageReader};
pub use journal::Journal;
pub use lock::{Holder, Lock, NotLocked};
pub use monitor::RunDirectoryMonitor;
pub use private_copy::{CopyingReader, PrivateCopy, sha256_of};
pub use record::Record;
pub use records::{each_record, find_record};
pub use resume_index::{Earlier, ResumeIndex, RowComparison, UnmatchedRecord};
pub use run_file::{FORMAT_VERSION, RunAccount, RunFile, RunFileError, RunInput, RunOptions};
pub use staging::{RunDirectoryTarget, Staging};
pub use summary_file::PastPasses;
