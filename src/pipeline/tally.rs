//! Rows that were counted against a limit, and why -> whether they are too many, and the commonest
//! cause. Pure.

use std::collections::BTreeMap;

use crate::model::RowLimit;

/// Causes that are counted apart.
const MAX_CAUSES: usize = 100;

/// Rows, some of which count against a limit.
#[derive(Debug)]
pub(super) struct Tally {
    limit: RowLimit,
    /// Rows before a share means something.
    share_from: u64,
    rows: u64,
    counted: u64,
    causes: BTreeMap<String, Cause>,
}

/// What some rows have in common.
#[derive(Debug)]
struct Cause {
    rows: u64,
    /// How the first of them puts it.
    example: String,
}

/// More rows than a limit allows.
#[derive(Debug)]
pub(super) struct Excess<'a> {
    /// All rows.
    pub(super) rows: u64,
    /// Those that count against the limit.
    pub(super) counted: u64,
    /// Of these, those with the commonest cause.
    pub(super) alike: u64,
    /// How the first of them puts it.
    pub(super) example: &'a str,
}

impl Tally {
    /// No rows yet; a share counts from that many rows on.
    pub(super) fn new(limit: RowLimit, share_from: u64) -> Self {
        Self {
            limit,
            share_from,
            rows: 0,
            counted: 0,
            causes: BTreeMap::new(),
        }
    }

    /// One more row.
    pub(super) fn add_row(&mut self) {
        self.rows += 1;
    }

    /// That row counts against the limit.
    pub(super) fn count(&mut self, cause: String, example: String) {
        self.counted += 1;
        if self.causes.len() < MAX_CAUSES || self.causes.contains_key(&cause) {
            let cause = self.causes.entry(cause);
            cause.or_insert(Cause { rows: 0, example }).rows += 1;
        }
    }

    /// What there is to say, if too many rows count.
    pub(super) fn excess(&self) -> Option<Excess<'_>> {
        let are_too_many = match self.limit {
            RowLimit::Unlimited => false,
            RowLimit::Rows(most) => self.counted > most,
            #[expect(clippy::cast_precision_loss, reason = "a share of rows")]
            RowLimit::Share(share) => {
                // Shares in binary are seldom exact: 29 % of 100 would be 28.999999999999996.
                let most = share * self.rows as f64 + 1e-6;
                self.rows >= self.share_from && self.counted as f64 > most
            }
        };
        if !are_too_many {
            return None;
        }
        let commonest = self.causes.values().max_by_key(|cause| cause.rows)?;
        Some(Excess {
            rows: self.rows,
            counted: self.counted,
            alike: commonest.rows,
            example: &commonest.example,
        })
    }
}
