//! Pauses that the server asked for -> how much time they took. One may begin before another is over.

use std::time::{Duration, Instant};

/// The pauses of a pass.
#[derive(Debug, Clone, Copy)]
pub struct PausedTime {
    /// How long they lasted until `counted`.
    total: Duration,
    counted: Instant,
    /// When the present one ends, or the last one ended.
    end: Instant,
}

impl PausedTime {
    /// No pause yet.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            total: Duration::ZERO,
            counted: now,
            end: now,
        }
    }

    /// Takes in a pause of that length. A shorter one ends no longer one.
    pub fn pause(&mut self, now: Instant, wait: Duration) {
        self.total = self.until(now);
        self.counted = now;
        self.end = self.end.max(now.checked_add(wait).unwrap_or(now));
    }

    /// How long the pauses have lasted until `now`, which is not before the last one began.
    #[must_use]
    pub fn until(&self, now: Instant) -> Duration {
        self.total + self.end.min(now).saturating_duration_since(self.counted)
    }

    /// How long the present pause still lasts, if there is one.
    #[must_use]
    pub fn left(&self, now: Instant) -> Option<Duration> {
        let left = self.end.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_that_overlap_are_counted_once() {
        let began = Instant::now();
        let after = |seconds| began + Duration::from_secs(seconds);
        let seconds = |pauses: &PausedTime, at| pauses.until(after(at)).as_secs();
        let mut pauses = PausedTime::new(began);
        assert_eq!(pauses.left(began), None);
        pauses.pause(after(10), Duration::from_secs(10));
        pauses.pause(after(15), Duration::from_secs(2));
        assert_eq!(pauses.left(after(15)), Some(Duration::from_secs(5)));
        assert_eq!([17, 20, 60].map(|at| seconds(&pauses, at)), [7, 10, 10]);
        pauses.pause(after(18), Duration::from_secs(7));
        pauses.pause(after(40), Duration::from_secs(1));
        assert_eq!([40, 60].map(|at| seconds(&pauses, at)), [15, 16]);
    }
}
