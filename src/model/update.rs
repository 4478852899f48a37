//! What is to be changed in one conversation: legal by construction.
//!
//! Texts are parts of the row, where they are unchanged: most rows are only looked at.

use std::borrow::Cow;

use super::text::owned;
use super::{DataValue, Guard, HoldUntil, Slug, Status};

/// One legal row: a conversation, what to change in it, and what must be true of it before.
#[derive(Debug, Clone)]
pub struct Update<'a> {
    /// The physical line of the input on which the row starts; names the row in the ledger.
    pub line: u64,
    /// The conversation.
    pub slug: Slug<'a>,
    /// The host of the address that the slug was read from, if there is no account to compare it with.
    pub unproven_host: Option<String>,
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
            unproven_host: self.unproven_host,
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
