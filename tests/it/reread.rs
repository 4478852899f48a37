//! Rows whose change may have been applied, or whose read is old: they are read again, never changed
//! twice by what was computed before; and what is kept of them for an undo.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::read_first::{adding_vip, methods, puts};
use super::support::account::Account;
use super::support::answer::Answer;
use super::support::command::{Signal, Workspace};
use super::support::sent::{Sent, Started, command, eventually, fate, send_file, to_out};
use super::support::server::Server;

const ADD_VIP: &str = "slug,add_tags\na,vip\n";

const APPLIED: &str = "note: applied by an earlier attempt";

/// A server whose first answer to a PUT is `first`, which the account has heard of or not. Between
/// that and the next request, `meanwhile` happens.
fn first_put(
    account: &Arc<Account>,
    is_applied: bool,
    first: impl Fn() -> Answer + Send + Sync + 'static,
    meanwhile: impl Fn(&Account) + Send + Sync + 'static,
) -> Server {
    let (account, puts) = (Arc::clone(account), AtomicUsize::new(0));
    Server::start(move |request| {
        if request.method == "PUT" && puts.fetch_add(1, Ordering::SeqCst) == 0 {
            if is_applied {
                account.answer(request);
            }
            meanwhile(&account);
            return first();
        }
        account.answer(request)
    })
}

/// The lines of before.jsonl.
fn images(run_dir: &Path) -> Vec<Value> {
    let text = fs::read_to_string(run_dir.join("before.jsonl")).expect("before-images");
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn one_tagged() -> Arc<Account> {
    Account::new([("a", json!({"tag_list": ["inbox"]}))])
}

#[test]
fn an_unclear_update_that_was_applied_is_not_sent_again() {
    for first in [
        || Answer::text(500, "oops"),
        Answer::reset,
        || Answer::html(200, "<h1>ok</h1>"),
    ] {
        let account = one_tagged();
        let server = first_put(&account, true, first, |_| {});
        let sent = send_file(&server, "rows.csv", ADD_VIP, "");
        sent.expect_status(0);
        assert_eq!(methods(&server), ["GET a", "PUT a", "GET a"]);
        assert_eq!(fate(&sent.line("a")), "updated 200 3");
        assert_eq!(sent.line("a").reasons, APPLIED);
        assert_eq!(
            images(&sent.run_dir)[0]["before"],
            json!({"tag_list": ["inbox"]})
        );
    }
}

#[test]
fn an_unclear_update_that_was_not_applied_is_computed_again() {
    let account = one_tagged();
    let colleague =
        |account: &Account| account.change("a", json!({"tag_list": ["inbox", "theirs"]}));
    let server = first_put(&account, false, || Answer::text(502, "oops"), colleague);
    let sent = send_file(&server, "rows.csv", ADD_VIP, "");
    sent.expect_status(0);
    assert_eq!(methods(&server), ["GET a", "PUT a", "GET a", "PUT a"]);
    assert_eq!(
        account.show("a")["tag_list"],
        json!(["inbox", "theirs", "vip"])
    );
    let images = images(&sent.run_dir);
    assert_eq!(
        images.len(),
        1,
        "the first image of a row counts: {images:?}"
    );
    assert_eq!(images[0]["before"]["tag_list"], json!(["inbox"]));
}

#[test]
fn a_guard_is_not_held_against_our_own_change() {
    for is_applied in [true, false] {
        let account = Account::new([("a", json!({"status": 0}))]);
        let server = first_put(&account, is_applied, Answer::reset, |_| {});
        let rows = "slug,status,expect.status\na,done,open\n";
        let sent = send_file(&server, "rows.csv", rows, "");
        sent.expect_status(0);
        assert_eq!(account.show("a")["status"], 2);
    }
}

#[test]
fn a_read_that_fails_after_an_unclear_update_leaves_the_row_unknown() {
    type Case = (fn() -> Answer, &'static str);
    let answers: [Case; 4] = [
        (
            || Answer::text(404, ""),
            "no such conversation; it may have been applied",
        ),
        (|| Answer::text(500, ""), "it may have been applied"),
        (
            || Answer::json(200, &json!({"slug": "other", "tag_list": []})),
            "another conversation: `other` instead of `a`; it may have been applied",
        ),
        (
            || Answer::json(200, &json!({"slug": "a", "status": 0})),
            "no array of tags to edit; it may have been applied",
        ),
    ];
    for (answer, reason) in answers {
        let server = Server::start(move |request| match request.nth {
            0 => Answer::json(200, &json!({"slug": "a", "tag_list": ["x"]})),
            1 => Answer::reset(),
            _ => answer(),
        });
        let sent = send_file(&server, "rows.csv", ADD_VIP, "--retries 1");
        sent.expect_status(1);
        let line = sent.line("a");
        assert_eq!(line.outcome, "unknown", "{line:?}");
        assert!(line.reasons.contains(reason), "{line:?}");
    }
}

#[test]
fn answers_to_the_update_mean_what_they_mean_for_any_row() {
    for (status, expected) in [
        (422, "rejected 422 2"),
        (404, "not_found 404 2"),
        (400, "failed 400 2"),
    ] {
        let account = one_tagged();
        let server = first_put(&account, false, move || Answer::text(status, "no"), |_| {});
        let sent = send_file(&server, "rows.csv", ADD_VIP, "");
        sent.expect_status(1);
        assert_eq!(fate(&sent.line("a")), expected);
    }
}

#[test]
fn a_read_that_has_become_old_is_made_again() {
    let account = one_tagged();
    let throttled = || Answer::text(429, "").header("retry-after", "11");
    let colleague = |account: &Account| account.change("a", json!({"tag_list": ["theirs"]}));
    let server = first_put(&account, false, throttled, colleague);
    let sent = send_file(&server, "rows.csv", ADD_VIP, "");
    sent.expect_status(0);
    assert_eq!(methods(&server), ["GET a", "PUT a", "GET a", "PUT a"]);
    assert_eq!(account.show("a")["tag_list"], json!(["theirs", "vip"]));
    // Nothing of the first update was applied: what was read after it is what is put back.
    let images = images(&sent.run_dir);
    assert_eq!(images[1]["before"]["tag_list"], json!(["theirs"]));
    assert_eq!(images[1]["supersedes"], true);
}

#[test]
fn an_update_that_was_definitely_not_applied_is_sent_again_while_its_read_is_new() {
    let account = one_tagged();
    let server = first_put(&account, false, || Answer::text(409, "busy"), |_| {});
    let sent = send_file(&server, "rows.csv", ADD_VIP, "");
    assert_eq!(methods(&server), ["GET a", "PUT a", "PUT a"]);
    assert_eq!(fate(&sent.line("a")), "updated 200 3");
    assert_eq!(images(&sent.run_dir).len(), 1);
}

#[test]
fn the_update_of_a_row_goes_ahead_of_reads_of_other_rows() {
    let slugs: Vec<_> = (0..8).map(|row| format!("row-{row}")).collect();
    let account = Account::new(slugs.iter().map(|slug| (slug.as_str(), json!({}))));
    let server = account.serve();
    send_file(
        &server,
        "rows.csv",
        adding_vip(&slugs),
        "--workers 8 --rate 5/s",
    )
    .expect_status(0);
    let methods = methods(&server);
    let pairs = methods.chunks(2);
    for pair in pairs {
        let (get, put) = (&pair[0], &pair[1]);
        assert_eq!(get.replace("GET", "PUT"), *put, "{methods:?}");
    }
}

#[test]
fn what_a_row_replaces_is_in_a_file_before_it_is_changed() {
    let workspace = Workspace::new();
    let file = workspace.path().join("out/before.jsonl");
    let kept = Account::new([(
        "a",
        json!({
            "status": 5, "hold_until": "2099-01-01T00:00:00Z", "tag_list": ["x"],
            "assignee": {"email": "ana@example.com"}, "data": {"plan": "trial", "other": {"deep": [1]}},
        }),
    )]);
    let (account, seen) = (Arc::clone(&kept), file.clone());
    let server = Server::start(move |request| {
        if request.method == "PUT" {
            let text = fs::read_to_string(&seen).expect("before-images");
            assert!(
                text.ends_with('\n') && text.contains(r#""slug":"a""#),
                "{text}"
            );
        }
        account.answer(request)
    });
    let row = json!({"slug": "a", "add_tags": ["vip"], "status": "done", "assignee": "ben@example.com",
        "category": "sales", "data.plan": "pro"});
    workspace.write("rows.jsonl", row.to_string());
    let output = to_out(&workspace, "rows.jsonl", "")
        .against(&server)
        .output();
    assert_eq!(output.status, 0, "{output:#?}");
    let images = images(&workspace.path().join("out"));
    assert_eq!(images.len(), 1);
    assert_eq!(images[0]["line"], 1);
    assert_eq!(
        images[0]["before"],
        json!({
            "tag_list": ["x"], "status": 5, "hold_until": "2099-01-01T00:00:00Z", "is_email": true,
            "assignee": "ana@example.com", "category": "support",
            "data": {"plan": "trial", "other": {"deep": [1]}},
        })
    );
    assert_eq!(
        images[0]["after"],
        json!({
            "tag_list": ["x", "vip"], "status": 2, "assignee": "ben@example.com", "category": "sales",
            "data": {"plan": "pro"},
        })
    );
    let mode = fs::metadata(file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn rows_that_need_not_be_read_have_images_only_if_asked_for() {
    let account = Account::new([("a", json!({"tag_list": ["x"]}))]);
    let server = account.serve();
    let rows = "slug,tag_list\na,\"vip\"\n";
    let sent = send_file(&server, "rows.csv", rows, "");
    assert!(!sent.run_dir.join("before.jsonl").exists());
    account.change("a", json!({"tag_list": ["y"]}));
    let sent = send_file(&server, "rows.csv", rows, "--read-first");
    assert_eq!(
        images(&sent.run_dir)[0]["before"],
        json!({"tag_list": ["y"]})
    );
    assert_eq!(methods(&server), ["PUT a", "GET a", "PUT a"]);
}

/// A run that is killed while its first PUT is unanswered, after it is applied or not.
fn killed(account: &Arc<Account>, rows: &str, is_applied: bool) -> (Server, Sent) {
    let server = first_put(account, is_applied, Answer::hang, |_| {});
    let workspace = Workspace::new();
    workspace.write("rows.csv", rows);
    let child = to_out(&workspace, "rows.csv", "").against(&server).spawn();
    let run = Started { workspace, child };
    eventually("the update is sent", || !puts(&server).is_empty());
    (server, run.end_by(Signal::KILL))
}

#[test]
fn a_run_that_was_killed_after_the_update_knows_its_own_change() {
    for is_applied in [true, false] {
        let account = Account::new([("a", json!({"tag_list": ["x"], "status": 0}))]);
        let rows = "slug,add_tags,status,expect.status\na,vip,done,open\n";
        let (server, sent) = killed(&account, rows, is_applied);
        let resumed = command(&sent.workspace, "run --resume out --yes --rate 500/s");
        let output = resumed.against(&server).output();
        assert_eq!(output.status, 0, "{output:#?}");
        let line = sent.line("a");
        assert_eq!(line.outcome, "updated", "{line:?}");
        assert_eq!(line.reasons == APPLIED, is_applied, "{line:?}");
        assert_eq!(puts(&server).len(), if is_applied { 1 } else { 2 });
        assert_eq!(account.show("a")["tag_list"], json!(["x", "vip"]));
        let images = images(&sent.run_dir);
        assert_eq!(images.len(), 1, "{images:?}");
        assert_eq!(images[0]["before"]["tag_list"], json!(["x"]));
    }
}

#[test]
fn a_guard_is_held_against_what_others_did_after_an_update_that_never_came() {
    let account = Account::new([("a", json!({"status": 0}))]);
    let rows = "slug,status,expect.status\na,done,open\n";
    let (server, sent) = killed(&account, rows, false);
    account.change("a", json!({"status": 3}));
    let resumed = command(&sent.workspace, "run --resume out --yes --rate 500/s");
    let output = resumed.against(&server).output();
    assert_eq!(output.status, 1, "{output:#?}");
    let line = sent.line("a");
    assert_eq!(line.outcome, "unknown", "{line:?}");
    let shown = "status: expected 0 (Open), the conversation shows 3 (Spam)";
    assert!(line.reasons.starts_with(shown), "{line:?}");
    assert_eq!(account.show("a")["status"], 3);
}

/// A server that applies the first PUT and loses its answer, after which a colleague sets status 1; any
/// further PUT is answered with that status code.
fn refusing(account: &Arc<Account>, status: u16) -> Server {
    let (account, puts) = (Arc::clone(account), AtomicUsize::new(0));
    Server::start(move |request| {
        let is_put = request.method == "PUT";
        if is_put && puts.fetch_add(1, Ordering::SeqCst) > 0 {
            return Answer::text(status, "no");
        }
        let answer = account.answer(request);
        if is_put {
            account.change("a", json!({"status": 1}));
            return Answer::text(500, "oops");
        }
        answer
    })
}

#[test]
fn a_refusal_of_the_second_update_settles_nothing_of_the_first() {
    for status in [422, 404, 400, 403] {
        let account = Account::new([("a", json!({"tag_list": ["x"], "status": 0}))]);
        let server = refusing(&account, status);
        let sent = send_file(
            &server,
            "rows.csv",
            "slug,add_tags,status\na,vip,done\n",
            "",
        );
        sent.expect_status(1);
        let line = sent.line("a");
        assert_eq!(line.outcome, "unknown", "{status}: {line:?}");
        assert!(line.reasons.contains("may have been applied"), "{line:?}");
        let undo = command(&sent.workspace, "undo out --print").output();
        assert!(
            undo.stdout.contains(r#""remove_tags":["vip"]"#),
            "{undo:#?}"
        );
        let images = images(&sent.run_dir);
        assert_eq!(images.len(), 1, "{images:?}");
    }
}

#[test]
fn an_update_that_never_came_is_settled_by_the_refusal_of_the_next() {
    let account = one_tagged();
    let (known, puts) = (Arc::clone(&account), AtomicUsize::new(0));
    let server = Server::start(move |request| match request.method.as_str() {
        "PUT" if puts.fetch_add(1, Ordering::SeqCst) == 0 => Answer::reset(),
        "PUT" => Answer::json(422, &json!({"errors": ["no"]})),
        _ => known.answer(request),
    });
    let sent = send_file(&server, "rows.csv", ADD_VIP, "");
    assert_eq!(fate(&sent.line("a")), "rejected 422 4");
}

#[test]
fn a_row_in_doubt_that_has_become_illegal_stays_in_doubt() {
    let account = Account::new([("a", json!({"tag_list": ["x"], "status": 0}))]);
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(3);
    let rows = format!("slug,add_tags,status,hold_until\na,vip,on hold,{until}\n");
    let (server, sent) = killed(&account, &rows, true);
    eventually("the time is past", || jiff::Timestamp::now() > until);
    let resumed = command(&sent.workspace, "run --resume out --yes --rate 500/s");
    let output = resumed.against(&server).output();
    assert_eq!(output.status, 1, "{output:#?}");
    let line = sent.line("a");
    assert_eq!(line.outcome, "unknown", "{line:?}");
    let undo = command(&sent.workspace, "undo out --print").output();
    assert!(
        undo.stdout.contains(r#""remove_tags":["vip"]"#),
        "{undo:#?}"
    );
}

#[test]
fn a_row_that_was_read_when_the_run_was_interrupted_is_not_sent() {
    let account = Account::new([("a", json!({})), ("b", json!({}))]);
    let server = account.serve();
    let workspace = Workspace::new();
    workspace.write("rows.csv", "slug,add_tags\na,vip\nb,vip\n");
    let child = to_out(&workspace, "rows.csv", "--rate 1/m --workers 1")
        .against(&server)
        .spawn();
    let run = Started { workspace, child };
    server.wait_for_requests(1);
    run.child.signal(Signal::INT);
    let sent = run.wait();
    sent.expect_status(130);
    assert_eq!(fate(&sent.line("a")), "not_sent 200 1");
    assert_eq!(puts(&server), Vec::<Value>::new());
    assert!(!sent.run_dir.join("before.jsonl").exists());
}

#[test]
fn a_disk_that_takes_no_image_stops_the_run_before_the_change() {
    let account = Account::new([("a", json!({})), ("b", json!({}))]);
    let server = account.serve();
    let workspace = Workspace::new();
    workspace.write("rows.csv", "slug,add_tags\na,vip\nb,vip\n");
    let get = Arc::new(AtomicUsize::new(0));
    let (account, out, seen) = (
        Arc::clone(&account),
        workspace.path().join("out"),
        Arc::clone(&get),
    );
    drop(server);
    let server = Server::start(move |request| {
        if request.method == "GET" && seen.fetch_add(1, Ordering::SeqCst) == 0 {
            // Whatever keeps the file from being made.
            fs::create_dir(out.join("before.jsonl")).expect("a directory in the way");
        }
        account.answer(request)
    });
    let output = to_out(&workspace, "rows.csv", "--workers 1")
        .against(&server)
        .output();
    assert_eq!(output.status, 6, "{output:#?}");
    assert!(output.stderr.contains("before.jsonl"), "{}", output.stderr);
    assert_eq!(puts(&server), Vec::<Value>::new());
}
