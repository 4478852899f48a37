//! The rules of one input: a row -> a legal update, or everything that is wrong with the row.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::draft::Given;
use super::faults::Faults;
use super::header_again::HeaderAgain;
use super::{Columns, Draft, columns, combinations};
use crate::model::{Content, Members, Row, Update, Violation};

/// What times are judged by.
#[derive(Debug, Clone)]
pub struct Clock {
    /// A `hold_until` must lie after this instant.
    pub now: Timestamp,
    /// What a time without an offset is read in; without it such a time is invalid.
    pub timezone: Option<TimeZone>,
}

/// What becomes of a custom field whose text a spreadsheet or an export has damaged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Damaged {
    /// The row is invalid.
    #[default]
    Refuse,
    /// The text is sent as it is, and counted.
    Send,
}

/// What values are judged by.
#[derive(Debug, Clone)]
pub struct Terms {
    /// What times are judged by.
    pub clock: Clock,
    /// What becomes of damaged text in custom fields.
    pub damaged: Damaged,
}

impl From<Clock> for Terms {
    fn from(clock: Clock) -> Self {
        let damaged = Damaged::default();
        Self { clock, damaged }
    }
}

/// The rules for the rows of one input.
#[derive(Debug)]
pub struct Rules {
    columns: Columns,
    set: Draft<'static>,
    terms: Terms,
}

/// What a row turned out to be.
#[derive(Debug)]
pub struct Checked<'a> {
    /// The physical line on which the row starts.
    pub line: u64,
    /// The slug as the row has it, usable or not.
    pub slug: Cow<'a, str>,
    /// The update, or all that is wrong with the row.
    pub verdict: Result<Update<'a>, Vec<Violation>>,
}

const FIELD_NAME: &str =
    "is the name of the field (was a header line converted too? remove this line)";

/// Whether a slug is what the field of slugs is called: converters make such an object of a header.
fn is_name_of_field(slug: &Given<Cow<'_, str>>) -> bool {
    matches!(slug, Given::Valid(slug) if slug.eq_ignore_ascii_case("slug"))
}

impl Rules {
    /// Rules for an input with these columns, in which every row also gets `set` where it says
    /// nothing itself.
    #[must_use]
    pub fn new(columns: Columns, set: Draft<'static>, terms: impl Into<Terms>) -> Self {
        Self {
            columns,
            set,
            terms: terms.into(),
        }
    }

    /// Judges one row.
    #[must_use]
    pub fn check<'a>(&'a self, row: &'a Row) -> Checked<'a> {
        let mut faults = Faults {
            line: row.line,
            found: Vec::new(),
        };
        if let Content::Cells(cells) = &row.content
            && let Some(again) = self.columns.header_again(cells)
        {
            let field = match again {
                HeaderAgain::Same => Violation::ROW,
                HeaderAgain::Other => Violation::HEADER,
            };
            faults.add(field, again.message());
            return faults.checked(Cow::default(), None);
        }
        let mut draft = match self.draft(&row.content, &mut faults) {
            Ok(draft) => draft,
            Err(why) => {
                faults.add(Violation::ROW, why);
                return faults.checked(Cow::default(), None);
            }
        };
        if matches!(&row.content, Content::Object(_)) && is_name_of_field(&draft.slug) {
            faults.found.clear();
            faults.add("slug", FIELD_NAME);
            return faults.checked(Cow::default(), None);
        }
        draft.fill_from(&self.set);
        let slug = draft.slug.clone().valid().unwrap_or_default();
        let update = combinations::update(row.line, draft, &mut faults);
        faults.checked(slug, update)
    }

    /// What a record says, or why it says nothing at all.
    fn draft<'a>(&'a self, content: &'a Content, faults: &mut Faults) -> Result<Draft<'a>, String> {
        match content {
            Content::Cells(cells) => Ok(self.columns.draft(cells, &self.terms, faults)),
            Content::Object(text) => {
                let members = Members::of_line(text)?;
                Ok(columns::draft_of(members, &self.terms, faults))
            }
            Content::Unreadable { why, .. } => Err(why.clone()),
        }
    }
}
