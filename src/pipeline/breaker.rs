//! The circuit breaker: outcomes as they come in -> whether something is wrong beyond the rows, and the
//! rows that are not to blame. Pure. (A single answer that ends the run is found out in `send`.)

use std::collections::BTreeMap;
use std::sync::Arc;

use super::evidence::{
    are_alike, is_about_the_run, is_definite, is_failure, is_finished, is_redirected, is_refused,
    message,
};
use crate::ledger::{Earlier, Record, ResumeIndex};
use crate::model::{MaxFailures, Outcome, StopReason};
use crate::send::Login;

/// Finished rows before a share means something.
const SHARE_FROM: u64 = 50;

/// Consecutive rows without a definite answer that mean a server that is down.
const DOWN_AFTER: u64 = 20;

/// First rows that, all not found, mean a wrong brand.
const BRAND_ROWS: usize = 20;

/// The same in a run that ends before; first rows that are all redirected, too.
const FEWEST_BRAND_ROWS: usize = 3;

/// First rows that, all failed alike, mean that it is not about the rows.
const ALIKE_ROWS: usize = 5;

/// Causes of failures that are counted apart.
const MAX_CAUSES: usize = 100;

/// What is known of the account, from a run that this one resumes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    /// Whether the server has let the login in.
    pub login: Login,
    /// Whether some conversation was found.
    pub brand: Brand,
}

/// Whether some conversation was found before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Brand {
    /// The account is the right one.
    Proven,
    /// Nothing is known yet.
    #[default]
    Unproven,
}

/// Why a run stops, and what follows for its rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trip {
    pub(super) reason: StopReason,
    /// New records of rows that are no more to blame than every other one.
    pub(super) retracted: Vec<Record>,
}

/// Looks for what is wrong beyond the rows.
#[derive(Debug)]
pub(super) struct Breaker {
    max_failures: MaxFailures,
    /// What the ledger contained before.
    earlier: Arc<ResumeIndex>,
    finished: u64,
    failures: u64,
    /// How often each cause came.
    causes: BTreeMap<String, u64>,
    /// Consecutive rows without a definite answer.
    unanswered: u64,
    /// The first rows, as long as not one of them was found.
    not_found: Option<Vec<Record>>,
    /// The first rows, as long as all of them failed alike.
    alike: Option<Vec<Record>>,
    /// The outcome of rows that are not to blame for it, once the run stops because of what all rows
    /// have met.
    retracted: Option<Outcome>,
}

impl Breaker {
    pub(super) fn new(max_failures: MaxFailures, known: Known, earlier: Arc<ResumeIndex>) -> Self {
        let is_known = known.login == Login::Proven || known.brand == Brand::Proven;
        Self {
            max_failures,
            earlier,
            finished: 0,
            failures: 0,
            causes: BTreeMap::new(),
            unanswered: 0,
            not_found: (known.brand == Brand::Unproven).then(Vec::new),
            alike: (!is_known).then(Vec::new),
            retracted: None,
        }
    }

    /// Takes in one record; why the run should stop, if so.
    pub(super) fn take_in(&mut self, record: &Record) -> Option<Trip> {
        if !is_finished(record) {
            return None;
        }
        self.finished += 1;
        if is_failure(record) {
            self.failures += 1;
            let cause = message(record);
            if self.causes.len() < MAX_CAUSES || self.causes.contains_key(&cause) {
                *self.causes.entry(cause).or_default() += 1;
            }
        }
        self.unanswered = if is_definite(record) {
            0
        } else {
            self.unanswered + 1
        };
        self.note_first(record);
        let reason = self
            .is_wrong_from_the_start(BRAND_ROWS, ALIKE_ROWS)
            .or_else(|| {
                let rows = self.unanswered;
                (rows >= DOWN_AFTER).then(|| unanswered(rows, record))
            })
            .or_else(|| self.too_many_failures())?;
        Some(self.trip(reason))
    }

    /// Why a run that came to its last row should not count as finished, if so.
    pub(super) fn at_end(&mut self) -> Option<Trip> {
        let first = self.alike.iter().flatten().next();
        let alike = if first.is_some_and(is_redirected) {
            FEWEST_BRAND_ROWS
        } else {
            ALIKE_ROWS
        };
        let reason = self.is_wrong_from_the_start(FEWEST_BRAND_ROWS, alike)?;
        Some(self.trip(reason))
    }

    /// The record of a row that was in flight when the breaker tripped: it is not to blame either.
    pub(super) fn corrected(&self, record: Record) -> Record {
        if self.retracted == Some(record.outcome) && is_about_the_run(&record) {
            self.retract(record)
        } else {
            record
        }
    }

    fn trip(&mut self, reason: StopReason) -> Trip {
        let rows = match reason {
            StopReason::WrongBrand { .. } => self.not_found.take(),
            StopReason::ServerDown { .. } | StopReason::FailingAlike { .. } => self.alike.take(),
            _ => None,
        };
        let rows = rows.into_iter().flatten().filter(is_about_the_run);
        let rows: Vec<_> = rows.collect();
        self.retracted = rows.first().map(|row| row.outcome).or(self.retracted);
        let retracted = rows.into_iter().map(|row| self.retract(row)).collect();
        Trip { reason, retracted }
    }

    /// A row that is no more to blame than every other one, as the row not sent that it is; an earlier
    /// attempt of it may have been applied all the same.
    fn retract(&self, record: Record) -> Record {
        let is_in_doubt = self.earlier.earlier(record.line) == Earlier::InDoubt;
        let (outcome, more) = if is_in_doubt {
            (
                Outcome::Unknown,
                "; an earlier attempt may have been applied",
            )
        } else {
            (Outcome::NotSent, "")
        };
        Record {
            outcome,
            reasons: format!(
                "{}; every other row failed in the same way{more}",
                record.reasons
            ),
            ..record
        }
    }

    fn note_first(&mut self, record: &Record) {
        let is_not_found = record.outcome == Outcome::NotFound;
        add_if_like(&mut self.not_found, record, |_| is_not_found);
        // Whoever allows any number of refusals wants to see them all.
        let is_allowed = match self.max_failures {
            MaxFailures::Unlimited => true,
            MaxFailures::Share(share) => share >= 1.0,
            MaxFailures::Rows(_) => false,
        } && is_refused(record);
        let is_failed = matches!(record.outcome, Outcome::Failed | Outcome::Unknown);
        add_if_like(&mut self.alike, record, |first| {
            is_failed && !is_allowed && first.is_none_or(|first| are_alike(first, record))
        });
    }

    fn is_wrong_from_the_start(&self, not_found: usize, alike: usize) -> Option<StopReason> {
        let last = |rows: &Option<Vec<Record>>, fewest| {
            let rows = rows.as_ref().filter(|rows| rows.len() >= fewest)?;
            Some((rows.len() as u64, rows.last()?.clone()))
        };
        if let Some((_, last)) = last(&self.not_found, not_found) {
            return Some(StopReason::WrongBrand {
                answer: message(&last),
            });
        }
        let (rows, last) = last(&self.alike, alike)?;
        Some(unanswered(rows, &last))
    }

    fn too_many_failures(&self) -> Option<StopReason> {
        let are_too_many = match self.max_failures {
            MaxFailures::Unlimited => false,
            MaxFailures::Rows(most) => self.failures > most,
            #[expect(clippy::cast_precision_loss, reason = "a share of rows")]
            MaxFailures::Share(share) => {
                self.finished >= SHARE_FROM && self.failures as f64 > share * self.finished as f64
            }
        };
        are_too_many.then(|| StopReason::TooManyFailures {
            message: self.failures_in_words(),
        })
    }

    /// How many rows failed, and why most of them did.
    fn failures_in_words(&self) -> String {
        let failed = format!("{} of {} rows failed", self.failures, self.finished);
        match self.causes.iter().max_by_key(|(_, rows)| **rows) {
            Some((cause, rows)) => format!("{failed}, {rows} of them: {cause}"),
            None => failed,
        }
    }
}

/// Adds a record to the first ones if it is like them; else there is nothing to be seen in them.
fn add_if_like(
    first: &mut Option<Vec<Record>>,
    record: &Record,
    is_like: impl FnOnce(Option<&Record>) -> bool,
) {
    let Some(rows) = first else { return };
    if is_like(rows.first()) {
        rows.push(record.clone());
    } else {
        *first = None;
    }
}

/// Why a run stops after so many rows of which this is the last.
fn unanswered(rows: u64, last: &Record) -> StopReason {
    let answer = message(last);
    match last.http_status {
        None | Some(500..) => StopReason::ServerDown { rows, answer },
        Some(_) => StopReason::FailingAlike { rows, answer },
    }
}

#[cfg(test)]
mod tests;
