//! A preview that is stopped, by somebody or by what it finds: what was read so far is shown, and the
//! exit status says why.

use std::net::TcpListener;
use std::sync::Arc;

use serde_json::{Value, json};

use super::support::account::Account;
use super::support::answer::Answer;
use super::support::command::{Output, Signal, Workspace};
use super::support::online::{document, figure, files, holding, online, outcomes, reads};
use super::support::sent::{command, done, numbered};
use super::support::server::Server;

/// An account with these conversations, all open.
fn open(slugs: &[String]) -> Arc<Account> {
    Account::new(slugs.iter().map(|slug| (slug.as_str(), json!({}))))
}

/// Fails the test unless the page shows so many rows that would change, and says that this is not all.
fn expect_part(output: &Output, status: i32, read: u64) {
    assert_eq!(output.status, status, "{output:#?}");
    let page = &output.stdout;
    let shown = (read > 0).then_some(read);
    assert_eq!(figure(page, "would change"), shown, "{page}");
    assert!(page.contains("not complete"), "{page}");
}

#[test]
fn a_signal_shows_what_was_read_and_writes_no_plan() {
    for (signal, status, reason) in [
        (Signal::INT, 130, "sigint"),
        (Signal::TERM, 143, "sigterm"),
        (Signal::HUP, 129, "sighup"),
    ] {
        let slugs = numbered("row-", 6);
        let account = open(&slugs);
        let workspace = Workspace::new();
        workspace.write("rows.csv", done(&slugs));
        let before = files(&workspace);
        for options in ["--plan plan.jsonl", "--json --plan plan.jsonl"] {
            let (server, release) = holding(&account, "row-3");
            let run = online(&workspace, "rows.csv", &format!("--workers 1 {options}"));
            let child = run.against(&server).spawn();
            server.wait_for_requests(4);
            child.signal(signal);
            child.wait_for_stderr("stopping");
            drop(release);
            let output = child.wait();
            assert_eq!(reads(&server), slugs[..4]);
            assert_eq!(files(&workspace), before);
            assert!(output.stderr.contains("plan.jsonl"), "{output:#?}");
            if options.contains("--json") {
                let shown = document(&output);
                assert_eq!(output.status, status);
                assert_eq!(shown["online"]["stop_reason"], reason, "{shown}");
                assert_eq!(shown["online"]["plan"], Value::Null);
                let read = slugs[..4].iter().map(|slug| format!("{slug} would_change"));
                let left = slugs[4..].iter().map(|slug| format!("{slug} not_read"));
                assert_eq!(outcomes(&shown), read.chain(left).collect::<Vec<_>>());
            } else {
                expect_part(&output, status, 4);
                assert_eq!(figure(&output.stdout, "not read"), Some(2));
            }
        }
    }
}

#[test]
fn a_second_signal_ends_it_at_once_and_leaves_nothing_behind() {
    let server = Server::start(|_| Answer::hang());
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    let before = files(&workspace);
    let run = online(&workspace, "rows.csv", "--timeout 1h --plan plan.jsonl");
    let child = run.against(&server).spawn();
    server.wait_for_requests(1);
    child.signal(Signal::INT);
    child.wait_for_stderr("stopping");
    child.signal(Signal::INT);
    assert_eq!(child.wait().status, 130);
    assert_eq!(files(&workspace), before);
}

#[test]
fn limits_that_were_asked_for_end_it_with_4() {
    let slugs = numbered("row-", 6);
    let account = open(&slugs);
    let server = account.serve();
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&slugs));
    let run = online(&workspace, "rows.csv", "--limit 2");
    let output = run.against(&server).output();
    expect_part(&output, 4, 2);
    assert_eq!(reads(&server), slugs[..2]);
    let before = files(&workspace);
    let options = "--rate 1/m --max-duration 1s --plan plan.jsonl";
    let run = online(&workspace, "rows.csv", options);
    let output = run.against(&server).output();
    expect_part(&output, 4, 1);
    assert_eq!(files(&workspace), before);
}

#[test]
fn what_is_wrong_beyond_the_rows_ends_it_with_6() {
    let slugs = numbered("row-", 30);
    let account = open(&slugs);
    let from = |from: usize, answer: fn() -> Answer| {
        let (slugs, account) = (slugs.clone(), Arc::clone(&account));
        Server::start(move |request| {
            let is_fine = slugs[..from].contains(&request.slug);
            if is_fine {
                account.answer(request)
            } else {
                answer()
            }
        })
    };
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&slugs));
    let moved: fn() -> Answer =
        || Answer::text(302, "").header("Location", "https://elsewhere.example.com/");
    for (read, answer, reason) in [
        (
            0,
            (|| Answer::text(401, "")) as fn() -> Answer,
            "login_refused",
        ),
        (3, || Answer::text(401, ""), "login_refused"),
        (3, || Answer::text(503, ""), "server_down"),
        (0, moved, "failing_alike"),
        (0, || Answer::text(404, ""), "wrong_brand"),
    ] {
        let server = from(read, answer);
        let before = files(&workspace);
        let options = "--workers 1 --retries 0 --plan plan.jsonl";
        let run = online(&workspace, "rows.csv", options).against(&server);
        let page = run.output();
        expect_part(&page, 6, read as u64);
        let run = online(&workspace, "rows.csv", &format!("{options} --json"));
        let output = run.against(&server).output();
        let shown = document(&output);
        assert_eq!(output.status, 6, "{output:#?}");
        assert_eq!(shown["online"]["stop_reason"], reason, "{shown}");
        assert_eq!(shown["online"]["would_change"], read);
        assert_eq!(files(&workspace), before);
        reads(&server);
    }
}

#[test]
fn a_server_that_is_not_there_ends_it_with_6() {
    let listener = TcpListener::bind("127.0.0.1:0");
    let address = listener.and_then(|listener| listener.local_addr());
    let address = address
        .map(|address| address.to_string())
        .unwrap_or_default();
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&numbered("row-", 25)));
    let run = online(&workspace, "rows.csv", "--retries 0")
        .env("REAMAZE_BASE_URL", format!("http://{address}/api/v1"))
        .env("REAMAZE_EMAIL", "agent@example.com")
        .env("REAMAZE_API_TOKEN", "test-token");
    expect_part(&run.output(), 6, 0);
}

#[test]
fn many_conversations_that_cannot_be_changed_are_no_reason_to_stop() {
    let slugs = numbered("row-", 120);
    let conversations = slugs.iter().enumerate();
    let account = Account::new(conversations.filter_map(|(nth, slug)| {
        // A third is gone, a third is done already.
        let status = if nth % 3 == 1 { 2 } else { 0 };
        (nth % 3 > 0).then_some((slug.as_str(), json!({"status": status})))
    }));
    let server = account.serve();
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&slugs));
    let run = online(&workspace, "rows.csv", "--json --max-failures 1");
    let output = run.against(&server).output();
    assert_eq!(output.status, 1, "{output:#?}");
    let shown = document(&output);
    for name in ["would_change", "unchanged", "not_found"] {
        assert_eq!(shown["online"][name], 40, "{name}");
    }
    assert_eq!(reads(&server).len(), 120);
}

#[test]
fn another_run_on_the_account_keeps_it_out_with_5_and_it_keeps_others_out() {
    let slugs = numbered("row-", 2);
    let account = open(&slugs);
    let (server, release) = holding(&account, "row-0");
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&slugs));
    for (first, second) in [
        (
            "run rows.csv --yes --out out",
            "run rows.csv --dry-run --online",
        ),
        (
            "run rows.csv --dry-run --online",
            "run rows.csv --yes --out other",
        ),
    ] {
        let earlier = server.requests().len();
        let child = command(&workspace, &format!("{first} --workers 1"));
        let child = child.against(&server).spawn();
        server.wait_for_requests(earlier + 1);
        let output = command(&workspace, second).against(&server).output();
        assert_eq!(output.status, 5, "{output:#?}");
        assert!(output.stderr.contains("--allow-overlap"), "{output:#?}");
        assert_eq!(server.requests().len(), earlier + 1);
        child.signal(Signal::KILL);
        child.wait();
    }
    drop(release);
}

#[test]
fn options_that_do_not_go_together_are_refused_with_what_to_do() {
    let server = Server::start(|_| Answer::hang());
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    for (line, words) in [
        ("run rows.csv --online", "--dry-run"),
        ("run rows.csv --online --yes", "--dry-run"),
        ("run rows.csv --dry-run --sample 3", "--online"),
        ("run rows.csv --dry-run --plan p.jsonl", "--online"),
        (
            "run rows.csv --dry-run --online --sample 3 --plan p.jsonl",
            "--plan",
        ),
        (
            "run rows.csv --dry-run --online --limit 3 --plan p.jsonl",
            "--plan",
        ),
        (
            "run rows.csv --dry-run --online --limit 3 --sample 3",
            "--sample",
        ),
        ("run rows.csv --dry-run --online --sample 0", "1 or more"),
        ("run --resume out --dry-run --online", "--resume"),
        ("undo out --online", "--dry-run"),
    ] {
        let output = command(&workspace, line).against(&server).output();
        assert_eq!(output.status, 2, "{line}: {output:#?}");
        assert!(output.stderr.contains(words), "{line}: {output:#?}");
    }
    let run = online(
        &workspace,
        "rows.csv",
        "--brand acme --email me@example.com",
    );
    let output = run.output();
    assert_eq!(output.status, 2, "{output:#?}");
    assert!(output.stderr.contains("REAMAZE_API_TOKEN"), "{output:#?}");
    assert_eq!(reads(&server), [""; 0]);
}
