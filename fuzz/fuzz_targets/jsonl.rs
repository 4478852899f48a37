//! Any bytes as JSON lines: every row is read and judged.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reamaze_bulk::input::{Format, Wanted};
use reamaze_bulk_fuzz::rows_are_judged;

fuzz_target!(|bytes: &[u8]| {
    let wanted = Wanted {
        format: Some(Format::Jsonl),
        delimiter: None,
        sheet: None,
    };
    rows_are_judged(bytes, wanted);
});
