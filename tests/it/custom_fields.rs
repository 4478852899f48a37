//! Custom fields of a server that replaces `data` as a whole: noticed at once, and sent whole if asked for.

use std::sync::Arc;

use serde_json::{Value, json};

use super::read_first::puts;
use super::support::account::Account;
use super::support::answer::Answer;
use super::support::sent::{command, fate, send_file};
use super::support::server::Server;

/// An account with custom fields, one of them nested.
fn with_fields() -> Arc<Account> {
    let fields = json!({"plan": "trial", "deep": {"a": [1, 2.50]}, "null": null, "n": 7});
    Account::new([
        ("a", json!({"data": fields})),
        ("b", json!({"data": fields})),
        ("c", json!({"data": fields})),
    ])
}

/// A server that forgets the custom fields that an update does not name.
fn replacing(account: &Arc<Account>) -> Server {
    let account = Arc::clone(account);
    Server::start(move |request| {
        if request.method == "PUT" && request.body["conversation"].get("data").is_some() {
            account.change(&request.slug, json!({"data": {}}));
        }
        account.answer(request)
    })
}

const ROWS: &str = "slug,data.plan\na,pro\nb,pro\nc,pro\n";

#[test]
fn a_server_that_replaces_custom_fields_stops_the_run_at_the_first_row() {
    let account = with_fields();
    let server = replacing(&account);
    for no_verify in ["", "--no-verify"] {
        account.change("a", json!({"data": {"plan": "trial", "order": "001"}}));
        let options = format!("--read-first --workers 1 {no_verify}");
        let sent = send_file(&server, "rows.csv", ROWS, &options);
        sent.expect_status(6);
        assert_eq!(sent.outcomes(), ["a updated", "b not_sent", "c not_sent"]);
        let summary = sent.summary();
        assert_eq!(summary["stop_reason"], "data_replaced");
        assert_eq!(summary["differs"], 1);
        let error = summary["error"].as_str().unwrap_or_default();
        assert!(
            error.contains("a: data: the server has removed `order`"),
            "{error}"
        );
        assert!(error.contains("--data-whole"), "{error}");
        assert!(
            !sent.output.stderr.contains("--resume"),
            "{}",
            sent.output.stderr
        );
    }
}

#[test]
fn a_custom_field_that_is_null_is_one_that_is_not_there() {
    let account = Account::new([("a", json!({"data": {"plan": "trial", "order": null}}))]);
    for (after, status) in [(json!({}), 0), (json!({"order": null, "note": null}), 6)] {
        let answering = Arc::clone(&account);
        let server = Server::start(move |request| {
            if request.method == "PUT" {
                answering.change(&request.slug, json!({ "data": after }));
            }
            answering.answer(request)
        });
        let sent = send_file(
            &server,
            "rows.csv",
            "slug,data.plan\na,pro\n",
            "--read-first",
        );
        sent.expect_status(status);
        account.change("a", json!({"data": {"plan": "trial", "note": "x"}}));
    }
}

#[test]
fn custom_fields_are_sent_whole_if_asked_for() {
    let account = with_fields();
    let server = replacing(&account);
    let sent = send_file(&server, "rows.csv", ROWS, "--data-whole");
    sent.expect_status(0);
    assert_eq!(fate(&sent.line("a")), "updated 200 2");
    let whole = json!({"plan": "pro", "deep": {"a": [1, 2.50]}, "null": null, "n": 7});
    assert_eq!(account.show("a")["data"], whole);
    assert_eq!(puts(&server)[0], json!({ "data": whole }));
    let again = send_file(&server, "rows.csv", ROWS, "--data-whole");
    again.expect_status(0);
    assert_eq!(
        again.outcomes(),
        ["a unchanged", "b unchanged", "c unchanged"]
    );
}

#[test]
fn rows_without_custom_fields_need_no_read_for_sending_them_whole() {
    let account = with_fields();
    let server = account.serve();
    let sent = send_file(&server, "rows.csv", "slug,status\na,done\n", "--data-whole");
    assert_eq!(fate(&sent.line("a")), "updated 200 1");
}

#[test]
fn nothing_is_sent_whole_that_was_not_shown_whole() {
    let server = Server::start(|request| {
        Answer::json(
            200,
            &json!({"slug": request.slug, "tag_list": [], "status": 0}),
        )
    });
    let sent = send_file(
        &server,
        "rows.csv",
        "slug,data.plan\na,pro\n",
        "--data-whole",
    );
    sent.expect_status(1);
    assert_eq!(fate(&sent.line("a")), "conflict 200 1");
    assert_eq!(puts(&server), Vec::<Value>::new());
}

#[test]
fn an_answer_without_custom_fields_proves_nothing() {
    let account = with_fields();
    let shown = Arc::clone(&account);
    let server = Server::start(move |request| {
        let answer = shown.answer(request);
        if request.method == "GET" {
            return answer;
        }
        Answer::json(
            200,
            &json!({"slug": request.slug, "status": 0, "tag_list": []}),
        )
    });
    let sent = send_file(&server, "rows.csv", ROWS, "--read-first");
    sent.expect_status(0);
}

#[test]
fn a_server_that_replaces_custom_fields_is_noticed_although_its_answer_is_lost() {
    let account = with_fields();
    let replacing = Arc::clone(&account);
    let server = Server::start(move |request| {
        if request.method == "PUT" {
            replacing.change(&request.slug, json!({"data": {}}));
            replacing.answer(request);
            return Answer::reset();
        }
        replacing.answer(request)
    });
    let sent = send_file(&server, "rows.csv", ROWS, "--read-first --workers 1");
    sent.expect_status(6);
    assert_eq!(sent.summary()["stop_reason"], "data_replaced");
    assert_eq!(sent.outcomes()[0], "a unknown");
    let undo = command(&sent.workspace, "undo out --print").output();
    assert!(undo.stdout.contains(r#""data.n":7"#), "{undo:#?}");
}

#[test]
fn a_run_that_such_a_server_stopped_is_not_continued() {
    let account = with_fields();
    let server = replacing(&account);
    let sent = send_file(&server, "rows.csv", ROWS, "--read-first --workers 1");
    let before = puts(&server).len();
    let resume = command(&sent.workspace, "run --resume out --yes --rate 500/s");
    let output = resume.against(&server).output();
    assert_eq!(output.status, 6, "{output:#?}");
    assert!(output.stderr.contains("--data-whole"), "{output:#?}");
    assert_eq!(puts(&server).len(), before);
}
