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
    /// A workbook of Excel.
    Xlsx,
    /// A workbook of LibreOffice.
    Ods,
}

impl Format {
    /// The usual ending of such a file's name, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Jsonl => "jsonl",
            Self::Xlsx => "xlsx",
            Self::Ods => "ods",
        }
    }

    /// Whether it is a workbook, which has sheets and cells, and is not text.
    #[must_use]
    pub fn is_workbook(self) -> bool {
        match self {
            Self::Xlsx | Self::Ods => true,
            Self::Csv | Self::Tsv | Self::Jsonl => false,
        }
    }

    /// The format of text in which rows of such a file are written.
    #[must_use]
    pub fn of_rows(self) -> Self {
        if self.is_workbook() { Self::Csv } else { self }
    }

    /// The format of which the name of such a file speaks.
    #[must_use]
    pub fn from_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "xlsx" | "xlsm" => Some(Self::Xlsx),
            "ods" => Some(Self::Ods),
            _ => None,
        }
    }
}

/// What is known of a file before it is opened.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The format, if it was given or follows from the name.
    pub format: Option<Format>,
    /// The delimiter, if it was given.
    pub delimiter: Option<u8>,
    /// The name of the sheet, if it was given.
    pub sheet: Option<String>,
}

impl Wanted {
    /// What was asked for, completed from the file's name: that of a text. Whether a file is a
    /// workbook shows in its content.
    #[must_use]
    pub fn new(
        format: Option<Format>,
        delimiter: Option<u8>,
        sheet: Option<String>,
        path: &Path,
    ) -> Self {
        let named = Format::from_name(path).filter(|named| !named.is_workbook());
        Self {
            format: format.or(named),
            delimiter,
            sheet,
        }
    }
}

/// How a file is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The format.
    pub format: Format,
    /// The character between cells; meaningless for JSONL and workbooks.
    pub delimiter: u8,
    /// The sheet of a workbook that has the rows.
    pub sheet: Option<String>,
}

impl From<&Layout> for Wanted {
    fn from(layout: &Layout) -> Self {
        Self {
            format: Some(layout.format),
            delimiter: (!layout.format.is_workbook()).then_some(layout.delimiter),
            sheet: layout.sheet.clone(),
        }
    }
}
