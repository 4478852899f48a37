//! One record -> what it proves about its row, the server or the run. Pure.

use crate::ledger::Record;
use crate::model::Outcome;
use crate::model::text::{one_line, with_status};
use crate::send::{MAY_BE_APPLIED, THOUGH_READ};

/// The longest message of a server or system that a stop repeats, in characters.
const MAX_MESSAGE: usize = 300;

/// The message of the server or the system about a row, with its status.
pub(super) fn message(record: &Record) -> String {
    let reasons = with_status(record.http_status, &record.reasons);
    // What follows from it for the row is no part of it.
    let message = reasons.strip_suffix(MAY_BE_APPLIED);
    one_line(message.unwrap_or(&reasons), MAX_MESSAGE)
}

/// The field in which an updated row differs, the first one of several; and how, for people.
pub(super) fn difference(record: &Record) -> (String, String) {
    let field = record.reasons.split(": ").next().unwrap_or_default();
    let reasons = one_line(&record.reasons, MAX_MESSAGE);
    (
        field.to_owned(),
        format!("line {} ({reasons})", record.line),
    )
}

/// Whether requests have shown how the row ends.
pub(super) fn is_finished(record: &Record) -> bool {
    match record.outcome {
        Outcome::Invalid | Outcome::NotSent => false,
        Outcome::Unchanged | Outcome::Conflict => record.attempts > 0,
        Outcome::Updated
        | Outcome::Rejected
        | Outcome::NotFound
        | Outcome::Failed
        | Outcome::Unknown => true,
    }
}

/// Whether the row counts as failed. A conflict does not: the row was read, and rightly left alone.
pub(super) fn is_failure(record: &Record) -> bool {
    match record.outcome {
        Outcome::Rejected | Outcome::NotFound | Outcome::Failed | Outcome::Unknown => true,
        Outcome::Updated
        | Outcome::Unchanged
        | Outcome::Conflict
        | Outcome::Invalid
        | Outcome::NotSent => false,
    }
}

/// Whether the server has answered, in whatever way: one that is down does not.
pub(super) fn is_definite(record: &Record) -> bool {
    match record.outcome {
        Outcome::Failed => is_refused(record) || is_redirected(record),
        Outcome::Unknown => false,
        Outcome::Updated
        | Outcome::Unchanged
        | Outcome::Conflict
        | Outcome::Rejected
        | Outcome::NotFound
        | Outcome::Invalid
        | Outcome::NotSent => true,
    }
}

/// Whether the server refuses a row by a status code that is about it. 408 and 425 only put it off;
/// a 409 is a conflict over the row itself.
pub(super) fn is_refused(record: &Record) -> bool {
    let is_refusal = |status| (400..500).contains(&status) && status != 408 && status != 425;
    record.outcome == Outcome::Failed && record.http_status.is_some_and(is_refusal)
}

fn is_redirected(record: &Record) -> bool {
    let is_redirect = |status| (300..400).contains(&status);
    record.http_status.is_some_and(is_redirect)
}

/// Whether no request has found the row's conversation: then the brand may be wrong.
pub(super) fn is_missing_from_the_start(record: &Record) -> bool {
    record.outcome == Outcome::NotFound && !record.reasons.ends_with(THOUGH_READ)
}

/// Whether two rows failed in the same way: but for names and numbers.
pub(super) fn are_alike(a: &Record, b: &Record) -> bool {
    let words = |record: &Record| -> String {
        let reasons = record.reasons.replace(&record.slug, "");
        let letters = reasons.chars().filter(|c| c.is_alphabetic());
        letters.take(60).collect()
    };
    (a.outcome, a.http_status) == (b.outcome, b.http_status) && words(a) == words(b)
}

/// Whether an answer is not about its row, and nothing can have been applied, where a run stops because
/// of what all rows have met.
pub(super) fn is_about_the_run(record: &Record) -> bool {
    match record.outcome {
        Outcome::NotFound => is_missing_from_the_start(record),
        Outcome::Failed => !is_refused(record),
        Outcome::Updated
        | Outcome::Unchanged
        | Outcome::Conflict
        | Outcome::Rejected
        | Outcome::Unknown
        | Outcome::Invalid
        | Outcome::NotSent => false,
    }
}
