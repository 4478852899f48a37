//! Rows one by one: those that need attention, and those that were not sent.

use maud::{Markup, html};

use super::limits::{NEED_A_LOOK, NOT_SENT, REASON_CHARS, SLUG_CHARS};
use super::outcomes::name_in_list;
use super::page::{Page, PageKind, PageSection};
use super::parts::{bounded, foreign, left_out, scrolling, subject_cell, subject_header};
use super::rows::{ListedRow, Listing};

/// Rows that are not updated, or differ; nothing where there is none.
pub(super) fn need_a_look(page: &Page<'_>) -> Option<PageSection> {
    let title = "Rows that need attention";
    let lead = match page.kind {
        PageKind::Preview => "Rows that ask for a change but would not get it.",
        PageKind::Run | PageKind::Undo => {
            "Rows that are not updated, and updated rows that differ from the requested values."
        }
    };
    let (listing, (_, bytes)) = (&page.rows.need_a_look, NEED_A_LOOK);
    (listing.all > 0).then(|| PageSection {
        id: "need-a-look",
        title,
        content: html! { p { (lead) } (table(page, listing, bytes, title)) },
    })
}

/// Rows that the run did not come to; nothing where there is none.
pub(super) fn not_sent(page: &Page<'_>) -> Option<PageSection> {
    let title = match page.kind {
        PageKind::Preview => "Rows that were not read",
        PageKind::Run | PageKind::Undo if page.unrecorded > 0 => "Rows without a result",
        PageKind::Run | PageKind::Undo => "Rows that were not sent",
    };
    let (listing, (_, bytes)) = (&page.rows.not_sent, NOT_SENT);
    (listing.all > 0).then(|| PageSection {
        id: "not-sent",
        title,
        content: table(page, listing, bytes, title),
    })
}

fn table(page: &Page<'_>, listing: &Listing, most_bytes: usize, title: &str) -> Markup {
    let rows = listing.rows.iter().map(|listed| row(page, listed));
    let (body, shown) = bounded(rows, most_bytes);
    let table = html! {
        table {
            caption { (title) ", in the order of the input" }
            thead { tr {
                th.number scope="col" { "Line" }
                th scope="col" { "Conversation" }
                (subject_header(&page.rows))
                th scope="col" { "Outcome" }
                th scope="col" { "HTTP" }
                th scope="col" { "Reason" }
            } }
            tbody { (body) }
        }
    };
    html! {
        (scrolling(title, &table))
        (left_out(shown, listing.all, "row", &page.elsewhere()))
    }
}

fn row(page: &Page<'_>, listed: &ListedRow) -> Markup {
    html! {
        tr {
            td.number { (listed.line) }
            td.name { (foreign(&listed.slug, SLUG_CHARS)) }
            (subject_cell(&page.rows, &listed.subject))
            td.word { (name_in_list(page.kind, listed.outcome)) }
            td { @if let Some(status) = listed.http_status { (status) } }
            td.words { (foreign(&listed.reasons, REASON_CHARS)) }
        }
    }
}
