//! The run directory while rows are sent -> whether it is still there; if not, its content is saved
//! beside its old place.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use super::staging::{Staging, numbered};
use super::{Journal, LedgerError, RunDirectory, RunFile};
use crate::input::Format;
use crate::model::Shown as _;

/// A run directory, as it was when sending began.
#[derive(Debug)]
pub struct RunDirectoryMonitor {
    path: PathBuf,
    format: Format,
    run: RunFile,
    /// Open for as long as this is, whatever becomes of its name.
    input: File,
    /// The directory and what a run cannot do without, each by name and identity.
    found: Vec<(PathBuf, Identity)>,
}

/// A file, whatever it is called: device and inode.
type Identity = (u64, u64);

/// What is no longer there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// Nothing has that name.
    Gone(PathBuf),
    /// Something else has that name.
    Replaced(PathBuf),
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone(path) => write!(f, "{} was removed or renamed during the run", path.shown()),
            Self::Replaced(path) => {
                write!(f, "{} was replaced during the run", path.shown())
            }
        }
    }
}

impl RunDirectoryMonitor {
    /// Notes what is there now.
    ///
    /// # Errors
    /// When something of it is not there.
    pub fn start(directory: &RunDirectory) -> Result<Self, LedgerError> {
        let path = directory.path().to_owned();
        let names = [
            path.clone(),
            directory.run_file(),
            directory.input(),
            directory.results(),
        ];
        let found = names.into_iter().map(|name| {
            let identity = identity(&name).map_err(LedgerError::at(&name))?;
            Ok((name, identity))
        });
        Ok(Self {
            found: found.collect::<Result<_, LedgerError>>()?,
            run: RunFile::read(&path).map_err(|error| LedgerError::RunFile {
                path: path.clone(),
                error,
            })?,
            input: directory.open_input()?,
            format: directory.format,
            path,
        })
    }

    /// Whether all of it is still there under its names.
    ///
    /// # Errors
    /// When something is not: what.
    pub fn check(&self) -> Result<(), Missing> {
        for (path, was) in &self.found {
            match identity(path) {
                Ok(is) if is == *was => {}
                Ok(_) => return Err(Missing::Replaced(path.clone())),
                Err(error) => match error.kind() {
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                        return Err(Missing::Gone(path.clone()));
                    }
                    // What cannot be looked at may be there.
                    _ => {}
                },
            }
        }
        Ok(())
    }

    /// Reads the private copy from its start, whatever has become of its name.
    ///
    /// # Errors
    /// When the system allows no more open files.
    pub fn input(&self) -> io::Result<impl Read + Send + use<>> {
        let file = self.input.try_clone()?;
        Ok(Positioned { file, at: 0 })
    }

    /// Makes a run directory of what was in this one, from the files that are still open.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn save(&self, journal: &Journal) -> Result<RunDirectory, LedgerError> {
        const COPY: &str = "input";
        let parent = self.path.parent().unwrap_or(Path::new(""));
        let name = self.path.file_name().unwrap_or_default();
        let saved = format!("{}-saved", name.to_string_lossy());
        let staging = Staging::beside(numbered(parent, &saved))?;
        let mut copy = staging.create(COPY)?;
        self.input()
            .and_then(|mut input| io::copy(&mut input, &mut copy))
            .map_err(LedgerError::at(&self.path))?;
        let (directory, mut ledger) = staging.publish(COPY, self.format, &self.run)?;
        ledger
            .copy_from(journal)
            .map_err(LedgerError::at(&directory.results()))?;
        Ok(directory)
    }
}

/// A file that several read at once, each at a position of its own.
struct Positioned {
    file: File,
    at: u64,
}

impl Read for Positioned {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

fn identity(path: &Path) -> io::Result<Identity> {
    let metadata = fs::symlink_metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}
