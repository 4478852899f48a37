//! The input's bytes, in a way that a signal ends the wait for them.

use std::fs::{File, Metadata};
use std::io::{self, Read, Take};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::config::Source;
use crate::pipeline::Stop;

/// How long a wait for bytes goes on before it looks for a signal.
const LOOK_EVERY: Duration = Duration::from_millis(50);

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
        Source::Stdin => return Ok(Box::new(Waiting::start(|| Ok(io::stdin()), stop)?)),
        Source::File(path) => path.clone(),
    };
    if found(&path)?.is_file() {
        return Ok(Box::new(Steady::open(&path)?));
    }
    // A named pipe: even to open it waits for whoever writes.
    Ok(Box::new(Waiting::start(|| File::open(path), stop)?))
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

/// Bytes that may be long in coming, read by a thread that nobody has to wait for: a read cannot
/// be interrupted, and ends with the process.
struct Waiting {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: io::Cursor<Vec<u8>>,
    stop: Arc<Stop>,
}

impl Waiting {
    fn start<R: Read>(
        open: impl FnOnce() -> io::Result<R> + Send + 'static,
        stop: &Arc<Stop>,
    ) -> io::Result<Self> {
        let (outbox, chunks) = sync_channel(2);
        thread::Builder::new().spawn(move || match open() {
            Ok(source) => pass_on(source, &outbox),
            // There is nobody to tell only if the command is over anyway.
            Err(error) => _ = outbox.send(Err(error)),
        })?;
        Ok(Self {
            chunks,
            chunk: io::Cursor::default(),
            stop: Arc::clone(stop),
        })
    }
}

fn pass_on(mut source: impl Read, outbox: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut chunk = vec![0; 64 << 10];
        let read = source.read(&mut chunk);
        let is_last = !matches!(read, Ok(1..));
        let passed = outbox.send(read.map(|length| {
            chunk.truncate(length);
            chunk
        }));
        if is_last || passed.is_err() {
            return;
        }
    }
}

impl Read for Waiting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.chunk.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            match self.chunks.recv_timeout(LOOK_EVERY) {
                Ok(chunk) => {
                    let chunk = chunk?;
                    if chunk.is_empty() {
                        return Ok(0);
                    }
                    self.chunk = io::Cursor::new(chunk);
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
                // Not `Interrupted`, which readers take as a wish to try again.
                Err(RecvTimeoutError::Timeout) if self.stop.is_set() => {
                    return Err(io::Error::other("interrupted"));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}
