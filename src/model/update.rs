//! What is to be changed in one conversation: legal by construction.
//!
//! Texts are parts of the row, where they are unchanged: most rows are only looked at.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::text::owned;
use super::{Slug, Status};

/// One legal row: a conversation and at least one change.
#[derive(Debug, Clone)]
pub struct Update<'a> {
    /// The physical line of the input on which the row starts; names the row in the ledger.
    pub line: u64,
    /// The conversation.
    pub slug: Slug<'a>,
    /// What to set. Never empty.
    pub changes: Changes<'a>,
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

impl Update<'_> {
    /// The same, whatever becomes of the row.
    #[must_use]
    pub fn into_owned(self) -> Update<'static> {
        Update {
            line: self.line,
            slug: self.slug.into_owned(),
            changes: self.changes.into_owned(),
        }
    }
}

impl Changes<'_> {
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
    /// A number, digit for digit as in the input.
    Number(Cow<'a, RawValue>),
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
            Self::Number(number) => number.get(),
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
            Self::Number(number) => DataValue::Number(Cow::Owned(number.into_owned())),
            Self::Flag(flag) => DataValue::Flag(flag),
            Self::Null => DataValue::Null,
        }
    }
}
