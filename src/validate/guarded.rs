//! `expect.NAME` -> the attribute that a guard is on.

use std::borrow::Cow;

use crate::model::text::{nfc, owned};

/// What a guard is on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Guarded<'a> {
    TagList,
    Status,
    HoldUntil,
    Assignee,
    Category,
    UpdatedAt,
    /// A custom field of that name.
    Data(Cow<'a, str>),
}

/// The names as users write them.
pub(super) const GUARDS: [&str; 6] = [
    "expect.tag_list",
    "expect.status",
    "expect.hold_until",
    "expect.assignee",
    "expect.category",
    "expect.updated_at",
];

impl<'a> Guarded<'a> {
    /// The same, its name composed: what counts as one guard.
    pub(super) fn composed(&self) -> Guarded<'a> {
        match self {
            Self::Data(name) => Guarded::Data(nfc(name).into_owned().into()),
            other => other.clone(),
        }
    }

    /// The same, whatever becomes of the row.
    pub(super) fn into_owned(self) -> Guarded<'static> {
        match self {
            Self::TagList => Guarded::TagList,
            Self::Status => Guarded::Status,
            Self::HoldUntil => Guarded::HoldUntil,
            Self::Assignee => Guarded::Assignee,
            Self::Category => Guarded::Category,
            Self::UpdatedAt => Guarded::UpdatedAt,
            Self::Data(name) => Guarded::Data(owned(name)),
        }
    }

    /// The attribute of that name, in lower case; custom fields apart.
    pub(super) fn exactly(name: &str) -> Option<Self> {
        match name {
            "tag_list" => Some(Self::TagList),
            "status" => Some(Self::Status),
            "hold_until" => Some(Self::HoldUntil),
            "assignee" | "assignee.email" => Some(Self::Assignee),
            "category" => Some(Self::Category),
            "updated_at" => Some(Self::UpdatedAt),
            _ => None,
        }
    }
}
