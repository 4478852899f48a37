//! Records -> the ledger, a line as each row finishes.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::{LedgerError, Record, ResumeIndex, directory, repair};
use crate::files::{self, FileError};
use crate::input::csv_line;

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
        let written = journal.write_header().and_then(|()| journal.sync());
        written.map_err(LedgerError::at(path))?;
        Ok(journal)
    }

    /// A ledger in a file without a name, which is gone with it.
    ///
    /// # Errors
    /// When there can be no temporary file.
    pub fn temporary() -> io::Result<Self> {
        let file = tempfile::tempfile()?;
        let mut journal = Self { file, length: 0 };
        journal.write_header()?;
        Ok(journal)
    }

    fn write_header(&mut self) -> io::Result<()> {
        self.append_line(|line| line.write_record(Record::COLUMNS))
    }

    /// Opens the ledger of which `recorded` is known, to append to it; where there is none, it is
    /// begun. A torn last line is cut off, and a ledger that another program has saved is written
    /// in this program's form again: the file in which the old content is kept.
    ///
    /// # Errors
    /// When the file cannot be read or repaired.
    pub fn open(
        path: &Path,
        recorded: &ResumeIndex,
    ) -> Result<(Self, Option<PathBuf>), LedgerError> {
        let form = recorded.form;
        if !path.exists() {
            return Ok((Self::create(path)?, None));
        }
        let kept = if form.is_foreign {
            Some(repair::rewrite(path)?)
        } else if form.torn > 0 {
            Some(repair::cut_off(path, form.whole).map_err(LedgerError::at(path))?)
        } else {
            None
        };
        let open = || -> Result<Self, FileError> {
            let file = files::open_own(path, File::options().read(true).append(true))?;
            let length = file.metadata()?.len();
            let mut journal = Self { file, length };
            if !form.has_header && !form.is_foreign {
                journal.write_header()?;
            }
            journal.sync()?;
            Ok(journal)
        };
        let journal = open().map_err(LedgerError::at(path))?;
        Ok((journal, kept))
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
    /// When the system allows no more open files.
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

    /// Replaces the content by that of another ledger.
    pub(super) fn copy_from(&mut self, other: &Self) -> io::Result<()> {
        let mut source = &other.file;
        source.rewind()?;
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.length = io::copy(&mut source, &mut self.file)?;
        self.sync()
    }

    fn append_line(
        &mut self,
        write: impl Fn(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>,
    ) -> io::Result<()> {
        let line = csv_line(b',', write)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::BeforeImages;
    use crate::model::Outcome;

    #[test]
    fn a_ledger_of_which_another_program_left_only_a_mark_is_begun_again() {
        let ledger = tempfile::NamedTempFile::new().expect("a file");
        for mark in [&b"\xef\xbb\xbf"[..], b"\xff\xfe", b"\xfe\xff"] {
            std::fs::write(ledger.path(), mark).expect("a ledger");
            let read =
                || ResumeIndex::read(ledger.path(), &BeforeImages::default()).expect("a ledger");
            let (mut journal, _) = Journal::open(ledger.path(), &read()).expect("a ledger");
            let record = Record::unsent(2, "a".into(), Outcome::Invalid, String::new());
            journal.append(&record).expect("room for a record");
            assert!(read().is_final(2), "{mark:?}");
        }
    }
}
