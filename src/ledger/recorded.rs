//! A ledger, whole or torn -> which rows a resumed run lets be.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _};
use std::iter;
use std::path::Path;

use csv::{ByteRecord, StringRecord};
use csv_core::ReadRecordResult;

use super::{LedgerError, Record};
use crate::model::Outcome;

/// What a ledger holds, at 8 bytes a row.
#[derive(Debug, Default)]
pub struct Recorded {
    /// Lines of settled rows, sorted.
    settled: Vec<u64>,
    /// Whether some conversation was found: the brand is right.
    pub has_found_any: bool,
    /// Bytes that belonged to no whole record.
    pub torn: u64,
}

/// The longest line that a record can take, in bytes.
const MAX_LINE: u64 = 1 << 20;

impl Recorded {
    /// What the ledger at `path` holds, which stays as it is.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn look(path: &Path) -> Result<Self, LedgerError> {
        let read = File::open(path).and_then(|file| Self::read(&file));
        read.map(|(recorded, _)| recorded)
            .map_err(LedgerError::at(path))
    }

    /// Reads up to the first line that is no whole record; what it holds, and its length in bytes.
    pub(super) fn read(file: &File) -> io::Result<(Self, u64)> {
        let mut reader = BufReader::new(file);
        reader.rewind()?;
        // Of several records of a row the last one counts: (line, is settled), in one number.
        let mut rows: Vec<u64> = Vec::new();
        let (mut length, mut has_found_any) = (0, false);
        let mut lines = Lines {
            parser: csv_core::Reader::new(),
            text: Vec::new(),
        };
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = io::Read::take(&mut reader, MAX_LINE).read_until(b'\n', &mut line)?;
            if length == 0 {
                if line != header() {
                    break;
                }
            } else {
                // A record takes one physical line: its texts hold no line breaks.
                let Some(record) = lines.record(&line) else {
                    break;
                };
                has_found_any |= matches!(record.outcome, Outcome::Updated | Outcome::Rejected);
                rows.push(record.line << 1 | u64::from(record.outcome.is_settled()));
            }
            length += read as u64;
        }
        let torn = file.metadata()?.len() - length;
        Ok((
            Self {
                settled: settled(rows),
                has_found_any,
                torn,
            },
            length,
        ))
    }

    /// Whether the row on `line` is settled.
    #[must_use]
    pub fn is_settled(&self, line: u64) -> bool {
        self.settled.binary_search(&line).is_ok()
    }

    /// How many rows are settled.
    #[must_use]
    pub fn settled(&self) -> u64 {
        self.settled.len() as u64
    }
}

/// The lines whose last entry is settled. `rows` come in the order in which they were recorded.
fn settled(mut rows: Vec<u64>) -> Vec<u64> {
    // Stable: of several entries of a line, the last one recorded stays last.
    rows.sort_by_key(|row| row >> 1);
    let mut lines: Vec<u64> = rows
        .chunk_by(|a, b| a >> 1 == b >> 1)
        .filter_map(|same| same.last().filter(|last| *last & 1 == 1))
        .map(|row| row >> 1)
        .collect();
    lines.shrink_to_fit();
    lines
}

fn header() -> Vec<u8> {
    let mut header = Record::COLUMNS.join(",").into_bytes();
    header.push(b'\n');
    header
}

/// Reads records line by line: a reader of the csv crate for each line would cost far more.
struct Lines {
    parser: csv_core::Reader,
    text: Vec<u8>,
}

impl Lines {
    /// The record that is the whole of `line`.
    fn record(&mut self, line: &[u8]) -> Option<Record> {
        const CELLS: usize = Record::COLUMNS.len();
        // File systems fill what a power cut left unwritten with NUL.
        if !line.ends_with(b"\n") || line.contains(&0) {
            return None;
        }
        self.parser.reset();
        self.text.resize(line.len(), 0);
        let mut ends = [0; CELLS + 1];
        let (result, read, _, cells) = self.parser.read_record(line, &mut self.text, &mut ends);
        let is_whole = result == ReadRecordResult::Record && read == line.len() && cells == CELLS;
        if !is_whole {
            return None;
        }
        let starts = iter::once(0).chain(ends);
        let cells = starts.zip(ends).take(CELLS);
        let cells: ByteRecord = cells.map(|(start, end)| &self.text[start..end]).collect();
        let record = StringRecord::from_byte_record(cells).ok()?;
        record.deserialize(None).ok()
    }
}
