//! How many rows ended in which way: a bar, and a table that says the same in words.

use maud::{Markup, html};

use super::page::{Page, PageKind, PageSection};
use super::parts::{grouped, percent, percentage, share, swatch};
use crate::model::Outcome;
use crate::report::Activity;

/// The least width of a part of the bar, in percent: one row of many is seen too.
const LEAST_WIDTH: f64 = 0.6;

/// The section; nothing where there are no rows.
pub(super) fn section(page: &Page<'_>) -> Option<PageSection> {
    let counts = &page.summary.counts;
    let all = Outcome::ALL.map(|outcome| (outcome, counts.of(outcome)));
    let ended: Vec<_> = all.into_iter().filter(|(_, rows)| *rows > 0).collect();
    let total = counts.total();
    let content = html! {
        (bar(page.kind, &ended, total))
        table {
            caption { "Rows by outcome" }
            thead { tr {
                th scope="col" { "Outcome" }
                th.number scope="col" { "Rows" }
                th.number scope="col" { "Share" }
                th scope="col" { "Meaning" }
            } }
            tbody {
                @for (outcome, rows) in &ended {
                    tr {
                        th.word scope="row" { (swatch(outcome.name())) (name(page.kind, *outcome)) }
                        td.number { (grouped(*rows)) }
                        td.number { (share(*rows, total)) }
                        td { (meaning(page, *outcome)) }
                    }
                    @if *outcome == Outcome::Updated && page.summary.differs > 0 {
                        tr {
                            th.word scope="row" { (swatch("none")) "of these, differ" }
                            td.number { (grouped(page.summary.differs)) }
                            td.number { (share(page.summary.differs, total)) }
                            td { "differs from the requested values" }
                        }
                    }
                }
            }
        }
    };
    (total > 0).then_some(PageSection {
        id: "outcomes",
        title: "Outcomes",
        content,
    })
}

/// The outcomes side by side, in the order of the table.
fn bar(kind: PageKind, ended: &[(Outcome, u64)], total: u64) -> Markup {
    let width = |rows: u64| percentage(rows, total).max(LEAST_WIDTH);
    let whole: f64 = ended.iter().map(|(_, rows)| width(*rows)).sum();
    let mut parts = Vec::with_capacity(ended.len());
    let mut at = 0.0;
    for (outcome, rows) in ended {
        let width = width(*rows) * 100.0 / whole;
        parts.push((outcome.name(), at, width));
        at += width;
    }
    let named = |(outcome, rows): &(Outcome, u64)| {
        format!(
            "{} {} ({})",
            grouped(*rows),
            name(kind, *outcome),
            share(*rows, total)
        )
    };
    let words: Vec<_> = ended.iter().map(named).collect();
    html! {
        svg.bar role="img" aria-label={ "Rows by outcome: " (words.join(", ")) } {
            @for (name, at, width) in parts {
                rect class=(name) x=(percent(at)) width=(percent(width)) height="100%" {}
            }
        }
    }
}

/// How such a row ended, in words.
fn name(kind: PageKind, outcome: Outcome) -> &'static str {
    let activity = match kind {
        PageKind::Preview => Activity::Reading,
        PageKind::Run | PageKind::Undo => Activity::Sending,
    };
    activity.outcome_words(outcome)
}

/// The same among rows that need attention: an updated row is there because it differs.
pub(super) fn name_in_list(kind: PageKind, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Updated => "differs",
        outcome => name(kind, outcome),
    }
}

fn meaning(page: &Page<'_>, outcome: Outcome) -> &'static str {
    match (page.kind, outcome) {
        (PageKind::Preview, Outcome::Updated) => "differs from the requested values",
        (_, Outcome::Updated) => "changed as requested",
        (_, Outcome::Unchanged) => "already shows the requested values: nothing to send",
        (PageKind::Preview, Outcome::Conflict) => {
            "a guard is not met, or the change cannot be made safely"
        }
        (_, Outcome::Conflict) => {
            "a guard was not met, or the change could not be made safely: nothing was sent"
        }
        (_, Outcome::Rejected) => "refused by the server (HTTP 422)",
        (_, Outcome::NotFound) => "no such conversation (HTTP 404)",
        (PageKind::Preview, Outcome::Failed) => "could not be read",
        (_, Outcome::Failed) => "not changed: another error, or the server was never reached",
        (_, Outcome::Unknown) => "may have been changed: the answer was lost or unclear",
        (_, Outcome::Invalid) => "not valid, never sent",
        (PageKind::Preview, Outcome::NotSent) => "left out of the preview",
        (_, Outcome::NotSent) if page.unrecorded > 0 => {
            "no result is recorded: not sent, or in flight when the run was killed"
        }
        (_, Outcome::NotSent) => "the run stopped before: nothing was sent",
    }
}
