//! Lines -> standard error, whose reader may block: a pager that waits, a terminal that was stopped.
//!
//! Until a signal comes, writers wait for the reader, and the run with them. After it, the run ends
//! without waiting.

use std::io::{self, Write as _};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// What a pipe takes without blocking once it is writable (`PIPE_BUF`).
const CHUNK_BYTES: usize = if cfg!(target_os = "linux") { 4096 } else { 512 };

/// How often a wait for the reader checks for a signal.
const LOOK_EVERY: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

/// The time that the reader has after a signal.
const GRACE: Duration = Duration::from_secs(1);

/// Standard error.
#[derive(Debug, Default)]
pub(super) struct Stderr {
    hurried: OnceLock<Instant>,
}

impl Stderr {
    /// From now on, a reader that blocks is not waited for.
    pub(super) fn hurry(&self) {
        self.hurried.get_or_init(Instant::now);
    }

    /// Writes whole lines.
    pub(super) fn write(&self, lines: &str) -> io::Result<()> {
        use io::ErrorKind::{Interrupted, WouldBlock};
        let mut rest = lines.as_bytes();
        while !rest.is_empty() {
            self.wait()?;
            let chunk = &rest[..rest.len().min(CHUNK_BYTES)];
            match io::stderr().lock().write(chunk) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => rest = &rest[written..],
                Err(error) if matches!(error.kind(), Interrupted | WouldBlock) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits until something can be written, or the time after a signal is over.
    fn wait(&self) -> io::Result<()> {
        let stderr = io::stderr();
        loop {
            let mut polled = [PollFd::new(&stderr, PollFlags::OUT)];
            match poll(&mut polled, Some(&LOOK_EVERY)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                // If polling fails, the write reports why.
                _ => return Ok(()),
            }
            let hurried = self.hurried.get();
            if hurried.is_some_and(|since| since.elapsed() > GRACE) {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
    }
}
