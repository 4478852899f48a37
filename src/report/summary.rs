//! What a run did -> a page for people, or one line if nothing needs attention.

use std::fmt::Write as _;

use serde::Serialize;

use super::{in_words, words};
use crate::model::Shown as _;
use crate::model::text::{counted, head};
use crate::model::{Counts, Outcome, Pace, StopReason, Summary, Workers};

/// Reasons on the page.
const REASONS_SHOWN: usize = 5;

/// The longest slug on the page, in bytes.
const SLUG_BYTES: usize = 60;

/// What a user can run after a run.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct NextCommands<'a> {
    /// The command that continues the run.
    pub resume: Option<&'a str>,
    /// The command that sends the failed rows again.
    pub resubmit: Option<&'a str>,
    /// The command that puts back what the run changed.
    pub undo: Option<&'a str>,
    /// The name of the file with the failed rows.
    #[serde(skip)]
    pub failed: &'a str,
}

/// One line: what was done, and where the results are.
pub(super) fn line(summary: &Summary) -> String {
    let mut line = rows(summary);
    if summary.damaged > 0 {
        let values = counted(summary.damaged, "damaged value");
        let _ = write!(line, "; {values} sent unchanged");
    }
    // A command that found nothing to send has no requests to count.
    if let (Some(sent), Some(took)) = (&summary.command.sent, summary.took()) {
        let requests = sent_requests(sent);
        let _ = write!(line, "; {requests} in {}", in_words(took));
        if sent.retries > 0 {
            let _ = write!(line, ", {}", retries(sent));
        }
    }
    if let Some(run_dir) = &summary.run_dir {
        let _ = write!(line, "; results: {}", run_dir.shown());
    }
    line
}

/// The page, with what to do next.
pub(super) fn text(summary: &Summary, next: &NextCommands<'_>) -> String {
    let mut page = String::new();
    if summary.differs > 0 {
        let differ = if summary.differs == 1 {
            "differs"
        } else {
            "differ"
        };
        let _ = writeln!(
            page,
            "{} {differ}: the server accepted the change but shows another value (see reasons in results.csv)",
            counted(summary.differs, "row")
        );
    }
    if summary.damaged > 0 {
        let values = counted(summary.damaged, "damaged value");
        let _ = writeln!(
            page,
            "{values} in custom fields, sent unchanged (--allow-damaged)"
        );
    }
    let _ = writeln!(page, "{}", rows(summary));
    for reason in summary.reasons.iter().take(REASONS_SHOWN) {
        let line = reason.lines.first().copied().unwrap_or_default();
        let _ = writeln!(
            page,
            "  {} {}: {} (line {line}: {})",
            reason.count,
            words::ended(reason.count, reason.outcome),
            reason.reason,
            head(&reason.example, SLUG_BYTES)
        );
    }
    if summary.reasons.len() > REASONS_SHOWN {
        let _ = writeln!(page, "  ... (more in results.csv)");
    }
    let _ = writeln!(page, "{}", requests(summary));
    if let Some(run_dir) = &summary.run_dir {
        let _ = writeln!(page, "results: {}", run_dir.shown());
    }
    page + &advice(summary, next)
}

/// What to do next: first what continues the run, then what needs a person.
fn advice(summary: &Summary, next: &NextCommands<'_>) -> String {
    let counts = &summary.counts;
    let (not_sent, unknown) = (counts.of(Outcome::NotSent), counts.of(Outcome::Unknown));
    let failed = counts.failed_file_rows();
    let is_unknown_only = unknown == failed;
    let mut advice = String::new();
    // If every row got a definite answer, a resume would only get the same ones.
    let is_open = match summary.stop_reason {
        None | Some(StopReason::FailingAlike { .. }) => not_sent > 0 || is_unknown_only,
        // Each further row would lose custom fields.
        Some(StopReason::DataReplaced { .. }) => false,
        Some(_) => true,
    };
    if let Some(command) = next.resume
        && is_open
    {
        let when = match summary.stop_reason {
            Some(StopReason::LoginRefused { .. }) => "fix the credentials, then:".to_owned(),
            Some(StopReason::WrongBrand { .. }) => "fix the brand, then:".to_owned(),
            None if not_sent == 0 => {
                format!("to retry {} with unknown outcome:", counted(unknown, "row"))
            }
            _ => "to continue this run:".to_owned(),
        };
        let _ = writeln!(advice, "{when}\n  {command}");
        if matches!(summary.stop_reason, Some(StopReason::WrongBrand { .. })) {
            advice.push_str(
                "  (a run is bound to its account; for another brand, start a new run)\n",
            );
        }
    }
    // A row that is merely unknown needs no fix: a resume retries it.
    if let Some(command) = next.resubmit
        && !(is_unknown_only && next.resume.is_some())
    {
        let what = failed_rows(counts, next.failed);
        let _ = writeln!(advice, "to retry {what}, then:\n  {command}");
    }
    if let Some(command) = next.undo {
        let _ = writeln!(advice, "to undo this run:\n  {command}");
    }
    advice
}

/// The rows in the file of failed rows, and what to do with them there.
fn failed_rows(counts: &Counts, file: &str) -> String {
    let all = counts.failed_file_rows();
    let them = if all == 1 { "it" } else { "them" };
    match counts.of(Outcome::Conflict) {
        0 => format!("{}, fix {them} in {file}", counted(all, "failed row")),
        // As it is, the row would be in conflict again.
        conflicts if conflicts == all => {
            format!("{}, review {them} in {file}", counted(all, "conflict"))
        }
        conflicts => format!(
            "{} and {}, fix or review them in {file}",
            counted(all - conflicts, "failed row"),
            counted(conflicts, "conflict"),
        ),
    }
}

fn rows(summary: &Summary) -> String {
    let counts = words::counts(&summary.counts, 0);
    format!("{}: {counts}", counted(summary.rows, "row"))
}

/// The number of requests, and of those that only read.
fn sent_requests(pace: &Pace) -> String {
    let requests = counted(pace.requests, "request");
    match pace.reads {
        0 => requests,
        reads => format!("{requests} ({})", counted(reads, "read")),
    }
}

fn retries(pace: &Pace) -> String {
    match pace.retries {
        1 => "1 retry".to_owned(),
        retries => format!("{retries} retries"),
    }
}

/// The requests of this command, and of all passes if there were several.
fn requests(summary: &Summary) -> String {
    let pace = summary.command.sent.as_ref().unwrap_or(&summary.pace);
    let mut text = sent_requests(pace);
    if let Some(rate) = pace.rate_reached {
        let unit = summary.rate_unit;
        let asked = unit.shown(summary.rate_asked.unwrap_or(rate));
        let rate = unit.shown(rate);
        let _ = write!(text, " at {rate} (max {asked})");
    }
    if pace.retries > 0 {
        let _ = write!(text, ", {}", retries(pace));
    }
    if pace.throttled > 0 {
        let _ = write!(text, ", {} rate limited (HTTP 429)", pace.throttled);
    }
    if summary.command.sent.is_some() && summary.passes.len() > 1 {
        let all = sent_requests(&summary.pace);
        let _ = write!(text, "; {all} over {} passes", summary.passes.len());
    }
    if let Some(limit) = pace.limit_found {
        let limit = summary.rate_unit.shown(limit);
        let _ = write!(text, "\nobserved rate limit: about {limit}");
    }
    if let Some(needed) = pace.workers_needed {
        let advice = if needed <= u64::from(Workers::MAX) {
            format!("; try --workers {needed}")
        } else {
            format!("; {} is the maximum", Workers::MAX)
        };
        let _ = write!(text, "\ntoo few workers to reach that rate{advice}");
    }
    text
}
