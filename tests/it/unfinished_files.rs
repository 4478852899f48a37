//! Files that are not whole: still being written, cut off, or only as much as a sheet has room for.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::support::answer::Answer;
use super::support::command::{Child, Output, Signal, Workspace};
use super::support::rows::preview;
use super::support::sent::{command, eventually, to_out};
use super::support::server::Server;

/// Rows of which the last has no line end.
const OPEN: [(&str, &str); 3] = [
    ("rows.csv", "slug,tag_list\na,vip\nb,re"),
    ("rows.tsv", "slug\ttag_list\r\na\tvip\r\nb\tre"),
    (
        "rows.jsonl",
        "{\"slug\":\"a\",\"status\":2}\n{\"slug\":\"b\",\"status\":2}",
    ),
];

/// Makes a file look as if it had been written to just now.
fn touch(path: &Path) {
    let file = OpenOptions::new().append(true).open(path).expect("a file");
    file.set_modified(SystemTime::now()).expect("our file");
}

/// Returns as soon as the binary has opened a file. It then waits for two seconds.
fn wait_for_open(child: &Child, path: &Path) {
    let opened = format!("/proc/{}/fd", child.pid());
    eventually("the binary reads its input", || {
        let entries = fs::read_dir(&opened).into_iter().flatten().flatten();
        let mut files = entries.filter_map(|entry| fs::read_link(entry.path()).ok());
        files.any(|file| file == path)
    });
}

/// What a run of a file says that was written just now, and the requests that it sends. `change` is
/// done to the file while the binary reads it, or waits for more of it.
fn while_fresh(name: &str, content: &str, options: &str, change: fn(&Path)) -> (Output, usize) {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    // As the system names it.
    let path = workspace
        .write(name, content)
        .canonicalize()
        .expect("a file");
    touch(&path);
    let run = if options.contains("--dry-run") {
        command(&workspace, &format!("run {name} {options}"))
    } else {
        to_out(&workspace, name, options)
    };
    let child = run.against(&server).spawn();
    wait_for_open(&child, &path);
    change(&path);
    (child.wait(), server.requests().len())
}

fn append(path: &Path) {
    let mut file = OpenOptions::new().append(true).open(path).expect("a file");
    file.write_all(b"fund\nc,vip\n").expect("room");
}

fn replace(path: &Path) {
    let other = path.with_extension("part");
    fs::write(&other, "slug,tag_list\nc,vip\n").expect("room");
    fs::rename(other, path).expect("one directory");
}

fn truncate(path: &Path) {
    fs::write(path, "slug,").expect("room");
}

/// Fails the test unless a change was seen, and nothing sent.
fn expect_refused(what: &str, (output, requests): &(Output, usize)) {
    assert_eq!((output.status, *requests), (3, 0), "{what}: {output:#?}");
    let told = "cannot be read: it changed while it was read: is it still being written?";
    assert!(output.stderr.contains(told), "{what}: {output:#?}");
}

#[test]
fn a_file_that_grows_just_after_it_was_read_is_refused() {
    for (name, content) in OPEN {
        for options in ["--dry-run", ""] {
            expect_refused(name, &while_fresh(name, content, options, append));
        }
    }
}

#[test]
fn a_file_that_is_replaced_or_cut_while_it_is_read_is_refused() {
    let (name, content) = OPEN[0];
    expect_refused("replaced", &while_fresh(name, content, "", replace));
    expect_refused("cut", &while_fresh(name, content, "", truncate));
}

#[test]
fn a_finished_file_whose_last_line_has_no_end_is_sent() {
    for (name, content) in OPEN {
        let (output, requests) = while_fresh(name, content, "", |_| {});
        assert_eq!((output.status, requests), (0, 2), "{output:#?}");
    }
    // Whoever removes a file has done with it.
    let (name, content) = OPEN[0];
    let (output, _) = while_fresh(name, content, "--dry-run", |path| {
        fs::remove_file(path).expect("our file");
    });
    assert_eq!(output.status, 0, "{output:#?}");
}

#[test]
fn a_signal_ends_the_wait_for_the_rest_of_a_file() {
    let (name, content) = OPEN[0];
    let workspace = Workspace::new();
    let path = workspace
        .write(name, content)
        .canonicalize()
        .expect("a file");
    // An hour ahead, as other machines' clocks may be: that too is just now.
    let file = OpenOptions::new().append(true).open(&path).expect("a file");
    let ahead = SystemTime::now() + Duration::from_hours(1);
    file.set_modified(ahead).expect("our file");
    let child = command(&workspace, "run rows.csv --dry-run").spawn();
    wait_for_open(&child, &path);
    child.signal(Signal::INT);
    assert_eq!(child.wait().status, 130);
}

#[test]
fn a_row_in_which_the_file_ends_is_told_as_cut_off() {
    for (name, content, told) in [
        (
            "r.csv",
            "slug,status,tag_list\na,2,vip\nb,2",
            "3: row: has 2 cells where the header has 3 cells (the file ends here, without a line end: was it cut off?)",
        ),
        (
            "r.csv",
            "slug,tag_list\na,vip\nb,\"vip, ref",
            "3: row: opens a quote that is never closed: everything after it is inside the quote (close it, or remove it; or was the file cut off?)",
        ),
        (
            "r.jsonl",
            "{\"slug\":\"a\",\"status\":2}\n{\"slug\":\"b\",\"sta",
            "2: row: is not valid JSON: EOF while parsing a string at column 16 (write one whole object per line; or was the file cut off?)",
        ),
    ] {
        let preview = preview(name, content, &[]);
        assert_eq!(preview.violations(), [told]);
        assert_eq!(preview.status, 3);
    }
    let whole = preview("r.csv", "slug,status,tag_list\na,2\nb,2,vip", &[]);
    assert!(
        whole.violations()[0].contains("(empty cells need"),
        "{whole:?}"
    );
}

/// A CSV file of so many lines.
fn lines(count: usize, end: &str) -> String {
    let rows = format!("slug,status{end}a,2{end}");
    rows + &end.repeat(count - 2)
}

/// Fails the test unless a file is warned of just if it has `rows`.
fn expect_warning(content: &str, rows: Option<u64>) {
    let document = preview("r.csv", content, &[]).document;
    let told = rows.map(|rows| format!("r.csv: has {rows} lines, exactly as many as a spreadsheet can hold: was the rest cut off? (compare with the export)"));
    let warnings = document["warnings"].as_array().expect("an array");
    assert_eq!(*warnings, Vec::from_iter(told), "{}", document["rows"]);
}

#[test]
fn a_file_of_as_many_lines_as_a_sheet_has_room_for_is_warned_of() {
    let rows = 65_536;
    for (content, found) in [
        (lines(rows, "\n"), Some(65_536)),
        (lines(rows, "\r\n"), Some(65_536)),
        (lines(rows - 1, "\n") + "b,2", Some(65_536)),
        (lines(rows - 1, "\n") + "b,\"2\n\"\n", Some(65_536)),
        (lines(rows - 1, "\n"), None),
        (lines(rows + 1, "\n"), None),
        (lines(1_048_576, "\n"), Some(1_048_576)),
    ] {
        expect_warning(&content, found);
    }
}

#[test]
fn the_warning_of_a_full_sheet_is_on_the_page_and_before_a_run() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    workspace.write("r.csv", lines(65_536, "\n"));
    let page = command(&workspace, "run r.csv --dry-run").output();
    assert!(
        page.stdout.contains("\nwarning: r.csv: has 65536 lines"),
        "{page:#?}"
    );
    assert_eq!(page.status, 0);
    let run = to_out(&workspace, "r.csv", "").against(&server).output();
    assert!(
        run.stderr.contains("warning: r.csv: has 65536 lines"),
        "{run:#?}"
    );
    assert_eq!(run.status, 0);
}
