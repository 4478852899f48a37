//! Files that mean harm, or are none, and streams that end too soon: each ends in invalid rows or
//! one clear error, in bounded time and memory.
//!
//! The small forms of these (one long record, deep nesting, bytes that are no text, a directory)
//! are in `input`; here they are large.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::support::answer::Answer;
use super::support::command::{Output, Signal, Workspace};
use super::support::sent::{command, done, numbered, to_out};
use super::support::server::Server;

/// More than a dry run ever needs, and less than a few of these files.
const MOST_BYTES: u64 = 80 << 20;

/// Bytes of a large file.
const LARGE: usize = 16 << 20;

/// Previews a file with an end by itself, and fails the test if it takes too much memory.
fn previewed(name: &str, content: &[u8]) -> Output {
    let workspace = Workspace::new();
    workspace.write(name, content);
    let output = command(&workspace, &format!("run {name} --dry-run")).output();
    assert!(
        output.peak_bytes < MOST_BYTES,
        "{name}: {} bytes",
        output.peak_bytes
    );
    output
}

/// Fails the test unless each file is refused, with these words on standard output or error.
fn expect_refused(cases: &[(&str, Vec<u8>, &str)]) {
    for (name, content, words) in cases {
        let Output {
            status,
            stdout,
            stderr,
            ..
        } = previewed(name, content);
        let head: String = (stdout + &stderr).chars().take(4000).collect();
        assert!(head.contains(words), "{words:?} in: {head}");
        assert_eq!(status, 3, "{head}");
    }
}

/// `start`, and `again` until the file is large.
fn large(start: &str, again: &str, end: &str) -> Vec<u8> {
    [start, &again.repeat(LARGE / again.len()), end]
        .concat()
        .into_bytes()
}

#[test]
fn a_record_without_end_is_one_invalid_row() {
    let next_row = "\n{\"slug\":\"b\",\"status\":2}\n";
    expect_refused(&[
        (
            "quote.csv",
            large("slug,data.a\na,\"1\n", "b,2\n", ""),
            "quote.csv:2: row: is a record of more than 1 MiB",
        ),
        (
            "quoted-header.csv",
            large("\"slug,data.a\n", "b,2\n", ""),
            "the header row is a record of more than 1 MiB",
        ),
        (
            "line.csv",
            large("slug,data.a\na,", "x", "\nb,1\n"),
            "line.csv:2: row: is a record of more than 1 MiB",
        ),
        (
            "line.jsonl",
            large("{\"slug\":\"", "x", next_row),
            "line.jsonl:1: row: is a record of more than 1 MiB",
        ),
        (
            "zeros.csv",
            vec![0; LARGE],
            "the header row is a record of more than 1 MiB",
        ),
        (
            "zeros.jsonl",
            vec![0; LARGE],
            "zeros.jsonl:1: row: is a record of more than 1 MiB",
        ),
    ]);
}

/// `count` pieces that `piece` makes of a number, with commas between them.
fn listed(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect::<Vec<_>>().join(",")
}

#[test]
fn a_hundred_thousand_names_are_refused_or_read() {
    const MANY: usize = 100_000;
    let commas = ",".repeat(MANY);
    let unknown = listed(MANY, |n| format!("c{n}"));
    let same = listed(MANY, |_| "status".to_owned());
    let keys = listed(MANY, |n| format!("\"{n}\":1"));
    let same_keys = listed(MANY, |_| "\"a\":1".to_owned());
    expect_refused(&[
        (
            "unknown.csv",
            format!("slug,{unknown}\na,1\n").into(),
            "header: 100000 columns are not fields: `c0`,",
        ),
        ("same.csv", format!("slug,{same}\na,1\n").into(), "status: "),
        (
            "keys.jsonl",
            format!("{{\"slug\":\"a\",{keys}}}").into(),
            "row: 100000 keys are not fields: `0`,",
        ),
        (
            "same.jsonl",
            format!("{{\"slug\":\"a\",\"data\":{{{same_keys}}}}}").into(),
            "data.a: ",
        ),
    ]);
    let fields = listed(MANY, |n| format!("data.{n:x}"));
    for (name, content) in [
        (
            "fields.csv",
            format!("slug,{fields}\na,1{commas}\nb,1{commas}\n").replace(",\n", "\n"),
        ),
        (
            "ignored.csv",
            format!(
                "slug,status,{}\na,1,{commas}\n",
                listed(MANY + 1, |n| format!("_{n}"))
            ),
        ),
        (
            "fields.jsonl",
            format!("{{\"slug\":\"a\",\"data\":{{{keys}}}}}"),
        ),
    ] {
        let output = previewed(name, content.as_bytes());
        let head: String = output.stdout.chars().take(4000).collect();
        assert_eq!(output.status, 0, "{name}: {head} {}", output.stderr);
    }
}

#[test]
fn a_hundred_thousand_columns_without_a_name_are_judged_in_bounded_time() {
    let commas = ",".repeat(100_000);
    let content = format!("slug{commas},status\na{commas},1\n");
    expect_refused(&[("empty.csv", content.into(), "empty.csv:1: header: ")]);
    let content = format!("slug,status{commas}\na,1{commas}\n");
    assert_eq!(previewed("right.csv", content.as_bytes()).status, 0);
}

#[test]
fn noise_is_refused_whatever_it_is_taken_for() {
    let mut state = 1_u64;
    let mut noise = vec![0; 1 << 20];
    for byte in &mut noise {
        // xorshift64, Marsaglia 2003.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *byte = state.to_le_bytes()[0];
    }
    let headed = [b"slug,data.a\n", &noise[..]].concat();
    let wide = [b"\xff\xfe", &noise[..]].concat();
    for (name, content) in [
        ("noise.csv", &noise),
        ("noise.jsonl", &noise),
        ("headed.csv", &headed),
        ("wide.csv", &wide),
        ("wide.jsonl", &wide),
    ] {
        let output = previewed(name, content);
        assert_eq!(output.status, 3, "{name}: {}", output.stderr);
    }
}

/// A named pipe in the workspace.
fn pipe_in(workspace: &Workspace) -> std::path::PathBuf {
    let path = workspace.path().join("pipe.csv");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.expect("mkfifo").success());
    path
}

#[test]
fn a_named_pipe_is_read_like_a_file() {
    for (rows, status, requests) in [(done(&["a", "b"]), 0, 2), (done(&["a", "b", "a"]), 3, 0)] {
        let server = Server::start(Answer::echo);
        let workspace = Workspace::new();
        let path = pipe_in(&workspace);
        let child = to_out(&workspace, "pipe.csv", "").against(&server).spawn();
        // Opening it waits for the reader.
        std::fs::write(path, rows).expect("a reader");
        let output = child.wait();
        assert_eq!(output.status, status, "{output:#?}");
        assert_eq!(server.requests().len(), requests);
    }
}

#[test]
fn a_signal_ends_the_wait_for_a_named_pipe_that_says_nothing() {
    for (signal, status) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let workspace = Workspace::new();
        let path = pipe_in(&workspace);
        let child = command(&workspace, "run pipe.csv --dry-run").spawn();
        let silent = OpenOptions::new().write(true).open(path).expect("a reader");
        child.signal(signal);
        assert_eq!(child.wait().status, status);
        drop(silent);
    }
}

#[test]
fn a_file_that_grows_while_it_is_read_is_refused_since_its_end_may_be_half_a_row() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    let path = workspace.write("rows.csv", done(&numbered("row-", 50_000)));
    let stop = AtomicBool::new(false);
    let output = thread::scope(|scope| {
        let (stop, path) = (&stop, &path);
        scope.spawn(move || {
            let mut file = OpenOptions::new().append(true).open(path).expect("a file");
            while !stop.load(Ordering::Relaxed) {
                file.write_all(b"late,2\n").expect("room for a row");
            }
        });
        let output = to_out(&workspace, "rows.csv", "").against(&server).output();
        stop.store(true, Ordering::Relaxed);
        output
    });
    assert_eq!(output.status, 3, "{output:#?}");
    let told = "rows.csv: cannot be read: it changed while it was read";
    assert!(output.stderr.contains(told), "{}", output.stderr);
    assert!(server.requests().is_empty());
}

/// What is written to standard output, to one that cannot be written.
fn to_nowhere(options: &str, stdout: impl Into<Stdio>) -> Output {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    let bad: Vec<String> = (0..5000).map(|n| format!("{n},99\n")).collect();
    workspace.write("bad.csv", format!("slug,status\n{}", bad.concat()));
    workspace.write("good.csv", done(&["a", "b"]));
    command(&workspace, options)
        .against(&server)
        .stdout(stdout)
        .output()
}

/// Commands, their status, and their status where standard output is full.
const PRINTING: [(&str, i32, i32); 10] = [
    ("run good.csv --dry-run", 0, 6),
    ("run good.csv --dry-run --json", 0, 6),
    ("run bad.csv --dry-run", 3, 6),
    ("run bad.csv --dry-run --json", 3, 6),
    ("run good.csv --yes", 0, 0),
    ("run good.csv --yes --json", 0, 6),
    ("run bad.csv --yes --json", 3, 6),
    ("schema", 0, 6),
    ("completions zsh", 0, 6),
    ("man", 0, 6),
];

#[test]
fn a_reader_that_leaves_changes_nothing() {
    for (options, status, _) in PRINTING.into_iter().chain([("--help", 0, 0)]) {
        let (reader, writer) = io::pipe().expect("a pipe");
        drop(reader);
        let output = to_nowhere(options, writer);
        assert_eq!(output.status, status, "{options}: {output:#?}");
        assert!(!output.stderr.contains("pipe"), "{options}: {output:#?}");
    }
}

#[test]
fn standard_output_that_cannot_be_written_is_an_error_with_words() {
    for (options, _, status) in PRINTING {
        let full = File::options().write(true).open("/dev/full");
        let output = to_nowhere(options, full.expect("/dev/full"));
        assert_eq!(output.status, status, "{options}: {output:#?}");
        let is_told = output.stderr.contains("cannot write to standard output");
        assert_eq!(is_told, status == 6, "{options}: {output:#?}");
    }
}
