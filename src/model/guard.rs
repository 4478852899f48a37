//! What a conversation must show for a row to be applied to it.

use std::borrow::Cow;

use jiff::Timestamp;

use super::text::owned;
use super::{DataValue, HoldUntil, Status};

/// A value that a conversation must show, or the row is not applied; `None` is nothing there.
#[derive(Debug, Clone)]
pub enum Guard<'a> {
    /// Its status.
    Status(Option<Status>),
    /// Email of its assignee.
    Assignee(Option<Cow<'a, str>>),
    /// Slug of its channel.
    Category(Option<Cow<'a, str>>),
    /// All its tags; an empty list is none.
    TagList(Vec<Cow<'a, str>>),
    /// When it comes back from On Hold.
    HoldUntil(Option<HoldUntil>),
    /// When it was changed last.
    UpdatedAt(Option<Timestamp>),
    /// The custom field of that name.
    Data(Cow<'a, str>, Option<DataValue<'a>>),
}

impl Guard<'_> {
    /// The name of the guarded field.
    #[must_use]
    pub fn field(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Status(_) => "status",
            Self::Assignee(_) => "assignee",
            Self::Category(_) => "category",
            Self::TagList(_) => "tag_list",
            Self::HoldUntil(_) => "hold_until",
            Self::UpdatedAt(_) => "updated_at",
            Self::Data(name, _) => return Cow::Owned(format!("data.{name}")),
        })
    }

    /// The same, whatever becomes of the row.
    #[must_use]
    pub fn into_owned(self) -> Guard<'static> {
        match self {
            Self::Status(status) => Guard::Status(status),
            Self::Assignee(email) => Guard::Assignee(email.map(owned)),
            Self::Category(slug) => Guard::Category(slug.map(owned)),
            Self::TagList(tags) => Guard::TagList(tags.into_iter().map(owned).collect()),
            Self::HoldUntil(until) => Guard::HoldUntil(until),
            Self::UpdatedAt(instant) => Guard::UpdatedAt(instant),
            Self::Data(name, value) => Guard::Data(owned(name), value.map(DataValue::into_owned)),
        }
    }
}
