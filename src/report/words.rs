//! Numbers, durations and violations -> text.

use std::fmt::Write as _;

use super::style::{StyledText, TextStyle};
use super::table::wrapped;
use super::work::Activity;
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
pub(super) fn counts(counts: &Counts, differs: u64, activity: Activity) -> StyledText {
    let outcomes = Outcome::ALL.map(|outcome| {
        let rows = counts.of(outcome);
        let name = match (outcome, activity) {
            (Outcome::Updated, Activity::Reading) => "would change",
            (Outcome::Unchanged, Activity::Reading) => "already as requested",
            _ => ended(rows, outcome),
        };
        (rows, name, style(outcome))
    });
    let name = if differs == 1 { "differs" } else { "differ" };
    let differing = (differs, name, Some(TextStyle::Warning));
    let parts = outcomes.into_iter().chain([differing]);
    let mut text = StyledText::default();
    for (nth, (rows, name, style)) in parts.filter(|(rows, ..)| *rows > 0).enumerate() {
        text.push(if nth == 0 { "" } else { ", " });
        let part = format!("{rows} {name}");
        match style {
            Some(style) => text.push_styled(style, part),
            None => text.push(&part),
        }
    }
    text
}

/// What needs nobody is plain, or green if something was done.
fn style(outcome: Outcome) -> Option<TextStyle> {
    match outcome {
        Outcome::Updated => Some(TextStyle::Success),
        Outcome::Unchanged | Outcome::NotSent => None,
        Outcome::Conflict => Some(TextStyle::Warning),
        Outcome::Rejected
        | Outcome::NotFound
        | Outcome::Failed
        | Outcome::Unknown
        | Outcome::Invalid => Some(TextStyle::Failure),
    }
}

/// The outcome of so many rows, as it follows their number: `3 updated`, `2 conflicts`, `1 not found`.
pub(super) fn ended(rows: u64, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Conflict if rows != 1 => "conflicts",
        Outcome::NotFound => "not found",
        Outcome::NotSent => "not sent",
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

/// A duration for people who wait, in the two units that matter: `2h 5m`, `5m 3s`, `40s`.
pub(super) fn roughly(duration: std::time::Duration) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m {}s", seconds % 60),
        (0, ..) => format!("{hours}h {}m", minutes % 60),
        _ => format!("{days}d {}h", hours % 24),
    }
}
