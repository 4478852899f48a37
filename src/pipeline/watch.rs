//! Outcomes as they come in -> whether something is wrong beyond the rows. Pure.

use std::collections::BTreeMap;

use super::verdict::{are_alike, is_about_the_run, is_definite, is_redirected, is_refused, said};
use crate::ledger::Record;
use crate::model::{MaxFailures, Outcome, StopReason};

/// Finished rows before a share means something.
const SHARE_FROM: u64 = 50;

/// Rows in succession without a definite answer that mean a server that is down.
const DOWN_AFTER: u64 = 20;

/// First rows that, all not found, mean a wrong brand.
const BRAND_ROWS: usize = 20;

/// The same in a run that ends before; first rows that are all redirected, too.
const FEWEST_BRAND_ROWS: usize = 3;

/// First rows that, all failed alike, mean that it is not about the rows.
const ALIKE_ROWS: usize = 5;

/// Causes of failures that are counted apart.
const MAX_CAUSES: usize = 100;

/// What is known of the account: from this run, or from one that it goes on with.
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

/// Whether the server has let the login in before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Login {
    /// It has taken an update, or said of one that it is wrong or about no conversation.
    Proven,
    /// Nothing is known yet.
    #[default]
    Unproven,
}

/// Watches the outcomes of rows that were sent.
#[derive(Debug)]
pub(super) struct Watch {
    max_failures: MaxFailures,
    finished: u64,
    failures: u64,
    /// How often each cause came.
    causes: BTreeMap<String, u64>,
    /// Rows in succession without a definite answer.
    unanswered: u64,
    /// The first rows, as long as not one of them was found.
    not_found: Option<Vec<Record>>,
    /// The first rows, as long as all of them failed alike.
    alike: Option<Vec<Record>>,
}

impl Watch {
    pub(super) fn new(max_failures: MaxFailures, known: Known) -> Self {
        let is_known = known.login == Login::Proven || known.brand == Brand::Proven;
        Self {
            max_failures,
            finished: 0,
            failures: 0,
            causes: BTreeMap::new(),
            unanswered: 0,
            not_found: (known.brand == Brand::Unproven).then(Vec::new),
            alike: (!is_known).then(Vec::new),
        }
    }

    /// Takes in one record; why the run should stop, if so.
    pub(super) fn note(&mut self, record: &Record) -> Option<StopReason> {
        if matches!(record.outcome, Outcome::Invalid | Outcome::NotSent) {
            return None;
        }
        self.finished += 1;
        if record.outcome != Outcome::Updated {
            self.failures += 1;
            let cause = said(record);
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
        self.is_wrong_from_the_start(BRAND_ROWS, ALIKE_ROWS)
            .or_else(|| {
                let rows = self.unanswered;
                (rows >= DOWN_AFTER).then(|| unanswered(rows, record))
            })
            .or_else(|| {
                self.has_too_many_failures()
                    .then(|| StopReason::TooManyFailures { told: self.told() })
            })
    }

    /// Why a run that came to its last row should not count as finished, if so.
    pub(super) fn at_end(&self) -> Option<StopReason> {
        let is_redirected = self
            .alike
            .iter()
            .flatten()
            .next()
            .is_some_and(is_redirected);
        let alike = if is_redirected {
            FEWEST_BRAND_ROWS
        } else {
            ALIKE_ROWS
        };
        self.is_wrong_from_the_start(FEWEST_BRAND_ROWS, alike)
    }

    /// The rows that such a stop acquits, as the rows not sent that they are.
    pub(super) fn acquitted(&mut self, stop: &StopReason) -> Vec<Record> {
        let rows = match stop {
            StopReason::WrongBrand { .. } => self.not_found.take(),
            StopReason::ServerDown { .. } | StopReason::FailingAlike { .. } => self.alike.take(),
            _ => None,
        };
        let rows = rows.into_iter().flatten();
        rows.filter(is_about_the_run).collect()
    }

    fn note_first(&mut self, record: &Record) {
        let is_not_found = record.outcome == Outcome::NotFound;
        take_in(&mut self.not_found, record, |_| is_not_found);
        // Whoever allows any number of refusals wants to see them all.
        let is_allowed = match self.max_failures {
            MaxFailures::Unlimited => true,
            MaxFailures::Share(share) => share >= 1.0,
            MaxFailures::Rows(_) => false,
        } && is_refused(record);
        let is_failed = matches!(record.outcome, Outcome::Failed | Outcome::Unknown);
        take_in(&mut self.alike, record, |first| {
            is_failed && !is_allowed && first.is_none_or(|first| are_alike(first, record))
        });
    }

    fn is_wrong_from_the_start(&self, not_found: usize, alike: usize) -> Option<StopReason> {
        let last = |rows: &Option<Vec<Record>>, fewest| {
            let rows = rows.as_ref().filter(|rows| rows.len() >= fewest)?;
            Some((rows.len() as u64, rows.last()?.clone()))
        };
        if let Some((_, last)) = last(&self.not_found, not_found) {
            return Some(StopReason::WrongBrand { said: said(&last) });
        }
        let (rows, last) = last(&self.alike, alike)?;
        Some(unanswered(rows, &last))
    }

    fn has_too_many_failures(&self) -> bool {
        match self.max_failures {
            MaxFailures::Unlimited => false,
            MaxFailures::Rows(most) => self.failures > most,
            #[expect(clippy::cast_precision_loss, reason = "a share of rows")]
            MaxFailures::Share(share) => {
                self.finished >= SHARE_FROM && self.failures as f64 > share * self.finished as f64
            }
        }
    }

    /// How many rows went wrong, and why most of them did.
    fn told(&self) -> String {
        let told = format!("{} of {} rows went wrong", self.failures, self.finished);
        let commonest = self.causes.iter().max_by_key(|(_, rows)| **rows);
        match commonest {
            Some((cause, rows)) => format!("{told}, {rows} of them: {cause}"),
            None => told,
        }
    }
}

/// Adds a record to the first ones if it is like them; else there is nothing to be seen in them.
fn take_in(
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
    let said = said(last);
    match last.http_status {
        None | Some(500..) => StopReason::ServerDown { rows, said },
        Some(_) => StopReason::FailingAlike { rows, said },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(outcome: Outcome, http_status: u16) -> Record {
        let http_status = Some(http_status).filter(|status| *status > 0);
        Record {
            http_status,
            attempts: 1,
            ..Record::unsent(2, "a".into(), outcome, String::new())
        }
    }

    /// The stop, and after how many of the rows it came.
    fn stopped(
        max: MaxFailures,
        rows: impl IntoIterator<Item = (Outcome, u16)>,
    ) -> Option<(usize, &'static str)> {
        let mut watch = Watch::new(max, Known::default());
        (1..).zip(rows).find_map(|(count, (outcome, status))| {
            let reason = watch.note(&record(outcome, status))?;
            Some((count, reason.name()))
        })
    }

    fn many(row: (Outcome, u16), count: usize) -> Vec<(Outcome, u16)> {
        vec![row; count]
    }

    const KNOWN: Known = Known {
        login: Login::Proven,
        brand: Brand::Proven,
    };
    const REDIRECTED: (Outcome, u16) = (Outcome::Failed, 302);
    const UPDATED: (Outcome, u16) = (Outcome::Updated, 200);
    const REJECTED: (Outcome, u16) = (Outcome::Rejected, 422);
    const UNKNOWN: (Outcome, u16) = (Outcome::Unknown, 500);
    const NOWHERE: (Outcome, u16) = (Outcome::NotFound, 404);

    #[test]
    fn a_number_of_failures_is_allowed_and_one_more_stops() {
        assert_eq!(stopped(MaxFailures::Rows(3), many(REJECTED, 3)), None);
        assert_eq!(
            stopped(MaxFailures::Rows(3), many(REJECTED, 9)),
            Some((4, "too_many_failures"))
        );
        assert_eq!(
            stopped(MaxFailures::Rows(0), many(REJECTED, 9)),
            Some((1, "too_many_failures"))
        );
        assert_eq!(stopped(MaxFailures::Unlimited, many(REJECTED, 999)), None);
    }

    #[test]
    fn a_share_counts_from_the_fiftieth_row_on() {
        let half = MaxFailures::Share(0.5);
        assert_eq!(stopped(half, many(REJECTED, 49)), None);
        assert_eq!(
            stopped(half, many(REJECTED, 99)),
            Some((50, "too_many_failures"))
        );
        let rows = (0..1000).map(|row| if row % 2 == 0 { UPDATED } else { REJECTED });
        assert_eq!(stopped(half, rows), None);
    }

    #[test]
    fn twenty_rows_without_a_definite_answer_mean_a_server_that_is_down() {
        let rows = [
            many(UPDATED, 1),
            many(UNKNOWN, 19),
            many(UPDATED, 1),
            many(UNKNOWN, 25),
        ]
        .concat();
        assert_eq!(
            stopped(MaxFailures::Unlimited, rows),
            Some((41, "server_down"))
        );
    }

    #[test]
    fn a_brand_where_nothing_is_found_is_wrong() {
        assert_eq!(
            stopped(MaxFailures::Unlimited, many(NOWHERE, 30)),
            Some((20, "wrong_brand"))
        );
        let rows = [many(NOWHERE, 10), many(REJECTED, 1), many(NOWHERE, 30)].concat();
        assert_eq!(stopped(MaxFailures::Unlimited, rows), None);
    }

    #[test]
    fn first_rows_that_fail_alike_stop_a_run_early() {
        let half = MaxFailures::Share(0.5);
        for (row, name) in [
            (REDIRECTED, "failing_alike"),
            ((Outcome::Failed, 400), "failing_alike"),
            ((Outcome::Unknown, 200), "failing_alike"),
            (UNKNOWN, "server_down"),
            ((Outcome::Failed, 0), "server_down"),
        ] {
            assert_eq!(stopped(half, many(row, 30)), Some((5, name)));
            for other in [UPDATED, REJECTED, NOWHERE, (Outcome::Failed, 405)] {
                let rows = [many(row, 4), vec![other], many(row, 15)].concat();
                assert_eq!(stopped(half, rows), None, "{row:?} {other:?}");
            }
        }
        assert_eq!(stopped(half, many(REJECTED, 49)), None);
    }

    #[test]
    fn refusals_of_any_number_are_wanted_where_they_are_allowed() {
        let refused = (Outcome::Failed, 400);
        for max in [MaxFailures::Unlimited, MaxFailures::Share(1.0)] {
            assert_eq!(stopped(max, many(refused, 999)), None);
            assert_eq!(
                stopped(max, many(REDIRECTED, 9)),
                Some((5, "failing_alike"))
            );
        }
    }

    #[test]
    fn definite_answers_never_mean_a_server_that_is_down() {
        for status in [300, 400, 403, 405, 409, 451] {
            let mut watch = Watch::new(MaxFailures::Unlimited, KNOWN);
            let refused = record(Outcome::Failed, status);
            assert!((0..99).all(|_| watch.note(&refused).is_none()), "{status}");
        }
    }

    #[test]
    fn a_stop_says_what_was_said_and_how_often() {
        let told = |reasons: &str, status| Record {
            reasons: reasons.to_owned(),
            ..record(Outcome::Rejected, status)
        };
        let mut watch = Watch::new(MaxFailures::Rows(2), KNOWN);
        assert_eq!(watch.note(&told("status: is old", 422)), None);
        assert_eq!(watch.note(&told("too long", 422)), None);
        let stop = watch.note(&told("status: is old", 422)).expect("a stop");
        assert!(
            stop.to_string()
                .starts_with("3 of 3 rows went wrong, 2 of them: HTTP 422: status: is old"),
            "{stop}"
        );
    }

    #[test]
    fn a_short_run_that_found_nothing_is_recalled_too() {
        for (rows, is_wrong) in [(2, false), (3, true)] {
            for row in [NOWHERE, REDIRECTED] {
                let mut watch = Watch::new(MaxFailures::Unlimited, Known::default());
                for _ in 0..rows {
                    assert_eq!(watch.note(&record(row.0, row.1)), None);
                }
                let stop = watch.at_end();
                assert_eq!(stop.is_some(), is_wrong);
                let acquitted = stop.map_or(0, |stop| watch.acquitted(&stop).len());
                assert_eq!(acquitted, if is_wrong { rows } else { 0 });
            }
        }
    }

    #[test]
    fn a_brand_that_is_proven_is_not_doubted() {
        let mut watch = Watch::new(MaxFailures::Unlimited, KNOWN);
        assert!((0..99).all(|_| watch.note(&record(NOWHERE.0, NOWHERE.1)).is_none()));
    }
}
