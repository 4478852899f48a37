//! One record -> what it proves: about its row, the server or the run. Pure.

use crate::ledger::Record;
use crate::model::Outcome;
use crate::model::text::one_line;

/// The longest words of a server or system that a stop repeats, in characters.
const MAX_SAID: usize = 300;

/// What the server or the system said of a row, with its status.
pub(super) fn said(record: &Record) -> String {
    let reasons = match record.http_status {
        Some(status) if !record.reasons.starts_with("HTTP ") => {
            format!("HTTP {status}: {}", record.reasons)
        }
        _ => record.reasons.clone(),
    };
    // What follows from it for the row is no part of it.
    let said = reasons.strip_suffix("; it may have been applied");
    one_line(said.unwrap_or(&reasons), MAX_SAID)
}

/// Whether the server has answered, in whatever way: one that is down does not.
pub(super) fn is_definite(record: &Record) -> bool {
    match record.outcome {
        Outcome::Failed => is_refused(record) || is_redirected(record),
        Outcome::Unknown => false,
        Outcome::Updated
        | Outcome::Rejected
        | Outcome::NotFound
        | Outcome::Invalid
        | Outcome::NotSent => true,
    }
}

/// Whether the server refuses a row by a status code that is about it. 408 and 425 only put it off.
pub(super) fn is_refused(record: &Record) -> bool {
    let is_refusal = |status| (400..500).contains(&status) && status != 408 && status != 425;
    record.outcome == Outcome::Failed && record.http_status.is_some_and(is_refusal)
}

pub(super) fn is_redirected(record: &Record) -> bool {
    let is_redirect = |status| (300..400).contains(&status);
    record.http_status.is_some_and(is_redirect)
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

/// Whether nothing was said about a row, and nothing can have been applied, where a run stops
/// because of what all rows have met.
pub(super) fn is_about_the_run(record: &Record) -> bool {
    match record.outcome {
        Outcome::NotFound => true,
        Outcome::Failed => !is_refused(record),
        Outcome::Updated
        | Outcome::Rejected
        | Outcome::Unknown
        | Outcome::Invalid
        | Outcome::NotSent => false,
    }
}

/// A row that is no more to blame than every other one, as the row not sent that it is.
pub(super) fn recalled(record: Record) -> Record {
    Record {
        outcome: Outcome::NotSent,
        reasons: format!("{}: like every other row", record.reasons),
        ..record
    }
}
