//! What a row has changed, before and after -> an input row that puts it back where the change is still
//! there, and what cannot be put back.
//!
//! Tags go back by edits, so that those that others have added stay; all else with a guard that our
//! value is still there. Whether values are valid input is not known here.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::equal::{is_alike, is_same_data, is_same_time, known_status};
use super::not_undone::{LeftOut, NotUndone};
use super::tags::without;
use crate::model::{
    Attribute, BeforeImage, Conversation, CustomFields, DataValue, Status, TagList, literal,
};

/// What a row that undoes another one sets, and what it leaves out.
#[derive(Debug, Default)]
pub struct Undo {
    /// What can be put back.
    pub parts: Vec<UndoPart>,
    /// What cannot.
    pub left_out: Vec<LeftOut>,
}

/// A field to put back, with what belongs to it: the keys of a JSONL row.
#[derive(Debug)]
pub struct UndoPart {
    /// The name of the field.
    pub field: String,
    keys: Vec<(String, Value)>,
}

/// The value of a key.
#[derive(Debug, serde::Serialize)]
#[serde(untagged)]
enum Value {
    Tags(Vec<String>),
    Text(String),
    Status(u8),
    Json(Box<RawValue>),
    Nothing,
}

/// What became of the custom fields that a run did not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnsetFields {
    /// They stayed.
    Kept,
    /// The server erased them when it set others.
    Erased,
}

/// What undoes the row of `image`, at `now`.
#[must_use]
pub fn undo(image: &BeforeImage, unset_fields: UnsetFields, now: Timestamp) -> Undo {
    let mut undo = Undo::default();
    let (before, after) = (&image.before, &image.after);
    match tags(before, after) {
        Ok([added, removed]) => {
            undo.add("tag_list", Ok(added));
            undo.add("tag_list", Ok(removed));
        }
        Err(reason) => undo.add("tag_list", Err(reason)),
    }
    undo.add("status", status(before, after, now));
    undo.add("assignee", assignee(before, after));
    undo.add("category", category(before, after));
    if let Some(ours) = &after.data {
        undo.data(before.data.as_ref(), ours, unset_fields);
    }
    undo
}

/// The keys of a part; none where nothing has changed.
type Keys = Result<Vec<(String, Value)>, NotUndone>;

impl Undo {
    fn add(&mut self, field: impl Into<String>, keys: Keys) {
        let field = field.into();
        match keys {
            Ok(keys) if keys.is_empty() => {}
            Ok(keys) => self.parts.push(UndoPart { field, keys }),
            Err(reason) => self.left_out.push(LeftOut { field, reason }),
        }
    }

    fn data(&mut self, before: Option<&CustomFields>, ours: &CustomFields, others: UnsetFields) {
        let mut is_sent = false;
        for (name, value) in &ours.0 {
            let keys = match before {
                None => Err(NotUndone::NotShown),
                Some(before) => custom_field(name, before.get(name), value),
            };
            is_sent |= !matches!(&keys, Ok(keys) if keys.is_empty());
            self.add(format!("data.{name}"), keys);
        }
        // Where nothing was to change, nothing was sent.
        if others == UnsetFields::Kept || !is_sent {
            return;
        }
        let Some(before) = before else { return };
        let mut known: HashSet<&str> = ours.0.iter().map(|(name, _)| name.as_str()).collect();
        // Each once: an answer may have a key twice.
        for name in before.names().filter(|name| known.insert(name)) {
            if let Some(old) = before.get(name) {
                self.add(format!("data.{name}"), erased_field(name, old));
            }
        }
    }
}

/// Tags to add, and tags to remove.
fn tags(
    before: &Conversation,
    after: &Conversation,
) -> Result<[Vec<(String, Value)>; 2], NotUndone> {
    let Some(TagList::Array(ours)) = &after.tag_list else {
        return Ok(Default::default());
    };
    let Some(TagList::Array(old)) = &before.tag_list else {
        return Err(NotUndone::NotShown);
    };
    let edit = |key: &str, mut tags: Vec<String>| {
        tags.retain(|tag| !tag.trim().is_empty());
        match tags.as_slice() {
            [] => Vec::new(),
            _ => vec![(key.to_owned(), Value::Tags(tags))],
        }
    };
    Ok([
        edit("add_tags", without(old, ours)),
        edit("remove_tags", without(ours, old)),
    ])
}

fn status(before: &Conversation, after: &Conversation, now: Timestamp) -> Keys {
    let Some(ours) = after.status.as_deref().and_then(known_status) else {
        return Ok(Vec::new());
    };
    let shown = before.status.as_deref().ok_or(NotUndone::NotShown)?;
    let old = known_status(shown).ok_or(NotUndone::NotShown)?;
    let is_same_hold = match (&before.hold_until, &after.hold_until) {
        (Attribute::Value(old), Attribute::Value(ours)) => is_same_time(old, ours),
        _ => false,
    };
    if old == ours && (old != Status::ON_HOLD || is_same_hold) {
        return Ok(Vec::new());
    }
    let mut keys = Vec::new();
    let mut add = |key: &str, value| keys.push((key.to_owned(), value));
    add("status", Value::Status(old.code()));
    if old == Status::ON_HOLD {
        let Attribute::Value(until) = &before.hold_until else {
            return Err(NotUndone::NoTime);
        };
        if until.instant <= now {
            return Err(NotUndone::PastTime);
        }
        add("hold_until", Value::Text(until.text.clone()));
    } else if old.code() > Status::ON_HOLD.code() {
        return Err(NotUndone::OtherStatus);
    }
    add("expect.status", Value::Status(ours.code()));
    // Of an account that shows no time, none can be expected.
    if let Attribute::Value(until) = &after.hold_until
        && !before.hold_until.is_not_shown()
    {
        add("expect.hold_until", Value::Text(until.text.clone()));
    }
    Ok(keys)
}

fn assignee(before: &Conversation, after: &Conversation) -> Keys {
    let Attribute::Value(ours) = &after.assignee else {
        return Ok(Vec::new());
    };
    match &before.assignee {
        Attribute::Value(old) if is_alike(old, ours) => Ok(Vec::new()),
        Attribute::Value(old) => Ok(pair("assignee", old, ours)),
        Attribute::Empty => Err(NotUndone::Unassigned),
        Attribute::NotShown => Err(NotUndone::NotShown),
    }
}

fn category(before: &Conversation, after: &Conversation) -> Keys {
    let Attribute::Value(ours) = &after.category else {
        return Ok(Vec::new());
    };
    let Attribute::Value(old) = &before.category else {
        return Err(NotUndone::NotShown);
    };
    let is_same_brand = match (&before.brand, &after.brand) {
        (Attribute::Value(old), Attribute::Value(ours)) => is_alike(old, ours),
        // Where the answer did not show the brand of the old channel, only our channel is surely of ours.
        (_, Attribute::Value(_)) => is_alike(old, ours),
        (_, Attribute::NotShown | Attribute::Empty) => true,
    };
    if is_alike(old, ours) && is_same_brand {
        Ok(Vec::new())
    } else if before.is_email == Some(false) {
        Err(NotUndone::NoEmailChannel)
    } else if !is_same_brand {
        Err(NotUndone::OtherBrand)
    } else {
        Ok(pair("category", old, ours))
    }
}

/// The old value of a field, and ours as its guard.
fn pair(field: &str, old: &str, ours: &str) -> Vec<(String, Value)> {
    vec![
        (field.to_owned(), Value::Text(old.to_owned())),
        (format!("expect.{field}"), Value::Text(ours.to_owned())),
    ]
}

fn custom_field(name: &str, old: Option<&RawValue>, ours: &RawValue) -> Keys {
    if is_same_data(&asked(ours), old) {
        return Ok(Vec::new());
    }
    let old = old.ok_or(NotUndone::NewField)?;
    data_pair(name, old, Value::Json(ours.to_owned()))
}

/// Of a field that was set to nothing without being mentioned.
fn erased_field(name: &str, old: &RawValue) -> Keys {
    match old.get() {
        "null" => Ok(Vec::new()),
        _ => data_pair(name, old, Value::Nothing),
    }
}

fn data_pair(name: &str, old: &RawValue, ours: Value) -> Keys {
    if old.get().starts_with(['{', '[']) {
        return Err(NotUndone::Nested);
    }
    Ok(vec![
        (format!("data.{name}"), Value::Json(old.to_owned())),
        (format!("expect.data.{name}"), ours),
    ])
}

/// What a custom field was set to.
pub(super) fn asked(json: &RawValue) -> DataValue<'_> {
    match json.get() {
        "null" => DataValue::Null,
        "true" => DataValue::Flag(true),
        "false" => DataValue::Flag(false),
        text if text.starts_with('"') => DataValue::Text(literal(json).into()),
        _ => DataValue::Json(std::borrow::Cow::Borrowed(json)),
    }
}

impl UndoPart {
    /// The same for each of its tags, if it is one of tags.
    #[must_use]
    pub fn split(self) -> Vec<Self> {
        match self.keys.as_slice() {
            [(key, Value::Tags(tags))] => {
                let one = |tag: &String| Self {
                    field: self.field.clone(),
                    keys: vec![(key.clone(), Value::Tags(vec![tag.clone()]))],
                };
                tags.iter().map(one).collect()
            }
            _ => vec![self],
        }
    }

    /// The part with the tags of all of these, which were split.
    #[must_use]
    pub fn join(parts: Vec<Self>) -> Option<Self> {
        parts.into_iter().reduce(|mut joined, part| {
            if let ([(_, Value::Tags(tags))], Some((_, Value::Tags(more)))) =
                (&mut joined.keys[..], part.keys.into_iter().next())
            {
                tags.extend(more);
            }
            joined
        })
    }

    /// The custom field that it puts back, with its value, if it is one.
    #[must_use]
    pub fn custom_field(&self) -> Option<(&str, &RawValue)> {
        let (key, value) = self.keys.first()?;
        match value {
            Value::Json(json) => Some((key.strip_prefix("data.")?, json)),
            Value::Tags(_) | Value::Text(_) | Value::Status(_) | Value::Nothing => None,
        }
    }
}

/// A row of JSONL.
#[derive(Debug)]
pub struct UndoRow<'a> {
    /// The conversation.
    pub slug: &'a str,
    /// What is put back.
    pub parts: &'a [UndoPart],
}

impl Serialize for UndoRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("slug", self.slug)?;
        for (key, value) in self.parts.iter().flat_map(|part| &part.keys) {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests;
