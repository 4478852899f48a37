//! How many requests may be in flight, as far as the system allows.

use crate::config::Settings;
use crate::files;
use crate::model::text::counted;
use crate::report::Log;

/// Files that a run has open beside the connections of its workers, with some to spare.
const OTHER_FILES: u64 = 24;

/// As many workers as were asked for, or as there may be open files for.
pub(super) fn workers(settings: &Settings, log: &Log) -> usize {
    // A worker may have one connection in use and leave another idle. In a sandbox the other
    // ends are ours too.
    let each = if settings.is_sandbox() { 4 } else { 2 };
    let asked = settings.pace.workers.get();
    let limit = files::allow_open_files(OTHER_FILES + each * u64::from(asked));
    let most = limit.saturating_sub(OTHER_FILES) / each;
    let workers = u16::try_from(most).unwrap_or(u16::MAX).clamp(1, asked);
    if workers < asked {
        log.warning(&format!(
            "only {limit} files may be open (ulimit -n): using {} instead of {asked}",
            counted(u64::from(workers), "worker")
        ));
    }
    usize::from(workers)
}
