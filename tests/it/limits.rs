//! When a run stops by itself: limits that were asked for, and signs that something is wrong beyond
//! the rows. It says why, condemns no row that is not to blame, and leaves its files complete.

use std::net::TcpListener;

use serde_json::json;

use super::support::answer::Answer;
use super::support::command::Workspace;
use super::support::resumed::cut_short;
use super::support::sent::{
    Sent, command, done, holding, numbered, send, send_file, start, to_out,
};
use super::support::server::Server;

/// Answers every request with that status, save for slugs that begin with `ok`.
fn answering(status: u16) -> Server {
    Server::start(move |request| {
        if request.slug.starts_with("ok") {
            Answer::echo(request)
        } else {
            Answer::text(status, "")
        }
    })
}

/// Fails the test unless the run stopped for that reason, and says so with these words.
fn expect_stop(sent: &Sent, status: i32, reason: &str, words: &str) {
    sent.expect_status(status);
    assert_eq!(sent.summary()["stop_reason"], reason, "{:#?}", sent.output);
    let stderr = &sent.output.stderr;
    assert!(stderr.contains(words), "{words:?} in {stderr}");
    assert!(stderr.contains("--resume"), "{stderr}");
}

/// How many rows came to `outcome`.
fn count(sent: &Sent, outcome: &str) -> usize {
    let lines = sent.ledger();
    lines.iter().filter(|line| line.outcome == outcome).count()
}

/// Fails the test unless so many came, or one more that was in flight by then.
fn expect_about(expected: usize, count: usize, case: &str) {
    let range = expected..=expected + 1;
    assert!(range.contains(&count), "{count} for {expected}: {case}");
}

#[test]
fn a_number_that_is_none_is_told_with_what_would_be_right() {
    let workspace = Workspace::new();
    for (line, why) in [
        ("run r.csv --max-rows 5k", "whole number of rows, like 5000"),
        ("run r.csv --max-rows=-1", "whole number of rows, like 5000"),
        ("run r.csv --limit 0", "whole number of rows, 1 or more"),
        ("run r.csv --limit x", "whole number of rows, 1 or more"),
        ("run r.csv --retries 1001", "whole number from 0 to 1000"),
        ("run r.csv --workers 0", "whole number from 1 to 256"),
        ("sandbox --port 65536", "whole number from 0 to 65535"),
        ("sandbox --port http", "whole number from 0 to 65535"),
    ] {
        let output = command(&workspace, line).output();
        assert_eq!(output.status, 2, "{line}: {output:#?}");
        let told = format!(">': expected a {why}\n");
        assert!(output.stderr.contains(&told), "{line}: {output:#?}");
    }
}

const ALONE: &str = "--workers 1 --retries 0";

#[test]
fn a_limit_sends_the_first_rows_that_are_due() {
    let server = Server::start(Answer::echo);
    let rows = "slug,status\nbad,99\nb,2\nc,2\nd,2\n";
    let options = "--limit 2 --skip-invalid --workers 1";
    let sent = send_file(&server, "rows.csv", rows, options);
    expect_stop(&sent, 4, "limit", "--limit");
    assert_eq!(server.slugs(), ["b", "c"]);
    assert_eq!(
        sent.outcomes(),
        ["bad invalid", "b updated", "c updated", "d not_sent"]
    );
    let resumed = cut_short(
        &server,
        &["a", "b", "c", "d"],
        &["rejected", "-", "failed"],
        "",
    );
    let (resumed, slugs) = resumed.resume(&server, "--limit 2");
    expect_stop(&resumed, 4, "limit", "--limit");
    assert_eq!(slugs, ["b", "d"]);
}

#[test]
fn a_limit_that_is_not_reached_stops_nothing() {
    for limit in [2, 3, 1_000_000] {
        let server = Server::start(Answer::echo);
        let sent = send(&server, &["a", "b"], &format!("--limit {limit}"));
        sent.expect_status(0);
        assert!(sent.summary()["stop_reason"].is_null());
    }
}

#[test]
fn a_run_stops_when_its_time_is_over_and_finishes_what_is_in_flight() {
    let (server, release) = holding("b");
    let slugs = numbered("row-", 3);
    let slugs = [&["a".to_owned(), "b".to_owned()], &slugs[..]].concat();
    let run = start(&server, &slugs, "--workers 1 --max-duration 1s");
    server.wait_for_requests(2);
    run.child.wait_for_stderr("--max-duration");
    drop(release);
    let sent = run.wait();
    expect_stop(&sent, 4, "max_duration", "--max-duration");
    assert_eq!(count(&sent, "updated"), 2);
    assert_eq!(count(&sent, "not_sent"), 3);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn the_time_of_a_run_ends_its_waits() {
    for (options, answer) in [
        ("--rate 1/m", Answer::text(200, "{}")),
        ("", Answer::text(429, "").header("Retry-After", "600")),
    ] {
        let server = Server::start(move |_| answer.clone());
        let options = format!("--workers 2 --max-duration 1s {options}");
        let sent = send(&server, &numbered("row-", 9), &options);
        expect_stop(&sent, 4, "max_duration", "--max-duration");
        assert!(server.requests().len() <= 2);
    }
}

#[test]
fn a_run_stops_past_so_many_failures_of_whatever_kind() {
    for (status, outcome) in [
        (422, "rejected"),
        (404, "not_found"),
        (400, "failed"),
        (500, "unknown"),
    ] {
        let server = answering(status);
        let slugs = ["ok", "a", "ok-2", "b", "ok-3", "c", "ok-4", "d"];
        let sent = send(&server, &slugs, &format!("{ALONE} --max-failures 2"));
        expect_stop(&sent, 6, "too_many_failures", "--max-failures");
        assert_eq!(count(&sent, outcome), 3);
        expect_about(6, server.requests().len(), outcome);
    }
}

#[test]
fn as_many_failures_as_allowed_stop_nothing() {
    for allowed in ["2", "50%", "100%", "none"] {
        let server = answering(422);
        let options = format!("{ALONE} --max-failures {allowed}");
        let sent = send(&server, &["a", "ok", "b", "ok-2"], &options);
        sent.expect_status(1);
        assert_eq!(count(&sent, "rejected"), 2, "{allowed}");
    }
}

#[test]
fn a_share_of_failures_counts_from_the_fiftieth_row_on() {
    for (options, requests, status) in [
        ("", 50, 6),
        ("--max-failures 50%", 50, 6),
        ("--max-failures 99.5%", 50, 6),
        ("--max-failures 100%", 60, 1),
        ("--max-failures none", 60, 1),
    ] {
        let server = answering(422);
        let sent = send(
            &server,
            &numbered("row-", 60),
            &format!("{ALONE} {options}"),
        );
        sent.expect_status(status);
        expect_about(requests, server.requests().len(), options);
        expect_about(requests, count(&sent, "rejected"), options);
    }
}

#[test]
fn rows_that_are_invalid_are_no_failures_of_the_run() {
    let server = answering(422);
    let rows = "slug,status\na,99\nb,99\nok,2\nc,99\nok-2,2\n";
    let sent = send_file(&server, "rows.csv", rows, "--skip-invalid --max-failures 0");
    sent.expect_status(1);
    assert_eq!(count(&sent, "updated"), 2);
}

#[test]
fn twenty_rows_in_trouble_one_after_the_other_mean_a_server_that_is_down() {
    let options = format!("{ALONE} --max-failures none");
    let server = answering(500);
    let slugs = [numbered("ok-", 2), numbered("row-", 30)].concat();
    let sent = send(&server, &slugs, &options);
    expect_stop(&sent, 6, "server_down", "HTTP 500 Internal Server Error");
    expect_about(22, server.requests().len(), "2 were fine");
    expect_about(9, count(&sent, "not_sent"), "the rest");
    let slugs = [
        numbered("ok-", 1),
        numbered("a-", 19),
        numbered("ok-2-", 1),
        numbered("b-", 19),
    ];
    send(&answering(500), &slugs.concat(), &options).expect_status(1);
    // Whoever answers is not down.
    let slugs = [numbered("ok-", 1), numbered("a-", 30)].concat();
    let sent = send(&answering(400), &slugs, &options);
    sent.expect_status(1);
    assert_eq!(count(&sent, "failed"), 30);
}

#[test]
fn a_server_that_cannot_be_reached_is_down() -> std::io::Result<()> {
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&numbered("row-", 25)));
    let closed = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let output = to_out(&workspace, "rows.csv", ALONE)
        .env("REAMAZE_BASE_URL", format!("http://{closed}/api/v1"))
        .env("REAMAZE_EMAIL", "agent@example.com")
        .env("REAMAZE_API_TOKEN", "test-token")
        .output();
    let run_dir = workspace.path().join("out");
    let sent = Sent {
        workspace,
        output,
        run_dir,
    };
    expect_stop(&sent, 6, "server_down", "connection refused");
    let stderr = &sent.output.stderr;
    assert!(!stderr.contains("too few"), "{stderr}");
    assert_eq!(count(&sent, "not_sent"), 25);
    Ok(())
}

#[test]
fn a_brand_in_which_nothing_is_found_is_wrong_and_condemns_no_row() {
    for (status, rows, options, requests) in [
        (404, 60, "--workers 1", 20),
        (404, 20, "--workers 1", 20),
        (404, 3, "--workers 1", 3),
        (404, 60, "--workers 1 --limit 5", 5),
        (404, 60, "--workers 1 --max-failures none", 20),
    ] {
        let server = answering(status);
        let sent = send(&server, &numbered("row-", rows), options);
        expect_stop(&sent, 6, "wrong_brand", "brand");
        assert_eq!(count(&sent, "not_sent"), rows, "{rows} {options}");
        expect_about(requests, server.requests().len(), options);
    }
}

#[test]
fn rows_in_flight_when_a_brand_turns_out_wrong_are_not_condemned_either() {
    let server = answering(404);
    let sent = send(&server, &numbered("row-", 60), "--workers 16");
    expect_stop(&sent, 6, "wrong_brand", "brand");
    assert_eq!(count(&sent, "not_sent"), 60);
}

#[test]
fn a_brand_in_which_something_was_found_is_right() {
    let options = "--workers 1 --max-failures none";
    for (slugs, not_found) in [
        ([numbered("row-", 2), vec![]].concat(), 2),
        (
            [numbered("row-", 19), numbered("ok-", 1), numbered("x-", 25)].concat(),
            44,
        ),
        ([numbered("ok-", 1), numbered("row-", 25)].concat(), 25),
    ] {
        let sent = send(&answering(404), &slugs, options);
        sent.expect_status(1);
        assert_eq!(count(&sent, "not_found"), not_found);
    }
}

#[test]
fn a_resumed_run_knows_whether_something_was_found_before() {
    let slugs = numbered("row-", 30);
    for before in ["updated", "rejected", "differs", "unchanged", "conflict"] {
        let server = answering(404);
        let sent = cut_short(&server, &slugs, &[before], "--max-failures none");
        let (sent, _) = sent.resume(&server, "");
        sent.expect_status(1);
        assert_eq!(count(&sent, "not_found"), 29, "{before}");
    }
    for before in ["not_sent", "unknown", "not_found", "opted_out"] {
        let server = answering(404);
        let sent = cut_short(
            &server,
            &slugs,
            &[before],
            "--max-failures none --workers 1",
        );
        let (sent, _) = sent.resume(&server, "");
        expect_stop(&sent, 6, "wrong_brand", "brand");
        assert!(count(&sent, "not_sent") >= 29, "{before}");
    }
}

#[test]
fn a_run_stopped_by_a_wrong_brand_is_finished_once_the_brand_is_there() {
    let server = Server::start(|request| match request.nth {
        0 => Answer::text(404, ""),
        _ => Answer::echo(request),
    });
    let sent = send(&server, &numbered("row-", 20), "--workers 1");
    expect_stop(&sent, 6, "wrong_brand", "brand");
    let (sent, _) = sent.resume(&server, "");
    sent.expect_status(0);
    sent.expect_outcomes(&["updated"; 20]);
}

#[test]
fn a_refused_login_stops_the_run_and_condemns_no_row() {
    for (status, workers) in [(401, 1), (403, 1), (401, 8), (403, 8)] {
        let server = answering(status);
        let options = format!("--workers {workers}");
        let sent = send(&server, &numbered("row-", 30), &options);
        expect_stop(&sent, 6, "login_refused", "login");
        assert_eq!(count(&sent, "not_sent"), 30);
        assert!(server.requests().len() <= workers);
    }
}

#[test]
fn a_login_may_be_refused_later_but_a_lone_403_is_about_its_row() {
    let slugs = ["ok", "a", "ok-2"];
    let sent = send(&answering(401), &slugs, ALONE);
    expect_stop(&sent, 6, "login_refused", "login");
    sent.expect_outcomes(&["updated", "not_sent", "not_sent"]);
    let sent = send(&answering(403), &slugs, ALONE);
    sent.expect_status(1);
    sent.expect_outcomes(&["updated", "failed", "updated"]);
}

#[test]
fn a_run_that_was_refused_is_finished_with_the_right_token() {
    let server = Server::start(|request| match request.nth {
        0 => Answer::text(401, ""),
        _ => Answer::echo(request),
    });
    let sent = send(&server, &["a"], "");
    expect_stop(&sent, 6, "login_refused", "login");
    let (sent, _) = sent.resume(&server, "");
    sent.expect_status(0);
}

/// Shows nothing of what is asked for, save for slugs that begin with `ok`.
fn deaf() -> Server {
    Server::start(|request| {
        if request.slug.starts_with("ok") {
            Answer::echo(request)
        } else {
            Answer::json(200, &json!({"slug": request.slug, "status": 4}))
        }
    })
}

#[test]
fn an_account_that_never_shows_what_was_asked_for_stops_a_run_after_twenty_rows() {
    let server = deaf();
    let sent = send(&server, &numbered("row-", 30), ALONE);
    let words = "20 of 20 updated rows differ, 20 like line 2 \
                 (status: asked for 2 (Done), the server shows 4): ";
    expect_stop(&sent, 6, "too_many_differs", words);
    assert!(sent.output.stderr.contains("(--max-differs)"));
    expect_about(20, server.requests().len(), "in flight");
    expect_about(20, count(&sent, "updated"), "in flight");
    expect_about(9, count(&sent, "not_sent"), "the rest");
    assert_eq!(sent.summary()["differs"], count(&sent, "updated"));
    // A resume sends the rest, and no updated row again.
    let (sent, slugs) = sent.resume(&server, "--max-differs none");
    expect_about(9, slugs.len(), "the rest");
    sent.expect_status(1);
    sent.expect_outcomes(&["updated"; 30]);
    assert_eq!(sent.summary()["differs"], 30);
}

#[test]
fn so_many_differences_stop_a_run_as_are_not_allowed() {
    for (options, requests, status) in [
        ("--max-differs 3", 4, 6),
        ("--max-differs 0", 1, 6),
        ("--max-differs 30", 30, 1),
        ("--max-differs 99.5%", 20, 6),
        ("--max-differs 100%", 30, 1),
        ("--max-differs none", 30, 1),
        ("--no-verify", 30, 0),
        ("--max-failures 0", 20, 6),
    ] {
        let server = deaf();
        let options = format!("{ALONE} {options}");
        let sent = send(&server, &numbered("row-", 30), &options);
        sent.expect_status(status);
        expect_about(requests, server.requests().len(), &options);
    }
}

#[test]
fn a_few_differences_stop_nothing() {
    for (differ, status) in [(4, 1), (5, 6)] {
        let slugs = [numbered("row-", differ), numbered("ok-", 30 - differ)].concat();
        let sent = send(&deaf(), &slugs, ALONE);
        sent.expect_status(status);
        assert_eq!(sent.summary()["differs"], differ);
    }
}
