//! One record of the input as it was read: nothing in it is believed yet.

use std::borrow::Borrow;
use std::fmt;
use std::marker::PhantomData;

use csv::StringRecord;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// One record of the input.
#[derive(Debug)]
pub struct Row {
    /// The physical line, from 1, on which the record starts.
    pub line: u64,
    /// What stands there.
    pub content: Content,
}

/// Room for the members of a usual object.
const USUAL_MEMBERS: usize = 12;

/// About what a cell takes beside its text while it is judged, in bytes.
const CELL_BYTES: usize = 160;

impl Row {
    /// About how much memory the row takes, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        match &self.content {
            // What a cell becomes takes more than its text.
            Content::Cells(cells) => cells.as_slice().len() + cells.len() * CELL_BYTES,
            Content::Object(members) => {
                let size = |(key, value): &(String, Box<RawValue>)| key.len() + value.get().len();
                members
                    .0
                    .iter()
                    .map(|member| size(member) + CELL_BYTES)
                    .sum()
            }
            Content::Unreadable { why, raw } => why.len() + raw.len(),
        }
    }
}

/// What a record holds.
#[derive(Debug)]
pub enum Content {
    /// The cells of a CSV or TSV record, as many as the header has.
    Cells(StringRecord),
    /// The members of a JSON object in their order, values unparsed.
    Object(Members),
    /// A record that could not be read as either.
    Unreadable {
        /// What is wrong, and what would be right.
        why: String,
        /// The first 4 KiB of it.
        raw: String,
    },
}

/// The members of a JSON object, repeated keys and all. (A map would keep the last one only.)
/// Values are copies, or parts of the text that was parsed.
#[derive(Debug)]
pub struct Members<V = Box<RawValue>>(pub Vec<(String, V)>);

impl<V: Borrow<RawValue>> Members<V> {
    /// The value of that key; of several the last, as JSON parsers have it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&RawValue> {
        let mut members = self.0.iter().rev();
        members
            .find(|(known, _)| known == key)
            .map(|(_, value)| value.borrow())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Members<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AllMembers<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for AllMembers<V> {
            type Value = Members<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<V>, A::Error> {
                let mut members = Vec::with_capacity(USUAL_MEMBERS);
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(AllMembers(PhantomData))
    }
}
