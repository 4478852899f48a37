//! Bytes -> rows, in order, in bounded memory. Believes nothing: what a row means is judged in
//! `validate`.

mod csv;
mod end_mark;
mod error;
mod foreign;
mod json;
mod jsonl;
mod layout;
mod lines;
mod quoting;
mod raw;
mod reader;
mod sniff;
mod text;

pub use error::InputError;
pub use layout::{Format, Layout, Wanted};
pub use raw::{MAX_RECORD_BYTES, raw_head};
pub use reader::Reader;
