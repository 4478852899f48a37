//! Bytes in UTF-8 or UTF-16 -> bytes in UTF-8 without a byte order mark, and without a mark at the end.

use std::io::{BufRead, Cursor, Read};

use encoding_rs_io::DecodeReaderBytesBuilder;

use super::InputError;
use super::end_mark::Unmarked;

/// The input as UTF-8.
pub(super) type TextSource = Box<dyn BufRead + Send>;

/// How the input's text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8, passed on as it is: what is not UTF-8 shows when a record is read as text.
    Utf8,
    /// UTF-16: what is not UTF-16 has become U+FFFD.
    Utf16,
}

impl Encoding {
    /// The text that a record is, or what keeps it from being one.
    pub(super) fn text(self, record: &[u8]) -> Result<&str, &'static str> {
        if record.first() == Some(&0x1a) && record.iter().all(|byte| matches!(byte, 0x1a | 0)) {
            return Err(
                "is an end-of-file mark (Ctrl-Z, 0x1A), and rows follow (was the file joined from two? remove this line)",
            );
        }
        if memchr::memchr(0, record).is_some() {
            return Err("contains a NUL byte (save the file again as \"CSV UTF-8\")");
        }
        let text = str::from_utf8(record)
            .map_err(|_| "is not UTF-8 text (save the file as \"CSV UTF-8\")")?;
        if self == Self::Utf16 && text.contains(char::REPLACEMENT_CHARACTER) {
            return Err("is not valid UTF-16 text (save the file as \"CSV UTF-8\")");
        }
        Ok(text)
    }
}

/// What a file starts with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    pub(super) encoding: Encoding,
    /// Whether there is a byte order mark.
    pub(super) is_marked: bool,
}

/// Whether a file that starts like this has a byte order mark, of UTF-8 or of UTF-16.
#[must_use]
pub fn has_byte_order_mark(start: &[u8]) -> bool {
    let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
    marks.iter().any(|mark| start.starts_with(mark))
}

/// The bytes as UTF-8 without marks at start and end, and what they were.
pub(super) fn decoded(
    mut bytes: impl Read + Send + 'static,
) -> Result<(impl Read + Send + 'static, Start), InputError> {
    let mut start = Vec::new();
    (&mut bytes).take(4).read_to_end(&mut start)?;
    let found = Start {
        encoding: encoding_of(&start)?,
        is_marked: has_byte_order_mark(&start),
    };
    let text = DecodeReaderBytesBuilder::new()
        .utf8_passthru(true)
        .strip_bom(true)
        .build(Cursor::new(start).chain(bytes));
    Ok((Unmarked::new(text), found))
}

/// What a file is encoded in that starts like this. A name of a column starts with a letter, which
/// is a byte in UTF-8 and a byte among zeros in wider encodings.
fn encoding_of(start: &[u8]) -> Result<Encoding, InputError> {
    match *start {
        [0xff, 0xfe, 0, 0] | [1..=255, 0, 0, 0] => Err(InputError::Wide("UTF-32LE")),
        [0, 0, 0xfe, 0xff] | [0, 0, 0, 1..=255] => Err(InputError::Wide("UTF-32BE")),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Ok(Encoding::Utf16),
        [1..=255, 0, 1..=255, 0] => Err(InputError::Unmarked("UTF-16LE")),
        [0, 1..=255, 0, 1..=255] => Err(InputError::Unmarked("UTF-16BE")),
        _ => Ok(Encoding::Utf8),
    }
}
