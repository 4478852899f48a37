//! One record of the input as it was read: nothing in it is believed yet.

use std::borrow::Cow;
use std::fmt;

use csv::StringRecord;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// One record of the input.
#[derive(Debug)]
pub struct Row {
    /// The physical line, from 1, on which the record starts.
    pub line: u64,
    /// What it contains.
    pub content: Content,
}

/// Room for the members of a usual object.
const USUAL_MEMBERS: usize = 12;

impl Row {
    /// About how much memory the row takes, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        match &self.content {
            Content::Cells(cells) => cells.as_slice().len() + cells.len() * size_of::<usize>(),
            Content::Object(text) => text.len(),
            Content::Unreadable { why, raw } => why.len() + raw.len(),
        }
    }
}

/// The content of a record.
#[derive(Debug)]
pub enum Content {
    /// The cells of a CSV or TSV record, as many as the header has.
    Cells(StringRecord),
    /// A line of JSONL that starts like an object: [`Members`] parses it.
    Object(String),
    /// A record that could not be read as either.
    Unreadable {
        /// What is wrong, and what would be right.
        why: String,
        /// The first 4 KiB of it.
        raw: String,
    },
}

/// Text of a JSON document: a part of it where nothing in it is escaped.
#[derive(Debug, serde::Deserialize)]
pub struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

/// The members of a JSON object in their order, repeated keys and all. (A map would keep the last
/// one only.) Values are unparsed parts of the text.
#[derive(Debug, Default)]
pub struct Members<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// The members of the object that `line` is.
    ///
    /// # Errors
    /// Says what is wrong with the line, and what would be right.
    pub fn from_line(line: &'a str) -> Result<Self, String> {
        serde_json::from_str(line).map_err(|error| {
            if let Some(word) = word_of_another_language(line, error.column()) {
                return format!(
                    "is not valid JSON: `{word}` is not a value in JSON (write null, or leave the key out)"
                );
            }
            let cut = if error.is_eof() {
                "; or was the file cut off?"
            } else {
                ""
            };
            // Every text is one line here: serde_json's "line 1" would only mislead.
            format!(
                "is not valid JSON: {} (write one whole object per line{cut})",
                error.to_string().replace("line 1 column", "column")
            )
        })
    }

    /// The value of that key; of several the last, as JSON parsers have it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'a RawValue> {
        let mut members = self.0.iter().rev();
        members
            .find(|(known, _)| known == key)
            .map(|(_, value)| *value)
    }
}

/// What Python and JavaScript write for nothing, if that is at that column, from 1.
fn word_of_another_language(line: &str, column: usize) -> Option<&'static str> {
    const WORDS: [&str; 7] = [
        "NaN",
        "nan",
        "None",
        "undefined",
        "-Infinity",
        "Infinity",
        "NULL",
    ];
    // The column is that of the first character that cannot be: the first of the word, or one on.
    let at = column.saturating_sub(1);
    let starts = [at, at.saturating_sub(1)]
        .into_iter()
        .filter_map(|at| line.get(at..));
    let found =
        starts.flat_map(|rest| WORDS.into_iter().filter(move |word| rest.starts_with(word)));
    found.max_by_key(|word| word.len())
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AllMembers;
        impl<'de> Visitor<'de> for AllMembers {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::with_capacity(USUAL_MEMBERS);
                while let Some((Text(key), value)) = map.next_entry()? {
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(AllMembers)
    }
}
