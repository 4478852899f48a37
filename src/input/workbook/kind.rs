//! What is in a ZIP archive -> a workbook of one format or the other; or what else it is.

use std::io::Read as _;

use super::ods::Ods;
use super::package::{Package, unreadable};
use super::sheet_row::SheetRows;
use super::xlsx::Xlsx;
use super::{Sheet, WorkbookError};
use crate::input::layout::Format;

/// A workbook whose sheets are known.
pub(super) enum Workbook {
    Xlsx(Xlsx),
    Ods(Ods),
}

/// What the media type of an `.ods` file begins with, and that of a template for one.
const SPREADSHEET: &str = "application/vnd.oasis.opendocument.spreadsheet";

const ARCHIVE: &str =
    "a ZIP archive without a workbook in it: unpack it (`unzip FILE`), and use the file inside";

impl Workbook {
    /// Reads what sheets there are.
    pub(super) fn open(package: Package) -> Result<Self, WorkbookError> {
        let media_type = media_type(&package)?;
        if media_type.starts_with(SPREADSHEET) {
            return Ok(Self::Ods(Ods::open(package)?));
        }
        let what = if package.has("encrypted-package") {
            return Err(WorkbookError::Password);
        } else if package.has("xl/workbook.bin") {
            "a binary workbook (.xlsb): save it as .xlsx, and give that file"
        } else if package.has_under("word/") || package.has_under("ppt/") {
            "a Word or PowerPoint document: give a workbook (.xlsx), CSV or JSONL"
        } else if package.has_under("index/") || package.has("index.zip") {
            "a Numbers, Pages or Keynote document: export it to Excel (.xlsx) or CSV, and give that file"
        } else if !media_type.is_empty() {
            "an OpenDocument file, but not a spreadsheet: give a workbook (.ods), CSV or JSONL"
        } else if package.has("[Content_Types].xml") {
            return Ok(Self::Xlsx(Xlsx::open(package)?));
        } else {
            ARCHIVE
        };
        Err(WorkbookError::Other(what))
    }

    pub(super) fn format(&self) -> Format {
        match self {
            Self::Xlsx(_) => Format::Xlsx,
            Self::Ods(_) => Format::Ods,
        }
    }

    pub(super) fn sheets(&self) -> Vec<&Sheet> {
        match self {
            Self::Xlsx(workbook) => workbook.sheets().collect(),
            Self::Ods(workbook) => workbook.sheets().collect(),
        }
    }

    /// The rows of the sheet at that place, from 0.
    pub(super) fn rows(&self, at: usize) -> Result<Box<dyn SheetRows>, WorkbookError> {
        Ok(match self {
            Self::Xlsx(workbook) => Box::new(workbook.rows(at)?),
            Self::Ods(workbook) => Box::new(workbook.rows(at)?),
        })
    }
}

/// What a file of an office suite says it is; empty if it is none.
fn media_type(package: &Package) -> Result<String, WorkbookError> {
    let mut text = String::new();
    if let Some(part) = package.optional_part("mimetype", u64::MAX)? {
        let read = part.take(100).read_to_string(&mut text);
        read.map_err(|error| unreadable(&error))?;
    }
    Ok(text)
}
