//! A row that was previewed, and what its conversation showed -> the row that makes just that change: the
//! same one, with a guard on each field that it sets. Whether guards are valid input is not known here.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::equal::{known_status, tag_set};
use crate::model::text::folded;
use crate::model::{
    Attribute, Changes, Conversation, DataValue, Guard, Status, StatusChange, TagEdits, TagList,
    Update,
};

/// A row of JSONL that changes a conversation as it was reviewed, or not at all. Tag edits need no
/// guard: they leave alone what they do not name. Those that would have changed nothing are left out: a
/// tag that somebody removes meanwhile is not to come back.
#[derive(Debug)]
pub struct ReviewedRow<'a> {
    update: &'a Update<'a>,
    tag_edits: TagEdits<'a>,
    guards: Vec<Guard<'a>>,
}

/// A field that a row sets, and that the answer does not show in a form that can be expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotShown(pub String);

impl<'a> ReviewedRow<'a> {
    /// The row that makes the change of `update` where the conversation shows `before`.
    ///
    /// # Errors
    /// When nothing can be expected of a field that the row sets.
    pub fn new(update: &'a Update<'a>, before: &Conversation) -> Result<Self, NotShown> {
        let shown = shown(&update.changes, before)?;
        let is_shown = |guard: &&Guard<'_>| shown.iter().any(|new| new.field() == guard.field());
        let own = update.guards.iter().filter(|guard| !is_shown(guard));
        let own: Vec<_> = own.cloned().collect();
        Ok(Self {
            update,
            tag_edits: effective(&update.tag_edits, before),
            guards: own.into_iter().chain(shown).collect(),
        })
    }

    /// A row as it is, without guards of ours.
    #[must_use]
    pub fn unchanged(update: &'a Update<'a>) -> Self {
        Self {
            update,
            tag_edits: update.tag_edits.clone(),
            guards: update.guards.clone(),
        }
    }
}

/// Those edits that change the tags that are there.
fn effective<'a>(edits: &TagEdits<'a>, before: &Conversation) -> TagEdits<'a> {
    let tags = before.tag_list.as_ref().map_or(&[][..], TagList::tags);
    let there = tag_set(tags);
    let filtered = |tags: &[Cow<'a, str>], is_there: bool| -> Vec<Cow<'a, str>> {
        let tags = tags.iter();
        let tags = tags.filter(|tag| there.contains(&folded(tag)) == is_there);
        tags.cloned().collect()
    };
    TagEdits {
        add: filtered(&edits.add, false),
        remove: filtered(&edits.remove, true),
    }
}

/// What is shown of each field that is set.
fn shown(
    Changes {
        tag_list,
        status,
        assignee,
        destination,
        data,
    }: &Changes<'_>,
    before: &Conversation,
) -> Result<Vec<Guard<'static>>, NotShown> {
    let mut guards = Vec::new();
    if tag_list.is_some() {
        let Some(TagList::Array(tags)) = &before.tag_list else {
            return Err(NotShown("tag_list".into()));
        };
        guards.push(Guard::TagList(expected_tags(tags)));
    }
    if let Some(change) = status {
        let shown = before.status.as_deref().and_then(known_status);
        let shown = shown.ok_or_else(|| NotShown("status".into()))?;
        guards.push(Guard::Status(Some(shown)));
        // A time is there, or is to be set: of a conversation that is not On Hold, its status says all.
        let is_on_hold = shown == Status::ON_HOLD;
        match value("hold_until", &before.hold_until) {
            Ok(until) if is_on_hold || matches!(change, StatusChange::OnHold(_)) => {
                guards.push(Guard::HoldUntil(until));
            }
            Err(not_shown) if is_on_hold => return Err(not_shown),
            Ok(_) | Err(_) => {}
        }
    }
    if assignee.is_some() {
        let email = value("assignee", &before.assignee)?;
        guards.push(Guard::Assignee(email.map(Cow::Owned)));
    }
    if destination.is_some() {
        let slug = value("category", &before.category)?;
        guards.push(Guard::Category(slug.map(Cow::Owned)));
    }
    for (name, _) in data {
        let Some(fields) = &before.data else {
            return Err(NotShown(format!("data.{name}")));
        };
        let json = fields.get(name).filter(|value| value.get() != "null");
        let json = json.map(|value| DataValue::Json(Cow::Owned(value.to_owned())));
        guards.push(Guard::Data(name.clone().into_owned().into(), json));
    }
    Ok(guards)
}

/// Tags as an input has them: trimmed, each once in whatever letter case, and none that is empty. It is the
/// same set.
fn expected_tags(tags: &[String]) -> Vec<Cow<'static, str>> {
    let mut known = HashSet::from([String::new()]);
    let tags = tags.iter().filter(|tag| known.insert(folded(tag)));
    tags.map(|tag| Cow::Owned(tag.trim().to_owned())).collect()
}

fn value<T: Clone>(field: &str, shown: &Attribute<T>) -> Result<Option<T>, NotShown> {
    match shown {
        Attribute::Value(value) => Ok(Some(value.clone())),
        Attribute::Empty => Ok(None),
        Attribute::NotShown => Err(NotShown(field.into())),
    }
}

impl Serialize for ReviewedRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Changes {
            tag_list,
            status,
            assignee,
            destination,
            data,
        } = &self.update.changes;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("slug", self.update.slug.as_str())?;
        if let Some(tags) = tag_list {
            map.serialize_entry("tag_list", tags)?;
        }
        let edits = &self.tag_edits;
        for (key, tags) in [("add_tags", &edits.add), ("remove_tags", &edits.remove)] {
            if !tags.is_empty() {
                map.serialize_entry(key, tags)?;
            }
        }
        if let Some(change) = status {
            map.serialize_entry("status", &change.status().code())?;
            if let StatusChange::OnHold(until) = change {
                map.serialize_entry("hold_until", until)?;
            }
        }
        if let Some(email) = assignee {
            map.serialize_entry("assignee", email)?;
        }
        if let Some(destination) = destination {
            map.serialize_entry("category", &destination.category)?;
            if let Some(brand) = &destination.brand {
                map.serialize_entry("brand", brand)?;
            }
        }
        for (name, value) in data {
            map.serialize_entry(&format!("data.{name}"), value)?;
        }
        for guard in &self.guards {
            map.serialize_entry(&format!("expect.{}", guard.field()), guard)?;
        }
        map.end()
    }
}
