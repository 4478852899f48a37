//! Why a file cannot be read as rows at all.

use std::io;

use crate::model::file_words;

/// Why a file cannot be read as rows at all. What is wrong with one row is no such error.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The operating system refused.
    #[error("{}", unreadable(.0))]
    Io(#[from] io::Error),
    /// A CSV or TSV file without a header row.
    #[error("is empty: the first line names the columns, as in `slug,status,tag_list`")]
    NoHeader,
    /// The header row is no row of text cells.
    #[error("the header row {0}")]
    Header(String),
    /// A spreadsheet's own format, or another archive: they look alike.
    #[error(
        "is a spreadsheet workbook or an archive: save the sheet as \"CSV UTF-8\", or unpack the archive, and give that file"
    )]
    Workbook,
    /// Some tools save tables as web pages or XML, and call them .xls or .csv.
    #[error(
        "is HTML or XML, whatever its name says: open it in a spreadsheet, save it as \"CSV UTF-8\", and give that file"
    )]
    Markup,
}

/// What is wrong with a file that is not there, or not for us, says enough by itself.
fn unreadable(error: &io::Error) -> String {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied};
    let words = file_words(error);
    match error.kind() {
        NotFound | PermissionDenied | IsADirectory | NotADirectory => words,
        _ => format!("cannot be read: {words}"),
    }
}
