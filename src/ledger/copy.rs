//! The input as it is read -> a private copy, and its hash: whatever happens to the input
//! afterwards, the run goes by the copy.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// Reads from a source and writes all that it read into a file.
#[derive(Debug)]
pub struct Copying<R> {
    source: R,
    copied: Arc<Mutex<Copied>>,
}

/// The copy while it is being made.
#[derive(Debug)]
pub struct Copied {
    file: BufWriter<File>,
    hash: Sha256,
    error: Option<io::Error>,
}

impl<R: Read> Copying<R> {
    /// Reads from `source` and copies into `file`; the second part keeps the copy.
    pub fn new(source: R, file: File) -> (Self, Arc<Mutex<Copied>>) {
        let copied = Copied {
            file: BufWriter::new(file),
            hash: Sha256::new(),
            error: None,
        };
        let copied = Arc::new(Mutex::new(copied));
        (
            Self {
                source,
                copied: Arc::clone(&copied),
            },
            copied,
        )
    }
}

impl<R: Read> Read for Copying<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        let mut copied = self.copied.lock().unwrap_or_else(PoisonError::into_inner);
        copied.take_in(&buffer[..read])?;
        Ok(read)
    }
}

impl Copied {
    fn take_in(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        if let Err(error) = self.file.write_all(bytes) {
            let told = io::Error::new(error.kind(), error.to_string());
            self.error = Some(error);
            return Err(told);
        }
        Ok(())
    }

    /// What kept the copy from being made: not a fault of the input.
    pub fn error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    /// Writes what is still buffered.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }

    /// Writes what is still buffered; the SHA-256 of all that was copied, in hexadecimal.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(&mut self) -> io::Result<String> {
        self.file.flush()?;
        Ok(hexadecimal(&self.hash.finalize_reset()))
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
