//! Why a run ended before its last row: facts about the run, never about a row.

use std::fmt;

/// A signal that asks the program to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGHUP: the terminal went away.
    Hangup,
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

/// Why no further request goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// The program was asked to end.
    Signal(Signal),
    /// The server refused login or token (401, or 403 before any success).
    LoginRefused {
        /// The answer's status code.
        http_status: u16,
    },
    /// The server asks for a longer pause than the run waits, or throttles without end.
    LongPause {
        /// What happened, with the time at which to go on where it is known.
        told: String,
    },
    /// The private copy of the input could not be read to its end.
    InputUnreadable {
        /// What the operating system said.
        error: String,
    },
    /// A result could not be written to the ledger.
    LedgerUnwritable {
        /// What the operating system said.
        error: String,
    },
}

impl StopReason {
    /// The name in `summary.json`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Signal(Signal::Hangup) => "sighup",
            Self::Signal(Signal::Interrupt) => "sigint",
            Self::Signal(Signal::Terminate) => "sigterm",
            Self::LoginRefused { .. } => "login_refused",
            Self::LongPause { .. } => "long_pause",
            Self::InputUnreadable { .. } => "input_cannot_be_read",
            Self::LedgerUnwritable { .. } => "results_cannot_be_written",
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal(Signal::Hangup) => f.write_str("the terminal was closed (SIGHUP)"),
            Self::Signal(Signal::Interrupt) => f.write_str("interrupted (SIGINT)"),
            Self::Signal(Signal::Terminate) => f.write_str("asked to terminate (SIGTERM)"),
            Self::LoginRefused { http_status } => write!(
                f,
                "the server refuses the login (HTTP {http_status}): check the email, the token and the brand"
            ),
            Self::LongPause { told } => f.write_str(told),
            Self::InputUnreadable { error } => {
                write!(
                    f,
                    "the private copy of the input cannot be read ({error}): mend the disk"
                )
            }
            Self::LedgerUnwritable { error } => write!(
                f,
                "results cannot be written ({error}): make room or mend the disk"
            ),
        }
    }
}
