//! The fields that rows set, and those that are guarded -> an aligned table of few lines.

use std::cmp::Reverse;
use std::fmt::Write as _;

use super::table::{GLUE, Side, shortened, table};
use crate::model::text::exact;
use crate::model::{FieldChanges, Preview, ValueRows};

/// Guards that no field takes the place of.
const GUARDS_SHOWN: usize = 3;

/// Values of a field.
const VALUES_SHOWN: usize = 5;

/// Characters of the values of a field; one of them is shown anyway.
const VALUES_CHARS: usize = 50;

/// Characters of a name or a value.
const TEXT_CHARS: usize = 40;

/// The table of `most` fields and guards, with its heading; empty where nothing is set.
pub(super) fn fields_table(preview: &Preview, most: usize) -> String {
    let mut fields = preview.fields();
    // First what can do most harm, and last custom fields, those of many rows first.
    fields.sort_by_key(|(name, changes)| {
        let is_custom = name.starts_with("data.");
        let rows = is_custom.then_some(Reverse(changes.rows));
        (is_custom, name != "tag_list", rows)
    });
    let guards: Vec<_> = preview.guards().collect();
    let all = fields.len() + guards.len();
    // A line that says "1 more" might as well show it.
    let most = if all == most + 1 { all } else { most };
    fields.truncate(most.saturating_sub(guards.len().min(GUARDS_SHOWN)));
    let room = most.saturating_sub(fields.len());
    let fields = fields
        .iter()
        .map(|(name, changes)| row(name, changes, preview.clears_tags));
    let guards = guards
        .iter()
        .take(room)
        .map(|(name, expected)| row(&format!("expect.{name}"), expected, 0));
    let rows: Vec<_> = fields.chain(guards).collect();
    let more = all - rows.len();
    if rows.is_empty() {
        return String::new();
    }
    let heading = ["field", "rows", "most common values"].map(str::to_owned);
    let rows = std::iter::once(heading).chain(rows);
    let mut text = table(2, [Side::Left, Side::Right, Side::Left], rows);
    if more > 0 {
        let _ = writeln!(
            text,
            "  ... and {more} more fields (--dry-run --json lists all)"
        );
    }
    text
}

/// A field: its name, its rows, and the most common values after what values do not show.
fn row(name: &str, changes: &FieldChanges, clears_tags: u64) -> [String; 3] {
    let mut parts = Vec::new();
    if name == "tag_list" && clears_tags > 0 {
        parts.push(format!("all removed on {clears_tags}"));
    }
    if changes.nulls > 0 {
        parts.push(format!("null on {}", changes.nulls));
    }
    if changes.damaged > 0 {
        parts.push(format!("damaged on {}, sent unchanged", changes.damaged));
    }
    let values = values(changes);
    if !values.is_empty() {
        parts.push(values);
    }
    let name = shortened(&exact(name), TEXT_CHARS).into_owned();
    [name, changes.rows.to_string(), parts.join("; ")]
}

fn values(changes: &FieldChanges) -> String {
    let mut text = String::new();
    let values = changes.commonest(VALUES_SHOWN + 1);
    for (shown, value) in values.iter().enumerate() {
        let next = in_words(value);
        let chars = text.chars().count() + next.chars().count();
        if shown == VALUES_SHOWN || (shown > 0 && chars > VALUES_CHARS) {
            return text + ", ...";
        }
        if shown > 0 {
            text.push_str(", ");
        }
        text.push_str(&next);
    }
    text
}

/// `vip ×20`: a line does not end before the number.
fn in_words(
    ValueRows {
        value,
        is_cut,
        rows,
    }: &ValueRows<'_>,
) -> String {
    let beginning = value.char_indices().nth(TEXT_CHARS);
    let beginning = beginning.map_or(*value, |(end, _)| &value[..end]);
    let is_cut = *is_cut || beginning.len() < value.len();
    let more = if is_cut { "…" } else { "" };
    format!("{}{more}{GLUE}×{rows}", exact(beginning))
}
