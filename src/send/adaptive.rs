//! The rate below the ceiling: a 429 cuts it to what the server took, and it recovers from there.
//!
//! Nobody publishes the limit, and others share it, so it is measured: the requests that were
//! accepted up to a 429, over the time up to the end of the pause. A rate that is far too high is
//! cut once, not step by step, each of which would cost a pause. The recovery is slow at first, when
//! the limit is near, and faster later, when the limit has been raised or others no longer use it up.
//!
//! A 503 counts like a 429 if it asks for a pause, or if several rows get one.

use std::mem;
use std::time::{Duration, Instant};

use super::Rate;

/// The share of the measured throughput that a cut leaves.
const HEADROOM: f64 = 0.98;

/// The time in which the rate doubles after a cut. It grows by 1 % within half a minute, and
/// fivefold within ten.
const RECOVERY: Duration = Duration::from_mins(5);

/// With fewer accepted requests a measurement means little, and a cut halves the rate at most: a 429 to
/// the first request is due to whoever sent before us.
const EVIDENCE: u32 = 10;

/// The lowest rate, per second: the lowest that can be asked for.
const SLOWEST: f64 = 1.0 / 60.0;

const SECOND: Duration = Duration::from_secs(1);

/// Whether a 429 lowers the rate for some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adaptation {
    /// The rate is cut by a 429, and recovers up to the ceiling.
    Adaptive,
    /// The rate is what was asked for; a 429 means a pause and nothing else.
    Fixed,
}

/// The rate that the server seems to allow.
#[derive(Debug)]
pub(super) struct Adaptive {
    ceiling: Rate,
    adaptation: Adaptation,
    cut: Option<Cut>,
    /// What was accepted since the cut.
    accepted: Accepted,
}

/// Requests that the server accepted, between a pause and the next 429.
#[derive(Debug, Clone, Copy, Default)]
struct Accepted {
    requests: u32,
    /// When the first of them was sent.
    since: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Cut {
    /// When the server answered 429.
    at: Instant,
    /// The end of the pause.
    until: Instant,
    /// The rate until then, per second.
    before: f64,
    /// What had been accepted.
    accepted: Accepted,
}

impl Adaptive {
    pub(super) fn new(ceiling: Rate, adaptation: Adaptation) -> Self {
        Self {
            ceiling,
            adaptation,
            cut: None,
            accepted: Accepted::default(),
        }
    }

    /// The rate at `now`.
    pub(super) fn rate(&self, now: Instant) -> Rate {
        self.lowered_to(now).unwrap_or(self.ceiling)
    }

    /// The rate at `now`, if that is less than the ceiling.
    pub(super) fn lowered_to(&self, now: Instant) -> Option<Rate> {
        let rate = Rate::from_per_second(self.cut?.recovered(now));
        Some(rate).filter(|rate| *rate < self.ceiling)
    }

    /// A request sent at `sent` was accepted.
    pub(super) fn accepted(&mut self, sent: Instant) {
        let accepted = match &mut self.cut {
            // It was in flight.
            Some(cut) if sent <= cut.at => &mut cut.accepted,
            _ => &mut self.accepted,
        };
        accepted.requests = accepted.requests.saturating_add(1);
        accepted.since.get_or_insert(sent);
    }

    /// A 429 came at `now` to a request sent at `sent`; all workers wait until `until`. Whether that
    /// cuts the rate.
    pub(super) fn throttled(&mut self, now: Instant, sent: Instant, until: Instant) -> bool {
        if self.adaptation == Adaptation::Fixed {
            return false;
        }
        match &mut self.cut {
            // It was in flight, or nothing has been accepted since: no reason for another cut.
            Some(cut) if sent <= cut.at || self.accepted.requests == 0 => {
                cut.until = cut.until.max(until);
                false
            }
            _ => {
                self.cut = Some(Cut {
                    at: now,
                    until,
                    before: self.rate(now).per_second(),
                    accepted: mem::take(&mut self.accepted),
                });
                true
            }
        }
    }
}

impl Accepted {
    /// Requests per second up to a 429 at `at` and a pause until `until`.
    fn per_second(self, at: Instant, until: Instant) -> f64 {
        let time = self.since.map_or(Duration::ZERO, |since| at - since);
        // Limits are for a second or more, and the time that is left is rounded up to seconds.
        let pause = (until - at).saturating_sub(SECOND);
        f64::from(self.requests) / (time + pause).max(SECOND).as_secs_f64()
    }
}

impl Cut {
    /// The rate at the end of the pause, per second.
    fn rate(&self) -> f64 {
        let mut rate = HEADROOM * self.accepted.per_second(self.at, self.until);
        if self.accepted.requests < EVIDENCE {
            rate = rate.max(self.before / 2.0);
        }
        rate.max(SLOWEST).min(self.before)
    }

    /// The rate at `now`, per second.
    fn recovered(&self, now: Instant) -> f64 {
        let time = now.saturating_duration_since(self.until);
        self.rate() * (1.0 + time.div_duration_f64(RECOVERY).powi(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn per_second(adaptive: &Adaptive, now: Instant) -> f64 {
        adaptive.rate(now).per_second()
    }

    /// A ceiling of 200/s, `accepted` requests in the first second, then a 429 and a pause of
    /// `pause` seconds, whose end is returned.
    fn throttled(adaptation: Adaptation, accepted: u32, pause: u32) -> (Adaptive, Instant) {
        let start = Instant::now();
        let mut adaptive = Adaptive::new(Rate::new(200, SECOND), adaptation);
        for request in 0..accepted {
            adaptive.accepted(start + SECOND / 200 * request);
        }
        let end = start + SECOND * (1 + pause);
        adaptive.throttled(start + SECOND, start + SECOND / 2, end);
        (adaptive, end)
    }

    #[test]
    fn the_ceiling_is_asked_for_at_once() {
        let now = Instant::now();
        let adaptive = Adaptive::new(Rate::new(200, SECOND), Adaptation::Adaptive);
        assert_eq!(adaptive.rate(now), Rate::new(200, SECOND));
        assert_eq!(adaptive.lowered_to(now), None);
    }

    #[test]
    fn a_rate_far_too_high_is_cut_at_once_to_what_was_accepted() {
        for (pause, most) in [(1, 100.0), (5, 20.0), (60, 100.0 / 60.0)] {
            let (adaptive, end) = throttled(Adaptation::Adaptive, 100, pause);
            let rate = per_second(&adaptive, end);
            assert!((most * 0.9..=most).contains(&rate), "{pause}s: {rate}");
        }
    }

    #[test]
    fn the_rate_recovers_slowly_at_first_and_reaches_the_ceiling() {
        let (adaptive, end) = throttled(Adaptation::Adaptive, 20, 1);
        let cut = per_second(&adaptive, end);
        let share = |seconds: u32| per_second(&adaptive, end + SECOND * seconds) / cut;
        assert!(share(30) < 1.02);
        assert!(share(300) > 1.5);
        assert!(adaptive.lowered_to(end + SECOND * 600).is_some());
        assert_eq!(adaptive.lowered_to(end + SECOND * 3600), None);
    }

    #[test]
    fn a_429_to_a_request_that_was_in_flight_cuts_nothing_again() {
        let (mut adaptive, end) = throttled(Adaptation::Adaptive, 100, 1);
        let rate = per_second(&adaptive, end);
        adaptive.accepted(end);
        let in_flight = adaptive.cut.expect("a cut").at;
        adaptive.throttled(end + SECOND / 10, in_flight, end);
        assert_eq!(per_second(&adaptive, end).to_bits(), rate.to_bits());
    }

    #[test]
    fn as_long_as_nothing_is_accepted_the_longer_pause_counts() {
        let (mut adaptive, end) = throttled(Adaptation::Adaptive, 100, 1);
        adaptive.throttled(end, end, end + 2 * SECOND);
        adaptive.throttled(end + 2 * SECOND, end + 2 * SECOND, end + 8 * SECOND);
        // 100 in about 9 seconds.
        let rate = per_second(&adaptive, end + 8 * SECOND);
        assert!((9.0..13.0).contains(&rate), "{rate}");
    }

    #[test]
    fn an_answer_that_comes_after_the_429_counts() {
        let (mut adaptive, end) = throttled(Adaptation::Adaptive, 80, 1);
        let in_flight = adaptive.cut.expect("a cut").at;
        for _ in 0..10 {
            adaptive.accepted(in_flight);
        }
        let rate = per_second(&adaptive, end);
        assert!((80.0..=90.0).contains(&rate), "{rate}");
    }

    #[test]
    fn a_server_that_accepts_almost_nothing_halves_the_rate_at_most() {
        for accepted in [0, 1, 5] {
            let (mut adaptive, end) = throttled(Adaptation::Adaptive, accepted, 60);
            assert!(per_second(&adaptive, end) >= 100.0, "{accepted}");
            adaptive.throttled(end, end, end + 60 * SECOND);
            assert!(per_second(&adaptive, end) >= 100.0, "{accepted}");
        }
    }

    #[test]
    fn the_lowest_rate_that_can_be_asked_for_is_not_cut() {
        let (now, rate) = (Instant::now(), Rate::new(1, 60 * SECOND));
        let mut adaptive = Adaptive::new(rate, Adaptation::Adaptive);
        adaptive.throttled(now, now, now + SECOND);
        assert_eq!(adaptive.lowered_to(now + SECOND), None);
    }

    #[test]
    fn a_fixed_rate_stays() {
        let (adaptive, end) = throttled(Adaptation::Fixed, 100, 1);
        assert_eq!(adaptive.lowered_to(end), None);
    }
}
