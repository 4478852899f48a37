//! Why a run ended before its last row: facts about the run, never about a row.

use std::fmt;

use serde::ser::{Serialize, Serializer};

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
        /// Its answer, with the status code, and what to do.
        message: String,
    },
    /// No connection can be made, and none could be however often it is tried.
    Unreachable {
        /// What is wrong, and what to do.
        message: String,
    },
    /// The server asks for a longer pause than the run waits, or throttles without end.
    LongPause {
        /// What happened, with the time at which to continue, if that is known.
        message: String,
    },
    /// As many rows were sent as were asked for.
    Limit,
    /// The run lasted as long as it was allowed to.
    MaxDuration,
    /// More rows went wrong than allowed.
    TooManyFailures {
        /// How many of how many, and why most of them.
        message: String,
    },
    /// More updated rows show something else than was asked for than allowed.
    TooManyDiffers {
        /// How many of how many, and an example of what most of them show.
        message: String,
    },
    /// The server replaces all custom fields by those that an update names.
    DataReplaced {
        /// Which row showed it, and which fields it lost.
        message: String,
    },
    /// Row after row failed, with no definite answer between.
    ServerDown {
        /// How many, the last message of the server or the system, and what to do.
        message: String,
    },
    /// Row after row got an answer that is not about it.
    FailingAlike {
        /// How many, the last answer with its status code, and what to do.
        message: String,
    },
    /// Not one of the first rows was found.
    WrongBrand {
        /// The last answer, with its status code, and what to do.
        message: String,
    },
    /// The private copy of the input could not be read to its end.
    InputUnreadable {
        /// The message of the operating system, and what to do.
        error: String,
    },
    /// A thread of our own panicked.
    Panicked,
    /// The run directory, or a file that the run cannot do without, is not there any more.
    RunDirectoryGone {
        /// What happened to which.
        message: String,
    },
    /// A result could not be written to the ledger.
    LedgerUnwritable {
        /// The message of the operating system, and what to do.
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
            Self::Unreachable { .. } => "unreachable",
            Self::LongPause { .. } => "long_pause",
            Self::Limit => "limit",
            Self::MaxDuration => "max_duration",
            Self::TooManyFailures { .. } => "too_many_failures",
            Self::TooManyDiffers { .. } => "too_many_differs",
            Self::DataReplaced { .. } => "data_replaced",
            Self::ServerDown { .. } => "server_down",
            Self::FailingAlike { .. } => "failing_alike",
            Self::WrongBrand { .. } => "wrong_brand",
            Self::InputUnreadable { .. } => "input_cannot_be_read",
            Self::Panicked => "fault",
            Self::RunDirectoryGone { .. } => "run_directory_gone",
            Self::LedgerUnwritable { .. } => "results_cannot_be_written",
        }
    }
}

impl StopReason {
    /// Whether it is about the account or the way to it, which one request can check.
    #[must_use]
    pub fn is_about_account(&self) -> bool {
        match self {
            Self::LoginRefused { .. }
            | Self::Unreachable { .. }
            | Self::ServerDown { .. }
            | Self::FailingAlike { .. }
            | Self::WrongBrand { .. } => true,
            Self::Signal(_)
            | Self::LongPause { .. }
            | Self::Limit
            | Self::MaxDuration
            | Self::TooManyFailures { .. }
            | Self::TooManyDiffers { .. }
            | Self::DataReplaced { .. }
            | Self::InputUnreadable { .. }
            | Self::Panicked
            | Self::RunDirectoryGone { .. }
            | Self::LedgerUnwritable { .. } => false,
        }
    }

    /// What the name in `summary.json` means to people: a signal in words, else the words of the name.
    #[must_use]
    pub fn name_in_words(name: &str) -> String {
        let signals = [Signal::Hangup, Signal::Interrupt, Signal::Terminate].map(Self::Signal);
        let signal = signals.iter().find(|signal| signal.name() == name);
        signal.map_or_else(|| name.replace('_', " "), ToString::to_string)
    }
}

impl Serialize for StopReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal(Signal::Hangup) => f.write_str("terminal closed (SIGHUP)"),
            Self::Signal(Signal::Interrupt) => f.write_str("interrupted (SIGINT)"),
            Self::Signal(Signal::Terminate) => f.write_str("terminated (SIGTERM)"),
            Self::LoginRefused { message }
            | Self::Unreachable { message }
            | Self::ServerDown { message }
            | Self::FailingAlike { message }
            | Self::WrongBrand { message }
            | Self::LongPause { message }
            | Self::RunDirectoryGone { message } => f.write_str(message),
            Self::Limit => f.write_str("reached --limit"),
            Self::MaxDuration => f.write_str("reached --max-duration"),
            Self::TooManyFailures { message } => {
                write!(
                    f,
                    "{message}: find the cause before resuming (--max-failures)"
                )
            }
            Self::TooManyDiffers { message } => {
                write!(
                    f,
                    "{message}: this account does not apply changes as expected; find the cause before resuming (--max-differs)"
                )
            }
            Self::DataReplaced { message } => write!(
                f,
                "{message}: this server replaces all custom fields instead of adding to them; undo this run, then start again with --data-whole"
            ),
            Self::InputUnreadable { error } => {
                write!(f, "cannot read the private copy of the input: {error}")
            }
            Self::Panicked => f.write_str("internal error: please report the message above"),
            Self::LedgerUnwritable { error } => write!(f, "cannot write results: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_put_into_words() {
        for (name, words) in [
            ("sigint", "interrupted (SIGINT)"),
            ("sighup", "terminal closed (SIGHUP)"),
            ("max_duration", "max duration"),
        ] {
            assert_eq!(StopReason::name_in_words(name), words);
        }
    }
}
