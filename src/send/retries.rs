//! How many attempts have failed -> how long to wait before the next one, if there is to be one.

use std::time::Duration;

/// The longest backoff of one operation.
const MAX_BACKOFF: Duration = Duration::from_secs(30);

/// The backoff before its first retry, on average.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);

/// How often what can be retried is retried.
#[derive(Debug, Clone, Copy)]
pub struct Retries(pub u32);

impl Retries {
    /// The wait after the failure of that attempt, from 1 on, unless it was the last one. `chance` (0 to 1)
    /// spreads waits.
    pub(super) fn backoff(self, attempt: u32, chance: f64) -> Option<Duration> {
        let doubled = FIRST_BACKOFF.saturating_mul(1 << attempt.saturating_sub(1).min(16));
        let wait = doubled.min(MAX_BACKOFF).mul_f64(0.5 + chance);
        (attempt <= self.0).then_some(wait)
    }
}
