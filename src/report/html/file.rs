//! A page -> its file, which nobody else can read: whole or not at all, and no other file is replaced.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::files::{FileError, Replacement, directory_of};
use crate::model::Shown as _;

/// Sees early that a page can be written to `path`, where nothing may be; leaves nothing behind.
///
/// # Errors
/// When something is there, or the directory takes no new file.
pub fn check(path: &Path) -> Result<(), PageError> {
    match fs::symlink_metadata(path) {
        Ok(_) => return Err(PageError::Exists),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(PageError::File(error.into())),
    }
    beside(path).map(drop)
}

/// Writes the page to `path`, where nothing may be.
///
/// # Errors
/// The same, or when it cannot be written.
pub fn write_new(path: &Path, html: &str) -> Result<(), PageError> {
    let file = written(path, html)?;
    file.commit_new().map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => PageError::Exists,
        _ => PageError::File(error.into()),
    })
}

/// Writes the page in the place of the one that may be at `path`.
///
/// # Errors
/// When it cannot be written.
pub fn replace(path: &Path, html: &str) -> Result<(), PageError> {
    let file = written(path, html)?;
    file.commit().map_err(|error| PageError::File(error.into()))
}

fn written(path: &Path, html: &str) -> Result<Replacement, PageError> {
    let mut file = beside(path)?;
    file.write_all(html.as_bytes())
        .map_err(|error: io::Error| PageError::File(error.into()))?;
    Ok(file)
}

fn beside(path: &Path) -> Result<Replacement, PageError> {
    Replacement::beside(path).map_err(|error| PageError::Directory {
        path: directory_of(path).to_owned(),
        error: error.into(),
    })
}

/// Why a page cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Something is there.
    #[error("it exists already, and is not replaced (give another name, or remove it)")]
    Exists,
    /// The operating system refused.
    #[error("{0}")]
    File(FileError),
    /// The directory takes no new file.
    #[error("cannot create a file in {}: {error}", path.shown())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why.
        error: FileError,
    },
}
