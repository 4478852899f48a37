//! A cell or a JSON array -> tags, or what is wrong with them.

use std::borrow::Cow;
use std::collections::HashSet;

use super::value::{Value, damaged};
use crate::model::Text;
use crate::model::damage::{self, Damage};
use crate::model::invisible::{contained, first_hidden};
use crate::model::spreadsheet::{self, meant, trimmed};
use crate::model::text::{folded, nfc, part, quoted};

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

/// What to write instead of a value that seems to stand for no tags.
#[derive(Clone, Copy)]
struct Advice {
    /// How to say nothing about tags.
    leave: &'static str,
    /// How to say that there is none, where that is something else.
    none: Option<&'static str>,
}

impl Advice {
    fn new(value: Value<'_>, used: TagUse) -> Self {
        let none = match (used, value) {
            (TagUse::Replace, _) => Some("write `[]` to remove all tags"),
            (TagUse::Edit, Value::Option(_)) => None,
            (TagUse::Edit, _) => Some("write `[]` for none in this row"),
            (TagUse::Expect, _) => Some("write `[]` for no tags"),
        };
        Self {
            leave: value.how_to_omit(),
            none,
        }
    }

    fn both(self) -> String {
        let Self { leave, none } = self;
        none.map_or_else(|| leave.to_owned(), |none| format!("{leave}, or {none}"))
    }
}

/// The most characters of a tag.
pub(super) const MAX_TAG_CHARS: usize = 255;

pub(super) fn tags(value: Value<'_>, used: TagUse) -> Result<Vec<Cow<'_, str>>, String> {
    let advice = Advice::new(value, used);
    let array = match value {
        Value::Cell(raw) | Value::Option(raw) => {
            let cell = meant(raw);
            if !cell.starts_with('[') {
                check(raw, damage::of_tag(raw), Spelling::Cell, advice)?;
                let tags = cell.split(',').map(Cow::Borrowed);
                return some_tags(tags, Spelling::Cell, used, advice);
            }
            check(raw, damage::of_text(raw), Spelling::Cell, advice)?;
            cell
        }
        Value::Json(json) => json.get(),
    };
    let tags = array_of_text(array)?;
    if tags.is_empty() {
        return Ok(Vec::new());
    }
    let tags = tags.into_iter().map(|Text(tag)| tag);
    some_tags(tags, Spelling::Array, used, advice)
}

fn check(
    text: &str,
    damage: Option<Damage>,
    spelling: Spelling,
    advice: Advice,
) -> Result<(), String> {
    match damage {
        None => Ok(()),
        Some(Damage::PerhapsNothing | Damage::CurlyQuotes) if spelling == Spelling::Array => Ok(()),
        Some(damage) => Err(match damage {
            Damage::Nothing => format!("{} {} ({})", quoted(text), damage.what(), advice.both()),
            Damage::PerhapsNothing => format!(
                "{} {} ({}; if it is meant, write an array: [\"{text}\"])",
                quoted(text),
                damage.what(),
                advice.both()
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

/// Checks a tag that is trimmed and not empty.
fn check_tag(tag: &str, spelling: Spelling, advice: Advice) -> Result<(), String> {
    if tag.contains(',') {
        return Err(format!(
            "the tag {} contains a comma (write two tags)",
            quoted(tag)
        ));
    }
    check(tag, damage::of_tag(tag), spelling, advice)?;
    if tag.len() > MAX_TAG_CHARS && tag.chars().count() > MAX_TAG_CHARS {
        return Err(format!(
            "the tag {} is longer than {MAX_TAG_CHARS} characters (shorten it)",
            quoted(tag)
        ));
    }
    match first_hidden(tag) {
        Some(c) => Err(format!("the tag {} {}", quoted(tag), contained(c))),
        None => Ok(()),
    }
}

/// The tags that a conversation showed, written as a `tag_list` is: any that it can have, also those that
/// no row may set.
pub(super) fn shown_tags(value: Value<'_>) -> Result<Vec<String>, String> {
    let array = match value {
        Value::Json(json) => json.get(),
        Value::Cell(raw) | Value::Option(raw) => {
            let cell = meant(raw);
            let advice = Advice::new(value, TagUse::Expect);
            if !cell.starts_with('[') {
                let tags = cell.split(',').map(trimmed);
                let tags = tags.filter(|tag| !tag.is_empty());
                let tag = |tag: &str| {
                    check(tag, damage::of_tag(tag), Spelling::Cell, advice)?;
                    Ok(tag.to_owned())
                };
                check(raw, damage::of_tag(raw), Spelling::Cell, advice)?;
                return tags.map(tag).collect();
            }
            check(raw, damage::of_text(raw), Spelling::Cell, advice)?;
            cell
        }
    };
    let tags = array_of_text(array)?.into_iter();
    Ok(tags.map(|Text(tag)| tag.into_owned()).collect())
}

/// Tags that are compared one by one; further ones are looked up.
const FEW_TAGS: usize = 16;

/// The tags that there are, trimmed and each of them once. Edits compare them as they do those of a
/// conversation, in any letter case.
fn some_tags<'a>(
    tags: impl Iterator<Item = Cow<'a, str>>,
    spelling: Spelling,
    used: TagUse,
    advice: Advice,
) -> Result<Vec<Cow<'a, str>>, String> {
    let mut kept: Vec<Cow<'a, str>> = Vec::new();
    let mut seen = HashSet::new();
    let key = |tag: &str| match used {
        TagUse::Edit => folded(tag),
        TagUse::Replace | TagUse::Expect => nfc(tag).into_owned(),
    };
    for raw in tags {
        let tag = part(raw, trimmed);
        if tag.is_empty() {
            continue;
        }
        check_tag(&tag, spelling, advice)?;
        if kept.len() == FEW_TAGS {
            seen.extend(kept.iter().map(|tag| key(tag)));
        }
        let is_new = if kept.len() < FEW_TAGS {
            let is_exact = tag.is_ascii() && used != TagUse::Edit;
            !kept
                .iter()
                .any(|kept| *kept == tag || (!is_exact && key(kept) == key(&tag)))
        } else {
            seen.insert(key(&tag))
        };
        if is_new {
            kept.push(tag);
        }
    }
    match kept.as_slice() {
        [] => {
            let advice = advice.none.unwrap_or(advice.leave);
            Err(format!("contains no tag ({advice})"))
        }
        [lone] => match lone.find([';', '|']) {
            None => Ok(kept),
            Some(at) => Err(format!(
                "{} contains `{}`: is this a separator? (separate tags with commas)",
                quoted(lone),
                &lone[at..=at]
            )),
        },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_compare_tags_in_any_letter_case_however_many_there_are() {
        let many: Vec<_> = (0..2 * FEW_TAGS).map(|n| format!("t\u{fc}-{n}")).collect();
        let cell = format!("{0}, {1}", many.join(","), many.join(",").to_uppercase());
        assert_eq!(
            tags(Value::Cell(&cell), TagUse::Edit).as_deref(),
            Ok(&many.iter().map(Cow::from).collect::<Vec<_>>()[..])
        );
        let both = tags(Value::Cell("vip, VIP, vip"), TagUse::Replace);
        assert_eq!(both, Ok(vec!["vip".into(), "VIP".into()]));
    }
}
