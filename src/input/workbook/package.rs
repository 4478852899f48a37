//! The bytes of a ZIP archive -> its parts by name, unpacked as they are read. Nothing in it is
//! believed: no part is unpacked beyond what the whole workbook may be, whatever the archive says.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::CrcReader;
use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::WorkbookError;

/// The largest workbook, in bytes.
pub(super) const MAX_FILE_BYTES: u64 = 64 << 20;

/// The most that may be unpacked of one workbook, in bytes: a sheet of 1,048,576 rows and a few dozen
/// columns. It is read a piece at a time.
const MAX_UNPACKED_BYTES: u64 = 2 << 30;

/// The longest piece of XML between two tags, or tag, in bytes: a cell holds much less.
const MAX_PIECE_BYTES: usize = 4 << 20;

/// A ZIP archive.
pub(super) struct Package {
    bytes: Arc<Vec<u8>>,
    /// By their names in lower case and with `/`: some programs write them otherwise than they refer
    /// to them.
    parts: HashMap<String, Entry>,
    /// What is left to unpack, in bytes.
    left: Arc<AtomicU64>,
}

#[derive(Clone, Copy)]
struct Entry {
    start: u64,
    length: u64,
    crc32: u32,
    method: CompressionMethod,
    is_encrypted: bool,
}

impl Package {
    /// Reads the directory of an archive.
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, WorkbookError> {
        let damaged = |error| WorkbookError::Damaged(format!("{error}"));
        let mut archive = ZipArchive::new(Cursor::new(bytes.as_slice()))
            .map_err(|_| WorkbookError::Damaged("its end is missing or garbled".into()))?;
        let mut parts = HashMap::new();
        for at in 0..archive.len() {
            let file = archive.by_index_raw(at).map_err(damaged)?;
            let name = file.name().map_err(damaged)?;
            let entry = Entry {
                start: file.data_start().unwrap_or(u64::MAX),
                length: file.compressed_size(),
                crc32: file.crc32(),
                method: file.compression(),
                is_encrypted: file.encrypted(),
            };
            if parts.insert(key(&name), entry).is_some() {
                let twice = format!("it contains {name} twice");
                return Err(WorkbookError::Damaged(twice));
            }
        }
        drop(archive);
        Ok(Self {
            bytes: Arc::new(bytes),
            parts,
            left: Arc::new(AtomicU64::new(MAX_UNPACKED_BYTES)),
        })
    }

    /// Whether there is a part of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.parts.contains_key(&key(name))
    }

    /// Whether the name of some part starts with that, in lower case.
    pub(super) fn has_under(&self, start: &str) -> bool {
        self.parts.keys().any(|name| name.starts_with(start))
    }

    /// The part of that name, to be read from its start; it must be there.
    pub(super) fn part(&self, name: &str) -> Result<Part, WorkbookError> {
        let found = self.optional_part(name, u64::MAX)?;
        found.ok_or_else(|| WorkbookError::Damaged(format!("{name} is missing in it")))
    }

    /// The part of that name, if there is one. Reading fails past `most` bytes.
    pub(super) fn optional_part(
        &self,
        name: &str,
        most: u64,
    ) -> Result<Option<Part>, WorkbookError> {
        let Some(entry) = self.parts.get(&key(name)) else {
            return Ok(None);
        };
        if entry.is_encrypted {
            return Err(WorkbookError::Password);
        }
        let end = entry.start.saturating_add(entry.length);
        if end > self.bytes.len() as u64 {
            let beyond = format!("{name} goes beyond its end");
            return Err(WorkbookError::Damaged(beyond));
        }
        let mut packed = Cursor::new(SharedBytes(Arc::clone(&self.bytes)));
        packed.set_position(entry.start);
        let packed = packed.take(entry.length);
        let source: Box<dyn Read + Send> = match entry.method {
            CompressionMethod::Stored => Box::new(packed),
            CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(packed)),
            _ => {
                let other = format!("{name} is compressed in a way that workbooks are not");
                return Err(WorkbookError::Damaged(other));
            }
        };
        let unpacked = Unpacked {
            source: CrcReader::new(source),
            crc32: entry.crc32,
            read: 0,
            most,
            left: Arc::clone(&self.left),
        };
        Ok(Some(Part {
            source: BufReader::with_capacity(64 << 10, unpacked),
            piece: 0,
        }))
    }
}

fn key(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

/// Bytes that several parts read from.
struct SharedBytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for SharedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The bytes of a part as they were before they were packed: as many as are allowed, and as they were.
struct Unpacked {
    source: CrcReader<Box<dyn Read + Send>>,
    crc32: u32,
    /// Bytes so far, and how many there may be.
    read: u64,
    most: u64,
    left: Arc<AtomicU64>,
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        if read == 0 && !buffer.is_empty() && self.source.crc().sum() != self.crc32 {
            return Err(io::Error::other("its checksum is wrong"));
        }
        let bytes = read as u64;
        let left = self.left.load(Ordering::Relaxed);
        self.read += bytes;
        if bytes > left || self.read > self.most {
            let limit = MAX_UNPACKED_BYTES.min(self.most) >> 20;
            return Err(too_large(format!("it unpacks to more than {limit} MiB")));
        }
        self.left.store(left - bytes, Ordering::Relaxed);
        Ok(read)
    }
}

/// A part while it is read. Its reader marks where a piece of XML starts.
pub(super) struct Part {
    source: BufReader<Unpacked>,
    /// Bytes of the current piece.
    piece: usize,
}

impl Part {
    pub(super) fn start_piece(&mut self) {
        self.piece = 0;
    }
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.source.read(buffer)
    }
}

impl BufRead for Part {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece > MAX_PIECE_BYTES {
            let limit = MAX_PIECE_BYTES >> 20;
            let piece = format!("one tag or text in it has more than {limit} MiB");
            return Err(too_large(piece));
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.piece += bytes;
        self.source.consume(bytes);
    }
}

/// What it means that a part cannot be read.
pub(super) fn unreadable(error: &io::Error) -> WorkbookError {
    match error.kind() {
        io::ErrorKind::FileTooLarge => WorkbookError::TooLarge(error.to_string()),
        _ => WorkbookError::Damaged(error.to_string()),
    }
}

fn too_large(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, what)
}
