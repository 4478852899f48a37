//! Rows and a script for the server -> a run that has ended, and what came of each row.
//!
//! Most tests want no more than that: the rows are in a fresh workspace, the run goes to `out`, and
//! whatever came of it, the sums of the run directory must agree.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde_json::Value;

use super::answer::Answer;
use super::command::{Child, LedgerLine, Output, Run, Signal, Workspace, failed, ledger, summary};
use super::server::Server;

/// How long [`eventually`] looks before it fails the test.
const PATIENCE: Duration = Duration::from_secs(30);

/// A run that goes on.
pub(crate) struct Started {
    pub(crate) workspace: Workspace,
    pub(crate) child: Child,
}

/// A run that has ended.
pub(crate) struct Sent {
    pub(crate) workspace: Workspace,
    pub(crate) output: Output,
    pub(crate) run_dir: PathBuf,
}

/// A CSV file that sets status 2 for each of these conversations.
pub(crate) fn done(slugs: &[impl AsRef<str>]) -> String {
    let lines = slugs.iter().map(|slug| format!("{},2\n", slug.as_ref()));
    format!("slug,status\n{}", lines.collect::<String>())
}

/// `count` slugs: `PREFIX0`, `PREFIX1` and so on.
pub(crate) fn numbered(prefix: &str, count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("{prefix}{number}"))
        .collect()
}

/// The binary with these arguments, written as for a shell, ready to run in that workspace.
pub(crate) fn command(workspace: &Workspace, line: &str) -> Run {
    let words = shlex::split(line).expect("words as a shell reads them");
    workspace.command(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The run of a file that goes to `out` without asking, quickly unless `options` say otherwise.
pub(crate) fn to_out(workspace: &Workspace, name: &str, options: &str) -> Run {
    let rate = if options.contains("--rate") {
        ""
    } else {
        "--rate 500/s"
    };
    command(
        workspace,
        &format!("run {name:?} --yes --out out {rate} {options}"),
    )
}

/// Sets status 2 for each of these conversations.
pub(crate) fn send(server: &Server, slugs: &[impl AsRef<str>], options: &str) -> Sent {
    start(server, slugs, options).wait()
}

/// Sends the rows of a file of that name and content.
pub(crate) fn send_file(
    server: &Server,
    name: &str,
    rows: impl AsRef<[u8]>,
    options: &str,
) -> Sent {
    start_file(server, name, rows, options).wait()
}

/// The same as [`send`], while it runs.
pub(crate) fn start(server: &Server, slugs: &[impl AsRef<str>], options: &str) -> Started {
    start_file(server, "rows.csv", done(slugs), options)
}

fn start_file(server: &Server, name: &str, rows: impl AsRef<[u8]>, options: &str) -> Started {
    let workspace = Workspace::new();
    workspace.write(name, rows);
    let child = to_out(&workspace, name, options).against(server).spawn();
    Started { workspace, child }
}

impl Started {
    /// Where the run's files are.
    pub(crate) fn run_dir(&self) -> PathBuf {
        self.workspace.path().join("out")
    }

    /// Returns as soon as results.csv holds so many rows.
    pub(crate) fn wait_for_records(&self, count: usize) {
        let results = self.run_dir().join("results.csv");
        eventually("so many rows are recorded", || {
            fs::read_to_string(&results).is_ok_and(|text| text.lines().count() == count + 1)
        });
    }

    /// Waits for the end.
    pub(crate) fn wait(self) -> Sent {
        let sent = self.ended();
        if sent.has_come_to_an_end() {
            sent.check_sums();
            sent.check_requests();
        }
        sent
    }

    /// Ends it by a signal that leaves no time to put its files in order.
    pub(crate) fn end_by(self, signal: Signal) -> Sent {
        self.child.signal(signal);
        self.ended()
    }

    fn ended(self) -> Sent {
        Sent {
            run_dir: self.run_dir(),
            workspace: self.workspace,
            output: self.child.wait(),
        }
    }
}

impl Sent {
    /// The lines of results.csv.
    pub(crate) fn ledger(&self) -> Vec<LedgerLine> {
        ledger(&self.run_dir)
    }

    /// The line of results.csv about one conversation.
    pub(crate) fn line(&self, slug: &str) -> LedgerLine {
        let mut lines = self.ledger().into_iter().filter(|line| line.slug == slug);
        let line = lines.next();
        assert_eq!(lines.count(), 0, "{slug} has one line in results.csv");
        line.unwrap_or_else(|| panic!("no line for {slug} in results.csv: {:#?}", self.output))
    }

    /// `SLUG OUTCOME` of each line of results.csv.
    pub(crate) fn outcomes(&self) -> Vec<String> {
        let lines = self.ledger();
        let told = |line: &LedgerLine| format!("{} {}", line.slug, line.outcome);
        lines.iter().map(told).collect()
    }

    /// The content of summary.json.
    pub(crate) fn summary(&self) -> Value {
        summary(&self.run_dir)
    }

    /// The text of `failed.EXT`, if there is such a file.
    pub(crate) fn failed(&self, ext: &str) -> Option<String> {
        failed(&self.run_dir, ext)
    }

    /// Fails the test unless the run ended with that exit status.
    pub(crate) fn expect_status(&self, status: i32) {
        assert_eq!(self.output.status, status, "{:#?}", self.output);
    }

    /// Whether its files are in order: it was not killed, and nothing kept it from recording.
    fn has_come_to_an_end(&self) -> bool {
        let broken = ["results_cannot_be_written", "input_cannot_be_read", "fault"];
        self.run_dir.join("summary.json").exists() && {
            let summary = self.summary();
            let reason = summary["stop_reason"].as_str().unwrap_or_default();
            summary["exit_status"].is_u64() && !broken.contains(&reason)
        }
    }

    /// Fails the test unless every row is accounted for: a line in the ledger each, and in the file
    /// of failed rows those that are neither updated nor merely not sent.
    pub(crate) fn check_sums(&self) {
        let (lines, summary) = (self.ledger(), self.summary());
        assert_eq!(
            summary["rows"],
            lines.len(),
            "rows and lines in results.csv"
        );
        let physical: BTreeSet<u64> = lines.iter().map(|line| line.line).collect();
        assert_eq!(physical.len(), lines.len(), "one line for each row");
        let counts = summary["counts"].as_object().expect("counts by outcome");
        for (outcome, count) in counts {
            let found = lines.iter().filter(|line| line.outcome == *outcome);
            assert_eq!(*count, found.count(), "{outcome} in counts and results.csv");
        }
        let is_left_out = |outcome: &str| ["updated", "unchanged", "not_sent"].contains(&outcome);
        let failed = lines.iter().filter(|line| !is_left_out(&line.outcome));
        assert_eq!(self.failed_rows(), failed.count(), "rows in failed.*");
    }

    /// Fails the test unless every try is a request, and every request a try.
    pub(crate) fn check_requests(&self) {
        let attempts: u64 = self.ledger().iter().map(|line| line.attempts).sum();
        assert_eq!(self.summary()["requests"], attempts, "requests, attempts");
    }

    fn failed_rows(&self) -> usize {
        let mut rows = 0;
        for (ext, delimiter) in [("csv", b','), ("tsv", b'\t')] {
            let text = self.failed(ext).unwrap_or_default();
            let delimiter = match text.lines().next() {
                Some(header) if header.contains(';') => b';',
                _ => delimiter,
            };
            let mut reader = csv::ReaderBuilder::new();
            let mut reader = reader.delimiter(delimiter).from_reader(text.as_bytes());
            rows += reader.records().flatten().count();
        }
        rows + self.failed("jsonl").unwrap_or_default().lines().count()
    }
}

/// A server that shows what it was asked for, and holds back its first answer about `slug` until
/// the test drops the sender.
///
/// Bind the two in this order, `let (server, release) = ...`: a failing test then releases first.
pub(crate) fn holding(slug: &'static str) -> (Server, mpsc::Sender<()>) {
    let (release, held) = mpsc::channel();
    let held = Mutex::new(held);
    let server = Server::start(move |request| {
        if request.slug == slug && request.nth == 0 {
            // The end of the other side is what is waited for.
            let _ = held.lock().expect("one waits at a time").recv();
        }
        Answer::echo(request)
    });
    (server, release)
}

/// Looks until `is_so`; fails the test if it never is.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// `OUTCOME HTTP_STATUS ATTEMPTS` of a line of results.csv; `-` for no status.
pub(crate) fn fate(line: &LedgerLine) -> String {
    let status = if line.http_status.is_empty() {
        "-"
    } else {
        &line.http_status
    };
    format!("{} {status} {}", line.outcome, line.attempts)
}

/// What a row came to: slug, then outcome, status code and tries, then a part of its reasons.
pub(crate) type Fate = (&'static str, &'static str, &'static str);

/// Fails the test unless each row came to what is expected, and every try was a request.
pub(crate) fn expect_fates(sent: &Sent, server: &Server, fates: &[Fate]) {
    for &(slug, expected, reason) in fates {
        let line = sent.line(slug);
        assert_eq!(fate(&line), expected, "{line:?}");
        assert!(line.reasons.contains(reason), "{reason:?} in {line:?}");
        assert!(!reason.is_empty() || line.reasons.is_empty(), "{line:?}");
        let requests = server.requests_for(slug).len();
        assert_eq!(requests as u64, line.attempts, "requests for {slug}");
    }
    assert_eq!(sent.ledger().len(), fates.len());
}

/// The slugs of those rows.
pub(crate) fn slugs(fates: &[Fate]) -> Vec<&'static str> {
    fates.iter().map(|fate| fate.0).collect()
}

/// Every file and directory below `directory`, sorted.
pub(crate) fn tree(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(directory).expect("a readable directory");
    for path in entries.map(|entry| entry.expect("a readable directory").path()) {
        if path.is_dir() {
            found.extend(tree(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}
