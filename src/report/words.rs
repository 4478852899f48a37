//! Numbers, durations and violations -> text.

use std::fmt::Write as _;

use super::style::{StyledText, TextStyle};
use super::table::wrapped;
use super::work::{Activity, NamedCounts};
use crate::model::text::counted;
use crate::model::{Outcome, RequestRate, SendCounts, Violation};

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
pub(super) fn counts(counts: NamedCounts<'_>, differs: u64) -> StyledText {
    let NamedCounts { counts, activity } = counts;
    let outcomes = Outcome::ALL.map(|outcome| {
        let rows = counts.of(outcome);
        (rows, ended(rows, outcome, activity), style(outcome))
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
pub(super) fn ended(rows: u64, outcome: Outcome, activity: Activity) -> &'static str {
    match outcome {
        Outcome::Conflict if rows != 1 => "conflicts",
        outcome => activity.outcome_words(outcome),
    }
}

/// Whether all requests that are counted will be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    /// All of them.
    Exact,
    /// Perhaps fewer.
    AtMost,
}

/// What sending takes: `80 requests (40 reads) at 120/min (about 40s)`.
pub(super) fn sending(counts: SendCounts, rate: RequestRate, certainty: Certainty) -> String {
    let requests = counted(counts.requests(), "request");
    let reads = match counts.reads {
        0 => String::new(),
        reads => format!(" ({})", counted(reads, "read")),
    };
    let (up_to, about) = match certainty {
        Certainty::Exact => ("", "about"),
        Certainty::AtMost => ("up to ", "at most about"),
    };
    let time = in_words(counts.expected(rate));
    let rate = rate.unit().shown(rate.per_second());
    format!("{up_to}{requests}{reads} at {rate} ({about} {time})")
}

/// What to do so that an undo is possible.
pub(super) const READ_FIRST: &str = "add --read-first";

/// Rows of which nobody will know what was there before, and what to do about it.
pub(super) fn cannot_undo(rows: u64, advice: &str) -> String {
    format!("{} cannot be undone: {advice}", counted(rows, "row"))
}

/// A duration in words, in whole seconds: `2h 5m 3s`.
#[must_use]
pub fn in_words(duration: std::time::Duration) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    format!("{:#}", jiff::SignedDuration::from_secs(seconds))
}

/// A duration for people who wait, in the two units that matter: `2h 5m`, `5m 3s`, `40s`.
#[must_use]
pub fn roughly(duration: std::time::Duration) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m {}s", seconds % 60),
        (0, ..) => format!("{hours}h {}m", minutes % 60),
        _ => format!("{days}d {}h", hours % 24),
    }
}
