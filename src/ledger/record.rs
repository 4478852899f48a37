//! One line of the ledger. The one struct that writes it also reads it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize, Serializer};

use crate::model::text::{as_one_line, defused, head};
use crate::model::{BeforeImage, Outcome, RowResult, utc_millis};

/// The longest slug in a record, in bytes.
const SLUG_BYTES: usize = 255;

/// One line of `results.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The physical line of the input on which the row starts.
    pub line: u64,
    /// The slug as sent; of an unusable one the first 255 bytes, neutralized.
    pub slug: String,
    /// How the row ended.
    pub outcome: Outcome,
    /// The last answer's status code.
    pub http_status: Option<u16>,
    /// Why the row is not updated, or what differs. It is written such that no spreadsheet takes it
    /// for a formula.
    #[serde(serialize_with = "as_defused")]
    pub reasons: String,
    /// Requests sent for the row, every try counted.
    pub attempts: u32,
    /// From the first send to the outcome, in milliseconds.
    pub elapsed_ms: Option<u64>,
    /// When the row ended: RFC 3339, UTC, milliseconds.
    pub finished_at: Option<String>,
}

impl Record {
    /// The header of the ledger.
    pub const COLUMNS: [&str; 8] = [
        "line",
        "slug",
        "outcome",
        "http_status",
        "reasons",
        "attempts",
        "elapsed_ms",
        "finished_at",
    ];

    /// The record of a row for which nothing was sent.
    #[must_use]
    pub fn unsent(line: u64, slug: String, outcome: Outcome, reasons: String) -> Self {
        Self {
            line,
            slug,
            outcome,
            http_status: None,
            reasons,
            attempts: 0,
            elapsed_ms: None,
            finished_at: None,
        }
    }

    /// The record of a row that was in flight when the run was killed, after `image` was written.
    #[must_use]
    pub(super) fn in_flight(image: &BeforeImage) -> Self {
        Self {
            line: image.line,
            slug: Self::slug(&image.slug).into_owned(),
            outcome: Outcome::Unknown,
            http_status: None,
            reasons: "the run was killed while this row was in flight; it may have been applied"
                .into(),
            attempts: image.attempts,
            elapsed_ms: None,
            finished_at: Some(utc_millis(image.read_at)),
        }
    }

    /// A slug as records have it: the first 255 bytes, on one line.
    #[must_use]
    pub fn slug(slug: &str) -> Cow<'_, str> {
        as_one_line(head(slug, SLUG_BYTES), SLUG_BYTES)
    }

    /// Whether the row was sent, and its end is known.
    pub(super) fn is_finished(&self) -> bool {
        self.finished_at.is_some()
    }

    /// What events report of the row.
    #[must_use]
    pub fn result(&self) -> RowResult<'_> {
        RowResult {
            line: self.line,
            slug: &self.slug,
            outcome: self.outcome,
            http_status: self.http_status,
            attempts: self.attempts,
            elapsed_ms: self.elapsed_ms,
            reasons: &self.reasons,
            differs: self.differs(),
        }
    }

    /// What the reasons of an updated row begin with that has no difference, only something that
    /// is good to know.
    pub const NOTE: &str = "note: ";

    /// Whether the row is updated, and the server shows something else than was asked for.
    #[must_use]
    pub fn differs(&self) -> bool {
        let has_reason = !self.reasons.is_empty() && !self.reasons.starts_with(Self::NOTE);
        self.outcome == Outcome::Updated && has_reason
    }
}

fn as_defused<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&defused(text))
}
