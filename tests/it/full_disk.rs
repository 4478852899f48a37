//! A disk that is full in the middle of a run: a limit on the size of files plays it, without root.

use super::support::answer::Answer;
use super::support::command::{Workspace, ledger};
use super::support::sent::{Sent, done, numbered};
use super::support::server::Server;

const WORKERS: usize = 4;

/// Runs a file while no file may grow beyond 16 KiB (of 32 blocks: a block is 512 bytes for `sh`).
fn send_to_full_disk(server: &Server, rows: &str) -> Sent {
    let workspace = Workspace::new();
    workspace.write("rows.csv", rows);
    let limit = r#"trap "" XFSZ; ulimit -f 32"#;
    let words = "run rows.csv --out out --yes --rate 5000/s --max-failures none --workers 4";
    let words: Vec<_> = words.split(' ').collect();
    let output = workspace
        .command_after(limit, &words)
        .against(server)
        .output();
    let run_dir = workspace.path().join("out");
    Sent {
        workspace,
        output,
        run_dir,
    }
}

#[test]
fn a_full_disk_stops_a_run_that_goes_on_once_there_is_room() {
    let server = Server::start(Answer::echo);
    let slugs = numbered("row-", 900);
    let sent = send_to_full_disk(&server, &done(&slugs));
    sent.expect_status(6);
    let stderr = &sent.output.stderr;
    for words in ["results.csv", "cannot write results", "--resume out"] {
        assert!(stderr.contains(words), "{words:?} in {stderr}");
    }
    assert!(sent.results().ends_with('\n'), "the ledger ends whole");
    let recorded = ledger(&sent.run_dir).len();
    assert!((150..600).contains(&recorded), "{recorded} rows");
    let came = server.slugs().len();
    assert!(
        came <= recorded + WORKERS,
        "{came} sent, {recorded} recorded"
    );
    let (sent, _) = sent.resume(&server, "");
    sent.expect_status(0);
    assert_eq!(ledger(&sent.run_dir).len(), 900);
    let repeats = server.slugs().len() - 900;
    assert!(repeats <= WORKERS, "{repeats} rows sent twice");
}

#[test]
fn a_disk_that_has_no_room_for_the_failed_rows_loses_no_outcome() {
    let server = Server::start(|_| Answer::text(422, &"no ".repeat(50)));
    let rows: Vec<_> = (0..15)
        .map(|row| format!("row-{row},{}\n", "x".repeat(1060)))
        .collect();
    let rows = format!("slug,data.note\n{}", rows.concat());
    assert!((15_900..16_384).contains(&rows.len()), "{}", rows.len());
    let sent = send_to_full_disk(&server, &rows);
    sent.expect_status(6);
    let stderr = &sent.output.stderr;
    for words in ["failed.csv", "--resume out"] {
        assert!(stderr.contains(words), "{words:?} in {stderr}");
    }
    let (sent, slugs) = sent.resume(&server, "");
    sent.expect_status(1);
    assert!(slugs.is_empty(), "{slugs:?}");
    sent.expect_outcomes(&["rejected"; 15]);
    let failed = sent.failed("csv").expect("rows to feed back");
    assert_eq!(failed.lines().count(), 16);
}
