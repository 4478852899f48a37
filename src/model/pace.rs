//! What was sent, and how fast.

/// What went over the wire.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Pace {
    /// Requests sent, every attempt counted.
    pub requests: u64,
    /// Of these, those that only read.
    pub reads: u64,
    /// Of these, retries after an error (throttled requests are not counted).
    pub retries: u64,
    /// Answers 429.
    pub throttled: u64,
    /// Requests a second, from the first to the last; `None` where none was sent.
    pub rate_reached: Option<f64>,
    /// Requests a second that the server seems to allow; `None` where that is no less than was
    /// asked for.
    pub limit_found: Option<f64>,
    /// How many requests in flight would have reached the rate asked for, be it more than there can
    /// be; `None` where it was not their number that held the run back.
    pub workers_needed: Option<u64>,
}
