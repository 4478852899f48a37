//! A notice -> one line of JSON that cannot act on a terminal, even when its texts are unpacked.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use super::{Level, Notice};
use crate::model::text::visible;
use crate::model::utc_millis;

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    level: Level,
    #[serde(flatten)]
    notice: &'a Notice<'a>,
}

/// The line, with its end.
pub(super) fn line(notice: &Notice<'_>) -> String {
    let line = Line {
        time: utc_millis(Timestamp::now()),
        level: notice.level(),
        notice,
    };
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Neutral);
    // Plain data, into memory: there is nothing that can fail.
    let _ = line.serialize(&mut serializer);
    bytes.push(b'\n');
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Writes active characters as text writes them: a program that unpacks `\u{1b}` finds these six
/// characters, and not an escape.
struct Neutral;

impl Formatter for Neutral {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // A fragment has no backslash of its own: that comes as an escape.
        writer.write_all(visible(fragment).replace('\\', "\\\\").as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        let control = match escape {
            CharEscape::AsciiControl(byte) => char::from(byte),
            CharEscape::Backspace => '\u{8}',
            CharEscape::FormFeed => '\u{c}',
            CharEscape::CarriageReturn => '\r',
            CharEscape::Quote
            | CharEscape::ReverseSolidus
            | CharEscape::Solidus
            | CharEscape::LineFeed
            | CharEscape::Tab => return CompactFormatter.write_char_escape(writer, escape),
        };
        write!(writer, "\\{}", control.escape_unicode())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn active_characters_are_neutral_before_and_after_unpacking() {
        let message = "a\u{1b}[2J\u{202e}b\u{9b}\u{8}\u{c}\r\n\t\"\\u{1b}";
        let line = line(&Notice::Warning { message });
        assert_eq!(line.find(|c: char| c.is_control()), Some(line.len() - 1));
        let unpacked: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let expected = "a\\u{1b}[2J\\u{202e}b\\u{9b}\\u{8}\\u{c}\\u{d}\n\t\"\\u{1b}";
        assert_eq!(unpacked["message"], expected);
    }
}
