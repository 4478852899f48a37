//! A number of requests in a time.

use std::time::Duration;

use crate::model::RequestRate;

/// A rate of requests.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Rate {
    per_second: f64,
}

impl Rate {
    /// `requests` in every `window`.
    #[must_use]
    pub fn new(requests: u32, window: Duration) -> Self {
        Self::from_per_second(f64::from(requests.max(1)) / window.as_secs_f64())
    }

    /// Requests per second.
    pub(super) fn from_per_second(per_second: f64) -> Self {
        Self { per_second }
    }

    /// Requests per second.
    #[must_use]
    pub fn per_second(self) -> f64 {
        self.per_second
    }

    /// The time between two requests.
    pub(super) fn interval(self) -> Duration {
        Duration::from_secs_f64(1.0 / self.per_second)
    }
}

impl From<RequestRate> for Rate {
    fn from(rate: RequestRate) -> Self {
        Self::from_per_second(rate.per_second())
    }
}
