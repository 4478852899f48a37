//! A run that is killed again and again, and its ledger torn: at the end every row is accounted for
//! once, and nothing was repeated but what was in flight or torn.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::command::{Run, Signal, Workspace, ledger};
use super::support::request::Request;
use super::support::resumed::HEADER;
use super::support::sent::{Started, command};
use super::support::server::Server;

const WORKERS: usize = 4;

/// The most lines that a crash tears off.
const TORN_LINES: usize = 3;

#[test]
fn a_run_that_is_killed_again_and_again_accounts_for_every_row_once() {
    Soak::new(7, 240).run(40).expect_as_promised(40);
}

#[test]
#[ignore = "takes minutes"]
#[expect(clippy::print_stdout, reason = "its figures are what it is run for")]
fn a_thousand_kills_lose_nothing() {
    let figures = Soak::new(1000, 2500).run(1000);
    println!("{figures:#?}");
    figures.expect_as_promised(1000);
}

/// What a soak came to.
#[derive(Debug, Default)]
struct Figures {
    rows: usize,
    kills: usize,
    /// Kills before there was a run directory.
    before_start: usize,
    /// Kills after the last request of a run was answered.
    while_finishing: usize,
    /// Ledgers of which bytes were cut off, these bytes, and the whole rows among them.
    cuts: usize,
    cut_bytes: usize,
    cut_rows: usize,
    requests: usize,
    repeats: usize,
    /// The most rows that were sent and not recorded at a kill.
    most_unrecorded: usize,
}

impl Figures {
    /// Fails the test unless no more was repeated than was in flight or torn off at a kill.
    fn expect_as_promised(&self, kills: usize) {
        assert!(self.kills >= kills, "{self:?}");
        assert!(self.most_unrecorded <= WORKERS, "{self:?}");
        let allowed = self.kills * WORKERS + self.cut_rows;
        assert!(self.repeats <= allowed, "{self:?}");
    }
}

/// A run, and what has happened to it so far.
struct Soak {
    rng: fastrand::Rng,
    workspace: Workspace,
    server: Server,
    figures: Figures,
}

/// The number in `row-NUMBER`.
fn number(request: &Request) -> usize {
    let number = request.slug.strip_prefix("row-");
    number
        .and_then(|number| number.parse().ok())
        .expect("a row")
}

/// What is asked for in a row.
fn asked(row: usize) -> Value {
    json!({"status": row % 4, "data": {"note": format!("n, \"{row}\" é")}})
}

impl Soak {
    fn new(seed: u64, rows: usize) -> Self {
        // Every ninth row is rejected: a settled row that is not updated.
        let server = Server::start(|request| match number(request) % 9 {
            8 => Answer::json(422, &json!({"errors": ["no, \"never\" 😀"]})),
            _ => Answer::echo(request),
        });
        let workspace = Workspace::new();
        let lines = (0..rows).map(|row| format!("row-{row},{},\"n, \"\"{row}\"\" é\"\n", row % 4));
        let lines = lines.collect::<String>();
        workspace.write("rows.csv", format!("slug,status,data.note\n{lines}"));
        let figures = Figures {
            rows,
            ..Figures::default()
        };
        Self {
            rng: fastrand::Rng::with_seed(seed),
            workspace,
            server,
            figures,
        }
    }

    fn run_dir(&self) -> PathBuf {
        self.workspace.path().join("out")
    }

    /// Kills the run at least so often, and then lets it finish.
    fn run(mut self, kills: usize) -> Figures {
        while self.figures.kills < kills {
            self.sitting(kills);
        }
        self.finish()
    }

    /// Starts the run or goes on with it, kills it, and tears its ledger.
    fn sitting(&mut self, kills: usize) {
        let before = settled(&self.run_dir());
        let requests = self.server.slugs().len();
        let left = self.figures.rows - before.len();
        // So that the rows last as long as the kills.
        let share = 2 * left / (kills - self.figures.kills) + 1;
        let moment = self.rng.usize(0..=share.min(left));
        let child = self.command().spawn();
        if moment > 0 {
            self.server.wait_for_requests(requests + moment);
        }
        thread::sleep(Duration::from_micros(self.rng.u64(0..8_000)));
        child.signal(Signal::KILL);
        let output = child.wait();
        assert!([-9, 0, 1].contains(&output.status), "{output:#?}");
        self.figures.kills += usize::from(output.status == -9);
        if !self.run_dir().exists() {
            self.figures.before_start += 1;
            assert_eq!(self.server.slugs().len(), requests, "sent without a ledger");
            return;
        }
        self.check(&before, requests);
        self.tear();
    }

    fn command(&self) -> Run {
        let line = if self.run_dir().exists() {
            "run --resume out --yes".to_owned()
        } else {
            format!("run rows.csv --out out --yes --rate 5000/s --workers {WORKERS}")
        };
        command(&self.workspace, &line).against(&self.server)
    }

    /// Fails the test unless what was settled is so still and was not sent again; counts what was
    /// sent and is not recorded.
    fn check(&mut self, before: &BTreeSet<String>, requests: usize) {
        let now = settled(&self.run_dir());
        assert!(before.is_subset(&now), "a settled row was lost");
        let sent = self.server.slugs().split_off(requests);
        if now.len() == self.figures.rows {
            self.figures.while_finishing += 1;
        }
        let again = sent.iter().find(|slug| before.contains(*slug));
        assert_eq!(again, None, "sent again");
        let unrecorded = sent.iter().filter(|slug| !now.contains(*slug)).count();
        self.figures.most_unrecorded = self.figures.most_unrecorded.max(unrecorded);
    }

    /// Cuts the ledger somewhere in its last lines, every other time. Its header was on the disk
    /// before the directory had its name.
    fn tear(&mut self) {
        let path = self.run_dir().join("results.csv");
        let bytes = fs::read(&path).expect("a ledger");
        let ends = (0..bytes.len()).filter(|at| bytes[*at] == b'\n');
        let last = ends.rev().nth(TORN_LINES).unwrap_or(0).max(HEADER.len());
        let length = self.rng.usize(last..=bytes.len());
        if self.rng.bool() || length == bytes.len() {
            return;
        }
        let rows = settled(&self.run_dir()).len();
        fs::write(&path, &bytes[..length]).expect("a torn ledger");
        // What a summary counts was on the disk before it: a crash that takes it takes both.
        let summary = self.run_dir().join("summary.json");
        if summary.exists() {
            fs::remove_file(summary).expect("a summary");
        }
        self.figures.cuts += 1;
        self.figures.cut_bytes += bytes.len() - length;
        self.figures.cut_rows += rows - settled(&self.run_dir()).len();
    }

    /// Lets the run finish; what it came to.
    fn finish(mut self) -> Figures {
        let child = self.command().spawn();
        let sent = Started {
            workspace: self.workspace,
            child,
        }
        .wait();
        sent.expect_status(1);
        let lines = ledger(&sent.run_dir);
        let recorded = lines
            .iter()
            .map(|line| (line.line, &*line.slug, &*line.outcome));
        let slugs: Vec<_> = (0..self.figures.rows)
            .map(|row| format!("row-{row}"))
            .collect();
        let outcome = |row| if row % 9 == 8 { "rejected" } else { "updated" };
        let expected =
            (0..self.figures.rows).map(|row| (row as u64 + 2, &*slugs[row], outcome(row)));
        assert!(recorded.eq(expected), "{lines:#?}");
        let mut held = BTreeMap::new();
        for request in self.server.requests() {
            held.insert(number(&request), request.body["conversation"].clone());
        }
        assert!(held.iter().all(|(row, body)| *body == asked(*row)));
        assert_eq!(held.len(), self.figures.rows);
        self.figures.requests = self.server.slugs().len();
        self.figures.repeats = self.figures.requests - self.figures.rows;
        self.figures
    }
}

/// The slugs of the rows that the whole lines of a ledger call settled.
fn settled(run_dir: &Path) -> BTreeSet<String> {
    let text = fs::read(run_dir.join("results.csv")).unwrap_or_default();
    let end = text.iter().rposition(|byte| *byte == b'\n');
    let whole = &text[..end.map_or(0, |end| end + 1)];
    let records = csv::Reader::from_reader(whole).into_records();
    let records = records.map(|record| record.expect("a whole record"));
    let settled = records.filter(|record| ["updated", "rejected"].contains(&&record[2]));
    settled.map(|record| record[1].to_owned()).collect()
}
