//! Rows that were looked at in the account -> what a run would do there, in key figures and in bounded
//! memory; each row's changes go to a temporary file if a document wants them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, Write as _};

use serde::ser::{Error as _, Serialize, SerializeSeq as _, Serializer};
use serde_json::value::RawValue;

use crate::model::{
    ChangeTotals, Counts, Outcome, Reason, ReasonRows, Reasons, RowDiff, SendCounts,
};

/// Rows whose changes are shown one by one.
const FIRST_ROWS: usize = 20;

/// Conversations that are named for one reason.
const NAMED: usize = 5;

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

/// A row that was looked at in the account.
#[derive(Debug)]
pub struct LookedRow<'a> {
    /// The physical line of the input on which it starts.
    pub line: u64,
    /// Its slug, safe to print.
    pub slug: &'a str,
    /// How it ended; updated means that it would be.
    pub outcome: Outcome,
    /// Why it would not be changed.
    pub reasons: &'a str,
    /// What it would change.
    pub diff: &'a RowDiff,
    /// Requests that the run makes for it at most; two, where it is read first.
    pub requests: u64,
    /// Why it could not be put back, by field.
    pub not_undone: &'a [String],
    /// Whether its customer wrote last, and after the input was made.
    pub has_new_message: bool,
}

/// What a run would do in the account.
#[derive(Debug)]
pub struct AccountFindings {
    /// Rows per outcome; updated are those that would be changed.
    pub counts: Counts,
    /// Rows that ask for no change, counted as unchanged: their conversations were not read.
    pub without_change: u64,
    /// What the others change.
    pub totals: ChangeTotals,
    /// Requests of the run.
    pub send_counts: SendCounts,
    /// Rows that would be changed, and not read first.
    pub not_read_first: u64,
    /// Rows that would be changed, and not put back as a whole by an undo.
    pub not_undone: u64,
    /// Rows that would be changed although their customer has written since the input was made.
    pub new_messages: u64,
    /// The first of these.
    pub with_new_message: Vec<String>,
    /// The first rows that would be changed, with what changes.
    pub first: Vec<(String, RowDiff)>,
    not_undone_reasons: BTreeMap<String, u64>,
    reasons: Reasons,
    all: Option<RefCell<BufWriter<File>>>,
}

impl AccountFindings {
    /// None so far.
    ///
    /// # Errors
    /// When all rows are to be kept and there can be no temporary file.
    pub fn new(keep: KeepRows) -> io::Result<Self> {
        let all = match keep {
            KeepRows::First => None,
            KeepRows::All => Some(RefCell::new(BufWriter::new(tempfile::tempfile()?))),
        };
        Ok(Self {
            counts: Counts::default(),
            without_change: 0,
            totals: ChangeTotals::default(),
            send_counts: SendCounts::default(),
            not_read_first: 0,
            not_undone: 0,
            new_messages: 0,
            with_new_message: Vec::new(),
            first: Vec::new(),
            not_undone_reasons: BTreeMap::new(),
            reasons: Reasons::default(),
            all,
        })
    }

    /// Takes in a row.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn add(&mut self, row: &LookedRow<'_>) -> io::Result<()> {
        self.counts.add(row.outcome, 1);
        self.without_change += u64::from(row.outcome == Outcome::Unchanged && row.requests == 0);
        let is_change = row.outcome == Outcome::Updated;
        if !is_change && !row.outcome.is_success() && !row.reasons.is_empty() {
            self.reasons
                .add(row.outcome, row.reasons, row.line, row.slug);
        }
        if is_change {
            self.add_change(row);
        }
        // What has been read, and shows that nothing is to be changed, is not sent.
        self.send_counts.rows += u64::from(is_change || row.requests == 1);
        self.send_counts.reads += u64::from(row.requests > 1);
        self.keep(row)
    }

    fn add_change(&mut self, row: &LookedRow<'_>) {
        self.totals.add(row.diff);
        if self.first.len() < FIRST_ROWS {
            self.first.push((row.slug.to_owned(), row.diff.clone()));
        }
        if row.requests == 1 {
            self.not_read_first += 1;
        } else if !row.not_undone.is_empty() {
            self.not_undone += 1;
            let mut reasons = row.not_undone.to_vec();
            reasons.dedup();
            for reason in reasons {
                *self.not_undone_reasons.entry(reason).or_default() += 1;
            }
        }
        if row.has_new_message {
            self.new_messages += 1;
            if self.with_new_message.len() < NAMED {
                self.with_new_message.push(row.slug.to_owned());
            }
        }
    }

    fn keep(&mut self, row: &LookedRow<'_>) -> io::Result<()> {
        let Some(all) = &mut self.all else {
            return Ok(());
        };
        let json = RowJson {
            line: row.line,
            slug: row.slug,
            outcome: outcome_name(row.outcome),
            reasons: row.reasons,
            changes: (row.outcome == Outcome::Updated).then_some(row.diff),
        };
        let all = all.get_mut();
        serde_json::to_writer(&mut *all, &json)?;
        all.write_all(b"\n")
    }

    /// Conversations that were asked for.
    #[must_use]
    pub fn read(&self) -> u64 {
        let not_read = [Outcome::Invalid, Outcome::NotSent].map(|outcome| self.counts.of(outcome));
        self.counts.total() - not_read.iter().sum::<u64>() - self.without_change
    }

    /// Why rows would not be changed: the commonest first.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        self.reasons.commonest(MOST_REASONS)
    }

    /// Why rows could not be put back as a whole: the commonest first.
    #[must_use]
    pub fn not_undone_reasons(&self) -> Vec<ReasonRows> {
        let reasons = self.not_undone_reasons.iter();
        let mut reasons: Vec<_> = reasons
            .map(|(reason, rows)| ReasonRows {
                reason: reason.clone(),
                rows: *rows,
            })
            .collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.rows));
        reasons
    }
}

/// The name of an outcome in a preview.
pub(super) fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Updated => "would_change",
        Outcome::NotSent => "not_read",
        outcome => outcome.name(),
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
pub(super) struct KeptRows<'a>(pub(super) &'a AccountFindings);

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
