//! Takes the locks of a run, and says who holds one that is taken.

use std::path::{Path, PathBuf};

use crate::api::Account;
use crate::config::{Settings, user_directory};
use crate::error::Error;
use crate::files;
use crate::ledger::{Holder, LedgerError, Lock, NotLocked};
use crate::model::Shown as _;
use crate::model::utc_millis;
use crate::report::Log;

/// The account of a run, locked as far as that is wanted and possible.
pub(super) struct AccountLock {
    lock: Option<Lock>,
    holder: Holder,
}

impl AccountLock {
    /// Locks the account, unless runs may overlap.
    pub(super) fn take(settings: &Settings, account: &Account, log: &Log) -> Result<Self, Error> {
        let since = utc_millis(settings.terms.clock.now);
        let holder = Holder {
            pid: std::process::id(),
            since,
            run_dir: None,
        };
        if settings.is_sandbox() {
            return Ok(Self { lock: None, holder });
        }
        let Some(state) = state_directory() else {
            log.warning(
                "no home directory: a second run on this account would not be detected (set HOME)",
            );
            return Ok(Self { lock: None, holder });
        };
        match Lock::account(
            &state,
            account.base_url().as_str(),
            account.email(),
            &holder,
        ) {
            Ok(lock) => Ok(Self {
                lock: Some(lock),
                holder,
            }),
            Err(NotLocked::Held(_) | NotLocked::NotTrusted { .. }) if settings.allow_overlap => {
                Ok(Self { lock: None, holder })
            }
            Err(NotLocked::Held(by)) => Err(Error::Held(format!(
                "another run is using this account{}: wait for it, or use --allow-overlap",
                by.map(described).unwrap_or_default()
            ))),
            Err(NotLocked::NotTrusted { path, error }) => Err(Error::Usage(format!(
                "{}: {error}: a second run on this account would not be detected (use --allow-overlap to run anyway)",
                path.shown()
            ))),
            Err(NotLocked::Unavailable { path, error }) => {
                log.warning(&format!(
                    "{}: {error}: a second run on this account would not be detected",
                    path.shown()
                ));
                Ok(Self { lock: None, holder })
            }
        }
    }

    /// Says where the run keeps its results.
    pub(super) fn name_run(&mut self, directory: &Path) {
        self.holder.run_dir = Some(absolute(directory));
        if let Some(lock) = &mut self.lock {
            // The lock holds without the words in it.
            let _ = lock.write(&self.holder);
        }
    }
}

/// Locks a run directory; the lock of its account names the process that is at work on it.
pub(crate) fn run_directory(run_file: &Path, base_url: &str, email: &str) -> Result<Lock, Error> {
    let directory = run_file.parent().unwrap_or(run_file);
    Lock::run(run_file).map_err(|refused| match refused {
        NotLocked::Held(_) => {
            let holder = state_directory()
                .and_then(|state| Lock::holder(&state, base_url, email))
                .filter(|holder| holder.run_dir.as_deref() == Some(&absolute(directory)));
            Error::Held(format!(
                "{}: another process is working on this run{}: wait for it",
                directory.shown(),
                holder.map(described).unwrap_or_default()
            ))
        }
        NotLocked::NotTrusted { path, error } | NotLocked::Unavailable { path, error } => {
            Error::Directory(LedgerError::Io { path, error })
        }
    })
}

fn absolute(directory: &Path) -> String {
    files::absolute(directory).to_string_lossy().into_owned()
}

fn described(holder: Holder) -> String {
    let run = holder.run_dir.map(|run| format!(", run directory {run}"));
    format!(
        " (process {}, since {}{})",
        holder.pid,
        holder.since,
        run.unwrap_or_default()
    )
}

/// Where lock files live.
fn state_directory() -> Option<PathBuf> {
    user_directory("XDG_STATE_HOME", ".local/state")
}
