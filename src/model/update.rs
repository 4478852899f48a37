//! What is to be changed in one conversation: legal by construction.
//!
//! Texts are parts of the row, where they are unchanged: most rows are only looked at.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::text::owned;
use super::{Guard, Slug, Status};

/// One legal row: a conversation, what to change in it, and what must be true of it before.
#[derive(Debug, Clone)]
pub struct Update<'a> {
    /// The physical line of the input on which the row starts; names the row in the ledger.
    pub line: u64,
    /// The conversation.
    pub slug: Slug<'a>,
    /// What to set, whatever is there.
    pub changes: Changes<'a>,
    /// What to do with the tags that are there; nothing where `changes` replaces them.
    pub tag_edits: TagEdits<'a>,
    /// What the conversation must show, or nothing is changed.
    pub guards: Vec<Guard<'a>>,
}

/// The attributes to set; `None` (or no entry in `data`) leaves one alone.
#[derive(Debug, Clone, Default)]
pub struct Changes<'a> {
    /// Replaces all tags; empty removes them.
    pub tag_list: Option<Vec<Cow<'a, str>>>,
    /// The status, with the time that one of them needs.
    pub status: Option<StatusChange>,
    /// Email of a staff user.
    pub assignee: Option<Cow<'a, str>>,
    /// The channel to move to.
    pub destination: Option<Destination<'a>>,
    /// Custom fields by name, in the order of the input.
    pub data: Vec<(Cow<'a, str>, DataValue<'a>)>,
}

/// Tags to add to those that are there, and to remove from them. In any letter case, no tag is in both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagEdits<'a> {
    /// Tags to add.
    pub add: Vec<Cow<'a, str>>,
    /// Tags to remove.
    pub remove: Vec<Cow<'a, str>>,
}

/// Which rows are read before they are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadPolicy {
    /// Rows that need not be read.
    pub plain_rows: PlainRows,
    /// How custom fields are sent.
    pub data: DataMode,
}

/// Whether rows that need not be read are read all the same, so that they can be undone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PlainRows {
    /// They are sent at once.
    #[default]
    Send,
    /// They are read first.
    ReadFirst,
}

/// How custom fields are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DataMode {
    /// Those that change: the server keeps the others.
    #[default]
    Changed,
    /// All of them, with those that were read: for a server that replaces `data` as a whole.
    Whole,
}

impl Update<'_> {
    /// Whether the row asks for no change at all: its only changes are edits without a tag.
    #[must_use]
    pub fn is_without_change(&self) -> bool {
        self.changes.is_empty() && self.tag_edits.is_empty()
    }

    /// Whether the conversation is read before it is changed.
    #[must_use]
    pub fn is_read_first(&self, policy: ReadPolicy) -> bool {
        policy.plain_rows == PlainRows::ReadFirst
            || !self.tag_edits.is_empty()
            || !self.guards.is_empty()
            || (policy.data == DataMode::Whole && !self.changes.data.is_empty())
            // The server may take it for a database ID, that of an unrelated conversation.
            || self.slug.is_number()
    }

    /// Requests that the row takes, retries apart: none, one, or two.
    #[must_use]
    pub fn requests(&self, policy: ReadPolicy) -> u64 {
        match (self.is_without_change(), self.is_read_first(policy)) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => 2,
        }
    }

    /// The same, whatever becomes of the row.
    #[must_use]
    pub fn into_owned(self) -> Update<'static> {
        Update {
            line: self.line,
            slug: self.slug.into_owned(),
            changes: self.changes.into_owned(),
            tag_edits: self.tag_edits.into_owned(),
            guards: self.guards.into_iter().map(Guard::into_owned).collect(),
        }
    }
}

impl TagEdits<'_> {
    /// Whether there is no tag in them.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    fn into_owned(self) -> TagEdits<'static> {
        TagEdits {
            add: self.add.into_iter().map(owned).collect(),
            remove: self.remove.into_iter().map(owned).collect(),
        }
    }
}

impl Changes<'_> {
    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            tag_list,
            status,
            assignee,
            destination,
            data,
        } = self;
        tag_list.is_none()
            && status.is_none()
            && assignee.is_none()
            && destination.is_none()
            && data.is_empty()
    }

    fn into_owned(self) -> Changes<'static> {
        let tags = |tags: Vec<_>| tags.into_iter().map(owned).collect();
        let data = self.data.into_iter();
        Changes {
            tag_list: self.tag_list.map(tags),
            status: self.status,
            assignee: self.assignee.map(owned),
            destination: self.destination.map(Destination::into_owned),
            data: data
                .map(|(name, value)| (owned(name), value.into_owned()))
                .collect(),
        }
    }
}

/// A status, and a time exactly where the status needs one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusChange {
    /// Any status but On Hold.
    To(Status),
    /// On Hold until then.
    OnHold(HoldUntil),
}

impl StatusChange {
    /// The status that is set.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::To(status) => *status,
            Self::OnHold(_) => Status::ON_HOLD,
        }
    }
}

/// When a conversation comes back from On Hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldUntil {
    /// The instant.
    pub instant: Timestamp,
    /// The same as RFC 3339 text, with the offset that the row gave.
    pub text: String,
}

impl serde::Serialize for HoldUntil {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> serde::Deserialize<'de> for HoldUntil {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let instant = text.trim().parse().map_err(serde::de::Error::custom)?;
        Ok(Self { instant, text })
    }
}

/// The channel to move a conversation to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination<'a> {
    /// Slug of an email channel.
    pub category: Cow<'a, str>,
    /// Brand URL of that channel, where it belongs to another brand.
    pub brand: Option<Cow<'a, str>>,
}

impl Destination<'_> {
    fn into_owned(self) -> Destination<'static> {
        Destination {
            category: owned(self.category),
            brand: self.brand.map(owned),
        }
    }
}

/// The value of a custom field.
#[derive(Debug, Clone)]
pub enum DataValue<'a> {
    /// Text, as it is in the input.
    Text(Cow<'a, str>),
    /// The same, of text that a spreadsheet or an export has damaged: it is sent only where that
    /// was asked for.
    Damaged(Cow<'a, str>),
    /// A number, digit for digit as in the input; or any JSON, as a conversation shows it.
    Json(Cow<'a, RawValue>),
    /// `true` or `false`.
    Flag(bool),
    /// JSON `null`.
    Null,
}

impl DataValue<'_> {
    /// Its text, a number digit for digit; null has none.
    #[must_use]
    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Damaged(text) => text,
            Self::Json(json) => json.get(),
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
            Self::Null => "",
        }
    }

    /// The same, whatever becomes of the row.
    #[must_use]
    pub fn into_owned(self) -> DataValue<'static> {
        match self {
            Self::Text(text) => DataValue::Text(owned(text)),
            Self::Damaged(text) => DataValue::Damaged(owned(text)),
            Self::Json(json) => DataValue::Json(Cow::Owned(json.into_owned())),
            Self::Flag(flag) => DataValue::Flag(flag),
            Self::Null => DataValue::Null,
        }
    }
}

impl serde::Serialize for DataValue<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) | Self::Damaged(text) => serializer.serialize_str(text),
            Self::Json(json) => json.serialize(serializer),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Null => serializer.serialize_unit(),
        }
    }
}
