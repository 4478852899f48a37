//! What `undo` names -> the run to undo, as far as that is possible.

use std::path::Path;

use crate::change::UnsetFields;
use crate::commands::run::{Purpose, cannot, find, lock_run_directory, not_found};
use crate::error::Error;
use crate::input::{Layout, Reader};
use crate::ledger::{
    BeforeImages, LedgerError, Lock, PastPasses, ResumeIndex, RunDirectory, RunFile,
};
use crate::model::{DataMode, Outcome, Shown as _, StopReason, shell_word};
use crate::report::Log;

/// A run to undo.
pub(super) struct Original {
    pub(super) directory: RunDirectory,
    pub(super) run: RunFile,
    /// What became of the custom fields that it did not set.
    pub(super) unset_fields: UnsetFields,
    /// Whether it was found as the newest run, and not by its name.
    is_latest: bool,
}

/// The same, and what it has changed.
pub(super) struct ReadOriginal {
    pub(super) directory: RunDirectory,
    pub(super) unset_fields: UnsetFields,
    pub(super) recorded: ResumeIndex,
    pub(super) images: BeforeImages,
    /// Its name, if it is an undo itself.
    pub(super) undoes_undo: Option<String>,
    /// Nobody else is at work on it.
    _lock: Lock,
}

impl Original {
    /// The run that `from` names.
    pub(super) fn find(from: &Path, log: &Log) -> Result<Self, Error> {
        let path = find(from, Purpose::Undo, log)?;
        let run = RunFile::read(&path).map_err(|error| not_found(&path, Purpose::Undo, &error))?;
        if run.options.sandbox {
            let why = "it ran in the sandbox, and its simulated Re:amaze is gone";
            return Err(cannot(&path, Purpose::Undo, why));
        }
        let is_latest = path != from;
        let directory = RunDirectory::open(path, run.options.format).map_err(Error::usage)?;
        Ok(Self {
            unset_fields: unset_fields(&directory, &run, log),
            directory,
            run,
            is_latest,
        })
    }

    /// How custom fields are put back.
    pub(super) fn data_mode(&self) -> DataMode {
        match self.unset_fields {
            UnsetFields::Kept if !self.run.options.data_whole => DataMode::Changed,
            UnsetFields::Kept | UnsetFields::Erased => DataMode::Whole,
        }
    }

    /// Reads what it has changed, and writes nothing.
    pub(super) fn read(self) -> Result<ReadOriginal, Error> {
        let Self {
            directory,
            run,
            unset_fields,
            is_latest,
        } = self;
        let (path, account) = (directory.path().to_owned(), &run.account);
        let lock = lock_run_directory(&directory.run_file(), &account.base_url, &account.email)?;
        let images = BeforeImages::open(directory.images())?;
        let recorded = ResumeIndex::read(&directory.results(), &images)?;
        let changed = [Outcome::Updated, Outcome::Unknown];
        let changed: u64 = changed
            .map(|outcome| recorded.counts.of(outcome))
            .iter()
            .sum();
        if images.is_empty() && changed > 0 {
            let why = "its conversations were changed without being read first (next time, add --read-first), or before.jsonl was removed";
            return Err(cannot(&path, Purpose::Undo, why));
        }
        let is_undo = run.input.undo_of.is_some();
        if is_undo && is_latest && recorded.final_rows() < rows(&directory, &run)? {
            let path = shell_word(path.as_os_str());
            let why = format!(
                "it is an undo that is not finished. To continue it: reamaze-bulk run --resume {path}. To undo it: reamaze-bulk undo {path}"
            );
            return Err(cannot(directory.path(), Purpose::Undo, &why));
        }
        Ok(ReadOriginal {
            undoes_undo: is_undo.then(|| path.shown()),
            directory,
            unset_fields,
            recorded,
            images,
            _lock: lock,
        })
    }
}

/// What became of the custom fields that a run did not set: it stops when it finds that they are gone.
fn unset_fields(directory: &RunDirectory, run: &RunFile, log: &Log) -> UnsetFields {
    let passes = match PastPasses::read(directory) {
        Ok(past) => past.unwrap_or_default().passes,
        Err(error) => {
            log.warning(&format!(
                "{}: {error}: if the server erased custom fields, that is not known",
                directory.summary().shown()
            ));
            Vec::new()
        }
    };
    let reasons = passes.iter().filter_map(|pass| pass.stop_reason.as_deref());
    if reasons
        .into_iter()
        .any(|reason| reason == StopReason::DATA_REPLACED)
        && !run.options.data_whole
    {
        UnsetFields::Erased
    } else {
        UnsetFields::Kept
    }
}

/// Rows of its input.
fn rows(directory: &RunDirectory, run: &RunFile) -> Result<u64, LedgerError> {
    let layout = Layout {
        format: run.options.format,
        delimiter: b',',
    };
    let mut reader = Reader::open(directory.open_input()?, layout.into())?;
    let mut rows = 0;
    while let Some(row) = reader.next_row()? {
        reader.take_back(std::iter::once(row));
        rows += 1;
    }
    Ok(rows)
}
