//! The one gate: every request passes it.

use parking_lot::Mutex;
use std::time::{Duration, Instant};

use super::pacer::Pacer;
use super::{Adaptation, Pause, Rate};
use crate::model::Pace;
use crate::stop::Stop;

/// The gate that every request passes, retries too.
#[derive(Debug)]
pub struct Gate {
    ceiling: Rate,
    /// Held by the one worker whose turn is next, while it waits for its slot: the others queue
    /// for the lock and do not all wake for every slot.
    turn: Mutex<()>,
    /// Never held for as long as a wait: answers come in meanwhile.
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

    /// What it was made for.
    pub(crate) fn ceiling(&self) -> Rate {
        self.ceiling
    }

    /// Waits for a slot; the instant at which it came, or `None` if the run stops first.
    pub fn pass(&self, stop: &Stop) -> Option<Instant> {
        let _turn = self.turn.lock();
        while !stop.is_set() {
            let mut pacer = self.pacer.lock();
            let now = Instant::now();
            let taken = pacer.take(now);
            // Let go of before the wait.
            drop(pacer);
            match taken {
                Ok(()) => return Some(now),
                Err(until) => stop.wait_until(until),
            }
        }
        None
    }

    /// Takes in that the request sent at `sent` was answered with the wish for a pause.
    pub(crate) fn throttled(&self, sent: Instant, retry_after: Option<Duration>) -> Pause {
        let mut pacer = self.pacer.lock();
        // Read under the lock: no slot is taken later and recorded earlier.
        pacer.throttled(Instant::now(), sent, retry_after, fastrand::f64())
    }

    /// Takes in that the server, by its answer to the request sent at `sent`, is under load.
    pub(crate) fn overloaded(&self, sent: Instant) {
        self.pacer.lock().overloaded(Instant::now(), sent);
    }

    /// Takes in another answer to the request sent at `sent`.
    pub(crate) fn answered(&self, sent: Instant) {
        self.pacer.lock().answered(sent);
    }

    /// The rate that a 429 has lowered the ceiling to.
    pub(crate) fn lowered_to(&self) -> Option<Rate> {
        self.pacer.lock().lowered_to(Instant::now())
    }

    /// What has passed so far; of the counts only the requests.
    pub(crate) fn passed(&self) -> Pace {
        let pacer = self.pacer.lock();
        Pace {
            requests: pacer.sent(),
            rate_reached: pacer.rate_reached(),
            limit_found: pacer.limit_found(Instant::now()).map(Rate::per_second),
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
    fn an_answer_is_taken_in_while_others_wait_for_a_pause_to_end() {
        let (stop, gate) = (Stop::default(), gate(Rate::new(1, SECOND)));
        gate.throttled(Instant::now(), Some(600 * SECOND));
        let (answered, seen) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| gate.pass(&stop));
            // Once the other one waits, it holds its turn.
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
    fn a_stopped_run_passes_nobody() {
        let stop = Stop::default();
        let gate = gate(Rate::new(1, 60 * SECOND));
        assert!(gate.pass(&stop).is_some());
        stop.because(StopReason::Limit);
        assert!(gate.pass(&stop).is_none());
    }
}
