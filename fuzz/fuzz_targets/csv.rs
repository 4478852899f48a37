//! Any bytes as CSV behind a byte that chooses the delimiter: every row is read and judged.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reamaze_bulk::input::{Format, Wanted};
use reamaze_bulk_fuzz::rows_are_judged;

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, bytes)) = bytes.split_first() else {
        return;
    };
    // What `--delimiter` takes: ASCII, neither a quote nor a line end; and none, to be found.
    let is_one = choice.is_ascii() && !matches!(choice, b'"' | b'\r' | b'\n' | 0);
    let wanted = Wanted {
        format: Some(Format::Csv),
        delimiter: is_one.then_some(choice),
        sheet: None,
    };
    rows_are_judged(bytes, wanted);
});
