//! One line of a ledger -> its record, or what is wrong with it.

use csv_core::{ReadRecordResult, Reader};
use jiff::Timestamp;

use super::Record;
use crate::model::text::quoted;
use crate::model::{Outcome, utc_millis};

/// Cells of a line that are looked at; a spreadsheet may write empty ones behind the others.
const MOST_CELLS: usize = 64;

const CELLS: usize = Record::COLUMNS.len();

/// What is wrong with a line.
pub(super) struct Fault {
    /// In words.
    pub(super) what: String,
    /// Whether it may be the beginning of a record.
    pub(super) is_cut: bool,
}

impl Fault {
    fn cut(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            is_cut: true,
        }
    }

    /// Of a record that looks whole, and whose line does not end.
    pub(super) fn is_cut() -> Self {
        Self::cut("is cut off")
    }
}

impl From<String> for Fault {
    fn from(what: String) -> Self {
        Self {
            what,
            is_cut: false,
        }
    }
}

/// Where each cell of a record is.
#[derive(Debug, Clone, Copy)]
pub(super) struct LedgerColumns {
    at: [usize; CELLS],
    /// Columns that have a name.
    width: usize,
}

impl LedgerColumns {
    /// As this program writes them.
    pub(super) const OURS: Self = Self {
        at: [0, 1, 2, 3, 4, 5, 6, 7],
        width: CELLS,
    };

    /// The header as this program writes it.
    pub(super) fn header() -> Vec<u8> {
        let mut header = Record::COLUMNS.join(",").into_bytes();
        header.push(b'\n');
        header
    }

    /// The columns that a header line names, if these are all of a ledger's, each once.
    pub(super) fn named(parser: &mut Reader, line: &[u8]) -> Option<Self> {
        let cells = Cells::from_line(parser, line).ok()?;
        let names: Vec<&str> = cells.iter().map(str::trim).collect();
        let mut at = [0; CELLS];
        for (place, column) in at.iter_mut().zip(Record::COLUMNS) {
            let mut found = names
                .iter()
                .enumerate()
                .filter(|(_, name)| **name == column);
            *place = found.next()?.0;
            if found.next().is_some() {
                return None;
            }
        }
        Some(Self {
            at,
            width: names.len(),
        })
    }

    /// The record, and whether each cell is as this program writes it; `None` for an empty line.
    pub(super) fn record(
        &self,
        parser: &mut Reader,
        line: &[u8],
    ) -> Result<Option<(Record, bool)>, Fault> {
        if line.is_empty() {
            return Ok(None);
        }
        let cells = Cells::from_line(parser, line)?;
        if cells.iter().all(str::is_empty) {
            return Ok(None);
        }
        let least = self.at.iter().max().map_or(0, |last| last + 1);
        if cells.count < least {
            return Err(Fault::cut(format!(
                "has {} cells instead of {}",
                cells.count, self.width
            )));
        }
        if cells.iter().skip(self.width).any(|cell| !cell.is_empty()) {
            return Err(Fault::from(format!(
                "has {} cells instead of {}",
                cells.count, self.width
            )));
        }
        let mut record_cells = RecordCells {
            cells: self.at.map(|at| cells.get(at)),
            is_ours: cells.count == CELLS && self.width == CELLS,
        };
        let record = record_cells.record()?;
        Ok(Some((record, record_cells.is_ours)))
    }
}

/// The cells of one line as text.
struct Cells {
    text: String,
    ends: [usize; MOST_CELLS],
    count: usize,
}

impl Cells {
    fn from_line(parser: &mut Reader, line: &[u8]) -> Result<Self, Fault> {
        // File systems fill what a power cut left unwritten with NUL.
        if line.contains(&0) {
            return Err(Fault::cut("contains NUL bytes, as a power cut leaves them"));
        }
        let line = [line, b"\n"].concat();
        let mut text = vec![0; line.len()];
        let mut ends = [0; MOST_CELLS];
        parser.reset();
        let (result, read, written, count) = parser.read_record(&line, &mut text, &mut ends);
        match result {
            ReadRecordResult::Record if read == line.len() => {}
            ReadRecordResult::OutputEndsFull => {
                return Err(Fault::from(format!("has more than {MOST_CELLS} cells")));
            }
            _ => return Err(Fault::cut("has a quote that does not end")),
        }
        text.truncate(written);
        let text = String::from_utf8(text).map_err(|_| Fault::from("is not UTF-8".to_owned()))?;
        Ok(Self { text, ends, count })
    }

    fn get(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(start..self.ends[at]).unwrap_or_default()
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.count).map(|at| self.get(at))
    }
}

/// The cells of a record, in the order of its columns.
struct RecordCells<'a> {
    cells: [&'a str; CELLS],
    is_ours: bool,
}

impl RecordCells<'_> {
    fn record(&mut self) -> Result<Record, Fault> {
        let line = self.number(0)?;
        let line = line.ok_or_else(|| Fault::from("has no line number".to_owned()))?;
        let attempts = self.number(5)?;
        Ok(Record {
            line,
            slug: self.cells[1].to_owned(),
            outcome: self.outcome()?,
            http_status: self.number(3)?,
            reasons: self.cells[4].to_owned(),
            attempts: attempts.ok_or_else(|| Fault::from("has no attempts".to_owned()))?,
            elapsed_ms: self.number(6)?,
            finished_at: self.finished_at(),
        })
    }

    fn outcome(&self) -> Result<Outcome, Fault> {
        let name = self.cells[2];
        let known = Outcome::ALL.into_iter().find(|known| known.name() == name);
        known.ok_or_else(|| Fault::from(format!("outcome: unknown outcome {}", quoted(name))))
    }

    /// A whole number; `200.0` and `200,0`, as data frames and spreadsheets write it, is 200.
    fn number<T: std::str::FromStr>(&mut self, column: usize) -> Result<Option<T>, Fault> {
        let cell = self.cells[column];
        if cell.is_empty() {
            return Ok(None);
        }
        if let Ok(number) = cell.parse() {
            return Ok(Some(number));
        }
        self.is_ours = false;
        let whole = match cell.trim().split_once(['.', ',']) {
            Some((whole, rest)) if rest.len() < 3 && rest.bytes().all(|b| b == b'0') => whole,
            _ => cell.trim(),
        };
        whole.parse().map(Some).map_err(|_| {
            let name = Record::COLUMNS[column];
            Fault::from(format!("{name}: {} is not a number", quoted(cell)))
        })
    }

    /// A time that something has rewritten in its own way is none: nothing depends on it.
    fn finished_at(&mut self) -> Option<String> {
        let cell = self.cells[7];
        if cell.is_empty() {
            return None;
        }
        let time = cell.parse::<Timestamp>().ok().map(utc_millis);
        self.is_ours &= time.as_deref() == Some(cell);
        time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Option<(Record, bool)>, String> {
        let record = LedgerColumns::OURS.record(&mut Reader::new(), line.as_bytes());
        record.map_err(|fault| fault.what)
    }

    const LINE: &str = "3,b,updated,200,,1,12,2026-01-01T00:00:00.000Z";

    #[test]
    fn a_line_of_ours_is_a_record() {
        let (record, is_ours) = read(LINE).expect("a line").expect("a record");
        assert!(is_ours && record.is_finished());
        assert_eq!((record.line, record.attempts), (3, 1));
    }

    #[test]
    fn what_a_spreadsheet_writes_differently_is_the_same_record() {
        let (ours, _) = read(LINE).expect("a line").expect("a record");
        for line in [
            "3,b,updated,200.0,,1.0,12.0,2026-01-01T00:00:00.000Z",
            "3,b,updated,200,,1,12,2026-01-01T00:00:00.000Z,,,",
            "\"3\",\"b\",\"updated\",\"200\",\"\",\"1\",\"12\",\"2026-01-01T01:00:00+01:00\"",
        ] {
            let (record, is_ours) = read(line).expect("a line").expect("a record");
            assert_eq!((record, is_ours), (ours.clone(), false), "{line}");
        }
        assert_eq!(read(",,,,,,,").expect("a line"), None);
    }

    #[test]
    fn what_is_no_record_says_why() {
        for (line, why) in [
            ("3,b,updated", "has 3 cells instead of 8"),
            ("3,b,updated,200,,1,12,x,y", "has 9 cells instead of 8"),
            ("x,b,updated,200,,1,12,", "line: `x` is not a number"),
            ("3,b,updatd,200,,1,12,", "outcome: unknown outcome `updatd`"),
            (
                "3,b,updated,1e2,,1,12,",
                "http_status: `1e2` is not a number",
            ),
            (
                "3,b,updated,1.200,,1,12,",
                "http_status: `1.200` is not a number",
            ),
            ("3,\"b,updated,200,,1,12,", "has a quote that does not end"),
        ] {
            assert_eq!(read(line), Err(why.to_owned()), "{line}");
        }
    }
}
