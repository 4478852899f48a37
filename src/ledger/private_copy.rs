//! The input as it is read -> a private copy, and the hash of one: whatever happens to the input
//! afterwards, the run goes by the copy.

use parking_lot::Mutex;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write as _};
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// Reads from a source and writes all that it read into a file.
#[derive(Debug)]
pub struct CopyingReader<R> {
    source: R,
    copied: PrivateCopy,
}

/// The copy, while it is being made and afterwards. Clones are the same copy.
#[derive(Debug, Clone)]
pub struct PrivateCopy(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    file: BufWriter<File>,
    error: Option<io::Error>,
}

impl<R: Read> CopyingReader<R> {
    /// Reads from `source` and copies into `file`.
    pub fn new(source: R, file: File) -> (Self, PrivateCopy) {
        let state = State {
            file: BufWriter::new(file),
            error: None,
        };
        let copied = PrivateCopy(Arc::new(Mutex::new(state)));
        let copying = Self {
            source,
            copied: copied.clone(),
        };
        (copying, copied)
    }
}

impl<R: Read> Read for CopyingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.copied.take_in(&buffer[..read])?;
        Ok(read)
    }
}

impl PrivateCopy {
    fn take_in(&self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.0.lock();
        let written = state.file.write_all(bytes);
        written.map_err(|error| {
            let reported = io::Error::new(error.kind(), error.to_string());
            state.error = Some(error);
            reported
        })
    }

    /// What kept the copy from being made: not a fault of the input.
    #[must_use]
    pub fn error(&self) -> Option<io::Error> {
        self.0.lock().error.take()
    }

    /// Writes what is still buffered.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn flush(&self) -> io::Result<()> {
        self.0.lock().file.flush()
    }
}

/// SHA-256 of what is left to read of a file, in hexadecimal.
///
/// # Errors
/// When it cannot be read.
pub fn sha256_of(mut file: &File) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 64 << 10];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hexadecimal(&hash.finalize())),
            read => hash.update(&chunk[..read]),
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
