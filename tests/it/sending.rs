//! What goes over the wire: bodies, addresses, headers, and no more of it at a time than allowed.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::request::Request;
use super::support::sent::{numbered, send, send_file};
use super::support::server::Server;

/// The requests of a run over these rows, all of which must be updated as they ask.
fn requests_of(name: &str, rows: &str) -> Vec<Request> {
    let server = Server::start(Answer::echo);
    send_file(&server, name, rows, "--workers 1").expect_status(0);
    server.requests()
}

/// Fails the test unless the rows were sent in this order with these conversations as bodies:
/// `SLUG CONVERSATION` a line.
fn expect_conversations(requests: &[Request], expected: &str) {
    assert_eq!(requests.len(), expected.trim().lines().count());
    for (request, line) in requests.iter().zip(expected.trim().lines()) {
        let (slug, conversation) = line.trim().split_once(' ').expect("two words");
        let conversation: Value = serde_json::from_str(conversation).expect("JSON");
        assert_eq!(
            (request.method.as_str(), request.slug.as_str()),
            ("PUT", slug)
        );
        assert_eq!(
            request.body,
            json!({"conversation": conversation}),
            "{slug}"
        );
    }
}

#[test]
fn the_body_of_a_csv_row_holds_what_the_row_sets_and_nothing_else() {
    let requests = requests_of(
        "rows.csv",
        "slug,tag_list,status,hold_until,assignee,category,brand,data.plan,data.Order No\n\
         tags,\" vip, two words ,vip,\",,,,,,,\n\
         cleared,[],,,,,,,\n\
         array,\"[\"\"a\"\", \"\"b\"\"]\",,,,,,,\n\
         open,,0,,,,,,\n\
         named,, auto_RESOLVED ,,,,,,\n\
         spreadsheet,,2.0,,,,,,\n\
         held,,On Hold,2130-01-01T09:00:00+01:00,,,,,\n\
         given,,,,staff1@example.com,,,,\n\
         moved,,,,,sales,,,\n\
         elsewhere,,,,,sales,acme,,\n\
         custom,,,,,,,\" Gold \",\n\
         text,,,,,,,,0042\n\
         \"all\",a,,,,sales,,true,\"say \"\"no\"\"\n…\"\n",
    );
    let expected = r#"
        tags {"tag_list": ["vip", "two words"]}
        cleared {"tag_list": []}
        array {"tag_list": ["a", "b"]}
        open {"status": 0}
        named {"status": 6}
        spreadsheet {"status": 2}
        held {"status": 5, "hold_until": "2130-01-01T09:00:00+01:00"}
        given {"assignee": {"email": "staff1@example.com"}}
        moved {"category": "sales"}
        elsewhere {"category": "sales", "brand": "acme"}
        custom {"data": {"plan": " Gold "}}
        text {"data": {"Order No": "0042"}}
        all {"tag_list": ["a"], "category": "sales", "data": {"plan": "true", "Order No": "say \"no\"\n…"}}
    "#;
    expect_conversations(&requests, expected);
}

#[test]
fn the_body_of_a_jsonl_row_holds_what_the_row_sets_and_nothing_else() {
    let requests = requests_of(
        "rows.jsonl",
        r#"{"slug": "tags", "tag_list": ["vip", "refund", "vip"], "status": null}
{"slug": "cleared", "tag_list": []}
{"slug": "open", "status": 0}
{"slug": "named", "Status": "done"}
{"slug": "given", "assignee": "staff1@example.com"}
{"slug": "object", "assignee": {"email": "staff1@example.com"}}
{"slug": "custom", "data": {"a": "x", "b": true, "c": null}, "data.d": "y", "_note": [1]}
"#,
    );
    let expected = r#"
        tags {"tag_list": ["vip", "refund"]}
        cleared {"tag_list": []}
        open {"status": 0}
        named {"status": 2}
        given {"assignee": {"email": "staff1@example.com"}}
        object {"assignee": {"email": "staff1@example.com"}}
        custom {"data": {"a": "x", "b": true, "c": null, "d": "y"}}
    "#;
    expect_conversations(&requests, expected);
}

#[test]
fn a_number_of_a_jsonl_row_is_sent_digit_for_digit() {
    let numbers = r#"{"a":1.50,"b":12345678901234567890123,"c":-0,"d":1E-3,"e":0.1000}"#;
    let requests = requests_of("rows.jsonl", &format!(r#"{{"slug":"a","data":{numbers}}}"#));
    assert_eq!(
        String::from_utf8_lossy(&requests[0].raw_body),
        format!(r#"{{"conversation":{{"data":{numbers}}}}}"#)
    );
}

#[test]
fn a_slug_is_one_segment_of_the_address_whatever_is_in_it() {
    let slugs = [
        ("knock-knock_2.0~", "knock-knock_2.0~"),
        ("...", "..."),
        ("a!b%zz", "a%21b%25zz"),
        ("100%", "100%25"),
        ("é;:@&=+$", "%C3%A9%3B%3A%40%26%3D%2B%24"),
        (r"a\b", "a%5Cb"),
    ];
    let rows = slugs.map(|(slug, _)| format!("{slug}\t2\n")).concat();
    let requests = requests_of("rows.tsv", &format!("slug\tstatus\n{rows}"));
    for (request, (slug, segment)) in requests.iter().zip(slugs) {
        assert_eq!(
            request.path,
            format!("/api/v1/conversations/{segment}"),
            "{slug}"
        );
    }
}

#[test]
fn each_request_says_who_sends_it_and_what_it_is() {
    let requests = requests_of("rows.csv", "slug,status\na,2\n");
    let headers = &requests[0].headers;
    let login = STANDARD.encode("agent@example.com:test-token");
    assert_eq!(headers["authorization"], format!("Basic {login}"));
    assert_eq!(headers["accept"], "application/json");
    assert_eq!(headers["content-type"], "application/json");
    let version = concat!("reamaze-bulk/", env!("CARGO_PKG_VERSION"));
    assert!(headers["user-agent"].starts_with(version), "{headers:?}");
}

#[test]
fn a_redirect_is_not_followed() {
    let stranger = Server::start(Answer::echo);
    let to = format!("{}/conversations/a", stranger.base_url());
    // One that is fine, or the brand would seem to be wrong.
    let statuses = ["fine", "301", "302", "303", "307", "308"];
    let server = Server::start(move |request| match request.slug.parse() {
        Ok(status) => Answer::text(status, "").header("Location", &to),
        Err(_) => Answer::echo(request),
    });
    let sent = send(&server, &statuses, "");
    sent.expect_status(1);
    for line in &sent.ledger()[1..] {
        assert_eq!(
            (line.outcome.as_str(), line.attempts),
            ("failed", 1),
            "{line:?}"
        );
        assert_eq!(line.http_status, line.slug);
    }
    assert_eq!(server.requests().len(), statuses.len());
    assert!(stranger.requests().is_empty());
}

#[test]
fn no_more_requests_are_in_flight_than_workers_and_all_workers_work() {
    const TAKES: Duration = Duration::from_millis(100);
    let server = Server::start(|request| Answer::echo(request).delay(TAKES));
    send(&server, &numbered("row-", 15), "--workers 3").expect_status(0);
    let arrivals: Vec<Instant> = server.requests().iter().map(|request| request.at).collect();
    // What came less than an answer's time ago has not been answered yet.
    let in_flight = |now: &Instant| {
        let open = |at: &&Instant| *at <= now && now.duration_since(**at) < TAKES;
        arrivals.iter().filter(open).count()
    };
    assert_eq!(arrivals.iter().map(in_flight).max(), Some(3));
}

#[test]
fn every_request_keeps_to_the_rate_the_second_tries_among_them() {
    let server = Server::start(|request| match request.nth {
        0 if request.slug.ends_with('3') => Answer::text(500, ""),
        _ => Answer::echo(request),
    });
    send(&server, &numbered("row-", 24), "--rate 25/s --workers 8").expect_status(0);
    let requests = server.requests();
    assert_eq!(requests.len(), 27);
    // At 25/s the 27th comes after 1.04 s; the bound leaves room for a small burst.
    let took = requests[26].at - requests[0].at;
    assert!((0.85..10.0).contains(&took.as_secs_f64()), "{took:?}");
    let half_seconds = requests.iter().map(|request| {
        let within = |other: &&Request| {
            other.at >= request.at && other.at - request.at < Duration::from_millis(500)
        };
        requests.iter().filter(within).count()
    });
    let most = half_seconds.max();
    assert!(most <= Some(18), "{most:?} requests within half a second");
}

#[test]
fn connections_are_used_again_whatever_the_answer_was() {
    let server = Server::start(|request| match request.slug.as_str() {
        "row-3" => Answer::text(404, "none"),
        "row-5" => Answer::json(422, &json!({"error": "no"})),
        "row-7" if request.nth == 0 => Answer::text(500, "oh"),
        _ => Answer::echo(request),
    });
    send(&server, &numbered("row-", 40), "--workers 2").expect_status(1);
    let connections = server
        .requests()
        .iter()
        .map(|request| request.connection)
        .max();
    assert!(connections < Some(4), "{connections:?} for two workers");
}
