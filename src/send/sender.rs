//! One operation -> its end: paced by the gate, retried with a backoff, postponed while the server
//! throttles it. Knows no rows, ledger or workers; any command that talks to the API sends this way.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::attempts::Next;
use super::backoff::Pause;
use super::health::Health;
use super::postponement::Throttled;
use super::scope::ThrottleScope;
use super::stats::Stats;
use super::{Attempts, Gate, Login, Rate, Retries, Sent};
use crate::api::{Exchange, Failure, Operation, Reply};
use crate::model::{Attempt, Detail, Event, Pace, Stall, StopReason};
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

/// What came of sending an operation.
#[derive(Debug)]
pub enum Step<T> {
    /// It has ended.
    Ended(Sent<T>),
    /// It was throttled: others go first.
    Postponed(Attempts),
}

/// Where events go.
type Report<'a> = &'a dyn Fn(&Event<'_>);

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

    /// Sends `operation` until it has ended, the run stops, or it is throttled and others are to go
    /// first. A postponed one waits for its time when it is sent again.
    pub fn send<O: Operation>(
        &self,
        operation: &O,
        mut attempts: Attempts,
        report: Report<'_>,
    ) -> Step<O::Output> {
        loop {
            if let Some(until) = attempts.postponed.until {
                self.stop.wait_until(until);
            }
            let Some(sent) = self.gate.pass(self.stop) else {
                return Step::Ended(attempts.give_up());
            };
            attempts.first_sent.get_or_insert(sent);
            let reply = self.exchange(operation, &attempts, report);
            let (asks_for_pause, throttled) = self.take_in(&reply, &attempts, sent, report);
            let (retries, login) = (self.policy.retries, self.stats.login());
            match attempts.decide(reply, retries, login, fastrand::f64()) {
                Next::End(ending) => return Step::Ended(attempts.end(ending)),
                Next::Retry(wait) if asks_for_pause => {
                    attempts.postponed.extend(Instant::now(), wait, throttled);
                    return Step::Postponed(attempts);
                }
                Next::Retry(wait) => self.back_off(&attempts, wait),
                Next::StopRun(reason) => {
                    self.stop.because(reason);
                    return Step::Ended(attempts.give_up());
                }
            }
        }
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
            line: attempts.line,
            slug: &attempts.slug,
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
                Some(503) if scope.overloaded(attempts.line, now) => {
                    if self.gate.overloaded(sent) {
                        self.report_pause(Duration::ZERO, 503, report);
                    }
                }
                // Neither silence nor this says how much the server can take.
                None | Some(503) => {}
                Some(_) => {
                    scope.answered(attempts.line, sent);
                    self.gate.answered(sent);
                }
            }
            return (false, Throttled::All);
        };
        if scope.throttled(attempts.line, now) {
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
mod tests {
    use std::collections::VecDeque;

    use reqwest::{Method, StatusCode};

    use super::*;
    use crate::api::{Account, BaseUrl, Classifier, Effect, FailureKind, Redactor, Request};
    use crate::send::{Adaptation, Before, Ending};

    /// An operation that no command has: its output is what the server answers.
    struct Echo;

    impl Operation for Echo {
        type Output = String;
        const EFFECT: Effect = Effect::Change;

        fn request(&self, base_url: &str) -> Request {
            Request {
                method: Method::GET,
                url: base_url.to_owned(),
                body: None,
            }
        }

        fn read(&self, body: &str, _: &Redactor) -> Result<String, Failure> {
            match body {
                "" => Err(FailureKind::Refused.with("an empty answer")),
                body => Ok(body.to_owned()),
            }
        }
    }

    /// Answers in that order.
    struct Script {
        answers: Mutex<VecDeque<(u16, &'static str)>>,
        classifier: Classifier,
    }

    impl Exchange for Script {
        fn exchange<O: Operation>(&self, operation: &O) -> Reply<O::Output> {
            let (status, body) = self.answers.lock().pop_front().expect("an answer is left");
            let code = StatusCode::from_u16(status).expect("a status code");
            Reply {
                http_status: Some(status),
                result: self.classifier.answer(operation, code, body.as_bytes()),
            }
        }

        fn in_words<O: Operation>(&self, _: &O) -> String {
            "GET it".into()
        }
    }

    /// How an operation ends that gets these answers, how often it was postponed, and what was
    /// reported.
    fn sent(answers: &[(u16, &'static str)]) -> (Sent<String>, u32, Vec<String>) {
        let base_url = BaseUrl::from_brand("acme").expect("a brand");
        let account = Account::new(base_url, "a@example.com", "token").expect("an account");
        let script = Script {
            answers: Mutex::new(answers.iter().copied().collect()),
            classifier: Classifier::new(&account),
        };
        let rate = Rate::new(1_000_000, Duration::from_secs(1));
        let (gate, stop) = (Gate::new(rate, Adaptation::Fixed), Stop::default());
        let policy = Policy {
            retries: Retries(1),
            login: Login::Unproven,
            detail: Detail::Exchanges,
        };
        let sender = Sender::new(&script, &gate, &stop, policy);
        let events = Mutex::new(Vec::new());
        let report = |event: &Event<'_>| {
            if let Event::Answer { meaning, .. } = event {
                events.lock().push((*meaning).to_owned());
            }
        };
        let (mut attempts, mut postponed) = (Attempts::new(2, "a".into(), Before::NotApplied), 0);
        loop {
            match sender.send(&Echo, attempts, &report) {
                Step::Ended(sent) => return (sent, postponed, events.into_inner()),
                Step::Postponed(later) => {
                    postponed += 1;
                    attempts = later;
                }
            }
        }
    }

    #[test]
    fn any_operation_is_retried_and_postponed_until_it_ends() {
        let (sent, postponed, events) = sent(&[(429, ""), (500, ""), (200, "done")]);
        assert_eq!(sent.ending, Ending::Success("done".to_owned()));
        assert_eq!((sent.requests, postponed), (3, 1));
        assert_eq!(
            events,
            ["rate limited", "HTTP 500 Internal Server Error", "done"]
        );
    }

    #[test]
    fn retries_end_with_what_the_last_answer_was() {
        let (sent, ..) = sent(&[(503, "busy"), (503, "busy")]);
        let ending = "HTTP 503 Service Unavailable: busy (2 attempts); it may have been applied";
        assert_eq!(sent.ending, Ending::Unknown(ending.to_owned()));
    }

    #[test]
    fn an_operation_says_itself_what_its_success_is() {
        let (sent, ..) = sent(&[(200, "")]);
        assert_eq!(sent.ending, Ending::Failed("an empty answer".to_owned()));
    }
}
