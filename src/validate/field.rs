//! The name of a column or key -> the field that it stands for, or the one that was probably meant.

use std::borrow::Cow;

use crate::model::damage;
use crate::model::invisible::{contained, first_hidden, is_blank};
use crate::model::nearest;
use crate::model::spreadsheet::trimmed;
use crate::model::text::{nfc, one_line, part};

/// What a column or key stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field<'a> {
    Slug,
    TagList,
    Status,
    HoldUntil,
    Assignee,
    Category,
    Brand,
    /// A custom field of that name.
    Data(Cow<'a, str>),
    /// JSONL only: an object of custom fields.
    DataObject,
    /// `_anything`: ignored.
    Ignored(Cow<'a, str>),
}

/// The names as users write them.
pub(super) const NAMES: [&str; 7] = [
    "slug",
    "tag_list",
    "status",
    "hold_until",
    "assignee",
    "category",
    "brand",
];

/// Further names, which are not suggested.
pub(super) const OTHER_NAMES: [&str; 2] = ["assignee.email", "data"];

/// What people call a field in other tools, and its name here.
const SYNONYMS: [(&str, &str); 8] = [
    ("tags", "tag_list"),
    ("labels", "tag_list"),
    ("state", "status"),
    ("email", "assignee"),
    ("agent", "assignee"),
    ("owner", "assignee"),
    ("channel", "category"),
    ("id", "slug"),
];

impl<'a> Field<'a> {
    /// The field of that name.
    ///
    /// # Errors
    /// When there is none: which was probably meant.
    pub(super) fn named(name: Cow<'a, str>) -> Result<Self, String> {
        if let Some(field) = Self::exactly(&name) {
            return Ok(field);
        }
        let start = name.trim_start_matches(is_blank);
        if start.starts_with('_') {
            return Ok(Self::Ignored(in_lower_case(part(name, trimmed))));
        }
        if let Some((prefix, rest)) = start.split_once('.')
            && prefix.eq_ignore_ascii_case("data")
        {
            let rest = trimmed(rest);
            if rest.is_empty() {
                return Err("lacks the name of the custom field (write `data.NAME`)".into());
            }
            if let Some(why) = fault_of_name(rest) {
                return Err(why);
            }
            return Ok(Self::Data(part(name, |name| {
                name.split_once('.').map_or(name, |(_, rest)| trimmed(rest))
            })));
        }
        let name = in_lower_case(part(name, trimmed));
        Self::exactly(&name).ok_or_else(|| unknown(&name))
    }

    fn exactly(name: &str) -> Option<Self> {
        match name {
            "slug" => Some(Self::Slug),
            "tag_list" => Some(Self::TagList),
            "status" => Some(Self::Status),
            "hold_until" => Some(Self::HoldUntil),
            "assignee" | "assignee.email" => Some(Self::Assignee),
            "category" => Some(Self::Category),
            "brand" => Some(Self::Brand),
            "data" => Some(Self::DataObject),
            _ => None,
        }
    }

    /// The same, its name composed: what counts as one field.
    pub(super) fn composed(&self) -> Field<'a> {
        match self {
            Self::Data(name) => Field::Data(nfc(name).into_owned().into()),
            other => other.clone(),
        }
    }

    /// The same, its name a part of this one.
    pub(super) fn borrowed(&self) -> Field<'_> {
        match self {
            Self::Data(name) => Field::Data(Cow::Borrowed(name)),
            Self::Ignored(name) => Field::Ignored(Cow::Borrowed(name)),
            other => other.clone(),
        }
    }
}

fn in_lower_case(text: Cow<'_, str>) -> Cow<'_, str> {
    if text
        .chars()
        .any(|c| c.is_ascii_uppercase() || !c.is_ascii())
    {
        Cow::Owned(text.to_lowercase())
    } else {
        text
    }
}

/// Whether `name` is that of a field, or was meant for one.
pub(super) fn resembles_field(name: &str) -> bool {
    Field::named(name.into()).is_ok() || meant(&trimmed(name).to_lowercase()).is_some()
}

/// The field that was probably meant by an unknown name.
fn meant(name: &str) -> Option<&'static str> {
    let synonym = SYNONYMS.iter().find(|(theirs, _)| *theirs == name);
    synonym
        .map(|(_, ours)| *ours)
        .or_else(|| nearest(name, NAMES.into_iter()))
}

/// What is wrong with the name of a custom field.
pub(super) fn fault_of_name(name: &str) -> Option<String> {
    if let Some(damage) = damage::of_text(name) {
        return Some(format!("{} ({})", damage.what(), damage.fix()));
    }
    first_hidden(name).map(contained)
}

fn unknown(name: &str) -> String {
    if let Some(why) = fault_of_name(name) {
        return why;
    }
    match meant(name) {
        Some(meant) => format!("is not a known field (did you mean `{meant}`?)"),
        None => format!(
            "is not a known field (known fields: {}; a custom field is written `data.{name}`, one to ignore `_{name}`)",
            NAMES.join(", "),
            name = one_line(name, 60)
        ),
    }
}
