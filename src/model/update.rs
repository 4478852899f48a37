//! What is to be changed in one conversation: legal by construction.

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::{Slug, Status};

/// One legal row: a conversation and at least one change.
#[derive(Debug, Clone)]
pub struct Update {
    /// The physical line of the input on which the row starts; names the row in the ledger.
    pub line: u64,
    /// The conversation.
    pub slug: Slug,
    /// What to set. Never empty.
    pub changes: Changes,
}

/// The attributes to set; `None` (or no entry in `data`) leaves one alone.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Replaces all tags; empty removes them.
    pub tag_list: Option<Vec<String>>,
    /// The status, with the time that one of them needs.
    pub status: Option<StatusChange>,
    /// Email of a staff user.
    pub assignee: Option<String>,
    /// The channel to move to.
    pub destination: Option<Destination>,
    /// Custom fields by name, in the order of the input.
    pub data: Vec<(String, DataValue)>,
}

impl Changes {
    /// Whether nothing at all would be changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tag_list.is_none()
            && self.status.is_none()
            && self.assignee.is_none()
            && self.destination.is_none()
            && self.data.is_empty()
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
pub struct Destination {
    /// Slug of an email channel.
    pub category: String,
    /// Brand URL of that channel, where it belongs to another brand.
    pub brand: Option<String>,
}

/// The value of a custom field.
#[derive(Debug, Clone)]
pub enum DataValue {
    /// Text, as it stands in the input.
    Text(String),
    /// A number, digit for digit as in the input.
    Number(Box<RawValue>),
    /// `true` or `false`.
    Flag(bool),
    /// JSON `null`.
    Null,
}
