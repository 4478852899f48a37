//! A row on its way: what is to be sent, and what its tries came to.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::pace::{PATIENCE, too_long};
use super::retry::Tries;
use crate::ledger::Record;
use crate::model::{Outcome, StopReason, Update, utc_millis};

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

    /// Puts it off for `wait`; where the server throttles this row alone, for as long as it
    /// asks, or a growing time.
    pub(super) fn postpone(&mut self, wait: Duration, whom: Throttled) {
        let now = Instant::now();
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
    pub(super) fn is_given_up(&self) -> Option<StopReason> {
        let now = Instant::now();
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
