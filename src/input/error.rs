//! Why a file cannot be read as rows at all.

use std::io;

/// Why a file cannot be read as rows at all. What is wrong with one row is no such error.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The operating system refused.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A CSV or TSV file without a header row.
    #[error("is empty: the first line names the columns, as in `slug,status,tag_list`")]
    NoHeader,
    /// The header row is no row of text cells.
    #[error("the header row {0}")]
    Header(String),
    /// A spreadsheet's own format.
    #[error("is a spreadsheet workbook: save it as \"CSV UTF-8\" and give that file")]
    Workbook,
}
