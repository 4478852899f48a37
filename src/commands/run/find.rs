//! What `--resume`, `undo` or `report` names -> a run directory; or why there is no such run.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::files::{self, FileError};
use crate::ledger::{RUNS, RunDirectory, RunFile, RunFileError, Runs};
use crate::model::Shown as _;
use crate::model::file_words;
use crate::model::nearest;
use crate::report::Log;

/// What a run is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Resume,
    Undo,
    Report,
}

impl Purpose {
    /// What cannot be done, and to which run.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Resume => ("resume", "no run to resume"),
            Self::Undo => ("undo", "no run to undo"),
            Self::Report => ("make a report", "no run to report on"),
        }
    }

    /// What is done with a run then.
    fn participle(self) -> &'static str {
        match self {
            Self::Resume => "resumed",
            Self::Undo => "undone",
            Self::Report => "reported on",
        }
    }

    /// What was typed before the name.
    fn typed(self) -> &'static str {
        match self {
            Self::Resume => "--resume",
            Self::Undo => "undo",
            Self::Report => "report",
        }
    }
}

/// A run directory that was named.
pub(crate) struct NamedRun {
    pub(crate) path: PathBuf,
    /// Whether as the newest one, and not by its path.
    pub(crate) is_latest: bool,
}

/// The run directory that `from` names.
pub(crate) fn find(from: &Path, purpose: Purpose, log: &Log) -> Result<NamedRun, Error> {
    if from != Path::new("latest") {
        return Ok(NamedRun {
            path: from.to_owned(),
            is_latest: false,
        });
    }
    let (runs, why) = match RunDirectory::runs() {
        Ok(Runs {
            resumable,
            rehearsals,
            refused,
        }) => {
            let described =
                |(path, why): &(PathBuf, RunFileError)| format!("skipped {}: {why}", path.shown());
            let refused: Vec<_> = refused.iter().map(described).collect();
            let has_only_rehearsals = resumable.is_empty() && !rehearsals.is_empty();
            // What a rehearsal did can be looked at, and that is all.
            let rehearsals = rehearsals
                .into_iter()
                .filter(|_| purpose == Purpose::Report);
            if let Some((_, path)) = resumable.into_iter().chain(rehearsals).max() {
                for why in &refused {
                    log.warning(why);
                }
                return Ok(NamedRun {
                    path,
                    is_latest: true,
                });
            }
            let runs = format!("{} in", purpose.words().1);
            let why = match refused.first() {
                Some(first) => format!("; {first}"),
                None if has_only_rehearsals => format!(
                    ": all runs there are sandbox runs, which cannot be {}",
                    purpose.participle()
                ),
                None => String::new(),
            };
            (runs, why)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            ("no such directory:".to_owned(), String::new())
        }
        Err(error) => (
            "cannot read".to_owned(),
            format!(": {}", file_words(&error)),
        ),
    };
    Err(Error::Usage(format!(
        "{} latest: {runs} {}{why} (change to the directory in which the run was started, or give its run directory)",
        purpose.typed(),
        files::absolute(Path::new(RUNS)).shown()
    )))
}

/// What people write for `latest`.
fn is_like_latest(directory: &Path) -> bool {
    let word = directory.to_string_lossy().to_lowercase();
    nearest(&word, ["latest", "last", "newest", "recent"].into_iter()).is_some()
}

/// Why the run in that directory cannot be used.
pub(crate) fn not_found(directory: &Path, purpose: Purpose, error: &RunFileError) -> Error {
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
    cannot(directory, purpose, &why)
}

/// The error about a run that cannot be used, and why.
pub(crate) fn cannot(directory: &Path, purpose: Purpose, why: &str) -> Error {
    let (verb, _) = purpose.words();
    Error::Usage(format!("{}: cannot {verb}: {why}", directory.shown()))
}
