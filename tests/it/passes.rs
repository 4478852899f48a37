//! summary.json of a run in several passes: totals over all of them, and each by itself.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs;

use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::command::Signal;
use super::support::resumed::{cut_short, recorded};
use super::support::sent::{Sent, holding, numbered, send, start};
use super::support::server::Server;

/// Each pass as `EXIT_STATUS STOP_REASON REQUESTS RETRIES THROTTLED`; `-` for null.
fn passes(summary: &Value) -> Vec<String> {
    let passes = summary["passes"].as_array().expect("passes");
    let told = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let fields = [
        "exit_status",
        "stop_reason",
        "requests",
        "retries",
        "throttled",
    ];
    let pass = |pass: &Value| fields.map(|field| told(&pass[field])).join(" ");
    passes.iter().map(pass).collect()
}

/// In troubled waters: a server error, a 429, a refusal, and a row that never works.
fn troubled() -> Server {
    Server::start(|request| match (&*request.slug, request.nth) {
        ("row-0", 0) => Answer::text(500, ""),
        ("row-1", 0) => Answer::text(429, "").header("Retry-After", "1"),
        ("row-2", _) => Answer::text(422, "no"),
        ("row-3", 0..=2) => Answer::text(502, ""),
        _ => Answer::echo(request),
    })
}

#[test]
fn numbers_are_totals_over_all_passes_and_each_pass_has_its_own() {
    let server = troubled();
    let options = "--limit 4 --workers 1 --retries 1";
    let sent = send(&server, &numbered("row-", 6), options);
    sent.expect_status(4);
    let first = sent.summary();
    assert_eq!(passes(&first), ["4 limit 7 2 1"]);
    let (sent, _) = sent.resume(&server, "--limit 1");
    let (sent, _) = sent.resume(&server, "--json");
    sent.expect_status(1);
    let last = sent.summary();
    assert_eq!(
        passes(&last),
        ["4 limit 7 2 1", "4 limit 1 0 0", "1 - 3 1 0"]
    );
    assert_eq!(
        [&last["requests"], &last["retries"], &last["throttled"]],
        [11, 3, 1]
    );
    assert_eq!(server.requests().len(), 11);
    assert_eq!(last["started_at"], first["started_at"]);
    assert_eq!(last["started_at"], last["passes"][0]["started_at"]);
    assert_eq!(last["finished_at"], last["passes"][2]["finished_at"]);
    assert_eq!(last["passes"][0], first["passes"][0], "kept as it was");
    assert_eq!(
        [&last["exit_status"], &last["stop_reason"]],
        [&json!(1), &Value::Null]
    );
    let printed: Value = serde_json::from_str(&sent.output.stdout).expect("one document");
    assert_eq!(printed, last);
    // People are told of this pass, and of the whole.
    let told = "3 requests at ";
    assert!(sent.output.stderr.contains(told), "{}", sent.output.stderr);
    let told = "11 requests over 3 passes";
    assert!(sent.output.stderr.contains(told), "{}", sent.output.stderr);
}

#[test]
fn a_resume_with_nothing_due_changes_no_number() {
    let server = troubled();
    let sent = send(
        &server,
        &numbered("row-", 3),
        "--workers 1 --metrics m.prom",
    );
    sent.expect_status(1);
    let text = |sent: &Sent| sent.workspace.read("out/summary.json");
    let (before, failed) = (text(&sent), sent.failed("csv"));
    fs::remove_file(sent.run_dir.join("failed.csv")).expect("a file");
    let (sent, slugs) = sent.resume(&server, "--json --metrics m.prom");
    sent.expect_status(1);
    assert!(slugs.is_empty());
    assert_eq!(text(&sent), before);
    assert_eq!(sent.failed("csv"), failed);
    let printed: Value = serde_json::from_str(&sent.output.stdout).expect("one document");
    assert_eq!(printed, sent.summary());
    let metrics = sent.workspace.read("m.prom");
    for metric in [
        "reamaze_bulk_requests{name=\"m\"} 5",
        "reamaze_bulk_throttled{name=\"m\"} 1",
    ] {
        assert!(metrics.contains(metric), "{metric} in {metrics}");
    }
}

#[test]
fn a_pass_that_was_killed_is_there_with_what_the_ledger_proves() {
    let (server, release) = holding("c");
    let run = start(&server, &["a", "b", "c", "d"], "--workers 1");
    server.wait_for_requests(3);
    run.wait_for_records(2);
    let open = serde_json::from_str::<Value>(&run.workspace.read("out/summary.json"));
    let open = open.expect("JSON while the run goes on");
    assert_eq!(passes(&open), ["- - - - -"]);
    assert_eq!(
        [&open["exit_status"], &open["finished_at"]],
        [&Value::Null; 2]
    );
    assert_eq!(open["rows"], 4);
    let sent = run.end_by(Signal::KILL);
    drop(release);
    let (sent, slugs) = sent.resume(&server, "");
    sent.expect_status(0);
    assert_eq!(slugs, ["c", "d"]);
    let summary = sent.summary();
    assert_eq!(passes(&summary), ["- - 2 - -", "0 - 2 0 0"]);
    assert!(summary["passes"][0]["started_at"].is_string());
    assert_eq!([&summary["requests"], &summary["exit_status"]], [4, 0]);
}

#[test]
fn a_run_that_was_killed_when_all_was_recorded_is_finished_by_a_resume() {
    let server = Server::start(Answer::echo);
    let sent = send(&server, &["a", "b"], "");
    let mut summary = sent.summary();
    for field in ["exit_status", "finished_at", "requests"] {
        summary["passes"][0][field] = Value::Null;
    }
    summary["exit_status"] = Value::Null;
    sent.workspace
        .write("out/summary.json", summary.to_string());
    let (sent, _) = sent.resume(&server, "");
    sent.expect_status(0);
    let summary = sent.summary();
    assert_eq!(passes(&summary), ["- - 2 0 0"]);
    let last = sent.ledger().into_iter().map(|line| line.finished_at).max();
    assert_eq!(summary["finished_at"].as_str(), last.as_deref());
}

#[test]
fn reads_are_kept_from_pass_to_pass_and_unknown_of_runs_from_before_there_were_any() {
    for (before, total, shown) in [
        (json!(1), 1, "2 requests (1 read) over 2 passes"),
        (Value::Null, 0, "2 requests over 2 passes"),
    ] {
        let server = Server::start(|request| match request.slug.as_str() {
            "b" => Answer::text(422, ""),
            _ => Answer::echo(request),
        });
        let sent = send(&server, &["a", "b"], "--limit 1 --workers 1");
        let mut summary = sent.summary();
        assert_eq!([&summary["reads"], &summary["passes"][0]["reads"]], [0, 0]);
        for path in ["/passes/0", ""] {
            let pass = summary.pointer_mut(path);
            let pass = pass.and_then(Value::as_object_mut).expect("an object");
            match &before {
                Value::Null => pass.remove("reads"),
                reads => pass.insert("reads".to_owned(), reads.clone()),
            };
        }
        let text = summary.to_string();
        sent.workspace.write("out/summary.json", text);
        let (sent, _) = sent.resume(&server, "");
        sent.expect_status(1);
        let summary = sent.summary();
        let reads = [0, 1].map(|pass| summary["passes"][pass]["reads"].clone());
        assert_eq!(reads, [before, json!(0)]);
        assert_eq!(summary["reads"], total);
        let stderr = &sent.output.stderr;
        assert!(stderr.contains(shown), "{shown:?} in {stderr}");
    }
}

#[test]
fn a_summary_that_is_gone_or_damaged_is_made_again_from_the_ledger() {
    let server = Server::start(Answer::echo);
    let huge = format!("{{\"x\": \"{}\"}}", "x".repeat(5 << 20));
    for damage in [
        None,
        Some(""),
        Some("{"),
        Some("[]"),
        Some("{\"passes\": 7}"),
        Some(&*huge),
    ] {
        let sent = cut_short(&server, &["a", "b", "c"], &["updated", "unknown"], "");
        if let Some(damage) = damage {
            sent.workspace.write("out/summary.json", damage);
        }
        let (sent, slugs) = sent.resume(&server, "");
        assert_eq!(slugs, ["b", "c"]);
        sent.expect_status(0);
        let told = "summary.json: ";
        assert!(sent.output.stderr.contains(told), "{:?}", sent.output);
        let summary = sent.summary();
        // What the ledger shows of before: one request and six.
        assert_eq!(passes(&summary), ["- - 7 - -", "0 - 2 0 0"]);
        assert_eq!(summary["requests"], 9);
        let run: Value = serde_json::from_str(&sent.workspace.read("out/run.json")).expect("JSON");
        let started = run["created_at"].as_str().expect("a time");
        assert!(started.starts_with(&summary["started_at"].as_str().expect("a time")[..19]));
    }
}

#[test]
fn attempts_count_every_request_for_a_row_over_all_passes() {
    let server = Server::start(|request| match request.nth {
        0..=2 => Answer::text(500, ""),
        _ => Answer::echo(request),
    });
    let sent = send(&server, &["a"], "--retries 1");
    assert_eq!(sent.line("a").attempts, 2);
    let (sent, _) = sent.resume(&server, "");
    sent.expect_status(0);
    assert_eq!(sent.line("a").attempts, 4);
    assert_eq!(sent.summary()["requests"], 4);
}

#[test]
fn a_run_that_is_refused_or_declined_leaves_the_numbers_of_before() {
    let server = Server::start(Answer::echo);
    let sent = send(&server, &["a", "b"], "--limit 1");
    let before = sent.workspace.read("out/summary.json");
    let results = sent.results();
    let outcomes = recorded(&["a", "x"], &["updated", "not_sent"]);
    fs::write(sent.run_dir.join("results.csv"), outcomes).expect("a ledger");
    let output = sent.resumption("").against(&server).output();
    assert_eq!(output.status, 6, "{output:#?}");
    fs::write(sent.run_dir.join("results.csv"), results).expect("a ledger");
    let output = sent.resumption("--set status=4").against(&server).output();
    assert_eq!(output.status, 2, "{output:#?}");
    assert_eq!(sent.workspace.read("out/summary.json"), before);
}
