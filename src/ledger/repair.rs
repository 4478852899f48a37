//! A ledger that a crash has torn, or that another program has saved -> one to append to. Nothing is
//! thrown away: what was there is kept beside it.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::lines::{LedgerLines, Unreadable};
use super::{LedgerError, Record, directory};
use crate::files::{self, FileError};
use crate::input::csv_line;

/// Cuts off what follows the first `whole` bytes; the file to which it was appended.
pub(super) fn cut_off(path: &Path, whole: u64) -> Result<PathBuf, FileError> {
    let mut ledger = files::open_own(path, File::options().read(true).write(true))?;
    ledger.seek(SeekFrom::Start(whole))?;
    let mut torn = Vec::new();
    ledger.read_to_end(&mut torn)?;
    torn.push(b'\n');
    let kept = beside(path, "torn");
    let mut options = File::options();
    options.append(true).create(true).mode(0o600);
    let mut file = files::open_own(&kept, &mut options)?;
    file.write_all(&torn)?;
    file.sync_all()?;
    ledger.set_len(whole)?;
    Ok(kept)
}

/// Writes the records of a ledger in this program's form; the file in which the old one is kept.
pub(super) fn rewrite(path: &Path) -> Result<PathBuf, LedgerError> {
    let mut found = directory::open(path)?;
    let mut kept = beside(path, "resaved");
    while kept.exists() {
        kept = beside(&kept, "2");
    }
    let mut copy = directory::create(&kept)?;
    io::copy(&mut found, &mut copy)
        .and_then(|_| copy.sync_all())
        .map_err(LedgerError::at(&kept))?;
    directory::replace(path, |repaired| {
        let mut write = || -> Result<(), Unreadable> {
            let mut lines = LedgerLines::open(&found)?;
            repaired.write_all(&csv_line(b',', |line| line.write_record(Record::COLUMNS))?)?;
            while let Some(record) = lines.next()? {
                repaired.write_all(&csv_line(b',', |line| line.serialize(&record))?)?;
            }
            Ok(())
        };
        write().map_err(LedgerError::from_ledger(path))
    })?;
    Ok(kept)
}

/// `PATH.ENDING`.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}
