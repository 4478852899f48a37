//! Numbers, durations and violations -> text.

use std::fmt::Write as _;

use super::table::wrapped;
use crate::model::{Counts, Outcome, Violation};

/// Violations as `FILE:LINE: FIELD: what is wrong`, and how many more there are, in lines for a
/// terminal.
#[must_use]
pub fn violations_text(file: &str, first: &[Violation], count: u64) -> String {
    let mut text = String::new();
    for violation in first {
        text.push_str(&wrapped(&self::violation(file, violation), 2));
    }
    let more = count - first.len() as u64;
    if more > 0 {
        let _ = writeln!(text, "{}", more_violations(more));
    }
    text
}

/// One violation as `FILE:LINE: FIELD: what is wrong`.
pub(super) fn violation(file: &str, violation: &Violation) -> String {
    let Violation {
        line,
        field,
        message,
    } = violation;
    format!("{file}:{line}: {field}: {message}")
}

/// How many violations are not shown.
pub(super) fn more_violations(count: u64) -> String {
    format!("... and {count} more (--dry-run --json lists all)")
}

/// Rows per outcome, without zeros: `3 updated, 1 rejected, 1 differs`.
pub(super) fn counts(counts: &Counts, differs: u64) -> String {
    let outcomes = Outcome::ALL.map(|outcome| {
        let rows = counts.of(outcome);
        (rows, ended(rows, outcome))
    });
    let parts = outcomes
        .into_iter()
        .chain([(differs, if differs == 1 { "differs" } else { "differ" })]);
    let parts = parts.filter(|(rows, _)| *rows > 0);
    let parts: Vec<_> = parts.map(|(rows, name)| format!("{rows} {name}")).collect();
    parts.join(", ")
}

/// The outcome of so many rows, as it follows their number: `3 updated`, `2 conflicts`.
pub(super) fn ended(rows: u64, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Conflict if rows != 1 => "conflicts",
        outcome => outcome.name(),
    }
}

/// A duration in words, in whole seconds: `2h 5m 3s`.
#[must_use]
pub fn in_words(duration: std::time::Duration) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    format!("{:#}", jiff::SignedDuration::from_secs(seconds))
}
