//! The name of a column or key -> the field that it stands for, or the one that was probably meant.

use std::borrow::Cow;

use super::guarded::Guarded;
use super::known_names::{fault_of_name, meant, unknown};
use crate::model::invisible::is_blank;
use crate::model::spreadsheet::trimmed;
use crate::model::text::{nfc, part};

/// What a column or key stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field<'a> {
    Slug,
    TagList,
    AddTags,
    RemoveTags,
    Status,
    HoldUntil,
    Assignee,
    Category,
    Brand,
    /// A custom field of that name.
    Data(Cow<'a, str>),
    /// JSONL only: an object of custom fields.
    DataObject,
    /// A guard.
    Expect(Guarded<'a>),
    /// JSONL only: an object of guards.
    ExpectObject,
    /// JSONL only: an object of guards on custom fields.
    ExpectDataObject,
    /// `_anything`: ignored.
    Ignored(Cow<'a, str>),
}

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
        if below("data", start).is_some() {
            return custom_field(name, "data.").map(Self::Data);
        }
        if below("expect", start).is_some_and(|rest| below("data", rest).is_some()) {
            let name = custom_field(name, "expect.data.")?;
            return Ok(Self::Expect(Guarded::Data(name)));
        }
        let name = part(name, trimmed);
        Self::exactly(&in_lower_case(name.clone())).ok_or_else(|| unknown(&name))
    }

    /// Whether a name is that of no field, without looking for the one that was meant.
    pub(super) fn is_unknown(name: &str) -> bool {
        let name = trimmed(name);
        !name.starts_with('_')
            && below("data", name).is_none()
            && below("expect", name).is_none()
            && Self::exactly(&name.to_lowercase()).is_none()
    }

    fn exactly(name: &str) -> Option<Self> {
        match name {
            "slug" => Some(Self::Slug),
            "tag_list" => Some(Self::TagList),
            "add_tags" => Some(Self::AddTags),
            "remove_tags" => Some(Self::RemoveTags),
            "status" => Some(Self::Status),
            "hold_until" => Some(Self::HoldUntil),
            "assignee" | "assignee.email" => Some(Self::Assignee),
            "category" => Some(Self::Category),
            "brand" => Some(Self::Brand),
            "data" => Some(Self::DataObject),
            "expect" => Some(Self::ExpectObject),
            "expect.data" => Some(Self::ExpectDataObject),
            _ => name
                .strip_prefix("expect.")
                .and_then(Guarded::exactly)
                .map(Self::Expect),
        }
    }

    /// How the fields in an object of JSONL are written as columns.
    pub(super) fn form_of_column(&self) -> Option<&'static str> {
        match self {
            Self::DataObject => Some("a custom field is written `data.NAME`"),
            Self::ExpectObject => Some("a guard is written like `expect.status`"),
            Self::ExpectDataObject => {
                Some("a guard on a custom field is written `expect.data.NAME`")
            }
            _ => None,
        }
    }

    /// The same, its name composed: what counts as one field.
    pub(super) fn composed(&self) -> Field<'a> {
        match self {
            Self::Data(name) => Field::Data(nfc(name).into_owned().into()),
            Self::Expect(guarded) => Field::Expect(guarded.composed()),
            other => other.clone(),
        }
    }

    /// The same, its name a part of this one.
    pub(super) fn borrowed(&self) -> Field<'_> {
        match self {
            Self::Data(name) => Field::Data(Cow::Borrowed(name)),
            Self::Expect(Guarded::Data(name)) => Field::Expect(Guarded::Data(Cow::Borrowed(name))),
            Self::Ignored(name) => Field::Ignored(Cow::Borrowed(name)),
            other => other.clone(),
        }
    }
}

/// What follows `first` and a dot in `name`.
fn below<'n>(first: &str, name: &'n str) -> Option<&'n str> {
    let (start, rest) = name.split_once('.')?;
    start.eq_ignore_ascii_case(first).then_some(rest)
}

/// The name of a custom field in a name that begins like `form`.
fn custom_field<'a>(name: Cow<'a, str>, form: &str) -> Result<Cow<'a, str>, String> {
    let parts = form.split('.').count();
    let custom = part(name, |name| {
        trimmed(name.splitn(parts, '.').last().unwrap_or_default())
    });
    if custom.is_empty() {
        return Err(format!(
            "lacks the name of the custom field (write `{form}NAME`)"
        ));
    }
    match fault_of_name(&custom) {
        Some(why) => Err(why),
        None => Ok(custom),
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
