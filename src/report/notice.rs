//! All that can be said on standard error: with its level, as text, and as the fields of JSON.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::{Plan, counted, in_words, summary, words};
use crate::model::text::visible;
use crate::model::{Counts, Ended, RateUnit, StopReason, Summary, Trouble, Try, Violation};

/// How weighty a notice is. `-q` shows warnings and errors only, `-v` everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Why a command came to nothing, or stopped.
    Error,
    /// What needs a person.
    Warning,
    /// What a person wants to know.
    Info,
    /// Where settings came from, every request and answer.
    Debug,
}

/// One thing to say. In JSON, `event` is its name in snake case, and its fields are as here.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Notice<'a> {
    /// Why a command came to nothing, or stopped.
    Error {
        /// The program's exit status.
        exit_status: u8,
        /// Why.
        message: &'a str,
    },
    /// What the user should know, and no reason to stop.
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
    /// More is wrong with rows than was told.
    MoreViolations {
        /// How many violations were not told.
        count: u64,
    },
    /// A panic of our own.
    Panic {
        /// Where, and what it said.
        message: &'a str,
    },
    /// Where a setting came from.
    Setting {
        /// What, and where from.
        message: &'a str,
    },
    /// What is about to be sent.
    Plan(&'a Plan<'a>),
    /// There is nothing to send.
    NothingToDo {
        /// Why.
        message: &'a str,
    },
    /// The sandbox is ready.
    Listening {
        /// Where, and until when.
        message: &'a str,
    },
    /// The sandbox has served a request.
    Served {
        /// When: RFC 3339, UTC.
        time: &'a str,
        /// The method.
        method: &'a str,
        /// The path of the address.
        path: &'a str,
        /// The answer's status code; `None` where the client left before its answer.
        http_status: Option<u16>,
        /// How long it took.
        #[serde(rename = "took_s", serialize_with = "seconds")]
        took: Duration,
    },
    /// A row has its outcome.
    Row(Ended<'a>),
    /// A request goes out.
    Request {
        /// Which.
        #[serde(flatten)]
        of: Try<'a>,
        /// Method, address and body; never credentials.
        request: &'a str,
    },
    /// A try ended.
    Answer {
        /// Which.
        #[serde(flatten)]
        of: Try<'a>,
        /// The answer's status code, if there was an answer.
        http_status: Option<u16>,
        /// What it says, in words.
        said: &'a str,
    },
    /// The server throttles: every worker waits.
    Pause {
        /// For how long from now on.
        #[serde(rename = "wait_s", serialize_with = "seconds")]
        wait: Duration,
        /// The status code of the answer that asked for it.
        http_status: u16,
        /// Requests a second after that; `None` where that is what was asked for.
        lowered_to: Option<f64>,
        /// The unit in which people are shown it.
        #[serde(skip)]
        unit: RateUnit,
    },
    /// Tries fail, and no answer has come since.
    Retrying {
        /// What the last one came to.
        said: &'a str,
        /// Which try of its row comes next.
        attempt: u32,
        /// Tries that a row has.
        tries: u32,
    },
    /// Requests in flight are without an answer.
    Waiting {
        /// For how long.
        #[serde(rename = "waited_s", serialize_with = "seconds")]
        waited: Duration,
        /// Which try of its row the last one is.
        attempt: u32,
        /// Tries that a row has.
        tries: u32,
    },
    /// The machine lends fewer threads than there were to be workers.
    FewerWorkers {
        /// Workers that are there.
        started: usize,
    },
    /// How far a run has come.
    Progress {
        /// Rows that want an outcome; of a resumed run, those that were not settled before.
        rows: u64,
        /// Rows that have got theirs.
        done: u64,
        /// Of these, rows per outcome.
        counts: &'a Counts,
        /// Updated rows of which the server shows something else than was asked for.
        differs: u64,
        /// Since sending began.
        #[serde(rename = "elapsed_s", serialize_with = "seconds")]
        elapsed: Duration,
    },
    /// No further request goes out.
    Stopping {
        /// Why.
        reason: &'a StopReason,
        /// The same in words.
        message: &'a str,
    },
    /// A second signal ends the process.
    StoppedAtOnce {
        /// The signal.
        reason: &'a StopReason,
    },
    /// What a run did.
    Summary {
        /// In numbers.
        #[serde(flatten)]
        summary: &'a Summary,
        /// What to do next.
        #[serde(flatten)]
        next: Next<'a>,
    },
}

/// What a user can run after a run.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Next<'a> {
    /// The command that continues the run with what is not settled.
    pub resume: Option<&'a str>,
    /// The command that sends the failed rows again.
    pub resubmit: Option<&'a str>,
    /// The name of their file.
    #[serde(skip)]
    pub failed: &'a str,
}

impl<'a> Notice<'a> {
    /// What keeps answers from coming.
    pub(super) fn of_trouble(trouble: &'a Trouble) -> Self {
        let Trouble {
            ref what,
            lasted,
            attempt,
            tries,
        } = *trouble;
        match what {
            Some(said) => Self::Retrying {
                said,
                attempt,
                tries,
            },
            None => Self::Waiting {
                waited: lasted,
                attempt,
                tries,
            },
        }
    }

    /// How weighty it is.
    pub(super) fn level(&self) -> Level {
        match self {
            Self::Error { .. } | Self::Panic { .. } => Level::Error,
            Self::Warning { .. }
            | Self::Violation { .. }
            | Self::MoreViolations { .. }
            | Self::FewerWorkers { .. }
            | Self::Stopping { .. }
            | Self::StoppedAtOnce { .. } => Level::Warning,
            Self::Summary { summary, .. } if summary.exit_status != Some(0) => Level::Warning,
            Self::Plan(_)
            | Self::NothingToDo { .. }
            | Self::Listening { .. }
            | Self::Served { .. }
            | Self::Row(_)
            | Self::Pause { .. }
            | Self::Retrying { .. }
            | Self::Waiting { .. }
            | Self::Progress { .. }
            | Self::Summary { .. } => Level::Info,
            Self::Setting { .. } | Self::Request { .. } | Self::Answer { .. } => Level::Debug,
        }
    }

    /// The same for people; `None` where they are not told one by one.
    pub(super) fn text(&self) -> Option<String> {
        Some(match self {
            Self::Row(_) => return None,
            Self::Error { message, .. } => format!("error: {message}"),
            Self::Warning { message } => format!("warning: {message}"),
            Self::Panic { message }
            | Self::Setting { message }
            | Self::NothingToDo { message }
            | Self::Listening { message } => (*message).to_owned(),
            Self::Violation { file, violation } => words::violation(file, violation),
            Self::MoreViolations { count } => words::more_violations(*count),
            Self::Served {
                time,
                method,
                path,
                http_status,
                took,
            } => {
                let status =
                    http_status.map_or_else(|| "client left".into(), |code| code.to_string());
                format!("{time} {method} {path} {status} {}ms", took.as_millis())
            }
            Self::Plan(plan) => plan.line(),
            Self::Request { request, .. } => visible(request),
            Self::Answer {
                of,
                http_status,
                said,
            } => answer(of, *http_status, said),
            Self::Pause {
                wait,
                http_status,
                lowered_to,
                unit,
            } => pause(*wait, *http_status, lowered_to.map(|rate| unit.shown(rate))),
            Self::Retrying {
                said,
                attempt,
                tries,
            } => format!("retrying (try {attempt} of {tries}): {said}"),
            Self::Waiting {
                waited,
                attempt,
                tries,
            } => format!(
                "no answer for {} s (try {attempt} of {tries})",
                waited.as_secs()
            ),
            Self::FewerWorkers { started } => format!(
                "warning: the machine lends no more threads: {started} requests in flight at most"
            ),
            Self::Progress {
                rows,
                done,
                counts,
                differs,
                elapsed,
            } => format!(
                "{done} of {} after {}: {}",
                counted(*rows, "row"),
                in_words(*elapsed),
                words::counts(counts, *differs)
            ),
            Self::Stopping { message, .. } => {
                format!("stopping: {message}; waiting for requests in flight")
            }
            Self::StoppedAtOnce { .. } => {
                "stopped at once: rows in flight are not recorded (--resume sends them again)"
                    .to_owned()
            }
            Self::Summary { summary, next } => summary::text(summary, next),
        })
    }
}

fn answer(of: &Try<'_>, http_status: Option<u16>, said: &str) -> String {
    let status = match http_status {
        Some(status) if !said.starts_with("HTTP") => format!("HTTP {status}: "),
        _ => String::new(),
    };
    format!("{}: {status}{said}", of.slug)
}

fn pause(wait: Duration, http_status: u16, lowered_to: Option<String>) -> String {
    if wait.is_zero() {
        let rate = lowered_to.unwrap_or_default();
        return format!("server overloaded (HTTP {http_status}): continuing at most {rate}");
    }
    let then = lowered_to.map_or_else(String::new, |rate| format!(", then at most {rate}"));
    let wait = in_words(wait);
    format!("rate limited (HTTP {http_status}): pausing {wait}{then}")
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    duration.as_secs_f64().serialize(serializer)
}
