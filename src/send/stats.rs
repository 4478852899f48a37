//! What workers count while they send, and what follows from it for the number of workers.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::{Gate, Login, Rate};
use crate::api::{FailureKind, Reply};
use crate::model::{Counters, Pace};

/// What all workers count together.
#[derive(Debug, Default)]
pub(super) struct Stats {
    /// Requests that only read.
    reads: AtomicU64,
    retries: AtomicU64,
    throttled: AtomicU64,
    /// Answers of whatever kind.
    answered: AtomicU64,
    has_logged_in: AtomicBool,
    /// The time that workers were busy with exchanges and with backoffs, in microseconds.
    busy: AtomicU64,
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Stats {
    /// Nothing counted yet.
    pub(super) fn new(login: Login) -> Self {
        Self {
            has_logged_in: AtomicBool::new(login == Login::Proven),
            ..Self::default()
        }
    }

    /// A request is sent that only reads.
    pub(super) fn read(&self) {
        count(&self.reads);
    }

    /// A retry is sent.
    pub(super) fn retry(&self) {
        count(&self.retries);
    }

    /// A worker was busy since `began`.
    pub(super) fn busy_since(&self, began: Instant) {
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.busy.fetch_add(micros, Ordering::Relaxed);
    }

    /// Counts an answer.
    pub(super) fn answer<T>(&self, reply: &Reply<T>) {
        if reply.http_status.is_some() {
            count(&self.answered);
        }
        let accepts_login = match &reply.result {
            Ok(_) => true,
            Err(failure) => match failure.kind {
                FailureKind::Throttled => {
                    count(&self.throttled);
                    false
                }
                FailureKind::NotFound => true,
                FailureKind::Rejected => reply.http_status == Some(422),
                _ => false,
            },
        };
        if accepts_login {
            self.has_logged_in.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the server has accepted the login.
    pub(super) fn login(&self) -> Login {
        if self.has_logged_in.load(Ordering::Relaxed) {
            Login::Proven
        } else {
            Login::Unproven
        }
    }

    /// What was sent through `gate` so far, and of that is in flight.
    pub(super) fn counters(&self, gate: &Gate, in_flight: u32) -> Counters {
        let (requests, last_sent) = gate.sent();
        Counters {
            requests,
            throttled: self.throttled.load(Ordering::Relaxed),
            in_flight,
            last_sent,
        }
    }

    /// What was sent through `gate`, by that many workers.
    pub(super) fn pace(&self, gate: &Gate, workers: usize) -> Pace {
        let busy = Duration::from_micros(self.busy.load(Ordering::Relaxed));
        let pace = Pace {
            reads: self.reads.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            throttled: self.throttled.load(Ordering::Relaxed),
            ..gate.passed()
        };
        let answered = self.answered.load(Ordering::Relaxed);
        // Where answers are missing, more workers would only wait for more of them.
        let are_answered = answered >= pace.requests - pace.requests / 10;
        let needed = || workers_needed(&pace, gate.ceiling(), busy, workers);
        Pace {
            workers_needed: are_answered.then(needed).flatten(),
            ..pace
        }
    }
}

/// How many workers would have reached the rate asked for, where these were too few: by Little's
/// law, the number at work is the rate times the time that a request takes.
fn workers_needed(pace: &Pace, asked: Rate, busy: Duration, workers: usize) -> Option<u64> {
    let (reached, asked) = (pace.rate_reached?, asked.per_second());
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let (workers, requests) = (workers as f64, pace.requests as f64);
    let each = busy.as_secs_f64() / requests;
    let (at_work, in_flight) = (reached * each, asked * each);
    // Where some had nothing to do, a few slow rows were the reason.
    let are_all_at_work = at_work > workers * 0.8;
    let is_short = reached < asked * 0.95 && pace.throttled == 0 && are_all_at_work;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small positive number"
    )]
    // Some more than on average, since not all answers take the same time.
    let needed = (in_flight * 1.25).ceil() as u64;
    is_short.then_some(needed)
}
