//! A ledger with anything behind its whole records, or anything at all: it is refused and left as it
//! is; or what is whole survives, what is torn is cut off and kept, and it takes records again.

#![no_main]

use std::fs;
use std::io::Write as _;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use reamaze_bulk::ledger::{BeforeImages, Journal, Record, ResumeIndex};
use reamaze_bulk::model::Outcome;
use tempfile::NamedTempFile;

static FILE: LazyLock<NamedTempFile> = LazyLock::new(|| NamedTempFile::new().expect("a file"));

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, bytes)) = bytes.split_first() else {
        return;
    };
    let path = FILE.path();
    let read = || fs::read(path).expect("a readable file");
    // Any bytes at all, or so many records and then any bytes.
    fs::write(path, b"").expect("room for a file");
    if choice > 0 {
        let recorded = ResumeIndex::default();
        let (mut journal, _) = Journal::open(path, &recorded).expect("an empty ledger opens");
        let texts = String::from_utf8_lossy(bytes);
        for line in 2..2 + u64::from(choice % 4) {
            let mut record =
                Record::unsent(line, "a".into(), Outcome::NotFound, texts.clone().into_owned());
            // As the program does it: the texts of a record are one line.
            record.reasons.retain(|c| !c.is_control());
            journal.append(&record).expect("room for a record");
        }
    }
    let whole = read();
    let mut file = fs::File::options().append(true).open(path).expect("a file");
    file.write_all(bytes).expect("room for the rest");
    let before = read();

    let opened = ResumeIndex::read(path, &BeforeImages::default())
        .and_then(|recorded| Ok((Journal::open(path, &recorded)?.0, recorded)));
    let Ok((mut journal, recorded)) = opened else {
        assert_eq!(read(), before, "a ledger that is refused is left as it is");
        return;
    };
    let repaired = read();
    if !recorded.is_foreign() {
        assert!(repaired.starts_with(&whole), "whole records are lost");
        let (kept, torn) = before.split_at(before.len() - recorded.torn() as usize);
        if recorded.has_header() {
            assert_eq!(repaired, kept, "what is whole is changed");
        }
        if !torn.is_empty() {
            let aside = fs::read(path.with_added_extension("torn")).expect("what was cut off");
            assert!(aside.ends_with(&[torn, b"\n"].concat()), "what is torn is lost");
        }
    }
    assert!(repaired.ends_with(b"\n"), "no whole line at the end");

    let last = Record::unsent(u64::from(u32::MAX), "z".into(), Outcome::Invalid, "=x".into());
    let was_there = recorded.is_final(last.line);
    journal.append(&last).expect("room for a record");
    drop(journal);
    let again = ResumeIndex::read(path, &BeforeImages::default()).expect("a repaired ledger can be read");
    assert_eq!(again.torn(), 0, "a repaired ledger is whole");
    assert!(again.is_final(last.line), "a record appended to a repaired ledger is lost");
    assert_eq!(again.final_rows(), recorded.final_rows() + u64::from(!was_there));
});
