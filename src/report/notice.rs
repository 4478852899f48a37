//! What commands report on standard error besides the events of a run: the level, the text for
//! people, and the fields of JSON.

use std::time::Duration;

use serde::Serialize;

use super::style::{StyledText, TextStyle};
use super::summary::Sentences;
use super::work::NamedCounts;
use super::{NextCommands, Plan, SelectSummary, in_words, summary, words};
use crate::model::text::counted;
use crate::model::{CannotPutBack, StopReason, Summary, Violation, as_seconds};

/// How important something is. `-q` shows warnings and errors only, `-v` everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Why a command failed.
    Error,
    /// What may need action.
    Warning,
    /// What is good to know.
    Info,
    /// Where settings came from, every request and answer.
    Debug,
}

/// One thing to report. In JSON, `event` is its name in snake case.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Notice<'a> {
    /// Why a command failed, or stopped.
    Error {
        /// The program's exit status.
        exit_status: u8,
        /// Why.
        message: &'a str,
    },
    /// What the user should know; the command continues.
    Warning {
        /// What.
        message: &'a str,
    },
    /// What is wrong with a row.
    Violation {
        /// The input as the user named it.
        file: &'a str,
        /// The line, the field and the message.
        #[serde(flatten)]
        violation: &'a Violation,
    },
    /// There are more violations than were reported.
    MoreViolations {
        /// How many.
        count: u64,
    },
    /// The program panicked.
    Panic {
        /// Where, and why.
        message: &'a str,
    },
    /// Where a setting came from.
    Setting {
        /// Its name, value and source.
        message: &'a str,
    },
    /// What is about to be sent.
    Plan(&'a Plan<'a>),
    /// There is nothing to send.
    NothingToDo {
        /// Why.
        message: &'a str,
    },
    /// What an undo leaves out, where that is not part of a plan.
    CannotPutBack {
        /// In numbers.
        #[serde(flatten)]
        figures: &'a CannotPutBack,
        /// The list for people.
        #[serde(skip)]
        text: &'a str,
    },
    /// What is good to know.
    Note {
        /// What.
        message: &'a str,
    },
    /// The sandbox is ready.
    Listening {
        /// Where, and until when.
        message: &'a str,
    },
    /// The sandbox has served a request.
    Served {
        /// When: RFC 3339, UTC. An object has a time anyway.
        #[serde(skip)]
        time: &'a str,
        /// The method.
        method: &'a str,
        /// The path of the address.
        path: &'a str,
        /// The answer's status code; `None` if the client closed the connection before.
        http_status: Option<u16>,
        /// How long it took.
        #[serde(rename = "took_s", serialize_with = "as_seconds")]
        took: Duration,
    },
    /// How far a run has come.
    Progress {
        /// Rows to finish in this pass.
        rows: u64,
        /// Rows finished.
        done: u64,
        /// Of these, rows per outcome.
        counts: NamedCounts<'a>,
        /// Updated rows of which the server shows something else than was asked for.
        differs: u64,
        /// Since sending began.
        #[serde(rename = "elapsed_s", serialize_with = "as_seconds")]
        elapsed: Duration,
    },
    /// How far a list has been read.
    Listing {
        /// What is listed.
        list: &'a str,
        /// Pages to read, as far as that is known.
        pages: u64,
        /// Pages read.
        done: u64,
        /// Entries on them.
        entries: u64,
        /// Since reading began.
        #[serde(rename = "elapsed_s", serialize_with = "as_seconds")]
        elapsed: Duration,
    },
    /// A second signal ends the process.
    StoppedAtOnce {
        /// The signal.
        reason: &'a StopReason,
    },
    /// What `select` found.
    Selected(&'a SelectSummary),
    /// What a run did.
    Summary {
        /// In numbers.
        #[serde(flatten)]
        summary: &'a Summary,
        /// What to do next.
        #[serde(flatten)]
        next: NextCommands<'a>,
    },
}

impl Notice<'_> {
    /// How important it is.
    pub(super) fn level(&self) -> Level {
        match self {
            Self::Error { .. } | Self::Panic { .. } => Level::Error,
            Self::Warning { .. }
            | Self::Violation { .. }
            | Self::MoreViolations { .. }
            | Self::CannotPutBack { .. }
            | Self::StoppedAtOnce { .. } => Level::Warning,
            Self::Summary { summary, .. } if !summary.is_clean() => Level::Warning,
            Self::Plan(_)
            | Self::NothingToDo { .. }
            | Self::Note { .. }
            | Self::Listening { .. }
            | Self::Served { .. }
            | Self::Progress { .. }
            | Self::Listing { .. }
            | Self::Selected(_)
            | Self::Summary { .. } => Level::Info,
            Self::Setting { .. } => Level::Debug,
        }
    }

    /// The notice for people.
    pub(super) fn text(&self) -> StyledText {
        match self {
            Self::Error { message, .. } => labeled(TextStyle::Error, "error:", message),
            Self::Warning { message } => labeled(TextStyle::Warning, "warning:", message),
            Self::Panic { message }
            | Self::Setting { message }
            | Self::NothingToDo { message }
            | Self::Note { message }
            | Self::CannotPutBack { text: message, .. }
            | Self::Listening { message } => (*message).into(),
            Self::Violation { file, violation } => words::violation(file, violation).into(),
            Self::MoreViolations { count } => words::more_violations(*count).into(),
            Self::Served {
                time,
                method,
                path,
                http_status,
                took,
            } => {
                let status = http_status
                    .map_or_else(|| "client disconnected".into(), |code| code.to_string());
                format!("{time} {method} {path} {status} {}ms", took.as_millis()).into()
            }
            Self::Plan(plan) => plan.line().into(),
            Self::Progress {
                rows,
                done,
                counts,
                differs,
                elapsed,
            } => {
                let (rows, elapsed) = (counted(*rows, "row"), in_words(*elapsed));
                let mut text = StyledText::from(format!("{done} of {rows} after {elapsed}: "));
                text.append(words::counts(*counts, *differs));
                text
            }
            Self::Listing {
                list,
                pages,
                done,
                entries,
                elapsed,
            } => {
                let (pages, elapsed) = (counted(*pages, "page"), in_words(*elapsed));
                format!("{done} of {pages} after {elapsed}: {entries} {list}").into()
            }
            Self::StoppedAtOnce { .. } => {
                "stopped immediately: requests in flight are not recorded (in a run, --resume sends them again)"
                    .into()
            }
            Self::Selected(selection) => selection.text().into(),
            Self::Summary { summary, next } => summary::text(summary, next, Sentences::Whole),
        }
    }

    /// The text on a terminal.
    pub(super) fn page(&self) -> StyledText {
        match self {
            Self::Summary { summary, next } => summary::text(summary, next, Sentences::Wrapped),
            _ => self.text(),
        }
    }

    /// The text where nobody watches: a run without events needs one line only.
    pub(super) fn brief(&self) -> StyledText {
        match self {
            Self::Summary { summary, .. } if summary.is_uneventful() => summary::line(summary),
            _ => self.text(),
        }
    }
}

fn labeled(style: TextStyle, label: &str, message: &str) -> StyledText {
    StyledText::default()
        .with_styled(style, label)
        .with(" ")
        .with(message)
}
