//! Why a run directory could not be made, or its ledger not be put in order.

use std::path::{Path, PathBuf};

use super::lines::Unreadable;
use super::run_file::RunFileError;
use crate::files::FileError;
use crate::input::InputError;
use crate::model::Shown as _;

/// Why a run directory could not be made, or its ledger not be put in order.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// `--out` names something that is in use.
    #[error("{}: already exists (results are never overwritten: use a new or empty directory)", .0.shown())]
    Occupied(PathBuf),
    /// A file or directory cannot be used.
    #[error("{}: {error}", path.shown())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        error: FileError,
    },
    /// What is made in a directory does not belong to this user alone.
    #[error(
        "{}: a directory created here {error}: this file system does not store owners and permissions, so a resume could not trust it (use --out on another file system)",
        path.shown()
    )]
    NoOwners {
        /// The directory.
        path: PathBuf,
        /// What is wrong with a directory in it.
        error: FileError,
    },
    /// What the run was asked for cannot be read.
    #[error("{}: {error}", path.shown())]
    RunFile {
        /// The run directory.
        path: PathBuf,
        /// Why.
        error: RunFileError,
    },
    /// The private copy cannot be read.
    #[error("the private copy of the input {0}")]
    Input(#[from] InputError),
    /// A line of the ledger is not what this program wrote.
    #[error("{}:{line}: {what} (nothing is sent: fix that line, or restore the file from a backup)", path.shown())]
    Edited {
        /// The ledger.
        path: PathBuf,
        /// The line of it.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// The ledger, or the file of before-images, has less in it than before.
    #[error("{}: {what}", path.shown())]
    Lost {
        /// That file.
        path: PathBuf,
        /// What is gone, and what to do.
        what: String,
    },
    /// Rows, records and failed rows do not add up.
    #[error(
        "internal error: the totals do not match: {0} (keep the run directory, and please report it)"
    )]
    Sums(String),
}

impl LedgerError {
    /// An error of a file that is in the directory for temporary files.
    #[must_use]
    pub fn temporary(error: std::io::Error) -> Self {
        Self::at(&std::env::temp_dir())(error)
    }

    pub(super) fn from_ledger(path: &Path) -> impl FnOnce(Unreadable) -> Self + '_ {
        move |unreadable| match unreadable {
            Unreadable::Io(error) => Self::at(path)(error),
            Unreadable::Line { number, what } => Self::Edited {
                path: path.to_owned(),
                line: number,
                what,
            },
        }
    }

    pub(super) fn at<E: Into<FileError>>(path: &Path) -> impl FnOnce(E) -> Self + '_ {
        move |error| Self::Io {
            path: path.to_owned(),
            error: error.into(),
        }
    }
}
