//! What happens during a run, as told to whoever reports it.

use std::time::Duration;

use super::{Outcome, StopReason};

/// How a row ended, as the ledger has it.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Ended<'a> {
    /// The physical line of the input on which the row starts.
    pub line: u64,
    /// The row's slug, fit to be shown.
    pub slug: &'a str,
    /// The row's outcome.
    pub outcome: Outcome,
    /// The last answer's status code.
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

/// One request for a row.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Try<'a> {
    /// The physical line of the input on which the row starts.
    pub line: u64,
    /// The row's slug, fit to be shown.
    pub slug: &'a str,
    /// The how manieth request for the row it is, from 1 on.
    pub attempt: u32,
}

/// What keeps answers from coming.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What the last try came to; `None` where requests in flight are merely without an answer.
    pub what: Option<String>,
    /// For how long.
    pub lasted: Duration,
    /// Which try of its row comes next, or is in flight.
    pub attempt: u32,
    /// Tries that a row has.
    pub tries: u32,
}

/// One thing that happened while rows were sent.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// A row has its outcome, and the ledger holds it.
    Recorded(Ended<'a>),
    /// A row that was recorded before has another outcome after all, and the ledger holds that.
    Recalled(Ended<'a>),
    /// A request goes out.
    Sending {
        /// Which.
        of: Try<'a>,
        /// Method, address and body; never credentials.
        request: &'a str,
    },
    /// A try ended.
    Answered {
        /// Which.
        of: Try<'a>,
        /// The answer's status code, if there was an answer.
        http_status: Option<u16>,
        /// What it says, in words.
        said: &'a str,
    },
    /// The machine lends fewer threads than there were to be workers.
    FewerWorkers {
        /// Workers that are there.
        started: usize,
    },
    /// The server throttles: every worker waits.
    Pausing {
        /// For how long from now on.
        wait: Duration,
        /// The status code of the answer that asked for it.
        http_status: u16,
        /// Requests a second after that; `None` where that is what was asked for.
        lowered_to: Option<f64>,
    },
    /// No further request goes out; those in flight finish.
    Stopping {
        /// Why.
        reason: StopReason,
    },
    /// Comes twice a second, whatever else happens: a chance to show that time passes.
    Tick {
        /// Why no answers come, if none do.
        trouble: Option<Trouble>,
    },
}

/// How closely a run is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// What becomes of rows and of the run.
    Outcomes,
    /// Every request and answer too.
    Exchanges,
}
