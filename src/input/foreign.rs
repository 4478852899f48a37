//! The first bytes of a file -> the other format that it is in, if it is not text with rows.

use super::InputError;
use super::workbook::WorkbookError;

/// Whether a file that starts like this is a ZIP archive, as .xlsx, .ods and .numbers files are.
pub(super) fn is_zip(start: &[u8]) -> bool {
    let signatures: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];
    signatures
        .iter()
        .any(|signature| start.starts_with(signature))
}

/// How other formats begin, and what they are.
const MAGIC: [(&[u8], Foreign); 26] = [
    (b"\xd0\xcf\x11\xe0", Foreign::Ole),
    (b"\x1f\x8b", Foreign::Packed("gzip", "gunzip")),
    (b"\xfd7zXZ\0", Foreign::Packed("xz", "unxz")),
    (b"\x28\xb5\x2f\xfd", Foreign::Packed("zstd", "unzstd")),
    (b"\x04\x22\x4d\x18", Foreign::Packed("lz4", "unlz4")),
    (b"\x1f\x9d", Foreign::Packed("compress", "uncompress")),
    (b"\x5d\0\0", Foreign::Packed("lzma", "unlzma")),
    (b"LZIP\x01", Foreign::Packed("lzip", "lzip -d")),
    (b"7z\xbc\xaf\x27\x1c", Foreign::Packed("7-Zip", "7z x")),
    (b"Rar!\x1a\x07", Foreign::Packed("RAR", "unrar x")),
    (b"PAR1\x15", Foreign::Other("a Parquet file")),
    (b"ARROW1\0", Foreign::Other("an Arrow file")),
    (b"FEA1", Foreign::Other("a Feather file")),
    (b"Obj\x01", Foreign::Other("an Avro file")),
    (b"\x89HDF", Foreign::Other("an HDF5 file")),
    (b"SQLite format 3\0", Foreign::Other("an SQLite database")),
    (b"\0\x01\0\0Standard ", Foreign::Other("an Access database")),
    (b"%PDF-", Foreign::Other("a PDF document")),
    (b"%!PS", Foreign::Other("a PostScript document")),
    (b"{\\rtf", Foreign::Other("a rich text document (RTF)")),
    (b"bplist00", Foreign::Other("a property list")),
    (b"\x89PNG", Foreign::Other("an image")),
    (b"\xff\xd8\xff", Foreign::Other("an image")),
    (b"-----BEGIN PGP ", Foreign::Other("encrypted (PGP)")),
    // A web page that Excel has saved as one file; some name it .xls.
    (b"MIME-Version:", Foreign::Markup),
    (b"<", Foreign::Markup),
];

/// What a file is.
#[derive(Clone, Copy)]
enum Foreign {
    /// An OLE2 compound document: an old workbook, or an encrypted one.
    Ole,
    Markup,
    /// Packed by this, unpacked by that command.
    Packed(&'static str, &'static str),
    Other(&'static str),
}

/// Fails if a file that starts like this is known to be in another format.
pub(super) fn refuse(start: &[u8]) -> Result<(), InputError> {
    let text = start.trim_ascii_start();
    let known = MAGIC
        .iter()
        .find(|(magic, _)| start.starts_with(magic) || text.starts_with(magic));
    match known.map(|(_, foreign)| *foreign).or_else(|| packed(start)) {
        None => Ok(()),
        Some(Foreign::Ole) => Err(WorkbookError::Ole.into()),
        Some(Foreign::Markup) => Err(InputError::Markup),
        Some(Foreign::Packed(by, command)) => Err(InputError::Packed { by, command }),
        Some(Foreign::Other(what)) => Err(InputError::Other(what)),
    }
}

/// What does not show at the very start, or not always alike.
fn packed(start: &[u8]) -> Option<Foreign> {
    // Behind its level, a block or the end of all.
    let block = start.get(4..10).filter(|_| start.starts_with(b"BZh"));
    let is_bzip2 = block.is_some_and(|block| block == b"1AY&SY" || block == b"\x17rE8P\x90");
    let is_tar = start.get(257..262) == Some(b"ustar");
    match (is_bzip2, is_tar) {
        (true, _) => Some(Foreign::Packed("bzip2", "bunzip2")),
        (_, true) => Some(Foreign::Packed("tar", "tar -xf")),
        _ => None,
    }
}
