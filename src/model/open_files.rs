//! That the system lends no more open files: neither a disk's fault nor a server's.

use std::io;

/// `ENFILE` and `EMFILE`, which are the same on every Unix.
const OUT_OF_FILES: [i32; 2] = [23, 24];

/// What to do about it.
pub const MORE_FILES: &str = "raise the limit of open files (ulimit -n)";

/// Whether `error` says that this process, or the whole machine, has too many files open.
#[must_use]
pub fn is_out_of_files(error: &io::Error) -> bool {
    error
        .raw_os_error()
        .is_some_and(|code| OUT_OF_FILES.contains(&code))
}
