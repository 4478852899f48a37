//! Why a file cannot be used: what the operating system says, or a rule of this program.

use std::io::{self, ErrorKind};

use crate::model::text::quoted;
use crate::model::{file_words, remedy};

/// Why a file cannot be used, in the words that follow its name, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system refused.
    #[error("{}", file_words(.0))]
    Io(io::Error),
    /// There is no such file, and another name is much like it.
    #[error("no such file (did you mean {}?)", quoted(.0))]
    NotFound(String),
    /// The name is that of a symbolic link.
    #[error("is a symbolic link, which is not followed (put the file itself there)")]
    SymbolicLink,
    /// A directory, a pipe or a device; which of them, if that is known.
    #[error("is {0}not a regular file")]
    NotRegular(&'static str),
    /// Another user owns it.
    #[error("belongs to {} (run as that user, or chown it if you trust what is in it)", owner(*.0))]
    OtherOwner(u32),
    /// Other users have the permission to write it.
    #[error("can be written by others (mode {0:o}; chmod go-w it if you trust what is in it)")]
    WritableByOthers(u32),
    /// It has this number of bytes or more.
    #[error("is too long: {} KiB or more (is it the right file?)", .0 >> 10)]
    TooLong(u64),
    /// It is not the JSON document that it should be.
    #[error("is damaged: {0}")]
    Json(serde_json::Error),
    /// Somebody wrote to it while it was read.
    #[error("it changed while it was read: is it still being written? (wait until it is complete)")]
    Changed,
    /// The command was asked to stop before the file was read.
    #[error("interrupted")]
    Interrupted,
    /// A thread ended without a result.
    #[error("internal error: a thread panicked (please report it)")]
    Panicked,
}

/// The user of that ID, in words.
fn owner(uid: u32) -> String {
    match uid {
        0 => "root".to_owned(),
        uid => format!("another user, uid {uid}"),
    }
}

impl FileError {
    /// Whether another user can have written the file.
    #[must_use]
    pub fn is_untrusted(&self) -> bool {
        matches!(self, Self::OtherOwner(_) | Self::WritableByOthers(_))
    }

    /// What to do about an error of reading or writing a file of this program.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Io(error) => remedy(error),
            _ => "fix that",
        }
    }

    /// The kind of error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Io(error) => error.kind(),
            Self::NotFound(_) => ErrorKind::NotFound,
            _ => ErrorKind::Other,
        }
    }
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        error.downcast().unwrap_or_else(Self::Io)
    }
}

/// For a [`Read`](io::Read), whose errors are those of the standard library.
impl From<FileError> for io::Error {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Io(error) => error,
            // Not `Interrupted`, which readers take as a wish to try again.
            error => Self::new(error.kind(), error),
        }
    }
}
