//! A run whose directory is taken away, renamed or replaced stops, says so, and saves what it knows.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs;
use std::path::Path;

use super::support::answer::Answer;
use super::support::command::{Workspace, ledger, summary};
use super::support::sent::{command, done, numbered, start};
use super::support::server::Server;

type Harm = fn(&Path);

fn remove(out: &Path) {
    fs::remove_dir_all(out).expect("a directory is removed");
}

fn rename(out: &Path) {
    fs::rename(out, out.with_file_name("elsewhere")).expect("a directory is renamed");
}

fn replace(out: &Path) {
    rename(out);
    fs::create_dir(out).expect("a directory");
}

fn remove_results(out: &Path) {
    fs::remove_file(out.join("results.csv")).expect("a file is removed");
}

fn save_over_results(out: &Path) {
    let results = out.join("results.csv");
    fs::copy(&results, out.join("saved")).expect("a copy");
    fs::rename(out.join("saved"), results).expect("a file is replaced");
}

fn remove_run_json(out: &Path) {
    fs::remove_file(out.join("run.json")).expect("a file is removed");
}

#[test]
fn a_run_stops_when_its_directory_goes_and_saves_what_it_has_recorded() {
    let harms: [(Harm, &str); 6] = [
        (remove, "out was removed or renamed"),
        (rename, "out was removed or renamed"),
        (replace, "out was replaced"),
        (remove_results, "out/results.csv was removed or renamed"),
        (save_over_results, "out/results.csv was replaced"),
        (remove_run_json, "out/run.json was removed or renamed"),
    ];
    for (harm, told) in harms {
        let server = Server::start(Answer::echo);
        let run = start(&server, &numbered("row-", 200), "--rate 10/s");
        run.wait_for_records(2);
        let out = run.run_dir();
        harm(&out);
        let (workspace, output) = (run.workspace, run.child.wait());
        let text = &output.stderr;
        assert_eq!(output.status, 6, "{told}: {text}");
        for words in [told, "saved in out-saved", "--resume out-saved"] {
            assert!(text.contains(words), "{words:?} in {text}");
        }
        assert!(!text.contains("free disk space"), "{text}");
        let requests = server.requests().len();
        assert!(requests < 100, "it stops soon: {requests} requests");
        // Nothing is lost: what was sent is recorded, and a resume sends the rest.
        let saved = workspace.path().join("out-saved");
        let lines = ledger(&saved);
        assert_eq!(lines.len(), 200);
        let updated = lines.iter().filter(|line| line.outcome == "updated");
        assert_eq!(updated.count(), requests, "{told}");
        assert_eq!(summary(&saved)["stop_reason"], "run_directory_gone");
        let line = "run --resume out-saved --yes --rate 5000/s";
        let output = command(&workspace, line).against(&server).output();
        assert_eq!(output.status, 0, "{output:#?}");
        assert_eq!(server.requests().len(), 200, "{told}");
    }
}

#[test]
fn a_run_that_cannot_save_what_its_directory_held_says_that_and_stops() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&numbered("row-", 200)));
    let options = "--rate 10/s --out there/out";
    let run = command(&workspace, &format!("run rows.csv --yes {options}"));
    let child = run.against(&server).spawn();
    server.wait_for_requests(2);
    let there = workspace.path().join("there");
    fs::rename(&there, workspace.path().join("elsewhere")).expect("a directory is renamed");
    fs::write(&there, "in its place").expect("a file");
    let output = child.wait();
    assert_eq!(output.status, 6, "{output:#?}");
    for words in [
        "there/out was removed or renamed",
        "what it contained cannot be saved (",
        "are lost",
    ] {
        assert!(output.stderr.contains(words), "{words:?} in {output:#?}");
    }
    assert!(!output.stderr.contains("--resume"), "{output:#?}");
    let requests = server.requests().len();
    assert!(requests < 100, "it stops soon: {requests} requests");
}
