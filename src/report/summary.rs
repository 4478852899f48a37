//! What a run did -> a page for people, or a line where there is nothing to look into.

use std::fmt::Write as _;

use super::{counted, in_words, words};
use crate::model::text::head;
use crate::model::{MAX_WORKERS, Summary};

/// Reasons that the page shows.
const REASONS_SHOWN: usize = 5;

/// The longest slug that the page shows, in bytes.
const SLUG_BYTES: usize = 60;

/// The line: what was done, and where the results are.
pub(super) fn line(summary: &Summary) -> String {
    let mut line = rows(summary);
    // Where a run was finished before, there is nothing to send, and no rate to send it at.
    if let (Some(_), Some(took)) = (summary.rate_asked, summary.took()) {
        let requests = counted(summary.pace.requests, "request");
        let _ = write!(line, "; {requests} in {}", in_words(took));
        if summary.pace.retries > 0 {
            let _ = write!(line, ", {}", retries(summary));
        }
    }
    if let Some(run_dir) = &summary.run_dir {
        let _ = write!(line, "; results: {run_dir}");
    }
    line
}

/// The page, with the commands that go on with the run and that feed back what is not updated.
pub(super) fn text(summary: &Summary, resume: Option<&str>, resubmit: Option<&str>) -> String {
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
    let _ = writeln!(page, "{}", rows(summary));
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

fn rows(summary: &Summary) -> String {
    let counts = words::counts(&summary.counts, 0);
    format!("{}: {counts}", counted(summary.rows, "row"))
}

fn retries(summary: &Summary) -> String {
    match summary.pace.retries {
        1 => "1 retry".to_owned(),
        retries => format!("{retries} retries"),
    }
}

fn wire(summary: &Summary) -> String {
    let pace = &summary.pace;
    let mut text = counted(pace.requests, "request");
    if let Some(rate) = pace.rate_reached {
        let unit = summary.rate_unit;
        let asked = unit.shown(summary.rate_asked.unwrap_or(rate));
        let rate = unit.shown(rate);
        let _ = write!(text, " at {rate} (asked for {asked})");
    }
    if pace.retries > 0 {
        let _ = write!(text, ", {}", retries(summary));
    }
    if pace.throttled > 0 {
        let _ = write!(text, ", {} throttled (429)", pace.throttled);
    }
    if let Some(limit) = pace.limit_found {
        let limit = summary.rate_unit.shown(limit);
        let _ = write!(text, "\nobserved rate limit: about {limit}");
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
