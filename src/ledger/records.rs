//! A ledger, whole or torn -> its records, one by one, and where one of them is.

use std::path::Path;

use super::lines::LedgerLines;
use super::{LedgerError, Record, directory};

/// Hands out every record of the ledger at `path`, in the order of the file, with its line there. Of
/// several records of a row, the last one counts.
///
/// # Errors
/// When it cannot be read.
pub fn each_record(path: &Path, mut each: impl FnMut(u64, Record)) -> Result<(), LedgerError> {
    let file = directory::open(path)?;
    let at = || LedgerError::from_ledger(path);
    let mut lines = LedgerLines::open(&file).map_err(at())?;
    while let Some(record) = lines.next().map_err(at())? {
        each(lines.number(), record);
    }
    Ok(())
}

/// Where in the ledger at `path` the last record about the row on `line` is, and its slug; `None` if
/// there is no record.
///
/// # Errors
/// When it cannot be read.
pub fn find_record(path: &Path, line: u64) -> Result<Option<(u64, String)>, LedgerError> {
    let mut found = None;
    each_record(path, |number, record| {
        if record.line == line {
            found = Some((number, record.slug));
        }
    })?;
    Ok(found)
}
