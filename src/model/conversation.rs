//! A conversation as the server shows it.

use serde_json::value::RawValue;

use super::HoldUntil;

/// A conversation as the server shows it. Answers are documented by examples only: what is not there,
/// or is there in a form that nobody knows, counts as not shown, and nothing follows from it.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    /// Its slug.
    pub slug: Option<String>,
    /// All its tags.
    pub tag_list: Option<Vec<String>>,
    /// Its status, by number or by name, as the server writes it.
    pub status: Option<String>,
    /// When it comes back from On Hold.
    pub hold_until: Attribute<HoldUntil>,
    /// Email of the staff user.
    pub assignee: Attribute<String>,
    /// Slug of its channel.
    pub category: Attribute<String>,
    /// Brand URL of its channel.
    pub brand: Attribute<String>,
    /// Its custom fields.
    pub data: Option<Vec<(String, Box<RawValue>)>>,
}

/// An attribute of a conversation that may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Attribute<T> {
    /// The answer does not show it.
    #[default]
    NotShown,
    /// There is nothing.
    Empty,
    /// There is a value.
    Value(T),
}

/// A value as text, numbers digit for digit; null is empty text.
#[must_use]
pub fn literal(value: &RawValue) -> String {
    match value.get() {
        "null" => String::new(),
        json => serde_json::from_str(json).unwrap_or_else(|_| json.to_owned()),
    }
}
