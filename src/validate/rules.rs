//! The rules of one input: a row -> a legal update, or everything that is wrong with the row.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::draft::Given;
use super::faults::Faults;
use super::{Columns, Draft, columns, combinations};
use crate::model::{Content, Row, Update, Violation};

/// What times are judged by.
#[derive(Debug, Clone)]
pub struct Clock {
    /// A `hold_until` must lie after this instant.
    pub now: Timestamp,
    /// What a time without an offset is read in; without it such a time is invalid.
    pub timezone: Option<TimeZone>,
}

/// The rules for the rows of one input.
#[derive(Debug)]
pub struct Rules {
    columns: Columns,
    set: Draft,
    clock: Clock,
}

/// What a row turned out to be.
#[derive(Debug)]
pub struct Checked {
    /// The physical line on which the row starts.
    pub line: u64,
    /// The slug as the row has it, usable or not.
    pub slug: String,
    /// The update, or all that is wrong with the row.
    pub verdict: Result<Update, Vec<Violation>>,
}

impl Rules {
    /// Rules for an input with these columns, in which every row also gets `set` where it says
    /// nothing itself.
    #[must_use]
    pub fn new(columns: Columns, set: Draft, clock: Clock) -> Self {
        Self {
            columns,
            set,
            clock,
        }
    }

    /// Judges one row.
    #[must_use]
    pub fn check(&self, row: &Row) -> Checked {
        let mut faults = Faults {
            line: row.line,
            found: Vec::new(),
        };
        let mut draft = match &row.content {
            Content::Cells(cells) => self.columns.draft(cells, &self.clock, &mut faults),
            Content::Object(members) => columns::draft_of(members, &self.clock, &mut faults),
            Content::Unreadable { why, .. } => {
                faults.add(Violation::ROW, why.clone());
                return faults.checked(String::new(), None);
            }
        };
        draft.fill_from(&self.set);
        let slug = match &draft.slug {
            Given::Valid(slug) => slug.clone(),
            Given::Absent | Given::Invalid => String::new(),
        };
        let update = combinations::update(row.line, draft, &mut faults);
        faults.checked(slug, update)
    }
}
