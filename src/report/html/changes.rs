//! What rows change: which values become which, tags that come and go, and the changes of the first rows one by one.

use maud::{Markup, html};

use super::page::{Page, PageKind, Section};
use super::parts::{bounded, counted, foreign, grouped, left_out, scrolling};
use super::reasons::SLUG_CHARS;
use crate::model::text::one_line;
use crate::model::{
    ChangeTotals, FieldDiff, RowDiff, RowResult, TagCounts, TagDiff, Transition, ValueBefore,
};

/// Transitions, and tags of each kind: how many are shown at most.
const MOST_COMMON: usize = 50;

/// Rows whose changes are shown at most, and their bytes.
const CHANGED_ROWS: (usize, usize) = (1_000, 900_000);

/// The longest value, in characters.
const VALUE_CHARS: usize = 60;

/// Values of one row that are shown at most: a row may have as many custom fields as it likes.
const VALUES: usize = 40;

/// What rows change, of the first of them one by one.
#[derive(Debug, Default)]
pub(super) struct ChangedRows {
    totals: ChangeTotals,
    first: Vec<ChangedRow>,
}

/// What a row changes.
#[derive(Debug)]
struct ChangedRow {
    line: u64,
    slug: String,
    subject: String,
    diff: RowDiff,
}

impl ChangedRows {
    pub(super) fn add(&mut self, row: &RowResult<'_>, diff: &RowDiff, subject: &str) {
        self.totals.add(diff);
        if !diff.is_empty() && self.first.len() < CHANGED_ROWS.0 {
            self.first.push(ChangedRow {
                line: row.line,
                slug: row.slug.to_owned(),
                subject: subject.to_owned(),
                diff: cut(diff),
            });
        }
    }
}

/// As much of a change as is shown.
fn cut(diff: &RowDiff) -> RowDiff {
    let tags = |tags: &[String]| -> Vec<String> {
        let shown = tags.iter().take(VALUES);
        let mut shown: Vec<_> = shown.map(|tag| one_line(tag, VALUE_CHARS)).collect();
        if let more @ 1.. = tags.len().saturating_sub(VALUES) {
            shown.push(format!("… ({more} more)"));
        }
        shown
    };
    let fields = diff.fields.iter().take(VALUES).map(|field| FieldDiff {
        field: one_line(&field.field, VALUE_CHARS),
        before: match &field.before {
            ValueBefore::Value(value) => ValueBefore::Value(one_line(value, VALUE_CHARS)),
            before => before.clone(),
        },
        after: one_line(&field.after, VALUE_CHARS),
    });
    RowDiff {
        fields: fields.collect(),
        tags: TagDiff {
            added: tags(&diff.tags.added),
            removed: tags(&diff.tags.removed),
            wiped: tags(&diff.tags.wiped),
            set: diff.tags.set.as_deref().map(tags),
        },
    }
}

/// What all rows change together; nothing where that is nothing.
pub(super) fn totals(page: &Page<'_>) -> Option<Section> {
    let totals = &page.rows.changed.totals;
    (totals.rows > 0).then(|| Section {
        id: "changes",
        title: title(page.kind),
        content: html! { (transitions(totals)) (tags(page.kind, totals)) },
    })
}

/// The changes of the first rows; nothing where there is none.
pub(super) fn row_by_row(page: &Page<'_>) -> Option<Section> {
    let changed = &page.rows.changed;
    (changed.totals.rows > 0).then(|| Section {
        id: "row-by-row",
        title: "Changes row by row",
        content: first(page, changed),
    })
}

fn title(kind: PageKind) -> &'static str {
    match kind {
        PageKind::Preview => "What would change",
        PageKind::Run => "What was changed",
        PageKind::Undo => "What was put back",
    }
}

fn transitions(totals: &ChangeTotals) -> Markup {
    let all = totals.transitions();
    let shown = &all[..all.len().min(MOST_COMMON)];
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
    html! {
        @if !shown.is_empty() {
            h3 { "Fields" }
            (scrolling("Values before and after", &table))
            @if shown.len() < all.len() {
                p.quiet { "Showing " (shown.len()) " of " (counted(all.len() as u64, "transition")) "." }
            }
        }
    }
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

fn tags(kind: PageKind, totals: &ChangeTotals) -> Markup {
    let (added, removed, wiped) = (totals.added(), totals.removed(), totals.wiped());
    let wiped_title = match kind {
        PageKind::Preview => "Tags that would be lost",
        PageKind::Run | PageKind::Undo => "Tags that were lost",
    };
    html! {
        @if !(added.is_empty() && removed.is_empty() && wiped.is_empty()) {
            div.pair {
                @if !added.is_empty() {
                    div { h3 { "Tags added" } (tag_table(added, "+", "added")) }
                }
                @if !removed.is_empty() {
                    div { h3 { "Tags removed" } (tag_table(removed, "−", "removed")) }
                }
                @if !wiped.is_empty() {
                    div {
                        h3 { (wiped_title) }
                        p.quiet {
                            "Because tag_list replaces all tags: on " (counted(totals.wiping_rows, "conversation")) "."
                        }
                        (tag_table(wiped, "−", "removed"))
                    }
                }
            }
        }
    }
}

fn tag_table(tags: &TagCounts, sign: &str, class: &str) -> Markup {
    let all = tags.commonest();
    let shown = &all[..all.len().min(MOST_COMMON)];
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
            p.quiet { "Showing " (shown.len()) " of " (counted(all.len() as u64, "tag")) "." }
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
                (page.rows.subject_header())
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
            (page.rows.subject_cell(&row.subject))
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
