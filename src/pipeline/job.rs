//! A row on its way: what is to be sent, and what its tries came to.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::retry::Tries;
use crate::ledger::Record;
use crate::model::{Outcome, StopReason, Update, utc_millis};
use crate::send::{PATIENCE, too_long};

/// The longest pause of our own choice for one row, as a power of two of seconds.
const LONGEST_PAUSE: u32 = 6;

/// A row that is not settled.
pub(super) struct Job {
    pub(super) update: Update<'static>,
    pub(super) tries: Tries,
    /// When it was sent first.
    pub(super) began: Option<Instant>,
    /// When it may be sent again.
    pub(super) not_before: Instant,
    /// Since when it alone is throttled, and how often that was.
    alone: Option<(Instant, u32)>,
}

/// Whom the server throttles.
#[derive(Debug, Clone, Copy)]
pub(super) enum Throttled {
    /// Everybody, or nobody.
    All,
    /// This row alone, for as long as it says.
    Alone(Option<Duration>),
}

/// What came of sending a row.
pub(super) enum Settled {
    /// Its outcome.
    Done(Record),
    /// It was throttled: others go first.
    Later(Job),
}

impl Job {
    pub(super) fn new(update: Update<'static>, tries: Tries) -> Self {
        Self {
            update,
            tries,
            began: None,
            not_before: Instant::now(),
            alone: None,
        }
    }

    /// Puts it off for `wait` from `now`; where the server throttles this row alone, for as long as it
    /// asks, or a growing time.
    pub(super) fn postpone(&mut self, now: Instant, wait: Duration, whom: Throttled) {
        let Throttled::Alone(asked) = whom else {
            self.not_before = now + wait;
            self.alone = None;
            return;
        };
        let (_, times) = self.alone.get_or_insert((now, 0));
        let doubled = Duration::from_secs(1 << (*times).min(LONGEST_PAUSE));
        *times += 1;
        let asked = asked.filter(|asked| !asked.is_zero()).unwrap_or(doubled);
        self.not_before = now + asked.max(wait);
    }

    /// Why nobody should wait for this row any longer, if so. All others are sent by then.
    pub(super) fn is_given_up(&self, now: Instant) -> Option<StopReason> {
        let asked = self.not_before.saturating_duration_since(now);
        let told = match self.alone {
            _ if asked > PATIENCE => too_long(asked),
            Some((since, _)) if now.duration_since(since) >= PATIENCE => format!(
                "the server has throttled {} alone for 15 minutes: continue later",
                self.update.slug.shown()
            ),
            _ => return None,
        };
        Some(StopReason::LongPause { told })
    }

    /// Its end.
    pub(super) fn record(self, (outcome, reasons): (Outcome, String)) -> Settled {
        let elapsed = self.began.map(|began| began.elapsed().as_millis());
        Settled::Done(Record {
            line: self.update.line,
            slug: self.update.slug.shown(),
            outcome,
            http_status: self.tries.http_status,
            reasons,
            attempts: self.tries.attempts,
            elapsed_ms: elapsed.map(|millis| u64::try_from(millis).unwrap_or(u64::MAX)),
            finished_at: self.began.map(|_| utc_millis(Timestamp::now())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Changes, Slug};

    const SECOND: Duration = Duration::from_secs(1);

    fn job() -> Job {
        let update = Update {
            line: 2,
            slug: Slug::parse("held").expect("a slug"),
            changes: Changes::default(),
        };
        Job::new(update, Tries::default())
    }

    #[test]
    fn a_row_that_is_throttled_alone_is_given_up_after_a_quarter_of_an_hour() {
        let (began, mut job) = (Instant::now(), job());
        let mut now = began;
        while now < began + PATIENCE {
            assert_eq!(job.is_given_up(now), None, "{:?}", now - began);
            job.postpone(now, Duration::ZERO, Throttled::Alone(Some(60 * SECOND)));
            assert_eq!(job.not_before, now + 60 * SECOND);
            now = job.not_before;
        }
        let reason = job.is_given_up(now).map(|reason| reason.to_string());
        let told = reason.expect("a reason");
        assert!(
            told.contains("throttled held alone for 15 minutes"),
            "{told}"
        );
    }

    #[test]
    fn a_row_that_is_throttled_with_all_others_starts_its_quarter_of_an_hour_again() {
        let (began, mut job) = (Instant::now(), job());
        job.postpone(began, Duration::ZERO, Throttled::Alone(None));
        job.postpone(began + 899 * SECOND, SECOND, Throttled::All);
        let late = began + 901 * SECOND;
        job.postpone(late, Duration::ZERO, Throttled::Alone(None));
        assert_eq!(job.is_given_up(late), None);
    }

    #[test]
    fn waits_of_a_row_that_is_throttled_alone_double_unless_the_server_says_how_long() {
        let (now, mut job) = (Instant::now(), job());
        let mut wait = |asked| {
            job.postpone(now, Duration::ZERO, Throttled::Alone(asked));
            (job.not_before - now).as_secs()
        };
        let waits: Vec<_> = (0..8).map(|_| wait(None)).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 64]);
        assert_eq!(wait(Some(7 * SECOND)), 7);
        assert_eq!(wait(Some(Duration::ZERO)), 64);
    }

    #[test]
    fn too_long_a_wish_for_one_row_gives_it_up_at_once() {
        let (now, mut job) = (Instant::now(), job());
        let asked = PATIENCE + SECOND;
        job.postpone(now, Duration::ZERO, Throttled::Alone(Some(asked)));
        assert!(job.is_given_up(now).is_some());
    }
}
