//! Numbers, durations and violations -> words.

use std::fmt::Write as _;

use crate::model::Violation;

/// Violations as `FILE:LINE: FIELD: what is wrong`, and how many more there are.
#[must_use]
pub fn violations_text(file: &str, first: &[Violation], count: u64) -> String {
    let mut text = String::new();
    for Violation {
        line,
        field,
        message,
    } in first
    {
        let _ = writeln!(text, "{file}:{line}: {field}: {message}");
    }
    let more = count - first.len() as u64;
    if more > 0 {
        let _ = writeln!(text, "... and {more} more (all of them: --dry-run --json)");
    }
    text
}

/// `1 row`, `2 rows`.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A duration in words, in whole seconds: `2h 5m 3s`.
#[must_use]
pub fn in_words(duration: std::time::Duration) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    format!("{:#}", jiff::SignedDuration::from_secs(seconds))
}

/// Requests a second in the unit that reads best: `38.2/s`, `90/m`.
#[must_use]
pub fn rate_in_words(per_second: f64) -> String {
    if per_second < 10.0 {
        format!("{:.0}/m", per_second * 60.0)
    } else {
        format!("{per_second:.1}/s")
    }
}
