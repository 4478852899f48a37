//! The rows of a sheet -> the records of an input: a header, and rows with as many cells.

use std::io::Read;

use csv::StringRecord;

use super::error::names;
use super::kind::Workbook;
use super::package::{MAX_FILE_BYTES, Package};
use super::sheet_row::{MAX_ROWS, SheetRow, SheetRows, column_name};
use super::{Sheet, WorkbookError};
use crate::input::InputError;
use crate::input::layout::{Layout, Wanted};
use crate::input::line::line;
use crate::input::raw::raw_head;
use crate::model::spreadsheet::trimmed;
use crate::model::text::quoted;
use crate::model::{Content, Row};

/// The most cells of a sheet, up to the last with text in each row: those of 32 columns that are full. A small
/// file can say that a row is there many times, or that its only cell is in the last column.
const MAX_CELLS: usize = 32 * 1_048_576;

/// The rows of a sheet, as long as these have no more cells than a sheet may have.
struct BoundedRows {
    rows: Box<dyn SheetRows>,
    cells_left: usize,
}

/// The records of one sheet, after its header.
pub(in crate::input) struct WorkbookRecords {
    rows: BoundedRows,
    header: StringRecord,
    /// How many columns are left of the header.
    left: usize,
    header_line: u64,
    last_line: u64,
    /// Which sheet is read, if others are shown.
    sheet_note: Option<String>,
    /// The first row with a decimal fraction whose shown text is not known, and that.
    fraction: Option<(u64, String)>,
}

const TOO_LONG: &str = "is a row of more than 1 MiB";

impl BoundedRows {
    fn next_row(&mut self) -> Result<Option<SheetRow>, WorkbookError> {
        let row = self.rows.next_row()?;
        let cells = row.as_ref().map_or(0, |row| row.cells.len());
        let left = self.cells_left.checked_sub(cells);
        self.cells_left = left.ok_or_else(|| {
            WorkbookError::TooLarge(format!("the sheet has more than {MAX_CELLS} cells"))
        })?;
        Ok(row)
    }
}

impl WorkbookRecords {
    /// Reads the header of the sheet that is wanted; and which sheet, of which format, that is.
    pub(in crate::input) fn open(
        bytes: impl Read,
        wanted: &Wanted,
    ) -> Result<(Self, Layout), InputError> {
        let mut file = Vec::new();
        bytes.take(MAX_FILE_BYTES + 1).read_to_end(&mut file)?;
        if file.len() as u64 > MAX_FILE_BYTES {
            let limit = format!("it has more than {} MiB", MAX_FILE_BYTES >> 20);
            return Err(WorkbookError::TooLarge(limit).into());
        }
        let workbook = Workbook::open(Package::open(file)?)?;
        if wanted.delimiter.is_some() {
            return Err(WorkbookError::Delimiter.into());
        }
        let sheets = workbook.sheets();
        let at = chosen(&sheets, wanted.sheet.as_deref())?;
        let layout = Layout {
            format: workbook.format(),
            delimiter: b',',
            sheet: Some(sheets[at].name.clone()),
        };
        let mut rows = BoundedRows {
            rows: workbook.rows(at)?,
            cells_left: MAX_CELLS,
        };
        while let Some(row) = rows.next_row()? {
            if row.is_too_long {
                return Err(InputError::Header(TOO_LONG.into()));
            }
            if let Some(left) = row.cells.iter().position(is_something) {
                let records = Self {
                    rows,
                    header: row.cells.iter().skip(left).collect(),
                    left,
                    header_line: row.number,
                    last_line: row.number,
                    sheet_note: sheet_note(&sheets, at),
                    fraction: None,
                };
                return Ok((records, layout));
            }
        }
        let others = sheets.iter().enumerate().filter(|(other, _)| *other != at);
        Err(WorkbookError::EmptySheet {
            name: sheets[at].name.clone(),
            others: others.map(|(_, sheet)| sheet.name.clone()).collect(),
        }
        .into())
    }

    pub(in crate::input) fn header(&self) -> &StringRecord {
        &self.header
    }

    pub(in crate::input) fn header_line(&self) -> u64 {
        self.header_line
    }

    /// How many rows there are if the sheet has no room for more. For its end.
    pub(in crate::input) fn full_sheet(&self) -> Option<u64> {
        (self.last_line == MAX_ROWS).then_some(MAX_ROWS)
    }

    /// What to know about the file. For its end.
    pub(in crate::input) fn notes(&self) -> impl Iterator<Item = String> {
        let fraction = self.fraction.as_ref().map(|(row, shown)| {
            format!(
                "decimal fractions are read with a point, like {} in row {row}, also where the spreadsheet shows a comma (to send what it shows, format the column as text, and fill it again)",
                quoted(shown)
            )
        });
        self.sheet_note.clone().into_iter().chain(fraction)
    }

    /// The next row that has a cell with something in it.
    pub(in crate::input) fn next_row(&mut self) -> Result<Option<Row>, InputError> {
        while let Some(mut row) = self.rows.next_row()? {
            self.last_line = row.number;
            if self.fraction.is_none() {
                self.fraction = row.fraction.take().map(|shown| (row.number, shown));
            }
            if row.is_too_long || !is_blank(&row.cells) {
                return Ok(Some(Row {
                    line: row.number,
                    content: self.content(&row),
                }));
            }
        }
        Ok(None)
    }

    fn content(&self, row: &SheetRow) -> Content {
        let (left, end) = (self.left, self.left + self.header.len());
        let mut cells = row.cells.iter().enumerate();
        let outside = cells.find(|(at, cell)| !(left..end).contains(at) && is_something(cell));
        let why = match outside {
            _ if row.is_too_long => TOO_LONG.to_owned(),
            Some((at, _)) => format!(
                "has text in column {}, and the header is in columns {} to {} (name that column, or empty it)",
                column_name(at),
                column_name(left),
                column_name(end - 1)
            ),
            None => {
                let cells = (left..end).map(|at| row.cells.get(at).unwrap_or_default());
                return Content::Cells(cells.collect());
            }
        };
        let text = line(b',', |line| line.write_record(&row.cells)).unwrap_or_default();
        Content::Unreadable {
            why,
            raw: raw_head(text.trim_ascii_end()),
        }
    }
}

fn is_something(cell: &str) -> bool {
    !trimmed(cell).is_empty()
}

fn is_blank(cells: &StringRecord) -> bool {
    !cells.iter().any(is_something)
}

/// That only the sheet at that place is read, if others are shown.
fn sheet_note(sheets: &[&Sheet], at: usize) -> Option<String> {
    let others = sheets.iter().enumerate();
    let others = others.filter(|(other, sheet)| *other != at && !sheet.is_hidden);
    let others: Vec<_> = others.map(|(_, sheet)| sheet.name.clone()).collect();
    let (read, others) = (
        quoted(&sheets[at].name),
        (!others.is_empty()).then_some(others)?,
    );
    Some(format!("only sheet {read} is read, not {}", names(&others)))
}

/// The sheet of that name, in any letter case, or the first that is shown.
fn chosen(sheets: &[&Sheet], name: Option<&str>) -> Result<usize, WorkbookError> {
    let names = || sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let Some(name) = name else {
        let shown = sheets.iter().position(|sheet| !sheet.is_hidden);
        return shown.ok_or_else(|| WorkbookError::NoSheet(names()));
    };
    let folded = name.to_lowercase();
    let exact = sheets.iter().position(|sheet| sheet.name == name);
    let alike = || {
        sheets
            .iter()
            .position(|sheet| sheet.name.to_lowercase() == folded)
    };
    exact
        .or_else(alike)
        .ok_or_else(|| WorkbookError::UnknownSheet {
            name: name.to_owned(),
            sheets: names(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_has_no_more_cells_than_are_allowed() {
        let book = include_bytes!("../../../tests/it/fixtures/book.ods");
        let package = Package::open(book.to_vec()).expect("an archive");
        let workbook = Workbook::open(package).expect("a workbook");
        let at = chosen(&workbook.sheets(), None).expect("a sheet");
        let mut rows = BoundedRows {
            rows: workbook.rows(at).expect("rows"),
            cells_left: 10,
        };
        assert!(matches!(rows.next_row(), Ok(Some(_))));
        let end = std::iter::repeat_with(|| rows.next_row()).find(Result::is_err);
        assert!(matches!(end, Some(Err(WorkbookError::TooLarge(_)))));
    }
}
