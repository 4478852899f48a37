//! One run per account on a machine, and one per run directory. The locks are the operating
//! system's: none survives its process.

use std::fs::{File, TryLockError};
use std::io::{self, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::private_copy::hexadecimal;
use crate::files::{self, FileError};

/// The longest text of a lock file, in bytes.
const MAX_HOLDER_BYTES: u64 = 64 << 10;

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its process.
    pub pid: u32,
    /// Since when: RFC 3339, UTC.
    pub since: String,
    /// Its run directory, as soon as there is one.
    pub run_dir: Option<String>,
}

/// Why a lock was not taken.
#[derive(Debug)]
pub enum NotLocked {
    /// Somebody else holds it; who, if that can be read.
    Held(Option<Holder>),
    /// The place of the lock is one that others own or can write.
    NotTrusted {
        /// The place.
        path: PathBuf,
        /// Who can.
        error: FileError,
    },
    /// The place of the lock cannot be written.
    Unavailable {
        /// The place.
        path: PathBuf,
        /// The operating system's error.
        error: FileError,
    },
}

impl Lock {
    /// Locks an account: an address and a login.
    ///
    /// # Errors
    /// When somebody holds it, or no lock file can be made in `state`.
    pub fn account(
        state: &Path,
        base_url: &str,
        email: &str,
        holder: &Holder,
    ) -> Result<Self, NotLocked> {
        files::make_private(state).map_err(NotLocked::at(state))?;
        let path = account_file(state, base_url, email);
        let mut options = File::options();
        options.read(true).write(true).create(true).mode(0o600);
        let file = files::open_own(&path, &mut options).map_err(NotLocked::at(&path))?;
        let mut lock = Self::take(file, &path)?;
        lock.write(holder).map_err(NotLocked::at(&path))?;
        Ok(lock)
    }

    /// Who holds an account, or held it last.
    #[must_use]
    pub fn holder(state: &Path, base_url: &str, email: &str) -> Option<Holder> {
        let path = account_file(state, base_url, email);
        let file = files::open_own(&path, File::options().read(true)).ok()?;
        read_holder(file)
    }

    /// Locks a run directory by its `run.json`, which no run replaces.
    ///
    /// # Errors
    /// When somebody holds it, or the file cannot be opened.
    pub fn run(run_file: &Path) -> Result<Self, NotLocked> {
        let file = files::open_own(run_file, File::options().read(true))
            .map_err(NotLocked::at(run_file))?;
        Self::take(file, run_file)
    }

    /// Writes into the lock file who holds it. The file is for people: the lock itself is not in it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, holder: &Holder) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        serde_json::to_writer(&mut self.file, holder)?;
        self.file.write_all(b"\n")
    }

    fn take(file: File, path: &Path) -> Result<Self, NotLocked> {
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(NotLocked::Held(read_holder(file))),
            Err(TryLockError::Error(error)) => Err(NotLocked::at(path)(error)),
        }
    }
}

impl NotLocked {
    fn at<E: Into<FileError>>(path: &Path) -> impl FnOnce(E) -> Self + '_ {
        move |error| {
            let (path, error) = (path.to_owned(), error.into());
            if error.is_untrusted() {
                Self::NotTrusted { path, error }
            } else {
                Self::Unavailable { path, error }
            }
        }
    }
}

/// The holder that a lock file names; `None` where that is just being written.
fn read_holder(file: File) -> Option<Holder> {
    serde_json::from_str(&files::text(file, MAX_HOLDER_BYTES).ok()?).ok()
}

fn account_file(state: &Path, base_url: &str, email: &str) -> PathBuf {
    let key = Sha256::digest(format!("{base_url}\n{}", email.to_lowercase()));
    state.join(format!("{}.lock", hexadecimal(&key)))
}
