//! Foreign text -> text that is safe to show: one line, no control over a terminal, bounded.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::invisible::{first_hidden, marked};

/// The longest foreign text that a message quotes, in characters.
const QUOTED_CHARS: usize = 60;

/// `text` as one line: runs of white space become one blank, active characters become visible
/// escapes such as `\u{1b}`, and what is beyond `limit` characters becomes `…`.
#[must_use]
pub fn one_line(text: &str, limit: usize) -> String {
    as_one_line(text, limit).into_owned()
}

/// The same; text that is one line stays where it is.
#[must_use]
pub fn as_one_line(text: &str, limit: usize) -> Cow<'_, str> {
    if is_plain(text) && text.len() <= limit {
        return Cow::Borrowed(text);
    }
    let mut line = String::new();
    let mut room = limit;
    let mut blank = false;
    for (c, is_marked) in marked(text.trim()) {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if room == 0 {
            line.push('…');
            return Cow::Owned(line);
        }
        room -= 1;
        if std::mem::take(&mut blank) {
            line.push(' ');
        }
        push_visible(&mut line, c, is_marked);
    }
    Cow::Owned(line)
}

/// Whether `text` is one line already: the usual case, and quickly seen.
fn is_plain(text: &str) -> bool {
    let is_graphic = |byte: &u8| byte.is_ascii_graphic();
    let mut words = text.as_bytes().split(|byte| *byte == b' ');
    text.is_empty() || words.all(|word| !word.is_empty() && word.iter().all(is_graphic))
}

/// `text` with every active character as a visible escape, and otherwise unchanged: lines stay
/// lines.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (c, is_marked) in marked(text) {
        let is_marked = is_marked && !matches!(c, '\n' | '\r' | '\t');
        push_visible(&mut shown, c, is_marked);
    }
    shown
}

pub(super) fn push_visible(shown: &mut String, c: char, is_marked: bool) {
    if is_marked {
        shown.extend(c.escape_unicode());
    } else {
        shown.push(c);
    }
}

/// JSON `text` with a visible escape for each character beyond ASCII that shows nothing, or looks
/// like an ordinary blank: the same document.
#[must_use]
pub fn visible_json(json: &str) -> Cow<'_, str> {
    if json.is_ascii() {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len());
    for (c, is_marked) in marked(json) {
        if !c.is_ascii() && (is_marked || c.is_whitespace()) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// `text` as it is where that shows all of it, else as a JSON string: no two texts are shown alike.
#[must_use]
pub fn exact(text: &str) -> Cow<'_, str> {
    let is_shown = !text.is_empty()
        && !text.starts_with([' ', '"'])
        && !text.ends_with([' ', '…'])
        && !text.contains("  ")
        && first_hidden(text).is_none();
    if is_shown {
        return Cow::Borrowed(text);
    }
    let json = serde_json::Value::from(text).to_string();
    Cow::Owned(visible_json(&json).into_owned())
}

/// `text` for a message: one line of at most 60 characters in backticks.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("`{}`", one_line(text, QUOTED_CHARS))
}

/// `text` so that no spreadsheet takes it for a formula: an apostrophe in front of what would
/// start one (OWASP, "CSV Injection").
#[must_use]
pub fn defused(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// `1 row`, `2 rows`.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// What a server said, with its status code in front if it does not begin with one.
#[must_use]
pub fn with_status(http_status: Option<u16>, message: &str) -> String {
    match http_status {
        Some(status) if !message.starts_with("HTTP ") => format!("HTTP {status}: {message}"),
        _ => message.to_owned(),
    }
}

/// The part of `text` that `cut` leaves of it.
pub fn part(text: Cow<'_, str>, cut: impl Fn(&str) -> &str) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(cut(text)),
        Cow::Owned(text) => Cow::Owned(cut(&text).to_owned()),
    }
}

/// The same text, whatever becomes of the one that it was a part of.
#[must_use]
pub fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

/// The first `limit` bytes of `text`, less the part of a character that would be cut.
#[must_use]
pub fn head(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

/// `text` composed (NFC): texts that look the same, as `é` in one or in two characters,
/// become one text.
#[must_use]
pub fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// `text` trimmed, composed and in lower case: what counts as the same tag or name.
#[must_use]
pub fn folded(text: &str) -> String {
    // Composed before, for `İ` and the like; and after, for what lower case takes apart.
    nfc(&nfc(text.trim()).to_lowercase()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_newlines_and_bidi_marks_are_neutralized() {
        assert_eq!(
            one_line("a\r\n\tb\u{1b}[31m\u{202e}c", 100),
            "a b\\u{1b}[31m\\u{202e}c"
        );
    }

    #[test]
    fn no_two_texts_are_shown_alike() {
        for (text, shown) in [
            ("a b", "a b"),
            ("é ❤\u{fe0f}", "é ❤\u{fe0f}"),
            ("", r#""""#),
            (" a", r#"" a""#),
            ("a ", r#""a ""#),
            ("a  b", r#""a  b""#),
            ("a\u{a0}b", r#""a\u00a0b""#),
            ("a\u{200b}b", r#""a\u200bb""#),
            (r"a\u200bb", r"a\u200bb"),
            ("a\nb", r#""a\nb""#),
            ("a\u{e0041}", r#""a\udb40\udc41""#),
            (r#""a""#, r#""\"a\"""#),
            ("a…", r#""a…""#),
        ] {
            assert_eq!(exact(text), shown, "{text:?}");
        }
    }

    #[test]
    fn long_text_is_cut_with_an_ellipsis() {
        assert_eq!(one_line("abcdef", 3), "abc…");
        assert_eq!(one_line("abc", 3), "abc");
    }

    #[test]
    fn formulas_are_defused() {
        assert_eq!(defused("=cmd()"), "'=cmd()");
        assert_eq!(defused("status: =cmd()"), "status: =cmd()");
    }

    #[test]
    fn text_in_several_spellings_is_one_text() {
        assert_eq!(nfc("cafe\u{301}"), "caf\u{e9}");
        for text in ["cafe", "caf\u{e9}", ""] {
            assert!(matches!(nfc(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn a_head_never_cuts_a_character() {
        assert_eq!(head("aé", 2), "a");
    }
}
