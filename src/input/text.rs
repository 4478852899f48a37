//! Bytes in UTF-8 or UTF-16 -> bytes in UTF-8 without a byte order mark.

use std::io::{self, Cursor, Read};

use encoding_rs_io::DecodeReaderBytesBuilder;

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
        if memchr::memchr(0, record).is_some() {
            return Err(
                "holds a NUL byte (if this is UTF-16, save it with a byte order mark, or as UTF-8)",
            );
        }
        let text = str::from_utf8(record)
            .map_err(|_| "is not UTF-8 text (save the file as \"CSV UTF-8\")")?;
        if self == Self::Utf16 && text.contains(char::REPLACEMENT_CHARACTER) {
            return Err("is not valid UTF-16 text (save the file as \"CSV UTF-8\")");
        }
        Ok(text)
    }
}

/// The bytes as UTF-8 without a byte order mark, and what they were.
pub(super) fn decoded(
    mut bytes: impl Read + Send + 'static,
) -> io::Result<(impl Read + Send + 'static, Encoding)> {
    let mut mark = Vec::new();
    (&mut bytes).take(3).read_to_end(&mut mark)?;
    let encoding = if mark.starts_with(b"\xff\xfe") || mark.starts_with(b"\xfe\xff") {
        Encoding::Utf16
    } else {
        Encoding::Utf8
    };
    let text = DecodeReaderBytesBuilder::new()
        .utf8_passthru(true)
        .strip_bom(true)
        .build(Cursor::new(mark).chain(bytes));
    Ok((text, encoding))
}
