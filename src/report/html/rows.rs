//! The rows of a page, one by one -> what it lists and counts of them, in bounded memory.

use super::changed_rows::ChangedRows;
use super::limits::{NEED_A_LOOK, NOT_SENT, REASON_CHARS, SUBJECT_CHARS};
use crate::model::text::one_line;
use crate::model::{Outcome, Reasons, RowDiff, RowResult};

/// Whether a page shows the subjects of conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subjects {
    /// It does not.
    #[default]
    Hidden,
    /// It does, where they are known.
    Shown,
}

impl Subjects {
    /// What `--with-subjects` says, given or not.
    #[must_use]
    pub fn from_switch(is_given: bool) -> Self {
        if is_given { Self::Shown } else { Self::Hidden }
    }
}

/// The rows of a page, added in input order.
#[derive(Debug, Default)]
pub struct PageRows {
    subjects: Subjects,
    has_any_subject: bool,
    /// Why rows are not updated, or differ.
    pub(super) reasons: Reasons,
    /// Rows with such a reason.
    pub(super) with_reason: u64,
    pub(super) changed: ChangedRows,
    /// Rows that are not updated, and those that differ.
    pub(super) need_a_look: Listing,
    /// Rows that the run did not come to.
    pub(super) not_sent: Listing,
}

/// The first of some rows, and how many there are.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) rows: Vec<ListedRow>,
    pub(super) all: u64,
}

/// A row that is not updated, or differs.
#[derive(Debug)]
pub(super) struct ListedRow {
    pub(super) line: u64,
    pub(super) slug: String,
    pub(super) subject: String,
    pub(super) outcome: Outcome,
    pub(super) http_status: Option<u16>,
    pub(super) reasons: String,
}

impl PageRows {
    /// No rows yet.
    #[must_use]
    pub fn new(subjects: Subjects) -> Self {
        Self {
            subjects,
            ..Self::default()
        }
    }

    /// Adds the next row, with what it changes and the subject of its conversation, as far as these are
    /// known.
    pub fn add(&mut self, row: &RowResult<'_>, diff: Option<&RowDiff>, subject: Option<&str>) {
        let subject = subject.filter(|_| self.subjects == Subjects::Shown);
        let subject = one_line(subject.unwrap_or_default(), SUBJECT_CHARS);
        self.has_any_subject |= !subject.is_empty();
        if let Some(diff) = diff.filter(|_| row.outcome == Outcome::Updated) {
            self.changed.add(row, diff, &subject);
        }
        let is_fine = row.outcome.is_success() && !row.differs;
        if is_fine {
            return;
        }
        if !row.reasons.is_empty() {
            (self.reasons).add(row.outcome, row.reasons, row.line, row.slug);
            self.with_reason += 1;
        }
        let (listing, (most, _)) = match row.outcome {
            Outcome::NotSent => (&mut self.not_sent, NOT_SENT),
            _ => (&mut self.need_a_look, NEED_A_LOOK),
        };
        listing.all += 1;
        if listing.rows.len() < most {
            listing.rows.push(ListedRow {
                line: row.line,
                slug: row.slug.to_owned(),
                subject,
                outcome: row.outcome,
                http_status: row.http_status,
                reasons: one_line(row.reasons, REASON_CHARS),
            });
        }
    }

    /// Whether the subject of any row is shown.
    #[must_use]
    pub fn has_any_subject(&self) -> bool {
        self.has_any_subject
    }

    /// Whether subjects are shown, where they are known.
    pub(super) fn shows_subjects(&self) -> bool {
        self.subjects == Subjects::Shown
    }
}
