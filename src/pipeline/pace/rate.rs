//! A number of requests in a time.

use std::time::Duration;

/// The longest burst, in requests.
const MAX_BURST: f64 = 10_000.0;

/// A rate of requests.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Rate {
    per_second: f64,
}

impl Rate {
    /// `requests` in every `window`.
    #[must_use]
    pub fn new(requests: u32, window: Duration) -> Self {
        Self::of(f64::from(requests.max(1)) / window.as_secs_f64())
    }

    /// So many requests a second.
    pub(super) fn of(per_second: f64) -> Self {
        Self { per_second }
    }

    /// Requests a second.
    #[must_use]
    pub fn per_second(self) -> f64 {
        self.per_second
    }

    /// The time between two requests.
    pub(super) fn interval(self) -> Duration {
        Duration::from_secs_f64(1.0 / self.per_second)
    }

    /// How far the slots may lag behind the clock: a worker that wakes up late must not cost a
    /// slot, and a burst must not show. Requests that may follow each other at once are a hundredth
    /// of a second's, and at least two.
    pub(super) fn slack(self) -> Duration {
        let burst = (self.per_second / 100.0).clamp(2.0, MAX_BURST);
        self.interval().mul_f64(burst - 1.0)
    }
}
