//! The one gate: every request passes it.

use parking_lot::{Condvar, Mutex};
use std::time::{Duration, Instant};

use super::backoff::Pause;
use super::pacer::Pacer;
use super::{Adaptation, Rate};
use crate::model::Pace;
use crate::stop::Stop;

/// Which requests go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// The second of two that belong together: ahead of all others.
    Started {
        /// It is of no use after that.
        until: Instant,
    },
    /// Any other.
    New,
}

/// The gate that every request passes, retries too.
#[derive(Debug)]
pub struct Gate {
    ceiling: Rate,
    /// Held by the worker whose turn is next, while it waits: the others queue for the lock, and do
    /// not all wake up for every request.
    turn: Mutex<()>,
    /// The same among those that are started.
    started_turn: Mutex<()>,
    /// How many of them wait.
    started: Mutex<u32>,
    /// No more of them wait.
    none_started: Condvar,
    /// Never held during a wait: answers come in meanwhile.
    pacer: Mutex<Pacer>,
}

impl Gate {
    /// A gate that lets requests out no faster than `ceiling`.
    #[must_use]
    pub fn new(ceiling: Rate, adaptation: Adaptation) -> Self {
        Self {
            ceiling,
            turn: Mutex::default(),
            started_turn: Mutex::default(),
            started: Mutex::default(),
            none_started: Condvar::new(),
            pacer: Mutex::new(Pacer::new(ceiling, adaptation)),
        }
    }

    /// The highest rate.
    pub(crate) fn ceiling(&self) -> Rate {
        self.ceiling
    }

    /// Waits until a request may go out, and returns when that was; `None` if the run stops first, or
    /// it is of no use any more.
    pub fn pass(&self, stop: &Stop, priority: Priority) -> Option<Instant> {
        match priority {
            Priority::Started { until } => {
                let _waiting = StartedRequest::wait(self);
                let _turn = self.started_turn.try_lock_until(until)?;
                self.take(stop, Some(until), || {})
            }
            Priority::New => {
                let _turn = self.turn.lock();
                // Even one that comes later goes first. They all leave when the run stops.
                let give_way = || {
                    let mut started = self.started.lock();
                    self.none_started
                        .wait_while(&mut started, |count| *count > 0);
                };
                self.take(stop, None, give_way)
            }
        }
    }

    fn take(&self, stop: &Stop, end: Option<Instant>, give_way: impl Fn()) -> Option<Instant> {
        while !stop.is_set() {
            give_way();
            let mut pacer = self.pacer.lock();
            let now = Instant::now();
            if end.is_some_and(|end| now > end) {
                return None;
            }
            let taken = pacer.take(now);
            // Unlocked for the wait.
            drop(pacer);
            match taken {
                Ok(()) => return Some(now),
                Err(until) => stop.wait_until(end.map_or(until, |end| until.min(end))),
            }
        }
        None
    }

    /// The request sent at `sent` was answered 429, or asked for a pause.
    pub(crate) fn throttled(&self, sent: Instant, retry_after: Option<Duration>) -> Pause {
        let mut pacer = self.pacer.lock();
        // Read under the lock, so that instants are in the order of calls.
        pacer.throttled(Instant::now(), sent, retry_after, fastrand::f64())
    }

    /// The answer to the request sent at `sent` shows that the server is overloaded.
    /// Whether that cuts the rate.
    pub(crate) fn overloaded(&self, sent: Instant) -> bool {
        self.pacer.lock().overloaded(Instant::now(), sent)
    }

    /// The request sent at `sent` was answered otherwise.
    pub(crate) fn answered(&self, sent: Instant) {
        self.pacer.lock().answered(sent);
    }

    /// The present rate.
    pub(crate) fn rate(&self) -> Rate {
        self.lowered_to().unwrap_or(self.ceiling)
    }

    /// The present rate, where a 429 has lowered it.
    pub(crate) fn lowered_to(&self) -> Option<Rate> {
        self.pacer.lock().lowered_to(Instant::now())
    }

    /// Requests let out so far, and when the last one was.
    pub(crate) fn sent(&self) -> (u64, Option<Instant>) {
        let pacer = self.pacer.lock();
        (pacer.sent(), pacer.last_sent())
    }

    /// The rates so far; of the counts only the requests.
    pub(crate) fn passed(&self) -> Pace {
        let pacer = self.pacer.lock();
        Pace {
            requests: pacer.sent(),
            rate_reached: pacer.rate_reached(),
            limit_found: pacer.lowered_to(Instant::now()).map(Rate::per_second),
            ..Pace::default()
        }
    }
}

/// A started request while it waits at the gate.
struct StartedRequest<'a>(&'a Gate);

impl<'a> StartedRequest<'a> {
    fn wait(gate: &'a Gate) -> Self {
        *gate.started.lock() += 1;
        Self(gate)
    }
}

impl Drop for StartedRequest<'_> {
    fn drop(&mut self) {
        let mut started = self.0.started.lock();
        *started -= 1;
        if *started == 0 {
            self.0.none_started.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StopReason;

    const SECOND: Duration = Duration::from_secs(1);

    fn gate(rate: Rate) -> Gate {
        Gate::new(rate, Adaptation::Adaptive)
    }

    #[test]
    fn an_answer_is_processed_while_others_wait_for_a_pause_to_end() {
        let (stop, gate) = (Stop::default(), gate(Rate::new(1, SECOND)));
        gate.throttled(Instant::now(), Some(600 * SECOND));
        let (answered, seen) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| gate.pass(&stop, Priority::New));
            // Once the other one waits, it has the turn.
            while gate.turn.try_lock().is_some() {
                std::thread::yield_now();
            }
            scope.spawn(|| {
                gate.answered(Instant::now());
                answered.send(()).expect("a listener");
            });
            let in_time = seen.recv_timeout(60 * SECOND);
            stop.because(StopReason::Limit);
            assert!(in_time.is_ok());
        });
    }

    #[test]
    fn a_stopped_run_sends_nothing() {
        let stop = Stop::default();
        let gate = gate(Rate::new(1, 60 * SECOND));
        assert!(gate.pass(&stop, Priority::New).is_some());
        stop.because(StopReason::Limit);
        assert!(gate.pass(&stop, Priority::New).is_none());
    }

    #[test]
    fn a_started_request_goes_ahead_of_new_ones_that_wait_already() {
        let (stop, gate) = (Stop::default(), gate(Rate::new(50, SECOND)));
        gate.pass(&stop, Priority::New);
        let order = Mutex::new(Vec::new());
        let until = Instant::now() + 60 * SECOND;
        let started = Priority::Started { until };
        let pass = &|priority| {
            gate.pass(&stop, priority);
            order.lock().push(priority);
        };
        std::thread::scope(|scope| {
            gate.throttled(Instant::now(), Some(SECOND));
            for _ in 0..3 {
                scope.spawn(move || pass(Priority::New));
            }
            while gate.turn.try_lock().is_some() {
                std::thread::yield_now();
            }
            scope.spawn(move || pass(started));
            scope.spawn(move || pass(started));
        });
        let order = order.into_inner();
        assert_eq!(order[..2], [started; 2]);
        assert_eq!(order[2..], [Priority::New; 3]);
    }

    #[test]
    fn a_started_request_that_comes_too_late_lets_the_others_pass() {
        let (stop, gate) = (Stop::default(), gate(Rate::new(1, SECOND)));
        assert!(gate.pass(&stop, Priority::New).is_some());
        gate.throttled(Instant::now(), Some(SECOND));
        let until = Instant::now() + SECOND / 10;
        assert_eq!(gate.pass(&stop, Priority::Started { until }), None);
        assert!(gate.pass(&stop, Priority::New).is_some());
    }
}
