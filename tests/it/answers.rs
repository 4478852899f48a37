//! What an answer, or its absence, means for its row, for the other rows and for the run.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::net::TcpListener;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::command::{Workspace, ledger};
use super::support::request::Request;
use super::support::sent::{
    Fate, Sent, done, expect_fates, fate, numbered, send, send_file, slugs, to_out,
};
use super::support::server::Server;

/// The status code that a slug like `http-503` asks for.
fn status_of(slug: &str) -> Option<u16> {
    slug.strip_prefix("http-")?.parse().ok()
}

/// An answer that leaves open what became of the update; `None` for a slug that names no such
/// answer.
fn trouble(request: &Request) -> Option<Answer> {
    let conversation = json!({"slug": request.slug, "status": 2});
    Some(match request.slug.as_str() {
        slug if status_of(slug).is_some() => Answer::text(status_of(slug)?, "trouble"),
        "created" => Answer::json(201, &conversation),
        "no-content" => Answer::text(204, ""),
        "reset" => Answer::reset(),
        "close" => Answer::close(),
        "garbage" => Answer::raw(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
        "cut" => Answer::cut(200, &conversation.to_string(), 10),
        "silent" => Answer::hang(),
        "drip" => Answer::drip(1, Duration::from_millis(20)),
        "endless" => Answer::drip(64 << 10, Duration::ZERO),
        "long" => Answer::json(
            200,
            &json!({"slug": "long", "message": "x".repeat(2 << 20)}),
        ),
        "html" => Answer::html(200, "<h1>Maintenance</h1>"),
        "empty" => Answer::text(200, ""),
        "list" => Answer::json(200, &json!([conversation])),
        "stranger" => Answer::json(200, &json!({"slug": "somebody-else", "status": 2})),
        _ => return None,
    })
}

/// What each trouble comes to after the second try.
const TROUBLES: [Fate; 23] = [
    ("http-500", "unknown 500 2", "500"),
    ("http-502", "unknown 502 2", "502"),
    ("http-503", "unknown 503 2", "503"),
    ("http-504", "unknown 504 2", "504"),
    ("http-599", "unknown 599 2", "599"),
    ("http-408", "failed 408 2", "408"),
    ("http-409", "failed 409 2", "409 Conflict: trouble"),
    ("http-425", "failed 425 2", "425"),
    ("created", "unknown 201 2", "201"),
    ("no-content", "unknown 204 2", "204"),
    ("reset", "unknown - 2", "exchange failed"),
    ("close", "unknown - 2", "exchange failed"),
    ("garbage", "unknown - 2", "exchange failed"),
    ("cut", "unknown 200 2", "was cut off"),
    ("silent", "unknown - 2", "no answer within 1 s"),
    ("drip", "unknown 200 2", "too long"),
    ("endless", "unknown 200 2", "longer than 1 MiB"),
    ("long", "unknown 200 2", "longer than 1 MiB"),
    ("html", "unknown 200 2", "with a web page instead"),
    ("empty", "unknown 200 2", "without the conversation"),
    ("list", "unknown 200 2", "without the conversation"),
    ("stranger", "unknown 200 2", "another conversation"),
    ("fine", "updated 200 1", ""),
];

const TROUBLED: &str = "--retries 1 --timeout 1s --workers 23";

#[test]
fn trouble_is_tried_again_and_leaves_the_row_unknown_where_it_may_have_been_applied() {
    // In two runs: 20 rows in trouble, one after the other, would mean a server that is down.
    for fates in TROUBLES.chunks(TROUBLES.len().div_ceil(2)) {
        let server =
            Server::start(|request| trouble(request).unwrap_or_else(|| Answer::echo(request)));
        let sent = send(&server, &slugs(fates), TROUBLED);
        sent.expect_status(1);
        expect_fates(&sent, &server, fates);
        let troubled = fates.iter().filter(|fate| fate.0 != "fine").count();
        assert_eq!(sent.summary()["retries"], troubled);
        let lines = sent.ledger();
        for line in lines.iter().filter(|line| line.outcome == "unknown") {
            assert!(line.reasons.contains("may have been applied"), "{line:?}");
        }
    }
}

#[test]
fn an_answer_that_breaks_off_is_the_same_reason_for_every_row() {
    let server = Server::start(|_: &Request| Answer::cut(200, "{\"status\": 2}", 5));
    let sent = send(&server, &numbered("row-", 2), "--retries 0");
    let summary = sent.summary();
    let reasons = summary["reasons"].as_array().expect("reasons");
    assert_eq!(reasons.len(), 1, "{reasons:?}");
}

#[test]
fn trouble_that_passes_leaves_no_trace_but_the_number_of_tries() {
    let server = Server::start(|request| {
        let first = trouble(request).filter(|_| request.nth == 0);
        first.unwrap_or_else(|| Answer::echo(request))
    });
    let sent = send(&server, &slugs(&TROUBLES), TROUBLED);
    sent.expect_status(0);
    let passed = TROUBLES.map(|(slug, _, _)| match slug {
        "fine" => (slug, "updated 200 1", ""),
        _ => (slug, "updated 200 2", ""),
    });
    expect_fates(&sent, &server, &passed);
}

#[test]
fn without_retries_every_row_gets_one_try() {
    let server = Server::start(|request| trouble(request).unwrap_or_else(|| Answer::echo(request)));
    let few = [
        ("http-500", "unknown 500 1", "1 attempt"),
        ("http-408", "failed 408 1", "1 attempt"),
        ("reset", "unknown - 1", "1 attempt"),
    ];
    let sent = send(&server, &slugs(&few), "--retries 0");
    expect_fates(&sent, &server, &few);
}

#[test]
fn a_definite_answer_settles_its_row_at_once() {
    const FATES: [Fate; 11] = [
        ("http-200", "updated 200 1", ""),
        ("http-422", "rejected 422 1", "status: is wrong"),
        ("http-404", "not_found 404 1", "no such conversation"),
        ("http-400", "failed 400 1", "status: is wrong"),
        ("http-403", "failed 403 1", "status: is wrong"),
        ("http-405", "failed 405 1", "405"),
        ("http-410", "failed 410 1", "410"),
        ("http-451", "failed 451 1", "451"),
        ("http-300", "failed 300 1", "300"),
        ("http-302", "failed 302 1", "redirect"),
        ("http-304", "failed 304 1", "304"),
    ];
    let server = Server::start(|request| match request.slug.as_str() {
        "http-200" => Answer::echo(request),
        "http-304" => Answer::text(304, ""),
        slug => {
            let status = status_of(slug).expect("a status for a slug");
            Answer::json(status, &json!({"errors": {"status": ["is wrong"]}}))
        }
    });
    let sent = send(&server, &slugs(&FATES), "--workers 1");
    sent.expect_status(1);
    expect_fates(&sent, &server, &FATES);
}

#[test]
fn doubt_stays_until_a_definite_answer() {
    const FATES: [Fate; 7] = [
        ("http-404", "not_found 404 2", "no such conversation"),
        ("http-422", "rejected 422 2", "no"),
        ("http-400", "failed 400 2", "400"),
        ("http-408", "unknown 408 2", "may have been applied"),
        ("429-200", "updated 200 3", ""),
        ("429-500", "unknown 500 3", "may have been applied"),
        ("429-404", "not_found 404 3", "no such conversation"),
    ];
    let server = Server::start(|request| {
        let script = request.slug.trim_start_matches("http-");
        let next = script.split('-').nth(request.nth.saturating_sub(1));
        match next.and_then(|status| status.parse().ok()) {
            _ if request.nth == 0 => Answer::reset(),
            Some(200) => Answer::echo(request),
            Some(429) => Answer::text(429, "").header("Retry-After", "1"),
            Some(status) => Answer::text(status, "no"),
            None => panic!("no script for {}, {}", request.slug, request.nth),
        }
    });
    let sent = send(&server, &slugs(&FATES), "--retries 1 --workers 7");
    sent.expect_status(1);
    expect_fates(&sent, &server, &FATES);
}

#[test]
fn a_server_that_was_never_reached_makes_a_row_fail() {
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let base_url = format!("http://{}/api/v1", closed.expect("a free port"));
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    let run = to_out(
        &workspace,
        "rows.csv",
        &format!("--retries 1 --base-url {base_url}"),
    );
    let run = run.env("REAMAZE_EMAIL", "a@example.com");
    assert_eq!(run.env("REAMAZE_API_TOKEN", "t").output().status, 1);
    let [line] = ledger(&workspace.path().join("out"))
        .try_into()
        .expect("one line");
    assert_eq!(fate(&line), "failed - 2");
    assert!(line.reasons.contains("cannot connect"), "{line:?}");
}

/// Bodies of a 422, and what must be read of them.
const REASONS: &str = r#"
{"errors": {"status": ["is wrong", "is old"], "tag_list": ["is long"]}} => status: is wrong; status: is old; tag_list: is long
{"errors": ["Status is wrong", "Tag is long"]} => Status is wrong; Tag is long
{"errors": "Status is wrong"} => Status is wrong
{"error": "Status is wrong"} => Status is wrong
{"error": {"status": "is wrong"}} => status: is wrong
{"data": ["is no object"], "status": ["is wrong"]} => data: is no object; status: is wrong
{"message": "Status is wrong"} => Status is wrong
{"errors": [{"field": "status", "message": "is wrong"}]} => status: is wrong
["Status is wrong"] => Status is wrong
"Status is\r\nwrong\t!" => Status is wrong !
{"errors": {"status": ["ist ungültig – ‚neu‘"]}} => status: ist ungültig – ‚neu‘
Status is wrong => Status is wrong
<html><head><style>p{color:red}</style></head><body><p>Status is <b>wrong</b></p></body></html> => Status is wrong
<!DOCTYPE html><body><h1>R&amp;D</h1></body> => R&D
{} => no reason
"#;

#[test]
fn the_reasons_of_a_422_are_one_readable_line_whatever_its_shape() {
    let shapes = REASONS.lines().filter_map(|line| line.split_once(" => "));
    let mut cases: Vec<(Answer, &str)> = shapes
        .map(|(body, told)| (Answer::text(422, body), told))
        .collect();
    // What need only be told somehow.
    let binary = b"HTTP/1.1 422 \r\ncontent-length: 3\r\n\r\n\xff\xfe\0".to_vec();
    cases.extend([
        (Answer::text(422, ""), "no reason"),
        (
            Answer::cut(422, r#"{"errors": {"status": ["is wrong"]}}"#, 9),
            "",
        ),
        (Answer::raw(binary), ""),
        (
            Answer::json(422, &json!({"error": "x".repeat(2 << 20)})),
            "",
        ),
    ]);
    let answers: Vec<Answer> = cases.iter().map(|(answer, _)| answer.clone()).collect();
    let server = Server::start(move |request| answers[number_in(&request.slug)].clone());
    let sent = send(&server, &numbered("row-", cases.len()), "");
    sent.expect_status(1);
    for (line, (_, told)) in sent.ledger().iter().zip(&cases) {
        assert_eq!(fate(line), "rejected 422 1", "{line:?}");
        let reasons = &line.reasons;
        assert!(
            reasons.contains(told) && !reasons.is_empty(),
            "{told:?} in {line:?}"
        );
        assert!(
            !reasons.contains(['\n', '<', '\0', '"']) && reasons.len() < 4096,
            "{line:?}"
        );
    }
}

/// The number at the end of a slug that [`numbered`] made.
fn number_in(slug: &str) -> usize {
    let number = slug.trim_start_matches(|c: char| !c.is_ascii_digit());
    number.parse().expect("a number at the end")
}

#[test]
fn a_429_never_counts_and_without_a_header_the_pauses_grow() {
    let server = Server::start(|request| match request.nth {
        0 | 1 => Answer::text(429, "Slow down"),
        _ => Answer::echo(request),
    });
    let sent = send(&server, &["a"], "--retries 0");
    sent.expect_status(0);
    expect_fates(&sent, &server, &[("a", "updated 200 3", "")]);
    assert_eq!(sent.summary()["throttled"], 2);
    assert_eq!(sent.summary()["retries"], 0);
    let at: Vec<Instant> = server.requests().iter().map(|request| request.at).collect();
    let (first, second) = (at[1] - at[0], at[2] - at[1]);
    assert!(first >= Duration::from_millis(500), "{first:?}");
    assert!(second > first, "{first:?}, {second:?}");
}

#[test]
fn a_retry_after_in_seconds_holds_all_workers_back() {
    const SOON: Duration = Duration::from_millis(50);
    for status in [429, 503] {
        let server = Server::start(move |request| match (request.slug.as_str(), request.nth) {
            ("row-0", 0) => Answer::text(status, "")
                .header("Retry-After", "1")
                .delay(SOON),
            // By the time these come, the pause is known: their workers are free and must wait.
            ("row-1" | "row-2", 0) => Answer::echo(request).delay(SOON * 8),
            _ => Answer::echo(request),
        });
        let sent = send(&server, &numbered("row-", 9), "--workers 3 --retries 1");
        sent.expect_status(0);
        assert_eq!(sent.line("row-0").attempts, 2);
        // A 503 uses up a try, a 429 does not.
        let (retries, throttled) = if status == 503 { (1, 0) } else { (0, 1) };
        assert_eq!(sent.summary()["retries"], retries, "{status}");
        assert_eq!(sent.summary()["throttled"], throttled, "{status}");
        let asked = server.requests_for("row-0")[0].at + SOON + Duration::from_secs(1);
        for request in &server.requests()[3..] {
            let early = asked.saturating_duration_since(request.at);
            assert!(
                early.is_zero(),
                "{status}: {} came {early:?} early",
                request.slug
            );
        }
    }
}

#[test]
fn a_503_that_asks_for_a_pause_gets_it_although_its_row_has_no_try_left() {
    let server = Server::start(|request| match request.slug.as_str() {
        "a" => Answer::text(503, "").header("Retry-After", "1"),
        _ => Answer::echo(request),
    });
    let sent = send(&server, &["a", "b"], "--workers 1 --retries 0");
    assert_eq!(sent.outcomes(), ["a unknown", "b updated"]);
    let requests = server.requests();
    let waited = requests[1].at - requests[0].at;
    assert!(
        waited >= Duration::from_secs(1),
        "the next request came after {waited:?}"
    );
}

#[test]
fn a_retry_after_that_is_a_date_is_waited_for() {
    let until: &'static Mutex<Option<Instant>> = Box::leak(Box::default());
    let server = Server::start(move |request| match request.nth {
        0 => {
            let (now, here) = (SystemTime::now(), Instant::now());
            let date = httpdate::fmt_http_date(now + Duration::from_secs(2));
            let told = httpdate::parse_http_date(&date).expect("a date");
            let wait = told.duration_since(now).expect("more than a second");
            *until.lock().expect("a lock") = Some(here + wait);
            Answer::text(429, "").header("Retry-After", &date)
        }
        _ => Answer::echo(request),
    });
    send(&server, &["a"], "").expect_status(0);
    let until = until.lock().expect("a lock").expect("a first request");
    // A clock that is compared in whole milliseconds may be one off.
    assert!(server.requests()[1].at + Duration::from_millis(2) >= until);
}

#[test]
fn a_server_that_asks_for_more_than_15_minutes_ends_the_run() {
    for (status, retry_after, outcome) in [
        (429, "901", "not_sent"),
        (429, "Fri, 01 Jan 2100 00:00:00 GMT", "not_sent"),
        (503, "901", "unknown"),
    ] {
        let server = Server::start(move |request| match request.slug.as_str() {
            "a" => Answer::echo(request),
            _ => Answer::text(status, "").header("Retry-After", retry_after),
        });
        let sent = send(&server, &["a", "b", "c"], "--workers 1");
        sent.expect_status(6);
        let b = format!("b {outcome}");
        assert_eq!(sent.outcomes(), ["a updated", &b, "c not_sent"]);
        assert_eq!(fate(&sent.line("b")), format!("{outcome} {status} 1"));
        assert_eq!(fate(&sent.line("c")), "not_sent - 0");
        let told = &sent.output.stderr;
        assert!(
            told.contains("pause") && told.contains("continue after"),
            "{told}"
        );
    }
}

#[test]
fn a_refused_login_ends_the_run_and_condemns_no_row() {
    // The slug that is refused, the status, and what comes of a, b and c.
    for (refused, status, outcomes) in [
        ("a", 401, ["a not_sent", "b not_sent", "c not_sent"]),
        ("a", 403, ["a not_sent", "b not_sent", "c not_sent"]),
        ("b", 401, ["a updated", "b not_sent", "c not_sent"]),
    ] {
        let server = Server::start(move |request| match request.slug.as_str() {
            slug if slug == refused => Answer::text(status, "Access denied"),
            _ => Answer::echo(request),
        });
        let sent = send(&server, &["a", "b", "c"], "--workers 1");
        sent.expect_status(6);
        assert_eq!(sent.outcomes(), outcomes);
        assert!(server.requests_for("c").is_empty());
        assert!(
            sent.output.stderr.contains("login"),
            "{}",
            sent.output.stderr
        );
        assert_eq!(sent.summary()["exit_status"], 6);
    }
}

#[test]
fn a_403_after_a_success_is_about_its_row() {
    let server = Server::start(|request| match request.slug.as_str() {
        "b" => Answer::json(403, &json!({"error": "not yours"})),
        _ => Answer::echo(request),
    });
    let sent = send(&server, &["a", "b", "c"], "--workers 1");
    sent.expect_status(1);
    assert_eq!(sent.outcomes(), ["a updated", "b failed", "c updated"]);
    assert!(sent.line("b").reasons.contains("not yours"));
}

#[test]
fn a_row_in_doubt_stays_so_when_the_run_is_stopped() {
    let server = Server::start(|request| match request.slug.as_str() {
        "a" => Answer::text(500, ""),
        _ => Answer::text(401, "").delay(Duration::from_millis(100)),
    });
    let sent = send(&server, &["a", "b"], "--workers 2");
    sent.expect_status(6);
    assert_eq!(sent.outcomes(), ["a unknown", "b not_sent"]);
    assert_eq!(sent.summary()["retries"], 0, "none was sent any more");
}

/// What the rows of the tests of verification ask for, less the slug.
const ASKED: &str = r#""tag_list": ["VIP", "refund"], "status": 5, "hold_until": "2130-12-01T09:00:00+01:00", "assignee": "Staff1@example.com", "category": "sales", "brand": "acme", "data": {"n": 5, "order": "0042", "f": true, "z": null}"#;

/// Sends a row that asks for [`ASKED`] for each line of `shown`: what the server answers beside the
/// slug, as JSON without the outer braces.
fn ask_and_show(shown: &'static str, options: &str) -> Sent {
    let shown: Vec<&str> = shown.trim().lines().collect();
    let row = |slug| format!("{{\"slug\": \"{slug}\", {ASKED}}}\n");
    let rows: Vec<String> = numbered("row-", shown.len()).into_iter().map(row).collect();
    let server = Server::start(move |request| {
        let text = format!("{{{}}}", shown[number_in(&request.slug)]);
        let mut conversation: Value = serde_json::from_str(&text).expect("JSON");
        conversation["slug"] = json!(request.slug);
        Answer::json(200, &conversation)
    });
    send_file(&server, "rows.jsonl", rows.concat(), options)
}

/// The same as asked for, in another form or not shown at all.
const SAME: &str = r#"
"message": {"body": "x"}, "followers": []
"tag_list": ["refund", "vip"]
"tag_list": ["Refund ", "VIP", "vip"]
"tag_list": "vip, refund"
"status": "5"
"status": 5.0
"status": "On Hold"
"status": "on_hold"
"hold_until": "2130-12-01T08:00:00Z"
"hold_until": "2130-12-01T08:00:00.000+00:00"
"hold_until": "2130-12-01T03:00:00.000-05:00"
"assignee": {"email": "staff1@EXAMPLE.com", "name": "Staff"}
"assignee": "staff1@example.com"
"assignee": {"name": "Staff"}
"category": {"slug": "Sales", "name": "All sales"}
"category": "sales"
"category": {"name": "Sales"}
"data": {"n": "5", "order": 42, "f": "true", "z": ""}
"data": {"n": 5.0, "order": "0042", "f": true, "other": "kept"}
"#;

#[test]
fn the_same_in_another_form_is_no_difference() {
    let sent = ask_and_show(SAME, "");
    for (line, shown) in sent.ledger().iter().zip(SAME.trim().lines()) {
        assert_eq!(line.reasons, "", "{shown}");
    }
    sent.expect_status(0);
    assert_eq!(sent.summary()["differs"], 0);
}

/// Something else than asked for, in one field each.
const OTHER: &str = r#"
"tag_list": ["vip"]
"tag_list": ["vip", "refund", "old"]
"tag_list": []
"tag_list": null
"status": 0
"status": "Done"
"hold_until": "2130-12-01T09:00:00Z"
"hold_until": null
"assignee": null
"assignee": {"email": "staff2@example.com"}
"category": {"slug": "support"}
"data": {"n": 6, "order": 42, "f": true}
"data": {"order": "42a", "n": 5, "f": true}
"data": {"f": false, "n": 5, "order": 42}
"data": {"z": "still", "n": 5, "order": 42, "f": true}
"#;

#[test]
fn a_real_difference_is_told_and_the_row_counts_as_updated_all_the_same() {
    let sent = ask_and_show(OTHER, "");
    sent.expect_status(1);
    let lines = sent.ledger();
    for (line, shown) in lines.iter().zip(OTHER.trim().lines()) {
        // The names between the quotes: `data.n` of `"data": {"n": 6}`.
        let names: Vec<&str> = shown.split('"').skip(1).step_by(2).collect();
        let field = match names[0] {
            "data" => format!("data.{}: ", names[1]),
            name => format!("{name}: "),
        };
        assert_eq!(line.outcome, "updated");
        assert!(line.reasons.starts_with(&field), "{shown}: {line:?}");
        assert!(!line.reasons.contains(';'), "one difference: {line:?}");
    }
    assert_eq!(sent.summary()["differs"], lines.len());
    assert_eq!(sent.failed("jsonl"), None);
}

#[test]
fn without_verification_the_answer_is_believed() {
    let sent = ask_and_show(OTHER, "--no-verify");
    sent.expect_status(0);
    assert!(sent.ledger().iter().all(|line| line.reasons.is_empty()));
}
