//! Hosts that cannot be reached or do not answer: the user sees what is wrong, and which try it is.

use std::time::Duration;

use serde_json::Value;

use super::support::answer::Answer;
use super::support::command::{Run, Workspace};
use super::support::sent::{command, done, numbered, send};
use super::support::server::Server;
use super::support::tls::Listener;

const REFUSED: &str = "retrying (try 2 of 3): cannot connect to the server: connection refused";

/// A run to an address where nobody listens, of as many tries as show themselves.
fn refused(workspace: &Workspace, options: &str) -> Run {
    workspace.write("rows.csv", done(&numbered("row-", 5)));
    let nobody = Listener::start(drop).port();
    let line = format!(
        "run rows.csv --yes --workers 1 --retries 2 --base-url http://127.0.0.1:{nobody}/api/v1 {options}"
    );
    command(workspace, &line)
        .env("REAMAZE_EMAIL", "agent@example.com")
        .env("REAMAZE_API_TOKEN", "test-token")
}

/// Answers about `row-1` after so long, and all others at once.
fn slow(delay: Duration) -> Server {
    Server::start(move |request| match &*request.slug {
        "row-1" => Answer::echo(request).delay(delay),
        _ => Answer::echo(request),
    })
}

#[test]
fn a_bar_shows_why_it_retries_and_which_try_comes() {
    let workspace = Workspace::new();
    let (_, shown) = refused(&workspace, "").on_terminal("");
    assert!(shown.contains(REFUSED), "{shown}");
}

#[test]
fn a_bar_shows_for_how_long_no_answer_has_come() {
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&numbered("row-", 2)));
    let server = slow(Duration::from_millis(3500));
    let run = command(&workspace, "run rows.csv --yes --workers 1").against(&server);
    let (status, shown) = run.on_terminal("");
    assert_eq!(status, 0, "{shown}");
    assert!(shown.contains("no answer for "), "{shown}");
    assert!(shown.contains("s (try 1 of 6)"), "{shown}");
    assert!(shown.contains("2 updated"), "{shown}");
}

#[test]
fn without_a_terminal_a_host_that_cannot_be_reached_is_one_line() {
    let workspace = Workspace::new();
    let text = refused(&workspace, "").output().stderr;
    assert_eq!(text.matches("retrying (try ").count(), 1, "{text}");
    assert!(text.contains("of 3): cannot connect to the server: connection refused\n"));
    let workspace = Workspace::new();
    let text = refused(&workspace, "-q").output().stderr;
    assert!(!text.contains("retrying (try "), "{text}");
}

#[test]
fn errors_that_pass_at_once_are_not_worth_a_line() {
    let server = Server::start(|request| match request.nth {
        0 => Answer::text(500, ""),
        _ => Answer::echo(request),
    });
    let sent = send(&server, &numbered("row-", 20), "");
    sent.expect_status(0);
    let text = &sent.output.stderr;
    assert!(!text.contains("(try "), "{text}");
}

#[test]
fn a_program_is_told_as_events() {
    let events = |text: &str, name: &str| -> Vec<Value> {
        let events = text.lines().map(serde_json::from_str);
        let events = events.map(|event: Result<Value, _>| event.expect("JSON"));
        events.filter(|event| event["event"] == name).collect()
    };
    let workspace = Workspace::new();
    let text = refused(&workspace, "--log-format json").output().stderr;
    let [retrying] = events(&text, "retrying").try_into().expect("one event");
    assert_eq!(
        retrying["said"],
        "cannot connect to the server: connection refused"
    );
    assert_eq!(retrying["tries"], 3);
    assert!((2..=3).contains(&retrying["attempt"].as_u64().expect("a number")));
    let server = slow(Duration::from_secs(3));
    let sent = send(&server, &["row-1"], "--log-format json");
    let [waiting] = events(&sent.output.stderr, "waiting")
        .try_into()
        .expect("one event");
    assert_eq!(
        (&waiting["attempt"], &waiting["tries"]),
        (&1.into(), &6.into())
    );
    assert!(waiting["waited_s"].as_f64().expect("seconds") >= 1.5);
}
