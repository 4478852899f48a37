//! When two values count as the same. Tags are a set, letter case and surrounding blanks do not count,
//! times are instants, a number may come as text, and composed and decomposed characters are the
//! same.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::model::text::{folded, nfc};
use crate::model::{DataValue, HoldUntil, Status, literal};

/// Whether two texts mean the same.
pub(super) fn is_alike(a: &str, b: &str) -> bool {
    a == b || folded(a) == folded(b)
}

/// Whether a custom field shows just that value: of texts, letter case counts. No value, null and an
/// empty text are the same: servers turn one into the other.
pub(super) fn is_same_data(asked: &DataValue<'_>, shown: Option<&RawValue>) -> bool {
    let text = shown.map(literal).unwrap_or_default();
    let asked_text = asked.as_text();
    let Some(shown) = shown.filter(|_| !text.is_empty()) else {
        return asked_text.is_empty();
    };
    let is_text = shown.get().starts_with('"');
    match asked {
        DataValue::Null => false,
        DataValue::Text(_) | DataValue::Damaged(_) if is_text => nfc(asked_text) == nfc(&text),
        DataValue::Text(_) | DataValue::Damaged(_) | DataValue::Flag(_) => {
            asked_text == text || is_same_number(asked_text, &text)
        }
        DataValue::Json(json) => {
            let value = |json: &str| serde_json::from_str::<Value>(json).ok();
            let parsed = value(json.get());
            is_same_number(asked_text, &text) || parsed.is_some() && parsed == value(shown.get())
        }
    }
}

/// Whether two times are the same to the second: servers that keep whole seconds drop the fraction.
pub(super) fn is_same_time(a: &HoldUntil, b: &HoldUntil) -> bool {
    a.instant.as_second() == b.instant.as_second()
}

/// Tags as people read them.
pub(super) fn listed(tags: &[impl AsRef<str>]) -> String {
    if tags.is_empty() {
        return "[]".into();
    }
    let tags: Vec<_> = tags.iter().map(AsRef::as_ref).collect();
    tags.join(", ")
}

/// Tags as a set.
pub(super) fn tag_set(tags: &[impl AsRef<str>]) -> BTreeSet<String> {
    tags.iter()
        .map(|tag| folded(tag.as_ref()))
        .filter(|tag| !tag.is_empty())
        .collect()
}

/// Whether a status, by number or by name, is that one.
pub(super) fn is_status(asked: Status, shown: &str) -> bool {
    is_same_number(&asked.code().to_string(), shown) || Status::from_name(shown) == Some(asked)
}

/// The status that is shown, by number or by name, if it is one.
#[must_use]
pub fn known_status(shown: &str) -> Option<Status> {
    Status::all().find(|status| is_status(*status, shown))
}

/// Whether two texts are forms of one number. Whole numbers are compared in full: an order number
/// has more digits than a float keeps.
pub(super) fn is_same_number(a: &str, b: &str) -> bool {
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
