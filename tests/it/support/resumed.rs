//! A run directory as a crash leaves it, made by hand -> what a resume makes of it.

use std::fs;

use super::command::{Run, ledger};
use super::sent::{Sent, Started, command, done, send_file};
use super::server::Server;

/// The header of results.csv.
pub(crate) const HEADER: &str =
    "line,slug,outcome,http_status,reasons,attempts,elapsed_ms,finished_at\n";

/// A run of `out` that has recorded nothing yet. One request for its first row has reached the
/// server.
pub(crate) fn begun(server: &Server, name: &str, rows: &str, options: &str) -> Sent {
    let sent = send_file(server, name, rows, &format!("{options} --limit 1"));
    assert!(sent.run_dir.exists(), "{:#?}", sent.output);
    sent.crash(HEADER);
    sent
}

/// A run that sets status 2 for these conversations, cut short when its ledger held as many
/// `OUTCOME`s, of its first rows; `-` for a row that is not in it.
pub(crate) fn cut_short(
    server: &Server,
    slugs: &[impl AsRef<str>],
    outcomes: &[&str],
    options: &str,
) -> Sent {
    let sent = begun(server, "rows.csv", &done(slugs), options);
    sent.crash(recorded(slugs, outcomes));
    sent
}

/// A ledger that holds these outcomes.
pub(crate) fn recorded(slugs: &[impl AsRef<str>], outcomes: &[&str]) -> String {
    let rows = (2..).zip(slugs).zip(outcomes);
    let lines = rows
        .filter(|(_, outcome)| **outcome != "-")
        .map(|((line, slug), outcome)| record(line, slug.as_ref(), outcome));
    HEADER.to_owned() + &lines.collect::<String>()
}

/// A line of results.csv, with its end.
pub(crate) fn record(line: u64, slug: &str, outcome: &str) -> String {
    let told = match outcome {
        "updated" | "unchanged" => "200,,1,12,2026-01-01T00:00:00.000Z",
        "differs" => "200,status is 4 instead of 2,1,12,2026-01-01T00:00:00.000Z",
        "conflict" => "200,status: expected 0 (Open),1,12,2026-01-01T00:00:00.000Z",
        "rejected" => "422,\"no, \"\"said\"\" R&D\",1,12,2026-01-01T00:00:00.000Z",
        "not_found" => "404,no such conversation,1,12,2026-01-01T00:00:00.000Z",
        "failed" => "400,HTTP 400,1,12,2026-01-01T00:00:00.000Z",
        "unknown" => "500,HTTP 500,6,9000,2026-01-01T00:00:00.000Z",
        "invalid" => ",status: wrong,0,,",
        _ => ",,0,,",
    };
    let outcome = match outcome {
        "differs" => "updated",
        // Unchanged without a request.
        "opted_out" => "unchanged",
        outcome => outcome,
    };
    format!("{line},{slug},{outcome},{told}\n")
}

impl Sent {
    /// Goes on with the run to its end; what came of it, and the slugs that it sent, sorted.
    pub(crate) fn resume(self, server: &Server, options: &str) -> (Self, Vec<String>) {
        let before = server.slugs().len();
        let sent = self.start_resume(server, options).wait();
        let mut slugs = server.slugs().split_off(before);
        slugs.sort();
        (sent, slugs)
    }

    /// The same while it goes on.
    pub(crate) fn start_resume(self, server: &Server, options: &str) -> Started {
        let child = self.resumption(options).against(server).spawn();
        Started {
            workspace: self.workspace,
            child,
        }
    }

    /// The command that goes on, without an account.
    pub(crate) fn resumption(&self, options: &str) -> Run {
        command(
            &self.workspace,
            &format!("run --resume out --yes {options}"),
        )
    }

    /// Leaves this of the ledger, and nothing that is derived from it.
    pub(crate) fn crash(&self, results: impl AsRef<[u8]>) {
        fs::write(self.run_dir.join("results.csv"), results).expect("a ledger is replaced");
        for name in ["failed.csv", "failed.tsv", "failed.jsonl", "summary.json"] {
            let path = self.run_dir.join(name);
            if path.exists() {
                fs::remove_file(path).expect("a file is removed");
            }
        }
    }

    /// The text of results.csv.
    pub(crate) fn results(&self) -> String {
        fs::read_to_string(self.run_dir.join("results.csv")).expect("a ledger")
    }

    /// Fails the test unless each row has that outcome, in the order of the file.
    pub(crate) fn expect_outcomes(&self, expected: &[&str]) {
        let lines = ledger(&self.run_dir);
        let outcomes: Vec<_> = lines.iter().map(|line| &*line.outcome).collect();
        assert_eq!(outcomes, expected, "{:#?}", self.output);
    }
}
