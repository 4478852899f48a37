//! Requests that were sent and how they ended -> why no answers come, if none do.

use parking_lot::Mutex;
use std::time::{Duration, Instant};

use crate::model::Stall;

/// How long requests in flight may be without an answer before that is worth a word: the bar is
/// up to one more second late.
const SLOW: Duration = Duration::from_secs(1);

/// How well the server is reached: one view for all workers.
#[derive(Debug, Default)]
pub(super) struct Health {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    in_flight: u32,
    /// Since when those in flight have been without any end.
    silent_since: Option<Instant>,
    /// Which try of its row the last one sent is.
    attempt: u32,
    failing: Option<Failing>,
}

/// Tries that fail, and no answer since.
#[derive(Debug)]
struct Failing {
    since: Instant,
    what: String,
    attempt: u32,
}

impl Health {
    /// A request goes out.
    pub(super) fn sending(&self, attempt: u32, now: Instant) {
        let mut seen = self.seen.lock();
        if seen.in_flight == 0 {
            seen.silent_since = Some(now);
        }
        seen.in_flight += 1;
        seen.attempt = attempt;
    }

    /// A request has come to its end, whatever that is.
    pub(super) fn ended(&self, now: Instant) {
        let mut seen = self.seen.lock();
        seen.in_flight -= 1;
        seen.silent_since = Some(now);
    }

    /// Requests without an end so far.
    pub(super) fn in_flight(&self) -> u32 {
        self.seen.lock().in_flight
    }

    /// The server has answered: it is there, and it works.
    pub(super) fn answered(&self) {
        self.seen.lock().failing = None;
    }

    /// A row failed for `what`, and try `attempt` follows.
    pub(super) fn failing(&self, what: &str, attempt: u32, now: Instant) {
        let failing = &mut self.seen.lock().failing;
        let since = failing.as_ref().map_or(now, |failing| failing.since);
        *failing = Some(Failing {
            since,
            what: what.to_owned(),
            attempt,
        });
    }

    /// What keeps answers from coming, of rows that are tried `tries` times.
    pub(super) fn stall(&self, tries: u32, now: Instant) -> Option<Stall> {
        let seen = self.seen.lock();
        if let Some(failing) = &seen.failing {
            return Some(Stall::Retrying {
                cause: failing.what.clone(),
                lasted: now.duration_since(failing.since),
                attempt: failing.attempt,
                tries,
            });
        }
        let silent_since = seen.silent_since.filter(|_| seen.in_flight > 0)?;
        let lasted = now.duration_since(silent_since);
        (lasted >= SLOW).then_some(Stall::Waiting {
            lasted,
            attempt: seen.attempt,
            tries,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_a_stall_only_while_requests_are_in_flight() {
        let (health, began) = (Health::default(), Instant::now());
        let after = |seconds| began + Duration::from_secs(seconds);
        let lasted = |seconds| match health.stall(6, after(seconds))? {
            Stall::Waiting {
                lasted, attempt, ..
            } => Some((lasted.as_secs(), attempt)),
            stall @ Stall::Retrying { .. } => panic!("{stall:?}"),
        };
        assert_eq!(lasted(9), None);
        health.sending(1, began);
        health.sending(2, after(1));
        assert_eq!(lasted(0), None);
        assert_eq!(lasted(3), Some((3, 2)));
        health.ended(after(3));
        assert_eq!(lasted(3), None);
        assert_eq!(lasted(5), Some((2, 2)));
        health.ended(after(5));
        assert_eq!(lasted(9), None);
        health.sending(1, after(9));
        assert_eq!(lasted(9), None);
        assert_eq!(lasted(10), Some((1, 1)));
    }

    #[test]
    fn failing_attempts_are_a_stall_until_an_answer() {
        let (health, began) = (Health::default(), Instant::now());
        let after = |seconds| began + Duration::from_secs(seconds);
        health.failing("refused", 2, began);
        health.failing("reset", 3, after(1));
        let stall = Stall::Retrying {
            cause: "reset".into(),
            lasted: Duration::from_secs(4),
            attempt: 3,
            tries: 6,
        };
        assert_eq!(health.stall(6, after(4)), Some(stall));
        health.answered();
        assert_eq!(health.stall(6, after(4)), None);
    }
}
