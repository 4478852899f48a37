//! What came of a command -> its exit status: errors are logged, and a panic is an error.

use std::io::{self, IsTerminal as _, stderr};
use std::panic::{self, AssertUnwindSafe};

use crate::error::Error;
use crate::exit;
use crate::report::{Audience, Level, Log, LogFormat};

/// What `command` comes to; an error if it panics.
pub(super) fn guarded<T, E: From<Error>>(command: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    panic::catch_unwind(AssertUnwindSafe(command))
        .unwrap_or_else(|_| Err(Error::from_panic().into()))
}

/// The exit status of a command that only prints.
pub(super) fn printed(result: io::Result<()>) -> u8 {
    match result {
        Ok(()) => exit::DONE,
        Err(error) => report_error(LogFormat::Text, &Error::Output(error)),
    }
}

/// Logs an error that ends a command; its exit status.
pub(super) fn report_error(format: LogFormat, error: &Error) -> u8 {
    log(format, Level::Error).error(error.status(), &error.to_string());
    error.status()
}

/// A log for whoever reads standard error.
pub(super) fn log(format: LogFormat, level: Level) -> Log {
    let audience = if stderr().is_terminal() {
        Audience::Terminal
    } else {
        Audience::Elsewhere
    };
    Log::new(format, level, audience)
}
