//! A conversation as the server shows it.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{HoldUntil, Members};

/// A conversation as the server shows it. Answers are documented by examples only: what is not there,
/// or is there in a form that nobody knows, counts as not shown, and nothing follows from it.
///
/// As JSON, it is what a before-image has of it: attributes that are not shown are left out.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Conversation {
    /// Its slug.
    #[serde(skip)]
    pub slug: Option<String>,
    /// All its tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_list: Option<TagList>,
    /// Its status, by number or by name, as the server writes it.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "number_or_text",
        deserialize_with = "text_of_any"
    )]
    pub status: Option<String>,
    /// When it comes back from On Hold.
    #[serde(skip_serializing_if = "Attribute::is_not_shown")]
    pub hold_until: Attribute<HoldUntil>,
    /// Email of the staff user.
    #[serde(skip_serializing_if = "Attribute::is_not_shown")]
    pub assignee: Attribute<String>,
    /// Slug of its channel.
    #[serde(skip_serializing_if = "Attribute::is_not_shown")]
    pub category: Attribute<String>,
    /// Whether its channel is one of email, to which conversations can be moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_email: Option<bool>,
    /// Brand URL of its channel.
    #[serde(skip_serializing_if = "Attribute::is_not_shown")]
    pub brand: Attribute<String>,
    /// Its subject. No before-image of a run has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When its customer wrote, if nobody has answered since. No before-image of a run has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_wrote_at: Option<Timestamp>,
    /// When it was changed last.
    #[serde(skip)]
    pub updated_at: Attribute<Timestamp>,
    /// Its custom fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<CustomFields>,
}

#[expect(clippy::ref_option, reason = "the form that serde calls")]
fn number_or_text<S: Serializer>(text: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = text.as_deref().unwrap_or_default();
    match text.parse::<u64>() {
        Ok(number) => serializer.serialize_u64(number),
        Err(_) => serializer.serialize_str(text),
    }
}

fn text_of_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    super::scalar(deserializer).map(Some)
}

/// The tags of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum TagList {
    /// An array of texts, as documented: it can be edited and sent back.
    Array(Vec<String>),
    /// Tags in another form, good enough to compare with.
    #[serde(skip)]
    Other(Vec<String>),
}

impl TagList {
    /// The tags.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        let (Self::Array(tags) | Self::Other(tags)) = self;
        tags
    }
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

impl<T> Attribute<T> {
    /// Whether the answer does not show it.
    #[must_use]
    pub fn is_not_shown(&self) -> bool {
        matches!(self, Self::NotShown)
    }
}

impl<T: Serialize> Serialize for Attribute<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::NotShown | Self::Empty => serializer.serialize_none(),
            Self::Value(value) => serializer.serialize_some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Attribute<T> {
    /// One that is there: one that is not takes the default.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::deserialize(deserializer)?;
        Ok(value.map_or(Self::Empty, Self::Value))
    }
}

/// The custom fields of a conversation, by name, as their JSON.
#[derive(Debug, Clone, Default)]
pub struct CustomFields(pub Vec<(String, Box<RawValue>)>);

impl CustomFields {
    /// The value of the field of that name. Of a repeated one the last counts, as JSON parsers
    /// have it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        let found = self.0.iter().rfind(|(known, _)| known == name);
        found.map(|(_, value)| &**value)
    }

    /// The names of fields that are not null.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let fields = self.0.iter().filter(|(_, value)| value.get() != "null");
        fields.map(|(name, _)| name.as_str())
    }
}

impl Serialize for CustomFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for CustomFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let members: Members<'_> = serde_json::from_str(raw.get()).map_err(D::Error::custom)?;
        Ok(Self::from(members))
    }
}

impl From<Members<'_>> for CustomFields {
    fn from(Members(members): Members<'_>) -> Self {
        let owned =
            |(name, value): (Cow<'_, str>, &RawValue)| (name.into_owned(), value.to_owned());
        Self(members.into_iter().map(owned).collect())
    }
}

/// A value as text, numbers digit for digit; null is empty text.
#[must_use]
pub fn literal(value: &RawValue) -> String {
    match value.get() {
        "null" => String::new(),
        json => serde_json::from_str(json).unwrap_or_else(|_| json.to_owned()),
    }
}
