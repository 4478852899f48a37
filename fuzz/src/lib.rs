//! Bytes -> what must hold for them whatever they are, for the targets to feed.
//!
//! `cargo +nightly fuzz run TARGET fuzz/corpus/TARGET fuzz/seeds/TARGET` runs a target until it
//! finds something; `-- -max_total_time=600` ends it after ten minutes.

use std::io::Cursor;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use reamaze_bulk::input::{MAX_RECORD_BYTES, Reader, Wanted};
use reamaze_bulk::model::{Row, Update};
use reamaze_bulk::pipeline::columns;
use reamaze_bulk::validate::{Clock, Columns, Damaged, Draft, InvalidRow, Rules, Terms};

/// Fails unless the rows come in ascending lines within the file, none is larger than allowed, and
/// each is judged: an update that sends something, or words.
pub fn rows_are_judged(bytes: &[u8], wanted: Wanted) {
    check(bytes, wanted, |row, checked| match checked {
        Ok(update) => {
            assert_eq!(update.line, row.line, "the line of a row and of its update");
            // Edits without a tag are none, and allowed: they switch off those that all rows get.
            assert!(update.guards.is_empty() || !update.is_without_change(), "guards without a change");
        }
        Err(invalid) => {
            assert_eq!(invalid.line, row.line, "the line of a row and of its faults");
            assert!(!invalid.violations.is_empty(), "no update, and nothing is wrong");
            for violation in invalid.violations {
                assert_eq!(violation.line, row.line);
                for text in [&violation.field, &violation.message] {
                    assert!(is_tame(text), "not one tame line: {text:?}");
                }
            }
        }
    });
}

/// The first legal update of a file of JSON lines.
#[must_use]
pub fn first_update(bytes: &[u8], wanted: Wanted) -> Option<Update<'static>> {
    let mut found = None;
    check(bytes, wanted, |_, checked| {
        found = found.take().or(checked.ok().map(Update::into_owned));
    });
    found
}

/// Whether a text is one line that does nothing to a terminal. (Joiners may be a part of an emoji.)
#[must_use]
pub fn is_tame(text: &str) -> bool {
    let acts = |c: char| {
        c.is_control() || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    !text.contains(acts)
}

fn check(
    bytes: &[u8],
    wanted: Wanted,
    mut each: impl FnMut(&Row, Result<Update<'_>, InvalidRow<'_>>),
) {
    let Ok(mut reader) = Reader::open(Cursor::new(bytes.to_vec()), &wanted) else {
        return;
    };
    // A header that is wrong must not keep the rows from being read.
    let columns = columns(&reader).unwrap_or_else(|violations| {
        assert!(!violations.is_empty(), "no columns, and nothing is wrong");
        Columns::default()
    });
    let is_headed = reader.header().is_some();
    let width = reader.header().map_or(0, |header| header.len());
    let rules = Rules::new(columns, Draft::default(), TERMS.clone());
    // Each kind of line end counts at most once a byte.
    let lines = bytes.len() as u64 + 1;
    let mut last = if is_headed { reader.header_line() } else { 0 };
    while let Some(row) = reader.next_row().expect("bytes in memory can be read") {
        assert!(row.line > last, "line {} after line {last}", row.line);
        assert!(row.line <= lines, "line {} of {lines}", row.line);
        last = row.line;
        assert!(row.size() <= 2 * MAX_RECORD_BYTES, "a row of {} bytes", row.size());
        if let reamaze_bulk::model::Content::Cells(cells) = &row.content {
            assert_eq!(cells.len(), width, "cells of the row and of the header");
        }
        each(&row, rules.check(&row));
    }
}

static TERMS: LazyLock<Terms> = LazyLock::new(|| Terms {
    clock: Clock { now: Timestamp::UNIX_EPOCH, timezone: Some(TimeZone::UTC) },
    damaged: Damaged::Refuse,
    site: None,
});
