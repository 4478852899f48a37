//! `before.jsonl` as a crash leaves it: what a resume makes of it, and that the sums include it.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, mpsc};

use serde_json::{Value, json};

use super::support::account::Account;
use super::support::answer::Answer;
use super::support::command::{ledger, summary};
use super::support::resumed::{HEADER, begun, record};
use super::support::sent::{Sent, done, start};
use super::support::server::Server;

/// A line of before.jsonl, of a request after any that `record` records.
fn image(line: u64, slug: &str) -> String {
    let image = json!({
        "line": line, "slug": slug, "attempts": 2, "read_at": "2025-01-02T00:00:00Z",
        "before": {"status": "0"}, "after": {"status": "2"},
    });
    format!("{image}\n")
}

/// A run of four rows that was killed, with this in its ledger and among its images.
fn killed(server: &Server, results: &str, images: &str, options: &str) -> Sent {
    let sent = begun(server, "rows.csv", &done(&["a", "b", "c", "d"]), options);
    sent.crash(format!("{HEADER}{results}"));
    fs::write(sent.run_dir.join("before.jsonl"), images).expect("images");
    sent
}

#[test]
fn a_row_that_was_in_flight_is_recorded_as_unknown_before_anything_is_sent() {
    let server = Server::start(Answer::echo);
    let results = record(2, "a", "updated") + &record(4, "c", "failed");
    let images = image(2, "a") + &image(3, "b") + &image(4, "c");
    let sent = killed(&server, &results, &images, "");
    let (sent, slugs) = sent.resume(&server, "--limit 1");
    // Never tried ones come first.
    assert_eq!(slugs, ["d"]);
    sent.expect_status(4);
    sent.expect_outcomes(&["updated", "unknown", "unknown", "updated"]);
    for line in &ledger(&sent.run_dir)[1..3] {
        let reasons = &line.reasons;
        assert!(
            reasons.contains("killed while this row was in flight"),
            "{reasons}"
        );
    }
    let summary = summary(&sent.run_dir);
    assert_eq!(summary["counts"]["unknown"], 2, "{summary:#}");
}

#[test]
fn a_resume_that_only_looks_counts_such_rows_and_writes_nothing() {
    let server = Server::start(Answer::echo);
    let sent = killed(&server, &record(2, "a", "updated"), &image(3, "b"), "");
    let before = sent.results();
    let output = sent
        .resumption("--dry-run --json")
        .against(&server)
        .output();
    assert_eq!(output.status, 0, "{output:#?}");
    assert_eq!(sent.results(), before);
    let document: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(document["rows"], 3, "{document:#}");
}

#[test]
fn an_image_of_a_row_that_is_not_in_the_input_is_named() {
    let server = Server::start(Answer::echo);
    for (images, words) in [
        (
            image(3, "other"),
            "before.jsonl:1: slug: `other`, and line 3 of input.csv has `b`",
        ),
        (
            image(2, "a") + &image(9, "b"),
            "before.jsonl:2: line: no row starts on line 9",
        ),
        (
            image(2, "a") + "{}\n" + &image(3, "b"),
            "before.jsonl:2: is not a before-image",
        ),
    ] {
        let sent = killed(&server, "", &images, "");
        let (sent, slugs) = sent.resume(&server, "");
        sent.expect_status(6);
        assert!(slugs.is_empty());
        assert!(sent.output.stderr.contains(words), "{:#?}", sent.output);
    }
}

#[test]
fn a_run_that_reads_first_is_not_continued_without_the_images_of_what_it_sent() {
    let server = Server::start(|_| Answer::text(404, ""));
    let results =
        record(2, "a", "updated") + &record(3, "b", "unknown") + &record(4, "c", "failed");
    let all = image(2, "a") + &image(3, "b");
    for (images, words) in [
        (image(2, "a"), "has no before-image of the row on line 3"),
        (image(3, "b"), "has no before-image of the row on line 2"),
        (String::new(), "is missing"),
    ] {
        let sent = killed(&server, &results, &images, "--read-first");
        let path = sent.run_dir.join("before.jsonl");
        if images.is_empty() {
            fs::remove_file(&path).expect("a file");
        }
        let requests = server.requests().len();
        for look in ["", "--dry-run"] {
            let output = sent.resumption(look).against(&server).output();
            assert_eq!(output.status, 6, "{output:#?}");
            assert!(
                output.stderr.contains(&format!("before.jsonl: {words}")),
                "{output:#?}"
            );
        }
        assert_eq!(server.requests().len(), requests);
        fs::write(&path, &all).expect("a backup");
        let output = sent.resumption("").against(&server).output();
        assert_eq!(output.status, 1, "{output:#?}");
    }
}

#[test]
fn images_that_are_removed_during_a_run_are_missed_at_once_and_saved() {
    let account = Account::new([("a", json!({})), ("b", json!({}))]);
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let server = Server::start(move |request| {
        if request.slug == "b" {
            // The end of the other side is what is waited for.
            let _ = held.lock().expect("one waits at a time").recv();
        }
        account.answer(request)
    });
    let started = start(&server, &["a", "b"], "--read-first --workers 1");
    server.wait_for_requests(3);
    let file = started.run_dir().join("before.jsonl");
    let images = fs::read_to_string(&file).expect("images");
    fs::remove_file(&file).expect("images");
    started
        .child
        .wait_for_stderr("before.jsonl was removed or renamed during the run");
    drop(release);
    let (saved, output) = (
        started.workspace.path().join("out-saved"),
        started.child.wait(),
    );
    assert_eq!(output.status, 6, "{output:#?}");
    let saved = fs::read_to_string(saved.join("before.jsonl")).expect("images");
    assert_eq!(saved, images);
}

#[test]
fn images_are_saved_with_the_ledger_when_the_run_directory_is_removed() {
    let run_dir = Arc::new(OnceLock::<PathBuf>::new());
    let removed = Arc::clone(&run_dir);
    let server = Server::start(move |request| {
        if let Some(run_dir) = removed.get() {
            let _ = fs::remove_dir_all(run_dir);
        }
        Answer::echo(request)
    });
    let images = image(2, "a");
    let sent = killed(&server, &record(2, "a", "updated"), &images, "");
    run_dir.set(sent.run_dir.clone()).expect("set once");
    let output = sent.resumption("--workers 1").against(&server).output();
    assert_eq!(output.status, 6, "{output:#?}");
    let saved = sent.workspace.path().join("out-saved/before.jsonl");
    assert_eq!(fs::read_to_string(saved).expect("images"), images);
}
