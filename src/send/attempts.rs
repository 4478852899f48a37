//! What the requests of one operation came to so far, and what follows from an answer: its end, a retry
//! after a backoff, or the end of the run. Pure: without clock or network.

use std::time::{Duration, Instant};

use super::ending::{Ending, MAY_BE_APPLIED, THOUGH_READ};
use super::postponement::Postponement;
use super::retries::Retries;
use crate::api::{Diagnosis, Effect, FailureKind, Reply};
use crate::model::text::counted;
use crate::model::{RequestFor, StopReason};

/// Whether the server has accepted the login before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Login {
    /// It has carried out an operation, or answered that one is wrong or about no conversation.
    Proven,
    /// Nothing is known yet.
    #[default]
    Unproven,
}

/// Whether an operation may have been applied before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// It was not.
    NotApplied,
    /// An attempt of an earlier run got no definite answer.
    PerhapsApplied,
}

/// The requests for one row so far: of one operation, or of a read and the update that follows.
#[derive(Debug, Clone)]
pub struct Attempts {
    /// Distinguishes what the operation is for from all others: the line of a row.
    pub(super) id: u64,
    /// What it is for, fit to be shown: the slug of a row.
    pub(super) name: String,
    purpose: AttemptsFor,
    /// When the first request was sent.
    pub(super) first_sent: Option<Instant>,
    /// When the next one may be sent.
    pub(super) postponed: Postponement,
    /// Requests sent.
    requests: u32,
    /// Of these, those that count against the retries.
    counted: u32,
    /// The message of the last failure that is neither definite nor a 429.
    problem: Option<String>,
    /// Whether some request may have been applied, and its answer is missing.
    may_be_applied: bool,
    last_read: LastRead,
    /// Whether the last request failed in another way than by a 429.
    is_retrying: bool,
    /// The answer that refused the login.
    refusal: Option<String>,
    /// The status code of the last answer, if that throttled the row.
    throttled: Option<u16>,
    http_status: Option<u16>,
}

/// What the last read of the conversation has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LastRead {
    /// It was not read.
    None,
    /// It is there, and so is the brand.
    Found,
    /// It is not as it was before an update that may have been applied. Then no answer to another update says
    /// that the first one was not applied.
    Changed,
}

/// What requests are for.
#[derive(Debug, Clone, Copy)]
enum AttemptsFor {
    Row,
    List,
}

/// What follows from an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Next<T> {
    /// The operation was carried out.
    Done(T),
    /// It has ended in another way.
    End(Ending),
    /// It is sent again, no sooner than after this wait.
    Retry(Duration),
    /// Nobody sends any more. The operation ends as its requests so far say.
    StopRun(StopReason),
}

impl Attempts {
    /// No request yet of an operation on the conversation of that row.
    #[must_use]
    pub fn new(line: u64, slug: String, before: Before) -> Self {
        Self {
            id: line,
            name: slug,
            purpose: AttemptsFor::Row,
            first_sent: None,
            postponed: Postponement::default(),
            requests: 0,
            counted: 0,
            problem: None,
            may_be_applied: before == Before::PerhapsApplied,
            last_read: LastRead::None,
            is_retrying: false,
            refusal: None,
            throttled: None,
            http_status: None,
        }
    }

    /// No request yet of an operation that is for no row. `id` distinguishes it from others of the same
    /// sender.
    #[must_use]
    pub fn for_list(id: u64, name: String) -> Self {
        Self {
            purpose: AttemptsFor::List,
            ..Self::new(id, name, Before::NotApplied)
        }
    }

    /// What the requests are for.
    pub(super) fn of(&self) -> RequestFor<'_> {
        match self.purpose {
            AttemptsFor::Row => RequestFor::Row {
                line: self.id,
                slug: &self.name,
            },
            AttemptsFor::List => RequestFor::List { list: &self.name },
        }
    }

    /// Takes in one answer to a request of that effect and decides what follows. `chance` (0 to 1)
    /// spreads backoffs.
    pub(super) fn decide<T>(
        &mut self,
        reply: Reply<T>,
        effect: Effect,
        retries: Retries,
        login: Login,
        chance: f64,
    ) -> Next<T> {
        self.requests += 1;
        self.throttled = None;
        let failure = match reply.result {
            Ok(output) => {
                self.http_status = reply.http_status;
                self.succeeded(effect);
                return Next::Done(output);
            }
            Err(failure) => failure,
        };
        self.is_retrying = failure.kind != FailureKind::Throttled;
        let is_about_no_row = matches!(
            failure.kind,
            FailureKind::Throttled
                | FailureKind::LoginRefused
                | FailureKind::Forbidden
                | FailureKind::Unreachable
        );
        if is_about_no_row && !self.may_be_applied {
            // What went before was harmless too: nothing can have been applied.
            self.problem = None;
        }
        if self.is_retrying || self.problem.is_none() {
            self.http_status = reply.http_status;
        }
        let diagnosis = Diagnosis::new(&failure, reply.http_status);
        let message = failure.message;
        match failure.kind {
            FailureKind::Rejected => self.refused(effect, message, Ending::Rejected),
            FailureKind::NotFound
                if effect == Effect::Change && self.last_read != LastRead::None =>
            {
                let message = format!("{message}{THOUGH_READ}");
                self.refused(effect, message, Ending::NotFound)
            }
            FailureKind::NotFound => self.refused(effect, message, Ending::NotFound),
            FailureKind::Refused => self.refused(effect, message, Ending::Failed),
            FailureKind::Forbidden if login == Login::Proven => {
                self.refused(effect, diagnosis.found, Ending::Failed)
            }
            FailureKind::Forbidden | FailureKind::LoginRefused => {
                let message = diagnosis.to_string();
                self.refusal = Some(diagnosis.found);
                Next::StopRun(StopReason::LoginRefused { message })
            }
            FailureKind::Unreachable => Next::StopRun(StopReason::Unreachable { message }),
            FailureKind::Throttled => {
                self.throttled = reply.http_status;
                Next::Retry(Duration::ZERO)
            }
            FailureKind::NotYet | FailureKind::NotConnected | FailureKind::Unclear => {
                self.problem = Some(message);
                let is_change = effect == Effect::Change;
                self.may_be_applied |= is_change && failure.kind == FailureKind::Unclear;
                self.retry(retries, chance)
            }
        }
    }

    fn succeeded(&mut self, effect: Effect) {
        self.is_retrying = false;
        if !self.may_be_applied {
            self.problem = None;
        }
        if effect == Effect::None {
            self.last_read = if self.may_be_applied {
                LastRead::Changed
            } else {
                LastRead::Found
            };
        }
    }

    /// Which request comes next, from 1 on.
    pub(super) fn next_request(&self) -> u32 {
        self.requests + 1
    }

    /// Which attempt comes next, from 1 on: throttled requests do not count.
    pub(super) fn next_attempt(&self) -> u32 {
        self.counted + 1
    }

    /// Whether the next request is a retry: not the first, and not the repeat of a throttled one.
    pub(super) fn is_retrying(&self) -> bool {
        self.is_retrying
    }

    /// What went wrong last.
    pub(super) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Whether some request may have been applied.
    #[must_use]
    pub fn may_be_applied(&self) -> bool {
        self.may_be_applied
    }

    /// Takes in that the last read showed the conversation as it was before the first update.
    pub fn found_unchanged(&mut self) {
        self.last_read = LastRead::Found;
    }

    /// Requests sent so far.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.requests
    }

    /// The status code of the last answer, or of the failure that is told; `None` if that had none.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.http_status
    }

    /// When the first request was sent.
    #[must_use]
    pub fn first_sent(&self) -> Option<Instant> {
        self.first_sent
    }

    /// The end of a row for which nothing more is sent.
    #[must_use]
    pub fn given_up(&self) -> Ending {
        let attempts = counted(self.requests.into(), "attempt");
        match &self.problem {
            Some(what) if self.may_be_applied => {
                Ending::Unknown(format!("{what} ({attempts}){MAY_BE_APPLIED}"))
            }
            Some(what) => Ending::Failed(format!("{what} ({attempts})")),
            None if self.may_be_applied && self.requests > 0 => {
                let earlier = "an earlier attempt may have been applied";
                Ending::Unknown(match self.why_not_sent() {
                    why if why.is_empty() => earlier.to_owned(),
                    why => format!("{why}; {earlier}"),
                })
            }
            None => Ending::NotSent(self.why_not_sent()),
        }
    }

    /// Why nobody should wait for the operation any longer, if so.
    #[must_use]
    pub fn is_too_late(&self, now: Instant) -> Option<StopReason> {
        let later = match self.purpose {
            AttemptsFor::Row => "continue later",
            AttemptsFor::List => "try again later",
        };
        let message = self.postponed.is_too_long(now, &self.name, later)?;
        Some(StopReason::LongPause { message })
    }

    /// When the next request may be sent, if not at once.
    #[must_use]
    pub fn postponed_until(&self) -> Option<Instant> {
        self.postponed.until
    }

    /// A definite no. To a read, or to an update that was computed again, it says nothing of an update that
    /// was sent before.
    fn refused<T>(&self, effect: Effect, message: String, ending: fn(String) -> Ending) -> Next<T> {
        let is_read = effect == Effect::None;
        Next::End(match ending(message) {
            Ending::Rejected(message) | Ending::NotFound(message) | Ending::Failed(message)
                if (is_read || self.last_read == LastRead::Changed) && self.may_be_applied =>
            {
                Ending::Unknown(format!("{message}{MAY_BE_APPLIED}"))
            }
            // Reasons of a 422 are about changes, and there is none.
            Ending::Rejected(message) if is_read => {
                Ending::Failed(format!("the read was refused: {message}"))
            }
            ending => ending,
        })
    }

    fn why_not_sent(&self) -> String {
        match (&self.refusal, self.throttled) {
            (Some(refusal), _) => format!("the server refused the login ({refusal})"),
            (None, Some(status)) => {
                format!("rate limited (HTTP {status}) when the run stopped")
            }
            (None, None) => String::new(),
        }
    }

    fn retry<T>(&mut self, retries: Retries, chance: f64) -> Next<T> {
        self.counted += 1;
        match retries.backoff(self.counted, chance) {
            Some(wait) => Next::Retry(wait),
            None => Next::End(self.given_up()),
        }
    }
}

#[cfg(test)]
mod tests;
