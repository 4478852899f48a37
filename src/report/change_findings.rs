//! Rows with what would become of them -> key figures in bounded memory; each row's changes go to a
//! temporary file if a document wants them.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, Write as _};

use serde::ser::{Error as _, Serialize, SerializeSeq as _, Serializer};
use serde_json::value::RawValue;

use super::work::Activity;
use crate::model::{ChangeTotals, Counts, Outcome, Reason, Reasons, RowDiff};

/// Rows whose changes are shown one by one.
const FIRST_ROWS: usize = 20;

/// Groups of reasons that are kept.
const MOST_REASONS: usize = 50;

/// Which rows are wanted one by one afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepRows {
    /// The first 20 that would be changed.
    First,
    /// All, in a temporary file.
    All,
}

/// A row with what would become of it.
#[derive(Debug, Clone, Copy)]
pub struct ForeseenRow<'a> {
    /// The physical line of the input on which it starts.
    pub line: u64,
    /// Its slug, safe to print.
    pub slug: &'a str,
    /// How it would end; updated means that it would be changed.
    pub outcome: Outcome,
    /// Why it would not be changed.
    pub reasons: &'a str,
    /// What it would change.
    pub diff: &'a RowDiff,
}

/// A row that would be changed.
#[derive(Debug)]
pub struct FirstChange {
    /// Its line.
    pub line: u64,
    /// Its slug, safe to print.
    pub slug: String,
    /// What changes.
    pub diff: RowDiff,
}

/// What rows would change.
#[derive(Debug)]
pub struct ChangeFindings {
    /// Rows per outcome; updated are those that would be changed.
    pub counts: Counts,
    /// Rows that ask for no change, counted as unchanged.
    pub without_change: u64,
    /// What the others change.
    pub totals: ChangeTotals,
    /// The first rows that would be changed, with what changes.
    pub first: Vec<FirstChange>,
    reasons: Reasons,
    all: Option<RefCell<BufWriter<File>>>,
}

impl ChangeFindings {
    /// None so far.
    ///
    /// # Errors
    /// When there can be no temporary file.
    pub fn new(keep: KeepRows) -> io::Result<Self> {
        let all = match keep {
            KeepRows::First => None,
            KeepRows::All => Some(RefCell::new(BufWriter::new(tempfile::tempfile()?))),
        };
        Ok(Self {
            counts: Counts::default(),
            without_change: 0,
            totals: ChangeTotals::default(),
            first: Vec::new(),
            reasons: Reasons::default(),
            all,
        })
    }

    /// Takes in a row, which may be one that asks for no change.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn add(&mut self, row: ForeseenRow<'_>, is_without_change: bool) -> io::Result<()> {
        self.counts.add(row.outcome, 1);
        self.without_change += u64::from(is_without_change);
        if !row.outcome.is_success() && !row.reasons.is_empty() {
            self.reasons
                .add(row.outcome, row.reasons, row.line, row.slug);
        }
        if row.outcome == Outcome::Updated {
            self.totals.add(row.diff);
            self.show(row.line, || (row.slug.to_owned(), row.diff.clone()));
        }
        self.keep(row)
    }

    /// Adds a row to those that are shown one by one, if there is room.
    /// `row` makes its slug, safe to print, and what it changes.
    pub fn show(&mut self, line: u64, row: impl FnOnce() -> (String, RowDiff)) {
        if self.first.len() < FIRST_ROWS {
            let (slug, diff) = row();
            self.first.push(FirstChange { line, slug, diff });
        }
    }

    fn keep(&mut self, row: ForeseenRow<'_>) -> io::Result<()> {
        let Some(all) = &mut self.all else {
            return Ok(());
        };
        let json = RowJson {
            line: row.line,
            slug: row.slug,
            outcome: Activity::Reading.outcome_name(row.outcome),
            reasons: row.reasons,
            changes: (row.outcome == Outcome::Updated).then_some(row.diff),
        };
        let all = all.get_mut();
        serde_json::to_writer(&mut *all, &json)?;
        all.write_all(b"\n")
    }

    /// Conversations of which it is known what would become of them, or that were asked for.
    #[must_use]
    pub fn read(&self) -> u64 {
        let not_read = [Outcome::Invalid, Outcome::NotSent].map(|outcome| self.counts.of(outcome));
        self.counts.total() - not_read.iter().sum::<u64>() - self.without_change
    }

    /// Why rows would not be changed: the most common first.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        self.reasons.commonest(MOST_REASONS)
    }
}

/// A row of the document.
#[derive(serde::Serialize)]
struct RowJson<'a> {
    line: u64,
    slug: &'a str,
    outcome: &'static str,
    reasons: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<&'a RowDiff>,
}

/// The rows that were kept, read from the file one by one.
pub(super) struct KeptRows<'a>(pub(super) &'a ChangeFindings);

impl Serialize for KeptRows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(None)?;
        if let Some(all) = &self.0.all {
            let mut all = all.borrow_mut();
            all.rewind().map_err(S::Error::custom)?;
            for line in BufReader::new(all.get_mut()).lines() {
                let line = line.map_err(S::Error::custom)?;
                let row: &RawValue = serde_json::from_str(&line).map_err(S::Error::custom)?;
                sequence.serialize_element(row)?;
            }
        }
        sequence.end()
    }
}
