//! Slots, pauses and rate in one: when may a request go out? Pure: told the time by its caller.

use std::time::{Duration, Instant};

use super::Rate;
use super::adaptive::{Adaptation, Adaptive};
use super::slots::Slots;
use super::throttle::{Pause, Throttle};

/// The state behind the gate.
#[derive(Debug)]
pub(super) struct Pacer {
    slots: Slots,
    throttle: Throttle,
    adaptive: Adaptive,
    sent: u64,
    refused: u64,
    first: Option<Instant>,
    last: Option<Instant>,
}

impl Pacer {
    pub(super) fn new(ceiling: Rate, adaptation: Adaptation) -> Self {
        Self {
            slots: Slots::default(),
            throttle: Throttle::default(),
            adaptive: Adaptive::new(ceiling, adaptation),
            sent: 0,
            refused: 0,
            first: None,
            last: None,
        }
    }

    /// Lets a request out at `now`, or says when to ask again.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Instant> {
        if let Some(until) = self.throttle.until().filter(|until| *until > now) {
            return Err(until);
        }
        self.slots.take(now, self.adaptive.rate(now))?;
        self.adaptive.sent(now);
        self.sent += 1;
        self.first.get_or_insert(now);
        self.last = Some(now);
        Ok(())
    }

    /// Takes in that the request sent at `sent` was answered with the wish for a pause.
    pub(super) fn throttled(
        &mut self,
        now: Instant,
        sent: Instant,
        retry_after: Option<Duration>,
        chance: f64,
    ) -> Pause {
        self.refused += 1;
        let pause = self.throttle.throttled(now, sent, retry_after, chance);
        if let (Pause::Wait { .. }, Some(until)) = (&pause, self.throttle.until()) {
            self.adaptive.throttled(now, sent, until);
            self.slots.resume_at(until);
        }
        pause
    }

    /// Takes in that the server is under load: the rate goes down, without a pause.
    pub(super) fn overloaded(&mut self, now: Instant, sent: Instant) {
        self.adaptive.throttled(now, sent, now);
    }

    /// Takes in another answer to a request sent at `sent`.
    pub(super) fn answered(&mut self, sent: Instant) {
        self.throttle.answered();
        self.adaptive.answered(sent);
    }

    /// Requests let out so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// Requests a second from the first to the last; `None` for fewer than two.
    pub(super) fn rate_reached(&self) -> Option<f64> {
        let elapsed = (self.last? - self.first?).as_secs_f64();
        #[expect(
            clippy::cast_precision_loss,
            reason = "a rate, shown with three digits"
        )]
        let intervals = (self.sent - 1) as f64;
        (elapsed > 0.0).then(|| intervals / elapsed)
    }

    /// The rate that holds at `now`, if that is less than the ceiling.
    pub(super) fn lowered_to(&self, now: Instant) -> Option<Rate> {
        self.adaptive.lowered_to(now)
    }

    /// What the server allows, if that is less than the ceiling.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a rate, shown with three digits"
    )]
    pub(super) fn limit_found(&self, now: Instant) -> Option<Rate> {
        let found = self.adaptive.limit_found(now)?.per_second();
        // It has taken that many, all in all.
        let refused = self.refused as f64 / self.sent as f64;
        let taken = self.rate_reached().unwrap_or_default() * (1.0 - refused);
        Some(Rate::of(found.max(taken)))
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A run against a server that counts in fixed windows, on a clock of its own.
    #[derive(Debug, Clone, Copy)]
    struct World {
        /// Requests that the server allows in a window.
        allowed: u32,
        window: Duration,
        /// How far into a window the run begins.
        offset: Duration,
        says_when: bool,
        latency: Duration,
        ceiling: Rate,
        adaptation: Adaptation,
        rows: usize,
    }

    #[derive(Debug)]
    struct Seen {
        /// Rows a second, as a share of what the server allows.
        share: f64,
        throttled: u32,
        /// The share of 429 among the answers after the first ten seconds.
        throttled_later: f64,
        limit_found: Option<f64>,
    }

    /// How the server counts.
    #[derive(Debug, Default)]
    struct Windows {
        current: u128,
        asked: u32,
    }

    impl Windows {
        /// Whether a request at `at` is refused, and how many seconds are left then.
        fn asked(&mut self, world: World, at: Duration) -> Option<Duration> {
            let current = at.as_nanos() / world.window.as_nanos();
            if current != self.current {
                *self = Self { current, asked: 0 };
            }
            self.asked += 1;
            let left = world.window.as_secs_f64() - at.as_secs_f64() % world.window.as_secs_f64();
            (self.asked > world.allowed).then(|| Duration::from_secs_f64(left.ceil()))
        }
    }

    impl World {
        const WORKERS: usize = 64;

        fn run(self) -> Seen {
            let start = Instant::now();
            let mut chance = fastrand::Rng::with_seed(4);
            let mut pacer = Pacer::new(self.ceiling, self.adaptation);
            let mut windows = Windows::default();
            let mut in_flight = BinaryHeap::new();
            let (mut now, mut left, mut throttled, mut later) = (start, self.rows, 0, (0, 0));
            while left > 0 {
                let is_free = in_flight.len() < Self::WORKERS.min(left);
                let next = match is_free.then(|| pacer.take(now)) {
                    Some(Ok(())) => {
                        let at = now - start + self.latency / 2 + self.offset;
                        let refused = windows.asked(self, at);
                        in_flight.push(Reverse((now + self.latency, now, refused)));
                        continue;
                    }
                    Some(Err(until)) => Some(until),
                    None => None,
                };
                let answered = in_flight.peek().map(|Reverse((at, ..))| *at);
                if let Some(next) = next.filter(|next| answered.is_none_or(|at| at > *next)) {
                    now = next;
                    continue;
                }
                let Some(Reverse((at, sent, refused))) = in_flight.pop() else {
                    panic!("nobody sends and nobody answers");
                };
                now = at;
                let is_late = u32::from(now - start > 10 * SECOND);
                later.0 += is_late;
                if let Some(retry_after) = refused {
                    throttled += 1;
                    later.1 += is_late;
                    let retry_after = self.says_when.then_some(retry_after);
                    pacer.throttled(now, sent, retry_after, chance.f64());
                } else {
                    left -= 1;
                    pacer.answered(sent);
                }
            }
            let allowed = f64::from(self.allowed) / self.window.as_secs_f64();
            let rows = f64::from(u32::try_from(self.rows).unwrap_or(u32::MAX));
            Seen {
                share: rows / (now - start).as_secs_f64() / allowed,
                throttled,
                throttled_later: f64::from(later.1) / f64::from(later.0.max(1)),
                limit_found: pacer.limit_found(now).map(Rate::per_second),
            }
        }
    }

    /// The same world with runs that begin anywhere in a window, near servers and far ones, that
    /// say when to come back and that do not.
    fn worlds(
        (allowed, window): (u32, u64),
        ceiling: u32,
        rows: usize,
    ) -> impl Iterator<Item = World> {
        let window = Duration::from_secs(window);
        let ceiling = Rate::new(ceiling, SECOND);
        [0.0, 0.3, 0.5, 0.9].into_iter().flat_map(move |offset| {
            [(1, true), (1, false), (100, true), (100, false)].map(|(latency, says_when)| World {
                allowed,
                window,
                offset: window.mul_f64(offset),
                says_when,
                latency: Duration::from_millis(latency),
                ceiling,
                adaptation: Adaptation::Adaptive,
                rows,
            })
        })
    }

    #[test]
    fn a_limit_per_second_is_found_and_lived_with() {
        for world in worlds((40, 1), 200, 1_000) {
            let seen = world.run();
            assert!(seen.share >= 0.7, "{world:?} {seen:?}");
            assert!(seen.throttled_later <= 0.05, "{world:?} {seen:?}");
        }
    }

    #[test]
    fn a_limit_per_ten_seconds_is_found_and_lived_with() {
        for world in worlds((100, 10), 30, 600) {
            let seen = world.run();
            assert!(seen.share >= 0.7, "{world:?} {seen:?}");
            assert!(seen.throttled <= 40, "{world:?} {seen:?}");
        }
    }

    #[test]
    fn a_limit_per_minute_is_found_and_lived_with() {
        for world in worlds((600, 60), 30, 6_000).chain(worlds((60, 60), 2, 600)) {
            let seen = world.run();
            assert!(seen.share >= 0.7, "{world:?} {seen:?}");
            assert!(seen.throttled_later <= 0.05, "{world:?} {seen:?}");
        }
    }

    #[test]
    fn a_ceiling_that_workers_never_reach_is_lived_with_too() {
        for world in worlds((600, 60), 1_000_000, 6_000) {
            let seen = world.run();
            assert!(seen.share >= 0.7, "{world:?} {seen:?}");
            assert!(seen.throttled_later <= 0.05, "{world:?} {seen:?}");
        }
    }

    #[test]
    fn the_longer_a_run_the_closer_it_comes_and_the_less_it_asks_in_vain() {
        for (allowed, window, ceiling) in [(40, 1, 200), (100, 10, 30), (600, 60, 30)] {
            for world in worlds((allowed, window), ceiling, 20_000) {
                let seen = world.run();
                assert!(seen.share >= 0.85, "{world:?} {seen:?}");
                assert!(seen.throttled_later <= 0.01, "{world:?} {seen:?}");
                let found = seen.limit_found.expect("a limit") * world.window.as_secs_f64();
                let share = found / f64::from(world.allowed);
                assert!((0.85..1.25).contains(&share), "{world:?} {seen:?}");
            }
        }
    }

    #[test]
    fn a_fixed_rate_asks_in_vain_far_more_often() {
        for adaptive in worlds((40, 1), 200, 1_000) {
            let fixed = World {
                adaptation: Adaptation::Fixed,
                ..adaptive
            };
            let (fixed, adaptive) = (fixed.run(), adaptive.run());
            assert!(
                fixed.throttled > 3 * adaptive.throttled,
                "{fixed:?} {adaptive:?}"
            );
            assert_eq!(fixed.limit_found, None);
        }
    }

    #[test]
    fn no_slot_comes_before_the_end_of_a_pause() {
        let start = Instant::now();
        let mut pacer = Pacer::new(Rate::new(500, SECOND), Adaptation::Fixed);
        assert_eq!(pacer.take(start), Ok(()));
        pacer.throttled(start, start, Some(10 * SECOND), 0.0);
        let end = start + 10 * SECOND;
        assert_eq!(pacer.take(start + SECOND), Err(end));
        assert_eq!(pacer.take(end), Ok(()));
        assert_eq!(pacer.take(end), Err(end + SECOND / 500));
    }
}
