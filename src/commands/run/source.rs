//! The input's bytes, in a way that a signal ends the wait for them.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek as _};
use std::path::Path;
use std::sync::Arc;

use crate::config::InputSource;
use crate::files::{FileError, InterruptibleReader, StableFile, directory_of};
use crate::model::{Shown as _, nearest};
use crate::stop::Stop;

/// Sees that the input is there and may be read, before anything else is asked for.
pub(super) fn check(source: &InputSource) -> io::Result<()> {
    let InputSource::File(path) = source else {
        return Ok(());
    };
    let metadata = found(path)?;
    if metadata.is_file() {
        File::open(path)?;
    }
    Ok(())
}

/// What is at `path`, unless that cannot be an input.
fn found(path: &Path) -> io::Result<Metadata> {
    let metadata = std::fs::metadata(path).map_err(|error| suggesting(path, error))?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(metadata)
}

/// An error with the file that was perhaps meant, where `path` is not there.
fn suggesting(path: &Path, error: io::Error) -> io::Error {
    match nearest_file(path).filter(|_| error.kind() == io::ErrorKind::NotFound) {
        Some(meant) => FileError::NotFound(meant).into(),
        None => error,
    }
}

/// The file beside `path` whose name is most like its own, if one is like it.
fn nearest_file(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let entries = std::fs::read_dir(directory_of(path))
        .ok()?
        .take(FILES_LOOKED_AT);
    let files = entries.flatten().filter(|entry| entry.path().is_file());
    let names: Vec<_> = files
        .filter_map(|file| file.file_name().into_string().ok())
        .collect();
    let meant = nearest(name, names.iter().map(String::as_str))?;
    Some(path.with_file_name(meant).shown())
}

/// Files among which the one that was meant is looked for.
const FILES_LOOKED_AT: usize = 1000;

/// Opens the input.
pub(super) fn open(source: &InputSource, stop: &Arc<Stop>) -> io::Result<Box<dyn Read + Send>> {
    let path = match source {
        InputSource::Stdin => return interruptible(|| Ok(io::stdin()), stop),
        InputSource::File(path) => path.clone(),
        InputSource::Undo { rows, .. } => {
            let mut rows = rows.try_clone()?;
            rows.rewind()?;
            return Ok(Box::new(rows));
        }
    };
    if found(&path)?.is_file() {
        return Ok(Box::new(StableFile::open(path, stop)?));
    }
    // A named pipe: even to open it waits for whoever writes.
    interruptible(|| File::open(path), stop)
}

fn interruptible<R: Read>(
    open: impl FnOnce() -> io::Result<R> + Send + 'static,
    stop: &Arc<Stop>,
) -> io::Result<Box<dyn Read + Send>> {
    Ok(Box::new(InterruptibleReader::start(open, stop)?))
}
