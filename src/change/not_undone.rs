//! Why an undo does not put a field back.

use std::fmt;

/// A field that is not put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The name of the field.
    pub field: String,
    /// Why.
    pub reason: NotUndone,
}

/// Why a field is not put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotUndone {
    /// There is no before-image: the conversation was changed without being read, or somebody has
    /// shortened the file.
    NotRead,
    /// It was assigned to nobody.
    Unassigned,
    /// The custom field did not exist.
    NewField,
    /// The custom field had an object or a list as its value.
    Nested,
    /// It was On Hold, and the account does not show until when.
    NoTime,
    /// It was On Hold until a time that has passed.
    PastTime,
    /// It had a status that cannot be set.
    OtherStatus,
    /// It was in a channel to which nothing can be moved.
    NoEmailChannel,
    /// It was in a channel of another brand.
    OtherBrand,
    /// The account did not show what was there.
    NotShown,
    /// What was there is not valid as input.
    Invalid,
}

impl fmt::Display for NotUndone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRead => "changed without being read first, or its before-image is missing",
            Self::Unassigned => "was unassigned",
            Self::NewField => "custom field that did not exist",
            Self::Nested => "custom field with an object or a list in it",
            Self::NoTime => "was On Hold without a known time",
            Self::PastTime => "was On Hold until a time that has passed",
            Self::OtherStatus => "had a status from 6 to 9",
            Self::NoEmailChannel => "was not in an email channel",
            Self::OtherBrand => "was in a channel of another brand",
            Self::NotShown => "the account did not show what was there",
            Self::Invalid => "what was there is not valid as input",
        })
    }
}
