//! Rows that need a person -> a file like the input, to fix and submit again.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::{LedgerError, Record, RunDirectory};
use crate::files::Replacement;
use crate::input::{MAX_RECORD_BYTES, Reader, RowFormat};
use crate::model::Row;

/// What is known of each row.
const COLUMNS: &[&str] = &["_outcome", "_reasons"];

/// The file of rows to submit again, while it is being written.
pub(super) struct FailedRows {
    path: PathBuf,
    format: RowFormat,
    /// Made with the first row: without one there is to be no file.
    file: Option<Replacement>,
    written: u64,
}

impl FailedRows {
    /// None so far, of the rows that `reader` reads.
    pub(super) fn new(run: &RunDirectory, reader: &Reader) -> Self {
        Self {
            path: run.failed(),
            format: reader.row_format(COLUMNS),
            file: None,
            written: 0,
        }
    }

    pub(super) fn write(&mut self, row: &Row, record: &Record) -> Result<(), LedgerError> {
        let written = self.append(row, record);
        written.map_err(LedgerError::at(&self.path))?;
        self.written += 1;
        Ok(())
    }

    fn append(&mut self, row: &Row, record: &Record) -> io::Result<()> {
        if !self.format.has_room_for(&row.content) {
            self.format.add_raw();
            if let Some(file) = self.file.take() {
                let mut wider = Replacement::beside(&self.path)?;
                self.format.widen(file.written()?, &mut wider)?;
                self.file = Some(wider);
            }
        }
        let file = if let Some(file) = &mut self.file {
            file
        } else {
            let mut file = Replacement::beside(&self.path)?;
            file.write_all(&self.format.header()?)?;
            self.file.insert(file)
        };
        let outcome = record.outcome.name();
        let mut line = self.format.row(&row.content, &[outcome, &record.reasons])?;
        if line.len() > MAX_RECORD_BYTES {
            // Reasons must not make a row too long to be submitted again; results.csv has them too.
            line = self.format.row(&row.content, &[outcome, ""])?;
        }
        file.write_all(&line)
    }

    /// Puts the file in its place, or removes an older one where no row is left; the rows in it.
    pub(super) fn finish(self) -> Result<u64, LedgerError> {
        let finished = match self.file {
            Some(file) => file.commit(),
            None => match fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
        };
        finished.map_err(LedgerError::at(&self.path))?;
        Ok(self.written)
    }
}
