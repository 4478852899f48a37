//! Text -> the same text without the mark by which old programs end a file: a Ctrl-Z (0x1A), and what
//! pads the file behind it.

use std::io::{self, Cursor, Read};

const MARK: u8 = 0x1a;

/// What is held back, at most: more NUL bytes than that are not padding.
const MOST_HELD: usize = 1 << 20;

/// Reads what another reader reads, up to the mark if there is one.
pub(super) struct Unmarked<R> {
    source: R,
    /// What may prove to be the mark: it begins with one, and nothing else has come since.
    held: Vec<u8>,
    /// Whether that begins a line.
    is_alone: bool,
    /// What has proved to be text.
    text: Cursor<Vec<u8>>,
    /// The last byte that was not part of a mark.
    last: u8,
}

impl<R: Read> Unmarked<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            held: Vec::new(),
            is_alone: false,
            text: Cursor::default(),
            last: b'\n',
        }
    }

    /// Holds back what may be a mark at the end of `bytes`; how much of them is text.
    fn hold(&mut self, bytes: &[u8]) -> usize {
        let start = mark_in(bytes);
        if let Some(last) = bytes[..start].last() {
            self.last = *last;
        }
        if start < bytes.len() {
            self.held.extend_from_slice(&bytes[start..]);
            self.is_alone = matches!(self.last, b'\n' | b'\r');
        }
        start
    }

    /// Decides about what was held back, now that `more` has come or, if that is empty, the end.
    fn resolve(&mut self, more: &[u8]) {
        let is_padding = padding_of(more) == more.len();
        if !more.is_empty() && is_padding && self.held.len() < MOST_HELD {
            self.held.extend_from_slice(more);
            return;
        }
        let mut bytes = std::mem::take(&mut self.held);
        if more.is_empty() {
            // After a mark within a line, a line end shows that the file continues.
            if self.is_alone || !bytes.iter().any(|byte| b"\r\n".contains(byte)) {
                bytes.clear();
            }
        } else if bytes.len() < MOST_HELD {
            bytes.extend_from_slice(more);
            let text = self.hold(&bytes);
            bytes.truncate(text);
        } else {
            bytes.extend_from_slice(more);
            self.last = 0;
        }
        self.text = Cursor::new(bytes);
    }
}

/// How many bytes at the end of `bytes` can belong to a mark.
fn padding_of(bytes: &[u8]) -> usize {
    let is_padding = |byte: &&u8| matches!(**byte, MARK | 0 | b'\r' | b'\n');
    bytes.iter().rev().take_while(is_padding).count()
}

/// Where the mark starts that `bytes` may end in; their end if there is none.
fn mark_in(bytes: &[u8]) -> usize {
    let start = bytes.len() - padding_of(bytes);
    memchr::memchr(MARK, &bytes[start..]).map_or(bytes.len(), |at| start + at)
}

impl<R: Read> Read for Unmarked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.text.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let read = self.source.read(buffer)?;
            if self.held.is_empty() {
                let text = self.hold(&buffer[..read]);
                if text > 0 || read == 0 {
                    return Ok(text);
                }
            } else {
                self.resolve(&buffer[..read]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }

    fn unmarked(text: &[u8]) -> Vec<u8> {
        let (mut whole, mut slow) = (Vec::new(), Vec::new());
        let read = Unmarked::new(text).read_to_end(&mut whole);
        let slowly = Unmarked::new(Slow(text)).read_to_end(&mut slow);
        assert_eq!(read.ok(), slowly.ok());
        assert_eq!(whole, slow, "{text:?}");
        whole
    }

    #[test]
    fn a_mark_at_the_end_is_passed_over() {
        for end in ["\x1a", "\x1a\x1a", "\x1a\0\0\0", "\x1a\r\n", "\x1a\n\x1a\n"] {
            for text in ["a,1\r\n", "a,1\n", "\n", ""] {
                assert_eq!(unmarked([text, end].concat().as_bytes()), text.as_bytes());
            }
        }
        for end in ["\x1a", "\x1a\0\0"] {
            assert_eq!(unmarked(["a,\"1\"", end].concat().as_bytes()), b"a,\"1\"");
        }
    }

    #[test]
    fn what_is_no_mark_at_the_end_is_let_be() {
        for text in [
            "",
            "a,1\n\n",
            "a\n\x1ab\n",
            "a\x1a\x1a\0b",
            "a\x1a\n",
            "a\n\0\0",
            "a\n\x1a\nb\n",
        ] {
            assert_eq!(unmarked(text.as_bytes()), text.as_bytes());
        }
    }

    #[test]
    fn no_more_is_held_back_than_pads_a_file() {
        let long = [b"a\n\x1a".as_slice(), &vec![0; 3 * MOST_HELD]].concat();
        let mut marked = Unmarked::new(&long[..]);
        let mut buffer = vec![0; 64 << 10];
        while marked.read(&mut buffer).is_ok_and(|read| read > 0) {
            assert!(marked.held.len() <= MOST_HELD + buffer.len());
        }
    }
}
