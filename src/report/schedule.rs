//! Time that passes -> when a line of progress is due, where there is no bar.

use std::time::{Duration, Instant};

use crate::model::Stall;

/// Time between two lines of progress, and between two reports of stalls.
const EVERY: Duration = Duration::from_secs(30);

/// How long answers must be missing before that is reported.
const WORTH_A_LINE: Duration = Duration::from_millis(1500);

/// Decides when to print.
#[derive(Debug)]
pub(super) struct Schedule {
    next: Instant,
    /// The stall reported last, if it is not over.
    reported: Option<Stall>,
    reported_at: Option<Instant>,
}

impl Schedule {
    /// Lines from `now` on.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            next: now + EVERY,
            reported: None,
            reported_at: None,
        }
    }

    /// Whether to print how far the run is.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        let is_due = now >= self.next;
        if is_due {
            self.next = now + EVERY;
        }
        is_due
    }

    /// Whether to print `stall`: once per cause until an answer comes, and every 30 seconds at most.
    pub(super) fn is_stall_due(&mut self, stall: Option<&Stall>, now: Instant) -> bool {
        let Some(stall) = stall.filter(|stall| stall.lasted() >= WORTH_A_LINE) else {
            self.reported = None;
            return false;
        };
        let is_new = self
            .reported
            .as_ref()
            .is_none_or(|reported| reported.cause() != stall.cause());
        let is_due = self
            .reported_at
            .is_none_or(|at| now.duration_since(at) >= EVERY);
        if is_new && is_due {
            self.reported = Some(stall.clone());
            self.reported_at = Some(now);
        }
        is_new && is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retrying(cause: &str) -> Stall {
        Stall::Retrying {
            cause: cause.into(),
            lasted: Duration::from_secs(2),
            attempt: 2,
            tries: 6,
        }
    }

    fn waiting(seconds: u64) -> Stall {
        Stall::Waiting {
            lasted: Duration::from_secs(seconds),
            attempt: 1,
            tries: 6,
        }
    }

    #[test]
    fn progress_is_due_every_thirty_seconds() {
        let began = Instant::now();
        let mut schedule = Schedule::new(began);
        let due = [0, 29, 30, 31, 59, 65, 94, 95]
            .map(|seconds| schedule.is_due(began + Duration::from_secs(seconds)));
        assert_eq!(due, [false, false, true, false, false, true, false, true]);
    }

    #[test]
    fn a_stall_is_reported_once_per_cause_and_seldom() {
        let began = Instant::now();
        let mut schedule = Schedule::new(began);
        for (seconds, stall, is_due) in [
            (0, Some(waiting(1)), false),
            (1, Some(waiting(2)), true),
            (40, Some(waiting(41)), false),
            (41, Some(retrying("refused")), true),
            (42, Some(retrying("reset")), false),
            (71, Some(retrying("reset")), true),
            (110, None, false),
            (111, Some(retrying("reset")), true),
        ] {
            let now = began + Duration::from_secs(seconds);
            let found = schedule.is_stall_due(stall.as_ref(), now);
            assert_eq!(found, is_due, "{seconds}s: {stall:?}");
        }
    }
}
