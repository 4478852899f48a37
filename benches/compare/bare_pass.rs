//! The baseline of reading: one pass over a file with the same parser that the product uses, and
//! nothing else. CSV into `ByteRecord`s, JSONL into `Value`s.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a baseline that fails must not count"
)]

use std::env;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

/// `bare_pass FILE`
fn main() {
    let path = env::args().nth(1).expect("FILE");
    let is_csv = Path::new(&path)
        .extension()
        .is_some_and(|ending| ending == "csv");
    let file = File::open(path).expect("a file that can be read");
    let rows = if is_csv { records(file) } else { values(file) };
    println!("{rows} rows");
}

fn records(file: File) -> u64 {
    let mut reader = csv::Reader::from_reader(file);
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).expect("a record") {
        rows += u64::from(!black_box(&record).is_empty());
    }
    rows
}

fn values(file: File) -> u64 {
    let mut reader = BufReader::new(file);
    let (mut line, mut rows) = (String::new(), 0);
    while reader.read_line(&mut line).expect("a line") > 0 {
        let value: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        rows += u64::from(!black_box(value).is_null());
        line.clear();
    }
    rows
}
