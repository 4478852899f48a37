//! Rows whose conversations were read -> what a run would do in the account, in key figures and in bounded
//! memory; each row's changes go to a temporary file if a document wants them.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, Write as _};

use serde::ser::{Error as _, Serialize, SerializeSeq as _, Serializer};
use serde_json::value::RawValue;

use super::work::Activity;
use super::{FieldLeftOut, LeftOutExtent, LeftOutFields};
use crate::model::{ChangeTotals, Counts, Outcome, Reason, Reasons, RowDiff, SendCounts};

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

/// What a run sends for a row at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// Nothing: it asks for no change, or its conversation was not read.
    Nothing,
    /// An update.
    Update,
    /// A request that reads, and an update where that shows that there is something to change.
    ReadThenUpdate,
}

/// A row of a preview against the account.
#[derive(Debug)]
pub struct PreviewedRow<'a> {
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
    /// What the run sends for it at most.
    pub sending: Sending,
    /// What an undo could not put back, and how much of the row that is.
    pub left_out: (Vec<FieldLeftOut>, LeftOutExtent),
    /// Whether its customer wrote last, and after the input was made.
    pub has_new_message: bool,
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
    /// What an undo could not put back of the others.
    pub left_out: LeftOutFields,
    /// Rows that would be changed although their customer has written since the input was made.
    pub new_messages: u64,
    /// The first of these.
    pub with_new_message: Vec<String>,
    /// The first rows that would be changed, with what changes.
    pub first: Vec<FirstChange>,
    reasons: Reasons,
    all: Option<RefCell<BufWriter<File>>>,
}

impl AccountFindings {
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
            send_counts: SendCounts::default(),
            not_read_first: 0,
            left_out: LeftOutFields::new()?,
            new_messages: 0,
            with_new_message: Vec::new(),
            first: Vec::new(),
            reasons: Reasons::default(),
            all,
        })
    }

    /// Takes in a row.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn add(&mut self, row: PreviewedRow<'_>) -> io::Result<()> {
        let PreviewedRow {
            outcome, sending, ..
        } = row;
        self.counts.add(outcome, 1);
        let is_unchanged = outcome == Outcome::Unchanged;
        self.without_change += u64::from(is_unchanged && sending == Sending::Nothing);
        if !outcome.is_success() && !row.reasons.is_empty() {
            self.reasons.add(outcome, row.reasons, row.line, row.slug);
        }
        // What has been read, and shows that nothing is to be changed, is not sent.
        let is_change = outcome == Outcome::Updated;
        self.send_counts.rows += u64::from(is_change || sending == Sending::Update);
        self.send_counts.reads += u64::from(sending == Sending::ReadThenUpdate);
        self.keep(&row)?;
        if is_change {
            self.add_change(row)
        } else {
            Ok(())
        }
    }

    fn add_change(&mut self, row: PreviewedRow<'_>) -> io::Result<()> {
        self.totals.add(row.diff);
        if self.first.len() < FIRST_ROWS {
            self.first.push(FirstChange {
                line: row.line,
                slug: row.slug.to_owned(),
                diff: row.diff.clone(),
            });
        }
        if row.has_new_message {
            self.new_messages += 1;
            if self.with_new_message.len() < NAMED {
                self.with_new_message.push(row.slug.to_owned());
            }
        }
        if row.sending == Sending::ReadThenUpdate {
            let (fields, extent) = row.left_out;
            return self.left_out.add_row(fields, extent);
        }
        self.not_read_first += 1;
        Ok(())
    }

    fn keep(&mut self, row: &PreviewedRow<'_>) -> io::Result<()> {
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

    /// Conversations that were asked for.
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
