//! The input's bytes, in a way that a signal ends the wait for them.

use std::fs::{File, Metadata};
use std::io::{self, Read, Take};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::config::InputSource;
use crate::files::Interruptible;
use crate::model::Shown as _;
use crate::model::file_words;
use crate::model::nearest;
use crate::model::text::quoted;
use crate::stop::Stop;

/// How often a wait looks for a signal.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long after it was written to a file without an end of its last line may be half of one; and
/// how long it then has to stay as it is.
const FRESH: Duration = Duration::from_secs(2);

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
pub(super) fn open(source: &InputSource, stop: &Arc<Stop>) -> io::Result<Box<dyn Read + Send>> {
    let path = match source {
        InputSource::Stdin => return interruptible(|| Ok(io::stdin()), stop),
        InputSource::File(path) => path.clone(),
    };
    if found(&path)?.is_file() {
        return Ok(Box::new(Steady::open(path, stop)?));
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
    path: PathBuf,
    file: Take<File>,
    found: State,
    /// The last bytes read.
    tail: [u8; 2],
    is_whole: bool,
    stop: Arc<Stop>,
}

/// What shows that a file is another one, or holds something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    file: (u64, u64),
    length: u64,
    modified: Option<SystemTime>,
}

impl From<Metadata> for State {
    fn from(metadata: Metadata) -> Self {
        Self {
            file: (metadata.dev(), metadata.ino()),
            length: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

impl State {
    /// Whether somebody may be about to write more: the file was written to just now. (A time to come
    /// is that of another machine's clock.)
    fn is_fresh(&self) -> bool {
        let age = self.modified.map(|modified| modified.elapsed());
        age.is_some_and(|age| age.unwrap_or_default() < FRESH)
    }
}

impl Steady {
    fn open(path: PathBuf, stop: &Arc<Stop>) -> io::Result<Self> {
        let file = File::open(&path)?;
        let found = State::from(file.metadata()?);
        Ok(Self {
            path,
            file: file.take(found.length),
            found,
            tail: [0; 2],
            is_whole: false,
            stop: Arc::clone(stop),
        })
    }

    /// Sees at the end of what was found that it is all there is.
    fn check_whole(&self) -> io::Result<()> {
        self.check_same()?;
        // In UTF-16 a zero may follow; and some files end with Ctrl-Z.
        let is_ended = matches!(
            self.tail,
            [_, b'\n' | b'\r' | 0x1a] | [b'\n' | b'\r' | 0x1a, 0]
        );
        if is_ended || self.found.length == 0 || !self.found.is_fresh() {
            return Ok(());
        }
        let looked = Instant::now();
        while looked.elapsed() < FRESH {
            check_stop(&self.stop)?;
            thread::sleep(LOOK_EVERY);
        }
        self.check_same()
    }

    fn check_same(&self) -> io::Result<()> {
        let is_same = State::from(self.file.get_ref().metadata()?) == self.found;
        // Whoever removes a file writes no more of it.
        let named = std::fs::metadata(&self.path).map(State::from);
        if is_same && named.map_or(true, |named| named.file == self.found.file) {
            return Ok(());
        }
        Err(io::Error::other(
            "it changed while it was read: is it still being written? (wait until it is complete)",
        ))
    }
}

impl Read for Steady {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        check_stop(&self.stop)?;
        let read = self.file.read(buffer)?;
        match buffer[..read] {
            [] if buffer.is_empty() || self.is_whole => {}
            [] => {
                self.check_whole()?;
                self.is_whole = true;
            }
            [last] => self.tail = [self.tail[1], last],
            [.., before, last] => self.tail = [before, last],
        }
        Ok(read)
    }
}

fn check_stop(stop: &Stop) -> io::Result<()> {
    // Not `Interrupted`, which readers take as a wish to try again.
    if stop.is_set() {
        return Err(io::Error::other("interrupted"));
    }
    Ok(())
}
