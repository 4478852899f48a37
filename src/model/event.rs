//! What happens while rows are sent. Whoever sends emits these events; `report` turns them into a
//! bar, lines, JSON or silence.
//!
//! In JSON, `event` is the name in snake case. Names and fields are documented in docs/scripts.md.

use std::time::{Duration, Instant};

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::{Outcome, StopReason};

/// The result of a row, as the ledger contains it.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct RowResult<'a> {
    /// The physical line of the input on which the row starts.
    pub line: u64,
    /// The row's slug, safe to print.
    pub slug: &'a str,
    /// The row's outcome.
    pub outcome: Outcome,
    /// The status code of the last answer.
    pub http_status: Option<u16>,
    /// Requests sent for the row.
    pub attempts: u32,
    /// From the first send to the outcome, in milliseconds.
    pub elapsed_ms: Option<u64>,
    /// Why the row is not updated, or what differs.
    pub reasons: &'a str,
    /// Whether the server shows something else than was asked for.
    pub differs: bool,
}

/// What a request is for.
#[derive(Debug, Clone, Copy, serde::Serialize)]
#[serde(untagged)]
pub enum RequestFor<'a> {
    /// A row.
    Row {
        /// The physical line of the input on which the row starts.
        line: u64,
        /// The row's slug, safe to print.
        slug: &'a str,
    },
    /// A part of a list.
    List {
        /// Which one, in words.
        list: &'a str,
    },
}

impl<'a> RequestFor<'a> {
    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'a str {
        match self {
            Self::Row { slug: name, .. } | Self::List { list: name } => name,
        }
    }
}

/// Identifies one request.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Attempt<'a> {
    /// What it is for.
    #[serde(flatten)]
    pub of: RequestFor<'a>,
    /// The number of the request among those for the same, from 1 on.
    #[serde(rename = "attempt")]
    pub number: u32,
}

/// Why no answers come. `attempt` of `tries` counts the requests for one row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Stall {
    /// Attempts fail, and no answer has come since.
    Retrying {
        /// The cause of the last failure.
        #[serde(rename = "said")]
        cause: String,
        /// Since the first of these failures.
        #[serde(skip)]
        lasted: Duration,
        /// The attempt that comes next.
        attempt: u32,
        /// Attempts per row.
        tries: u32,
    },
    /// Requests in flight are without an answer.
    Waiting {
        /// Since the last answer, or since the oldest of them was sent.
        #[serde(rename = "waited_s", serialize_with = "as_seconds")]
        lasted: Duration,
        /// The attempt of the last one sent.
        attempt: u32,
        /// Attempts per row.
        tries: u32,
    },
}

impl Stall {
    /// The cause of the last failure, if there was one.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::Retrying { cause, .. } => Some(cause),
            Self::Waiting { .. } => None,
        }
    }

    /// How long no answer has come.
    #[must_use]
    pub fn lasted(&self) -> Duration {
        match self {
            Self::Retrying { lasted, .. } | Self::Waiting { lasted, .. } => *lasted,
        }
    }
}

/// What was sent so far, and what is on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counters {
    /// Requests sent.
    pub requests: u64,
    /// Answers 429.
    pub throttled: u64,
    /// Requests that have no answer yet.
    pub in_flight: u32,
    /// When the last request was sent.
    #[serde(skip)]
    pub last_sent: Option<Instant>,
}

/// One thing that happened while rows were sent.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    /// A row has its outcome, and the ledger contains it.
    #[serde(rename = "row")]
    Recorded(RowResult<'a>),
    /// The outcome of a recorded row is retracted: it has another one, and the ledger contains that.
    #[serde(rename = "row")]
    Retracted(RowResult<'a>),
    /// A request is sent.
    Request {
        /// Which one.
        #[serde(flatten)]
        of: Attempt<'a>,
        /// Method, address and body; never credentials.
        request: &'a str,
    },
    /// A request was answered, or failed.
    Answer {
        /// Which one.
        #[serde(flatten)]
        of: Attempt<'a>,
        /// The answer's status code; `None` if there was no answer.
        http_status: Option<u16>,
        /// What it means, in words.
        #[serde(rename = "said")]
        meaning: &'a str,
    },
    /// A page of a list has been read.
    #[serde(rename = "page")]
    Listed {
        /// Which list, in words.
        list: &'a str,
        /// The number of the page, from 1 on.
        page: u64,
        /// Pages to read, as far as that is known.
        pages: u64,
        /// Entries on the page.
        entries: u64,
    },
    /// The server limits the rate: every worker pauses.
    Pause {
        /// From now on.
        #[serde(rename = "wait_s", serialize_with = "as_seconds")]
        wait: Duration,
        /// The status code of the answer that asked for it.
        http_status: u16,
        /// Requests per second after the pause; `None` if the rate stays as it was asked for.
        lowered_to: Option<f64>,
    },
    /// The system allows fewer threads than there were to be workers.
    FewerWorkers {
        /// Workers that run.
        started: usize,
    },
    /// No further request is sent.
    Stopping {
        /// Why.
        #[serde(flatten, serialize_with = "with_message")]
        reason: StopReason,
        /// Requests that are waited for.
        #[serde(skip)]
        in_flight: u32,
    },
    /// Comes twice a second, whatever else happens, and once after the last request: a chance to show
    /// that time passes. No log has it.
    Tick {
        /// Why no answers come, if none do.
        stall: Option<Stall>,
        /// What this command has sent so far.
        counters: Counters,
    },
}

/// Which events are emitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The outcomes of rows, and what concerns the run.
    Outcomes,
    /// Every request and answer too.
    Exchanges,
}

/// A duration as a number of seconds.
///
/// # Errors
/// Those of the serializer.
pub fn as_seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    duration.as_secs_f64().serialize(serializer)
}

fn with_message<S: Serializer>(reason: &StopReason, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("reason", reason)?;
    map.serialize_entry("message", &reason.to_string())?;
    map.end()
}
