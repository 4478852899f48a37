//! What was asked for and what the answer shows -> the differences that matter.
//!
//! Lenient: the answer's form is documented by examples only. Nothing is concluded from a field that
//! it does not show, save a custom field where it shows others; tags are a set, letter case and surrounding blanks do not count, times are
//! instants, a number may come as text, and composed and decomposed characters are the same.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::model::text::{nfc, one_line};
use crate::model::{Changes, HoldUntil, Members, Status, StatusChange};

/// The longest value that a difference quotes, in characters.
const MAX_VALUE: usize = 100;

/// What `shown` shows other than `asked`, a line each. `redacted` takes out what must not be told,
/// before anything is cut.
pub(super) fn differences(
    asked: &Changes<'_>,
    shown: &Members<'_>,
    redacted: impl Fn(String) -> String,
) -> Vec<String> {
    let mut found = Vec::new();
    let mut differs = |field: &str, asked: &str, shown: String| {
        let told = |value: &str| match one_line(value, MAX_VALUE) {
            line if line.is_empty() => "nothing".to_owned(),
            line => line,
        };
        let (asked, shown) = (told(asked), told(&redacted(shown)));
        found.push(format!(
            "{field}: asked for {asked}, the server shows {shown}"
        ));
    };
    if let Some(tags) = &asked.tag_list
        && let Some(others) = other_tags(tags, shown.get("tag_list"))
    {
        differs("tag_list", &listed(tags), others);
    }
    if let Some(change) = &asked.status {
        let status = change.status();
        if let Some(other) = other_status(status, shown.get("status")) {
            differs("status", &status.to_string(), other);
        }
        if let StatusChange::OnHold(until) = change
            && let Some(other) = other_time(until, shown.get("hold_until"))
        {
            differs("hold_until", &until.text, other);
        }
    }
    let destination = asked.destination.as_ref();
    let category = destination.map(|destination| &destination.category);
    let brand = destination.and_then(|destination| destination.brand.as_ref());
    for (field, asked, key) in [
        ("assignee", asked.assignee.as_ref(), "email"),
        ("category", category, "slug"),
        ("brand", brand, "url"),
    ] {
        if let Some(asked) = asked
            && let Some(other) = other_name(asked, shown.get(field), key)
        {
            differs(field, asked, other);
        }
    }
    let data = shown
        .get("data")
        .and_then(|data| serde_json::from_str(data.get()).ok());
    let data: Option<Members<'_>> = data.flatten();
    // Some languages write an object without members as a list.
    let has_none = shown
        .get("data")
        .is_some_and(|data| data.get() == "null" || data.get().starts_with('['));
    for (name, value) in &asked.data {
        let known = data
            .as_ref()
            .map(|data| data.get(name).map_or_else(String::new, text_of));
        let shown = known.or(has_none.then(String::new));
        let asked = value.as_text();
        if let Some(other) = shown.filter(|shown| !is_same_data(asked, shown)) {
            let field = format!("data.{}", one_line(name, MAX_VALUE));
            differs(&field, asked, other);
        }
    }
    found
}

/// Two texts that mean the same.
fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (nfc(a.trim()), nfc(b.trim()));
    a == b || nfc(&a.to_lowercase()) == nfc(&b.to_lowercase())
}

fn listed(tags: &[Cow<'_, str>]) -> String {
    if tags.is_empty() {
        "none".into()
    } else {
        tags.join(", ")
    }
}

fn other_tags(asked: &[Cow<'_, str>], shown: Option<&RawValue>) -> Option<String> {
    let shown: Vec<Cow<'_, str>> = match parsed(shown?)? {
        Value::Null => Vec::new(),
        Value::Array(tags) => tags.into_iter().map(plain_text).map(Cow::Owned).collect(),
        Value::String(tags) => tags
            .split(',')
            .map(|tag| Cow::Owned(tag.to_owned()))
            .collect(),
        _ => return None,
    };
    if asked == shown {
        return None;
    }
    let set = |tags: &[Cow<'_, str>]| -> BTreeSet<String> {
        tags.iter()
            .map(|tag| nfc(&nfc(tag.trim()).to_lowercase()).into_owned())
            .filter(|tag| !tag.is_empty())
            .collect()
    };
    (set(asked) != set(&shown)).then(|| listed(&shown))
}

fn other_status(asked: Status, shown: Option<&RawValue>) -> Option<String> {
    let shown = text_of(shown?);
    let is_same =
        same_number(&asked.code().to_string(), &shown) || Status::from_name(&shown) == Some(asked);
    (!is_same).then_some(shown)
}

fn other_time(asked: &HoldUntil, shown: Option<&RawValue>) -> Option<String> {
    match parsed(shown?)? {
        Value::Null => Some("none".into()),
        Value::String(text) => {
            let shown: Timestamp = text.trim().parse().ok()?;
            // Servers that keep whole seconds drop the fraction.
            (shown.as_second() != asked.instant.as_second()).then_some(text)
        }
        _ => None,
    }
}

/// A name that comes as text, or as an object that has it under `key`.
fn other_name(asked: &str, shown: Option<&RawValue>, key: &str) -> Option<String> {
    let shown = shown?;
    let object: Option<Members<'_>> = serde_json::from_str(shown.get()).ok();
    let name = match &object {
        Some(members) => members.get(key)?,
        None => shown,
    };
    match parsed(name)? {
        Value::Null if object.is_none() => Some("none".into()),
        Value::String(name) => (!alike(asked, &name)).then_some(name),
        _ => None,
    }
}

fn is_same_data(asked: &str, shown: &str) -> bool {
    alike(asked, shown) || same_number(asked, shown)
}

/// Two forms of one number. Whole numbers are compared in full: an order number has more digits
/// than a float keeps.
fn same_number(a: &str, b: &str) -> bool {
    match (whole_number(a), whole_number(b)) {
        (Some(a), Some(b)) => a == b,
        _ => matches!(
            (a.trim().parse::<f64>(), b.trim().parse::<f64>()),
            (Ok(a), Ok(b)) if a.to_bits() == b.to_bits()
        ),
    }
}

/// Sign and digits of a whole number, without leading zeros.
fn whole_number(text: &str) -> Option<(bool, &str)> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then(|| (digits.len() < text.len(), digits.trim_start_matches('0')))
}

/// What a value says; `None` where it holds what our parser refuses.
fn parsed(value: &RawValue) -> Option<Value> {
    serde_json::from_str(value.get()).ok()
}

/// A value as text, numbers digit for digit; null is empty text.
fn text_of(value: &RawValue) -> String {
    match value.get() {
        "null" => String::new(),
        json => serde_json::from_str(json).unwrap_or_else(|_| json.to_owned()),
    }
}

fn plain_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{DataValue, Destination};

    fn asked() -> Changes<'static> {
        Changes {
            tag_list: Some(vec!["VIP".into(), "refund".into()]),
            status: Some(StatusChange::OnHold(HoldUntil {
                instant: "2026-12-01T08:00:00Z".parse().expect("a time"),
                text: "2026-12-01T09:00:00+01:00".into(),
            })),
            assignee: Some("Staff1@example.com".into()),
            destination: Some(Destination {
                category: "support".into(),
                brand: None,
            }),
            data: vec![
                ("n".into(), DataValue::Text("5".into())),
                ("f".into(), DataValue::Flag(true)),
            ],
        }
    }

    fn found(shown: &Value) -> Vec<String> {
        let text = shown.to_string();
        let shown = serde_json::from_str(&text).expect("an object");
        differences(&asked(), &shown, std::convert::identity)
    }

    #[test]
    fn the_same_in_another_form_is_no_difference() {
        assert_eq!(
            found(&json!({
                "tag_list": ["refund", "vip "], "status": "5", "hold_until": "2026-12-01T08:00:00.000Z",
                "assignee": {"email": "staff1@EXAMPLE.com", "name": "S"},
                "category": {"slug": "Support", "name": "x"}, "data": {"n": 5.0, "f": "true", "other": 1}
            })),
            Vec::<String>::new()
        );
    }

    #[test]
    fn nothing_is_concluded_from_what_is_not_shown() {
        assert_eq!(
            found(&json!({"assignee": {"name": "S"}})),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_custom_field_that_is_missing_among_others_is_a_difference() {
        for data in [json!({}), json!({"other": 1}), json!([]), Value::Null] {
            assert_eq!(
                found(&json!({ "data": data })),
                [
                    "data.n: asked for 5, the server shows nothing",
                    "data.f: asked for true, the server shows nothing",
                ],
                "{data}"
            );
        }
    }

    #[test]
    fn real_differences_are_told() {
        assert_eq!(
            found(&json!({
                "tag_list": ["vip"], "status": 0, "hold_until": null, "assignee": null,
                "category": {"slug": "sales"}, "data": {"n": "6", "f": null}
            })),
            [
                "tag_list: asked for VIP, refund, the server shows vip",
                "status: asked for 5 (On Hold), the server shows 0",
                "hold_until: asked for 2026-12-01T09:00:00+01:00, the server shows none",
                "assignee: asked for Staff1@example.com, the server shows none",
                "category: asked for support, the server shows sales",
                "data.n: asked for 5, the server shows 6",
                "data.f: asked for true, the server shows nothing",
            ]
        );
    }
}
