//! Bytes -> rows: detects encoding, format and delimiter, and reads with the reader of that format.
//! A workbook is known by its first bytes, whatever the file is called.

use std::io::{BufReader, Cursor, Read};

use super::csv::CsvRecords;
use super::jsonl::JsonLines;
use super::layout::{Format, Layout, Wanted};
use super::row_format::RowFormat;
use super::text::TextSource;
use super::workbook::{WorkbookError, WorkbookRecords};
use super::{InputError, foreign, sniff, text};
use crate::model::Row;

/// How much of the input is looked at to detect format and delimiter, in bytes.
const SNIFFED_BYTES: u64 = 64 << 10;

/// How much of the input shows that it is a ZIP archive, in bytes.
const ZIP_BYTES: u64 = 4;

/// Reads rows.
pub struct Reader {
    layout: Layout,
    is_marked: bool,
    records: Records,
}

enum Records {
    Csv(Box<CsvRecords>),
    Jsonl(JsonLines),
    Workbook(Box<WorkbookRecords>),
}

impl Reader {
    /// Starts to read `bytes`: detects encoding, format and delimiter, and reads the header.
    ///
    /// # Errors
    /// When the bytes cannot be read, are not a file of rows at all (no header, an image), or do not
    /// have the sheet that is wanted.
    pub fn open(
        mut bytes: impl Read + Send + 'static,
        wanted: &Wanted,
    ) -> Result<Self, InputError> {
        let mut start = Vec::new();
        (&mut bytes).take(ZIP_BYTES).read_to_end(&mut start)?;
        let is_workbook = foreign::is_zip(&start);
        let bytes = Cursor::new(start).chain(bytes);
        if is_workbook {
            let (records, layout) = WorkbookRecords::open(bytes, wanted)?;
            return Ok(Self {
                layout,
                is_marked: true,
                records: Records::Workbook(Box::new(records)),
            });
        }
        let (mut text, found) = text::decoded(bytes)?;
        let encoding = found.encoding;
        let mut start = Vec::new();
        (&mut text).take(SNIFFED_BYTES).read_to_end(&mut start)?;
        let layout = sniff::layout(&start, wanted)?;
        let source: TextSource = Box::new(BufReader::with_capacity(
            64 << 10,
            Cursor::new(start).chain(text),
        ));
        let records = match layout.format {
            Format::Csv | Format::Tsv => Records::Csv(Box::new(CsvRecords::open(
                source,
                layout.delimiter,
                encoding,
            )?)),
            Format::Jsonl => Records::Jsonl(JsonLines::new(source, encoding)),
            Format::Xlsx | Format::Ods => return Err(WorkbookError::NotWorkbook.into()),
        };
        Ok(Self {
            layout,
            is_marked: found.is_marked,
            records,
        })
    }

    /// Format, delimiter and sheet, as asked for or as found.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The header of a file with cells; JSONL has none.
    #[must_use]
    pub fn header(&self) -> Option<&csv::StringRecord> {
        match &self.records {
            Records::Csv(records) => Some(records.header()),
            Records::Jsonl(_) => None,
            Records::Workbook(records) => Some(records.header()),
        }
    }

    /// How rows of this file are written again, with these columns added: with the same columns,
    /// delimiter and byte order mark, in UTF-8. (Without the mark, what wrote the file may read it
    /// as some old code page.) Rows of a workbook become CSV with such a mark.
    #[must_use]
    pub fn row_format(&self, added: &'static [&'static str]) -> RowFormat {
        match self.header() {
            Some(header) => RowFormat::cells(header, self.layout.delimiter, self.is_marked, added),
            None => RowFormat::objects(added),
        }
    }

    /// The physical line on which the header starts; in a workbook, the row.
    #[must_use]
    pub fn header_line(&self) -> u64 {
        match &self.records {
            Records::Csv(records) => records.header_line(),
            Records::Workbook(records) => records.header_line(),
            Records::Jsonl(_) => 1,
        }
    }

    /// What to know about a file that was read to its end, in sentences without a subject: whether the rest may
    /// have been cut off, because it has as many lines as a sheet has room for; what of a workbook is read.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let (full, of_workbook) = match &self.records {
            Records::Csv(records) => (records.full_sheet(), None),
            Records::Workbook(records) => (records.full_sheet(), Some(records.notes())),
            Records::Jsonl(_) => (None, None),
        };
        let full = full.map(|rows| {
            format!(
                "has {rows} lines, exactly as many as a spreadsheet can hold: was the rest cut off? (compare with the export)"
            )
        });
        let of_workbook = of_workbook.into_iter().flatten();
        full.into_iter().chain(of_workbook).collect()
    }

    /// Takes back rows that are no longer needed, to reuse their memory.
    pub fn take_back(&mut self, rows: impl IntoIterator<Item = Row>) {
        match &mut self.records {
            Records::Csv(records) => rows.into_iter().for_each(|row| records.take_back(row)),
            Records::Jsonl(records) => rows.into_iter().for_each(|row| records.take_back(row)),
            Records::Workbook(_) => {}
        }
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// When the bytes cannot be read. A record that makes no sense is a row, not an error.
    pub fn next_row(&mut self) -> Result<Option<Row>, InputError> {
        match &mut self.records {
            Records::Csv(records) => records.next_row(),
            Records::Jsonl(records) => records.next_row(),
            Records::Workbook(records) => records.next_row(),
        }
    }
}
