//! One operation -> what came of it, and whether to send it again: paced by the gate, after a backoff, or
//! later while the server throttles it. Knows no rows, ledger or workers; any command that talks to
//! the API sends this way.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::attempts::Next;
use super::backoff::Pause;
use super::health::Health;
use super::postponement::Throttled;
use super::scope::ThrottleScope;
use super::stats::Stats;
use super::{Attempts, Ending, Gate, Login, Priority, Rate, Retries};
use crate::api::{Effect, Exchange, Failure, Operation, Reply};
use crate::model::{Attempt, Counters, Detail, Event, Pace, Stall, StopReason};
use crate::stop::Stop;

/// How requests are sent.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// How often to retry.
    pub retries: Retries,
    /// Whether the login is known to be right.
    pub login: Login,
    /// How much to report.
    pub detail: Detail,
}

/// Sends operations of any kind, for several workers at once.
#[derive(Debug)]
pub struct Sender<'a, E> {
    exchange: &'a E,
    gate: &'a Gate,
    stop: &'a Stop,
    policy: Policy,
    stats: Stats,
    scope: Mutex<ThrottleScope>,
    health: Health,
}

/// What came of sending an operation once.
#[derive(Debug)]
pub enum Step<T> {
    /// It was carried out.
    Done(T),
    /// It has ended in another way.
    Ended(Ending),
    /// It failed, and may be sent again.
    Again,
    /// It was throttled: others go first.
    Postponed,
}

/// Allows one request to be sent, now.
#[derive(Debug)]
pub struct Turn(Instant);

/// How long what was read counts, at least.
const MAX_AGE: Duration = Duration::from_secs(10);

/// Where events go.
pub type Report<'a> = &'a dyn Fn(&Event<'_>);

impl<'a, E: Exchange> Sender<'a, E> {
    /// Sends by `exchange`, no faster than `gate` allows, until `stop`.
    pub fn new(exchange: &'a E, gate: &'a Gate, stop: &'a Stop, policy: Policy) -> Self {
        Self {
            exchange,
            gate,
            stop,
            policy,
            stats: Stats::new(policy.login),
            scope: Mutex::default(),
            health: Health::default(),
        }
    }

    /// Waits until the next request may be sent; `None` if the run stops first, or that is too late.
    pub fn turn(&self, attempts: &Attempts, priority: Priority) -> Option<Turn> {
        if let Some(until) = attempts.postponed.until {
            self.stop.wait_until(until);
        }
        self.gate.pass(self.stop, priority).map(Turn)
    }

    /// Sends `operation` once. After a failure that may pass, it returns when that may be done again.
    pub fn send<O: Operation>(
        &self,
        operation: &O,
        attempts: &mut Attempts,
        Turn(sent): Turn,
        report: Report<'_>,
    ) -> Step<O::Output> {
        attempts.first_sent.get_or_insert(sent);
        let reply = self.exchange(operation, attempts, report);
        let (asks_for_pause, throttled) = self.take_in(&reply, attempts, sent, report);
        let (retries, login) = (self.policy.retries, self.stats.login());
        match attempts.decide(reply, O::EFFECT, retries, login, fastrand::f64()) {
            Next::Done(output) => Step::Done(output),
            Next::End(ending) => Step::Ended(ending),
            Next::Retry(wait) if asks_for_pause => {
                attempts.postponed.extend(Instant::now(), wait, throttled);
                Step::Postponed
            }
            Next::Retry(wait) => {
                self.back_off(attempts, wait);
                Step::Again
            }
            Next::StopRun(reason) => {
                self.stop.because(reason);
                Step::Ended(attempts.given_up())
            }
        }
    }

    /// How long what was read counts as what the conversation shows: colleagues change it meanwhile.
    /// Where requests are so far apart that the next one takes longer, three times that.
    #[must_use]
    pub fn max_age(&self) -> Duration {
        MAX_AGE.max(self.gate.rate().interval() * 3)
    }

    /// How many requests are in flight.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.health.in_flight()
    }

    /// Why no answers come, if none do.
    pub fn stall(&self) -> Option<Stall> {
        let tries = self.policy.retries.0.saturating_add(1);
        self.health.stall(tries, Instant::now())
    }

    /// What was sent so far.
    pub fn counters(&self) -> Counters {
        self.stats.counters(self.gate, self.health.in_flight())
    }

    /// What was sent, by that many workers.
    pub fn pace(&self, workers: usize) -> Pace {
        self.stats.pace(self.gate, workers)
    }

    /// One request and its answer.
    fn exchange<O: Operation>(
        &self,
        operation: &O,
        attempts: &Attempts,
        report: Report<'_>,
    ) -> Reply<O::Output> {
        let of = Attempt {
            of: attempts.of(),
            number: attempts.next_request(),
        };
        let is_reported = self.policy.detail == Detail::Exchanges;
        if is_reported {
            let request = &self.exchange.in_words(operation);
            report(&Event::Request { of, request });
        }
        if attempts.is_retrying() {
            self.stats.retry();
        }
        if O::EFFECT == Effect::None {
            self.stats.read();
        }
        let began = Instant::now();
        self.health.sending(attempts.next_attempt(), began);
        let reply = self.exchange.exchange(operation);
        self.stats.busy_since(began);
        self.health.ended(Instant::now());
        if is_reported {
            let meaning = match &reply.result {
                Ok(output) => output.to_string(),
                Err(failure) => failure.in_words(),
            };
            report(&Event::Answer {
                of,
                http_status: reply.http_status,
                meaning: &meaning,
            });
        }
        reply
    }

    /// Takes in what a reply says to everybody: that the server works, or asks for a pause. Whether
    /// it does, and whether that is about this operation alone.
    fn take_in<T>(
        &self,
        reply: &Reply<T>,
        attempts: &Attempts,
        sent: Instant,
        report: Report<'_>,
    ) -> (bool, Throttled) {
        self.stats.answer(reply);
        let failure = reply.result.as_ref().err();
        if failure.is_none_or(|failure| failure.kind.is_answer()) {
            self.health.answered();
        }
        let pause = failure.and_then(Failure::pause);
        let (mut scope, now) = (self.scope.lock(), Instant::now());
        let Some(retry_after) = pause else {
            match reply.http_status {
                Some(503) if scope.overloaded(attempts.id, now) => {
                    if self.gate.overloaded(sent) {
                        self.report_pause(Duration::ZERO, 503, report);
                    }
                }
                // Neither silence nor this says how much the server can take.
                None | Some(503) => {}
                Some(_) => {
                    scope.answered(attempts.id, sent);
                    self.gate.answered(sent);
                }
            }
            return (false, Throttled::All);
        };
        if scope.throttled(attempts.id, now) {
            return (true, Throttled::Alone(retry_after));
        }
        drop(scope);
        match self.gate.throttled(sent, retry_after) {
            Pause::Wait { wait, is_new: true } => {
                self.report_pause(wait, reply.http_status.unwrap_or_default(), report);
            }
            Pause::Wait { .. } => {}
            Pause::TooLong(message) => self.stop.because(StopReason::LongPause { message }),
        }
        (true, Throttled::All)
    }

    fn report_pause(&self, wait: Duration, http_status: u16, report: Report<'_>) {
        let lowered_to = self.gate.lowered_to().map(Rate::per_second);
        if wait.is_zero() && lowered_to.is_none() {
            return;
        }
        report(&Event::Pause {
            wait,
            http_status,
            lowered_to,
        });
    }

    fn back_off(&self, attempts: &Attempts, wait: Duration) {
        let began = Instant::now();
        if let Some(what) = attempts.problem() {
            self.health.failing(what, attempts.next_attempt(), began);
        }
        self.stop.wait_until(began + wait);
        self.stats.busy_since(began);
    }
}

#[cfg(test)]
mod tests;
