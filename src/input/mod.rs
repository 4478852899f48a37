//! Bytes -> rows, in order, in bounded memory; and rows -> the form of an input. Believes nothing: what
//! a row means is decided in `validate`.

mod csv;
mod end_mark;
mod error;
mod foreign;
mod json;
mod jsonl;
mod layout;
mod line;
mod lines;
mod quoting;
mod raw;
mod reader;
mod row_format;
mod sniff;
mod text;
mod workbook;

pub use error::InputError;
pub use layout::{Format, Layout, Wanted};
pub use line::line as csv_line;
pub use raw::MAX_RECORD_BYTES;
pub use reader::Reader;
pub use row_format::{BYTE_ORDER_MARK, RowFormat};
pub use sniff::DELIMITERS;
pub use text::has_byte_order_mark;
pub use workbook::WorkbookError;
