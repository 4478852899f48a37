//! What a user wants in a file of a name -> that file, whole or not at all. The name is looked at before the
//! work begins, and again when the file is complete.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::FileError;
use super::replace::{Replacement, directory_of};
use crate::model::Shown as _;

/// What a file that is already there means.
#[derive(Debug, Clone, Copy)]
enum Existing {
    Refused,
    Replaced,
}

/// A file while it is written. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub struct NewFile {
    content: Replacement,
    existing: Existing,
}

impl NewFile {
    /// Checks early that a file can be created at `path`, where nothing may be; leaves nothing behind.
    ///
    /// # Errors
    /// When something is there, or the directory takes no new file.
    pub fn check(path: &Path) -> Result<(), NewFileError> {
        // A wrong name is reported first, whatever the file system says of it.
        is_name(path)?;
        match fs::symlink_metadata(path) {
            Ok(_) => return Err(NewFileError::Exists),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(NewFileError::Io(error.into())),
        }
        Self::create(path).map(drop)
    }

    /// Starts a file, where nothing may be when it is complete. Only its owner can read it.
    ///
    /// # Errors
    /// When the directory takes no new file.
    pub fn create(path: &Path) -> Result<Self, NewFileError> {
        is_name(path)?;
        let content = Replacement::beside(path).map_err(NewFileError::in_directory_of(path))?;
        Ok(Self {
            content,
            existing: Existing::Refused,
        })
    }

    /// Starts a file that takes the place of the one that may be there. Only its owner can read it.
    ///
    /// # Errors
    /// The same.
    pub fn replacing(path: &Path) -> Result<Self, NewFileError> {
        Ok(Self {
            existing: Existing::Replaced,
            ..Self::create(path)?
        })
    }

    /// Lets everybody read the file.
    ///
    /// # Errors
    /// When the permissions cannot be changed.
    pub fn readable_by_all(self) -> Result<Self, NewFileError> {
        self.content.let_all_read()?;
        Ok(self)
    }

    /// Puts the file in its place, so that it outlasts a power cut.
    ///
    /// # Errors
    /// When it cannot be written, or something is there that must not be.
    pub fn commit(self) -> Result<(), NewFileError> {
        match self.existing {
            Existing::Replaced => self.content.commit()?,
            Existing::Refused => self.content.commit_new()?,
        }
        Ok(())
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.content.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.content.flush()
    }
}

fn is_name(path: &Path) -> Result<(), NewFileError> {
    if path == Path::new("-") {
        return Err(NewFileError::StandardOutput);
    }
    Ok(())
}

/// Why a file cannot be written, in the words that follow its name.
#[derive(Debug, thiserror::Error)]
pub enum NewFileError {
    /// The name is what stands for standard output.
    #[error("is not a file (give a name)")]
    StandardOutput,
    /// Something is there.
    #[error("it exists already, and is not replaced (give another name, or remove it)")]
    Exists,
    /// The directory takes no new file.
    #[error("cannot create a file in {}: {error}", path.shown())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why.
        error: FileError,
    },
    /// The operating system refused.
    #[error("{0}")]
    Io(FileError),
}

impl NewFileError {
    fn in_directory_of(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = directory_of(path).to_owned();
        |error| Self::Directory {
            path,
            error: error.into(),
        }
    }
}

impl From<io::Error> for NewFileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::AlreadyExists => Self::Exists,
            _ => Self::Io(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().expect("a file").permissions().mode() & 0o777
    }

    #[test]
    fn what_appears_meanwhile_is_not_replaced() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        NewFile::check(&path).expect("room");
        assert!(!path.exists());
        let mut file = NewFile::create(&path).expect("room");
        file.write_all(b"new").expect("room");
        fs::write(&path, "mine").expect("a file");
        assert!(matches!(file.commit(), Err(NewFileError::Exists)));
        assert!(matches!(NewFile::check(&path), Err(NewFileError::Exists)));
        assert_eq!(fs::read(&path).expect("a file"), b"mine");
        let dangling = directory.path().join("dangling");
        symlink("nowhere", &dangling).expect("a link");
        assert!(matches!(
            NewFile::check(&dangling),
            Err(NewFileError::Exists)
        ));
    }

    #[test]
    fn a_file_is_private_unless_all_may_read_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        NewFile::create(&path)
            .and_then(NewFile::commit)
            .expect("room");
        assert_eq!(mode(&path), 0o600);
        let replacing = NewFile::replacing(&path).and_then(NewFile::readable_by_all);
        replacing.and_then(NewFile::commit).expect("room");
        assert_eq!(mode(&path), 0o644);
    }

    #[test]
    fn the_sign_for_standard_output_is_no_name() {
        for made in [
            NewFile::check(Path::new("-")),
            NewFile::replacing(Path::new("-")).map(drop),
        ] {
            assert!(matches!(made, Err(NewFileError::StandardOutput)));
        }
    }
}
