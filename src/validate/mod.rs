//! Rows -> legal updates, or everything that is wrong with them. Needs no network.

mod columns;
mod combinations;
mod draft;
mod duplicates;
mod fields;
mod times;

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use columns::Columns;
pub use draft::Draft;
use draft::Given;
pub use duplicates::{Fingerprint, Prints, Repeat, Repeated};

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
        let mut violations = Violations {
            line: row.line,
            found: Vec::new(),
        };
        let mut draft = match &row.content {
            Content::Cells(cells) => self.columns.draft(cells, &self.clock, &mut violations),
            Content::Object(members) => columns::draft_of(members, &self.clock, &mut violations),
            Content::Unreadable { why, .. } => {
                violations.add(Violation::ROW, why.clone());
                return violations.checked(String::new(), None);
            }
        };
        draft.fill_from(&self.set);
        let slug = match &draft.slug {
            Given::Valid(slug) => slug.clone(),
            Given::Absent | Given::Invalid => String::new(),
        };
        let update = combinations::update(row.line, draft, &mut violations);
        violations.checked(slug, update)
    }
}

/// Collects what is wrong with one row.
#[derive(Debug)]
struct Violations {
    line: u64,
    found: Vec<Violation>,
}

impl Violations {
    fn add(&mut self, field: &str, message: impl Into<String>) {
        let field = crate::model::text::one_line(field, 100);
        self.found.push(Violation {
            line: self.line,
            field,
            message: message.into(),
        });
    }

    /// The same, in front of the others: what a row is about comes first.
    fn add_first(&mut self, field: &str, message: String) {
        self.add(field, message);
        self.found.rotate_right(1);
    }

    fn checked(self, slug: String, update: Option<Update>) -> Checked {
        let verdict = update.filter(|_| self.found.is_empty()).ok_or(self.found);
        Checked {
            line: self.line,
            slug,
            verdict,
        }
    }
}
