//! A file that somebody may still be writing -> its bytes, or that it changed while it was read.
//!
//! Its last row could be half of one, and a file that grows faster than it is read has no end.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Take};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::FileError;
use crate::stop::Stop;

/// How long after it was written to a file without an end of its last line may be half of one; and
/// how long it then has to stay as it is.
const FRESH: Duration = Duration::from_secs(2);

/// A file that must not change while it is read.
#[derive(Debug)]
pub struct StableFile {
    path: PathBuf,
    file: Take<File>,
    found: State,
    /// The last bytes read.
    tail: [u8; 2],
    is_whole: bool,
    stop: Arc<Stop>,
}

/// What shows that a file is another one, or has other content.
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
    /// Whether somebody may be about to write more: the file was written to just now. (A time in the
    /// future is that of another machine's clock.)
    fn is_fresh(&self) -> bool {
        let age = self.modified.map(|modified| modified.elapsed());
        age.is_some_and(|age| age.unwrap_or_default() < FRESH)
    }
}

impl StableFile {
    /// Opens the file, to read it until `stop`.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: PathBuf, stop: &Arc<Stop>) -> io::Result<Self> {
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
        self.stop.wait_until(Instant::now() + FRESH);
        self.check_stop()?;
        self.check_same()
    }

    fn check_same(&self) -> io::Result<()> {
        let is_same = State::from(self.file.get_ref().metadata()?) == self.found;
        // Whoever removes a file writes no more of it.
        let named = fs::metadata(&self.path).map(State::from);
        if is_same && named.map_or(true, |named| named.file == self.found.file) {
            return Ok(());
        }
        Err(FileError::Changed.into())
    }

    fn check_stop(&self) -> io::Result<()> {
        if self.stop.is_set() {
            return Err(FileError::Interrupted.into());
        }
        Ok(())
    }
}

impl Read for StableFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check_stop()?;
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
