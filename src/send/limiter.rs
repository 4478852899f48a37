//! Evenly spaced requests, by governor's limiter (GCRA). Pure: the caller passes the time.
//!
//! Governor's quota is fixed, so the rate is the speed of its clock: a request takes a virtual
//! millisecond, however long that is. And governor lets a burst out after each idle time; here no more
//! than `TOLERANCE` is caught up on, and nothing at all at the start and after a pause or a cut.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use super::Rate;

/// How late a worker may wake up without losing its request. It is also what a second may have
/// beyond the rate.
const TOLERANCE: Duration = Duration::from_millis(5);

/// What a request takes of the quota. Cells are this small because the tolerance comes in cells.
const CELLS: NonZeroU32 = NonZeroU32::new(1_000).unwrap();

/// The quota for each virtual second: a thousand requests.
const CELLS_PER_SECOND: NonZeroU32 = NonZeroU32::new(1_000_000).unwrap();

/// The virtual time of one request.
const REQUEST: Duration = Duration::from_millis(1);

/// Lets requests out one by one.
#[derive(Debug)]
pub(super) struct Limiter {
    governor: RateLimiter<NotKeyed, InMemoryState, VirtualClock, NoOpMiddleware<Nanos>>,
    /// The rate that the tolerance was computed for.
    rate: Rate,
    /// Requests that became due until `updated`.
    due: f64,
    /// The instant that the clock shows; `None` before the first request. In a pause it stays at the
    /// end of the pause.
    updated: Option<Instant>,
    /// When the last request went out.
    last: Option<Instant>,
}

/// The virtual time since the limiter was started.
#[derive(Debug, Default)]
struct VirtualClock(Cell<Nanos>);

impl Clock for VirtualClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.get()
    }
}

impl Limiter {
    /// Lets the first request out whenever it comes.
    pub(super) fn new(rate: Rate) -> Self {
        let requests = TOLERANCE.as_secs_f64() * rate.per_second();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "5,000 requests at most"
        )]
        let cells = (requests * f64::from(CELLS.get())) as u32;
        let quota = Quota::per_second(CELLS_PER_SECOND).allow_burst(CELLS.saturating_add(cells));
        let governor = RateLimiter::direct_with_clock(quota, VirtualClock::default());
        // A new limiter could be caught up on at once.
        if let Some(cells) = NonZeroU32::new(cells) {
            _ = governor.check_n(cells);
        }
        Self {
            governor,
            rate,
            due: 0.0,
            updated: None,
            last: None,
        }
    }

    /// Continues at `rate` after a pause until `until`, with nothing to catch up on.
    pub(super) fn restart(&mut self, rate: Rate, until: Instant) {
        let next = self.last.map_or(until, |last| last + rate.interval());
        *self = Self {
            last: self.last,
            updated: self.updated.max(Some(next.max(until))),
            ..Self::new(rate)
        };
    }

    /// Lets a request out at `now`, or returns when to ask again.
    pub(super) fn take(&mut self, now: Instant, rate: Rate) -> Result<(), Instant> {
        let updated = *self.updated.get_or_insert(now);
        if now < updated {
            return Err(updated);
        }
        self.due += (now - updated).as_secs_f64() * rate.per_second();
        self.updated = Some(now);
        let time = Nanos::from(REQUEST.mul_f64(self.due));
        self.governor.clock().0.set(time);
        // More than the burst can hold, the other error, is never asked for.
        if let Err(not_until) = self.governor.check_n(CELLS).unwrap_or(Ok(())) {
            let requests = not_until.wait_time_from(time).div_duration_f64(REQUEST);
            // Rounded up: asking again at once would be in vain.
            return Err(now + rate.interval().mul_f64(requests) + Duration::from_nanos(1));
        }
        self.last = Some(now);
        if rate.per_second() > 2.0 * self.rate.per_second() {
            self.restart(rate, now);
        }
        Ok(())
    }

    /// When the last request went out.
    pub(super) fn last(&self) -> Option<Instant> {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limiter(rate: Rate) -> (Limiter, Instant) {
        let start = Instant::now();
        (Limiter::new(rate), start)
    }

    /// The requests let out to someone who asks at each of `asks`.
    fn taken(limiter: &mut Limiter, rate: Rate, asks: impl Iterator<Item = Instant>) -> usize {
        asks.filter(|now| limiter.take(*now, rate).is_ok()).count()
    }

    fn every(start: Instant, step: Duration, end: Instant) -> impl Iterator<Item = Instant> {
        std::iter::successors(Some(start), move |now| Some(*now + step))
            .take_while(move |now| *now < end)
    }

    /// The instants at which requests go out to someone who always asks when told to.
    fn departures(limiter: &mut Limiter, rate: Rate, start: Instant, count: usize) -> Vec<Instant> {
        let mut now = start;
        let mut departures = Vec::new();
        while departures.len() < count {
            match limiter.take(now, rate) {
                Ok(()) => departures.push(now),
                Err(next) => now = next,
            }
        }
        departures
    }

    #[test]
    fn requests_are_evenly_spaced_from_the_first_on() {
        for (requests, window) in [
            (1, 60),
            (7, 60),
            (7, 1),
            (50, 1),
            (500, 1),
            (30_000, 1),
            (1_000_000, 1),
        ] {
            let rate = Rate::new(requests, window * SECOND);
            let (mut limiter, start) = limiter(rate);
            let departures = departures(&mut limiter, rate, start, 200);
            assert_eq!(departures[0], start);
            for (nth, at) in (0..).zip(&departures) {
                let (due, error) = (rate.interval() * nth, Duration::from_micros(1));
                let elapsed = *at - start;
                assert!(
                    elapsed.abs_diff(due) <= error,
                    "{rate:?}, {nth}: {elapsed:?}"
                );
            }
        }
    }

    #[test]
    fn a_late_worker_loses_no_request_and_an_idle_one_all_but_a_few() {
        for (rate, burst) in [(50, 1), (500, 3), (5_000, 26), (1_000_000, 5_001)] {
            let rate = Rate::new(rate, SECOND);
            let (mut limiter, start) = limiter(rate);
            assert_eq!(limiter.take(start, rate), Ok(()));
            let late = start + 10 * SECOND;
            let at_once = taken(&mut limiter, rate, std::iter::repeat_n(late, 20_000));
            assert_eq!(at_once, burst, "{rate:?}");
        }
        let rate = Rate::new(100, SECOND);
        let (mut limiter, start) = limiter(rate);
        // Asked every 3 ms: requests are 10 ms apart, so that most go out late.
        let asks = every(start, SECOND * 3 / 1000, start + 10 * SECOND);
        let taken = taken(&mut limiter, rate, asks);
        assert!((998..=1001).contains(&taken), "{taken}");
    }

    #[test]
    fn another_rate_hands_out_no_burst() {
        let (mut limiter, start) = limiter(Rate::new(100, SECOND));
        let mut passed = 0;
        // The rate changes at every step, up and down around 100/s.
        for (step, now) in every(start, SECOND / 1000, start + 10 * SECOND).enumerate() {
            let rate = Rate::new(if step % 2 == 0 { 95 } else { 105 }, SECOND);
            passed += u32::from(limiter.take(now, rate).is_ok());
        }
        assert!((990..=1010).contains(&passed), "{passed}");
    }

    #[test]
    fn the_tolerance_stays_the_same_as_the_rate_recovers() {
        let (slow, fast) = (Rate::new(10, SECOND), Rate::new(1_000, SECOND));
        let (mut limiter, start) = limiter(slow);
        assert_eq!(limiter.take(start, slow), Ok(()));
        // Asked every 4 ms, in which 4 requests become due.
        let asks = every(start + SECOND, SECOND / 250, start + 11 * SECOND);
        let taken = asks
            .map(|now| taken(&mut limiter, fast, std::iter::repeat_n(now, 10)))
            .sum::<usize>();
        assert!((9_980..=10_010).contains(&taken), "{taken}");
    }

    #[test]
    fn nothing_is_caught_up_on_after_a_pause_and_nothing_comes_before_its_end() {
        for requests in [5, 500, 50_000] {
            let rate = Rate::new(requests, SECOND);
            let (mut limiter, start) = limiter(rate);
            assert_eq!(limiter.take(start, rate), Ok(()));
            let end = start + 10 * SECOND;
            limiter.restart(rate, end);
            limiter.restart(rate, start + SECOND);
            assert_eq!(limiter.take(start + 5 * SECOND, rate), Err(end));
            let second = departures(&mut limiter, rate, start, 2)[1];
            assert!((second - end).abs_diff(rate.interval()) < SECOND / 1_000_000);
        }
    }

    #[test]
    fn without_a_pause_the_next_request_keeps_its_distance() {
        let rate = Rate::new(5, SECOND);
        let (mut limiter, start) = limiter(rate);
        assert_eq!(limiter.take(start, rate), Ok(()));
        limiter.restart(rate, start);
        assert_eq!(limiter.take(start, rate), Err(start + SECOND / 5));
    }
}
