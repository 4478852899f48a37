//! Records -> the ledger, a line as each row finishes.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::line::line;
use super::{LedgerError, Record, Recorded, directory};

/// The open ledger. Each record is in the operating system's hands when `append` returns.
#[derive(Debug)]
pub struct Journal {
    file: File,
    /// Bytes of whole lines.
    length: u64,
}

impl Journal {
    /// A new ledger with its header.
    pub(super) fn create(path: &Path) -> Result<Self, LedgerError> {
        let file = directory::create(path)?;
        let mut journal = Self { file, length: 0 };
        journal.write_header().map_err(LedgerError::at(path))?;
        Ok(journal)
    }

    fn write_header(&mut self) -> io::Result<()> {
        self.append_line(|line| line.write_record(Record::COLUMNS))
    }

    /// Opens the ledger of a run that was cut short, to go on with what it holds. What a crash left
    /// behind the last whole record is cut off: those rows count as not recorded.
    ///
    /// # Errors
    /// When the file cannot be read or mended.
    pub fn reopen(path: &Path) -> Result<(Self, Recorded), LedgerError> {
        let file = File::options()
            .read(true)
            .append(true)
            .open(path)
            .map_err(LedgerError::at(path))?;
        let (recorded, length) = Recorded::read(&file).map_err(LedgerError::at(path))?;
        file.set_len(length).map_err(LedgerError::at(path))?;
        let mut journal = Self { file, length };
        if length == 0 {
            journal.write_header().map_err(LedgerError::at(path))?;
        }
        Ok((journal, recorded))
    }

    /// Appends one record.
    ///
    /// # Errors
    /// When it cannot be written. The ledger then ends with the record before.
    pub fn append(&mut self, record: &Record) -> io::Result<()> {
        self.append_line(|line| line.serialize(record))
    }

    /// Another handle on the file, to sync it while records are appended.
    ///
    /// # Errors
    /// When the system lends no more of them.
    pub fn handle(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// Makes the ledger outlast a power cut.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn append_line(
        &mut self,
        write: impl Fn(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>,
    ) -> io::Result<()> {
        let line = line(b',', write)?;
        if let Err(error) = self.file.write_all(&line) {
            // Half a line must not stay: the next reader would take it for a record.
            let _ = self.file.set_len(self.length);
            let _ = self.file.seek(SeekFrom::Start(self.length));
            return Err(error);
        }
        self.length += line.len() as u64;
        Ok(())
    }
}
