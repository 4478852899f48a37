//! The one gate: every request passes it.

use parking_lot::Mutex;
use std::time::{Duration, Instant};

use super::backoff::Pause;
use super::pacer::Pacer;
use super::{Adaptation, Rate};
use crate::model::Pace;
use crate::stop::Stop;

/// The gate that every request passes, retries too.
#[derive(Debug)]
pub struct Gate {
    ceiling: Rate,
    /// Held by the worker whose turn is next, while it waits: the others queue for the lock, and do
    /// not all wake up for every request.
    turn: Mutex<()>,
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
            pacer: Mutex::new(Pacer::new(ceiling, adaptation)),
        }
    }

    /// The highest rate.
    pub(crate) fn ceiling(&self) -> Rate {
        self.ceiling
    }

    /// Waits until a request may go out, and returns when that was; `None` if the run stops first.
    pub fn pass(&self, stop: &Stop) -> Option<Instant> {
        let _turn = self.turn.lock();
        while !stop.is_set() {
            let mut pacer = self.pacer.lock();
            let now = Instant::now();
            let taken = pacer.take(now);
            // Unlocked for the wait.
            drop(pacer);
            match taken {
                Ok(()) => return Some(now),
                Err(until) => stop.wait_until(until),
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

    /// The present rate, where a 429 has lowered it.
    pub(crate) fn lowered_to(&self) -> Option<Rate> {
        self.pacer.lock().lowered_to(Instant::now())
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
            scope.spawn(|| gate.pass(&stop));
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
        assert!(gate.pass(&stop).is_some());
        stop.because(StopReason::Limit);
        assert!(gate.pass(&stop).is_none());
    }
}
