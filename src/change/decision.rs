//! What a row asks for, and the conversation as it was read -> what is to be sent, if anything is.

use std::borrow::Cow;
use std::collections::HashSet;

use super::missing::missing;
use super::tags::{UnsafeTag, edited, unsafe_tag};
use super::{Difference, guards};
use crate::model::{
    Attribute, Changes, Conversation, CustomFields, DataMode, DataValue, Guard, StatusChange,
    TagList, Update,
};

/// Why nothing is sent after a read.
#[derive(Debug)]
pub enum NoChange {
    /// The conversation shows all that is asked for.
    NotNeeded,
    /// These guards do not hold.
    Guards {
        /// What is expected, and what is shown.
        failing: Vec<Difference>,
        /// Whether the conversation shows all that is asked for, guards apart.
        is_changed_already: bool,
    },
    /// This tag that is there cannot be kept as it is.
    UnsafeTag(UnsafeTag),
    /// The change cannot be made safely for another reason.
    Unsafe(&'static str),
    /// The answer lacks what the change depends on: what.
    Unreadable(&'static str),
}

/// What is to be sent.
#[derive(Debug)]
pub struct Change<'a> {
    /// The part of the row's changes that the conversation does not show yet.
    pub changes: Changes<'a>,
    /// The attributes that the row sets, as they are; of custom fields all.
    pub before: Conversation,
    /// The same, as the row sets them; of custom fields those that it sets.
    pub after: Conversation,
}

/// Whether guards apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardMode {
    /// They must hold.
    Check,
    /// They held at the first read, and what was sent then may have been applied: a field that the row
    /// sets may show our own change.
    AfterUpdate,
}

/// What is to be sent for `update` to the conversation that `shown` is.
///
/// # Errors
/// When nothing is.
pub fn decide<'a>(
    update: &Update<'a>,
    shown: &Conversation,
    mode: GuardMode,
    data: DataMode,
) -> Result<Change<'a>, NoChange> {
    if update.slug.is_number() && shown.slug.is_none() {
        return Err(NoChange::Unsafe(
            "the answer shows no slug: the number may be the database ID of another conversation",
        ));
    }
    let asked = asked(update, shown);
    let missing = asked.as_ref().ok().map(|asked| missing(asked, shown));
    if mode == GuardMode::Check {
        let failing = guards::failing(update.guards.iter(), shown);
        if !failing.is_empty() {
            return Err(NoChange::Guards {
                failing,
                is_changed_already: missing.is_some_and(|missing| missing.is_empty()),
            });
        }
    }
    let (asked, mut changes) = (asked?, missing.unwrap_or_default());
    if changes.is_empty() {
        return Err(NoChange::NotNeeded);
    }
    if mode == GuardMode::AfterUpdate {
        let of_others = |guard: &&Guard<'_>| !guards::is_ours(guard, &asked, &changes);
        let failing = guards::failing(update.guards.iter().filter(of_others), shown);
        if !failing.is_empty() {
            return Err(NoChange::Guards {
                failing,
                is_changed_already: false,
            });
        }
    }
    if !update.tag_edits.is_empty()
        && let Some(tags) = &changes.tag_list
    {
        let tags: Vec<_> = tags.iter().map(|tag| tag.clone().into_owned()).collect();
        if let Some(why) = unsafe_tag(&tags) {
            return Err(NoChange::UnsafeTag(why));
        }
    }
    if data == DataMode::Whole && !changes.data.is_empty() {
        let Some(fields) = &shown.data else {
            return Err(NoChange::Unsafe(
                "data: the answer shows no custom fields, and --data-whole would remove them",
            ));
        };
        changes.data = merged(fields, &asked);
    }
    Ok(Change {
        changes,
        before: before(&asked, shown),
        after: after(&asked),
    })
}

/// What the row sets, tag edits made to the tags that are there.
fn asked<'a>(update: &Update<'a>, shown: &Conversation) -> Result<Changes<'a>, NoChange> {
    let mut asked = update.changes.clone();
    if !update.tag_edits.is_empty() {
        let Some(TagList::Array(current)) = &shown.tag_list else {
            return Err(NoChange::Unreadable(
                "tag_list: the answer shows no array of tags to edit",
            ));
        };
        let tags = edited(current, &update.tag_edits);
        asked.tag_list = Some(tags.into_iter().map(Cow::Owned).collect());
    }
    Ok(asked)
}

/// All custom fields that are there, and those that the row sets.
fn merged<'a>(there: &CustomFields, asked: &Changes<'a>) -> Vec<(Cow<'a, str>, DataValue<'a>)> {
    let set = asked.data.iter().map(|(name, _)| name.as_ref());
    let mut known: HashSet<&str> = set.collect();
    // Of a repeated key the last one counts.
    let others = there.0.iter().rev().filter(|(name, _)| known.insert(name));
    let others = others.map(|(name, value)| {
        let value = match value.get() {
            "null" => DataValue::Null,
            _ => DataValue::Json(Cow::Owned(value.clone())),
        };
        (Cow::Owned(name.clone()), value)
    });
    let mut merged: Vec<(Cow<'a, str>, DataValue<'a>)> = others.collect();
    merged.reverse();
    merged.extend(asked.data.iter().cloned());
    merged
}

/// The attributes of `shown` that `asked` sets.
fn before(asked: &Changes<'_>, shown: &Conversation) -> Conversation {
    let mut before = Conversation::default();
    let Changes {
        tag_list,
        status,
        assignee,
        destination,
        data,
    } = asked;
    if tag_list.is_some() {
        let is_array = |tags: &&TagList| matches!(tags, TagList::Array(_));
        before.tag_list = shown.tag_list.as_ref().filter(is_array).cloned();
    }
    if status.is_some() {
        before.status.clone_from(&shown.status);
        before.hold_until.clone_from(&shown.hold_until);
    }
    if assignee.is_some() {
        before.assignee.clone_from(&shown.assignee);
    }
    if destination.is_some() {
        before.category.clone_from(&shown.category);
        before.is_email = shown.is_email;
        before.brand.clone_from(&shown.brand);
    }
    if !data.is_empty() {
        before.data.clone_from(&shown.data);
    }
    before
}

/// A conversation that shows what `asked` sets, and nothing else.
fn after(asked: &Changes<'_>) -> Conversation {
    let name = |name: Option<&Cow<'_, str>>| match name {
        Some(name) => Attribute::Value(name.clone().into_owned()),
        None => Attribute::NotShown,
    };
    let destination = asked.destination.as_ref();
    let tags = asked.tag_list.as_ref();
    let data = asked.data.iter().filter_map(|(name, value)| {
        let json = serde_json::value::to_raw_value(value).ok()?;
        Some((name.clone().into_owned(), json))
    });
    Conversation {
        tag_list: tags
            .map(|tags| TagList::Array(tags.iter().map(|tag| tag.clone().into_owned()).collect())),
        status: asked
            .status
            .as_ref()
            .map(|change| change.status().code().to_string()),
        hold_until: match &asked.status {
            Some(StatusChange::OnHold(until)) => Attribute::Value(until.clone()),
            Some(StatusChange::To(_)) | None => Attribute::NotShown,
        },
        assignee: name(asked.assignee.as_ref()),
        category: name(destination.map(|destination| &destination.category)),
        brand: name(destination.and_then(|destination| destination.brand.as_ref())),
        data: (!asked.data.is_empty()).then(|| CustomFields(data.collect())),
        ..Conversation::default()
    }
}

/// The custom fields that were there at the read, were not sent, and are gone from the answer to the
/// update: then the server replaces `data` instead of adding to it. One that is null is not there.
#[must_use]
pub fn lost_fields(read: &Conversation, sent: &Changes<'_>, shown: &Conversation) -> Vec<String> {
    let (Some(before), Some(after), false) = (&read.data, &shown.data, sent.data.is_empty()) else {
        return Vec::new();
    };
    let sent = sent.data.iter().map(|(name, _)| name.as_ref());
    let mut known: HashSet<&str> = after.names().chain(sent).collect();
    // Each once: an answer may have a key twice.
    let lost = before.names().filter(|name| known.insert(name));
    lost.map(str::to_owned).collect()
}
