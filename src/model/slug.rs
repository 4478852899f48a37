//! The name of a conversation, fit to be one path segment of an address.

use std::borrow::Cow;
use std::fmt;

use super::spreadsheet;
use super::text::{owned, quoted, visible};

/// A conversation's slug: 1 to 255 bytes, not `.` or `..`, no `/`, white space, zero-width or
/// control character, and nothing that a spreadsheet made of a slug. (URL normalisation would turn
/// some of them into another address.)
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
            return Err("is empty (every row names its conversation, like `knock-knock`)".into());
        }
        if text == "." || text == ".." {
            return Err(format!(
                "{} is no slug (one looks like `knock-knock`)",
                quoted(&text)
            ));
        }
        if let Some(mark) = spreadsheet::mark_of_word(&text) {
            return Err(format!("{} {mark}", quoted(&text)));
        }
        if text.len() > Self::MAX_BYTES {
            return Err(format!(
                "{} is {} bytes long (at most {})",
                quoted(&text),
                text.len(),
                Self::MAX_BYTES
            ));
        }
        // The usual slug has nothing of what is looked for below.
        if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Ok(Self(text));
        }
        if text.contains('/') {
            return Err(format!(
                "{} holds a `/` (of an address, write the last part only)",
                quoted(&text)
            ));
        }
        if text.contains(char::is_whitespace) {
            return Err(format!(
                "{} holds white space (a slug has none)",
                quoted(&text)
            ));
        }
        if text.contains(char::is_control) {
            return Err(format!(
                "{} holds a control character (a slug has none)",
                quoted(&text)
            ));
        }
        if text.contains(spreadsheet::is_zero_width) {
            return Err(format!(
                "{} holds an invisible character (take it out)",
                quoted(&text)
            ));
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

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
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
            "1.23457E+11",
            "#REF!",
            "'00123",
            "“a”",
            &"x".repeat(256),
        ] {
            assert!(Slug::parse(bad).is_err(), "{bad:?}");
        }
        for good in [
            "knock-knock",
            "...",
            "a..b",
            "ünï",
            "%2e%2e",
            &"x".repeat(255),
        ] {
            assert!(Slug::parse(good).is_ok(), "{good:?}");
        }
    }
}
