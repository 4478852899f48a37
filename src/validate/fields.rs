//! The value of one field, as a cell or as JSON -> what it means, or what is wrong with it.

use std::borrow::Cow;
use std::collections::HashSet;

use email_address::{EmailAddress, Options};
use serde_json::value::RawValue;

use super::columns::Field;
use super::{Clock, times};
use crate::model::spreadsheet::{self, trimmed};
use crate::model::text::{part, quoted};
use crate::model::{DataValue, HoldUntil, Members, Status, Text};

/// A value as the input has it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    /// A cell, or the value of a `--set`.
    Text(&'a str),
    /// A JSON value.
    Json(&'a RawValue),
}

/// A cell as its field takes it: trimmed, except the text of a custom field.
pub(super) fn cell<'a>(field: &Field<'_>, cell: &'a str) -> &'a str {
    if matches!(field, Field::Data(_)) {
        cell
    } else {
        trimmed(cell)
    }
}

impl<'a> Value<'a> {
    pub(super) fn is_null(self) -> bool {
        matches!(self, Self::Json(json) if json.get() == "null")
    }

    /// The text that it is, trimmed.
    pub(super) fn text(self) -> Result<Cow<'a, str>, String> {
        match self {
            Self::Text(text) => Ok(Cow::Borrowed(text)),
            Self::Json(json) => {
                let Text(text) = serde_json::from_str(json.get())
                    .map_err(|_| format!("{self} is not text (write a string)"))?;
                Ok(part(text, trimmed))
            }
        }
    }

    /// The same, or what is wrong with text that must say something.
    fn some_text(self) -> Result<Cow<'a, str>, String> {
        let text = self.text()?;
        if text.is_empty() {
            return Err("is empty (leave it out, or write null, to leave it alone)".into());
        }
        Ok(text)
    }

    /// The same of one word, or how a spreadsheet has spoiled it.
    fn word(self) -> Result<Cow<'a, str>, String> {
        let text = self.some_text()?;
        match spreadsheet::mark_of_word(&text) {
            Some(mark) => Err(format!("{} {mark}", quoted(&text))),
            None => Ok(text),
        }
    }

    /// The members of the object that it is.
    pub(super) fn members(self) -> Result<Members<'a>, String> {
        let wrong = || format!("{self} is no object (write {{\"NAME\": ...}})");
        match self {
            Self::Text(_) => Err(wrong()),
            Self::Json(json) => serde_json::from_str(json.get()).map_err(|_| wrong()),
        }
    }
}

impl std::fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&quoted(match self {
            Self::Text(text) => text,
            Self::Json(json) => json.get(),
        }))
    }
}

/// Tags that are compared one by one; further ones are looked up.
const FEW_TAGS: usize = 16;

pub(super) fn tag_list(value: Value<'_>) -> Result<Vec<Cow<'_, str>>, String> {
    let array = match value {
        Value::Text(cell) if !cell.starts_with('[') => {
            unspoiled(cell)?;
            return some_tags(cell.split(',').map(Cow::Borrowed));
        }
        Value::Text(array) => array,
        Value::Json(json) => json.get(),
    };
    let tags = array_of_text(array)?;
    if tags.is_empty() {
        return Ok(Vec::new());
    }
    some_tags(tags.into_iter().map(|Text(tag)| tag))
}

/// What a spreadsheet may have done to the tags of a cell is refused; an array says exactly what is
/// meant.
fn unspoiled(cell: &str) -> Result<(), String> {
    let tags = cell.split(',').map(trimmed);
    for tag in std::iter::once(cell).chain(tags.clone()) {
        if let Some(mark) = spreadsheet::mark(tag) {
            return Err(format!("{} {mark}", quoted(tag)));
        }
    }
    if cell.is_ascii() {
        return Ok(());
    }
    for tag in tags {
        if tag.contains(spreadsheet::is_blank_in_disguise) {
            return Err(format!(
                "the tag {} holds a non-breaking or invisible blank (write an ordinary one; if it is meant, write an array)",
                quoted(tag)
            ));
        }
    }
    Ok(())
}

/// The tags that there are, trimmed and each of them once.
fn some_tags<'a>(tags: impl Iterator<Item = Cow<'a, str>>) -> Result<Vec<Cow<'a, str>>, String> {
    let mut kept = Vec::new();
    let mut seen = HashSet::new();
    for tag in tags {
        let tag = part(tag, trimmed);
        if tag.is_empty() {
            continue;
        }
        if tag.contains(',') {
            return Err(format!(
                "the tag {} holds a comma (write two tags)",
                quoted(&tag)
            ));
        }
        if tag.contains(char::is_control) {
            return Err(format!(
                "the tag {} holds a line break or control character (take it out)",
                quoted(&tag)
            ));
        }
        if kept.len() == FEW_TAGS {
            seen.extend(kept.iter().cloned());
        }
        let is_new = if kept.len() < FEW_TAGS {
            !kept.contains(&tag)
        } else {
            seen.insert(tag.clone())
        };
        if is_new {
            kept.push(tag);
        }
    }
    match kept.as_slice() {
        [] => Err("names no tag (write `[]` to remove all tags)".into()),
        [lone] if lone.contains([';', '|']) => Err(format!(
            "{} is one tag: is this a separator? (tags are separated by commas)",
            quoted(lone)
        )),
        _ => Ok(kept),
    }
}

fn array_of_text(json: &str) -> Result<Vec<Text<'_>>, String> {
    serde_json::from_str(json).map_err(|_| {
        let (what, advice) = if spreadsheet::has_curly_quotes(json) {
            ("has curly quotes", "write straight ones,")
        } else {
            ("is no array of strings", "")
        };
        let example = format!("{advice} like [\"vip\", \"refund\"]");
        format!("{} {what} ({})", quoted(json), example.trim_start())
    })
}

pub(super) fn status(value: Value<'_>) -> Result<Status, String> {
    let text = match value {
        Value::Json(json) if !json.get().starts_with('"') => Cow::Borrowed(json.get()),
        _ => value.word()?,
    };
    // Spreadsheets write the number 2 as "2.0", or as "2,0" where that is the custom.
    let whole = text
        .split_once(['.', ','])
        .map_or(&*text, |(whole, fraction)| {
            let is_zero = !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0');
            if is_zero { whole } else { &*text }
        });
    let code = match whole.as_bytes() {
        [digit @ b'0'..=b'9'] => Status::from_code(digit - b'0'),
        _ => None,
    };
    code.or_else(|| Status::from_name(&text))
        .ok_or_else(|| match Status::suggestion(&text) {
            Some(name) => {
                format!("{} is no status (did you mean `{name}`?)", quoted(&text))
            }
            None => format!(
                "{} is no status (0 to 9, or a name: {})",
                quoted(&text),
                Status::all()
                    .map(Status::name)
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        })
}

pub(super) fn hold_until(value: Value<'_>, clock: &Clock) -> Result<HoldUntil, String> {
    times::hold_until(&value.word()?, clock)
}

pub(super) fn assignee(value: Value<'_>) -> Result<Cow<'_, str>, String> {
    let text = match value {
        Value::Json(json) if json.get().starts_with('{') => {
            let members = value.members()?;
            match members.0.as_slice() {
                [(key, email)] if key.trim().eq_ignore_ascii_case("email") => {
                    Value::Json(email).word()?
                }
                _ => {
                    return Err(format!(
                        "{value} is no assignee (write {{\"email\": \"...\"}}, nothing else in it)"
                    ));
                }
            }
        }
        _ => value.word()?,
    };
    let options = Options::default()
        .with_required_tld()
        .without_domain_literal()
        .without_display_text();
    match EmailAddress::parse_with_options(&text, options) {
        Ok(_) => Ok(text),
        Err(_) => Err(format!(
            "{} is no email address (like `staff1@example.com`)",
            quoted(&text)
        )),
    }
}

/// The slug of a channel, or a brand's URL.
pub(super) fn name(value: Value<'_>) -> Result<Cow<'_, str>, String> {
    let text = value.word()?;
    if text.contains(char::is_control) {
        return Err(format!(
            "{} holds a line break or control character (take it out)",
            quoted(&text)
        ));
    }
    Ok(text)
}

pub(super) fn data(value: Value<'_>) -> Result<DataValue<'_>, String> {
    let json = match value {
        Value::Text(text) => return Ok(DataValue::Text(Cow::Borrowed(text))),
        Value::Json(json) => json,
    };
    match json.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(json.get())
            .map(|Text(text)| DataValue::Text(text))
            .map_err(|_| format!("{value} is not valid text (escape it as JSON does)")),
        Some(b't') => Ok(DataValue::Flag(true)),
        Some(b'f') => Ok(DataValue::Flag(false)),
        Some(b'n') => Ok(DataValue::Null),
        Some(b'{' | b'[') => Err(format!(
            "{value} is no single value (write a string, number, true, false or null)"
        )),
        _ => Ok(DataValue::Number(Cow::Borrowed(json))),
    }
}

/// The known name that is most like `name`, if one is like it.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}
