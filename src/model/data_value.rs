//! The value of a custom field.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::text::owned;

/// The value of a custom field.
#[derive(Debug, Clone)]
pub enum DataValue<'a> {
    /// Text, as it is in the input.
    Text(Cow<'a, str>),
    /// The same, of text that a spreadsheet or an export has damaged: it is sent only where that
    /// was asked for.
    Damaged(Cow<'a, str>),
    /// A number, digit for digit as in the input; or any JSON, as a conversation shows it.
    Json(Cow<'a, RawValue>),
    /// `true` or `false`.
    Flag(bool),
    /// JSON `null`.
    Null,
}

impl DataValue<'_> {
    /// Its text, a number digit for digit; null has none.
    #[must_use]
    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Damaged(text) => text,
            Self::Json(json) => json.get(),
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
            Self::Null => "",
        }
    }

    /// The same, whatever becomes of the row.
    #[must_use]
    pub fn into_owned(self) -> DataValue<'static> {
        match self {
            Self::Text(text) => DataValue::Text(owned(text)),
            Self::Damaged(text) => DataValue::Damaged(owned(text)),
            Self::Json(json) => DataValue::Json(Cow::Owned(json.into_owned())),
            Self::Flag(flag) => DataValue::Flag(flag),
            Self::Null => DataValue::Null,
        }
    }
}

impl serde::Serialize for DataValue<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) | Self::Damaged(text) => serializer.serialize_str(text),
            Self::Json(json) => json.serialize(serializer),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Null => serializer.serialize_unit(),
        }
    }
}
