//! UTF-8 bytes -> CSV records, driving `csv-core` so that no record takes more than its share of
//! memory, every record knows its physical line, and quoting that would swallow rows is seen.

use std::io::{self, BufRead, Read as _, Take};

use csv::StringRecord;
use csv_core::ReadRecordResult;

use super::InputError;
use super::lines::LineCount;
use super::quoting::{self, Quotes};
use super::raw::{ENDLESS_BYTES, MAX_RECORD_BYTES, MAX_REUSED_BYTES, raw_head};
use super::sniff::{declared_delimiter, names_slug};
use super::text::{Encoding, TextSource};
use crate::model::spreadsheet::trimmed;
use crate::model::text::counted;
use crate::model::{Content, Row};

/// The records of one file, after its header.
pub(super) struct CsvRecords {
    raw: RawRecords,
    encoding: Encoding,
    header: StringRecord,
    header_line: u64,
    spare: Vec<StringRecord>,
}

impl CsvRecords {
    /// Reads the header.
    pub(super) fn open(
        source: TextSource,
        delimiter: u8,
        encoding: Encoding,
    ) -> Result<Self, InputError> {
        let mut raw = RawRecords::new(source, delimiter);
        // Whatever has no line end within that has no header.
        raw.source.set_limit(HEADER_BYTES);
        let (header_line, header) = loop {
            let line = raw.advance()?;
            if raw.source.limit() == 0 {
                return Err(InputError::Header(TOO_LONG.into()));
            }
            let line = line.ok_or(InputError::NoHeader)?;
            let cells = raw
                .cells(encoding, StringRecord::new())
                .map_err(InputError::Header)?;
            if !is_empty(&cells) && declared_delimiter(raw.raw()).is_none() {
                break (line, cells);
            }
        };
        raw.source.set_limit(u64::MAX);
        Ok(Self {
            raw,
            encoding,
            header,
            header_line,
            spare: Vec::new(),
        })
    }

    pub(super) fn header(&self) -> &StringRecord {
        &self.header
    }

    pub(super) fn header_line(&self) -> u64 {
        self.header_line
    }

    /// How many rows the file has if it has just as many as a sheet has room for. For its end.
    pub(super) fn full_sheet(&self) -> Option<u64> {
        self.raw.lines.full_sheet()
    }

    /// The next record that has a cell with something in it.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, InputError> {
        while let Some(line) = self.raw.advance()? {
            let spare = self.spare.pop().unwrap_or_default();
            let content = match self.raw.cells(self.encoding, spare) {
                Ok(cells) if is_empty(&cells) => continue,
                Ok(_) if declared_delimiter(self.raw.raw()).is_some() => {
                    self.unreadable(SEP_AGAIN.into())
                }
                Ok(cells) if cells.len() == self.header.len() => Content::Cells(cells),
                Ok(cells) => self.unreadable(self.wrong_width(&cells)),
                Err(why) => self.unreadable(why),
            };
            return Ok(Some(Row { line, content }));
        }
        Ok(None)
    }

    /// Takes back a row that is no longer needed, to reuse its memory.
    pub(super) fn take_back(&mut self, row: Row) {
        if let Content::Cells(cells) = row.content
            && cells.as_slice().len() + cells.len() < MAX_REUSED_BYTES
        {
            self.spare.push(cells);
        }
    }

    fn wrong_width(&self, cells: &StringRecord) -> String {
        if names_slug(self.raw.raw()) {
            return OTHER_HEADER.into();
        }
        let mut surplus = cells.iter().skip(self.header.len());
        let advice = if cells.len() < self.header.len() && self.raw.is_cut {
            "the file ends here, without a line end: was it cut off?"
        } else if cells.len() < self.header.len() {
            "empty cells need their delimiters too"
        } else if surplus.all(|cell| cell.trim().is_empty()) {
            "remove the delimiters at its end, or add them to the header"
        } else {
            "a cell that contains the delimiter needs quotes"
        };
        format!(
            "has {} where the header has {} ({advice})",
            counted(cells.len() as u64, "cell"),
            counted(self.header.len() as u64, "cell")
        )
    }

    fn unreadable(&self, why: String) -> Content {
        Content::Unreadable {
            why,
            raw: raw_head(self.raw.raw()),
        }
    }
}

/// Whether a record is not a row: spreadsheets write such lines for empty ones.
fn is_empty(cells: &StringRecord) -> bool {
    cells.iter().all(|cell| trimmed(cell).is_empty())
}

/// One record at a time, as bytes.
struct RawRecords {
    source: Take<TextSource>,
    parser: csv_core::Reader,
    delimiter: u8,
    lines: LineCount,
    /// The record as it is in the file, up to a little over the limit.
    raw: Vec<u8>,
    unescaped: Vec<u8>,
    ends: Vec<usize>,
    cells: usize,
    fault: Option<&'static str>,
    /// Whether the file ends in the record without a line end.
    is_cut: bool,
}

/// Bytes in which a header must end, blank lines before it included.
const HEADER_BYTES: u64 = 2 * MAX_RECORD_BYTES as u64;

const SEP_AGAIN: &str =
    "is a line `sep=` among the rows (was the file joined from two? remove this line)";
const OTHER_HEADER: &str =
    "is a second header, with other columns (was the file joined from two? run each by itself)";
const TOO_LONG: &str =
    "is a record of more than 1 MiB (is a quote opened on this line and never closed?)";
const UNCLOSED: &str = "opens a quote that is never closed: everything after it is inside the quote (close it, or remove it; or was the file cut off?)";

impl RawRecords {
    fn new(source: TextSource, delimiter: u8) -> Self {
        Self {
            source: source.take(u64::MAX),
            parser: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            delimiter,
            lines: LineCount::default(),
            raw: Vec::new(),
            unescaped: vec![0; 4 << 10],
            ends: vec![0; 64],
            cells: 0,
            fault: None,
            is_cut: false,
        }
    }

    /// Advances to the next record; the physical line on which it starts.
    fn advance(&mut self) -> Result<Option<u64>, InputError> {
        if !self.skip_line_breaks()? {
            return Ok(None);
        }
        let line = self.lines.current();
        self.raw.clear();
        self.fault = None;
        self.is_cut = false;
        let (mut bytes, mut cells, mut length) = (0, 0, 0);
        loop {
            let chunk = self.source.fill_buf()?;
            let at_end = chunk.is_empty();
            // A line break ends a record, except inside quotes: that shows a quote left open.
            let chunk = if at_end { b"\n" } else { chunk };
            let (result, read, written, ended) = self.parser.read_record(
                chunk,
                &mut self.unescaped[bytes..],
                &mut self.ends[cells..],
            );
            (bytes, cells) = (bytes + written, cells + ended);
            if !at_end {
                self.lines.count(&chunk[..read]);
                let room = (MAX_RECORD_BYTES + 3).saturating_sub(self.raw.len());
                self.raw.extend_from_slice(&chunk[..read.min(room)]);
                self.source.consume(read);
                length += read;
                if length > ENDLESS_BYTES {
                    return Err(InputError::Endless(line));
                }
            }
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => {
                    self.is_cut = at_end;
                    break;
                }
                ReadRecordResult::InputEmpty if at_end => {
                    self.fault = self.fault.or(Some(UNCLOSED));
                    self.parser.reset();
                    break;
                }
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => bytes = self.more_room_for_text(),
                ReadRecordResult::OutputEndsFull => cells = self.more_room_for_cells(),
            }
        }
        self.cells = cells;
        self.lines.end_record(line);
        Ok(Some(line))
    }

    /// Makes room for the record's text; past the limit the room is used over and over, since
    /// such a record is only skipped.
    fn more_room_for_text(&mut self) -> usize {
        let full = self.unescaped.len();
        if full > MAX_RECORD_BYTES {
            self.fault = Some(TOO_LONG);
            return 0;
        }
        self.unescaped.resize(full * 2, 0);
        full
    }

    fn more_room_for_cells(&mut self) -> usize {
        let full = self.ends.len();
        if full > MAX_RECORD_BYTES {
            self.fault = Some(TOO_LONG);
            return 0;
        }
        self.ends.resize(full * 2, 0);
        full
    }

    fn skip_line_breaks(&mut self) -> io::Result<bool> {
        loop {
            let chunk = self.source.fill_buf()?;
            if chunk.is_empty() {
                return Ok(false);
            }
            let breaks = chunk
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .count();
            let more = breaks == chunk.len();
            self.lines.count(&chunk[..breaks]);
            self.source.consume(breaks);
            if !more {
                return Ok(true);
            }
        }
    }

    /// The record as it is in the file, without its line end.
    fn raw(&self) -> &[u8] {
        let raw = self.raw.strip_suffix(b"\n").unwrap_or(&self.raw);
        raw.strip_suffix(b"\r").unwrap_or(raw)
    }

    /// The record's cells, or what keeps it from having any.
    fn cells(&self, encoding: Encoding, spare: StringRecord) -> Result<StringRecord, String> {
        if self.raw().len() > MAX_RECORD_BYTES {
            return Err(TOO_LONG.into());
        }
        if let Some(fault) = self.fault {
            return Err(fault.into());
        }
        let text = encoding.text(self.raw())?;
        if quoting::quotes(self.raw(), self.delimiter) == Quotes::Loose {
            return Ok(quoting::cells(text, self.delimiter)?);
        }
        let ends = &self.ends[..self.cells];
        let mut cells = spare.into_byte_record();
        cells.clear();
        let mut start = 0;
        for &end in ends {
            cells.push_field(&self.unescaped[start..end]);
            start = end;
        }
        StringRecord::from_byte_record(cells).map_err(|error| error.to_string())
    }
}
