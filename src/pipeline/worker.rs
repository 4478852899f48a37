//! One update -> one record: tries until the row is settled or the run stops.

use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::contact::Contact;
use super::job::{Job, Settled, Throttled};
use super::retry::{Next, Retries, Tries};
use super::watch::Login;
use crate::api::{Exchange, Reply, Said};
use crate::ledger::Recorded;
use crate::model::{Attempt, Detail, Event, Pace, Stall, StopReason, Update};
use crate::send::{Gate, Pause, Rate, ThrottleScope};
use crate::stop::Stop;

/// What all workers share.
pub(super) struct Desk<'a, E> {
    pub(super) exchange: &'a E,
    /// What was recorded before.
    pub(super) earlier: &'a Recorded,
    pub(super) gate: &'a Gate,
    pub(super) retries: Retries,
    pub(super) stop: &'a Stop,
    pub(super) detail: Detail,
    pub(super) counters: Counters,
    pub(super) scope: Mutex<ThrottleScope>,
    pub(super) contact: Contact,
}

/// What workers count.
#[derive(Debug, Default)]
pub(super) struct Counters {
    retries: AtomicU64,
    throttled: AtomicU64,
    /// Answers of whatever kind.
    answered: AtomicU64,
    has_logged_in: AtomicBool,
    /// The time that workers were busy with exchanges and with waits between tries, in microseconds.
    busy: AtomicU64,
}

impl Counters {
    /// Nothing counted yet.
    pub(super) fn knowing(login: Login) -> Self {
        Self {
            has_logged_in: AtomicBool::new(login == Login::Proven),
            ..Self::default()
        }
    }

    fn busy_since(&self, began: Instant) {
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.busy.fetch_add(micros, Ordering::Relaxed);
    }
}

impl<E: Exchange> Desk<'_, E> {
    /// A row that goes out for the first time.
    pub(super) fn job(&self, update: Update<'static>) -> Job {
        let tries = Tries::after(self.earlier.earlier(update.line));
        Job::new(update, tries)
    }

    /// Sends one row until it is settled, or until it is throttled and others are to go first.
    /// `tell` is called with what happens meanwhile.
    pub(super) fn settle(&self, mut job: Job, tell: &dyn Fn(&Event<'_>)) -> Settled {
        loop {
            self.stop.wait_until(job.not_before);
            let Job {
                update,
                tries,
                began,
                ..
            } = &mut job;
            let Some(sent) = self.gate.pass(self.stop) else {
                let given_up = tries.given_up();
                return job.record(given_up);
            };
            began.get_or_insert(sent);
            if tries.is_in_trouble() {
                self.counters.retries.fetch_add(1, Ordering::Relaxed);
            }
            self.contact.sending(tries.next(), Instant::now());
            let reply = self.exchange(update, tries.attempts + 1, tell);
            self.contact.ended(Instant::now());
            if reply.said.is_answer() {
                self.contact.answered();
            }
            let asks_for_pause = reply.said.pause().is_some();
            let whom = self.note(&reply, update.line, sent, tell);
            let login = if self.counters.has_logged_in.load(Ordering::Relaxed) {
                Login::Proven
            } else {
                Login::Unproven
            };
            match tries.judge(reply, self.retries, login, fastrand::f64()) {
                Next::Settle { outcome, reasons } => return job.record((outcome, reasons)),
                Next::Again(wait) if asks_for_pause => {
                    job.postpone(Instant::now(), wait, whom);
                    return Settled::Later(job);
                }
                Next::Again(wait) => {
                    let began = Instant::now();
                    if let Some(what) = tries.trouble() {
                        self.contact.failing(what, tries.next(), began);
                    }
                    self.stop.wait_until(began + wait);
                    self.counters.busy_since(began);
                }
                Next::StopRun(reason) => {
                    self.stop.because(reason);
                    let given_up = tries.given_up();
                    return job.record(given_up);
                }
            }
        }
    }

    /// What keeps answers from coming, if something does.
    pub(super) fn trouble(&self) -> Option<Stall> {
        let tries = self.retries.0.saturating_add(1);
        self.contact.trouble(tries, Instant::now())
    }

    /// One request and its answer.
    fn exchange(&self, update: &Update<'_>, attempt: u32, tell: &dyn Fn(&Event<'_>)) -> Reply {
        if self.detail == Detail::Outcomes {
            return self.put(update);
        }
        let of = Attempt {
            line: update.line,
            slug: &update.slug.shown(),
            number: attempt,
        };
        let request = &self.exchange.in_words(update);
        tell(&Event::Request { of, request });
        let reply = self.put(update);
        tell(&Event::Answer {
            of,
            http_status: reply.http_status,
            meaning: &reply.said.in_words(),
        });
        reply
    }

    fn put(&self, update: &Update<'_>) -> Reply {
        let began = Instant::now();
        let reply = self.exchange.put(update);
        self.counters.busy_since(began);
        reply
    }

    /// Takes in what a reply says to everybody: that the server wants a pause, or works.
    fn note(
        &self,
        reply: &Reply,
        line: u64,
        sent: Instant,
        tell: &dyn Fn(&Event<'_>),
    ) -> Throttled {
        let count = |counter: &AtomicU64| _ = counter.fetch_add(1, Ordering::Relaxed);
        if reply.http_status.is_some() {
            count(&self.counters.answered);
        }
        match (&reply.said, reply.http_status) {
            (Said::Throttled { .. }, _) => count(&self.counters.throttled),
            (Said::Updated { .. } | Said::NotFound { .. }, _)
            | (Said::Rejected { .. }, Some(422)) => {
                self.counters.has_logged_in.store(true, Ordering::Relaxed);
            }
            _ => {}
        }
        let (mut scope, now) = (self.scope.lock(), Instant::now());
        let Some(retry_after) = reply.said.pause() else {
            match reply.http_status {
                Some(503) if scope.overloaded(line, now) => {
                    self.gate.overloaded(sent);
                    self.tell_pause(Duration::ZERO, 503, tell);
                }
                // Neither silence nor this says how much the server can take.
                None | Some(503) => {}
                Some(_) => {
                    scope.answered(line, sent);
                    self.gate.answered(sent);
                }
            }
            return Throttled::All;
        };
        if scope.throttled(line, now) {
            return Throttled::Alone(retry_after);
        }
        drop(scope);
        match self.gate.throttled(sent, retry_after) {
            Pause::Wait { wait, is_new: true } => {
                self.tell_pause(wait, reply.http_status.unwrap_or_default(), tell);
            }
            Pause::Wait { .. } => {}
            Pause::TooLong(told) => self.stop.because(StopReason::LongPause { told }),
        }
        Throttled::All
    }

    fn tell_pause(&self, wait: Duration, http_status: u16, tell: &dyn Fn(&Event<'_>)) {
        let lowered_to = self.gate.lowered_to().map(Rate::per_second);
        if wait.is_zero() && lowered_to.is_none() {
            return;
        }
        tell(&Event::Pause {
            wait,
            http_status,
            lowered_to,
        });
    }

    /// What went over the wire, with so many workers.
    pub(super) fn pace(&self, workers: usize) -> Pace {
        let busy = Duration::from_micros(self.counters.busy.load(Ordering::Relaxed));
        let pace = Pace {
            retries: self.counters.retries.load(Ordering::Relaxed),
            throttled: self.counters.throttled.load(Ordering::Relaxed),
            ..self.gate.passed()
        };
        let answered = self.counters.answered.load(Ordering::Relaxed);
        // Where answers are missing, more workers would only wait for more of them.
        let are_answered = answered >= pace.requests - pace.requests / 10;
        let needed = || workers_needed(&pace, self.gate.ceiling(), busy, workers);
        Pace {
            workers_needed: are_answered.then(needed).flatten(),
            ..pace
        }
    }
}

/// How many workers would have reached the rate asked for, where these were too few: by Little's
/// law, those at work are the rate times the time that a request takes.
fn workers_needed(pace: &Pace, asked: Rate, busy: Duration, workers: usize) -> Option<u64> {
    let (reached, asked) = (pace.rate_reached?, asked.per_second());
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let (workers, requests) = (workers as f64, pace.requests as f64);
    let each = busy.as_secs_f64() / requests;
    let (at_work, in_flight) = (reached * each, asked * each);
    // Where some had nothing to do, a few rows that took long were the reason.
    let are_all_at_work = at_work > workers * 0.8;
    let is_short = reached < asked * 0.95 && pace.throttled == 0 && are_all_at_work;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small positive number"
    )]
    // Some more than on average, since answers do not all take the same time.
    let needed = (in_flight * 1.25).ceil() as u64;
    is_short.then_some(needed)
}
