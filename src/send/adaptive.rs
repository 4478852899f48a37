//! The rate below the ceiling: down with a 429, and back up along a cubic curve.
//!
//! Nobody publishes the limit, and others share it: what a server allows is learnt from what it
//! takes. The scheme is CUBIC's (RFC 9438): after a 429 the rate is cut by a fixed factor, climbs
//! back fast at first, flattens near where it hurt, and goes on from there, slowly first, in case
//! there is more. Two things differ, because a 429 costs more than a lost packet:
//!
//! - The flat part lies between the rate that hurt and what the server has really taken, pauses
//!   included. So a rate that is far too high is not cut step by step, each of which costs a
//!   pause, but at once. (TCP Westwood does so with the rate of acknowledgements: Casetti et al.,
//!   2002.)
//! - The curve's time is not CUBIC's, which counts in round trips. Back to the flat part it takes
//!   ten times as long as the pause, so that looking for the limit costs little, whether the
//!   server counts by the second or by the minute, and no less than half the calm before, so that a
//!   limit that stays is touched rarely; but two minutes at most.
//!
//! What is said here of a 429 holds for a 503 that asks for a pause too.

use std::mem;
use std::time::{Duration, Instant};

use super::Rate;

/// What is left of the flat part's rate after a 429. (RFC 9438 has 0.7: it does not know what was
/// taken.)
const CUT: f64 = 0.85;

/// How far down the flat part goes at once, however little the server took: a share of the rate that
/// was really sent, which workers may keep far below the one allowed.
const DEEPEST_CUT: f64 = 0.2;

/// Requests from which on a 429 says something of the rate. One to the first request is due to who
/// sent before us.
const EVIDENCE: u32 = 3;

/// The lowest rate, a second: the lowest that can be asked for. With less, the next slot would be
/// further off than the climb is long.
const SLOWEST: f64 = 1.0 / 60.0;

/// Time from the pause to the curve's flat part, in lengths of that pause.
const PAUSES: u32 = 10;

/// The shortest such time.
const MIN_CALM: Duration = Duration::from_secs(10);

/// The longest: a limit that has gone must not be kept to for hours.
const MAX_CALM: Duration = Duration::from_mins(2);

/// Whether a 429 lowers the rate for some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adaptation {
    /// The rate goes down with a 429 and climbs back up to the ceiling.
    Adaptive,
    /// The rate is what was asked for; a 429 means a pause and nothing else.
    Fixed,
}

/// The rate that the server seems to allow.
#[derive(Debug)]
pub(super) struct Adaptive {
    ceiling: Rate,
    adaptation: Adaptation,
    /// The way back up; `None` before the first 429.
    climb: Option<Climb>,
    /// The requests since the server last began to take some, or to refuse.
    calm: Calm,
    /// Where the rate was when the server began to refuse; `None` while it takes requests.
    hurt: Option<Hurt>,
}

#[derive(Debug, Clone, Copy)]
struct Climb {
    /// When it begins: with the end of the pause.
    from: Instant,
    /// The rate of its flat part, per second.
    flat: f64,
    /// The time until then.
    calm: Duration,
}

#[derive(Debug, Clone, Copy, Default)]
struct Calm {
    began: Option<Instant>,
    sent: u32,
    refused: u32,
}

#[derive(Debug, Clone, Copy)]
struct Hurt {
    at: Instant,
    /// The rate allowed at that moment.
    per_second: f64,
    /// The rate that was really sent until then.
    reached: f64,
    /// What went before.
    calm: Calm,
}

impl Adaptive {
    pub(super) fn new(ceiling: Rate, adaptation: Adaptation) -> Self {
        Self {
            ceiling,
            adaptation,
            climb: None,
            calm: Calm::default(),
            hurt: None,
        }
    }

    /// The rate at `now`.
    pub(super) fn rate(&self, now: Instant) -> Rate {
        match &self.climb {
            Some(climb) => {
                let climbed = climb.at(now).max(SLOWEST);
                Rate::of(climbed.min(self.ceiling.per_second()))
            }
            None => self.ceiling,
        }
    }

    /// The rate at `now`, if that is less than the ceiling.
    pub(super) fn lowered_to(&self, now: Instant) -> Option<Rate> {
        Some(self.rate(now)).filter(|rate| *rate < self.ceiling)
    }

    /// What the server allows, as far as `now` shows; `None` if that is no less than the ceiling.
    pub(super) fn limit_found(&self, now: Instant) -> Option<Rate> {
        let rate = self.lowered_to(now)?.per_second();
        Some(Rate::of(rate.max(self.climb?.flat)))
    }

    /// A request goes out.
    pub(super) fn sent(&mut self, now: Instant) {
        self.calm.began.get_or_insert(now);
        self.calm.sent += 1;
    }

    /// An answer that is no 429 to a request sent at `sent`.
    pub(super) fn answered(&mut self, sent: Instant) {
        if self.hurt.is_some_and(|hurt| sent > hurt.at) {
            self.hurt = None;
            self.calm.began = Some(sent);
        }
    }

    /// A 429 at `now` to a request sent at `sent`, which makes everybody wait until `until`.
    pub(super) fn throttled(&mut self, now: Instant, sent: Instant, until: Instant) {
        if self.adaptation == Adaptation::Fixed {
            return;
        }
        // A late answer: the rate was cut for what hurt then.
        if self.hurt.is_none() && self.calm.began.is_some_and(|began| sent < began) {
            return;
        }
        let per_second = self.rate(now).per_second();
        let hurt = self.hurt.get_or_insert_with(|| Hurt {
            at: now,
            per_second,
            reached: self.calm.sent_per_second(now).min(per_second),
            calm: mem::take(&mut self.calm),
        });
        if sent > hurt.at {
            self.calm.refused += 1;
        } else {
            hurt.calm.refused += 1;
        }
        self.climb = Some(hurt.climb(until));
    }
}

impl Calm {
    fn sent_per_second(&self, now: Instant) -> f64 {
        let time = self.began.map_or(Duration::ZERO, |began| now - began);
        f64::from(self.sent) / time.as_secs_f64()
    }
}

impl Hurt {
    /// The way back up after a pause until then.
    fn climb(&self, until: Instant) -> Climb {
        let began = self.calm.began.unwrap_or(self.at);
        let taken = f64::from(self.calm.sent.saturating_sub(self.calm.refused));
        let taken = taken / (until - began).as_secs_f64();
        // Not above what was taken once it is cut.
        let flat = if self.calm.sent < EVIDENCE {
            self.per_second
        } else {
            f64::midpoint(self.per_second, taken).min(taken / CUT)
        };
        let calm = ((until - self.at) * PAUSES).max((self.at - began) / 2);
        Climb {
            from: until,
            flat: flat.clamp(self.reached * DEEPEST_CUT, self.per_second),
            calm: calm.clamp(MIN_CALM, MAX_CALM),
        }
    }
}

impl Climb {
    /// The rate at `now`, per second.
    fn at(&self, now: Instant) -> f64 {
        let climbed = now.saturating_duration_since(self.from);
        let way = climbed.div_duration_f64(self.calm) - 1.0;
        self.flat * (1.0 + (1.0 - CUT) * way.powi(3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn per_second(adaptive: &Adaptive, now: Instant) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "some hundreds"
        )]
        let rounded = adaptive.rate(now).per_second().round() as u32;
        rounded
    }

    /// One second at 200/s, of which the server takes 100; then a 429 and a pause of a second.
    fn hurt(adaptation: Adaptation) -> (Adaptive, Instant) {
        let start = Instant::now();
        let mut adaptive = Adaptive::new(Rate::new(200, SECOND), adaptation);
        for request in 0..200 {
            adaptive.sent(start + SECOND / 200 * request);
        }
        for _ in 0..100 {
            adaptive.throttled(start + SECOND, start, start + 2 * SECOND);
        }
        (adaptive, start + 2 * SECOND)
    }

    #[test]
    fn the_ceiling_is_asked_for_at_once() {
        let now = Instant::now();
        let adaptive = Adaptive::new(Rate::new(200, SECOND), Adaptation::Adaptive);
        assert_eq!(per_second(&adaptive, now), 200);
        assert_eq!(adaptive.limit_found(now), None);
    }

    #[test]
    fn a_rate_far_too_high_falls_at_once_to_what_was_taken() {
        let (adaptive, end) = hurt(Adaptation::Adaptive);
        // 100 in two seconds.
        assert_eq!(per_second(&adaptive, end), 50);
        assert_eq!(per_second(&adaptive, end + SECOND / 1000), 50);
    }

    #[test]
    fn it_climbs_fast_at_first_then_carefully_and_in_the_end_up_to_the_ceiling() {
        let (adaptive, end) = hurt(Adaptation::Adaptive);
        let rates: Vec<_> = [0, 5, 9, 10, 11, 15, 20, 60]
            .map(|seconds| per_second(&adaptive, end + seconds * SECOND))
            .into();
        assert_eq!(rates, [50, 58, 59, 59, 59, 60, 68, 200]);
        let found = |seconds| {
            let found = adaptive.limit_found(end + seconds * SECOND);
            found.map(|rate| rate.per_second().round())
        };
        assert_eq!(found(0), Some(59.0));
        assert_eq!(found(20), Some(68.0));
        assert_eq!(found(60), None);
    }

    #[test]
    fn only_an_answer_to_a_later_request_shows_that_the_server_takes_some_again() {
        let before = Instant::now();
        let (mut adaptive, end) = hurt(Adaptation::Adaptive);
        adaptive.answered(before);
        // Still the same hurt: what it was cut to is not cut again.
        adaptive.sent(end);
        adaptive.throttled(end, end, end + SECOND);
        assert_eq!(per_second(&adaptive, end + SECOND), 34);
        adaptive.sent(end + SECOND);
        adaptive.answered(end + SECOND);
        for request in 1..=66 {
            adaptive.sent(end + SECOND + SECOND / 33 * request);
        }
        // Two seconds at 33/s, and a pause of one: now the rate is cut from there.
        adaptive.throttled(end + 3 * SECOND, end + 2 * SECOND, end + 4 * SECOND);
        assert_eq!(per_second(&adaptive, end + 4 * SECOND), 22);
    }

    #[test]
    fn a_server_that_takes_nothing_is_not_given_up() {
        let start = Instant::now();
        // Refused at once, nothing is known of the rate; after ten requests, that it is too high.
        for (requests, rate) in [(1, 170), (10, 34)] {
            let mut adaptive = Adaptive::new(Rate::new(200, SECOND), Adaptation::Adaptive);
            for request in 0..requests {
                adaptive.sent(start + SECOND / 200 * request);
            }
            let now = start + SECOND / 20;
            for _ in 0..requests {
                adaptive.throttled(now, start, now + 60 * SECOND);
            }
            assert_eq!(per_second(&adaptive, now + 60 * SECOND), rate);
            assert_eq!(per_second(&adaptive, now + 3600 * SECOND), 200);
        }
    }

    #[test]
    fn a_429_that_comes_late_cuts_nothing_again() {
        let before = Instant::now();
        let (mut adaptive, end) = hurt(Adaptation::Adaptive);
        adaptive.sent(end);
        adaptive.answered(end);
        let now = end + SECOND / 10;
        adaptive.throttled(now, before, now + SECOND);
        assert!(per_second(&adaptive, now + SECOND) >= 50);
    }

    #[test]
    fn what_is_in_flight_when_the_server_takes_requests_again_counts_as_taken() {
        let (mut adaptive, end) = hurt(Adaptation::Adaptive);
        for request in 0..50 {
            adaptive.sent(end + SECOND / 50 * request);
        }
        adaptive.answered(end);
        adaptive.sent(end + SECOND);
        adaptive.throttled(end + SECOND, end + SECOND, end + 2 * SECOND);
        // 50 in two seconds.
        assert_eq!(per_second(&adaptive, end + 2 * SECOND), 25);
    }

    #[test]
    fn the_lowest_rate_that_can_be_asked_for_is_not_cut() {
        let (now, rate) = (Instant::now(), Rate::new(1, 60 * SECOND));
        let mut adaptive = Adaptive::new(rate, Adaptation::Adaptive);
        adaptive.sent(now);
        adaptive.throttled(now, now, now + SECOND);
        assert_eq!(adaptive.rate(now + SECOND), rate);
        assert_eq!(adaptive.limit_found(now + SECOND), None);
    }

    #[test]
    fn a_fixed_rate_stays() {
        let (adaptive, end) = hurt(Adaptation::Fixed);
        assert_eq!(per_second(&adaptive, end), 200);
        assert_eq!(adaptive.limit_found(end), None);
    }
}
