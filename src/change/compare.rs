//! What was asked for and what a conversation shows -> the differences that matter.
//!
//! Lenient: the answer's form is documented by examples only. Nothing is concluded from a field that
//! it does not show, except a custom field where it shows others; tags are a set, letter case and
//! surrounding blanks do not count, times are instants, a number may come as text, and composed and
//! decomposed characters are the same.

use std::collections::BTreeSet;
use std::fmt;

use crate::model::text::{nfc, one_line};
use crate::model::{Attribute, Changes, Conversation, HoldUntil, Status, StatusChange, literal};

/// The longest value that a difference quotes, in characters.
const MAX_VALUE: usize = 100;

/// A field that shows something else than was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field's name.
    pub field: String,
    /// The value that was asked for.
    pub asked: String,
    /// The value that the conversation shows; empty where it shows nothing.
    pub shown: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |value: &str| match one_line(value, MAX_VALUE) {
            line if line.is_empty() => "nothing".to_owned(),
            line => line,
        };
        let (asked, shown) = (short(&self.asked), short(&self.shown));
        write!(
            f,
            "{}: asked for {asked}, the server shows {shown}",
            self.field
        )
    }
}

/// What `shown` shows other than `asked`, field by field.
#[must_use]
pub fn compare(asked: &Changes<'_>, shown: &Conversation) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut differs = |field: &str, asked: &str, shown: String| {
        found.push(Difference {
            field: field.to_owned(),
            asked: asked.to_owned(),
            shown,
        });
    };
    if let (Some(tags), Some(others)) = (&asked.tag_list, &shown.tag_list)
        && tag_set(tags) != tag_set(others)
    {
        differs("tag_list", &listed(tags), listed(others));
    }
    if let Some(change) = &asked.status {
        let status = change.status();
        if let Some(other) = shown
            .status
            .as_ref()
            .filter(|other| !is_status(status, other))
        {
            differs("status", &status.to_string(), other.clone());
        }
        if let StatusChange::OnHold(until) = change
            && let Some(other) = other_time(until, &shown.hold_until)
        {
            differs("hold_until", &until.text, other);
        }
    }
    let destination = asked.destination.as_ref();
    let category = destination.map(|destination| &destination.category);
    let brand = destination.and_then(|destination| destination.brand.as_ref());
    for (field, asked, shown) in [
        ("assignee", asked.assignee.as_ref(), &shown.assignee),
        ("category", category, &shown.category),
        ("brand", brand, &shown.brand),
    ] {
        if let Some(asked) = asked
            && let Some(other) = other_name(asked, shown)
        {
            differs(field, asked, other);
        }
    }
    for (name, value) in &asked.data {
        let Some(data) = &shown.data else { break };
        // Of a repeated key the last one counts, as JSON parsers have it.
        let shown = data.iter().rfind(|(known, _)| known == name);
        let shown = shown.map_or_else(String::new, |(_, value)| literal(value));
        let asked = value.as_text();
        if !is_alike(asked, &shown) && !is_same_number(asked, &shown) {
            differs(&format!("data.{}", one_line(name, MAX_VALUE)), asked, shown);
        }
    }
    found
}

/// Whether two texts mean the same.
fn is_alike(a: &str, b: &str) -> bool {
    let (a, b) = (nfc(a.trim()), nfc(b.trim()));
    a == b || nfc(&a.to_lowercase()) == nfc(&b.to_lowercase())
}

fn listed(tags: &[impl AsRef<str>]) -> String {
    if tags.is_empty() {
        return "none".into();
    }
    let tags: Vec<_> = tags.iter().map(AsRef::as_ref).collect();
    tags.join(", ")
}

fn tag_set(tags: &[impl AsRef<str>]) -> BTreeSet<String> {
    tags.iter()
        .map(|tag| nfc(&nfc(tag.as_ref().trim()).to_lowercase()).into_owned())
        .filter(|tag| !tag.is_empty())
        .collect()
}

fn is_status(asked: Status, shown: &str) -> bool {
    is_same_number(&asked.code().to_string(), shown) || Status::from_name(shown) == Some(asked)
}

fn other_time(asked: &HoldUntil, shown: &Attribute<HoldUntil>) -> Option<String> {
    match shown {
        Attribute::NotShown => None,
        Attribute::Empty => Some("none".into()),
        // Servers that keep whole seconds drop the fraction.
        Attribute::Value(shown) => {
            (shown.instant.as_second() != asked.instant.as_second()).then(|| shown.text.clone())
        }
    }
}

fn other_name(asked: &str, shown: &Attribute<String>) -> Option<String> {
    match shown {
        Attribute::NotShown => None,
        Attribute::Empty => Some("none".into()),
        Attribute::Value(name) => (!is_alike(asked, name)).then(|| name.clone()),
    }
}

/// Whether two texts are forms of one number. Whole numbers are compared in full: an order number
/// has more digits than a float keeps.
fn is_same_number(a: &str, b: &str) -> bool {
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
