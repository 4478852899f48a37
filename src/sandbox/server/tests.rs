//! The sandbox through real connections: what it answers, and when.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::super::limit::Limit;
use super::*;

struct Answer {
    status: u16,
    head: String,
    body: Value,
}

fn sandbox(options: Options) -> Sandbox {
    Sandbox::start(0, options, Box::new(|_| ())).unwrap()
}

/// One request on a connection of its own.
fn send(sandbox: &Sandbox, line: &str, authorization: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(sandbox.address).unwrap();
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\
         Authorization: {authorization}\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head[9..12].parse().unwrap(),
        head: head.to_lowercase(),
        body: serde_json::from_str(body).unwrap(),
    }
}

fn basic(credentials: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(credentials))
}

fn call(sandbox: &Sandbox, line: &str, body: &str) -> Answer {
    send(sandbox, line, &basic("me@example.com:token"), body)
}

const PUT: &str = "PUT /api/v1/conversations/knock-knock";
const GET: &str = "GET /api/v1/conversations/knock-knock";
const DONE: &str = r#"{"conversation": {"status": 2, "assignee": {"email": "a@example.com"}}}"#;

#[test]
fn a_get_shows_what_a_put_has_set() {
    let sandbox = sandbox(Options::default());
    let put = call(&sandbox, PUT, DONE);
    let get = call(&sandbox, GET, "");
    assert_eq!((put.status, get.status), (200, 200));
    assert_eq!(put.body, get.body);
    assert_eq!(get.body["status"], 2);
    assert_eq!(get.body["assignee"]["email"], "a@example.com");
    assert_eq!(
        call(&sandbox, "GET /api/v1/conversations/a%2Fb", "").body["slug"],
        "a/b"
    );
}

#[test]
fn a_refused_update_changes_nothing() {
    let sandbox = sandbox(Options::default());
    let before = call(&sandbox, GET, "").body;
    let refused = call(
        &sandbox,
        PUT,
        r#"{"conversation": {"status": 2, "data": 1}}"#,
    );
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.body,
        json!({"errors": {"data": ["must be an object"]}})
    );
    assert_eq!(call(&sandbox, GET, "").body, before);
}

#[test]
fn only_a_login_with_a_token_is_let_in() {
    let sandbox = sandbox(Options::default());
    let outsiders = ["", "Basic", "Basic !!!", "Bearer token"].map(str::to_owned);
    let incomplete = ["me@example.com", "me@example.com:", ":token"].map(basic);
    for authorization in outsiders.iter().chain(&incomplete) {
        let answer = send(&sandbox, PUT, authorization, DONE);
        assert_eq!(answer.status, 401, "{authorization}");
        assert!(answer.body["error"].is_string());
    }
    assert_eq!(
        send(&sandbox, GET, &basic("anyone:anything:at all"), "").status,
        200
    );
}

#[test]
fn a_429_says_when_to_come_back() {
    let limit = Some(Limit {
        requests: 2,
        window: Duration::from_hours(1),
    });
    let sandbox = sandbox(Options {
        limit,
        ..Options::default()
    });
    assert_eq!(call(&sandbox, "GET /nowhere", "").status, 404);
    assert_eq!(call(&sandbox, PUT, "not JSON").status, 422);
    let throttled = call(&sandbox, PUT, DONE);
    assert_eq!(throttled.status, 429);
    let (_, wait) = throttled.head.split_once("retry-after: ").unwrap();
    let seconds: u32 = wait.lines().next().unwrap().parse().unwrap();
    assert!((1..=3600).contains(&seconds));
    let other = send(&sandbox, GET, &basic("me@example.com:other"), "");
    assert_eq!(other.status, 200);
    assert_ne!(other.body["assignee"]["email"], "a@example.com");
}

#[test]
fn a_withheld_retry_after_is_not_sent() {
    let limit = Some(Limit {
        requests: 0,
        window: Duration::from_mins(1),
    });
    let retry_after = RetryAfter::Withheld;
    let sandbox = sandbox(Options {
        limit,
        retry_after,
        ..Options::default()
    });
    let throttled = call(&sandbox, GET, "");
    assert_eq!(throttled.status, 429);
    assert!(!throttled.head.contains("retry-after"));
}

#[test]
fn whatever_is_not_served_is_refused_in_json() {
    let sandbox = sandbox(Options::default());
    let long = " ".repeat(LONGEST_BODY + 1);
    let refused = [
        ("GET /api/v1/conversations/missing-one", "", 404),
        ("PUT /api/v1/conversations/missing-one", "not JSON", 404),
        ("GET /api/v1/conversations/%ff", "", 404),
        ("GET /api/v1/articles", "", 404),
        ("POST /api/v1/staff", "", 405),
        ("DELETE /api/v1/conversations", "", 405),
        ("POST /api/v1/conversations/knock-knock", "", 405),
        (PUT, &long, 413),
    ];
    for (line, body, status) in refused {
        let answer = call(&sandbox, line, body);
        assert_eq!(answer.status, status, "{line}");
        assert!(
            answer.head.contains("content-type: application/json"),
            "{line}"
        );
        assert!(answer.body["error"].is_string(), "{line}");
    }
}

#[test]
fn some_errors_come_before_the_change_and_some_after_it() {
    let sandbox = sandbox(Options {
        errors: 0.5,
        ..Options::default()
    });
    let (mut lost, mut applied) = (false, false);
    for n in 0..1000 {
        let put = call(&sandbox, &format!("PUT /api/v1/conversations/c{n}"), DONE);
        if put.status == 200 {
            continue;
        }
        assert!([500, 502, 503].contains(&put.status));
        let get = format!("GET /api/v1/conversations/c{n}");
        let shown = (0..1000)
            .map(|_| call(&sandbox, &get, ""))
            .find(|get| get.status == 200);
        let changed = shown.unwrap().body["assignee"]["email"] == "a@example.com";
        (lost, applied) = (lost || !changed, applied || changed);
        if lost && applied {
            return;
        }
    }
    assert!(lost && applied, "lost: {lost}, applied: {applied}");
}

#[test]
fn a_dropped_sandbox_is_gone_even_with_a_request_in_flight() {
    let latency = Duration::from_hours(1);
    let sandbox = sandbox(Options {
        latency,
        ..Options::default()
    });
    let address = sandbox.address;
    let mut waiting = TcpStream::connect(address).unwrap();
    waiting
        .write_all(b"GET / HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        .unwrap();
    drop(sandbox);
    assert!(TcpStream::connect(address).is_err());
}
