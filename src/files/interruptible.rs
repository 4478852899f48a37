//! Waits that cannot be interrupted -> waits that end when the command is to stop.
//!
//! Even to open a named pipe waits for whoever writes to it. That is left to a thread that nobody
//! has to wait for: it ends with the process.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::FileError;
use crate::stop::{NotReceived, Stop};

/// Runs `job`, however long it takes, unless the command is to stop first.
///
/// # Errors
/// Those of the job, or that it was interrupted.
pub fn interruptible<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, FileError> + Send + 'static,
    stop: &Stop,
) -> Result<T, FileError> {
    let (outbox, done) = bounded(1);
    // Nobody receives the result only if the command is over anyway.
    thread::Builder::new().spawn(move || _ = outbox.send(job()))?;
    match stop.receive(&done) {
        Ok(result) => result,
        Err(NotReceived::Stopped) => Err(FileError::Interrupted),
        Err(NotReceived::Disconnected) => Err(FileError::Panicked),
    }
}

/// A reader whose waits end when the command is to stop.
pub struct InterruptibleReader {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: io::Cursor<Vec<u8>>,
    stop: Arc<Stop>,
}

impl InterruptibleReader {
    /// Reads what `open` opens.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start<R: Read>(
        open: impl FnOnce() -> io::Result<R> + Send + 'static,
        stop: &Arc<Stop>,
    ) -> io::Result<Self> {
        let (outbox, chunks) = bounded(2);
        thread::Builder::new().spawn(move || match open() {
            Ok(source) => send_chunks(source, &outbox),
            Err(error) => _ = outbox.send(Err(error)),
        })?;
        Ok(Self {
            chunks,
            chunk: io::Cursor::default(),
            stop: Arc::clone(stop),
        })
    }
}

fn send_chunks(mut source: impl Read, outbox: &Sender<io::Result<Vec<u8>>>) {
    loop {
        let mut chunk = vec![0; 64 << 10];
        let read = source.read(&mut chunk);
        let is_last = !matches!(read, Ok(1..));
        let sent = outbox.send(read.map(|length| {
            chunk.truncate(length);
            chunk
        }));
        if is_last || sent.is_err() {
            return;
        }
    }
}

impl Read for InterruptibleReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.chunk.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            let chunk = match self.stop.receive(&self.chunks) {
                Ok(chunk) => chunk?,
                Err(NotReceived::Disconnected) => return Ok(0),
                Err(NotReceived::Stopped) => return Err(FileError::Interrupted.into()),
            };
            if chunk.is_empty() {
                return Ok(0);
            }
            self.chunk = io::Cursor::new(chunk);
        }
    }
}

impl fmt::Debug for InterruptibleReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InterruptibleReader")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Signal, StopReason};

    #[test]
    fn a_reader_passes_on_what_it_reads_to_the_end() {
        let stop = Arc::new(Stop::default());
        let bytes = vec![7; 200 << 10];
        let source = io::Cursor::new(bytes.clone());
        let mut read = Vec::new();
        let mut reader = InterruptibleReader::start(|| Ok(source), &stop).expect("a thread");
        reader.read_to_end(&mut read).expect("bytes");
        assert_eq!(read, bytes);
    }

    #[test]
    fn a_stop_ends_a_wait_that_would_never_end() {
        let stop = Arc::new(Stop::default());
        let (never, nothing) = bounded::<()>(0);
        let waiting = {
            let stop = Arc::clone(&stop);
            let job = move || {
                let _ = nothing.recv();
                Ok(())
            };
            thread::spawn(move || interruptible(job, &stop))
        };
        stop.because(StopReason::Signal(Signal::Interrupt));
        let ended = waiting.join().expect("no panic");
        assert!(matches!(ended, Err(FileError::Interrupted)));
        drop(never);
    }
}
