//! What should be sent for a row, by the rules as users know them, computed without the program.

use std::collections::BTreeSet;
use std::mem;

use serde_json::{Map, Value, json};

use super::case::{Row, identity, is_safe};

/// The tags of a conversation, as they are spelled.
pub(super) fn tags(shown: &Value) -> Vec<String> {
    let tags = shown["tag_list"].as_array().into_iter().flatten();
    tags.filter_map(|tag| tag.as_str().map(str::to_owned))
        .collect()
}

/// Tags as a set, whatever their spelling.
pub(super) fn set(tags: &[String]) -> BTreeSet<&str> {
    tags.iter().map(|tag| identity(tag)).collect()
}

/// The current tags in order and spelling, minus those that are removed, plus those that are missing.
fn edited(current: &[String], row: &Row) -> Vec<String> {
    let removed = set(&row.remove);
    let kept = current
        .iter()
        .filter(|tag| !removed.contains(identity(tag)));
    let mut tags: Vec<_> = kept.cloned().collect();
    for tag in &row.add {
        if !set(&tags).contains(identity(tag)) {
            tags.push(tag.clone());
        }
    }
    tags
}

/// The body of an update for a conversation that is `shown`: what differs, pairs whole.
pub(super) fn missing(row: &Row, shown: &Value) -> Value {
    let mut body = all(row);
    let current = tags(shown);
    if row.has_edits() {
        body.insert("tag_list".into(), json!(edited(&current, row)));
    }
    let differs = |name: &str, value: &Value| match name {
        "tag_list" => set(&tags(&json!({"tag_list": value}))) != set(&current),
        "assignee" => value["email"] != shown["assignee"]["email"],
        "category" => *value != shown["category"]["slug"],
        _ => *value != shown[name],
    };
    let is_on_hold = body.contains_key("hold_until");
    let hold_differs = is_on_hold && body["hold_until"] != shown["hold_until"];
    let status_differs = body
        .get("status")
        .is_some_and(|value| *value != shown["status"]);
    body.retain(|name, value| match name.as_str() {
        "status" | "hold_until" => status_differs || hold_differs,
        "data" => {
            if let Some(fields) = value.as_object_mut() {
                fields.retain(|name, value| *value != shown["data"][name]);
            }
            let differs = *value != json!({});
            if row.is_whole
                && let (Some(fields), Some(others)) =
                    (value.as_object_mut(), shown["data"].as_object())
            {
                let mut whole = others.clone();
                whole.extend(mem::take(fields));
                *fields = whole;
            }
            differs
        }
        name => differs(name, value),
    });
    Value::Object(body)
}

/// The body of an update that sets all that the row sets, apart from edits.
pub(super) fn all(row: &Row) -> Map<String, Value> {
    let mut body = Map::new();
    let mut set = |name: &str, value: Value| body.insert(name.to_owned(), value);
    if let Some(tags) = &row.tag_list {
        set("tag_list", json!(tags));
    }
    if let Some((status, hold)) = row.status {
        set("status", json!(status));
        hold.and_then(|hold| set("hold_until", json!(hold)));
    }
    if let Some(email) = row.assignee {
        set("assignee", json!({"email": email}));
    }
    if let Some(category) = row.category {
        set("category", json!(category));
    }
    if !row.data.is_empty() {
        set("data", json!(row.data));
    }
    body
}

/// Whether the guards of a row hold.
pub(super) fn guards_hold(row: &Row, shown: &Value) -> bool {
    row.guards.iter().all(|(name, expected)| {
        let found = match name.as_str() {
            "assignee" => &shown["assignee"]["email"],
            "category" => &shown["category"]["slug"],
            name => match name.strip_prefix("data.") {
                Some(name) => &shown["data"][name],
                None => &shown[name],
            },
        };
        match name.as_str() {
            "tag_list" => {
                let expected = tags(&json!({"tag_list": expected}));
                set(&expected) == set(&tags(shown))
            }
            _ => found == expected,
        }
    })
}

/// What a row comes to for a conversation that is `shown`, when nothing interferes.
pub(super) fn outcome(row: &Row, shown: &Value) -> &'static str {
    let body = missing(row, shown);
    if !guards_hold(row, shown) {
        return "conflict";
    }
    if body == json!({}) {
        return "unchanged";
    }
    let is_unsafe = !tags(&body).iter().all(|tag| is_safe(tag));
    if row.has_edits() && is_unsafe {
        "conflict"
    } else {
        "updated"
    }
}
