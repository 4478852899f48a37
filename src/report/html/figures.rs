//! Key figures; of a run that was resumed, its passes; and of an undo, what it leaves out.

use std::time::Duration;

use jiff::Timestamp;
use maud::{Markup, html};

use super::limits::{PASSES, REASON_CHARS, REASONS};
use super::page::{Page, PageKind, PageSection, RunAhead};
use super::parts::{counted_grouped, foreign, grouped, scrolling, time};
use crate::model::{Pass, StopReason};
use crate::report::in_words;

/// The section.
pub(super) fn section(page: &Page<'_>) -> PageSection {
    let summary = page.summary;
    let sent = &summary.pace;
    let rate = |rate: Option<f64>| rate.map(|rate| summary.rate_unit.shown(rate));
    let requests = match (sent.reads, sent.retries) {
        _ if page.kind == PageKind::Preview => Some("for this preview".to_owned()),
        (0, 0) => None,
        (0, retries) => Some(format!("{} retried", grouped(retries))),
        (reads, 0) => Some(format!("{} reads", grouped(reads))),
        (reads, retries) => Some(format!(
            "{} reads, {} retried",
            grouped(reads),
            grouped(retries)
        )),
    };
    let asked = rate(summary.rate_asked).map(|rate| format!("at most {rate}"));
    let whole = summary.started_at.zip(summary.finished_at);
    let sending = sending(&summary.passes).or_else(|| lasted(whole?.0, whole?.1));
    let passes = (summary.passes.len() > 1).then(|| format!("in {} passes", summary.passes.len()));
    // Of a pass that was killed, only what the ledger proves is known.
    let is_whole = summary.passes.iter().all(|pass| pass.finished_at.is_some());
    let least = if is_whole { "" } else { "at least " };
    let content = html! {
            dl {
                (figure("Rows", &grouped(summary.rows), None))
                (figure("Requests", &(least.to_owned() + &grouped(sent.requests)), requests.as_deref()))
                @if let Some(reached) = rate(sent.rate_reached) {
                    (figure("Rate", &reached, asked.as_deref()))
                }
                (figure("HTTP 429", &grouped(sent.throttled), None))
                @if let Some(limit) = rate(sent.limit_found) {
                    (figure("Observed limit", &format!("about {limit}"), None))
                }
                @if let Some(sending) = sending { (figure("Duration", &(least.to_owned() + &in_words(sending)), passes.as_deref())) }
                @if let Some(status) = summary.exit_status {
                    (figure("Exit code", &status.to_string(), None))
                } @else if page.kind != PageKind::Preview {
                    (figure("Exit code", "none", Some("it was killed, or is not finished")))
                }
                @if let Some(run) = &page.run_ahead { (run_ahead(run)) }
                @if summary.damaged > 0 {
                    (figure("Damaged values", &grouped(summary.damaged), Some("sent unchanged")))
                }
            }
            @if summary.passes.len() > 1 { (passes_table(page)) }
    };
    PageSection {
        id: "figures",
        title: "Key figures",
        content,
    }
}

/// What the run would be that was previewed.
fn run_ahead(run: &RunAhead) -> Markup {
    let rate = run.rate.unit().shown(run.rate.per_second());
    let time = in_words(run.counts.expected(run.rate));
    html! {
        (figure("The run", &counted_grouped(run.counts.requests(), "request"), Some(&format!("about {time} at {rate}"))))
        @if run.cannot_undo > 0 {
            (figure("Cannot be undone", &counted_grouped(run.cannot_undo, "row"), Some("without --read-first")))
        }
    }
}

fn figure(name: &str, value: &str, more: Option<&str>) -> Markup {
    html! {
        div {
            dt { (name) }
            dd { (value) @if let Some(more) = more { " " small { (more) } } }
        }
    }
}

/// How long all passes took together, as far as that is known.
fn sending(passes: &[Pass]) -> Option<Duration> {
    let passes = passes.iter();
    let known = passes.filter_map(|pass| lasted(pass.started_at?, pass.finished_at?));
    known.reduce(|all, more| all + more)
}

/// The time between; nothing where a clock was put back.
fn lasted(from: Timestamp, to: Timestamp) -> Option<Duration> {
    Duration::try_from(to.duration_since(from)).ok()
}

fn passes_table(page: &Page<'_>) -> Markup {
    let all = &page.summary.passes;
    let skipped = all.len().saturating_sub(PASSES);
    let number = |number: Option<u64>| number.map_or_else(|| "unknown".to_owned(), grouped);
    let table = html! {
        table {
            caption { "The start of the run, and each time that it was resumed" }
            thead { tr {
                th.number scope="col" { "Pass" }
                th scope="col" { "Started" }
                th.number scope="col" { "Requests" }
                th.number scope="col" { "HTTP 429" }
                th.number scope="col" { "Rate" }
                th scope="col" { "End" }
            } }
            tbody {
                @for (at, pass) in all.iter().enumerate().skip(skipped) {
                    tr {
                        th.number scope="row" { (at + 1) }
                        td.word { (started(pass.started_at)) }
                        td.number { (number(pass.requests)) }
                        td.number { (number(pass.throttled)) }
                        td.number {
                            @if let Some(rate) = pass.rate_reached { (page.summary.rate_unit.shown(rate)) }
                        }
                        td.words { (end(pass)) }
                    }
                }
            }
        }
    };
    html! {
        h3 { "Passes" }
        (scrolling("Passes", &table))
        @if skipped > 0 { p.quiet { "Showing the last " (PASSES) " of " (all.len()) " passes." } }
    }
}

fn started(at: Option<Timestamp>) -> Markup {
    html! { @if let Some(at) = at { (time(at)) } @else { "unknown" } }
}

fn end(pass: &Pass) -> Markup {
    html! {
        @match (&pass.stop_reason, pass.exit_status) {
            (Some(reason), _) => (foreign(&StopReason::name_in_words(reason), REASON_CHARS)),
            (None, Some(_)) => "finished",
            (None, None) => "killed, or not finished",
        }
    }
}

/// What an undo could not restore; nothing if that is nothing.
pub(super) fn left_out_of_undo(page: &Page<'_>) -> Option<PageSection> {
    let left_out = page.summary.cannot_put_back.as_ref();
    let left_out = left_out.filter(|left_out| left_out.rows > 0)?;
    let content = html! {
        p {
            (counted_grouped(left_out.rows, "conversation")) " could not be fully restored"
            @if left_out.whole_rows > 0 {
                "; nothing was restored on " (grouped(left_out.whole_rows)) " of them"
            }
            "."
        }
        table {
            caption { "Conversations by reason" }
            thead { tr { th.number scope="col" { "Rows" } th scope="col" { "Reason" } } }
            tbody {
                @for reason in left_out.reasons.iter().take(REASONS) {
                    tr {
                        td.number { (grouped(reason.rows)) }
                        td.words { (foreign(&reason.reason, REASON_CHARS)) }
                    }
                }
            }
        }
    };
    Some(PageSection {
        id: "not-restored",
        title: "What was not restored",
        content,
    })
}
