//! How a selection ends: a file that is whole or not there at all, whatever ends it; and how fast it asks.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::command::{Signal, Workspace, ledger};
use super::support::generated::conversations;
use super::support::moving::{Habits, MovingAccount, parameters};
use super::support::request::Request;
use super::support::selected::{rows, select};
use super::support::sent::{command, tree};
use super::support::server::Server;

fn account(count: usize) -> Arc<MovingAccount> {
    Arc::new(MovingAccount::new(
        Habits::default(),
        conversations(5, count),
    ))
}

/// A server that never answers to this page.
fn stuck_at(account: &Arc<MovingAccount>, page: &'static str) -> Server {
    let account = Arc::clone(account);
    Server::start(move |request: &Request| {
        let (_, query) = request.path.split_once('?').unwrap_or_default();
        match parameters(query).get("page") {
            Some(asked) if asked == page => Answer::hang(),
            _ => account.answer(request),
        }
    })
}

#[test]
fn a_selection_that_is_ended_leaves_no_file() {
    for (signal, status) in [
        (Signal::KILL, -9),
        (Signal::TERM, 143),
        (Signal::INT, 130),
        (Signal::HUP, 129),
    ] {
        let server = stuck_at(&account(300), "5");
        let workspace = Workspace::new();
        let child = select(&workspace, &server, "-o out.csv --timeout 2s").spawn();
        server.wait_for_requests(5);
        child.signal(signal);
        let output = child.wait();
        assert_eq!(output.status, status, "{output:?}");
        let left = tree(workspace.path());
        assert!(left.is_empty(), "{signal:?}: {left:?}");
    }
}

#[test]
fn a_second_signal_ends_a_selection_at_once_and_leaves_no_file() {
    let server = stuck_at(&account(300), "5");
    let workspace = Workspace::new();
    let child = select(&workspace, &server, "-o out.csv --timeout 10m").spawn();
    server.wait_for_requests(5);
    child.signal(Signal::INT);
    child.wait_for_stderr("SIGINT");
    child.signal(Signal::INT);
    assert_eq!(child.wait().status, 130);
    assert!(tree(workspace.path()).is_empty());
}

#[test]
fn an_existing_file_is_refused_before_anything_is_asked() {
    let account = account(30);
    let server = account.serve();
    let workspace = Workspace::new();
    workspace.write("out.csv", "mine\n");
    let output = select(&workspace, &server, "-o out.csv").output();
    assert_eq!(output.status, 2, "{output:?}");
    assert!(output.stderr.contains("out.csv"), "{output:?}");
    assert_eq!(workspace.read("out.csv"), "mine\n");
    let output = select(&workspace, &server, "-o nowhere/out.csv").output();
    assert_eq!(output.status, 2, "{output:?}");
    assert!(account.pages().is_empty());
}

#[test]
fn a_file_that_appears_meanwhile_is_not_replaced() {
    let account = account(90);
    let answering = Arc::clone(&account);
    let workspace = Workspace::new();
    let path = workspace.path().join("out.csv");
    let theirs = path.clone();
    let server = Server::start(move |request: &Request| {
        fs::write(&theirs, "theirs\n").expect("a file");
        answering.answer(request)
    });
    let output = select(&workspace, &server, "-o out.csv").output();
    assert_eq!(output.status, 2, "{output:?}");
    assert_eq!(workspace.read("out.csv"), "theirs\n");
    assert_eq!(tree(workspace.path()), [path]);
}

#[test]
fn pages_and_their_retries_are_asked_for_at_the_rate() {
    let account = account(900);
    let answering = Arc::clone(&account);
    let requests = AtomicUsize::new(0);
    let server = Server::start(move |request: &Request| {
        match requests.fetch_add(1, Ordering::Relaxed) % 10 {
            9 => Answer::json(500, &json!({})),
            _ => answering.answer(request),
        }
    });
    let workspace = Workspace::new();
    let output = select(&workspace, &server, "-o out.csv --rate 20/s --workers 8").output();
    assert_eq!(output.status, 0, "{output:?}");
    let arrivals: Vec<_> = server.requests().iter().map(|request| request.at).collect();
    assert!(arrivals.len() > 31, "{} requests", arrivals.len());
    // What a busy machine delivers late arrives together: all that is in flight at most.
    for (first, last) in arrivals.iter().zip(arrivals.iter().skip(20)) {
        let time = last.duration_since(*first);
        assert!(
            time >= Duration::from_millis(580),
            "21 requests within {time:?}"
        );
    }
    let (first, last) = (arrivals[0], arrivals[arrivals.len() - 1]);
    let fastest = Duration::from_millis(50) * u32::try_from(arrivals.len() - 1).expect("few");
    let time = last.duration_since(first);
    assert!(
        time + Duration::from_millis(450) >= fastest,
        "{} in {time:?}",
        arrivals.len()
    );
}

#[test]
fn a_throttled_selection_waits_as_long_as_it_is_told_to() {
    let account = account(300);
    let answering = Arc::clone(&account);
    let requests = AtomicUsize::new(0);
    let server =
        Server::start(
            move |request: &Request| match requests.fetch_add(1, Ordering::Relaxed) {
                4 => Answer::json(429, &json!({})).header("retry-after", "2"),
                _ => answering.answer(request),
            },
        );
    let workspace = Workspace::new();
    let line = "-o out.jsonl --workers 1 --rate 100/s";
    let output = select(&workspace, &server, line).output();
    assert_eq!(output.status, 0, "{output:?}");
    assert!(output.stderr.contains("429"), "{output:?}");
    assert_eq!(rows(&workspace, "out.jsonl").len(), 300);
    let requests = server.requests();
    let pause = requests[5].at.duration_since(requests[4].at);
    assert!(pause >= Duration::from_millis(1900), "{pause:?}");
}

#[test]
fn a_selection_is_piped_into_a_run_of_the_same_account() {
    let account = account(95);
    let server = account.serve();
    let workspace = Workspace::new();
    let selected = select(&workspace, &server, "-o - --tag vip -q").output();
    assert_eq!(
        (selected.status, selected.stderr.as_str()),
        (0, ""),
        "{selected:?}"
    );
    let run = command(
        &workspace,
        "run - --set status=done --set add_tags=seen --yes --out out --rate 2000/s",
    );
    let output = run.against(&server).stdin(selected.stdout).output();
    assert_eq!(output.status, 0, "{output:?}");
    let lines = ledger(&workspace.path().join("out"));
    let is_vip = |found: &Value| {
        let tags = found["tag_list"].as_array().expect("tags");
        tags.iter().any(|tag| tag == "vip" || tag == "VIP")
    };
    let now = account.stayed();
    let expected = now.values().filter(|found| is_vip(found)).count();
    assert!(
        expected > 10 && lines.len() == expected,
        "{expected} {}",
        lines.len()
    );
    for conversation in now.values() {
        let tags = conversation["tag_list"].as_array().expect("tags");
        let is_seen = tags.iter().any(|tag| tag == "seen") && conversation["status"] == 2;
        assert_eq!(is_seen, is_vip(conversation), "{conversation}");
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let account = account(3000);
    let server = account.serve();
    let workspace = Workspace::new();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let child = select(&workspace, &server, "-o -").stdout(writer).spawn();
    drop(reader);
    let output = child.wait();
    assert_eq!(output.status, 0, "{output:?}");
    assert!(!output.stderr.contains("cannot write"), "{output:?}");
}
