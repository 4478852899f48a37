//! A ledger in the order of events -> its records by line of the input. The ledger stays as it is.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write as _};
use std::path::Path;

use csv::StringRecord;

use super::lines::LedgerLines;
use super::{Journal, LedgerError, Record, directory};
use crate::input::csv_line;

/// The last record of each row, in a temporary file, at 16 bytes of memory a row.
#[derive(Debug)]
pub struct OrderedRecords {
    reader: csv::Reader<File>,
    places: Vec<Place>,
    /// The record that was read last.
    record: StringRecord,
}

/// Where the record of a row is in the file.
#[derive(Debug, Clone, Copy)]
struct Place {
    line: u64,
    start: u64,
}

impl OrderedRecords {
    /// Reads the ledger at `path`, then `more` newer records; without a ledger, only these.
    ///
    /// # Errors
    /// When it cannot be read, or a line of it is not a record.
    pub fn read(path: &Path, more: impl Iterator<Item = Record>) -> Result<Self, LedgerError> {
        let file = match directory::open(path) {
            Ok(file) => Some(file),
            Err(LedgerError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        Self::copy(file.as_ref(), path, more)
    }

    /// Reads what is in `journal`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn from_journal(journal: &Journal) -> Result<Self, LedgerError> {
        let file = journal.handle().map_err(LedgerError::temporary)?;
        Self::copy(Some(&file), &std::env::temp_dir(), std::iter::empty())
    }

    /// Copies the records of the ledger `file`, which is at `path`.
    fn copy(
        file: Option<&File>,
        path: &Path,
        more: impl Iterator<Item = Record>,
    ) -> Result<Self, LedgerError> {
        let copy = tempfile::tempfile().map_err(LedgerError::temporary)?;
        let (mut copy, mut length) = (BufWriter::new(copy), 0);
        let mut places = Vec::new();
        let mut add = |record: &Record| -> Result<(), LedgerError> {
            let start = length;
            let written = csv_line(b',', |line| line.serialize(record)).and_then(|line| {
                length += line.len() as u64;
                copy.write_all(&line)
            });
            written.map_err(LedgerError::temporary)?;
            places.push(Place {
                line: record.line,
                start,
            });
            Ok(())
        };
        if let Some(file) = file {
            let at = || LedgerError::from_ledger(path);
            let mut lines = LedgerLines::open(file).map_err(at())?;
            while let Some(record) = lines.next().map_err(at())? {
                add(&record)?;
            }
        }
        for record in more {
            add(&record)?;
        }
        // Stable: of several records of a row, the last one written stays last.
        places.sort_by_key(|place| place.line);
        let last = places.chunk_by(|a, b| a.line == b.line);
        let places = last.filter_map(|same| same.last().copied()).collect();
        let copied = copy.into_inner().map_err(io::IntoInnerError::into_error);
        let rewound = copied.and_then(|mut file| {
            file.rewind()?;
            Ok(file)
        });
        let file = rewound.map_err(LedgerError::temporary)?;
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(file);
        Ok(Self {
            reader,
            places,
            record: StringRecord::new(),
        })
    }

    /// The last record of the row on `line` of the input, if there is one. Fastest in order of line.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn record(&mut self, line: u64) -> Result<Option<Record>, LedgerError> {
        self.read_record(line).map_err(LedgerError::temporary)
    }

    fn read_record(&mut self, line: u64) -> io::Result<Option<Record>> {
        let Ok(at) = self.places.binary_search_by_key(&line, |place| place.line) else {
            return Ok(None);
        };
        // Where the file is in order, it is there already.
        let mut place = csv::Position::new();
        place.set_byte(self.places[at].start);
        self.reader.seek(place)?;
        if !self.reader.read_record(&mut self.record)? {
            return Ok(None);
        }
        Ok(Some(self.record.deserialize(None)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Outcome;

    #[test]
    fn the_last_record_of_a_row_counts_whatever_the_order() {
        let record =
            |line, outcome| Record::unsent(line, format!("slug-{line}"), outcome, String::new());
        let mut journal = Journal::temporary().expect("a ledger");
        for (line, outcome) in [
            (9, Outcome::Failed),
            (2, Outcome::Invalid),
            (9, Outcome::Updated),
        ] {
            journal.append(&record(line, outcome)).expect("room");
        }
        let mut ordered = OrderedRecords::from_journal(&journal).expect("records");
        let mut outcome = |line| {
            ordered
                .record(line)
                .expect("a file")
                .map(|found| found.outcome)
        };
        assert_eq!(
            [2, 5, 9, 2].map(&mut outcome),
            [
                Some(Outcome::Invalid),
                None,
                Some(Outcome::Updated),
                Some(Outcome::Invalid)
            ]
        );
        let more = [record(3, Outcome::Unknown)];
        let missing = Path::new("no-such-directory/results.csv");
        let mut ordered = OrderedRecords::read(missing, more.into_iter()).expect("no ledger");
        assert!(ordered.record(3).expect("a file").is_some());
    }
}
