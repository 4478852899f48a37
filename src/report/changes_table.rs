//! What rows would change -> a table of transitions and tags, and lines for what is not changed.

use std::fmt::Write as _;

use super::ChangeFindings;
use super::table::{Side, shortened, table, wrapped};
use super::words::ended;
use super::work::Activity;
use crate::model::text::exact;
use crate::model::{ChangeTotals, Outcome, TagCounts};

/// The longest slug and reason, in characters.
const SLUG_CHARS: usize = 40;
pub(super) const REASON_CHARS: usize = 200;

/// How much of the changes is shown, and what shows more.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChangesShown {
    /// Transitions of a field, and tags of each kind; of all fields together twice as many transitions.
    pub(super) most: usize,
    /// Groups of reasons.
    pub(super) reasons: usize,
    /// What lists all.
    pub(super) all: &'static str,
}

/// Transitions and tags, with their rows; empty where nothing changes.
pub(super) fn changes_table(totals: &ChangeTotals, shown: ChangesShown) -> String {
    let mut rows = Vec::new();
    let mut more = 0;
    let transitions = totals.transitions();
    for of_field in transitions.chunk_by(|(a, _), (b, _)| a.field == b.field) {
        let room = (2 * shown.most).saturating_sub(rows.len());
        let first = &of_field[..of_field.len().min(shown.most).min(room)];
        more += of_field.len() - first.len();
        for (at, (transition, count)) in first.iter().enumerate() {
            let name = if at == 0 {
                exact(&transition.field)
            } else {
                "".into()
            };
            rows.push([name.into_owned(), transition.to_string(), count.to_string()]);
        }
    }
    let unlisted = [
        ("hold_until", "(times)", totals.hold_until_rows),
        ("all tags removed", "(not known which)", totals.cleared_rows),
    ];
    for (name, value, count) in unlisted.into_iter().filter(|(.., count)| *count > 0) {
        rows.push([name.to_owned(), value.to_owned(), count.to_string()]);
    }
    let tags = [
        ("tags added", totals.added()),
        ("tags set", totals.set()),
        ("tags removed", totals.removed()),
        ("tags wiped", totals.wiped()),
    ];
    for (name, tags) in tags {
        more += add_tags(&mut rows, name, tags, shown.most);
    }
    if rows.is_empty() {
        return String::new();
    }
    let header = ["changes", "", "rows"].map(str::to_owned);
    let rows = std::iter::once(header).chain(rows);
    let mut text = table(0, [Side::Left, Side::Left, Side::Right], rows);
    if more > 0 {
        let all = shown.all;
        let _ = writeln!(
            text,
            "... and {more} more kinds of change ({all} lists all)"
        );
    }
    text
}

/// Adds the most common tags to a table; how many are left out.
fn add_tags(rows: &mut Vec<[String; 3]>, name: &str, tags: &TagCounts, most: usize) -> usize {
    let tags = tags.commonest();
    for (at, (tag, count)) in tags.iter().take(most).enumerate() {
        let name = if at == 0 { name } else { "" };
        rows.push([name.to_owned(), exact(tag).into_owned(), count.to_string()]);
    }
    tags.len().saturating_sub(most)
}

/// Why rows would not be changed, a line or more for each reason.
pub(super) fn not_changed(findings: &ChangeFindings, shown: ChangesShown) -> String {
    let mut reasons = findings.reasons();
    // What is wrong with invalid rows is above the page.
    reasons.retain(|reason| reason.outcome != Outcome::Invalid);
    let mut text = String::new();
    for reason in reasons.iter().take(shown.reasons) {
        let line = reason.lines.first().copied().unwrap_or_default();
        let example = shortened(&reason.example, SLUG_CHARS).into_owned();
        let words = shortened(&reason.reason, REASON_CHARS).into_owned();
        let rows = reason.count;
        let name = ended(rows, reason.outcome, Activity::Reading);
        text += &wrapped(
            &format!("{rows} {name}: {words} (line {line}: {example})"),
            2,
        );
    }
    if reasons.len() > shown.reasons {
        let _ = writeln!(text, "... ({} lists all)", shown.all);
    }
    text
}
