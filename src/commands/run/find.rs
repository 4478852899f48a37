//! What `--resume` names -> a run directory; or why there is no run to resume.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::files::{self, FileError};
use crate::ledger::{RUNS, RunDirectory, RunFile, RunFileError, Runs};
use crate::model::Shown as _;
use crate::model::file_words;
use crate::report::Log;

/// The run directory that `--resume` names.
pub(super) fn find(from: &Path, log: &Log) -> Result<PathBuf, Error> {
    if from != Path::new("latest") {
        return Ok(from.to_owned());
    }
    let (runs, why) = match RunDirectory::runs() {
        Ok(Runs { resumable, refused }) => {
            let described =
                |(path, why): &(PathBuf, RunFileError)| format!("skipped {}: {why}", path.shown());
            let refused: Vec<_> = refused.iter().map(described).collect();
            if let Some((_, newest)) = resumable.into_iter().max() {
                for why in &refused {
                    log.warning(why);
                }
                return Ok(newest);
            }
            let why = refused.first().map(|first| format!("; {first}"));
            ("no run to resume in", why.unwrap_or_default())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            ("no such directory:", String::new())
        }
        Err(error) => ("cannot read", format!(": {}", file_words(&error))),
    };
    Err(Error::Usage(format!(
        "--resume latest: {runs} {}{why} (change to the directory in which the run was started, or give its run directory)",
        files::absolute(Path::new(RUNS)).shown()
    )))
}

/// What people write for `latest`.
fn is_like_latest(directory: &Path) -> bool {
    let word = directory.to_string_lossy().to_lowercase();
    ["latest", "last", "newest", "recent"].contains(&word.as_str())
}

/// Why the run in that directory cannot be resumed.
pub(super) fn not_found(directory: &Path, error: &RunFileError) -> Error {
    let name = RunFile::NAME;
    let kind = error.file().map_or(io::ErrorKind::Other, FileError::kind);
    let why = match kind {
        io::ErrorKind::NotFound if directory.is_dir() => {
            format!("it contains no {name} (is it a run directory?)")
        }
        io::ErrorKind::NotFound if is_like_latest(directory) => {
            "no such directory (did you mean latest?)".to_owned()
        }
        io::ErrorKind::NotFound => "no such directory".to_owned(),
        io::ErrorKind::NotADirectory => {
            let parent = directory
                .parent()
                .filter(|parent| parent.join(name).is_file());
            let meant = parent.map(|parent| format!(": did you mean {}?", parent.shown()));
            format!(
                "it is a file, not a run directory{}",
                meant.unwrap_or_default()
            )
        }
        _ => error.to_string(),
    };
    Error::Usage(format!("{}: cannot resume: {why}", directory.shown()))
}
