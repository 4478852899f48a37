use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use super::*;
use crate::ledger::{Earlier, Journal, Record, ResumeIndex};
use crate::model::{Conversation, Outcome};

/// When the images of these tests were read.
const READ_AT: &str = "2026-01-01T00:00:05Z";

fn image(line: u64, status: &str) -> BeforeImage {
    BeforeImage {
        line,
        attempts: 1,
        slug: format!("row-{line}"),
        read_at: READ_AT.parse().expect("a time"),
        before: Conversation {
            status: Some(status.into()),
            ..Conversation::default()
        },
        after: Conversation::default(),
        supersedes: false,
    }
}

fn superseding(line: u64, status: &str) -> BeforeImage {
    BeforeImage {
        supersedes: true,
        ..image(line, status)
    }
}

fn text(image: &BeforeImage) -> String {
    serde_json::to_string(image).expect("JSON") + "\n"
}

/// A run directory, and its images.
struct Files {
    directory: TempDir,
}

impl Files {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        Self { directory }
    }

    fn with(content: impl AsRef<[u8]>) -> Self {
        let files = Self::new();
        fs::write(files.path(), content).expect("room");
        files
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("before.jsonl")
    }

    fn content(&self) -> String {
        fs::read_to_string(self.path()).expect("images")
    }

    fn open(&self) -> BeforeImages {
        BeforeImages::open(self.path()).expect("images")
    }

    /// What is known with such a ledger.
    fn recorded(&self, records: &[Record]) -> ResumeIndex {
        let path = self.directory.path().join("results.csv");
        let (mut journal, _) = Journal::open(&path, &ResumeIndex::default()).expect("a ledger");
        for record in records {
            journal.append(record).expect("room");
        }
        ResumeIndex::read(&path, &self.open()).expect("a ledger")
    }
}

/// Line and status of the images that count.
fn statuses(images: &BeforeImages) -> Vec<(u64, String)> {
    let mut reader = images.reader().expect("a reader");
    let found = images.lines().map(|line| {
        let image = reader.image(line).expect("images").expect("an image");
        (image.line, image.before.status.unwrap_or_default())
    });
    found.collect()
}

fn expected(statuses: &[(u64, &str)]) -> Vec<(u64, String)> {
    let owned = statuses.iter();
    owned
        .map(|(line, status)| (*line, (*status).to_owned()))
        .collect()
}

#[test]
fn the_first_image_of_a_row_counts_unless_a_later_one_supersedes_it() {
    let files = Files::new();
    let mut images = files.open();
    assert!(images.is_empty() && !files.path().exists());
    for image in [
        image(9, "0"),
        image(2, "1"),
        image(9, "2"),
        superseding(2, "3"),
        image(2, "4"),
        superseding(5, "5"),
    ] {
        images.append(&image).expect("room");
    }
    let counting = expected(&[(2, "3"), (5, "5"), (9, "0")]);
    assert_eq!(statuses(&images), counting);
    assert_eq!(statuses(&files.open()), counting);
    assert!(images.has(5) && !images.has(6));
    let mode = fs::metadata(files.path()).expect("a file").permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
}

#[test]
fn a_torn_last_line_is_ignored_and_cut_off_before_the_next_image() {
    let whole = text(&image(2, "0"));
    for torn in [
        &b"{\"line\": 3, \"slu"[..],
        b"\0\0\0\0",
        b"{\"li\0\0\n",
        b"x",
    ] {
        let files = Files::with([whole.as_bytes(), torn].concat());
        let mut images = files.open();
        assert_eq!(statuses(&images), expected(&[(2, "0")]));
        assert!(files.content().len() > whole.len());
        images.append(&image(4, "1")).expect("room");
        assert_eq!(files.content(), whole.clone() + &text(&image(4, "1")));
    }
}

#[test]
fn a_last_line_whose_end_an_editor_took_away_is_kept() {
    let whole = text(&image(2, "0"));
    let files = Files::with(whole.trim_end());
    files.open().append(&image(3, "1")).expect("room");
    assert_eq!(files.content(), whole + &text(&image(3, "1")));
}

#[test]
fn a_damaged_line_is_named() {
    let whole = text(&image(2, "0"));
    let files = Files::with(format!("{whole}{{\"line\": 3\n\n{whole}"));
    let error = BeforeImages::open(files.path()).expect_err("a damaged line");
    let error = error.to_string();
    assert!(
        error.contains("before.jsonl:2: is not a before-image"),
        "{error}"
    );
}

#[test]
fn images_in_a_file_that_others_can_write_are_not_followed() {
    let files = Files::with(text(&image(2, "0")));
    fs::set_permissions(files.path(), fs::Permissions::from_mode(0o666)).expect("our file");
    let error = BeforeImages::open(files.path()).expect_err("a file of anybody");
    assert!(
        error.to_string().contains("can be written by others"),
        "{error}"
    );
}

#[test]
fn a_file_that_was_removed_or_replaced_is_missed_and_can_be_saved() {
    let files = Files::new();
    let mut images = files.open();
    assert_eq!(images.check(), Ok(()));
    images.append(&image(2, "0")).expect("room");
    assert_eq!(images.check(), Ok(()));
    fs::remove_file(files.path()).expect("a file");
    assert_eq!(images.check(), Err(Missing::Gone(files.path())));
    let saved = files.directory.path().join("saved.jsonl");
    images.save(&saved).expect("room");
    assert_eq!(
        statuses(&BeforeImages::open(saved).expect("images")),
        expected(&[(2, "0")])
    );
    fs::write(files.path(), "").expect("room");
    assert_eq!(images.check(), Err(Missing::Replaced(files.path())));
}

#[test]
fn where_an_image_is_can_be_said() {
    let files = Files::with(format!(
        "{}\n{}",
        text(&image(2, "0")),
        text(&image(7, "1"))
    ));
    let found = files.open().find(7).expect("images");
    assert_eq!(found, Some((3, "row-7".into())));
    assert_eq!(files.open().find(8).expect("images"), None);
}

#[test]
fn what_was_erased_is_known_later_and_is_no_image() {
    let files = Files::new();
    let mut images = files.open();
    images.append(&image(2, "0")).expect("room");
    assert!(!images.has_erased() && !files.open().has_erased());
    images.note_erased(7).expect("room");
    images.append(&image(3, "1")).expect("room");
    let line = files.content().lines().nth(1).map(str::to_owned);
    assert_eq!(line.as_deref(), Some(r#"{"line":7,"erased":true}"#));
    for images in [&images, &files.open()] {
        assert!(images.has_erased());
        assert_eq!(statuses(images), expected(&[(2, "0"), (3, "1")]));
    }
}

#[test]
fn nothing_follows_a_line_that_could_not_be_written() {
    let files = Files::with(text(&image(2, "0")));
    let mut images = files.open();
    let read_only = File::open(files.path()).expect("a file");
    images.file = Some(OpenFile::new(read_only, Access::Append).expect("a file"));
    images.append(&image(3, "1")).expect_err("a full disk");
    // However it may be writable again.
    images.file = Some(files.open().file.expect("a file"));
    let error = images.append(&image(4, "1")).expect_err("a latch");
    assert!(error.to_string().contains("an earlier line"), "{error}");
    images.note_erased(4).expect_err("a latch");
    assert_eq!(files.content(), text(&image(2, "0")));
}

#[test]
fn readers_do_not_disturb_each_other() {
    let files = Files::new();
    let mut images = files.open();
    for line in [5, 2, 9] {
        images.append(&image(line, "0")).expect("room");
    }
    let reader = || images.reader().expect("a reader");
    let (mut one, mut other) = (reader(), reader());
    let saved = files.directory.path().join("saved.jsonl");
    for line in [9, 2, 5, 5] {
        for reader in [&mut one, &mut other] {
            let found = reader.image(line).expect("images");
            assert_eq!(found.map(|image| image.line), Some(line));
        }
        if !saved.exists() {
            images.save(&saved).expect("room");
        }
    }
    assert_eq!(fs::read_to_string(saved).expect("images"), files.content());
}

/// A record of a row of which so many requests are known.
fn record(outcome: Outcome, attempts: u32) -> Record {
    Record {
        attempts,
        // The clock was set back before the image was made.
        finished_at: (attempts > 0).then(|| "2026-06-01T00:00:00.000Z".to_owned()),
        ..Record::unsent(2, "row-2".into(), outcome, String::new())
    }
}

#[test]
fn a_row_whose_image_is_for_a_later_request_than_its_record_was_in_flight() {
    for (record, is_in_flight) in [
        (None, true),
        (Some(record(Outcome::NotSent, 0)), true),
        (Some(record(Outcome::Failed, 2)), true),
        (Some(record(Outcome::NotSent, 1)), true),
        (Some(record(Outcome::Unknown, 2)), true),
        // The image is what came before the last of these requests.
        (Some(record(Outcome::Failed, 4)), false),
        (Some(record(Outcome::NotSent, 4)), false),
        (Some(record(Outcome::Unknown, 4)), false),
        (Some(record(Outcome::Updated, 4)), false),
        // It is sent no more, whatever another program has made of the number.
        (Some(record(Outcome::Updated, 1)), false),
    ] {
        let image = BeforeImage {
            attempts: 3,
            ..image(2, "0")
        };
        let files = Files::with(text(&image));
        let (recorded, images) = (files.recorded(record.as_slice()), files.open());
        let missing = recorded.in_flight(&images).expect("images");
        let missing: Vec<_> = missing.collect::<Result<_, _>>().expect("images");
        assert_eq!(missing.len(), usize::from(is_in_flight), "{record:?}");
        if !is_in_flight {
            continue;
        }
        assert_eq!(recorded.earlier(2), Earlier::InDoubt);
        assert_eq!(recorded.counts.of(Outcome::Unknown), 1, "{record:?}");
        assert_eq!(recorded.counts.total(), 1);
        assert_eq!(recorded.last_tried(), Some(2));
        assert_eq!(recorded.attempts(2), 3);
        // Once it is recorded, it is known.
        let files = Files::with(text(&image));
        let recorded = files.recorded(&missing);
        assert_eq!(
            recorded.in_flight(&files.open()).expect("images").count(),
            0
        );
        assert_eq!(recorded.earlier(2), Earlier::InDoubt);
    }
}
