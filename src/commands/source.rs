//! The input's bytes, in a way that a signal ends the wait for them.

use std::fs::{File, Metadata};
use std::io::{self, Read, Take};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use crate::config::Source;
use crate::files::Interruptible;
use crate::model::Shown as _;
use crate::model::file_words;
use crate::model::text::quoted;
use crate::pipeline::Stop;
use crate::validate::nearest;

/// Sees that the input is there and may be read, before anything else is asked for.
pub(super) fn check(source: &Source) -> io::Result<()> {
    let Source::File(path) = source else {
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
    let Some(meant) = nearest_file(path).filter(|_| error.kind() == io::ErrorKind::NotFound) else {
        return error;
    };
    let told = format!("{} (did you mean {}?)", file_words(&error), quoted(&meant));
    io::Error::new(io::ErrorKind::NotFound, told)
}

/// The file beside `path` whose name is most like its own, if one is like it.
fn nearest_file(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let parent = path.parent()?;
    let beside = if parent == Path::new("") {
        Path::new(".")
    } else {
        parent
    };
    let entries = std::fs::read_dir(beside).ok()?.take(FILES_LOOKED_AT);
    let files = entries.flatten().filter(|entry| entry.path().is_file());
    let names: Vec<_> = files
        .filter_map(|file| file.file_name().into_string().ok())
        .collect();
    let meant = nearest(name, names.iter().map(String::as_str))?;
    Some(parent.join(meant).shown())
}

/// Files among which the one that was meant is looked for.
const FILES_LOOKED_AT: usize = 1000;

/// Opens the input.
pub(super) fn open(source: &Source, stop: &Arc<Stop>) -> io::Result<Box<dyn Read + Send>> {
    let path = match source {
        Source::Stdin => return interruptible(|| Ok(io::stdin()), stop),
        Source::File(path) => path.clone(),
    };
    if found(&path)?.is_file() {
        return Ok(Box::new(Steady::open(&path)?));
    }
    // A named pipe: even to open it waits for whoever writes.
    interruptible(|| File::open(path), stop)
}

fn interruptible<R: Read>(
    open: impl FnOnce() -> io::Result<R> + Send + 'static,
    stop: &Arc<Stop>,
) -> io::Result<Box<dyn Read + Send>> {
    let stop = Arc::clone(stop);
    Ok(Box::new(Interruptible::start(open, move || stop.is_set())?))
}

/// A file that must not change while it is read: its last row could be half of one, and one that
/// grows faster than it is read has no end.
struct Steady {
    file: Take<File>,
    found: (u64, Option<SystemTime>),
}

impl Steady {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let found = state(&file)?;
        let file = file.take(found.0);
        Ok(Self { file, found })
    }
}

fn state(file: &File) -> io::Result<(u64, Option<SystemTime>)> {
    let metadata = file.metadata()?;
    Ok((metadata.len(), metadata.modified().ok()))
}

impl Read for Steady {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        if read == 0 && !buffer.is_empty() && state(self.file.get_ref())? != self.found {
            return Err(io::Error::other(
                "it changes while it is read (wait until whoever writes it is done)",
            ));
        }
        Ok(read)
    }
}
