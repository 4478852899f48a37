//! How a run ends: by itself, by a signal, and with which status.

#![expect(clippy::panic, reason = "a step that fails fails the test")]

use super::support::answer::Answer;
use super::support::command::{Run, Signal, Workspace};
use super::support::sent::{
    Sent, command, done, fate, holding, numbered, send_file, start, to_out,
};
use super::support::server::Server;

#[test]
fn a_signal_lets_what_is_in_flight_finish_and_says_what_is_left() {
    for (signal, status, reason) in [
        (Signal::INT, 130, "sigint"),
        (Signal::TERM, 143, "sigterm"),
        (Signal::HUP, 129, "sighup"),
    ] {
        let (server, release) = holding("b");
        let slugs = ["a", "b", "c", "d", "bad slug"];
        let run = start(&server, &slugs, "--workers 1 --skip-invalid");
        server.wait_for_requests(2);
        run.child.signal(signal);
        run.child.wait_for_stderr("waiting for 1 request in flight");
        drop(release);
        let sent = run.wait();
        sent.expect_status(status);
        let expected = [
            "a updated",
            "b updated",
            "c not_sent",
            "d not_sent",
            "bad slug invalid",
        ];
        assert_eq!(sent.outcomes(), expected);
        assert_eq!(server.requests().len(), 2);
        assert_eq!(fate(&sent.line("c")), "not_sent - 0");
        let failed = sent.failed("csv").expect("a row to fix");
        let mut failed = csv::Reader::from_reader(failed.as_bytes());
        let slugs = failed.records().map(|row| row.expect("CSV")[0].to_owned());
        let slugs: Vec<_> = slugs.collect();
        assert_eq!(slugs, ["bad slug"], "a resume sends the others");
        let summary = sent.summary();
        assert_eq!(summary["stop_reason"], reason);
        assert_eq!(summary["exit_status"], status);
        assert!(
            sent.output.stderr.contains("2 not sent"),
            "{}",
            sent.output.stderr
        );
    }
}

#[test]
fn a_second_signal_ends_the_run_at_once() {
    for (first, second, status) in [
        (Signal::INT, Signal::INT, 130),
        (Signal::TERM, Signal::INT, 130),
        (Signal::INT, Signal::TERM, 143),
    ] {
        let server = Server::start(|_| Answer::hang());
        let run = start(&server, &["a"], "--timeout 1h");
        server.wait_for_requests(1);
        run.child.signal(first);
        run.child.wait_for_stderr("stopping");
        run.child.signal(second);
        assert_eq!(run.child.wait().status, status);
    }
}

#[test]
fn a_signal_ends_a_pause_that_the_server_asked_for() {
    for (status, outcome) in [(429, "not_sent"), (503, "unknown")] {
        let server = Server::start(move |_| Answer::text(status, "").header("Retry-After", "600"));
        let run = start(&server, &["a", "b"], "--workers 1");
        run.child.wait_for_stderr("pausing");
        run.child.signal(Signal::INT);
        let sent = run.wait();
        sent.expect_status(130);
        assert_eq!(
            sent.outcomes(),
            [format!("a {outcome}"), "b not_sent".to_owned()]
        );
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn a_signal_ends_the_wait_for_a_slow_rate() {
    let server = Server::start(Answer::echo);
    let slugs = numbered("row-", 10);
    let run = start(&server, &slugs, "--rate 1/m");
    server.wait_for_requests(1);
    run.child.signal(Signal::TERM);
    let sent = run.wait();
    sent.expect_status(143);
    // Of two workers with a row each, either may be the first through the gate.
    let ledger = sent.ledger();
    let count = |outcome| ledger.iter().filter(|line| line.outcome == outcome).count();
    assert_eq!((count("updated"), count("not_sent")), (1, 9));
}

#[test]
fn the_status_says_how_the_run_went() {
    let server = Server::start(|request| match request.slug.as_str() {
        "bad" => Answer::text(422, "no"),
        "other" => Answer::json(200, &serde_json::json!({"status": 4})),
        "login" => Answer::text(401, ""),
        _ => Answer::echo(request),
    });
    let cases = [
        (0, "slug,status\na,2\n", "--yes"),
        (0, "slug,status\n", "--yes"),
        (1, "slug,status\na,2\nbad,2\n", "--yes"),
        (1, "slug,status\nother,2\n", "--yes"),
        (1, "slug,status\na,2\nb,99\n", "--yes --skip-invalid"),
        (2, "slug,status\na,2\n", ""),
        (2, "slug,status\na,2\n", "--yes --no-such-option"),
        (2, "slug,status\na,2\n", "--yes --workers 0"),
        (3, "slug,status\na,2\nb,99\n", "--yes"),
        (3, "slug,status\na,2\nb,2\n", "--yes --max-rows 1"),
        (3, "slug,colour\na,2\n", "--yes"),
        (3, "", "--yes"),
        (3, "slug,status\na,2\n", "--yes --format jsonl"),
        (6, "slug,status\nlogin,2\n", "--yes"),
        (6, "slug,status\nbad,2\nlogin,2\n", "--yes --workers 1"),
    ];
    for (status, rows, options) in cases {
        let workspace = Workspace::new();
        workspace.write("rows.csv", rows);
        let run = command(&workspace, &format!("run rows.csv {options}"));
        let output = run.against(&server).output();
        assert_eq!(output.status, status, "{rows:?} {options}: {output:#?}");
    }
    let workspace = Workspace::new();
    let missing = command(&workspace, "run none.csv --yes").against(&server);
    assert_eq!(missing.output().status, 3);
}

/// Runs the command with which a summary says how to resubmit, with a yes to the question that it
/// asks a person.
fn resubmit(sent: &Sent) -> Run {
    let mut lines = sent.output.stderr.lines().map(str::trim);
    let line = lines.find_map(|line| line.strip_prefix("reamaze-bulk "));
    let line = line.unwrap_or_else(|| panic!("no command in {}", sent.output.stderr));
    command(&sent.workspace, &format!("{line} --yes"))
}

#[test]
fn the_command_of_the_summary_resubmits_what_is_left() {
    let on_hold =
        "slug\thold_until\tstatus\na\t2130-01-01\t5\nbad\t2130-01-01\t5\nlate\t2130-01-01\t5\n";
    let everywhere = r#"--set status=2 --set "data.say=it's \$HOME \"now\"""#;
    let cases = [
        ("rows.csv", "slug,status\na,2\nbad,2\nlate,2\n", ""),
        ("slugs only.csv", "slug\na\nbad\nlate\n", everywhere),
        ("rows.tsv", on_hold, "--timezone Europe/Berlin"),
        (
            "rows.txt",
            "slug^status\na^2\nbad^2\nlate^2\n",
            "--delimiter ^ --format csv",
        ),
    ];
    for (name, rows, options) in cases {
        let server = Server::start(|request| match (request.slug.as_str(), request.nth) {
            ("bad", 0) => Answer::text(422, "no"),
            ("late", 0) => Answer::text(400, "no"),
            _ => Answer::echo(request),
        });
        let sent = send_file(&server, name, rows, options);
        sent.expect_status(1);
        let again = resubmit(&sent).against(&server).output();
        assert_eq!(again.status, 0, "{name}: {again:#?}");
        assert_eq!(server.requests().len(), 5, "{name}");
        for slug in ["bad", "late"] {
            let requests = server.requests_for(slug);
            assert_eq!(requests[0].raw_body, requests[1].raw_body, "{name}");
        }
    }
}

#[test]
fn the_command_of_the_summary_names_the_account_and_the_pace_that_were_named() {
    let server = Server::start(|request| match request.nth {
        0 => Answer::text(404, ""),
        _ => Answer::echo(request),
    });
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    workspace.write("my token", "s3cret\n");
    let base_url = server.base_url();
    let options =
        format!("--base-url {base_url} --email b@example.com --token-file 'my token' --fixed-rate");
    let output = to_out(&workspace, "rows.csv", &options).output();
    let run_dir = workspace.path().join("out");
    let sent = Sent {
        workspace,
        output,
        run_dir,
    };
    assert!(sent.output.stderr.contains("/s --fixed-rate --"));
    assert_eq!(resubmit(&sent).output().status, 0);
    let [first, second] = server.requests().try_into().expect("two requests");
    assert_eq!(
        first.headers["authorization"],
        second.headers["authorization"]
    );
}

#[test]
fn a_run_that_was_stopped_can_be_finished_with_its_command() {
    let (server, release) = holding("a");
    let run = start(&server, &["a", "b", "c"], "--workers 1");
    server.wait_for_requests(1);
    run.child.signal(Signal::TERM);
    run.child.wait_for_stderr("stopping");
    drop(release);
    let sent = run.wait();
    assert_eq!(resubmit(&sent).against(&server).output().status, 0);
    let mut slugs = server.slugs();
    slugs.sort();
    assert_eq!(slugs, ["a", "b", "c"]);
}
