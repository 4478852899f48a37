//! How rows are written down in a file: its format and delimiter.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// How rows are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

    /// The format of which the name of such a file speaks.
    #[must_use]
    pub fn from_name(path: &Path) -> Option<Self> {
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
    /// The format, if it was given or follows from the name.
    pub format: Option<Format>,
    /// The delimiter, if it was given.
    pub delimiter: Option<u8>,
}

impl Wanted {
    /// What was asked for, completed from the file's name.
    #[must_use]
    pub fn new(format: Option<Format>, delimiter: Option<u8>, path: &Path) -> Self {
        Self {
            format: format.or_else(|| Format::from_name(path)),
            delimiter,
        }
    }
}

/// How a file is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The format.
    pub format: Format,
    /// The character between cells; meaningless for JSONL.
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
