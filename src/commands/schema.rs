//! `schema`: the rules for a row -> a JSON Schema on standard output.

use std::io;

use crate::{report, validate};

/// Prints the schema.
pub(super) fn schema() -> io::Result<()> {
    report::print_json(&validate::schema())
}
