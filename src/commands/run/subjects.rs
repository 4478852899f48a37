//! Rows of an input -> the subjects of their conversations, where it has them: in a column `_subject`, which no run
//! reads.

use std::borrow::Cow;

use csv::StringRecord;

use crate::model::{Content, Members, Row, Text};

/// The name of the column.
const NAME: &str = "_subject";

/// Where a row has its subject.
pub(super) enum SubjectColumn {
    /// In that cell, or nowhere.
    Cell(Option<usize>),
    /// In the member of that name.
    Member,
}

impl SubjectColumn {
    /// That of an input with this header, if it has one.
    pub(super) fn new(header: Option<&StringRecord>) -> Self {
        let Some(header) = header else {
            return Self::Member;
        };
        let is_named = |cell: &str| cell.trim().eq_ignore_ascii_case(NAME);
        Self::Cell(header.iter().position(is_named))
    }

    /// The subject of a row.
    pub(super) fn subject<'a>(&self, row: &'a Row) -> Option<Cow<'a, str>> {
        match (self, &row.content) {
            (Self::Cell(column), Content::Cells(cells)) => cells.get((*column)?).map(Cow::Borrowed),
            (Self::Member, Content::Object(text)) => {
                let value = Members::from_line(text).ok()?.get(NAME)?;
                let Text(subject) = serde_json::from_str(value.get()).ok()?;
                Some(subject)
            }
            _ => None,
        }
    }
}
