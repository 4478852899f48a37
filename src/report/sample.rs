//! A row -> the request that it would make, for people and in documents. What a row that is read sends
//! depends on what is read: the edits and guards are shown instead.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::model::text::{exact, visible_json};
use crate::model::{Guard, RowDiff, TagEdits, Update};

/// A request that would be sent.
#[derive(Debug)]
pub struct Sample<'a> {
    /// The row.
    pub update: &'a Update<'a>,
    /// What it changes, as far as that is known without reading the conversation.
    pub diff: RowDiff,
    /// The method of the request that changes the conversation.
    pub method: String,
    /// The address.
    pub url: String,
    /// The body; of a row that is read, what it sends at most, tag edits apart.
    pub body: Box<RawValue>,
    /// Whether the conversation is read first.
    pub is_read_first: bool,
}

impl fmt::Display for Sample<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            update,
            method,
            url,
            body,
            is_read_first,
            ..
        } = self;
        let (line, body) = (update.line, visible_json(body.get()));
        if !is_read_first {
            return write!(f, "line {line}: {method} {url}\n  {body}");
        }
        write!(f, "line {line}: GET {url}")?;
        for guard in &update.guards {
            let (field, expected) = (guard.field(), guard.expected());
            write!(f, "\n  expects {}: {}", exact(&field), exact(&expected))?;
        }
        let TagEdits { add, remove } = &update.tag_edits;
        for (what, tags) in [("adds", add), ("removes", remove)] {
            if !tags.is_empty() {
                let tags: Vec<_> = tags.iter().map(|tag| exact(tag)).collect();
                write!(f, "\n  {what} tags: {}", tags.join(", "))?;
            }
        }
        let unless = "unless the conversation already shows them";
        write!(f, "\n  then {method} ")?;
        match (update.tag_edits.is_empty(), update.changes.is_empty()) {
            (_, true) => write!(f, "the new tags, {unless}"),
            (false, false) => write!(f, "the new tags and these fields, {unless}: {body}"),
            (true, false) => write!(f, "these fields, {unless}: {body}"),
        }
    }
}

/// As `line`, `method`, `url` and `body`; of a row that is read, also `read_first`, the tags to edit,
/// and what is expected.
impl Serialize for Sample<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("line", &self.update.line)?;
        map.serialize_entry("method", &self.method)?;
        map.serialize_entry("url", &self.url)?;
        map.serialize_entry("body", &self.body)?;
        if self.is_read_first {
            map.serialize_entry("read_first", &true)?;
            map.serialize_entry("add_tags", &self.update.tag_edits.add)?;
            map.serialize_entry("remove_tags", &self.update.tag_edits.remove)?;
            map.serialize_entry("expect", &Expected(&self.update.guards))?;
        }
        map.end()
    }
}

/// Guards by the name of the guarded field.
struct Expected<'a>(&'a [Guard<'a>]);

impl Serialize for Expected<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|guard| (guard.field(), guard)))
    }
}
