//! The private copy of an input, and what run.json says of it -> whether it is still the same.

use crate::error::Error;
use crate::ledger::{LedgerError, RunDirectory, RunFile, sha256_of};
use crate::model::Shown as _;

/// Sees that the private copy is what was checked and agreed to: rows could be lost otherwise, or mean
/// something else. `then` is what follows if it is not.
pub(super) fn check_copy(directory: &RunDirectory, run: &RunFile, then: &str) -> Result<(), Error> {
    let path = directory.input();
    let sha256 = sha256_of(&directory.open_input()?).map_err(|error| LedgerError::Io {
        path: path.clone(),
        error: error.into(),
    })?;
    if sha256 == run.input.sha256 {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "{}: has changed since this run was started (damaged or edited): {then}",
        path.shown()
    )))
}
