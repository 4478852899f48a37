//! A run directory that nobody sees yet -> one in its place, whole.
//!
//! It is made beside its place and renamed. An empty directory that is there already may be a mount
//! point, or in a directory that this user cannot write: what goes there is made inside of it, and moved
//! up, `run.json` last, because without that it is not a run.

use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::directory::{RESULTS, RUNS, create, sync, write_json};
use super::{Journal, LedgerError, RunDirectory, RunFile};
use crate::files::{self, TEMPORARY_PREFIX};
use crate::input::Format;

/// Where a run directory is to appear.
#[derive(Debug, Clone)]
pub enum RunDirectoryTarget {
    /// Exactly there.
    At(PathBuf),
    /// Under `reamaze-runs`, by that name; `-2` and so on behind it if it is taken.
    Named(String),
}

/// Where it is made, once the target was looked at.
#[derive(Debug)]
enum Location {
    /// In a directory that is there, and empty.
    Inside(PathBuf),
    /// Under the first of these names that is free.
    Beside(Vec<PathBuf>),
}

impl Location {
    fn from_target(place: RunDirectoryTarget) -> Result<Self, LedgerError> {
        let path = match place {
            RunDirectoryTarget::At(path) => path,
            RunDirectoryTarget::Named(name) => {
                return Ok(Self::Beside(numbered(Path::new(RUNS), &name)));
            }
        };
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {
                files::check_closable(&path).map_err(LedgerError::at(&path))?;
                sweep(&path);
                let mut entries = fs::read_dir(&path).map_err(LedgerError::at(&path))?;
                match entries.next() {
                    None => Ok(Self::Inside(path)),
                    Some(_) => Err(LedgerError::Occupied(path)),
                }
            }
            Ok(_) => Err(LedgerError::Occupied(path)),
            // A link that leads nowhere is in the way too.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => {
                Ok(Self::Beside(vec![path]))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(LedgerError::Occupied(path))
            }
            Err(error) => Err(LedgerError::at(&path)(error)),
        }
    }

    /// Where the directory is made.
    fn workplace(&self) -> PathBuf {
        let parent = match self {
            Self::Inside(path) => Some(path.as_path()),
            Self::Beside(paths) => paths.first().and_then(|path| path.parent()),
        };
        match parent {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        }
    }
}

/// The names to try in `parent`, the wanted one first.
pub(super) fn numbered(parent: &Path, name: &str) -> Vec<PathBuf> {
    let further = (2..1000).map(|number| format!("{name}-{number}"));
    let names = std::iter::once(name.to_owned()).chain(further);
    names.map(|name| parent.join(name)).collect()
}

/// A run directory that nobody sees yet. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub struct Staging {
    target: Location,
    directory: TempDir,
    /// Locked for as long as this process is at work on it.
    _lock: File,
    /// Parents that were made for it, the innermost first.
    made: MadeParents,
}

/// Directories that go again if they end up empty.
#[derive(Debug, Default)]
struct MadeParents(Vec<PathBuf>);

impl Drop for MadeParents {
    fn drop(&mut self) {
        for path in &self.0 {
            // One with something in it is in use, and stays.
            let _ = fs::remove_dir(path);
        }
    }
}

impl Staging {
    /// Starts a run directory at its place, and removes what killed runs have left there.
    ///
    /// # Errors
    /// When the place is taken, or nothing can be written there.
    pub fn prepare(place: RunDirectoryTarget) -> Result<Self, LedgerError> {
        Self::start(Location::from_target(place)?)
    }

    /// The same under the first of these names that is free.
    pub(super) fn beside(paths: Vec<PathBuf>) -> Result<Self, LedgerError> {
        Self::start(Location::Beside(paths))
    }

    fn start(target: Location) -> Result<Self, LedgerError> {
        let parent = target.workplace();
        let made = MadeParents(
            parent
                .ancestors()
                .take_while(|path| !path.as_os_str().is_empty() && !path.exists())
                .map(Path::to_owned)
                .collect(),
        );
        fs::create_dir_all(&parent).map_err(LedgerError::at(&parent))?;
        sweep(&parent);
        let (directory, lock) = hidden(&parent)?;
        Ok(Self {
            target,
            directory,
            _lock: lock,
            made,
        })
    }

    /// A new file in it, to write and to read back.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(&self, name: &str) -> Result<File, LedgerError> {
        create(&self.directory.path().join(name))
    }

    /// Completes the directory and lets it appear under its name, whole.
    ///
    /// # Errors
    /// When it cannot be written or renamed.
    pub fn publish(
        mut self,
        input: &str,
        format: Format,
        run: &RunFile,
    ) -> Result<(RunDirectory, Journal), LedgerError> {
        let staged = self.directory.path().to_owned();
        let name = RunDirectory::input_name(format);
        fs::rename(staged.join(input), staged.join(&name)).map_err(LedgerError::at(&staged))?;
        sync(&staged.join(&name))?;
        write_json(&staged.join(RunFile::NAME), run)?;
        let journal = Journal::create(&staged.join(RESULTS))?;
        sync(&staged)?;
        let path = match &self.target {
            Location::Inside(path) => {
                files::close_directory(path).map_err(LedgerError::at(path))?;
                move_up(&staged, path, &[&name, RESULTS, RunFile::NAME])?;
                sync(path)?;
                path.clone()
            }
            Location::Beside(paths) => rename(&staged, paths)?,
        };
        self.made.0.clear();
        if matches!(self.target, Location::Beside(_)) {
            // Renamed away: there is nothing left to remove under the old name.
            let _ = self.directory.keep();
        }
        sync(&self.target.workplace())?;
        Ok((RunDirectory { path, format }, journal))
    }
}

/// Moves files of `from` to `to` in that order, or none.
fn move_up(from: &Path, to: &Path, names: &[&str]) -> Result<(), LedgerError> {
    for (at, name) in names.iter().enumerate() {
        if let Err(error) = fs::rename(from.join(name), to.join(name)) {
            for moved in &names[..at] {
                // What stays is not a run without the last file.
                let _ = fs::remove_file(to.join(moved));
            }
            return Err(LedgerError::at(to)(error));
        }
    }
    Ok(())
}

fn rename(staged: &Path, paths: &[PathBuf]) -> Result<PathBuf, LedgerError> {
    use io::ErrorKind::{AlreadyExists, DirectoryNotEmpty, NotADirectory};
    for path in paths {
        // Renaming would replace an empty directory.
        if fs::symlink_metadata(path).is_ok() {
            continue;
        }
        match fs::rename(staged, path) {
            Ok(()) => return Ok(path.clone()),
            Err(error) => match error.kind() {
                AlreadyExists | DirectoryNotEmpty | NotADirectory => {}
                _ => return Err(LedgerError::at(path)(error)),
            },
        }
    }
    Err(LedgerError::Occupied(
        paths.first().cloned().unwrap_or_default(),
    ))
}

/// A directory that nobody looks for, and its lock, by which others see that it is in use.
fn hidden(parent: &Path) -> Result<(TempDir, File), LedgerError> {
    loop {
        let (directory, open) = make_hidden(parent).map_err(LedgerError::at(parent))?;
        let metadata = open.metadata().map_err(LedgerError::at(parent))?;
        files::check_directory(&metadata).map_err(|error| LedgerError::NoOwners {
            path: parent.to_owned(),
            error,
        })?;
        let locked = open.try_lock();
        // Before it was locked, it may have looked like a left-over.
        let is_swept =
            matches!(locked, Err(TryLockError::WouldBlock)) || !directory.path().exists();
        if !is_swept {
            return Ok((directory, open));
        }
    }
}

fn make_hidden(parent: &Path) -> io::Result<(TempDir, File)> {
    let directory = tempfile::Builder::new()
        .prefix(TEMPORARY_PREFIX)
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(parent)?;
    let open = File::open(directory.path())?;
    Ok((directory, open))
}

/// Removes the directories that killed runs of this user have left in `parent`. One that is locked
/// is in use; where nothing can be locked, all stay.
fn sweep(parent: &Path) {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    for entry in entries {
        let is_hidden = entry
            .file_name()
            .to_string_lossy()
            .starts_with(TEMPORARY_PREFIX);
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_hidden
            && is_directory
            && let Ok(open) = files::open_directory(&entry.path())
            && open.try_lock().is_ok()
        {
            // One that cannot be removed does no harm.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
