//! Why a workbook cannot be read.

use crate::model::nearest;
use crate::model::text::quoted;

/// Why a workbook cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// Reading it could take more memory than the program may use.
    #[error(
        "is too large for a workbook: {0} (save the sheet as \"CSV UTF-8\", and give that file)"
    )]
    TooLarge(String),
    /// It has the signs of a workbook, and cannot be read as one.
    #[error(
        "is a damaged workbook: {0} (was it cut off? open it in a spreadsheet program, and save it again)"
    )]
    Damaged(String),
    /// Encrypted with a password.
    #[error("is protected with a password: save it without one, and give that file")]
    Password,
    /// An OLE2 compound document: what was used before ZIP, and for encrypted files.
    #[error(
        "is an Excel workbook protected with a password, or one of the old format (.xls): save it as .xlsx without a password, and give that file"
    )]
    Ole,
    /// A ZIP archive in which no workbook is.
    #[error("is {0}")]
    Other(&'static str),
    /// No sheet has that name.
    #[error("--sheet: {}", unknown_sheet(.name, .sheets))]
    UnknownSheet {
        /// The name that was given.
        name: String,
        /// The names that there are.
        sheets: Vec<String>,
    },
    /// All sheets are hidden.
    #[error("has no visible sheet{}", there_are(.0))]
    NoSheet(Vec<String>),
    /// A sheet without a cell.
    #[error(
        "sheet {} is empty: the first row names the columns, as in `slug,status,tag_list`{}",
        quoted(.name), there_are(.others)
    )]
    EmptySheet {
        /// Its name.
        name: String,
        /// The names of the other sheets.
        others: Vec<String>,
    },
    /// A delimiter was given.
    #[error("--delimiter: does not apply to workbooks (.xlsx, .ods)")]
    Delimiter,
    /// A sheet was named, and the file is text.
    #[error("--sheet: applies to workbooks (.xlsx, .ods) only: this input is {0}")]
    SheetOfText(&'static str),
    /// A workbook was announced, and the file is text.
    #[error("--format: this input is text, not a workbook (leave the option out)")]
    NotWorkbook,
}

impl WorkbookError {
    /// Whether an option is to blame, not the file.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        match self {
            Self::UnknownSheet { .. }
            | Self::Delimiter
            | Self::SheetOfText(_)
            | Self::NotWorkbook => true,
            Self::TooLarge(_)
            | Self::Damaged(_)
            | Self::Password
            | Self::Ole
            | Self::Other(_)
            | Self::NoSheet(_)
            | Self::EmptySheet { .. } => false,
        }
    }
}

/// How many names are listed.
const MOST_NAMES: usize = 20;

fn unknown_sheet(name: &str, sheets: &[String]) -> String {
    let meant = nearest(name, sheets.iter().map(String::as_str));
    let meant = meant.map(|meant| format!(" (did you mean {}?)", quoted(meant)));
    format!(
        "no sheet is named {}{}; {}",
        quoted(name),
        meant.unwrap_or_default(),
        list(sheets)
    )
}

fn there_are(sheets: &[String]) -> String {
    if sheets.is_empty() {
        return String::new();
    }
    format!("; {} (choose one with --sheet NAME)", list(sheets))
}

fn list(sheets: &[String]) -> String {
    format!("the workbook has: {}", names(sheets))
}

/// The names of sheets, the first ones if there are many.
pub(super) fn names(sheets: &[String]) -> String {
    let names: Vec<_> = sheets
        .iter()
        .take(MOST_NAMES)
        .map(|name| quoted(name))
        .collect();
    let more = sheets.len() - names.len();
    let more = if more > 0 {
        format!(", and {more} more")
    } else {
        String::new()
    };
    names.join(", ") + &more
}
