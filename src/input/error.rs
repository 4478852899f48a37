//! Why a file cannot be read as rows at all.

use std::io;

use super::workbook::WorkbookError;
use crate::model::file_words;

/// Why a file cannot be read as rows at all. What is wrong with one row is not such an error.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The operating system refused.
    #[error("{}", unreadable(.0))]
    Io(#[from] io::Error),
    /// A CSV or TSV file without a header row.
    #[error("is empty: the first line names the columns, as in `slug,status,tag_list`")]
    NoHeader,
    /// The header row is not a row of text cells.
    #[error("the header row {0}")]
    Header(String),
    /// A record without end: of whatever makes it, there is more to come.
    #[error(
        "line {0} is a record of more than 64 MiB (is a quote opened on this line and never closed? or is this not a file of rows?)"
    )]
    Endless(u64),
    /// A workbook that cannot be read, or not as it is wanted.
    #[error(transparent)]
    Workbook(#[from] WorkbookError),
    /// Some tools save tables as web pages or XML, and call them .xls or .csv.
    #[error(
        "is HTML or XML, whatever its name says: open it in a spreadsheet, save it as \"CSV UTF-8\", and give that file"
    )]
    Markup,
    /// Packed by some other program.
    #[error(
        "is an archive or compressed file ({by}): unpack it (`{command} FILE`), and use the file inside"
    )]
    Packed {
        /// What packs so.
        by: &'static str,
        /// What unpacks it.
        command: &'static str,
    },
    /// Some other format that has rows, or a document.
    #[error("is {0}: export its rows as CSV (UTF-8) or JSONL, and give that file")]
    Other(&'static str),
    /// Text in an encoding that is not read, by its name for `iconv`.
    #[error(
        "is {0} without a byte order mark: save it as \"CSV UTF-8\", or convert it (`iconv -f {0} -t UTF-8 FILE > rows.csv`)"
    )]
    Unmarked(&'static str),
    /// Text in an encoding that is not read, byte order mark or not.
    #[error(
        "is {0} text, which is not supported: save it as \"CSV UTF-8\", or convert it (`iconv -f {0} -t UTF-8 FILE > rows.csv`)"
    )]
    Wide(&'static str),
    /// All rows in one JSON array.
    #[error(
        "is one JSON array, not one object per line: convert it (`jq -c '.[]' FILE > rows.jsonl`), and give that file"
    )]
    JsonArray,
    /// The same, with an object around it; where in it the array is, as `jq` writes that.
    #[error(
        "is a JSON object around an array, not one object per line: convert it (`jq -c '{0}[]' FILE > rows.jsonl`), and give that file"
    )]
    JsonAround(String),
    /// Objects of several lines each.
    #[error(
        "is JSON indented over several lines, not one object per line: convert it (`jq -c . FILE > rows.jsonl`), and give that file"
    )]
    JsonIndented,
    /// JSONL that is to be read as CSV.
    #[error("is JSONL, whatever its name says: rename it to .jsonl, or give --format jsonl")]
    Json,
    /// CSV that is to be read as JSONL.
    #[error(
        "is CSV, whatever its name says: its first line names columns (rename it to .csv, or give --format csv)"
    )]
    Csv,
}

impl InputError {
    /// Whether an option is to blame, not the file.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Workbook(error) if error.is_usage())
    }
}

/// The cause, behind the words that the file cannot be read unless that is obvious.
fn unreadable(error: &io::Error) -> String {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied};
    let words = file_words(error);
    match error.kind() {
        NotFound | PermissionDenied | IsADirectory | NotADirectory => words,
        _ => format!("cannot be read: {words}"),
    }
}
