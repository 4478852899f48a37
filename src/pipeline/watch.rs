//! Outcomes as they come in -> whether something is wrong beyond the rows. Pure.

use crate::ledger::Record;
use crate::model::{Outcome, StopReason};

/// How many rows may go wrong before a run stops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaxFailures {
    /// So many rows.
    Rows(u64),
    /// Such a share (0 to 1) of the finished rows, from the 50th on.
    Share(f64),
    /// Any number.
    Unlimited,
}

/// Finished rows before a share means something.
const SHARE_FROM: u64 = 50;

/// Rows in succession without a definite answer that mean a server that is down.
const DOWN_AFTER: u64 = 20;

/// First rows that, all not found, mean a wrong brand.
const BRAND_ROWS: usize = 20;

/// The same in a run that ends before.
const FEWEST_BRAND_ROWS: usize = 3;

/// Whether some row was found before, in this run or in one that it goes on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brand {
    /// The account is the right one.
    Proven,
    /// Nothing is known yet.
    Unproven,
}

/// Watches the outcomes of rows that were sent.
#[derive(Debug)]
pub(super) struct Watch {
    max_failures: MaxFailures,
    finished: u64,
    failures: u64,
    down: u64,
    /// The first rows, as long as not one of them was found.
    not_found: Option<Vec<Record>>,
}

impl Watch {
    pub(super) fn new(max_failures: MaxFailures, brand: Brand) -> Self {
        let not_found = (brand == Brand::Unproven).then(Vec::new);
        Self {
            max_failures,
            finished: 0,
            failures: 0,
            down: 0,
            not_found,
        }
    }

    /// Takes in one record; why the run should stop, if so.
    pub(super) fn note(&mut self, record: &Record) -> Option<StopReason> {
        match record.outcome {
            Outcome::Invalid | Outcome::NotSent => return None,
            Outcome::Updated => self.down = 0,
            Outcome::Rejected | Outcome::NotFound => {
                self.failures += 1;
                self.down = 0;
            }
            Outcome::Failed | Outcome::Unknown => {
                self.failures += 1;
                self.down += 1;
            }
        }
        self.finished += 1;
        if self.is_brand_wrong(record) {
            return Some(StopReason::WrongBrand);
        }
        if self.down >= DOWN_AFTER {
            return Some(StopReason::ServerDown);
        }
        self.has_too_many_failures()
            .then(|| StopReason::TooManyFailures {
                told: format!("{} of {} rows went wrong", self.failures, self.finished),
            })
    }

    /// Why a run that came to its last row should not count as finished, if so.
    pub(super) fn at_end(&self) -> Option<StopReason> {
        let rows = self.not_found.as_ref().map_or(0, Vec::len);
        (rows >= FEWEST_BRAND_ROWS).then_some(StopReason::WrongBrand)
    }

    /// The rows that a wrong brand condemned, as the rows not sent that they are.
    pub(super) fn recalled(&mut self) -> Vec<Record> {
        let rows = self.not_found.take().unwrap_or_default();
        rows.into_iter().map(recalled).collect()
    }

    fn is_brand_wrong(&mut self, record: &Record) -> bool {
        let Some(rows) = &mut self.not_found else {
            return false;
        };
        if !is_nowhere(record) {
            self.not_found = None;
            return false;
        }
        rows.push(record.clone());
        rows.len() >= BRAND_ROWS
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
}

/// Whether an answer is one that a wrong brand gives to every row.
pub(super) fn is_nowhere(record: &Record) -> bool {
    record
        .http_status
        .is_some_and(|status| status == 404 || (300..400).contains(&status))
        && matches!(record.outcome, Outcome::NotFound | Outcome::Failed)
}

/// A row that a wrong brand condemned, as the row not sent that it is.
pub(super) fn recalled(record: Record) -> Record {
    let reasons =
        "not found, like every other row: the brand or base URL seems to be wrong".to_owned();
    Record {
        outcome: Outcome::NotSent,
        reasons,
        ..record
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
        let mut watch = Watch::new(max, Brand::Unproven);
        (1..).zip(rows).find_map(|(count, (outcome, status))| {
            let reason = watch.note(&record(outcome, status))?;
            Some((count, reason.name()))
        })
    }

    fn many(row: (Outcome, u16), count: usize) -> Vec<(Outcome, u16)> {
        vec![row; count]
    }

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
        assert_eq!(
            stopped(MaxFailures::Unlimited, many((Outcome::Failed, 302), 30)),
            Some((20, "wrong_brand"))
        );
    }

    #[test]
    fn a_short_run_that_found_nothing_is_recalled_too() {
        for (rows, is_wrong) in [(2, false), (3, true)] {
            let mut watch = Watch::new(MaxFailures::Unlimited, Brand::Unproven);
            for _ in 0..rows {
                assert_eq!(watch.note(&record(NOWHERE.0, NOWHERE.1)), None);
            }
            assert_eq!(watch.at_end().is_some(), is_wrong);
            assert!(
                watch
                    .recalled()
                    .iter()
                    .all(|row| row.outcome == Outcome::NotSent)
            );
        }
    }

    #[test]
    fn a_brand_that_is_proven_is_not_doubted() {
        let mut watch = Watch::new(MaxFailures::Unlimited, Brand::Proven);
        assert!((0..99).all(|_| watch.note(&record(NOWHERE.0, NOWHERE.1)).is_none()));
    }
}
