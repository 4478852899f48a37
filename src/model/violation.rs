//! One thing that is wrong with one row.

use serde::{Deserialize, Serialize};

/// A rule that a row breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The physical line on which the row starts.
    pub line: u64,
    /// The field as the input names it, or `row` where it is the row as a whole.
    pub field: String,
    /// What is wrong, and in brackets what would be right.
    pub message: String,
}

impl Violation {
    /// The field named by violations of a row as a whole.
    pub const ROW: &'static str = "row";

    /// The field named by violations of a header, at the top of the file or between its rows: of the
    /// rows below it, none means what it seems to.
    pub const HEADER: &'static str = "header";

    /// The violation as the ledger's `reasons` contain it.
    #[must_use]
    pub fn reason(&self) -> String {
        format!("{}: {}", self.field, self.message)
    }
}
