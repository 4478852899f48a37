//! Collects what is wrong with one row, or with a header.

use crate::model::Violation;
use crate::model::text::one_line;

/// Collects what is wrong with one row.
#[derive(Debug)]
pub(super) struct Faults {
    pub(super) line: u64,
    pub(super) found: Vec<Violation>,
}

impl Faults {
    pub(super) fn add(&mut self, field: &str, message: impl Into<String>) {
        let field = one_line(field, 100);
        self.found.push(Violation {
            line: self.line,
            field,
            message: message.into(),
        });
    }

    /// The same, in front of the others: what a row is about comes first.
    pub(super) fn add_first(&mut self, field: &str, message: String) {
        self.add(field, message);
        self.found.rotate_right(1);
    }
}
