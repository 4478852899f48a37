//! The input's bytes, in a way that a signal ends the wait for them.

use std::fs::{File, Metadata};
use std::io::{self, Read, Take};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use crate::config::Source;
use crate::files::Interruptible;
use crate::pipeline::Stop;

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
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(metadata)
}

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
