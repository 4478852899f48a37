//! A small file of text -> the text, unless it has no end.

use std::io::Read;

use super::FileError;

/// The largest file that is read as a whole, in bytes.
pub const MAX_TEXT_BYTES: u64 = 1 << 20;

/// All of `file`, which must be UTF-8 and shorter than `limit` bytes.
///
/// # Errors
/// When it cannot be read, is not UTF-8, or is longer.
pub fn text(file: impl Read, limit: u64) -> Result<String, FileError> {
    let mut text = String::new();
    let mut file = file.take(limit);
    let read = file.read_to_string(&mut text);
    // Cut off in the middle of a character, a file that is too long is not UTF-8 either.
    if file.limit() == 0 {
        return Err(FileError::TooLong(limit));
    }
    read?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn text_without_end_is_refused_with_words() {
        assert_eq!(text(&b"abc"[..], 1 << 10).expect("text"), "abc");
        let endless = text(io::repeat(0xc3), 1 << 10).expect_err("no end");
        assert!(endless.to_string().contains("too long: 1 KiB"), "{endless}");
    }
}
