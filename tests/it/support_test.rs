//! The test support itself: a scripted fault must be the fault that arrives, and nothing may
//! outlive its test.

#![expect(clippy::expect_used, reason = "tests")]

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::command::{LedgerLine, Signal, Workspace, failed, ledger, summary};
use super::support::server::Server;

/// Longer than any test may take, shorter than any wait that a test should cut short.
const AGES: Duration = Duration::from_hours(1);

/// A PUT for `slug` with this body.
fn put(slug: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "PUT /api/v1/conversations/{slug} HTTP/1.1\r\nHost: here\r\nX-Seen: a\r\nx-seen: b\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

fn connect(server: &Server) -> TcpStream {
    let base = server.base_url();
    let address = base
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_suffix("/api/v1"));
    let stream = TcpStream::connect(address.expect("a base URL")).expect("the server listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a socket takes a timeout");
    stream
}

fn send(server: &Server, request: &str) -> TcpStream {
    let mut stream = connect(server);
    stream
        .write_all(request.as_bytes())
        .expect("the server reads");
    stream
}

/// All that comes until the server closes.
fn exchange(server: &Server, request: &str) -> io::Result<String> {
    let mut text = String::new();
    send(server, request).read_to_string(&mut text)?;
    Ok(text)
}

/// The head and the body, by its length, of the next answer on a connection that stays open.
fn next_answer(stream: &mut TcpStream) -> (String, String) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a head");
        head.extend(byte);
    }
    let head = String::from_utf8(head).expect("a head in ASCII");
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.expect("a length").parse().expect("a number")];
    stream.read_exact(&mut body).expect("a body");
    (head, String::from_utf8(body).expect("a body in UTF-8"))
}

#[test]
fn requests_are_kept_as_they_arrived() {
    let server = Server::start(|_| Answer::text(200, "ok").header("Connection", "close"));
    let before = Instant::now();
    for request in [
        put("knock%2Dknock?a=b", r#"{"a":1}"#),
        put("b", "no json"),
        put("knock-knock", ""),
    ] {
        exchange(&server, &request).expect("an answer");
    }
    let requests = server.requests();
    let slugs: Vec<&str> = requests
        .iter()
        .map(|request| request.slug.as_str())
        .collect();
    assert_eq!(slugs, ["knock-knock", "b", "knock-knock"]);
    assert_eq!(requests[0].method, "PUT");
    assert_eq!(requests[0].path, "/api/v1/conversations/knock%2Dknock?a=b");
    assert_eq!(requests[0].headers["x-seen"], "a, b");
    assert_eq!(requests[0].body, json!({"a": 1}));
    assert_eq!(
        (&requests[1].body, requests[1].raw_body.as_slice()),
        (&Value::Null, b"no json".as_slice())
    );
    assert!(before <= requests[0].at && requests[0].at <= requests[2].at);
    assert_eq!(requests[2].connection, 2);
    let nths: Vec<usize> = server
        .requests_for("knock-knock")
        .iter()
        .map(|request| request.nth)
        .collect();
    assert_eq!(nths, [0, 1]);
    server.finish();
}

#[test]
fn a_connection_is_kept_for_the_next_request_and_an_answer_follows_its_script() {
    let server = Server::start(|request| match request.nth {
        0 => Answer::json(429, &json!({"error": "slow down"})).header("Retry-After", "1"),
        _ => Answer::html(502, "<p>bad gateway").delay(Duration::from_millis(1)),
    });
    // Both at once, so that the second waits in the server's buffer; in pieces, as a network may
    // deliver them.
    let mut stream = connect(&server);
    for piece in put("a", "{}").repeat(2).as_bytes().chunks(7) {
        stream.write_all(piece).expect("the server reads");
    }
    let (head, body) = next_answer(&mut stream);
    assert!(
        head.starts_with("HTTP/1.1 429 \r\n") && head.contains("\r\nretry-after: 1\r\n"),
        "{head}"
    );
    assert_eq!(body, r#"{"error":"slow down"}"#);
    let (head, body) = next_answer(&mut stream);
    assert!(
        head.starts_with("HTTP/1.1 502 \r\n") && head.contains("\r\ncontent-type: text/html"),
        "{head}"
    );
    assert_eq!(body, "<p>bad gateway");
    assert_eq!(server.requests()[1].connection, 0);
}

#[test]
fn an_echo_shows_what_was_asked_for() {
    let asked = json!({"conversation": {
        "tag_list": [], "status": 5, "hold_until": "2030-01-01T00:00:00Z", "data": {"a": "b"},
        "assignee": {"email": "staff1@example.com"}, "category": "sales",
    }});
    let server = Server::start(Answer::echo);
    let (_, body) = next_answer(&mut send(&server, &put("a%20b", &asked.to_string())));
    let shown: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(shown["slug"], "a b");
    for field in ["tag_list", "status", "hold_until", "data"] {
        assert_eq!(shown[field], asked["conversation"][field], "{field}");
    }
    assert_eq!(shown["assignee"]["email"], "staff1@example.com");
    assert_eq!(shown["category"]["slug"], "sales");
}

#[test]
fn a_reset_arrives_as_a_reset_and_a_close_as_an_end() {
    let server = Server::start(|request| match request.slug.as_str() {
        "reset" => Answer::reset(),
        _ => Answer::close(),
    });
    let error = exchange(&server, &put("reset", "{}")).expect_err("a reset");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(
        exchange(&server, &put("close", "{}")).expect("an end in good order"),
        ""
    );
}

#[test]
fn a_cut_body_is_shorter_than_announced_and_raw_bytes_are_sent_as_they_are() {
    let server = Server::start(|request| match request.slug.as_str() {
        "cut" => Answer::cut(200, r#"{"slug":"cut"}"#, 5),
        _ => Answer::raw(b"SSH-2.0\r\n".to_vec()),
    });
    let text = exchange(&server, &put("cut", "{}")).expect("an end in good order");
    assert!(text.contains("\r\ncontent-length: 14\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\n{\"slu"), "{text}");
    assert_eq!(
        exchange(&server, &put("raw", "{}")).expect("an end in good order"),
        "SSH-2.0\r\n"
    );
}

#[test]
fn a_dripping_body_grows_until_the_peer_leaves() {
    let server = Server::start(|_| Answer::drip(100, Duration::from_millis(1)));
    let mut stream = send(&server, &put("a", "{}"));
    stream
        .read_exact(&mut [0; 10_000])
        .expect("more than one chunk");
    drop(stream);
    server.finish();
}

#[test]
fn dropping_the_server_ends_whatever_goes_on() {
    let server = Server::start(|request| match request.slug.as_str() {
        "hang" => Answer::hang(),
        "delay" => Answer::close().delay(AGES),
        "slow-drip" => Answer::drip(1, AGES),
        // Nobody reads this one, so the server's write blocks once the buffers are full.
        _ => Answer::drip(1 << 20, Duration::ZERO),
    });
    let slugs = ["hang", "delay", "slow-drip", "full"];
    let mut streams: Vec<TcpStream> = slugs
        .iter()
        .map(|slug| send(&server, &put(slug, "{}")))
        .collect();
    streams.push(connect(&server));
    streams.push(send(&server, "PUT /half-a-head"));
    server.wait_for_requests(slugs.len());
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        drop(server);
        done.send(())
    });
    is_done
        .recv_timeout(Duration::from_secs(10))
        .expect("a prompt end");
    let ended = streams[0].read(&mut [0]).expect("an end in good order");
    assert_eq!(ended, 0);
}

#[test]
#[should_panic(expected = "answering PUT /api/v1/conversations/a: not this one")]
fn a_panic_in_the_closure_fails_the_test_when_the_server_is_dropped() {
    let server = Server::start(|request| {
        assert!(request.slug != "a", "not this one");
        Answer::close()
    });
    drop(exchange(&server, &put("b", "{}")));
    drop(exchange(&server, &put("a", "{}")));
}

#[test]
#[should_panic(expected = "on connection 0: not an HTTP request")]
fn a_request_that_is_not_http_fails_the_test_at_the_finish() {
    let server = Server::start(Answer::echo);
    drop(exchange(&server, "\u{1}\u{2}\u{3}\r\n\r\n"));
    server.finish();
}

#[test]
fn a_run_gives_status_and_output() {
    let workspace = Workspace::new();
    let run = workspace
        .command(&["--version"])
        .env("REAMAZE_BRAND", "example")
        .stdin("not read");
    let output = run.output();
    assert_eq!(output.status, 0);
    assert!(output.stdout.starts_with("reamaze-bulk "), "{output:?}");
    assert_eq!(output.stderr, "");
}

#[test]
fn a_signal_ends_a_run_that_waits_for_its_answer() {
    let server = Server::start(|_| Answer::hang());
    let workspace = Workspace::new();
    workspace.write("rows.csv", "slug,status\nknock-knock,2\n");
    let child = workspace
        .command(&["run", "rows.csv", "--yes"])
        .against(&server)
        .spawn();
    server.wait_for_requests(1);
    child.signal(Signal::KILL);
    assert_eq!(child.wait().status, -9);
}

#[test]
fn the_files_of_a_run_are_read_back() {
    let workspace = Workspace::new();
    assert_eq!(workspace.run_dirs().len(), 0);
    workspace.write(
        "reamaze-runs/b/results.csv",
        "line,slug,outcome,http_status,reasons,attempts,elapsed_ms,finished_at\n\
         2,a,rejected,422,\"no, thanks\",1,12,2026-01-01T00:00:00.000Z\n\
         3,b,not_sent,,,0,,\n",
    );
    workspace.write("reamaze-runs/a/summary.json", r#"{"rows": 2}"#);
    workspace.write("reamaze-runs/a/failed.jsonl", "{}\n");
    let [first, second] = workspace.run_dirs().try_into().expect("two directories");
    assert!(first.starts_with(workspace.path()) && first.ends_with("a") && second.ends_with("b"));
    let lines = ledger(&second);
    let expected = LedgerLine {
        line: 2,
        slug: "a".to_owned(),
        outcome: "rejected".to_owned(),
        http_status: "422".to_owned(),
        reasons: "no, thanks".to_owned(),
        attempts: 1,
        elapsed_ms: "12".to_owned(),
        finished_at: "2026-01-01T00:00:00.000Z".to_owned(),
    };
    assert_eq!(lines[0], expected);
    assert_eq!(
        (
            lines.len(),
            lines[1].http_status.as_str(),
            lines[1].attempts
        ),
        (2, "", 0)
    );
    assert_eq!(summary(&first), json!({"rows": 2}));
    assert_eq!(failed(&first, "jsonl").as_deref(), Some("{}\n"));
    assert_eq!(
        (
            failed(&first, "csv"),
            workspace.read("reamaze-runs/a/failed.jsonl")
        ),
        (None, "{}\n".to_owned())
    );
}
