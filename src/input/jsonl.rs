//! UTF-8 bytes -> lines of JSON, an object each.

use std::io::{BufRead, Read};

use super::InputError;
use super::raw::{ENDLESS_BYTES, MAX_RECORD_BYTES, MAX_REUSED_BYTES, raw_head};
use super::text::{Encoding, TextSource};
use crate::model::{Content, Row};

/// The lines of one file.
pub(super) struct JsonLines {
    source: TextSource,
    encoding: Encoding,
    line: u64,
    text: Vec<u8>,
    /// Whether the line is longer than what was kept of it.
    is_cut: bool,
    spare: Vec<String>,
}

impl JsonLines {
    pub(super) fn new(source: TextSource, encoding: Encoding) -> Self {
        Self {
            source,
            encoding,
            line: 0,
            text: Vec::new(),
            is_cut: false,
            spare: Vec::new(),
        }
    }

    /// The next line that is not blank.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, InputError> {
        while self.advance()? {
            let text = without_mark(self.text.trim_ascii());
            if text.is_empty() && !self.is_cut {
                continue;
            }
            let content = match self.object(text) {
                Ok(text) => {
                    let mut object = self.spare.pop().unwrap_or_default();
                    text.clone_into(&mut object);
                    Content::Object(object)
                }
                Err(why) => Content::Unreadable {
                    why,
                    raw: raw_head(text),
                },
            };
            return Ok(Some(Row {
                line: self.line,
                content,
            }));
        }
        Ok(None)
    }

    /// Takes back a row that is no longer needed, to reuse its memory.
    pub(super) fn take_back(&mut self, row: Row) {
        if let Content::Object(text) = row.content
            && text.capacity() <= MAX_REUSED_BYTES
        {
            self.spare.push(text);
        }
    }

    /// Reads one line, of which no more than a little over the limit is kept.
    fn advance(&mut self) -> Result<bool, InputError> {
        self.text.clear();
        let most = MAX_RECORD_BYTES as u64 + 2;
        let read = (&mut self.source)
            .take(most)
            .read_until(b'\n', &mut self.text)?;
        self.line += 1;
        self.is_cut = read as u64 == most && !self.text.ends_with(b"\n");
        if self.is_cut {
            let most = ENDLESS_BYTES as u64;
            let skipped = (&mut self.source).take(most).skip_until(b'\n')?;
            if skipped as u64 == most {
                return Err(InputError::Endless(self.line));
            }
        }
        Ok(read > 0)
    }

    fn object<'a>(&self, text: &'a [u8]) -> Result<&'a str, String> {
        if self.is_cut || text.len() > MAX_RECORD_BYTES {
            return Err("is a record of more than 1 MiB (write one object per line)".into());
        }
        let text = self.encoding.text(text)?;
        if !text.starts_with('{') {
            return Err(
                "is not a JSON object (write one per line, like {\"slug\": \"knock-knock\", \"status\": 2})"
                    .into(),
            );
        }
        Ok(text)
    }
}

/// A file that was joined from several has the byte order mark of each at the start of a line.
fn without_mark(text: &[u8]) -> &[u8] {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.trim_ascii_start()
}
