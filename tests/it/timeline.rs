//! `timeline.csv`: what was sent over time, whatever ends the run.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use reamaze_bulk::ledger::read_timeline;
use reamaze_bulk::model::TimelineBucket;
use serde_json::Value;

use super::support::answer::Answer;
use super::support::command::{Signal, summary};
use super::support::sent::{Sent, command, eventually, holding, numbered, send, start};
use super::support::server::Server;

fn timeline(run_dir: &Path) -> Vec<TimelineBucket> {
    read_timeline(&run_dir.join("timeline.csv"))
}

fn requests(buckets: &[TimelineBucket]) -> u64 {
    buckets.iter().map(|bucket| bucket.requests).sum()
}

/// Fails the test unless the buckets add up to the numbers of the summary, or of a pass in it.
fn expect_sums(buckets: &[TimelineBucket], numbers: &Value) {
    assert_eq!(numbers["requests"], requests(buckets), "{buckets:#?}");
    let throttled: u64 = buckets.iter().map(|bucket| bucket.throttled).sum();
    assert_eq!(numbers["throttled"], throttled, "{buckets:#?}");
}

#[test]
fn the_timeline_adds_up_to_the_requests_of_the_summary() {
    let server = Server::start(|request| match (&*request.slug, request.nth) {
        ("row-3", 0) => Answer::text(429, "").header("Retry-After", "1"),
        _ => Answer::echo(request),
    });
    let sent = send(&server, &numbered("row-", 30), "--rate 50/s --workers 2");
    sent.expect_status(0);
    let buckets = timeline(&sent.run_dir);
    expect_sums(&buckets, &sent.summary());
    assert!(buckets.len() > 1, "{buckets:#?}");
    let paused: f64 = buckets.iter().map(|bucket| bucket.paused_s).sum();
    assert!((1.0..20.0).contains(&paused), "{buckets:#?}");
    let file = fs::metadata(sent.run_dir.join("timeline.csv")).expect("a file");
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_timeline_of_a_run_that_is_stopped_has_its_last_requests() {
    let (server, release) = holding("b");
    let run = start(&server, &["a", "b", "c"], "--workers 1");
    server.wait_for_requests(2);
    run.child.signal(Signal::INT);
    run.child.wait_for_stderr("stopping");
    drop(release);
    let sent = run.wait();
    sent.expect_status(130);
    expect_sums(&timeline(&sent.run_dir), &sent.summary());
}

/// A run that is killed after it has written some of its timeline, with the server that it ran against.
fn killed() -> (Server, Sent) {
    let server = Server::start(Answer::echo);
    let run = start(&server, &numbered("row-", 400), "--rate 20/s");
    let run_dir = run.run_dir();
    eventually("two buckets are written", || timeline(&run_dir).len() >= 2);
    let sent = run.end_by(Signal::KILL);
    (server, sent)
}

/// Sends the rest quickly; what it says on standard error.
fn resume(server: &Server, sent: &Sent) -> String {
    let run = command(&sent.workspace, "run --resume out --yes --rate 5000/s");
    let output = run.against(server).output();
    assert_eq!(output.status, 0, "{output:#?}");
    output.stderr
}

#[test]
fn a_killed_run_keeps_its_timeline_and_a_resume_appends_to_it() {
    let (server, sent) = killed();
    let path = sent.run_dir.join("timeline.csv");
    let before = timeline(&sent.run_dir);
    let sent_before = u64::try_from(server.requests().len()).unwrap_or_default();
    assert!(
        (1..=sent_before).contains(&requests(&before)),
        "{before:#?}"
    );
    // A crash may also cut off a line.
    let mut torn = fs::read(&path).expect("a timeline");
    torn.extend(b"2026-01-01T00:00:00Z,1.0");
    fs::write(&path, &torn).expect("a timeline");
    resume(&server, &sent);
    let after = timeline(&sent.run_dir);
    assert!(fs::read(&path).expect("a timeline").starts_with(&torn));
    assert_eq!(after[..before.len()], before);
    expect_sums(&after[before.len()..], &summary(&sent.run_dir)["passes"][1]);
}

#[test]
fn a_timeline_that_cannot_be_written_is_a_warning_once() {
    let (server, sent) = killed();
    let path = sent.run_dir.join("timeline.csv");
    fs::remove_file(&path).expect("a timeline");
    symlink("/dev/null", &path).expect("a link");
    let told = resume(&server, &sent);
    let warnings = told.lines().filter(|line| line.contains("timeline.csv"));
    assert_eq!(warnings.count(), 1, "{told}");
    assert!(told.contains("warning: out/timeline.csv: "), "{told}");
    assert_eq!(timeline(&sent.run_dir), []);
}
