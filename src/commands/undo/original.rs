//! What `undo` names -> the run to undo and what it has changed, as far as that is possible.

use std::path::Path;

use crate::change::UnsetFields;
use crate::commands::run::{
    NamedRun, Purpose, cannot, find, lock_run_directory, not_found, past, recorded,
};
use crate::config::Consent;
use crate::error::Error;
use crate::input::Reader;
use crate::ledger::{BeforeImages, LedgerError, Lock, ResumeIndex, RunDirectory, RunFile};
use crate::model::{DataMode, shell_word};
use crate::report::Log;

/// A run to undo, and what it has changed.
pub(super) struct Original {
    pub(super) directory: RunDirectory,
    pub(super) run: RunFile,
    /// What became of the custom fields that it did not set.
    pub(super) unset_fields: UnsetFields,
    pub(super) recorded: ResumeIndex,
    pub(super) images: BeforeImages,
    /// Nobody else is at work on it.
    _lock: Lock,
}

impl Original {
    /// Reads the run that `from` names, and writes nothing. Where nobody is asked, the newest run is not
    /// undone if it is an undo itself: a second `undo latest --yes` would make the changes again.
    pub(super) fn read(from: &Path, consent: Consent, log: &Log) -> Result<Self, Error> {
        let NamedRun { path, is_latest } = find(from, Purpose::Undo, log)?;
        let run = RunFile::read(&path).map_err(|error| not_found(&path, Purpose::Undo, &error))?;
        let cannot = |why: &str| cannot(&path, Purpose::Undo, why);
        if run.options.sandbox {
            return Err(cannot(
                "it ran in the sandbox, and its simulated Re:amaze is gone",
            ));
        }
        let directory =
            RunDirectory::open(path.clone(), run.options.format).map_err(Error::usage)?;
        let account = &run.account;
        let lock = lock_run_directory(&directory.run_file(), &account.base_url, &account.email)?;
        let images = BeforeImages::open(directory.images())?;
        let recorded = recorded(&directory, &images)?;
        // A ledger that has lost lines would count what was refused as in flight.
        past(&directory, &recorded, log)?;
        if images.is_empty() && recorded.changed().next().is_some() {
            return Err(cannot(
                "its conversations were changed without being read first (next time, add --read-first), or before.jsonl was removed",
            ));
        }
        let is_undo = run.input.undo_of.is_some();
        if is_undo && is_latest && recorded.final_rows() < rows(&directory, &run)? {
            let path = shell_word(path.as_os_str());
            return Err(cannot(&format!(
                "it is an undo that is not finished. To continue it: reamaze-bulk run --resume {path}. To undo it: reamaze-bulk undo {path}"
            )));
        }
        if is_undo && is_latest && consent == Consent::Given {
            return Err(Error::Usage(format!(
                "undo latest: the newest run is itself an undo; to undo it, give its directory: reamaze-bulk undo {}",
                shell_word(path.as_os_str())
            )));
        }
        Ok(Self {
            unset_fields: if images.has_erased() && !run.options.data_whole {
                UnsetFields::Erased
            } else {
                UnsetFields::Kept
            },
            directory,
            run,
            recorded,
            images,
            _lock: lock,
        })
    }

    /// How custom fields are restored.
    pub(super) fn data_mode(&self) -> DataMode {
        match self.unset_fields {
            UnsetFields::Kept if !self.run.options.data_whole => DataMode::Changed,
            UnsetFields::Kept | UnsetFields::Erased => DataMode::Whole,
        }
    }

    /// Whether it is an undo itself.
    pub(super) fn is_undo(&self) -> bool {
        self.run.input.undo_of.is_some()
    }
}

/// Rows of its input.
fn rows(directory: &RunDirectory, run: &RunFile) -> Result<u64, LedgerError> {
    let layout = run.options.layout();
    let mut reader = Reader::open(directory.open_input()?, &(&layout).into())?;
    let mut rows = 0;
    while let Some(row) = reader.next_row()? {
        reader.take_back(std::iter::once(row));
        rows += 1;
    }
    Ok(rows)
}
