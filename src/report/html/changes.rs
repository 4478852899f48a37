//! What rows change: which values become which, tags that come and go, and the changes of the first rows one by one.

use maud::{Markup, html};

use super::changed_rows::{ChangedRow, ChangedRows};
use super::limits::{CHANGED_ROWS, MOST_FREQUENT, SLUG_CHARS, VALUE_CHARS};
use super::page::{Page, PageKind, PageSection};
use super::parts::{
    bounded, counted_grouped, foreign, grouped, left_out, scrolling, subject_cell, subject_header,
};
use crate::model::{ChangeTotals, FieldDiff, TagCounts, TagDiff, Transition, ValueBefore};

/// What all rows change together; nothing where that is nothing.
pub(super) fn totals(page: &Page<'_>) -> Option<PageSection> {
    let totals = &page.rows.changed.totals;
    let parts = [
        transitions(totals),
        hold_until(totals),
        tags(page.kind, totals),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| PageSection {
        id: "changes",
        title: title(page.kind),
        content: html! { @for part in parts { (part) } },
    })
}

/// The changes of the first rows; nothing where there is none.
pub(super) fn row_by_row(page: &Page<'_>) -> Option<PageSection> {
    let changed = &page.rows.changed;
    (changed.totals.rows > 0).then(|| PageSection {
        id: "row-by-row",
        title: "Changes row by row",
        content: first(page, changed),
    })
}

fn title(kind: PageKind) -> &'static str {
    match kind {
        PageKind::Preview => "What would change",
        PageKind::Run => "What was changed",
        PageKind::Undo => "What was restored",
    }
}

fn transitions(totals: &ChangeTotals) -> Option<Markup> {
    let all = totals.transitions();
    let shown = &all[..all.len().min(MOST_FREQUENT)];
    let table = html! {
        table {
            caption { "Values before and after, by field" }
            thead { tr {
                th scope="col" { "Field" }
                th scope="col" { "Before" }
                th scope="col" { "After" }
                th.number scope="col" { "Rows" }
            } }
            tbody {
                @for (Transition { field, before, after }, rows) in shown {
                    tr {
                        th.word scope="row" { (foreign(field, VALUE_CHARS)) }
                        td.name { (before_value(before)) }
                        td.name { (value(after)) }
                        td.number { (grouped(*rows)) }
                    }
                }
            }
        }
    };
    (!shown.is_empty()).then(|| {
        html! {
            h3 { "Fields" }
            (scrolling("Values before and after", &table))
            @if shown.len() < all.len() {
                p.quiet { "Showing " (shown.len()) " of " (counted_grouped(all.len() as u64, "transition")) "." }
            }
        }
    })
}

fn hold_until(totals: &ChangeTotals) -> Option<Markup> {
    let rows = totals.hold_until_rows;
    (rows > 0).then(|| html! { p { code { "hold_until" } ": on " (counted_grouped(rows, "conversation")) "." } })
}

fn before_value(before: &ValueBefore) -> Markup {
    match before {
        ValueBefore::Unknown => html! { span.quiet { "unknown" } },
        ValueBefore::Nothing => html! { span.quiet { "none" } },
        ValueBefore::Value(text) => value(text),
    }
}

fn value(text: &str) -> Markup {
    html! {
        @if text.is_empty() { span.quiet { "none" } } @else { (foreign(text, VALUE_CHARS)) }
    }
}

fn tags(kind: PageKind, totals: &ChangeTotals) -> Option<Markup> {
    let wiped_title = match kind {
        PageKind::Preview => "Tags that would be lost",
        PageKind::Run | PageKind::Undo => "Tags that were lost",
    };
    let of_wiped = html! {
        p.quiet { "Because tag_list replaces all tags: on " (counted_grouped(totals.wiping_rows, "conversation")) "." }
    };
    let of_set = html! {
        p.quiet { "Which tags it replaced is unknown." }
    };
    let none = || html! {};
    let tables = [
        ("Tags added", none(), totals.added(), "+", "added"),
        ("Tags removed", none(), totals.removed(), "−", "removed"),
        (wiped_title, of_wiped, totals.wiped(), "−", "removed"),
        ("Tags set by tag_list", of_set, totals.set(), "", "set"),
    ];
    let tables = tables
        .into_iter()
        .filter(|(_, _, tags, _, _)| !tags.is_empty());
    let tables: Vec<_> = tables
        .map(|(title, more, tags, sign, class)| {
            html! { div { h3 { (title) } (more) (tag_table(tags, sign, class)) } }
        })
        .collect();
    let cleared = totals.cleared_rows;
    (cleared > 0 || !tables.is_empty()).then(|| {
        html! {
            @if cleared > 0 {
                p.alert {
                    strong { "All tags removed" } " on " (counted_grouped(cleared, "conversation"))
                    " by tag_list. Which tags these were is unknown."
                }
            }
            @if !tables.is_empty() { div.pair { @for table in tables { (table) } } }
        }
    })
}

fn tag_table(tags: &TagCounts, sign: &str, class: &str) -> Markup {
    let all = tags.commonest();
    let shown = &all[..all.len().min(MOST_FREQUENT)];
    html! {
        table {
            thead { tr { th scope="col" { "Tag" } th.number scope="col" { "Rows" } } }
            tbody {
                @for (tag, rows) in shown {
                    tr {
                        th.name scope="row" { span class=(class) { (sign) (foreign(tag, VALUE_CHARS)) } }
                        td.number { (grouped(*rows)) }
                    }
                }
            }
        }
        @if shown.len() < all.len() {
            p.quiet { "Showing " (shown.len()) " of " (counted_grouped(all.len() as u64, "tag")) "." }
        }
    }
}

fn first(page: &Page<'_>, changed: &ChangedRows) -> Markup {
    let rows = changed.first.iter().map(|row| changed_row(page, row));
    let (body, shown) = bounded(rows, CHANGED_ROWS.1);
    let table = html! {
        table {
            caption { (title(page.kind)) ", in the order of the input" }
            thead { tr {
                th.number scope="col" { "Line" }
                th scope="col" { "Conversation" }
                (subject_header(&page.rows))
                th scope="col" { "Change" }
            } }
            tbody { (body) }
        }
    };
    let elsewhere = page.changes_elsewhere();
    html! {
        (scrolling("Changes row by row", &table))
        (left_out(shown, changed.totals.rows, "changed row", &elsewhere))
    }
}

fn changed_row(page: &Page<'_>, row: &ChangedRow) -> Markup {
    html! {
        tr {
            td.number { (row.line) }
            td.name { (foreign(&row.slug, SLUG_CHARS)) }
            (subject_cell(&page.rows, &row.subject))
            td.words {
                @for field in &row.diff.fields { (field_change(field)) }
                (tag_change(&row.diff.tags))
            }
        }
    }
}

fn field_change(field: &FieldDiff) -> Markup {
    html! {
        span.edit {
            span.quiet { (foreign(&field.field, VALUE_CHARS)) } " "
            @if !field.before.is_unknown() { (before_value(&field.before)) " " }
            "→ " (value(&field.after))
        } " "
    }
}

fn tag_change(tags: &TagDiff) -> Markup {
    if *tags == TagDiff::default() {
        return html! {};
    }
    html! {
        span.edit {
            span.quiet { "tags" }
            @if let Some(set) = &tags.set {
                " = "
                @if set.is_empty() { span.quiet { "none" } }
                @for (at, tag) in set.iter().enumerate() {
                    @if at > 0 { ", " }
                    (foreign(tag, VALUE_CHARS))
                }
            }
            @for tag in &tags.added { " " span.added { "+" (foreign(tag, VALUE_CHARS)) } }
            @for tag in tags.removed.iter().chain(&tags.wiped) {
                " " span.removed { "−" (foreign(tag, VALUE_CHARS)) }
            }
        }
    }
}
