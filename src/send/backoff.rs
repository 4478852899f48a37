//! How long to pause after a 429: as long as the server asks, or an exponential backoff of our own.
//! Pure: the caller passes the time.

use std::time::{Duration, Instant};

/// The longest pause that a run waits for, and the longest time of nothing but 429.
pub(crate) const PATIENCE: Duration = Duration::from_mins(15);

/// The longest pause of our own choice.
const MAX_OWN_PAUSE: Duration = Duration::from_mins(1);

/// What follows from a 429.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Pause {
    /// All workers wait that long from now on; `is_new` if no pause had begun.
    Wait { wait: Duration, is_new: bool },
    /// Longer than a run waits.
    TooLong(String),
}

/// The 429 answers since the last other answer.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    /// When the current pause began: a 429 to a request sent before is part of it.
    began: Option<Instant>,
    /// Consecutive pauses.
    pauses: u32,
    /// The first of the 429 answers.
    since: Option<Instant>,
}

impl Backoff {
    /// An answer of another kind than 429.
    pub(super) fn answered(&mut self) {
        self.pauses = 0;
        self.since = None;
    }

    /// A 429 at `now` for a request sent at `sent`. `chance` (0 to 1) spreads pauses.
    pub(super) fn throttled(
        &mut self,
        now: Instant,
        sent: Instant,
        retry_after: Option<Duration>,
        chance: f64,
    ) -> Pause {
        let since = *self.since.get_or_insert(now);
        if now - since >= PATIENCE {
            return Pause::TooLong("the server has answered nothing but 429 for 15 minutes: continue later, with a lower --rate".into());
        }
        if let Some(asked) = retry_after.filter(|asked| *asked > PATIENCE) {
            return Pause::TooLong(too_long(asked));
        }
        let is_new = self.began.is_none_or(|began| sent > began);
        if is_new {
            self.began = Some(now);
            self.pauses = self.pauses.saturating_add(1);
        }
        let doubled = Duration::from_secs(1 << self.pauses.saturating_sub(1).min(6));
        let own = doubled.min(MAX_OWN_PAUSE).mul_f64(1.0 + chance / 4.0);
        // Never less than the server asked. A date in the past or a zero is no advice.
        let wait = match retry_after {
            Some(asked) if !asked.is_zero() => asked + Duration::from_millis(50).mul_f64(chance),
            _ => own,
        };
        Pause::Wait { wait, is_new }
    }
}

/// That the server asks for a longer pause than a run waits.
pub(crate) fn too_long(asked: Duration) -> String {
    let seconds = i64::try_from(asked.as_secs()).unwrap_or(i64::MAX);
    let when = jiff::Timestamp::now()
        .checked_add(jiff::SignedDuration::from_secs(seconds))
        .map_or_else(
            |_| String::new(),
            |when| format!(": continue after {when:.0}"),
        );
    format!(
        "the server asks for a pause of {} minutes{when}",
        asked.as_secs().div_ceil(60)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn waited(pause: &Pause) -> Option<u64> {
        match pause {
            Pause::Wait { wait, .. } => Some(wait.as_secs()),
            Pause::TooLong(_) => None,
        }
    }

    #[test]
    fn nobody_waits_less_than_the_server_asked() {
        let now = Instant::now();
        let mut backoff = Backoff::default();
        for asked in [1, 10, 900] {
            let pause = backoff.throttled(now, now, Some(asked * SECOND), 0.0);
            assert_eq!(waited(&pause), Some(u64::from(asked)));
        }
    }

    #[test]
    fn pauses_grow_with_each_new_429_but_not_with_those_in_flight() {
        let mut now = Instant::now();
        let mut backoff = Backoff::default();
        let mut waits = Vec::new();
        for _ in 0..8 {
            let sent = now;
            now += SECOND / 10;
            waits.push(waited(&backoff.throttled(now, sent, None, 0.0)).unwrap_or(0));
            // Answers to requests that went out before the pause began.
            backoff.throttled(now, sent, None, 0.0);
            now += 65 * SECOND;
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        backoff.answered();
        assert_eq!(waited(&backoff.throttled(now, now, None, 0.0)), Some(1));
    }

    #[test]
    fn a_pause_that_is_too_long_or_nothing_but_429_stops_the_run() {
        let now = Instant::now();
        let mut backoff = Backoff::default();
        assert_eq!(
            waited(&backoff.throttled(now, now, Some(15 * 60 * SECOND), 0.0)),
            Some(900)
        );
        assert_eq!(
            waited(&backoff.throttled(now, now, Some(901 * SECOND), 0.0)),
            None
        );
        assert_eq!(
            waited(&backoff.throttled(now + 900 * SECOND, now, Some(SECOND), 0.0)),
            None
        );
        backoff.answered();
        assert_eq!(
            waited(&backoff.throttled(now + 901 * SECOND, now, Some(SECOND), 0.0)),
            Some(1)
        );
    }
}
