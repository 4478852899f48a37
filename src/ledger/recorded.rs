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
    /// Rows that were tried and are not settled: line and whether it is in doubt, in one number;
    /// sorted.
    tried: Vec<u64>,
    /// The line of the one among them that was tried last.
    last_tried: u64,
    /// Whether some conversation was found: the brand is right.
    pub has_found_any: bool,
    /// Whether the server let the login in.
    pub has_logged_in: bool,
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
        let mut rows = Rows::default();
        let mut length = 0;
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
                rows.take_in(&record);
            }
            length += read as u64;
        }
        let torn = file.metadata()?.len() - length;
        Ok((rows.recorded(torn), length))
    }

    /// Whether the row on `line` is settled.
    #[must_use]
    pub fn is_settled(&self, line: u64) -> bool {
        self.settled.binary_search(&line).is_ok()
    }

    /// What was tried before of the row on `line`, which is not settled.
    #[must_use]
    pub fn earlier(&self, line: u64) -> Earlier {
        match self.tried.binary_search_by_key(&line, |row| row >> 1) {
            Err(_) => Earlier::Nothing,
            Ok(at) if self.tried[at] & 1 == 1 => Earlier::InDoubt,
            Ok(_) => Earlier::Tried,
        }
    }

    /// The line of the row that was tried last of those that are not settled; `None` if there is
    /// no such row.
    #[must_use]
    pub fn last_tried(&self) -> Option<u64> {
        (!self.tried.is_empty()).then_some(self.last_tried)
    }

    /// How many rows are settled.
    #[must_use]
    pub fn settled(&self) -> u64 {
        self.settled.len() as u64
    }
}

/// What was tried of a row that is not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// No request was sent for it.
    Nothing,
    /// It was refused, or nothing was said of it.
    Tried,
    /// It may have been applied.
    InDoubt,
}

/// Records in the order in which they were written. Of several of a row the last one counts.
#[derive(Default)]
struct Rows {
    /// Line and state, in one number.
    states: Vec<u64>,
    /// When the row that was tried last was finished, and its line.
    last_tried: (String, u64),
    has_found_any: bool,
    has_logged_in: bool,
}

/// The states of a row: never tried, tried, in doubt, settled.
const STATES: u32 = 2;
const TRIED: u64 = 1;
const IN_DOUBT: u64 = 2;
const SETTLED: u64 = 3;

impl Rows {
    fn take_in(&mut self, record: &Record) {
        let is_found = matches!(record.outcome, Outcome::Updated | Outcome::Rejected);
        self.has_found_any |= is_found;
        self.has_logged_in |= is_found || record.outcome == Outcome::NotFound;
        let state = match record.outcome {
            outcome if outcome.is_settled() => SETTLED,
            Outcome::Unknown => IN_DOUBT,
            _ if record.attempts > 0 => TRIED,
            _ => 0,
        };
        if matches!(state, TRIED | IN_DOUBT)
            && let Some(finished_at) = &record.finished_at
            && *finished_at >= self.last_tried.0
        {
            self.last_tried = (finished_at.clone(), record.line);
        }
        self.states.push(record.line << STATES | state);
    }

    fn recorded(mut self, torn: u64) -> Recorded {
        // Stable: of several entries of a line, the last one recorded stays last.
        self.states.sort_by_key(|row| row >> STATES);
        let mut recorded = Recorded {
            last_tried: self.last_tried.1,
            has_found_any: self.has_found_any,
            has_logged_in: self.has_logged_in,
            torn,
            ..Recorded::default()
        };
        for same in self.states.chunk_by(|a, b| a >> STATES == b >> STATES) {
            let Some(last) = same.last() else { continue };
            let line = last >> STATES;
            match last & SETTLED {
                SETTLED => recorded.settled.push(line),
                state @ (TRIED | IN_DOUBT) => {
                    recorded
                        .tried
                        .push(line << 1 | u64::from(state == IN_DOUBT));
                }
                _ => {}
            }
        }
        recorded.settled.shrink_to_fit();
        recorded.tried.shrink_to_fit();
        recorded
    }
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
