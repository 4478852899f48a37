//! A run directory -> what the passes before this one left in it, as far as that can be trusted.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Error;
use crate::ledger::{
    BeforeImages, LedgerError, PastPasses, ResumeIndex, RunDirectory, RunFile, UnmatchedRecord,
    find_record,
};
use crate::model::Shown as _;
use crate::model::text::quoted;
use crate::model::{Pass, pass};
use crate::report::Log;

/// What the passes before left.
pub(super) struct History {
    pub(super) recorded: Arc<ResumeIndex>,
    pub(super) images: BeforeImages,
    pub(super) passes: Vec<Pass>,
    /// Why the last of them could not finish, in words.
    pub(super) error: Option<String>,
}

impl History {
    /// Reads ledger, before-images and summary, and changes nothing.
    pub(super) fn read(directory: &RunDirectory, run: &RunFile, log: &Log) -> Result<Self, Error> {
        let history = Self::read_as_it_is(directory, run, log)?;
        if run.options.read_first {
            check_images(directory, &history.recorded, &history.images)?;
        }
        Ok(history)
    }

    /// The same of a run that is not to be continued: an image may be missing.
    pub(super) fn read_as_it_is(
        directory: &RunDirectory,
        run: &RunFile,
        log: &Log,
    ) -> Result<Self, Error> {
        let images = BeforeImages::open(directory.images())?;
        let recorded = recorded(directory, &images)?;
        let past = past(directory, &recorded, log)?;
        let passes = completed(past.passes, &recorded, run);
        Ok(Self {
            recorded: Arc::new(recorded),
            images,
            passes,
            error: past.error,
        })
    }
}

/// What summary.json says of the passes before, which is not more than the ledger has.
pub(crate) fn past(
    directory: &RunDirectory,
    recorded: &ResumeIndex,
    log: &Log,
) -> Result<PastPasses, Error> {
    let past = PastPasses::read(directory);
    let gone = match &past {
        Ok(None) if recorded.counts.total() > 0 => Some("is missing".to_owned()),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    };
    if let Some(gone) = gone {
        log.warning(&format!(
            "{}: {gone}: totals of earlier passes are taken from results.csv only",
            directory.summary().shown()
        ));
    }
    let past = past.ok().flatten().unwrap_or_default();
    let (finished, counted) = (recorded.final_rows(), past.counts.final_rows());
    if finished < counted {
        return Err(lost(
            directory.results(),
            format!(
                "has {finished} finished rows, and summary.json counts {counted}: lines were removed, and their rows would be sent again (restore it from a backup; to send them again, remove summary.json)"
            ),
        ));
    }
    Ok(past)
}

/// What the ledger contains.
pub(crate) fn recorded(
    directory: &RunDirectory,
    images: &BeforeImages,
) -> Result<ResumeIndex, Error> {
    let path = directory.results();
    let is_there = path.exists();
    let recorded = if is_there {
        ResumeIndex::read(&path, images)?
    } else {
        ResumeIndex::default()
    };
    if directory.has_begun() && !recorded.has_header() {
        let what = if is_there { "is empty" } else { "is missing" };
        return Err(lost(
            directory.results(),
            format!(
                "{what}: updated rows would be sent again (restore it from a backup, or start a new run)"
            ),
        ));
    }
    Ok(recorded)
}

/// The passes, each with the requests that the ledger proves where it does not say itself.
fn completed(mut passes: Vec<Pass>, recorded: &ResumeIndex, run: &RunFile) -> Vec<Pass> {
    if passes.is_empty() && recorded.counts.total() > 0 {
        passes.push(Pass {
            started_at: Some(run.created_at),
            ..Pass::default()
        });
    }
    let known = pass::requests(&passes);
    let killed = passes.iter_mut().find(|pass| pass.requests.is_none());
    if let Some(killed) = killed {
        killed.requests = Some(recorded.requests.saturating_sub(known));
    }
    passes
}

/// Sees that each row that may have been applied has an image: without them, the run could be continued, but not
/// undone.
fn check_images(
    directory: &RunDirectory,
    recorded: &ResumeIndex,
    images: &BeforeImages,
) -> Result<(), Error> {
    let path = directory.images();
    let what = match recorded.changed().find(|line| !images.has(*line)) {
        None => return Ok(()),
        Some(_) if !path.exists() => "is missing".to_owned(),
        Some(line) => format!("has no before-image of the row on line {line}, which was sent"),
    };
    Err(lost(
        path,
        format!(
            "{what}: rows that were sent could not be undone (restore it from a backup, or start a new run)"
        ),
    ))
}

fn lost(path: PathBuf, what: String) -> Error {
    Error::Ledger(LedgerError::Lost { path, what })
}

/// The error about a record or an image whose row is not in the input.
pub(super) fn no_such_row(
    directory: &RunDirectory,
    images: &BeforeImages,
    unmatched: &UnmatchedRecord,
) -> Error {
    match found(directory, images, unmatched.line) {
        Ok((path, line, slug)) => {
            let what = described(directory, &slug, unmatched);
            Error::Ledger(LedgerError::Edited { path, line, what })
        }
        Err(error) => Error::Ledger(error),
    }
}

/// Where the last record of the row on `line` is, or else its image: the file, its line, the slug.
fn found(
    directory: &RunDirectory,
    images: &BeforeImages,
    line: u64,
) -> Result<(PathBuf, u64, String), LedgerError> {
    let path = directory.results();
    let (path, found) = match find_record(&path, line)? {
        Some(found) => (path, Some(found)),
        None => (directory.images(), images.find(line)?),
    };
    let (line, slug) = found.unwrap_or_default();
    Ok((path, line, slug))
}

fn described(directory: &RunDirectory, slug: &str, unmatched: &UnmatchedRecord) -> String {
    let input = directory.input();
    let input = input.file_name().unwrap_or_default().to_string_lossy();
    match &unmatched.slug {
        Some(row) => format!(
            "slug: {}, and line {} of {input} has {}",
            quoted(slug),
            unmatched.line,
            quoted(row)
        ),
        None => format!("line: no row starts on line {} of {input}", unmatched.line),
    }
}
