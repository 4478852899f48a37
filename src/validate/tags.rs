//! A cell or a JSON array -> tags, or what is wrong with them.

use std::borrow::Cow;
use std::collections::HashSet;

use super::value::{Value, damaged};
use crate::model::Text;
use crate::model::damage::{self, Damage};
use crate::model::invisible::{contained, first_hidden};
use crate::model::spreadsheet::{self, meant, trimmed};
use crate::model::text::{nfc, part, quoted};

/// How tags are written. In an array, text that only resembles damage is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Cell,
    Array,
}

/// What tags are given for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TagUse {
    /// To replace all that are there.
    Replace,
    /// To add to them, or to remove from them.
    Edit,
    /// To be there, or the row is not applied.
    Expect,
}

impl TagUse {
    /// How to say that there is none.
    fn none(self) -> &'static str {
        match self {
            Self::Replace => "write `[]` to remove all tags",
            Self::Edit => "write `[]` for none in this row",
            Self::Expect => "write `[]` for no tags",
        }
    }
}

/// The most characters of a tag.
pub(super) const MAX_TAG_CHARS: usize = 255;

pub(super) fn tags(value: Value<'_>, used: TagUse) -> Result<Vec<Cow<'_, str>>, String> {
    let array = match value {
        Value::Text(raw) => {
            let cell = meant(raw);
            if !cell.starts_with('[') {
                check(raw, damage::of_tag(raw), Spelling::Cell, used)?;
                return some_tags(cell.split(',').map(Cow::Borrowed), Spelling::Cell, used);
            }
            check(raw, damage::of_text(raw), Spelling::Cell, used)?;
            cell
        }
        Value::Json(json) => json.get(),
    };
    let tags = array_of_text(array)?;
    if tags.is_empty() {
        return Ok(Vec::new());
    }
    some_tags(tags.into_iter().map(|Text(tag)| tag), Spelling::Array, used)
}

fn check(
    text: &str,
    damage: Option<Damage>,
    spelling: Spelling,
    used: TagUse,
) -> Result<(), String> {
    let none = used.none();
    match damage {
        None => Ok(()),
        Some(Damage::PerhapsNothing | Damage::CurlyQuotes) if spelling == Spelling::Array => Ok(()),
        Some(damage) => Err(match damage {
            Damage::Nothing => format!(
                "{} {} (leave the cell empty, or {none})",
                quoted(text),
                damage.what()
            ),
            Damage::PerhapsNothing => format!(
                "{} {} (leave the cell empty, or {none}; if it is meant, write an array: [\"{text}\"])",
                quoted(text),
                damage.what()
            ),
            Damage::List => format!(
                "{} {} (write `vip, refund` or [\"vip\", \"refund\"])",
                quoted(text),
                damage.what()
            ),
            damage => damaged(text, damage),
        }),
    }
}

/// Tags that are compared one by one; further ones are looked up.
const FEW_TAGS: usize = 16;

/// The tags that there are, trimmed and each of them once.
fn some_tags<'a>(
    tags: impl Iterator<Item = Cow<'a, str>>,
    spelling: Spelling,
    used: TagUse,
) -> Result<Vec<Cow<'a, str>>, String> {
    let mut kept: Vec<Cow<'a, str>> = Vec::new();
    let mut seen = HashSet::new();
    for raw in tags {
        let tag = part(raw, trimmed);
        if tag.is_empty() {
            continue;
        }
        if tag.contains(',') {
            return Err(format!(
                "the tag {} contains a comma (write two tags)",
                quoted(&tag)
            ));
        }
        check(&tag, damage::of_tag(&tag), spelling, used)?;
        if tag.len() > MAX_TAG_CHARS && tag.chars().count() > MAX_TAG_CHARS {
            return Err(format!(
                "the tag {} is longer than {MAX_TAG_CHARS} characters (shorten it)",
                quoted(&tag)
            ));
        }
        if let Some(c) = first_hidden(&tag) {
            return Err(format!("the tag {} {}", quoted(&tag), contained(c)));
        }
        if kept.len() == FEW_TAGS {
            seen.extend(kept.iter().map(|tag| nfc(tag).into_owned()));
        }
        let is_new = if kept.len() < FEW_TAGS {
            !kept
                .iter()
                .any(|kept| *kept == tag || (!tag.is_ascii() && nfc(kept) == nfc(&tag)))
        } else {
            seen.insert(nfc(&tag).into_owned())
        };
        if is_new {
            kept.push(tag);
        }
    }
    match kept.as_slice() {
        [] => Err(format!("contains no tag ({})", used.none())),
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
            ("has curly quotes", "write straight ones, ")
        } else {
            ("is not an array of strings", "")
        };
        format!(
            "{} {what} ({advice}like [\"vip\", \"refund\"])",
            quoted(json)
        )
    })
}
