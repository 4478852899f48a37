//! One run per account on a machine, and one per run directory. The locks are the operating
//! system's: none survives its process.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::copy::hexadecimal;

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
    /// The place of the lock cannot be written.
    Unavailable {
        /// The place.
        path: PathBuf,
        /// What the operating system said.
        error: io::Error,
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
        let unavailable = |error| NotLocked::Unavailable {
            path: state.to_owned(),
            error,
        };
        fs::create_dir_all(state).map_err(unavailable)?;
        let path = account_file(state, base_url, email);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(unavailable)?;
        let mut lock = Self::take(file, &path)?;
        lock.write(holder).map_err(unavailable)?;
        Ok(lock)
    }

    /// Who holds an account, or held it last.
    #[must_use]
    pub fn holder(state: &Path, base_url: &str, email: &str) -> Option<Holder> {
        let text = fs::read_to_string(account_file(state, base_url, email)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Locks a run directory by its `run.json`, which no run replaces.
    ///
    /// # Errors
    /// When somebody holds it, or the file cannot be opened.
    pub fn run(run_file: &Path) -> Result<Self, NotLocked> {
        let unavailable = |error| NotLocked::Unavailable {
            path: run_file.to_owned(),
            error,
        };
        let file = File::open(run_file).map_err(unavailable)?;
        Self::take(file, run_file)
    }

    /// Says in the lock file who holds it. The file is for people: the lock itself is not in it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, holder: &Holder) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        serde_json::to_writer(&mut self.file, holder)?;
        self.file.write_all(b"\n")
    }

    fn take(mut file: File, path: &Path) -> Result<Self, NotLocked> {
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Whoever holds it may be writing this moment: then nobody can be named.
                let _ = (&mut file).take(64 << 10).read_to_string(&mut text);
                Err(NotLocked::Held(serde_json::from_str(&text).ok()))
            }
            Err(TryLockError::Error(error)) => Err(NotLocked::Unavailable {
                path: path.to_owned(),
                error,
            }),
        }
    }
}

fn account_file(state: &Path, base_url: &str, email: &str) -> PathBuf {
    let key = Sha256::digest(format!("{base_url}\n{}", email.to_lowercase()));
    state.join(format!("{}.lock", hexadecimal(&key)))
}
