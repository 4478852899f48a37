//! What happens during a run, as told to whoever reports it.

use std::time::Duration;

use super::{Outcome, StopReason};

/// One thing that happened while rows were sent.
#[derive(Debug, Clone)]
pub enum Event {
    /// A row has its outcome, and the ledger holds it.
    Recorded {
        /// The row's outcome.
        outcome: Outcome,
        /// Whether the server shows something else than was asked for.
        differs: bool,
    },
    /// A request goes out.
    Sending {
        /// Method, address and body; never credentials.
        request: String,
    },
    /// A try ended.
    Answered {
        /// The row's slug, fit to be shown.
        slug: String,
        /// The answer's status code, if there was an answer.
        http_status: Option<u16>,
        /// What it says, in words.
        said: String,
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
    Tick,
}

/// How closely a run is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// What becomes of rows and of the run.
    Outcomes,
    /// Every request and answer too.
    Exchanges,
}
