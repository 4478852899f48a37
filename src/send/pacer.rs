//! Limiter, backoff and adaptive rate in one: when may a request go out? Pure: the caller passes the
//! time.

use std::time::{Duration, Instant};

use super::Rate;
use super::adaptive::{Adaptation, Adaptive};
use super::backoff::{Backoff, Pause};
use super::limiter::Limiter;

/// The state behind the gate.
#[derive(Debug)]
pub(super) struct Pacer {
    limiter: Limiter,
    backoff: Backoff,
    adaptive: Adaptive,
    sent: u64,
    /// When the first request went out.
    first: Option<Instant>,
}

impl Pacer {
    pub(super) fn new(ceiling: Rate, adaptation: Adaptation) -> Self {
        Self {
            limiter: Limiter::new(ceiling),
            backoff: Backoff::default(),
            adaptive: Adaptive::new(ceiling, adaptation),
            sent: 0,
            first: None,
        }
    }

    /// Lets a request out at `now`, or returns when to ask again.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Instant> {
        self.limiter.take(now, self.adaptive.rate(now))?;
        self.sent += 1;
        self.first.get_or_insert(now);
        Ok(())
    }

    /// The request sent at `sent` was answered 429. `chance` (0 to 1) spreads pauses.
    pub(super) fn throttled(
        &mut self,
        now: Instant,
        sent: Instant,
        retry_after: Option<Duration>,
        chance: f64,
    ) -> Pause {
        let pause = self.backoff.throttled(now, sent, retry_after, chance);
        if let Pause::Wait { wait, .. } = pause {
            self.cut(now, sent, now + wait);
        }
        pause
    }

    /// The answer to the request sent at `sent` shows that the server is overloaded: the rate is
    /// cut, without a pause. Whether it is: not again for requests that were in flight.
    pub(super) fn overloaded(&mut self, now: Instant, sent: Instant) -> bool {
        self.cut(now, sent, now)
    }

    fn cut(&mut self, now: Instant, sent: Instant, until: Instant) -> bool {
        let is_cut = self.adaptive.throttled(now, sent, until);
        self.limiter.restart(self.adaptive.rate(until), until);
        is_cut
    }

    /// The request sent at `sent` was answered otherwise.
    pub(super) fn answered(&mut self, sent: Instant) {
        self.backoff.answered();
        self.adaptive.accepted(sent);
    }

    /// Requests let out so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// When the last request went out.
    pub(super) fn last_sent(&self) -> Option<Instant> {
        self.limiter.last()
    }

    /// Requests per second from the first to the last; `None` for fewer than two.
    pub(super) fn rate_reached(&self) -> Option<f64> {
        let elapsed = (self.last_sent()? - self.first?).as_secs_f64();
        #[expect(
            clippy::cast_precision_loss,
            reason = "a rate, shown with three digits"
        )]
        let intervals = (self.sent - 1) as f64;
        (elapsed > 0.0).then(|| intervals / elapsed)
    }

    /// The rate at `now`, if that is less than the ceiling.
    pub(super) fn lowered_to(&self, now: Instant) -> Option<Rate> {
        self.adaptive.lowered_to(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_first_request_that_comes_late_leaves_nothing_to_catch_up_on() {
        let start = Instant::now();
        let rate = Rate::new(100, SECOND);
        let mut pacer = Pacer::new(rate, Adaptation::Fixed);
        let late = start + SECOND;
        assert_eq!(pacer.take(late), Ok(()));
        assert!(pacer.take(late + Duration::from_micros(9_999)).is_err());
        assert_eq!(pacer.take(late + SECOND / 100), Ok(()));
    }

    #[test]
    fn no_request_goes_out_before_the_end_of_a_pause() {
        for adaptation in [Adaptation::Adaptive, Adaptation::Fixed] {
            let start = Instant::now();
            let mut pacer = Pacer::new(Rate::new(500, SECOND), adaptation);
            assert_eq!(pacer.take(start), Ok(()));
            pacer.throttled(start, start, Some(10 * SECOND), 0.0);
            // A shorter one does not end it.
            pacer.throttled(start, start, Some(SECOND), 0.0);
            let end = start + 10 * SECOND;
            assert_eq!(pacer.take(start + SECOND), Err(end));
            assert_eq!(pacer.take(end), Ok(()));
            assert!(pacer.take(end).is_err());
        }
    }
}
