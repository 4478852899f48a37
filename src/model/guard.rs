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

/// The value beside the name of a guard, as a row of JSONL has it.
impl serde::Serialize for Guard<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Status(status) => status.map(Status::code).serialize(serializer),
            Self::Assignee(text) | Self::Category(text) => text.serialize(serializer),
            Self::TagList(tags) => tags.serialize(serializer),
            Self::HoldUntil(until) => until.serialize(serializer),
            Self::UpdatedAt(instant) => instant.serialize(serializer),
            Self::Data(_, value) => value.serialize(serializer),
        }
    }
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

    /// What is expected, in words: several tags are separated by commas, and no tags are `[]` as in a
    /// file (`none` would be a tag).
    #[must_use]
    pub fn expected(&self) -> Cow<'_, str> {
        let text = match self {
            Self::Status(status) => status.map(|status| status.shown().into()),
            Self::Assignee(text) | Self::Category(text) => text.as_deref().map(Cow::Borrowed),
            Self::TagList(tags) if tags.is_empty() => Some("[]".into()),
            Self::TagList(tags) => Some(tags.join(", ").into()),
            Self::HoldUntil(until) => until.as_ref().map(|until| until.text.as_str().into()),
            Self::UpdatedAt(instant) => instant.map(|instant| instant.to_string().into()),
            // `none` would be a text of the field.
            Self::Data(_, None | Some(DataValue::Null)) => Some("null".into()),
            Self::Data(_, Some(value)) => Some(value.as_text().into()),
        };
        text.unwrap_or(Cow::Borrowed("none"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tags_are_not_a_tag_called_none() {
        let expected = |tags: &[&'static str]| {
            let tags = tags.iter().copied().map(Cow::Borrowed).collect();
            Guard::TagList(tags).expected().into_owned()
        };
        assert_eq!(expected(&[]), "[]");
        assert_eq!(expected(&["none"]), "none");
        assert_eq!(expected(&["vip", "new"]), "vip, new");
    }
}
