//! When a conversation shows what a row asks for, and when a field has changed, by the rules as users
//! know them; computed without the program.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

/// The status called On Hold.
const ON_HOLD: u64 = 5;

/// What a preview says of a row.
pub(super) fn decided(row: &Value, shown: Option<Value>) -> &'static str {
    let Some(shown) = shown else {
        return "not_found";
    };
    if !guards_hold(row, &shown) {
        "conflict"
    } else if is_as_asked(row, &shown) {
        "unchanged"
    } else {
        "would_change"
    }
}

/// Whether no guard can be on a field that the row sets: what is there is no single value.
pub(super) fn is_left_out(row: &Value, shown: Option<&Value>) -> bool {
    let data = shown.map(|shown| &shown["data"]);
    let names = row["data"].as_object().into_iter().flatten();
    let mut values = names.filter_map(|(name, _)| data?.get(name));
    values.any(|value| value.is_array() || value.is_object())
}

/// The row with those of its tag edits that change something in the conversation: what was reviewed.
pub(super) fn reviewed(row: &Value, before: &Value) -> Value {
    let there = tags(before);
    let mut row = row.clone();
    for (edits, changes_there) in [("add_tags", false), ("remove_tags", true)] {
        if let Some(edits) = row[edits].as_array_mut() {
            edits.retain(|tag| there.contains(&identity(tag)) == changes_there);
        }
    }
    row
}

/// Whether a field that the row sets, or that its own guards are on, is not as it was.
pub(super) fn has_moved(row: &Value, before: &Value, now: &Value) -> bool {
    let sets = |name: &str| row.get(name).is_some();
    let data = row["data"].as_object().into_iter().flatten();
    let mut data = data.map(|(name, _)| [before, now].map(|shown| &shown["data"][name]));
    sets("tag_list") && tags(before) != tags(now)
        || sets("status") && before["status"] != now["status"]
        || (sets("hold_until") || sets("status") && before["status"] == ON_HOLD)
            && time(&before["hold_until"]) != time(&now["hold_until"])
        || sets("assignee") && before["assignee"]["email"] != now["assignee"]["email"]
        || sets("category") && before["category"]["slug"] != now["category"]["slug"]
        || data.any(|[before, now]| !is_same(before, now))
        || !guards_hold(row, now)
}

fn guards_hold(row: &Value, shown: &Value) -> bool {
    ["status", "assignee", "category"].iter().all(|name| {
        let shown = match *name {
            "status" => &shown["status"],
            "assignee" => &shown["assignee"]["email"],
            _ => &shown["category"]["slug"],
        };
        row.get(format!("expect.{name}"))
            .is_none_or(|expected| expected == shown)
    })
}

/// Whether a conversation shows all that the row sets.
pub(super) fn is_as_asked(row: &Value, shown: &Value) -> bool {
    let there = tags(shown);
    let has = |name: &str| there.contains(name);
    let data = row["data"].as_object().into_iter().flatten();
    let mut data = data.map(|(name, value)| (value, &shown["data"][name]));
    row.get("tag_list")
        .is_none_or(|asked| listed(asked) == there)
        && listed(&row["add_tags"]).iter().all(|tag| has(tag))
        && !listed(&row["remove_tags"]).iter().any(|tag| has(tag))
        && row
            .get("status")
            .is_none_or(|asked| *asked == shown["status"])
        && (row["status"] != ON_HOLD || time(&row["hold_until"]) == time(&shown["hold_until"]))
        && row
            .get("assignee")
            .is_none_or(|asked| *asked == shown["assignee"]["email"])
        && row
            .get("category")
            .is_none_or(|asked| *asked == shown["category"]["slug"])
        && data.all(|(asked, shown)| is_same(asked, shown))
}

/// Whether all that the row does not set is as it was `now`, before the update.
pub(super) fn others_are_kept(row: &Value, now: &Value, after: &Value) -> bool {
    let (mut now, mut after) = (now.clone(), after.clone());
    let sets = |name: &str| row.get(name).is_some();
    // Of edited tags, those of others.
    let edited: BTreeSet<_> = [&row["add_tags"], &row["remove_tags"]]
        .into_iter()
        .flat_map(listed)
        .collect();
    for shown in [&mut now, &mut after] {
        if sets("tag_list") {
            shown["tag_list"] = Value::Null;
        } else if let Some(tags) = shown["tag_list"].as_array_mut() {
            tags.retain(|tag| !edited.contains(&identity(tag)));
        }
        if sets("status") {
            shown["status"] = Value::Null;
            shown["hold_until"] = Value::Null;
        }
        for name in ["assignee", "category"] {
            if sets(name) {
                shown[name] = Value::Null;
            }
        }
        if let (Some(fields), Some(asked)) =
            (shown["data"].as_object_mut(), row["data"].as_object())
        {
            fields.retain(|name, _| !asked.contains_key(name));
        }
    }
    now == after
}

fn identity(tag: &Value) -> String {
    tag.as_str().unwrap_or_default().trim().to_lowercase()
}

fn listed(tags: &Value) -> BTreeSet<String> {
    tags.as_array()
        .into_iter()
        .flatten()
        .map(identity)
        .collect()
}

fn tags(shown: &Value) -> BTreeSet<String> {
    listed(&shown["tag_list"])
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// Whether two values of a custom field are the same: nothing in any form, a number also as text.
fn is_same(a: &Value, b: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let (a_text, b_text) = (text(a), text(b));
    if a.is_string() && b.is_string() || a_text.is_empty() || b_text.is_empty() {
        return a_text == b_text;
    }
    let number = |text: &str| text.parse::<f64>().ok();
    a_text == b_text || number(&a_text).is_some() && number(&a_text) == number(&b_text)
}
