//! New content -> in the place of a file, whole or not at all: whoever reads the file, and whatever
//! crashes, finds the old content or the new.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufReader, BufWriter, Seek as _, Write};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// How the names of files and directories begin that are still being made.
pub const TEMPORARY_PREFIX: &str = ".reamaze-bulk-";

/// The new content of a file, while it is written. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub struct Replacement {
    path: PathBuf,
    writer: BufWriter<NamedTempFile<File>>,
}

impl Replacement {
    /// Starts a temporary file in the directory of `path`, which only its owner can read.
    ///
    /// # Errors
    /// When the directory takes no new file.
    pub fn beside(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).mode(0o600);
        // The library's own error would name the temporary file, which nobody knows.
        let mut refused = None;
        let made =
            tempfile::Builder::new()
                .prefix(TEMPORARY_PREFIX)
                .make_in(directory_of(path), |path| {
                    options.open(path).inspect_err(|error| {
                        refused = error.raw_os_error().map(io::Error::from_raw_os_error);
                    })
                });
        match made {
            Ok(file) => Ok(Self {
                path: path.to_owned(),
                writer: BufWriter::new(file),
            }),
            Err(error) => Err(refused.unwrap_or(error)),
        }
    }

    /// Lets everybody read the file.
    ///
    /// # Errors
    /// When the permissions cannot be changed.
    pub(super) fn let_all_read(&self) -> io::Result<()> {
        let file = self.writer.get_ref().as_file();
        file.set_permissions(Permissions::from_mode(0o644))
    }

    /// What is written so far, from its start.
    ///
    /// # Errors
    /// When it cannot be written or read.
    pub fn written(self) -> io::Result<impl io::Read> {
        let mut file = self
            .writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(BufReader::new(file))
    }

    /// Puts the content in the place of the file, so that it outlasts a power cut.
    ///
    /// # Errors
    /// When it cannot be written or renamed. The old content then stays.
    pub fn commit(self) -> io::Result<()> {
        let (file, path) = self.synced()?;
        file.persist(&path).map_err(|error| error.error)?;
        sync_name(&path);
        Ok(())
    }

    /// The same where there must be no file yet.
    ///
    /// # Errors
    /// The same, and when there is one.
    pub(super) fn commit_new(self) -> io::Result<()> {
        let (file, path) = self.synced()?;
        file.persist_noclobber(&path).map_err(|error| error.error)?;
        sync_name(&path);
        Ok(())
    }

    fn synced(self) -> io::Result<(NamedTempFile<File>, PathBuf)> {
        let file = self
            .writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        Ok((file, self.path))
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Makes the name of a file outlast a power cut, where that can be done: not every directory can be
/// opened or synced. Without it, a power cut leaves old or new.
fn sync_name(path: &Path) {
    let _ = sync(directory_of(path));
}

/// The directory of a file.
#[must_use]
pub fn directory_of(path: &Path) -> &Path {
    let parent = path.parent().filter(|parent| *parent != Path::new(""));
    parent.unwrap_or(Path::new("."))
}

/// Makes a file, or the names in a directory, outlast a power cut.
///
/// # Errors
/// When it cannot be opened, or the disk refuses.
pub fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// `path` from the root on; as it is where the current directory is not known.
#[must_use]
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_or_stays_as_it_is() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        let text = || fs::read_to_string(&path).expect("a file");
        for content in ["old", "new"] {
            let mut file = Replacement::beside(&path).expect("room");
            file.write_all(content.as_bytes()).expect("room");
            file.commit().expect("room");
            assert_eq!(text(), content);
        }
        let mut dropped = Replacement::beside(&path).expect("room");
        dropped.write_all(b"half").expect("room");
        drop(dropped);
        assert_eq!(text(), "new");
        let names = fs::read_dir(directory.path()).expect("a directory");
        assert_eq!(names.count(), 1);
    }

    #[test]
    fn a_directory_that_is_not_there_is_not_named_by_a_temporary_file() {
        let refused = Replacement::beside(Path::new("no/such/directory/file"));
        let refused = refused.expect_err("no directory").to_string();
        assert!(!refused.contains(TEMPORARY_PREFIX), "{refused}");
    }
}
