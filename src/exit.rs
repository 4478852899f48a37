//! The exit table: what a script may conclude from the status.

use crate::model::{Signal, StopReason, Summary};

/// Every row is updated and shows what was requested, or is unchanged; or there was nothing to do.
pub const DONE: u8 = 0;
/// Finished, and some rows are not updated, or differ.
pub const ROWS_LEFT: u8 = 1;
/// Usage, configuration, declined, or the run directory could not be created.
pub const USAGE: u8 = 2;
/// The input is unreadable, has invalid rows, or too many.
pub const INPUT: u8 = 3;
/// Stopped by a requested limit.
pub const LIMIT: u8 = 4;
/// Another run is using the account or the run directory.
pub const HELD: u8 = 5;
/// Something is wrong beyond the rows.
pub const STOPPED: u8 = 6;
/// Internal error.
pub const INTERNAL: u8 = 70;

/// Status and meaning, as README and `--help` show them.
pub const TABLE: [(&str, &str); 9] = [
    (
        "0",
        "every row is updated and shows what was requested, or is unchanged (dry run: every row is valid; with --online: every row was read, and every guard holds); or there was nothing to do",
    ),
    ("1", "finished, and some rows are not updated, or differ"),
    (
        "2",
        "usage, configuration, declined, or the run directory could not be created: nothing was sent",
    ),
    (
        "3",
        "the input is unreadable, has invalid rows, or more than --max-rows: nothing was sent",
    ),
    (
        "4",
        "stopped by a requested limit (--limit, --max-duration); --resume continues (preview: run it again)",
    ),
    (
        "5",
        "another run is using this account or run directory: nothing was sent",
    ),
    (
        "6",
        "stopped because something is wrong: login refused, server unreachable, too many failures or differences, server down or asking for a long pause, results cannot be written; --resume continues (preview: run it again)",
    ),
    ("70", "internal error: the totals do not match, or a panic"),
    (
        "129, 130, 143",
        "SIGHUP, SIGINT, SIGTERM, after finishing what was in flight; --resume continues (preview: run it again)",
    ),
];

/// The status of a signal, as shells have it: 128 and its number.
#[must_use]
pub fn from_signal(signal: Signal) -> u8 {
    match signal {
        Signal::Hangup => 129,
        Signal::Interrupt => 130,
        Signal::Terminate => 143,
    }
}

/// The status of a run that came to its end: a function of the ledger and the reason for stopping.
#[must_use]
pub fn from_run(summary: &Summary) -> u8 {
    match &summary.stop_reason {
        Some(reason) => from_stop(reason),
        None if summary.differs > 0 || summary.counts.successes() < summary.rows => ROWS_LEFT,
        None => DONE,
    }
}

/// The status of a command that was stopped for that reason.
#[must_use]
pub fn from_stop(reason: &StopReason) -> u8 {
    match reason {
        StopReason::Signal(signal) => from_signal(*signal),
        StopReason::Panicked => INTERNAL,
        StopReason::Limit | StopReason::MaxDuration => LIMIT,
        StopReason::TooManyFailures { .. }
        | StopReason::TooManyDiffers { .. }
        | StopReason::ServerDown { .. }
        | StopReason::FailingAlike { .. }
        | StopReason::WrongBrand { .. }
        | StopReason::LoginRefused { .. }
        | StopReason::Unreachable { .. }
        | StopReason::LongPause { .. }
        | StopReason::InputUnreadable { .. }
        | StopReason::RunDirectoryGone { .. }
        | StopReason::DataReplaced { .. }
        | StopReason::LedgerUnwritable { .. } => STOPPED,
    }
}
