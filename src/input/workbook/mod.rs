//! The bytes of a workbook (.xlsx, .ods) -> the rows of one of its sheets, every cell as the text that
//! it shows. Formulas are not computed: what the file has as their result counts.

mod dates;
mod decimal;
mod error;
mod format_code;
mod kind;
mod number_format;
mod ods;
mod package;
mod paragraphs;
mod records;
mod relations;
mod shared_strings;
mod sheet_row;
mod styles;
mod xlsx;
mod xml;

pub use error::WorkbookError;
pub(super) use records::WorkbookRecords;

/// A sheet of a workbook.
struct Sheet {
    name: String,
    is_hidden: bool,
}
