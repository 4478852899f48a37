//! The value of one field, as a cell or as JSON -> what it means, or what is wrong with it.

use std::borrow::Cow;

use email_address::{EmailAddress, Options};
use serde_json::value::RawValue;

use super::field::Field;
use super::guarded::Guarded;
use super::terms::{Clock, Damaged};
use crate::model::damage::{self, Damage};
use crate::model::invisible::{contained, first_hidden_anywhere};
use crate::model::spreadsheet::{meant, unwrapped};
use crate::model::text::{part, quoted};
use crate::model::{DataValue, HoldUntil, Members, Status, Text};

/// A value as the input has it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    /// A cell.
    Cell(&'a str),
    /// The value of a `--set`, written as a cell.
    Option(&'a str),
    /// A JSON value.
    Json(&'a RawValue),
}

/// The value that a cell gives to its field: trimmed, except the text of a custom field.
pub(super) fn cell<'a>(field: &Field<'_>, cell: &'a str) -> &'a str {
    if matches!(field, Field::Data(_) | Field::Expect(Guarded::Data(_))) {
        unwrapped(cell)
    } else {
        meant(cell)
    }
}

impl<'a> Value<'a> {
    pub(super) fn is_null(self) -> bool {
        matches!(self, Self::Json(json) if json.get() == "null")
    }

    /// How to leave it out.
    pub(super) fn how_to_omit(self) -> &'static str {
        match self {
            Self::Cell(_) => "leave the cell empty",
            Self::Option(_) => "leave the option out",
            Self::Json(_) => "leave it out",
        }
    }

    /// The text that it is, unchanged.
    pub(super) fn raw_text(self) -> Result<Cow<'a, str>, String> {
        match self {
            Self::Cell(text) | Self::Option(text) => Ok(Cow::Borrowed(text)),
            Self::Json(json) => serde_json::from_str(json.get())
                .map(|Text(text)| text)
                .map_err(|_| format!("{self} is not text (write a string)")),
        }
    }

    /// The text that it is, trimmed.
    pub(super) fn text(self) -> Result<Cow<'a, str>, String> {
        Ok(part(self.raw_text()?, meant))
    }

    /// The same for one word or name, or what has damaged it.
    fn word(self) -> Result<Cow<'a, str>, String> {
        let raw = self.raw_text()?;
        if let Some(damage) = damage::of_word(&raw) {
            let fix = match (self, damage) {
                (Self::Option(_), Damage::Nothing | Damage::PerhapsNothing) => self.how_to_omit(),
                _ => damage.fix(),
            };
            return Err(format!("{} {} ({fix})", quoted(&raw), damage.what()));
        }
        let text = part(raw, meant);
        if text.is_empty() {
            return Err("is empty (omit it, or write null, to leave the field unchanged)".into());
        }
        Ok(text)
    }

    /// The same, if each of its characters shows.
    fn shown_word(self) -> Result<Cow<'a, str>, String> {
        let text = self.word()?;
        match first_hidden_anywhere(&text) {
            Some(c) => Err(format!("{} {}", quoted(&text), contained(c))),
            None => Ok(text),
        }
    }

    /// The members of the object that it is.
    pub(super) fn members(self) -> Result<Members<'a>, String> {
        let wrong = || format!("{self} is not an object (write {{\"NAME\": ...}})");
        match self {
            Self::Cell(_) | Self::Option(_) => Err(wrong()),
            Self::Json(json) => serde_json::from_str(json.get()).map_err(|_| wrong()),
        }
    }
}

impl std::fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&quoted(match self {
            Self::Cell(text) | Self::Option(text) => text,
            Self::Json(json) => json.get(),
        }))
    }
}

pub(super) fn status(value: Value<'_>) -> Result<Status, String> {
    let text = match value {
        Value::Json(json) if !json.get().starts_with('"') => Cow::Borrowed(json.get()),
        // White space of any kind separates the words of a name.
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
                format!("unknown status {} (did you mean `{name}`?)", quoted(&text))
            }
            None => format!(
                "unknown status {} (0 to 9, or a name: {})",
                quoted(&text),
                Status::all()
                    .map(Status::name)
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        })
}

/// A time, read by `read`.
pub(super) fn time(
    value: Value<'_>,
    clock: &Clock,
    read: impl Fn(&str, &Clock) -> Result<HoldUntil, String>,
) -> Result<HoldUntil, String> {
    match value {
        // A count of seconds, which the message names as such.
        Value::Json(json) if json.get().starts_with(|c: char| c.is_ascii_digit()) => {
            read(json.get(), clock)
        }
        _ => read(&value.shown_word()?, clock),
    }
}

pub(super) fn assignee(value: Value<'_>) -> Result<Cow<'_, str>, String> {
    let text = match value {
        Value::Json(json) if json.get().starts_with('{') => {
            let members = value.members()?;
            match members.0.as_slice() {
                [(key, email)] if key.trim().eq_ignore_ascii_case("email") => {
                    Value::Json(email).shown_word()?
                }
                _ => {
                    return Err(format!(
                        "{value} is not a valid assignee (write {{\"email\": \"...\"}}, and nothing else)"
                    ));
                }
            }
        }
        _ => value.shown_word()?,
    };
    let options = Options::default()
        .with_required_tld()
        .without_domain_literal()
        .without_display_text();
    match EmailAddress::parse_with_options(&text, options) {
        Ok(_) => Ok(text),
        Err(_) => Err(format!(
            "{} is not a valid email address (like `staff1@example.com`)",
            quoted(&text)
        )),
    }
}

/// The slug of a channel, or a brand's URL.
pub(super) fn name(value: Value<'_>) -> Result<Cow<'_, str>, String> {
    value.shown_word()
}

/// The value of a custom field. `allowed` says what is done with a damaged one where that is allowed.
pub(super) fn data<'a>(
    value: Value<'a>,
    damaged: Damaged,
    allowed: &str,
) -> Result<DataValue<'a>, String> {
    let json = match value {
        Value::Cell(_) | Value::Option(_) => {
            return text_of_data(value.raw_text()?, damaged, allowed);
        }
        Value::Json(json) => json,
    };
    match json.get().as_bytes().first() {
        Some(b'"') => match value.raw_text() {
            Ok(text) => text_of_data(text, damaged, allowed),
            Err(_) => Err(format!(
                "{value} is not valid text (escape it as JSON does)"
            )),
        },
        Some(b't') => Ok(DataValue::Flag(true)),
        Some(b'f') => Ok(DataValue::Flag(false)),
        Some(b'n') => Ok(DataValue::Null),
        Some(b'{' | b'[') => Err(format!(
            "{value} is not a single value (write a string, number, true, false or null)"
        )),
        _ => Ok(DataValue::Json(Cow::Borrowed(json))),
    }
}

/// The text of a custom field: anything but what only damage makes of it.
fn text_of_data<'a>(
    raw: Cow<'a, str>,
    damaged: Damaged,
    allowed: &str,
) -> Result<DataValue<'a>, String> {
    match (damage::of_text(&raw), damaged) {
        (None, _) => Ok(DataValue::Text(part(raw, unwrapped))),
        (Some(damage), _) if !damage.is_in_file() => Err(self::damaged(&raw, damage)),
        (Some(_), Damaged::Send) => Ok(DataValue::Damaged(part(raw, unwrapped))),
        (Some(damage), Damaged::Refuse) => Err(format!(
            "{} {} ({}; --allow-damaged {allowed})",
            quoted(&raw),
            damage.what(),
            damage.fix()
        )),
    }
}

/// The message that a text is damaged, and what to do.
pub(super) fn damaged(text: &str, damage: Damage) -> String {
    format!("{} {} ({})", quoted(text), damage.what(), damage.fix())
}
