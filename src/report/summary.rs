//! What a run did -> a page for people.

use std::fmt::Write as _;

use super::{counted, rate_in_words};
use crate::model::text::head;
use crate::model::{MAX_WORKERS, Outcome, Summary};

/// Reasons that the page shows.
const REASONS_SHOWN: usize = 5;

/// The longest slug that the page shows, in bytes.
const SLUG_BYTES: usize = 60;

/// The page, with the commands that go on with the run and that feed back what is not updated.
#[must_use]
pub fn text(summary: &Summary, resume: Option<&str>, resubmit: Option<&str>) -> String {
    let mut page = String::new();
    if summary.differs > 0 {
        let differ = if summary.differs == 1 {
            "differs"
        } else {
            "differ"
        };
        let _ = writeln!(
            page,
            "{} {differ}: the server took the change and shows something else (see reasons in results.csv)",
            counted(summary.differs, "row")
        );
    }
    let counts: Vec<_> = Outcome::ALL
        .into_iter()
        .filter(|outcome| summary.counts.of(*outcome) > 0)
        .map(|outcome| format!("{} {}", summary.counts.of(outcome), outcome.name()))
        .collect();
    let _ = writeln!(
        page,
        "{}: {}",
        counted(summary.rows, "row"),
        counts.join(", ")
    );
    for reason in summary.reasons.iter().take(REASONS_SHOWN) {
        let line = reason.lines.first().copied().unwrap_or_default();
        let _ = writeln!(
            page,
            "  {} {}: {} (line {line}: {})",
            reason.count,
            reason.outcome.name(),
            reason.reason,
            head(&reason.example, SLUG_BYTES)
        );
    }
    if summary.reasons.len() > REASONS_SHOWN {
        let _ = writeln!(page, "  ... and more, see results.csv");
    }
    let _ = writeln!(page, "{}", wire(summary));
    if let Some(run_dir) = &summary.run_dir {
        let _ = writeln!(page, "results: {run_dir}");
    }
    if let Some(command) = resubmit {
        let _ = writeln!(
            page,
            "to send again what is not updated, repair failed rows and run:\n  {command}"
        );
    }
    if let Some(command) = resume {
        let _ = writeln!(page, "to go on with what is not settled, run:\n  {command}");
    }
    page
}

fn wire(summary: &Summary) -> String {
    let pace = &summary.pace;
    let mut text = counted(pace.requests, "request");
    if let Some(rate) = pace.rate_reached {
        let _ = write!(text, " at {}", rate_in_words(rate));
        if let Some(asked) = summary.rate_asked {
            let _ = write!(text, " (asked for {})", rate_in_words(asked));
        }
    }
    let retries = if pace.retries == 1 {
        "retry"
    } else {
        "retries"
    };
    let _ = write!(
        text,
        ", {} {retries}, {} throttled (429)",
        pace.retries, pace.throttled
    );
    if let Some(limit) = pace.limit_found {
        let limit = rate_in_words(limit);
        let _ = write!(
            text,
            "\nthe server allowed about {limit}, and throttled what went beyond"
        );
    }
    if let Some(needed) = pace.workers_needed {
        let advice = if needed <= u64::from(MAX_WORKERS) {
            format!("--workers {needed} would do")
        } else {
            format!("more than {MAX_WORKERS}, the most there can be, would be needed")
        };
        let _ = write!(text, "\nthe workers were too few for that rate: {advice}");
    }
    text
}
