//! Whole runs in virtual time, against a simulated server that counts in fixed windows.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use super::pacer::Pacer;
use super::{Adaptation, Rate};

const SECOND: Duration = Duration::from_secs(1);

const WORKERS: usize = 64;

#[derive(Debug, Clone, Copy)]
struct Scenario {
    /// Requests that the server allows in a window.
    allowed: u32,
    window: Duration,
    /// How far into a window the run begins.
    offset: Duration,
    sends_retry_after: bool,
    latency: Duration,
    ceiling: Rate,
    adaptation: Adaptation,
    rows: u32,
}

#[derive(Debug, Default)]
struct Observed {
    /// Rows per second, as a share of what the server allows.
    share: f64,
    throttled: u32,
    /// Answers after the first ten seconds, and those with 429 among them.
    later: u32,
    throttled_later: u32,
    /// As a share of what the server allows.
    limit_found: Option<f64>,
}

/// A request that is in flight, in the order of answers.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct InFlight {
    answered: Instant,
    sent: Instant,
    /// The time left in the window, if the request is refused.
    refused: Option<Duration>,
}

/// The window that the server counts in.
#[derive(Debug, Default)]
struct Window {
    number: u128,
    requests: u32,
}

impl Window {
    /// Counts a request that arrives at `at`; if it is refused, the whole seconds left.
    fn count(&mut self, scenario: Scenario, at: Duration) -> Option<Duration> {
        let number = at.as_nanos() / scenario.window.as_nanos();
        if number != self.number {
            *self = Self {
                number,
                requests: 0,
            };
        }
        self.requests += 1;
        let left = scenario.window.as_secs_f64() - at.as_secs_f64() % scenario.window.as_secs_f64();
        (self.requests > scenario.allowed).then(|| Duration::from_secs_f64(left.ceil()))
    }
}

impl Scenario {
    fn run(self) -> Observed {
        let start = Instant::now();
        let mut random = fastrand::Rng::with_seed(4);
        let mut pacer = Pacer::new(self.ceiling, self.adaptation);
        let (mut window, mut observed) = (Window::default(), Observed::default());
        let mut in_flight = BinaryHeap::new();
        let (mut now, mut rows) = (start, self.rows);
        while rows > 0 {
            let has_more = in_flight.len() < WORKERS.min(rows as usize);
            let next = has_more.then(|| pacer.take(now));
            if next == Some(Ok(())) {
                let arrived = now - start + self.latency / 2 + self.offset;
                in_flight.push(Reverse(InFlight {
                    answered: now + self.latency,
                    sent: now,
                    refused: window.count(self, arrived),
                }));
                continue;
            }
            if let Some(Err(next)) = next
                && in_flight
                    .peek()
                    .is_none_or(|Reverse(first)| first.answered > next)
            {
                now = next;
                continue;
            }
            let Reverse(answer) = in_flight.pop().expect("a request in flight");
            now = answer.answered;
            observed.count(now - start, answer.refused.is_some());
            if let Some(left) = answer.refused {
                let retry_after = self.sends_retry_after.then_some(left);
                pacer.throttled(now, answer.sent, retry_after, random.f64());
            } else {
                rows -= 1;
                pacer.answered(answer.sent);
            }
        }
        let allowed = f64::from(self.allowed) / self.window.as_secs_f64();
        let found = pacer.lowered_to(now).map(Rate::per_second);
        Observed {
            share: f64::from(self.rows) / (now - start).as_secs_f64() / allowed,
            limit_found: found.map(|found| found / allowed),
            ..observed
        }
    }

    fn assert_keeps_to_the_limit(self, share: f64, throttled: f64) -> Observed {
        let observed = self.run();
        assert!(observed.share >= share, "{self:?} {observed:?}");
        let limit = throttled * f64::from(observed.later);
        let later = f64::from(observed.throttled_later);
        assert!(later <= limit, "{self:?} {observed:?}");
        observed
    }
}

impl Observed {
    fn count(&mut self, elapsed: Duration, is_throttled: bool) {
        let is_late = elapsed > 10 * SECOND;
        self.throttled += u32::from(is_throttled);
        self.later += u32::from(is_late);
        self.throttled_later += u32::from(is_late && is_throttled);
    }
}

/// Runs that begin anywhere in a window, near servers and far ones, with and without `Retry-After`.
fn scenarios(
    (allowed, seconds): (u32, u32),
    ceiling: u32,
    rows: u32,
) -> impl Iterator<Item = Scenario> {
    let window = seconds * SECOND;
    [0.0, 0.3, 0.5, 0.9].into_iter().flat_map(move |offset| {
        [(1, true), (1, false), (100, true), (100, false)].map(|(latency, sends_retry_after)| {
            Scenario {
                allowed,
                window,
                offset: window.mul_f64(offset),
                sends_retry_after,
                latency: Duration::from_millis(latency),
                ceiling: Rate::new(ceiling, SECOND),
                adaptation: Adaptation::Adaptive,
                rows,
            }
        })
    })
}

#[test]
fn a_limit_per_second_is_found_and_kept_to() {
    for scenario in scenarios((40, 1), 200, 1_000) {
        scenario.assert_keeps_to_the_limit(0.85, 0.015);
    }
    for scenario in scenarios((500, 1), 1_000, 10_000) {
        scenario.assert_keeps_to_the_limit(0.75, 0.015);
    }
}

#[test]
fn a_limit_per_ten_seconds_is_found_and_kept_to() {
    for scenario in scenarios((100, 10), 30, 600) {
        scenario.assert_keeps_to_the_limit(0.9, 0.02);
    }
}

#[test]
fn a_limit_per_minute_is_found_and_kept_to() {
    for scenario in scenarios((600, 60), 30, 6_000).chain(scenarios((60, 60), 2, 600)) {
        scenario.assert_keeps_to_the_limit(0.8, 0.05);
    }
}

#[test]
fn a_ceiling_that_workers_never_reach_is_no_harm() {
    for scenario in scenarios((600, 60), 1_000_000, 6_000) {
        scenario.assert_keeps_to_the_limit(0.8, 0.05);
    }
}

#[test]
fn a_long_run_makes_use_of_the_limit_and_hardly_ever_exceeds_it() {
    for (allowed, window, ceiling) in [(40, 1, 200), (100, 10, 30), (600, 60, 30)] {
        for scenario in scenarios((allowed, window), ceiling, 10_000) {
            let observed = scenario.assert_keeps_to_the_limit(0.85, 0.01);
            let found = observed.limit_found.expect("a limit");
            assert!((0.85..1.25).contains(&found), "{scenario:?} {found}");
        }
    }
}

#[test]
fn runs_come_to_95_percent_of_the_limit_on_average() {
    for (limit, ceiling) in [((40, 1), 200), ((100, 10), 30)] {
        for is_told in [true, false] {
            let shares: Vec<_> = scenarios(limit, ceiling, 5_000)
                .filter(|scenario| scenario.sends_retry_after == is_told)
                .map(|scenario| scenario.run().share)
                .collect();
            let average = shares.iter().sum::<f64>() / 8.0;
            assert!(average >= 0.95, "{limit:?}, {is_told}: {shares:?}");
        }
    }
}

#[test]
fn a_fixed_rate_is_refused_far_more_often() {
    for adaptive in scenarios((40, 1), 200, 1_000) {
        let fixed = Scenario {
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
