//! What was asked for and what a conversation shows -> the differences that matter.
//!
//! Lenient: the answer's form is documented by examples only. Nothing is concluded from a field that
//! it does not show, except a custom field where it shows others; tags are a set, letter case and
//! surrounding blanks do not count, times are instants, a number may come as text, and composed and
//! decomposed characters are the same.

use std::fmt;

use super::equal::{
    is_alike, is_same_data, is_same_number, is_same_time, is_status, listed, tag_set,
};
use crate::model::text::one_line;
use crate::model::{Attribute, Changes, Conversation, HoldUntil, StatusChange, literal};

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

impl Difference {
    /// In words, that a guard does not hold.
    #[must_use]
    pub fn as_failed_guard(&self) -> String {
        let (asked, shown) = (short(&self.asked), short(&self.shown));
        let field = one_line(&self.field, MAX_VALUE);
        format!("{field}: expected {asked}, the conversation shows {shown}")
    }
}

fn short(value: &str) -> String {
    match one_line(value, MAX_VALUE) {
        line if line.is_empty() => "nothing".to_owned(),
        line => line,
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        && tag_set(tags) != tag_set(others.tags())
    {
        differs("tag_list", &listed(tags), listed(others.tags()));
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
        let shown = data.get(name);
        let text = shown.map_or_else(String::new, literal);
        let asked_text = value.as_text();
        let is_same = is_alike(asked_text, &text)
            || is_same_number(asked_text, &text)
            || is_same_data(value, shown);
        if !is_same {
            differs(
                &format!("data.{}", one_line(name, MAX_VALUE)),
                asked_text,
                text,
            );
        }
    }
    found
}

fn other_time(asked: &HoldUntil, shown: &Attribute<HoldUntil>) -> Option<String> {
    match shown {
        Attribute::NotShown => None,
        Attribute::Empty => Some("none".into()),
        Attribute::Value(shown) => (!is_same_time(asked, shown)).then(|| shown.text.clone()),
    }
}

fn other_name(asked: &str, shown: &Attribute<String>) -> Option<String> {
    match shown {
        Attribute::NotShown => None,
        Attribute::Empty => Some("none".into()),
        Attribute::Value(name) => (!is_alike(asked, name)).then(|| name.clone()),
    }
}
