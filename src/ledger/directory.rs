//! The run directory: prepared out of sight, and renamed into place whole.

use std::env;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;
use tempfile::{NamedTempFile, TempDir};

use super::{Journal, LedgerError, RunFile};
use crate::files;
use crate::input::Format;

/// How the names of what is still being made begin.
const PREFIX: &str = ".reamaze-bulk-";

/// What happened, in numbers.
const SUMMARY: &str = "summary.json";

/// Where default run directories are made.
pub const RUNS: &str = "reamaze-runs";

/// Where a run directory is to appear.
#[derive(Debug, Clone)]
pub enum Place {
    /// Exactly there.
    At(PathBuf),
    /// Under `reamaze-runs`, by that name; `-2` and so on behind it if it is taken.
    Named(String),
}

impl Place {
    /// Sees early that nothing stands in the way.
    ///
    /// # Errors
    /// When something is there that must not be overwritten.
    pub fn check(&self) -> Result<(), LedgerError> {
        let Self::At(path) = self else { return Ok(()) };
        let is_here = fs::canonicalize(path)
            .is_ok_and(|path| env::current_dir().is_ok_and(|here| here == path));
        if is_here {
            // It would have to be replaced, and whoever stands in it would stand nowhere.
            return Err(LedgerError::Occupied(path.clone()));
        }
        match fs::read_dir(path) {
            Ok(mut entries) => match entries.next() {
                None => Ok(()),
                Some(_) => Err(LedgerError::Occupied(path.clone())),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                Err(LedgerError::Occupied(path.clone()))
            }
            Err(error) => Err(LedgerError::at(path)(error)),
        }
    }

    fn parent(&self) -> PathBuf {
        match self {
            Self::At(path) => match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
                _ => PathBuf::from("."),
            },
            Self::Named(_) => PathBuf::from(RUNS),
        }
    }

    /// The paths to try, the wanted one first.
    fn candidates(&self) -> Vec<PathBuf> {
        match self {
            // Renaming onto a link would replace the link.
            Self::At(path) => vec![fs::canonicalize(path).unwrap_or_else(|_| path.clone())],
            Self::Named(name) => {
                let further = (2..1000).map(|number| format!("{name}-{number}"));
                let names = std::iter::once(name.clone()).chain(further);
                names.map(|name| Path::new(RUNS).join(name)).collect()
            }
        }
    }
}

/// A run directory that nobody sees yet. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub struct Staging {
    place: Place,
    directory: TempDir,
    /// Parents that were made for it, the innermost first.
    made: MadeParents,
}

/// Directories that go again if they end up empty.
#[derive(Debug, Default)]
struct MadeParents(Vec<PathBuf>);

impl Drop for MadeParents {
    fn drop(&mut self) {
        for path in &self.0 {
            // One that holds something is in use, and stays.
            let _ = fs::remove_dir(path);
        }
    }
}

impl Staging {
    /// Starts a run directory beside its place.
    ///
    /// # Errors
    /// When the place is taken, or nothing can be written there.
    pub fn prepare(place: Place) -> Result<Self, LedgerError> {
        place.check()?;
        let parent = place.parent();
        let made = MadeParents(
            parent
                .ancestors()
                .take_while(|path| !path.as_os_str().is_empty() && !path.exists())
                .map(Path::to_owned)
                .collect(),
        );
        fs::create_dir_all(&parent).map_err(LedgerError::at(&parent))?;
        let directory = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(&parent)
            .map_err(LedgerError::at(&parent))?;
        Ok(Self {
            place,
            directory,
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
        write_json(&staged, RunFile::NAME, run)?;
        let journal = Journal::create(&staged.join("results.csv"))?;
        sync(&staged)?;
        let path = self.rename()?;
        self.made.0.clear();
        // Renamed away: there is nothing left to remove under the old name.
        let _ = self.directory.keep();
        sync(&self.place.parent())?;
        Ok((RunDirectory { path, format }, journal))
    }

    fn rename(&self) -> Result<PathBuf, LedgerError> {
        for path in self.place.candidates() {
            // Renaming replaces an empty directory: one that --out names, and no other.
            if matches!(self.place, Place::Named(_)) && path.exists() {
                continue;
            }
            match fs::rename(self.directory.path(), &path) {
                Ok(()) => return Ok(path),
                Err(error) if is_taken(&error) => {}
                Err(error) => return Err(LedgerError::at(&path)(error)),
            }
        }
        Err(LedgerError::Occupied(
            self.place.candidates().swap_remove(0),
        ))
    }
}

fn is_taken(error: &io::Error) -> bool {
    use io::ErrorKind::{AlreadyExists, DirectoryNotEmpty, NotADirectory};
    matches!(
        error.kind(),
        AlreadyExists | DirectoryNotEmpty | NotADirectory
    )
}

/// What is under `reamaze-runs`.
#[derive(Debug, Default)]
pub struct Runs {
    /// Run directories of this user, with the time of their start.
    pub resumable: Vec<(Timestamp, PathBuf)>,
    /// Those that others own or can write, and why they are not followed.
    pub refused: Vec<(PathBuf, io::Error)>,
}

/// The newest run under `reamaze-runs`.
#[derive(Debug)]
pub struct Latest {
    /// The newest run directory of this user.
    pub found: Option<PathBuf>,
    /// Those that others own or can write, and why they are not followed.
    pub refused: Vec<(PathBuf, io::Error)>,
}

/// A run directory in its place.
#[derive(Debug)]
pub struct RunDirectory {
    path: PathBuf,
    format: Format,
}

impl RunDirectory {
    /// The one that is there already.
    ///
    /// # Errors
    /// When its files are no regular files, or not this user's own.
    pub fn open(path: PathBuf, format: Format) -> Result<Self, LedgerError> {
        let directory = Self { path, format };
        for file in [directory.input(), directory.results()] {
            match open(&file) {
                Err(LedgerError::Io { path, error }) if error.raw_os_error().is_none() => {
                    return Err(LedgerError::Io { path, error });
                }
                // What the system refuses has words of its own where the file is needed.
                _ => {}
            }
        }
        Ok(directory)
    }

    /// The newest under `reamaze-runs` that can be resumed.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn latest() -> io::Result<Latest> {
        let Runs { resumable, refused } = Self::runs()?;
        let newest = resumable.into_iter().max();
        let found = newest.map(|(_, path)| path);
        Ok(Latest { found, refused })
    }

    /// What is under `reamaze-runs`.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn runs() -> io::Result<Runs> {
        let mut runs = Runs::default();
        for entry in fs::read_dir(RUNS)? {
            let entry = entry?;
            let is_hidden = entry.file_name().to_string_lossy().starts_with(PREFIX);
            // A link leads to a run that is somewhere else.
            if is_hidden || entry.file_type()?.is_symlink() {
                continue;
            }
            let path = entry.path();
            match RunFile::read(&path) {
                Ok(run) if run.options.sandbox => {}
                Ok(run) => runs.resumable.push((run.created_at, path)),
                Err(error) if files::is_not_trusted(&error) => runs.refused.push((path, error)),
                // What is no run directory is passed over.
                Err(_) => {}
            }
        }
        Ok(runs)
    }

    /// What the run was asked for: the file that is locked while a run is open.
    #[must_use]
    pub fn run_file(&self) -> PathBuf {
        self.path.join(RunFile::NAME)
    }

    /// Removes what a crash left of files that were being replaced.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn sweep(&self) -> Result<(), LedgerError> {
        let entries = fs::read_dir(&self.path).map_err(LedgerError::at(&self.path))?;
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                // One that cannot be removed does no harm.
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The private copy of the input.
    #[must_use]
    pub fn input(&self) -> PathBuf {
        self.path.join(Self::input_name(self.format))
    }

    /// Opens the private copy of the input.
    ///
    /// # Errors
    /// When it cannot be opened, or is not this user's own.
    pub fn open_input(&self) -> Result<File, LedgerError> {
        open(&self.input())
    }

    /// The ledger.
    #[must_use]
    pub fn results(&self) -> PathBuf {
        self.path.join("results.csv")
    }

    /// The rows that need a person.
    #[must_use]
    pub fn failed(&self) -> PathBuf {
        self.path
            .join(format!("failed.{}", self.format.extension()))
    }

    /// What happened, in numbers.
    #[must_use]
    pub fn summary(&self) -> PathBuf {
        self.path.join(SUMMARY)
    }

    /// Replaces `summary.json`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_summary(&self, summary: &impl Serialize) -> Result<(), LedgerError> {
        write_json(&self.path, SUMMARY, summary)
    }

    /// Whether a pass has begun here: each says so before it sends anything.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.summary().exists() || self.failed().exists()
    }

    fn input_name(format: Format) -> String {
        format!("input.{}", format.extension())
    }
}

/// A file that is to get another name in `directory`. It is 0600, like all files of a run.
pub(super) fn temporary(directory: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(PREFIX)
        .tempfile_in(directory)
}

/// Replaces a file in `directory` by temporary file, sync and rename.
pub(super) fn replace(
    directory: &Path,
    name: &Path,
    write: impl FnOnce(&mut io::BufWriter<&mut File>) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    let path = directory.join(name);
    let mut file = temporary(directory).map_err(LedgerError::at(&path))?;
    let mut writer = io::BufWriter::new(file.as_file_mut());
    write(&mut writer)?;
    writer.flush().map_err(LedgerError::at(&path))?;
    drop(writer);
    file.as_file().sync_all().map_err(LedgerError::at(&path))?;
    file.persist(&path)
        .map_err(|error| LedgerError::at(&path)(error.error))?;
    Ok(())
}

fn write_json(directory: &Path, name: &str, value: &impl Serialize) -> Result<(), LedgerError> {
    let path = directory.join(name);
    replace(directory, Path::new(name), |file| {
        serde_json::to_writer_pretty(&mut *file, value)
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(b"\n"))
            .map_err(LedgerError::at(&path))
    })
}

/// A new file that only its owner can read.
pub(super) fn create(path: &Path) -> Result<File, LedgerError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(LedgerError::at(path))
}

/// Opens a file of a run to read it.
pub(super) fn open(path: &Path) -> Result<File, LedgerError> {
    files::open_own(path, File::options().read(true)).map_err(LedgerError::at(path))
}

/// Makes a file, or the names in a directory, outlast a power cut.
fn sync(path: &Path) -> Result<(), LedgerError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(LedgerError::at(path))
}
