//! The circuit breaker: outcomes as they come in -> whether something is wrong beyond the rows, and the
//! rows that are not to blame. Pure. (A single answer that ends the run is found out in `send`.)

use std::sync::Arc;

use super::evidence::{
    are_alike, difference, is_about_the_run, is_definite, is_failure, is_finished,
    is_missing_from_the_start, is_refused, message,
};
use super::tally::{Excess, Tally};
use crate::api::{Cause, Diagnosis};
use crate::ledger::{Earlier, Record, ResumeIndex};
use crate::model::text::counted;
use crate::model::{Outcome, RowLimit, StopReason};
use crate::send::Login;

/// Finished rows before a share of failures means something.
const FAILURES_FROM: u64 = 50;

/// Updated rows before a share of them that differ means something.
const DIFFERS_FROM: u64 = 20;

/// Consecutive rows without a definite answer that mean a server that is down.
const DOWN_AFTER: u64 = 20;

/// First rows that, all not found, mean a wrong brand.
const BRAND_ROWS: usize = 20;

/// The same in a run that ends before.
const FEWEST_BRAND_ROWS: usize = 3;

/// First rows that, all failed alike, mean that it is not about the rows.
const ALIKE_ROWS: usize = 5;

/// The same in a run that ends before, if the reason cannot be a row.
const FEWEST_ALIKE_ROWS: usize = 2;

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

/// How many rows may go wrong before a run stops.
#[derive(Debug, Clone, Copy)]
pub struct RowLimits {
    /// Rows that fail.
    pub failures: RowLimit,
    /// Updated rows that show something else than was asked for.
    pub differs: RowLimit,
}

impl RowLimits {
    /// Any number.
    pub const UNLIMITED: Self = Self {
        failures: RowLimit::Unlimited,
        differs: RowLimit::Unlimited,
    };
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
    /// Whether the user wants all refusals, however many.
    allows_refusals: bool,
    /// What the ledger contained before.
    earlier: Arc<ResumeIndex>,
    /// The finished rows, and those that failed.
    failures: Tally,
    /// The updated rows, and those that differ.
    differs: Tally,
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
    pub(super) fn new(limits: RowLimits, known: Known, earlier: Arc<ResumeIndex>) -> Self {
        let is_known = known.login == Login::Proven || known.brand == Brand::Proven;
        Self {
            allows_refusals: match limits.failures {
                RowLimit::Unlimited => true,
                RowLimit::Share(share) => share >= 1.0,
                RowLimit::Rows(_) => false,
            },
            earlier,
            failures: Tally::new(limits.failures, FAILURES_FROM),
            differs: Tally::new(limits.differs, DIFFERS_FROM),
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
        self.count(record);
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
            .or_else(|| self.too_many_failures())
            .or_else(|| self.too_many_differs())?;
        Some(self.trip(reason))
    }

    /// Why a run that came to its last row should not count as finished, if so.
    pub(super) fn at_end(&mut self) -> Option<Trip> {
        let first = self.alike.iter().flatten().next();
        let alike = match first.map(|first| diagnosis(first).cause) {
            Some(
                Cause::Unreachable
                | Cause::NoAnswer
                | Cause::Redirected
                | Cause::ServerError
                | Cause::NotTheApi,
            ) => FEWEST_ALIKE_ROWS,
            Some(Cause::LoginRefused | Cause::NotFound | Cause::RateLimited | Cause::Refused)
            | None => ALIKE_ROWS,
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
                "{}; so did every other row that was tried{more}",
                record.reasons
            ),
            ..record
        }
    }

    fn count(&mut self, record: &Record) {
        self.failures.add_row();
        if is_failure(record) {
            let message = message(record);
            self.failures.count(message.clone(), message);
        }
        if record.outcome == Outcome::Updated {
            self.differs.add_row();
            if record.differs() {
                let (field, difference) = difference(record);
                self.differs.count(field, difference);
            }
        }
    }

    fn note_first(&mut self, record: &Record) {
        let is_not_found = is_missing_from_the_start(record);
        add_if_like(&mut self.not_found, record, |_| is_not_found);
        let is_allowed = self.allows_refusals && is_refused(record);
        let is_failed = match record.outcome {
            Outcome::NotFound => !is_not_found,
            outcome => matches!(outcome, Outcome::Failed | Outcome::Unknown),
        };
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
            let diagnosis = Diagnosis::not_found(message(&last));
            return Some(StopReason::WrongBrand {
                message: diagnosis.behind("none of the first conversations was found"),
            });
        }
        let (rows, last) = last(&self.alike, alike)?;
        let rows = counted(rows, "consecutive row");
        let message = diagnosis(&last).behind(&format!("{rows} failed in the same way"));
        Some(not_about_rows(&last, message))
    }

    /// How many rows failed, and why most of them did.
    fn too_many_failures(&self) -> Option<StopReason> {
        let Excess {
            rows,
            counted,
            alike,
            example,
        } = self.failures.excess()?;
        Some(StopReason::TooManyFailures {
            message: format!("{counted} of {rows} rows failed, {alike} of them: {example}"),
        })
    }

    /// How many rows differ, and an example of how most of them do.
    fn too_many_differs(&self) -> Option<StopReason> {
        let Excess {
            rows,
            counted,
            alike,
            example,
        } = self.differs.excess()?;
        Some(StopReason::TooManyDiffers {
            message: format!("{counted} of {rows} updated rows differ, {alike} like {example}"),
        })
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

/// What a row shows that failed like all others.
fn diagnosis(record: &Record) -> Diagnosis {
    Diagnosis::from_answer(record.http_status, message(record))
}

/// Why a run stops after so many rows without a definite answer, of which this is the last.
fn unanswered(rows: u64, last: &Record) -> StopReason {
    let fact = format!(
        "{} without a definite answer",
        counted(rows, "consecutive row")
    );
    let diagnosis = diagnosis(last);
    let message = match diagnosis.cause {
        // The address was right before.
        Cause::Unreachable | Cause::NoAnswer | Cause::ServerError => format!(
            "{fact} (last: {}): the server seems to be down or unreachable; try again when it is back",
            diagnosis.found
        ),
        _ => diagnosis.behind(&fact),
    };
    not_about_rows(last, message)
}

fn not_about_rows(last: &Record, message: String) -> StopReason {
    match last.http_status {
        None | Some(500..) => StopReason::ServerDown { message },
        Some(_) => StopReason::FailingAlike { message },
    }
}

#[cfg(test)]
mod tests;
