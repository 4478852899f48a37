//! The first bytes of a file -> its format and delimiter.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::InputError;

/// How rows are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Cells between delimiters, a header row first.
    Csv,
    /// The same with tabs.
    Tsv,
    /// A JSON object a line.
    Jsonl,
}

impl Format {
    /// The usual ending of such a file's name, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Jsonl => "jsonl",
        }
    }

    fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            _ => None,
        }
    }
}

/// What is known of a file before it is opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// The format, if it was given or the name tells it.
    pub format: Option<Format>,
    /// The delimiter, if it was given.
    pub delimiter: Option<u8>,
}

impl Wanted {
    /// What was asked for, completed from the file's name.
    #[must_use]
    pub fn new(format: Option<Format>, delimiter: Option<u8>, path: &Path) -> Self {
        Self {
            format: format.or_else(|| Format::of_name(path)),
            delimiter,
        }
    }
}

/// How a file is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The format.
    pub format: Format,
    /// What stands between cells; meaningless for JSONL.
    pub delimiter: u8,
}

impl From<Layout> for Wanted {
    fn from(layout: Layout) -> Self {
        Self {
            format: Some(layout.format),
            delimiter: Some(layout.delimiter),
        }
    }
}

/// What a header line shows, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

pub(super) fn sniff(start: &[u8], wanted: Wanted) -> Result<Layout, InputError> {
    // An .xlsx or .ods file is a ZIP archive, an .xls file an OLE2 compound document.
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(InputError::Workbook);
    }
    let format = wanted
        .format
        .unwrap_or_else(|| match start.trim_ascii_start().first() {
            Some(b'{' | b'[') => Format::Jsonl,
            _ => Format::Csv,
        });
    let delimiter = wanted.delimiter.unwrap_or_else(|| match format {
        Format::Csv => delimiter_of(start.trim_ascii_start()),
        Format::Tsv => b'\t',
        Format::Jsonl => b',',
    });
    Ok(Layout { format, delimiter })
}

/// The commonest delimiter outside quotes in the first line; a comma if there is none.
fn delimiter_of(text: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in text {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some(at) = DELIMITERS.iter().position(|known| known == byte) {
                    counts[at] += 1;
                }
            }
        }
    }
    // The first of equals: max_by_key takes the last, so look from the end.
    let likeliest = (0..DELIMITERS.len())
        .rev()
        .max_by_key(|&at| counts[at])
        .unwrap_or(0);
    DELIMITERS[likeliest]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_line_shows_the_delimiter() {
        for (header, delimiter) in [
            ("slug,status", b','),
            ("slug;status\n1,2,3", b';'),
            ("slug\tstatus", b'\t'),
            ("slug|status", b'|'),
            ("slug", b','),
            ("\"a,b,c\";slug", b';'),
            ("", b','),
        ] {
            assert_eq!(delimiter_of(header.as_bytes()), delimiter, "{header}");
        }
    }

    #[test]
    fn the_first_bytes_show_the_format() {
        let none = Wanted::default();
        let format = |text: &str| sniff(text.as_bytes(), none).map(|layout| layout.format);
        assert!(matches!(format(" {\"slug\""), Ok(Format::Jsonl)));
        assert!(matches!(format("slug,status"), Ok(Format::Csv)));
        assert!(matches!(
            sniff(b"PK\x03\x04..", none),
            Err(InputError::Workbook)
        ));
    }
}
