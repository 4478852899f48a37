//! A ledger, whole or torn, in this program's form or saved by another, and the before-images -> what
//! is known of each row.
//!
//! A row with an image that is newer than its last record was in flight when the run was killed: it
//! may have been applied. Newer is the one with more requests for the row: clocks can be set back.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use super::lines::{Form, LedgerLines};
use super::{BeforeImages, LedgerError, Record, directory};
use crate::model::{Counts, Outcome};

/// What is known of each row from a ledger, at 16 bytes a row.
#[derive(Debug, Default)]
pub struct ResumeIndex {
    /// The last record of each row, by line.
    rows: Vec<Known>,
    /// Rows per outcome.
    pub counts: Counts,
    /// Updated rows that show something else than was asked for.
    pub differs: u64,
    /// Requests that the rows took.
    pub requests: u64,
    /// Whether some conversation was found: the brand is right.
    pub has_found_any: bool,
    /// Whether the server let the login in.
    pub has_logged_in: bool,
    /// When the row was tried that was tried last of those whose outcome is not final, and its line.
    last_tried: (Option<String>, u64),
    /// Whether there is such a row.
    has_tried_any: bool,
    /// When the last row ended: RFC 3339, UTC, milliseconds.
    pub last_finished: Option<String>,
    /// Lines of the rows that were in flight when the run was killed.
    in_flight: Vec<u64>,
    pub(super) form: Form,
}

/// What is known of a row.
#[derive(Debug, Clone, Copy)]
struct Known {
    line: u64,
    slug: u32,
    attempts: u16,
    outcome: Outcome,
    differs: bool,
}

impl ResumeIndex {
    /// Reads the ledger at `path`, and those of `images` that are newer than their records. Both stay
    /// as they are.
    ///
    /// # Errors
    /// When one of them cannot be read, or a line of the ledger is not a record.
    pub fn read(path: &Path, images: &BeforeImages) -> Result<Self, LedgerError> {
        let file = directory::open(path)?;
        let at = || LedgerError::from_ledger(path);
        let mut recorded = Self::default();
        let mut lines = LedgerLines::open(&file).map_err(at())?;
        while let Some(record) = lines.next().map_err(at())? {
            recorded.take_in(&record);
        }
        recorded.form = lines.form;
        recorded.sort();
        let in_flight = recorded.newer(images)?;
        for record in in_flight_records(&in_flight, images)? {
            recorded.take_in(&record?);
        }
        recorded.in_flight = in_flight;
        recorded.sort();
        for row in &recorded.rows {
            recorded.counts.add(row.outcome, 1);
            recorded.differs += u64::from(row.differs);
            recorded.requests += u64::from(row.attempts);
            recorded.has_tried_any |= row.earlier() != Earlier::Nothing;
        }
        Ok(recorded)
    }

    /// Takes in the next record, which may be one of a row that has one already.
    fn take_in(&mut self, record: &Record) {
        let is_found = is_found(record);
        self.has_found_any |= is_found;
        self.has_logged_in |= is_found || record.outcome == Outcome::NotFound;
        let row = Known::from_record(record);
        // The one form of all times is in order as text too.
        if row.earlier() != Earlier::Nothing && record.finished_at >= self.last_tried.0 {
            self.last_tried = (record.finished_at.clone(), record.line);
        }
        self.rows.push(row);
        if record.finished_at > self.last_finished {
            self.last_finished.clone_from(&record.finished_at);
        }
    }

    /// Puts the rows in order; of several records of a row, the last one counts.
    fn sort(&mut self) {
        // Stable: the last one written stays last.
        self.rows.sort_by_key(|row| row.line);
        let last = self.rows.chunk_by(|a, b| a.line == b.line);
        self.rows = last.filter_map(|same| same.last().copied()).collect();
    }

    /// Lines of the rows with an image that is newer than their record, if they have one.
    fn newer(&self, images: &BeforeImages) -> Result<Vec<u64>, LedgerError> {
        let mut reader = images.reader()?;
        let mut newer = Vec::new();
        // A row that is final is sent no more.
        for line in images.lines().filter(|line| !self.is_final(*line)) {
            let is_newer = match (self.known(line), reader.image(line)?) {
                (Some(known), Some(image)) => image.attempts > u32::from(known.attempts),
                (None, image) => image.is_some(),
                (Some(_), None) => false,
            };
            newer.extend(is_newer.then_some(line));
        }
        Ok(newer)
    }

    /// The records that are missing of rows that were in flight when the run was killed, made of their
    /// `images`.
    ///
    /// # Errors
    /// When the system allows no more open files.
    pub fn in_flight(
        &self,
        images: &BeforeImages,
    ) -> Result<impl Iterator<Item = Result<Record, LedgerError>>, LedgerError> {
        in_flight_records(&self.in_flight, images)
    }

    /// What was tried before for the row on `line`, if its outcome is not final.
    #[must_use]
    pub fn earlier(&self, line: u64) -> Earlier {
        self.known(line).map_or(Earlier::Nothing, Known::earlier)
    }

    /// The line of the row that was tried last of those whose outcome is not final; `None` if there is
    /// no such row.
    #[must_use]
    pub fn last_tried(&self) -> Option<u64> {
        self.has_tried_any.then_some(self.last_tried.1)
    }

    /// Requests that the row on `line` took so far.
    #[must_use]
    pub fn attempts(&self, line: u64) -> u32 {
        self.known(line).map_or(0, |row| u32::from(row.attempts))
    }

    /// Whether the outcome of the row on `line` is final.
    #[must_use]
    pub fn is_final(&self, line: u64) -> bool {
        self.known(line).is_some_and(|row| row.outcome.is_final())
    }

    /// Lines of the rows whose change was applied, or may have been, in order.
    pub fn changed(&self) -> impl Iterator<Item = u64> {
        let changed = |row: &&Known| row.outcome.may_be_applied();
        self.rows.iter().filter(changed).map(|row| row.line)
    }

    /// Whether what is recorded of the row on `line` is about that slug.
    #[must_use]
    pub fn is_about(&self, line: u64, slug: &str) -> bool {
        let slug = fingerprint(&Record::slug(slug));
        self.known(line).is_some_and(|row| row.slug == slug)
    }

    /// How many rows have a final outcome.
    #[must_use]
    pub fn final_rows(&self) -> u64 {
        self.counts.final_rows()
    }

    /// Bytes of a last line that a crash has cut off.
    #[must_use]
    pub fn torn(&self) -> u64 {
        self.form.torn
    }

    /// Whether another program has saved the ledger.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.form.is_foreign
    }

    /// Whether there is as much as a header.
    #[must_use]
    pub fn has_header(&self) -> bool {
        self.form.has_header
    }

    /// Compares the ledger with the rows of the input.
    #[must_use]
    pub fn compare_rows(&self) -> RowComparison<'_> {
        RowComparison {
            left: &self.rows,
            unmatched: None,
        }
    }

    fn known(&self, line: u64) -> Option<&Known> {
        let at = self.rows.binary_search_by_key(&line, |row| row.line).ok()?;
        self.rows.get(at)
    }
}

impl Known {
    fn from_record(record: &Record) -> Self {
        Self {
            line: record.line,
            slug: fingerprint(&record.slug),
            attempts: u16::try_from(record.attempts).unwrap_or(u16::MAX),
            outcome: record.outcome,
            differs: record.differs(),
        }
    }

    fn earlier(&self) -> Earlier {
        match self.outcome {
            outcome if outcome.is_final() => Earlier::Nothing,
            Outcome::Unknown => Earlier::InDoubt,
            _ if self.attempts > 0 => Earlier::Tried,
            _ => Earlier::Nothing,
        }
    }
}

/// The records of the rows on these lines, one at a time.
fn in_flight_records(
    lines: &[u64],
    images: &BeforeImages,
) -> Result<impl Iterator<Item = Result<Record, LedgerError>>, LedgerError> {
    let mut reader = images.reader()?;
    let images = lines.iter().map(move |line| reader.image(*line));
    let records = images.map(|image| Ok(image?.as_ref().map(Record::in_flight)));
    Ok(records.filter_map(Result::transpose))
}

/// What was tried for a row whose outcome is not final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// No request was sent for it.
    Nothing,
    /// It was refused, or there was no answer.
    Tried,
    /// It may have been applied.
    InDoubt,
}

/// Whether the server has found the conversation of a row.
fn is_found(record: &Record) -> bool {
    match record.outcome {
        Outcome::Updated | Outcome::Rejected => true,
        // A row may ask for so little that nothing has to be read.
        Outcome::Unchanged | Outcome::Conflict => record.attempts > 0,
        Outcome::NotFound
        | Outcome::Failed
        | Outcome::Unknown
        | Outcome::Invalid
        | Outcome::NotSent => false,
    }
}

/// A fingerprint of a slug as records have it.
fn fingerprint(slug: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    slug.hash(&mut hasher);
    let hash = hasher.finish();
    u32::try_from(hash >> 32).unwrap_or_default()
}

/// A record about a row that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedRecord {
    /// The line of the input that it names.
    pub line: u64,
    /// The slug of the row that starts there, if one does.
    pub slug: Option<String>,
}

/// Rows of the input, as they come, against what is recorded of them.
#[derive(Debug)]
pub struct RowComparison<'a> {
    left: &'a [Known],
    unmatched: Option<UnmatchedRecord>,
}

impl RowComparison<'_> {
    /// Takes in the next row of the input.
    pub fn note(&mut self, line: u64, slug: &str) {
        while let Some((known, rest)) = self.left.split_first() {
            if known.line > line {
                return;
            }
            self.left = rest;
            let is_there = known.line == line;
            if is_there && known.slug == fingerprint(&Record::slug(slug)) {
                return;
            }
            self.unmatched.get_or_insert_with(|| UnmatchedRecord {
                line: known.line,
                slug: is_there.then(|| Record::slug(slug).into_owned()),
            });
        }
    }

    /// The first record about a row that is not there, after the last row.
    #[must_use]
    pub fn unmatched(self) -> Option<UnmatchedRecord> {
        let beyond = self.left.first().map(|known| UnmatchedRecord {
            line: known.line,
            slug: None,
        });
        self.unmatched.or(beyond)
    }
}
