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

pub(super) fn tag_list(value: Value<'_>) -> Result<Vec<Cow<'_, str>>, String> {
    let array = match value {
        Value::Text(raw) => {
            let cell = meant(raw);
            if !cell.starts_with('[') {
                check(raw, damage::of_tag(raw), Spelling::Cell)?;
                return some_tags(cell.split(',').map(Cow::Borrowed), Spelling::Cell);
            }
            check(raw, damage::of_text(raw), Spelling::Cell)?;
            cell
        }
        Value::Json(json) => json.get(),
    };
    let tags = array_of_text(array)?;
    if tags.is_empty() {
        return Ok(Vec::new());
    }
    some_tags(tags.into_iter().map(|Text(tag)| tag), Spelling::Array)
}

fn check(text: &str, damage: Option<Damage>, spelling: Spelling) -> Result<(), String> {
    match damage {
        None => Ok(()),
        Some(Damage::PerhapsNothing | Damage::CurlyQuotes) if spelling == Spelling::Array => Ok(()),
        Some(damage) => Err(match damage {
            Damage::Nothing => format!(
                "{} {} (leave the cell empty, or write `[]` to remove all tags)",
                quoted(text),
                damage.what()
            ),
            Damage::PerhapsNothing => format!(
                "{} {} (leave the cell empty, or write `[]` to remove all tags; if it is meant, write an array: [\"{text}\"])",
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
        check(&tag, damage::of_tag(&tag), spelling)?;
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
        [] => Err("contains no tag (write `[]` to remove all tags)".into()),
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
