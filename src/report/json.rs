//! What is reported -> one line of JSON that cannot act on a terminal, even after its texts are
//! unescaped.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use super::Level;
use crate::model::text::visible;
use crate::model::utc_millis;

#[derive(Serialize)]
struct Line<'a, T> {
    time: String,
    level: Level,
    #[serde(flatten)]
    fields: &'a T,
}

/// The line, with its end.
pub(super) fn line(time: Timestamp, level: Level, fields: &impl Serialize) -> String {
    let line = Line {
        time: utc_millis(time),
        level,
        fields,
    };
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Neutral);
    // Plain data, into memory: nothing can fail.
    let _ = line.serialize(&mut serializer);
    bytes.push(b'\n');
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Writes active characters as text writes them: a program that unescapes `\u{1b}` finds these six
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
    fn active_characters_are_neutral_before_and_after_unescaping() {
        let message = "a\u{1b}[2J\u{202e}b\u{9b}\u{8}\u{c}\r\n\t\"\\u{1b}";
        let fields = serde_json::json!({ "message": message });
        let line = line(Timestamp::UNIX_EPOCH, Level::Warning, &fields);
        assert_eq!(line.find(|c: char| c.is_control()), Some(line.len() - 1));
        let unescaped: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let expected = "a\\u{1b}[2J\\u{202e}b\\u{9b}\\u{8}\\u{c}\\u{d}\n\t\"\\u{1b}";
        assert_eq!(unescaped["message"], expected);
    }
}
