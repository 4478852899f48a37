//! Cells one by one -> a row of them, each in its column.

use csv::StringRecord;

use super::WorkbookError;
use crate::input::raw::MAX_RECORD_BYTES;

/// The rows and columns of a sheet, at most.
pub(super) const MAX_ROWS: u64 = 1_048_576;
const MAX_COLUMNS: usize = 16_384;

/// A row of a sheet.
#[derive(Debug, Clone, Default)]
pub(super) struct SheetRow {
    /// Its number, from 1.
    pub(super) number: u64,
    /// Its cells, up to the last with text.
    pub(super) cells: StringRecord,
    /// Whether cells were left out, because all of them are longer than a record may be.
    pub(super) is_too_long: bool,
    /// The first number with a decimal fraction, as it is read, if the file does not say how it is shown.
    pub(super) fraction: Option<String>,
}

/// Reads the rows of a sheet, from top to bottom.
pub(super) trait SheetRows: Send {
    /// The next row that is in the file, perhaps without text; `None` at the end.
    fn next_row(&mut self) -> Result<Option<SheetRow>, WorkbookError>;
}

impl SheetRow {
    pub(super) fn new(number: u64) -> Result<Self, WorkbookError> {
        if !(1..=MAX_ROWS).contains(&number) {
            let beyond = format!("it has a row {number}, and a sheet ends with row {MAX_ROWS}");
            return Err(WorkbookError::Damaged(beyond));
        }
        Ok(Self {
            number,
            ..Self::default()
        })
    }

    /// Puts a text into that column, from 0: columns must come in their order.
    pub(super) fn put(&mut self, column: usize, text: &str) -> Result<(), WorkbookError> {
        if text.is_empty() || self.is_too_long {
            return Ok(());
        }
        if column >= MAX_COLUMNS {
            let beyond = format!(
                "row {} has a cell in column {}, and a sheet ends with column {MAX_COLUMNS}",
                self.number,
                column + 1
            );
            return Err(WorkbookError::Damaged(beyond));
        }
        if column < self.cells.len() {
            let wrong = format!("the cells of row {} are not in order", self.number);
            return Err(WorkbookError::Damaged(wrong));
        }
        if self.cells.as_slice().len() + text.len() > MAX_RECORD_BYTES {
            self.is_too_long = true;
            return Ok(());
        }
        while self.cells.len() < column {
            self.cells.push_field("");
        }
        self.cells.push_field(text);
        Ok(())
    }
}

/// The name of that column, from 0: `A`, `Z`, `AA`.
pub(super) fn column_name(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(
            b'A' + u8::try_from(rest % 26).unwrap_or_default(),
        ));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// The column, from 0, and the row, from 1, that `AB12` is.
pub(super) fn position(reference: &str) -> Option<(usize, u64)> {
    let row = reference.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = &reference[..reference.len() - row.len()];
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters.bytes().fold(0, |column, letter| {
        column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    Some((column - 1, row.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_names_that_spreadsheets_show() {
        for (column, name) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (701, "ZZ"),
            (16_383, "XFD"),
        ] {
            assert_eq!(column_name(column), name);
            assert_eq!(position(&format!("{name}12")), Some((column, 12)));
        }
        for wrong in ["", "A", "12", "ABCD1", "A1B", "é1"] {
            assert_eq!(position(wrong), None, "{wrong}");
        }
    }
}
