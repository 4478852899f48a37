//! The run directory in its place: its files by name, and how they are replaced.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::{LedgerError, RunFile, RunFileError};
use crate::files::{self, FileError, Replacement, TEMPORARY_PREFIX};
use crate::input::Format;

/// The ledger.
pub(super) const RESULTS: &str = "results.csv";

/// What rows were about to change, as it was before.
const IMAGES: &str = "before.jsonl";

/// What happened, in numbers.
const SUMMARY: &str = "summary.json";

/// What was sent over time.
const TIMELINE: &str = "timeline.csv";

/// Where default run directories are made.
pub const RUNS: &str = "reamaze-runs";

/// What is under `reamaze-runs`.
#[derive(Debug, Default)]
pub struct Runs {
    /// Run directories of this user, with the time of their start.
    pub resumable: Vec<(Timestamp, PathBuf)>,
    /// The same of runs in a sandbox, which is gone.
    pub rehearsals: Vec<(Timestamp, PathBuf)>,
    /// Those that others own or can write, and why they are not followed.
    pub refused: Vec<(PathBuf, RunFileError)>,
}

/// A run directory in its place.
#[derive(Debug)]
pub struct RunDirectory {
    pub(super) path: PathBuf,
    pub(super) format: Format,
}

impl RunDirectory {
    /// The one that is there already.
    ///
    /// # Errors
    /// When its files are not regular files, or not this user's own.
    pub fn open(path: PathBuf, format: Format) -> Result<Self, LedgerError> {
        let directory = Self { path, format };
        for file in [directory.input(), directory.results(), directory.images()] {
            match open(&file) {
                // What the system refuses is reported where the file is needed.
                Err(LedgerError::Io {
                    error: FileError::Io(_),
                    ..
                })
                | Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(directory)
    }

    /// What is under `reamaze-runs`.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn runs() -> io::Result<Runs> {
        let mut runs = Runs::default();
        for entry in fs::read_dir(RUNS)? {
            let entry = entry?;
            let is_hidden = entry
                .file_name()
                .to_string_lossy()
                .starts_with(TEMPORARY_PREFIX);
            // A link leads to a run that is somewhere else.
            if is_hidden || entry.file_type()?.is_symlink() {
                continue;
            }
            let path = entry.path();
            match RunFile::read(&path) {
                Ok(run) if run.options.sandbox => runs.rehearsals.push((run.created_at, path)),
                Ok(run) => runs.resumable.push((run.created_at, path)),
                Err(error) if error.is_untrusted() => runs.refused.push((path, error)),
                // What is not a run directory is skipped.
                Err(_) => {}
            }
        }
        Ok(runs)
    }

    /// What the run was asked for: the file that is locked while a run is open.
    #[must_use]
    pub fn run_file(&self) -> PathBuf {
        self.path.join(RunFile::NAME)
    }

    /// Removes what a crash left of files that were being replaced.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn sweep(&self) -> Result<(), LedgerError> {
        let entries = fs::read_dir(&self.path).map_err(LedgerError::at(&self.path))?;
        for entry in entries.flatten() {
            if entry
                .file_name()
                .to_string_lossy()
                .starts_with(TEMPORARY_PREFIX)
            {
                // One that cannot be removed does no harm.
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The private copy of the input.
    #[must_use]
    pub fn input(&self) -> PathBuf {
        self.path.join(Self::input_name(self.format))
    }

    /// Opens the private copy of the input.
    ///
    /// # Errors
    /// When it cannot be opened, or is not this user's own.
    pub fn open_input(&self) -> Result<File, LedgerError> {
        open(&self.input())
    }

    /// The ledger.
    #[must_use]
    pub fn results(&self) -> PathBuf {
        self.path.join(RESULTS)
    }

    /// What rows were about to change, as it was before; not there before the first of them.
    #[must_use]
    pub fn images(&self) -> PathBuf {
        self.path.join(IMAGES)
    }

    /// The rows that need a person.
    #[must_use]
    pub fn failed(&self) -> PathBuf {
        self.path
            .join(format!("failed.{}", self.format.of_rows().extension()))
    }

    /// What happened, in numbers.
    #[must_use]
    pub fn summary(&self) -> PathBuf {
        self.path.join(SUMMARY)
    }

    /// What was sent over time; not there before the first pass.
    #[must_use]
    pub fn timeline(&self) -> PathBuf {
        self.path.join(TIMELINE)
    }

    /// Replaces `summary.json`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_summary(&self, summary: &impl Serialize) -> Result<(), LedgerError> {
        write_json(&self.summary(), summary)
    }

    /// Whether a pass has begun here: each leaves a trace before it sends anything.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.summary().exists() || self.failed().exists()
    }

    /// The name of the private copy of an input.
    #[must_use]
    pub fn input_name(format: Format) -> String {
        format!("input.{}", format.extension())
    }
}

/// Replaces a file of a run.
pub(super) fn replace(
    path: &Path,
    write: impl FnOnce(&mut Replacement) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    let mut file = Replacement::beside(path).map_err(LedgerError::at(path))?;
    write(&mut file)?;
    file.commit().map_err(LedgerError::at(path))
}

pub(super) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), LedgerError> {
    replace(path, |file| {
        serde_json::to_writer_pretty(&mut *file, value)
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(b"\n"))
            .map_err(LedgerError::at(path))
    })
}

/// A new file that only its owner can read.
pub(super) fn create(path: &Path) -> Result<File, LedgerError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(LedgerError::at(path))
}

/// Opens a file of a run to read it.
pub(super) fn open(path: &Path) -> Result<File, LedgerError> {
    files::open_own(path, File::options().read(true)).map_err(LedgerError::at(path))
}

/// Makes a file, or the names in a directory, outlast a power cut.
pub(super) fn sync(path: &Path) -> Result<(), LedgerError> {
    files::sync(path).map_err(LedgerError::at(path))
}
