//! A file that is open -> whether it still has its name.

use std::fmt;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::model::Shown as _;

/// A file, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl From<&Metadata> for Identity {
    fn from(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }
}

impl Identity {
    /// Of what has that name.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        Ok(Self::from(&fs::symlink_metadata(path)?))
    }

    /// Whether the file still has that name.
    pub(super) fn check(self, path: &Path) -> Result<(), Missing> {
        match Self::at(path) {
            Ok(is) if is == self => Ok(()),
            Ok(_) => Err(Missing::Replaced(path.to_owned())),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                    Err(Missing::Gone(path.to_owned()))
                }
                // What cannot be looked at may be there.
                _ => Ok(()),
            },
        }
    }
}

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
