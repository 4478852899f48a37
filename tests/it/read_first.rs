//! Rows that are read before they are changed: tag edits, guards, what is sent, and what every
//! answer to the read and to the update comes to.

use serde_json::{Value, json};

use super::support::account::{Account, apply};
use super::support::answer::Answer;
use super::support::sent::{Fate, Sent, expect_fates, fate, send_file, slugs};
use super::support::server::Server;

/// What each PUT sets, in order.
pub(super) fn puts(server: &Server) -> Vec<Value> {
    let requests = server.requests().into_iter();
    let puts = requests.filter(|request| request.method == "PUT");
    puts.map(|request| request.body["conversation"].clone())
        .collect()
}

/// A file that adds a tag to each of these conversations.
pub(super) fn adding_vip(slugs: &[impl AsRef<str>]) -> String {
    let mut rows = "slug,add_tags\n".to_owned();
    for slug in slugs {
        rows.extend([slug.as_ref(), ",vip\n"]);
    }
    rows
}

/// `METHOD SLUG` of each request, in order.
pub(super) fn methods(server: &Server) -> Vec<String> {
    let requests = server.requests();
    let requests = requests.iter();
    requests
        .map(|request| format!("{} {}", request.method, request.slug))
        .collect()
}

fn reasons(sent: &Sent, slug: &str) -> String {
    sent.line(slug).reasons
}

#[test]
fn tags_are_added_to_and_removed_from_those_that_are_there() {
    let account = Account::new([
        ("a", json!({"tag_list": ["Inbox", "NEW", "Señor"]})),
        ("b", json!({"tag_list": ["VIP"]})),
        ("c", json!({"tag_list": ["new"]})),
    ]);
    let server = account.serve();
    let rows = "slug,add_tags,remove_tags\na,\"vip, inbox\",new\nb,vip,new\nc,,new\n";
    let sent = send_file(&server, "rows.csv", rows, "--workers 1");
    sent.expect_status(0);
    assert_eq!(sent.outcomes(), ["a updated", "b unchanged", "c updated"]);
    assert_eq!(
        puts(&server),
        [
            json!({"tag_list": ["Inbox", "Señor", "vip"]}),
            json!({"tag_list": []})
        ]
    );
    let methods = methods(&server);
    assert_eq!(methods, ["GET a", "PUT a", "GET b", "GET c", "PUT c"]);
    assert_eq!(fate(&sent.line("a")), "updated 200 2");
    assert_eq!(fate(&sent.line("b")), "unchanged 200 1");
    let summary = sent.summary();
    assert_eq!(
        (&summary["reads"], &summary["requests"]),
        (&3.into(), &5.into())
    );
    assert_eq!(summary["counts"]["unchanged"], 1);
}

#[test]
fn a_second_run_of_the_same_file_sends_no_update() {
    let account = Account::new([
        ("a", json!({"tag_list": ["x"], "data": {"plan": "trial"}})),
        ("b", json!({"status": 2})),
    ]);
    let server = account.serve();
    let rows = "slug,add_tags,remove_tags,status,hold_until,assignee,category,data.plan,data.n\n\
        a,\"vip, Refund\",x,on hold,2099-01-01T00:00:00+02:00,ben@example.com,sales,Pro,001\n\
        b,vip,,open,,,,,\n";
    send_file(&server, "rows.csv", rows, "").expect_status(0);
    let before = puts(&server).len();
    let sent = send_file(&server, "rows.csv", rows, "");
    sent.expect_status(0);
    assert_eq!(sent.outcomes(), ["a unchanged", "b unchanged"]);
    assert_eq!(puts(&server).len(), before);
}

#[test]
fn only_what_differs_is_sent_and_pairs_are_sent_whole() {
    let hold = "2099-01-01T00:00:00Z";
    let account = Account::new([
        (
            "a",
            json!({
                "status": 5, "hold_until": hold, "tag_list": ["VIP"],
                "assignee": {"email": "Ben@example.com", "name": "Ben"}, "data": {"n": 5, "t": "Old"},
            }),
        ),
        ("b", json!({"status": 2, "tag_list": ["b"]})),
    ]);
    let server = account.serve();
    let rows = [
        json!({"slug": "a", "tag_list": ["vip"], "status": 5, "hold_until": "2099-02-01T00:00:00Z",
            "assignee": "ben@example.com", "data": {"n": "5", "t": "old"}}),
        json!({"slug": "b", "tag_list": ["b", "c"], "status": 2, "category": "support", "brand": "shop.example.com"}),
    ];
    let rows = rows.map(|row| row.to_string()).join("\n");
    let sent = send_file(&server, "rows.jsonl", rows, "--read-first --workers 1");
    sent.expect_status(0);
    assert_eq!(
        puts(&server),
        [
            json!({"status": 5, "hold_until": "2099-02-01T00:00:00Z", "data": {"t": "old"}}),
            json!({"tag_list": ["b", "c"]}),
        ]
    );
}

#[test]
fn a_field_that_the_answer_does_not_show_counts_as_different() {
    let server = Server::start(|request| {
        let mut shown = json!({"slug": request.slug, "status": 5, "tag_list": []});
        apply(&mut shown, &request.body["conversation"]);
        if let Some(shown) = shown.as_object_mut() {
            shown.remove("hold_until");
        }
        Answer::json(200, &shown)
    });
    let rows = "slug,status,hold_until\na,5,2099-01-01T00:00:00Z\n";
    for _ in 0..2 {
        let sent = send_file(&server, "rows.csv", rows, "--read-first");
        assert_eq!(fate(&sent.line("a")), "updated 200 2");
    }
    assert_eq!(puts(&server).len(), 2);
}

#[test]
fn a_guard_that_does_not_hold_is_a_conflict_and_sends_nothing() {
    let account = Account::new([
        (
            "fine",
            json!({"status": 1, "assignee": {"email": "ana@example.com"}}),
        ),
        ("status", json!({"status": 2})),
        (
            "assignee",
            json!({"assignee": {"email": "ben@example.com"}}),
        ),
        ("both", json!({"status": 4})),
    ]);
    let server = account.serve();
    let rows = "slug,add_tags,expect.status,expect.assignee\n\
        fine,vip,responded,Ana@example.com\nstatus,vip,open,\nassignee,vip,,none\nboth,vip,open,ana@example.com\n";
    let sent = send_file(&server, "rows.csv", rows, "--max-failures 1");
    sent.expect_status(1);
    let conflict = "conflict 200 1";
    expect_fates(
        &sent,
        &server,
        &[
            ("fine", "updated 200 2", ""),
            (
                "status",
                conflict,
                "status: expected 0 (Open), the conversation shows 2 (Done)",
            ),
            (
                "assignee",
                conflict,
                "assignee: expected none, the conversation shows ben@example.com",
            ),
            (
                "both",
                conflict,
                "; assignee: expected ana@example.com, the conversation shows none",
            ),
        ],
    );
    let failed = sent.failed("csv").expect("rows to review");
    assert!(failed.contains("status,vip,open,,conflict,"), "{failed}");
    assert_eq!(sent.summary()["counts"]["conflict"], 3);
}

#[test]
fn every_guard_is_held_against_what_is_read() {
    let shown = json!({
        "status": 5, "hold_until": "2098-05-01T10:00:00+02:00", "tag_list": ["A", "b"],
        "updated_at": "2026-03-01T12:00:00.250Z", "data": {"n": 7, "t": "Gold", "gone": null},
    });
    let account = Account::new([("a", shown)]);
    let server = account.serve();
    let run = |guard: Value| {
        let mut row = json!({"slug": "a", "remove_tags": ["nobody-has-it"]});
        if let (Some(row), Some(guard)) = (row.as_object_mut(), guard.as_object()) {
            row.extend(guard.clone());
        }
        let sent = send_file(&server, "rows.jsonl", row.to_string(), "");
        sent.line("a").outcome
    };
    for holds in [
        json!({"expect.status": "On Hold"}),
        json!({"expect.hold_until": "2098-05-01T08:00:00Z"}),
        json!({"expect.tag_list": ["B", "a"]}),
        json!({"expect.updated_at": "2026-03-01T13:00:00.25+01:00"}),
        json!({"expect.data.n": 7, "expect.data.t": "Gold"}),
        json!({"expect.data.n": "7"}),
        json!({"expect.data.gone": null, "expect.data.never": null}),
        json!({"expect.assignee": null, "expect.category": "Support"}),
    ] {
        assert_eq!(run(holds.clone()), "unchanged", "{holds}");
    }
    for fails in [
        json!({"expect.status": null}),
        json!({"expect.hold_until": null}),
        json!({"expect.tag_list": ["a"]}),
        json!({"expect.tag_list": []}),
        json!({"expect.updated_at": "2026-03-01T12:00:00Z"}),
        json!({"expect.data.n": 70}),
        json!({"expect.data.t": "gold"}),
        json!({"expect.data.t": null}),
        json!({"expect.data.never": "x"}),
        json!({"expect.assignee": "ana@example.com"}),
        json!({"expect.category": "sales"}),
        json!({"expect.category": null}),
    ] {
        assert_eq!(run(fails.clone()), "conflict", "{fails}");
    }
    assert_eq!(puts(&server), Vec::<Value>::new());
}

#[test]
fn a_guarded_field_that_the_answer_does_not_show_is_a_conflict() {
    let server = Server::start(|request| {
        Answer::json(
            200,
            &json!({"slug": request.slug, "tag_list": [], "subject": "x"}),
        )
    });
    for guard in [
        "status",
        "assignee",
        "category",
        "hold_until",
        "updated_at",
        "data.n",
    ] {
        let value = match guard {
            "status" => "open",
            "assignee" => "a@example.com",
            "hold_until" | "updated_at" => "2026-01-01T00:00:00Z",
            _ => "x",
        };
        let rows = format!("slug,add_tags,expect.{guard}\na,vip,{value}\n");
        let sent = send_file(&server, "rows.csv", rows, "");
        assert_eq!(fate(&sent.line("a")), "conflict 200 1", "{guard}");
        assert!(reasons(&sent, "a").contains("no such field"), "{guard}");
    }
    assert_eq!(puts(&server), Vec::<Value>::new());
}

/// Answers to a read, by slug.
fn read_answer(slug: &str) -> Option<Answer> {
    let shown = |tags: Value| json!({"slug": slug, "status": 0, "subject": "x", "tag_list": tags});
    Some(match slug {
        "gone" => Answer::json(404, &json!({"error": "Not Found"})),
        "moved" => Answer::text(301, "").header("location", "/api/v1/conversations/elsewhere"),
        "refused" => Answer::json(422, &json!({"errors": ["no"]})),
        "bad" => Answer::text(400, "bad request"),
        "forbidden" => Answer::text(403, "not yours"),
        "busy" => Answer::text(503, "busy"),
        "early" => Answer::text(409, "wait"),
        "cut" => Answer::cut(200, &shown(json!([])).to_string(), 10),
        "silent" => Answer::hang(),
        "html" => Answer::html(200, "<h1>Maintenance</h1>"),
        "error" => Answer::json(200, &json!({"error": "conversation is locked"})),
        "stranger" => Answer::json(200, &json!({"slug": "somebody-else", "tag_list": []})),
        "no-tags" => Answer::json(200, &json!({"slug": slug, "status": 0})),
        "null-tags" => Answer::json(200, &shown(Value::Null)),
        "text-tags" => Answer::json(200, &shown(json!("a, b"))),
        "odd-tags" => Answer::json(200, &shown(json!([{"name": "a"}]))),
        "comma" => Answer::json(200, &shown(json!(["a, b"]))),
        "lost-text" => Answer::raw(
            b"HTTP/1.1 200 \r\ncontent-length: 40\r\n\r\n{\"slug\":\"lost-text\",\"tag_list\":[\"caf\xe9\"]}".to_vec(),
        ),
        "quotes" => Answer::json(200, &shown(json!(["\"a\""]))),
        "no-slug" | "123" => {
            Answer::json(200, &json!({"subject": "x", "status": 0, "tag_list": []}))
        }
        "124" => Answer::json(
            200,
            &json!({"slug": "unrelated", "status": 0, "tag_list": []}),
        ),
        _ => return None,
    })
}

const READS: [Fate; 23] = [
    ("fine", "updated 200 2", ""),
    ("gone", "not_found 404 1", "no such conversation"),
    ("moved", "failed 301 1", "never followed"),
    ("refused", "failed 422 1", "the read was refused: no"),
    ("bad", "failed 400 1", "bad request"),
    ("forbidden", "failed 403 1", "not yours"),
    ("busy", "failed 503 2", "busy (2 attempts)"),
    ("early", "failed 409 2", "wait"),
    ("cut", "failed 200 2", "was cut off"),
    ("silent", "failed - 2", "no answer within 1 s"),
    (
        "html",
        "failed 200 2",
        "a web page instead of the conversation",
    ),
    ("error", "failed 200 2", "conversation is locked"),
    ("stranger", "conflict 200 1", "another conversation"),
    ("no-tags", "failed 200 1", "shows no array of tags"),
    ("null-tags", "failed 200 1", "shows no array of tags"),
    ("text-tags", "failed 200 1", "shows no array of tags"),
    ("odd-tags", "failed 200 1", "shows no array of tags"),
    ("comma", "conflict 200 1", "contains a comma"),
    ("quotes", "conflict 200 1", "has quotes around it"),
    ("lost-text", "conflict 200 1", "stands for lost text"),
    ("no-slug", "updated 200 2", ""),
    ("123", "conflict 200 1", "database ID"),
    (
        "124",
        "conflict 200 1",
        "another conversation: `unrelated` instead of `124`",
    ),
];

#[test]
fn every_answer_to_a_read_has_its_outcome() {
    let server = Server::start(|request| {
        let echo = json!({"slug": request.slug, "tag_list": [], "status": 0});
        match read_answer(&request.slug) {
            Some(answer) if request.method == "GET" => answer,
            _ if request.method == "GET" => Answer::json(200, &echo),
            _ => Answer::echo(request),
        }
    });
    let options = "--retries 1 --timeout 1s --workers 1 --max-failures none";
    let sent = send_file(&server, "rows.csv", adding_vip(&slugs(&READS)), options);
    sent.expect_status(1);
    expect_fates(&sent, &server, &READS);
}

#[test]
fn a_refused_login_at_the_read_stops_the_run_and_condemns_no_row() {
    for status in [401, 403] {
        let server = Server::start(move |_| Answer::text(status, "who are you?"));
        let sent = send_file(
            &server,
            "rows.csv",
            "slug,add_tags\na,vip\nb,vip\n",
            "--workers 1",
        );
        sent.expect_status(6);
        assert_eq!(sent.outcomes(), ["a not_sent", "b not_sent"]);
        assert_eq!(sent.summary()["stop_reason"], "login_refused");
    }
}

#[test]
fn a_throttled_read_waits_and_counts_against_no_retry() {
    let server = Server::start(|request| match (request.method.as_str(), request.nth) {
        ("GET", 0 | 1) => Answer::text(429, "").header("retry-after", "0"),
        ("GET", _) => Answer::json(200, &json!({"slug": "a", "status": 0, "tag_list": []})),
        _ => Answer::echo(request),
    });
    let sent = send_file(&server, "rows.csv", "slug,add_tags\na,vip\n", "--retries 0");
    assert_eq!(fate(&sent.line("a")), "updated 200 4");
    assert_eq!(sent.summary()["throttled"], 2);
}
