//! Waits that cannot be interrupted -> waits that end when the command is to stop.
//!
//! Even to open a named pipe waits for whoever writes to it. That is left to a thread that nobody
//! has to wait for: it ends with the process.

use std::fmt;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// How long a wait goes on before it looks whether it is to end.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Does `job`, however long it takes, unless `is_stopped` first.
///
/// # Errors
/// Those of the job, or that it was interrupted.
pub fn interruptible<T: Send + 'static>(
    job: impl FnOnce() -> io::Result<T> + Send + 'static,
    is_stopped: impl Fn() -> bool,
) -> io::Result<T> {
    let (outbox, done) = sync_channel(1);
    // There is nobody to tell only if the command is over anyway.
    thread::Builder::new().spawn(move || _ = outbox.send(job()))?;
    received(&done, is_stopped)?
        .unwrap_or_else(|| Err(io::Error::other("a thread of ours panicked")))
}

/// What comes; `None` where nothing comes any more.
fn received<T>(inbox: &Receiver<T>, is_stopped: impl Fn() -> bool) -> io::Result<Option<T>> {
    loop {
        match inbox.recv_timeout(LOOK_EVERY) {
            Ok(received) => return Ok(Some(received)),
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            // Not `Interrupted`, which readers take as a wish to try again.
            Err(RecvTimeoutError::Timeout) if is_stopped() => {
                return Err(io::Error::other("interrupted"));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// Bytes that may be long in coming.
pub struct Interruptible<S> {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: io::Cursor<Vec<u8>>,
    is_stopped: S,
}

impl<S: Fn() -> bool> Interruptible<S> {
    /// Reads what `open` opens, until `is_stopped`.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start<R: Read>(
        open: impl FnOnce() -> io::Result<R> + Send + 'static,
        is_stopped: S,
    ) -> io::Result<Self> {
        let (outbox, chunks) = sync_channel(2);
        thread::Builder::new().spawn(move || match open() {
            Ok(source) => pass_on(source, &outbox),
            Err(error) => _ = outbox.send(Err(error)),
        })?;
        Ok(Self {
            chunks,
            chunk: io::Cursor::default(),
            is_stopped,
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

impl<S: Fn() -> bool> Read for Interruptible<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.chunk.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            let chunk = received(&self.chunks, &self.is_stopped)?.transpose()?;
            match chunk.filter(|chunk| !chunk.is_empty()) {
                Some(chunk) => self.chunk = io::Cursor::new(chunk),
                None => return Ok(0),
            }
        }
    }
}

impl<S> fmt::Debug for Interruptible<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interruptible").finish_non_exhaustive()
    }
}
