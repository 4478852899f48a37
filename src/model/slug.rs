//! The name of a conversation, fit to be one path segment of an address.

use std::borrow::Cow;
use std::fmt;

use super::address;
use super::damage::{self, Damage};
use super::invisible::{contained, first_hidden_anywhere};
use super::text::{owned, quoted, visible};

/// A conversation's slug: 1 to 255 bytes, not `.` or `..`, no `/`, `?`, `#`, white space, invisible
/// or control character, not percent-encoded, and nothing that a spreadsheet or an export made of a
/// slug. (URL normalization would turn some of them into another address.)
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slug<'a>(Cow<'a, str>);

impl<'a> Slug<'a> {
    /// The longest slug in bytes.
    pub const MAX_BYTES: usize = 255;

    /// The slug that `text` is.
    ///
    /// # Errors
    /// Says what is wrong with the text, and what would be right.
    pub fn parse(text: impl Into<Cow<'a, str>>) -> Result<Self, String> {
        let text = text.into();
        if text.is_empty() {
            return Err(
                "is empty (each row needs the slug of its conversation, like `knock-knock`)".into(),
            );
        }
        if let Some(why) = fault(&text) {
            return Err(format!("{} {why}", quoted(&text)));
        }
        Ok(Self(text))
    }

    /// The same, whatever becomes of the text that it was read from.
    #[must_use]
    pub fn into_owned(self) -> Slug<'static> {
        Slug(owned(self.0))
    }

    /// The slug with visible escapes for what acts on a display: slugs come from outside.
    #[must_use]
    pub fn shown(&self) -> String {
        visible(&self.0)
    }

    /// Whether it is all digits, like a database ID: `GET`, and perhaps `PUT`, take it for one where no
    /// conversation has that slug.
    #[must_use]
    pub fn is_number(&self) -> bool {
        self.0.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// The text that the slug is.
    #[must_use]
    pub fn into_inner(self) -> Cow<'a, str> {
        self.0
    }

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What keeps `text` from being a slug, and what would be right.
fn fault(text: &str) -> Option<String> {
    let why = if text.len() > Slug::MAX_BYTES {
        format!("is {} bytes long (at most {})", text.len(), Slug::MAX_BYTES)
    } else if let Some(damage) = damage_of(text) {
        let fix = match damage {
            Damage::Nothing | Damage::PerhapsNothing => {
                "each row needs the slug of its conversation, like `knock-knock`"
            }
            damage => damage.fix(),
        };
        format!("{} ({fix})", damage.what())
    } else if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        // The usual slug has nothing of what is looked for below.
        return None;
    } else if let Some(whole) = text.strip_suffix(".0")
        && whole.bytes().all(|b| b.is_ascii_digit())
    {
        format!("is a number as a data frame writes it (did you mean `{whole}`?)")
    } else if is_time(text) {
        "is a date or time as a spreadsheet writes it (format the column as text, and fill it again)"
            .into()
    } else if text == "." || text == ".." {
        "is not a slug (one looks like `knock-knock`)".into()
    } else if address::is_one(text) {
        address::advice(text, |name| Slug::parse(name).is_ok())
    } else {
        contained(first_hidden_anywhere(text).or_else(|| text.chars().find(|c| *c == ' '))?)
    };
    Some(why)
}

/// Whether `text` is a time of day, perhaps with a date. A date alone may well be a slug.
fn is_time(text: &str) -> bool {
    let has_time = text.as_bytes().windows(4).any(|part| {
        let [a, colon, b, c] = part else { return false };
        *colon == b':' && [a, b, c].iter().all(|byte| byte.is_ascii_digit())
    });
    let is_part = |c: char| c.is_ascii_digit() || "-.:+TZ APM".contains(c);
    has_time && text.chars().all(is_part)
}

/// What has damaged `text`, unless it is rather an address, of which some marks look alike, or may
/// well be a slug.
fn damage_of(text: &str) -> Option<Damage> {
    damage::of_word(text).filter(|damage| match damage {
        Damage::EncodedTwice | Damage::Formula | Damage::Quotes | Damage::List => {
            !address::is_one(text)
        }
        // A line of hyphens is what databases print below a header.
        Damage::PerhapsNothing => !matches!(text, "none" | "-"),
        _ => true,
    })
}

impl fmt::Display for Slug<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_one_path_segment_is_refused() {
        for bad in [
            "",
            ".",
            "..",
            "a/b",
            "a b",
            "a\u{a0}b",
            "a\nb",
            "a\u{1}b",
            "a\u{200b}b",
            "a\u{fe0f}",
            "👩\u{200d}💻",
            "1.23457E+11",
            "#REF!",
            "'00123",
            "“a”",
            "NULL",
            "=a",
            "[a]",
            "caf\u{fffd}",
            "1042.0",
            "2024-05-01T00:00:00",
            "2024-05-01 09:30",
            "01.05.2024 9:30 AM",
            "00:30",
            "a?b",
            "a#b",
            "%2e%2e",
            &"x".repeat(256),
        ] {
            assert!(Slug::parse(bad).is_err(), "{bad:?}");
        }
        for good in [
            "knock-knock",
            "...",
            "a..b",
            "ünï",
            "100%",
            "null-and-void",
            "2026-11-26",
            "a:30",
            "re-1:2",
            "none-of-it",
            &"x".repeat(255),
        ] {
            assert!(Slug::parse(good).is_ok(), "{good:?}");
        }
    }
}
