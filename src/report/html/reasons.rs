//! Why rows are not updated, or differ: grouped, the commonest reason first, each with examples.

use maud::{Markup, html};

use super::limits::{REASON_CHARS, REASONS, SLUG_CHARS};
use super::outcomes::name_in_list;
use super::page::{Page, PageSection};
use super::parts::{counted_grouped, foreign, grouped, scrolling};
use crate::model::Reason;

/// The section; nothing where no row has a reason.
pub(super) fn section(page: &Page<'_>) -> Option<PageSection> {
    let reasons = page.rows.reasons.commonest(REASONS);
    let shown: u64 = reasons.iter().map(|reason| reason.count).sum();
    let all = page.rows.with_reason;
    let table = html! {
        table {
            caption { "Rows by reason, the most frequent first" }
            thead { tr {
                th.number scope="col" { "Rows" }
                th scope="col" { "Outcome" }
                th scope="col" { "Reason" }
                th scope="col" { "Example" }
            } }
            tbody { @for reason in &reasons { (row(page, reason)) } }
        }
    };
    let content = html! {
        (scrolling("Rows by reason", &table))
        @if shown < all {
            p.quiet {
                "Showing the " (reasons.len()) " most frequent reasons, which cover "
                (grouped(shown)) " of " (counted_grouped(all, "row")) ". " (page.elsewhere())
            }
        }
    };
    (all > 0).then_some(PageSection {
        id: "reasons",
        title: "Reasons",
        content,
    })
}

fn row(page: &Page<'_>, reason: &Reason) -> Markup {
    let Reason {
        outcome,
        reason,
        count,
        lines,
        example,
    } = reason;
    let lines: Vec<_> = lines.iter().map(u64::to_string).collect();
    let noun = if lines.len() == 1 { "line " } else { "lines " };
    html! {
        tr {
            td.number { (grouped(*count)) }
            td.word { (name_in_list(page.kind, *outcome)) }
            td.words { (foreign(reason, REASON_CHARS)) }
            td.name { (foreign(example, SLUG_CHARS)) " " span.quiet { "(" (noun) (lines.join(", ")) ")" } }
        }
    }
}
