//! The one gate: every request passes it, evenly spaced, and a pause that the server asks for
//! holds everybody back until one shared deadline.

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::{Clock as _, MonotonicClock};
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use super::Stop;
use crate::model::Pace;

/// A ceiling of requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    per_second: f64,
}

impl Rate {
    /// `requests` in every `window`.
    #[must_use]
    pub fn new(requests: u32, window: Duration) -> Self {
        Self {
            per_second: f64::from(requests.max(1)) / window.as_secs_f64(),
        }
    }

    /// Requests a second.
    #[must_use]
    pub fn per_second(self) -> f64 {
        self.per_second
    }

    /// The time between two requests.
    fn interval(self) -> Duration {
        Duration::from_secs_f64(1.0 / self.per_second)
    }

    /// Requests that may follow each other at once. One alone loses every slot that a worker
    /// wakes up late for; two make up for it without a burst that shows.
    fn burst(self) -> NonZeroU32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "1 to 10,000"
        )]
        let hundredth = (self.per_second / 100.0).clamp(2.0, 10_000.0) as u32;
        NonZeroU32::new(hundredth).unwrap_or(NonZeroU32::MIN)
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, MonotonicClock>;

/// The gate that every request passes.
#[derive(Debug)]
pub struct Gate {
    rate: Rate,
    /// Held by the one worker whose turn is next, while it waits for its slot: the others queue
    /// for the lock and do not all wake for every slot.
    turn: Mutex<Turn>,
    throttle: Mutex<Throttle>,
}

#[derive(Debug)]
struct Turn {
    limiter: Limiter,
    passed: u64,
    first: Option<Instant>,
    last: Option<Instant>,
}

/// What came of a server's wish for a pause.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pause {
    /// Everybody waits that long from now on; told where it is a new pause.
    Wait { wait: Duration, is_new: bool },
    /// Longer than a run waits.
    TooLong(String),
}

impl Gate {
    /// A gate for that rate.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let quota = Quota::with_period(rate.interval())
            .unwrap_or_else(|| Quota::per_second(NonZeroU32::MAX))
            .allow_burst(rate.burst());
        let limiter = RateLimiter::direct_with_clock(quota, MonotonicClock);
        let turn = Turn {
            limiter,
            passed: 0,
            first: None,
            last: None,
        };
        Self {
            rate,
            turn: Mutex::new(turn),
            throttle: Mutex::default(),
        }
    }

    /// Waits for a slot; the instant at which it came, or `None` if the run stops first.
    pub(super) fn pass(&self, stop: &Stop) -> Option<Instant> {
        let mut turn = lock(&self.turn);
        loop {
            if stop.is_set() {
                return None;
            }
            // Taken out first: a guard in the condition would be held for as long as the pause.
            let pause = lock(&self.throttle).pause_at(Instant::now());
            if let Some(until) = pause {
                stop.wait_until(until);
                continue;
            }
            match turn.limiter.check() {
                Ok(()) => {
                    let now = Instant::now();
                    turn.passed += 1;
                    turn.first.get_or_insert(now);
                    turn.last = Some(now);
                    return Some(now);
                }
                Err(early) => {
                    let wait = early.wait_time_from(MonotonicClock.now());
                    stop.wait_until(Instant::now() + wait);
                }
            }
        }
    }

    /// Takes in that the request sent at `sent` was answered with the wish for a pause.
    pub(super) fn throttled(&self, sent: Instant, retry_after: Option<Duration>) -> Pause {
        let now = Instant::now();
        lock(&self.throttle).throttled(now, sent, retry_after, fastrand::f64())
    }

    /// Takes in an answer of another kind.
    pub(super) fn answered(&self) {
        lock(&self.throttle).answered();
    }

    /// What has passed so far; of the counts only the requests.
    pub(super) fn passed(&self) -> Pace {
        let turn = lock(&self.turn);
        let burst = u64::from(self.rate.burst().get());
        #[expect(
            clippy::cast_precision_loss,
            reason = "a rate, shown with three digits"
        )]
        let rate_reached = match (turn.first, turn.last) {
            (Some(first), Some(last)) if turn.passed > burst => {
                Some((turn.passed - burst) as f64 / (last - first).as_secs_f64().max(1e-6))
            }
            // Within the burst all that can be said is how long they took.
            (Some(first), _) => {
                let seconds = first.elapsed().as_secs_f64().max(1e-6);
                Some((turn.passed as f64 / seconds).min(self.rate.per_second))
            }
            (None, _) => None,
        };
        Pace {
            requests: turn.passed,
            rate_reached,
            ..Pace::default()
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A worker that panics leaves counts behind that are still true.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The longest pause that a run waits for, and the longest time of nothing but 429.
const PATIENCE: Duration = Duration::from_mins(15);

/// The longest pause of our own choice.
const MAX_OWN_PAUSE: Duration = Duration::from_mins(1);

/// The shared pause. Pure: told the time by its caller.
#[derive(Debug, Default)]
struct Throttle {
    until: Option<Instant>,
    /// When the current pause began: a 429 for a request sent before says nothing new.
    began: Option<Instant>,
    /// Pauses in succession without another answer between.
    in_succession: u32,
    /// The first 429 since the last other answer.
    since: Option<Instant>,
}

impl Throttle {
    fn pause_at(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| *until > now)
    }

    fn answered(&mut self) {
        self.in_succession = 0;
        self.since = None;
    }

    fn throttled(
        &mut self,
        now: Instant,
        sent: Instant,
        retry_after: Option<Duration>,
        chance: f64,
    ) -> Pause {
        let since = *self.since.get_or_insert(now);
        if now - since >= PATIENCE {
            return Pause::TooLong("the server has answered nothing but 429 for 15 minutes: go on later, with a lower --rate".into());
        }
        if let Some(asked) = retry_after.filter(|asked| *asked > PATIENCE) {
            return Pause::TooLong(too_long(asked));
        }
        let is_new = self.began.is_none_or(|began| sent > began);
        if is_new {
            self.began = Some(now);
            self.in_succession = self.in_succession.saturating_add(1);
        }
        let doubled = Duration::from_secs(1 << self.in_succession.saturating_sub(1).min(6));
        let own = doubled.min(MAX_OWN_PAUSE).mul_f64(1.0 + chance / 4.0);
        // Never less than the server asked. A date in the past or a zero is no advice.
        let wait = match retry_after {
            Some(asked) if !asked.is_zero() => asked + Duration::from_millis(50).mul_f64(chance),
            _ => own,
        };
        let until = now + wait;
        if self.until.is_none_or(|current| until > current) {
            self.until = Some(until);
        }
        Pause::Wait { wait, is_new }
    }
}

fn too_long(asked: Duration) -> String {
    let seconds = i64::try_from(asked.as_secs()).unwrap_or(i64::MAX);
    let when = jiff::Timestamp::now()
        .checked_add(jiff::SignedDuration::from_secs(seconds))
        .map_or_else(|_| String::new(), |when| format!(": go on after {when:.0}"));
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
        let mut throttle = Throttle::default();
        throttle.throttled(now, now, Some(10 * SECOND), 0.0);
        throttle.throttled(now, now, Some(SECOND), 0.0);
        assert!(throttle.pause_at(now + 9 * SECOND).is_some());
        assert!(throttle.pause_at(now + 11 * SECOND).is_none());
    }

    #[test]
    fn pauses_grow_with_each_new_429_but_not_with_those_in_flight() {
        let mut now = Instant::now();
        let mut throttle = Throttle::default();
        let mut waits = Vec::new();
        for _ in 0..8 {
            let sent = now;
            now += SECOND / 10;
            waits.push(waited(&throttle.throttled(now, sent, None, 0.0)).unwrap_or(0));
            // Answers to requests that went out before the pause began.
            throttle.throttled(now, sent, None, 0.0);
            now += 65 * SECOND;
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        throttle.answered();
        assert_eq!(waited(&throttle.throttled(now, now, None, 0.0)), Some(1));
    }

    #[test]
    fn too_long_a_pause_or_throttling_without_end_stops_the_run() {
        let now = Instant::now();
        let mut throttle = Throttle::default();
        assert_eq!(
            waited(&throttle.throttled(now, now, Some(15 * 60 * SECOND), 0.0)),
            Some(900)
        );
        assert_eq!(
            waited(&throttle.throttled(now, now, Some(901 * SECOND), 0.0)),
            None
        );
        assert_eq!(
            waited(&throttle.throttled(now + 900 * SECOND, now, Some(SECOND), 0.0)),
            None
        );
        throttle.answered();
        assert_eq!(
            waited(&throttle.throttled(now + 901 * SECOND, now, Some(SECOND), 0.0)),
            Some(1)
        );
    }

    #[test]
    fn an_answer_is_taken_in_while_others_wait_for_a_pause_to_end() {
        let (stop, gate) = (Stop::default(), Gate::new(Rate::new(1, SECOND)));
        gate.throttled(Instant::now(), Some(600 * SECOND));
        let (answered, seen) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| gate.pass(&stop));
            // Once the other one waits, it holds its turn.
            while gate.turn.try_lock().is_ok() {
                std::thread::yield_now();
            }
            scope.spawn(|| {
                gate.answered();
                answered.send(()).expect("a listener");
            });
            let in_time = seen.recv_timeout(60 * SECOND);
            stop.because(crate::model::StopReason::Limit);
            assert!(in_time.is_ok());
        });
    }

    #[test]
    fn a_stopped_run_passes_nobody() {
        let stop = Stop::default();
        let gate = Gate::new(Rate::new(1, 60 * SECOND));
        assert!(gate.pass(&stop).is_some());
        stop.because(crate::model::StopReason::LoginRefused { http_status: 401 });
        assert!(gate.pass(&stop).is_none());
    }
}
