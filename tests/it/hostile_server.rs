//! Servers that mean harm, or are broken beyond what HTTP allows: each answer ends its own row, in
//! bounded time and memory, and no other.
//!
//! What an unclear answer means for a row is in `answers`, text that acts on a terminal in
//! `reporting`, plain redirects in `sending`.

use std::time::Duration;

use serde_json::json;

use super::support::answer::Answer;
use super::support::secrets::expect_no_token;
use super::support::sent::{Fate, expect_fates, numbered, send, slugs};
use super::support::server::Server;

/// More than the program ever needs for a few rows, and far less than these servers send.
const MOST_BYTES: u64 = 128 << 20;

/// A row's fate, and the answer that leads to it.
type Case = (Fate, Answer);

const fn case(
    slug: &'static str,
    fate: &'static str,
    reason: &'static str,
    answer: Answer,
) -> Case {
    ((slug, fate, reason), answer)
}

/// Sends one row to each of these answers, all at once, beside a row that is answered well.
fn expect_each(cases: Vec<Case>) {
    let (mut fates, answers): (Vec<Fate>, Vec<Answer>) = cases.into_iter().unzip();
    let hostile = slugs(&fates);
    fates.push(("fine", "updated 200 1", ""));
    let server = Server::start(move |request| {
        let at = hostile.iter().position(|slug| *slug == request.slug);
        at.map_or_else(|| Answer::echo(request), |at| answers[at].clone())
    });
    let options = "--retries 0 --timeout 1s --workers 20 -v";
    let sent = send(&server, &slugs(&fates), options);
    sent.expect_status(1);
    expect_fates(&sent, &server, &fates);
    for line in sent.ledger() {
        let took: u64 = line.elapsed_ms.parse().unwrap_or(u64::MAX);
        assert!(took < 10_000, "with a timeout of 1 s: {line:?}");
    }
    let output = &sent.output;
    assert!(
        output.peak_bytes < MOST_BYTES,
        "{} bytes",
        output.peak_bytes
    );
    assert!(!output.stderr.contains('\u{1b}'), "{:?}", output.stderr);
    expect_no_token(&sent.workspace, output, "agent@example.com", "test-token");
}

fn raw(answer: &str) -> Answer {
    Answer::raw(answer.into())
}

#[test]
fn a_body_without_end_costs_no_more_than_a_timeout() {
    const MIB: usize = 1 << 20;
    let endless = || Answer::drip(64 << 10, Duration::ZERO);
    let slow = || Answer::drip(1, Duration::from_millis(20));
    let long = "HTTP/1.1 200 \r\ncontent-length: 1073741824\r\n\r\n";
    let refused = &long.replace("200", "422");
    let until_closed = "HTTP/1.1 422 \r\n\r\n";
    let keys: Vec<String> = (0..90_000).map(|key| format!("\"{key}\":1,")).collect();
    expect_each(vec![
        case(
            "endless-422",
            "rejected 422 1",
            "no reason",
            endless().status(422),
        ),
        case(
            "endless-400",
            "failed 400 1",
            "no reason",
            endless().status(400),
        ),
        case(
            "endless-404",
            "not_found 404 1",
            "no such",
            endless().status(404),
        ),
        case("endless-500", "unknown 500 1", "500", endless().status(500)),
        case(
            "slow-422",
            "rejected 422 1",
            "no reason",
            slow().status(422),
        ),
        case("slow-400", "failed 400 1", "no reason", slow().status(400)),
        case("slow-302", "failed 302 1", "redirect", slow().status(302)),
        case(
            "gigabyte-200",
            "unknown 200 1",
            "longer than 1 MiB",
            Answer::flood(long, "{\"a\":", MIB << 10),
        ),
        case(
            "gigabyte-422",
            "rejected 422 1",
            "no reason",
            Answer::flood(refused, "{\"a\":", MIB << 10),
        ),
        case(
            "deep-422",
            "rejected 422 1",
            "[[[",
            Answer::flood(until_closed, "[", MIB / 2),
        ),
        case(
            "deep-200",
            "unknown 200 1",
            "without the conversation",
            Answer::text(200, &"[".repeat(MIB / 2)),
        ),
        case(
            "wide-422",
            "rejected 422 1",
            "0: 1; ",
            Answer::text(422, &format!("{{{}\"x\":1}}", keys.concat())),
        ),
        case(
            "tags-422",
            "rejected 422 1",
            "(<p)",
            Answer::html(422, &"<p><a href=".repeat(MIB / 16)),
        ),
    ]);
}

#[test]
fn a_length_that_is_a_lie_costs_its_row_only() {
    let told = |status, length: &str| {
        let body = json!({"slug": "x", "error": "no"});
        Answer::json(status, &body).header("content-length", length)
    };
    let ok = |headers: &str, body: &str| raw(&format!("HTTP/1.1 200 \r\n{headers}\r\n\r\n{body}"));
    let chunked = |body: &str| ok("transfer-encoding: chunked", body);
    let extension = "HTTP/1.1 200 \r\ntransfer-encoding: chunked\r\n\r\n1;";
    let trailer = "HTTP/1.1 200 \r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n";
    expect_each(vec![
        case(
            "too-long-200",
            "unknown 200 1",
            "was cut off",
            told(200, "1000"),
        ),
        case(
            "too-long-422",
            "rejected 422 1",
            "no reason",
            told(422, "1000"),
        ),
        case(
            "too-short-200",
            "unknown 200 1",
            "without the conversation",
            told(200, "5"),
        ),
        case("too-short-422", "rejected 422 1", "{\"err", told(422, "5")),
        case(
            "negative",
            "unknown - 1",
            "exchange failed",
            told(200, "-1"),
        ),
        case(
            "no-number",
            "unknown - 1",
            "exchange failed",
            told(200, "ten"),
        ),
        case(
            "beyond-numbers",
            "unknown - 1",
            "exchange failed",
            told(200, "99999999999999999999999"),
        ),
        case(
            "contradicting",
            "unknown - 1",
            "exchange failed",
            ok("content-length: 2\r\ncontent-length: 3", "{}"),
        ),
        case(
            "huge-chunk",
            "unknown 200 1",
            "was cut off",
            chunked("ffffffffffffffff\r\n{}"),
        ),
        case(
            "overflowing-chunk",
            "unknown 200 1",
            "was cut off",
            chunked("fffffffffffffffff\r\n{}"),
        ),
        case("no-chunk", "unknown 200 1", "was cut off", chunked("{}")),
        case(
            "long-extension",
            "unknown 200 1",
            "was cut off",
            Answer::flood(extension, "x", 64 << 20),
        ),
        case(
            "endless-trailer",
            "unknown 200 1",
            "was cut off",
            Answer::flood(trailer, "a: b\r\n", 64 << 20),
        ),
    ]);
}

#[test]
fn what_is_no_http_leaves_its_row_unknown() {
    let broken = |slug, answer: &str| case(slug, "unknown - 1", "exchange failed", raw(answer));
    let flooded = |slug, start, again| {
        case(
            slug,
            "unknown - 1",
            "exchange failed",
            Answer::flood(start, again, 64 << 20),
        )
    };
    expect_each(vec![
        broken("no-head", "{\"slug\": \"no-head\", \"status\": 2}"),
        broken("http-2", "HTTP/2 200 \r\n\r\n{}"),
        broken("no-status", "HTTP/1.1\r\n\r\n{}"),
        broken("status-20", "HTTP/1.1 20 OK\r\n\r\n{}"),
        broken("status-99999", "HTTP/1.1 99999 OK\r\n\r\n{}"),
        broken("escapes", "HTTP/1.1 422 \u{1b}[2J\r\n\r\n\u{1b}[2J"),
        broken("nul", "HTTP/1.1 200 OK\r\nx: \0\r\n\r\n{}"),
        broken("tls", "\u{15}\u{3}\u{1}\0\u{2}\u{2}F"),
        broken("half-a-head", "HTTP/1.1 200 OK\r\ncontent-le"),
        flooded("line-ends", "", "\r\n"),
        flooded("zeros", "", "\0"),
        flooded("endless-status-line", "HTTP/1.1 200 ", "x"),
    ]);
}

#[test]
fn an_endless_flood_of_interim_answers_ends_with_the_timeout() {
    for flood in [
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n",
    ] {
        let server = Server::start(move |_| Answer::flood("", flood, usize::MAX));
        let sent = send(&server, &["endless"], "--retries 0 --timeout 1s");
        sent.expect_status(1);
        let fates = [("endless", "unknown - 1", "no answer within 1 s")];
        expect_fates(&sent, &server, &fates);
        let peak = sent.output.peak_bytes;
        assert!(peak < MOST_BYTES, "{peak} bytes");
    }
}

#[test]
fn interim_answers_and_headers_are_taken_in_bounded_number() {
    let told = |slug| {
        let body = json!({"slug": slug, "status": 2}).to_string();
        format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    let hints = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
    let (few, hinted) = (
        go_on.repeat(1000) + &told("few-100s"),
        hints.repeat(9) + &told("hints"),
    );
    let fields: Vec<String> = (0..10_000).map(|n| format!("x-{n}: y\r\n")).collect();
    let many = told("many-headers").replacen("\r\n", &format!("\r\n{}", fields.concat()), 1);
    let wide = Answer::json(200, &json!({"slug": "wide-header"})).header("x", &"y".repeat(100_000));
    let line = "HTTP/1.1 200 OK\r\n";
    expect_each(vec![
        case("few-100s", "updated 200 1", "", raw(&few)),
        case("hints", "updated 200 1", "", raw(&hinted)),
        case("wide-header", "updated 200 1", "", wide),
        case(
            "many-headers",
            "unknown - 1",
            "may have been applied",
            raw(&many),
        ),
        case(
            "endless-header",
            "unknown - 1",
            "may have been applied",
            Answer::flood("HTTP/1.1 200 OK\r\nx: ", "y", 64 << 20),
        ),
        case(
            "endless-headers",
            "unknown - 1",
            "may have been applied",
            Answer::flood(line, "x: y\r\n", 64 << 20),
        ),
    ]);
}

#[test]
fn a_status_code_that_nobody_can_make_sense_of_is_no_definite_no() {
    let upgrade = "HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n";
    expect_each(vec![
        case("upgrade", "unknown 101 1", "101", raw(upgrade)),
        case(
            "status-600",
            "unknown 600 1",
            "600",
            Answer::text(600, "no"),
        ),
        case(
            "status-999",
            "unknown 999 1",
            "999",
            Answer::text(999, "no"),
        ),
    ]);
}

#[test]
fn reasons_in_html_that_never_closes_a_tag_are_read_in_bounded_time() {
    let page = Answer::html(422, &"<p ".repeat(1 << 18));
    expect_each(vec![case("open-tags", "rejected 422 1", "<p", page)]);
}

#[test]
fn an_answer_hidden_behind_another_one_is_nobodys() {
    let hidden = "HTTP/1.1 200 OK\r\ncontent-length: 22\r\n\r\n{\"slug\":\"b\",\"status\":2}";
    let server = Server::start(move |request| match request.slug.as_str() {
        "a" => Answer::text(422, &format!("no{hidden}")).header("content-length", "2"),
        "b" => Answer::text(404, ""),
        _ => Answer::echo(request),
    });
    let sent = send(&server, &["a", "b", "c"], "--workers 1 --retries 0");
    let fates = [
        ("a", "rejected 422 1", "no"),
        ("b", "not_found 404 1", "no such"),
        ("c", "updated 200 1", ""),
    ];
    expect_fates(&sent, &server, &fates);
}

#[test]
fn nothing_in_an_answer_leads_the_token_to_another_server() {
    let stranger = Server::start(Answer::echo);
    let elsewhere = stranger.base_url();
    let authority = elsewhere.replace("http://", "").replace("/api/v1", "");
    let server = Server::start(move |request| {
        let answer = match request.slug.parse() {
            Ok(status) => Answer::text(status, ""),
            Err(_) if request.slug == "page" => {
                let page = format!("<meta http-equiv=refresh content=\"0;url={elsewhere}\">");
                Answer::html(200, &page)
            }
            Err(_) => Answer::echo(request),
        };
        answer
            .header("location", &elsewhere)
            .header("content-location", &elsewhere)
            .header("refresh", &format!("0;url={elsewhere}"))
            .header(
                "alt-svc",
                &format!("h2=\"{authority}\", http/1.1=\"{authority}\""),
            )
            .header("proxy-authenticate", "Basic")
    });
    let slugs = [
        "a", "201", "300", "305", "306", "399", "407", "421", "500", "503", "page", "z",
    ];
    let sent = send(&server, &slugs, "--workers 1 --retries 0");
    sent.expect_status(1);
    assert_eq!(server.slugs(), slugs);
    assert!(stranger.requests().is_empty());
}

#[test]
fn a_connection_that_the_server_closes_between_two_requests_costs_no_row() {
    // Whole answers that promise to keep the connection, and then it is closed.
    let closing = |request: &super::support::request::Request| {
        let body = json!({"slug": request.slug, "status": 2}).to_string();
        let length = body.len();
        raw(&format!(
            "HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: {length}\r\n\r\n{body}"
        ))
    };
    let server = Server::start(closing);
    let sent = send(&server, &numbered("row-", 60), "--workers 2 --rate 5000/s");
    sent.expect_status(0);
    assert!(sent.ledger().iter().all(|line| line.reasons.is_empty()));
}

#[test]
fn a_connection_that_is_closed_under_a_second_request_costs_no_row() {
    let used = std::sync::Mutex::new(std::collections::BTreeSet::new());
    let server = Server::start(move |request| {
        let is_fresh = used
            .lock()
            .is_ok_and(|mut used| used.insert(request.connection));
        match request.slug.as_str() {
            _ if is_fresh => Answer::echo(request),
            "row-3" => Answer::reset(),
            _ => Answer::close(),
        }
    });
    let sent = send(&server, &numbered("row-", 6), "--workers 1 --retries 1");
    sent.expect_status(0);
    assert!(sent.ledger().iter().all(|line| line.reasons.is_empty()));
}

#[test]
fn compressed_answers_that_nobody_asked_for_are_read_or_named() {
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        let written = std::io::Write::write_all(&mut encoder, text.as_bytes());
        written.and_then(|()| encoder.finish()).unwrap_or_default()
    };
    let answer = |status: &str, coding: &str, body: &[u8]| {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status} \r\ncontent-length: {length}\r\n{coding}\r\nconnection: close\r\n\r\n"
        );
        Answer::raw([head.as_bytes(), body].concat())
    };
    let coding = "content-encoding: gzip";
    let taken = gzip(r#"{"slug": "taken", "status": 2}"#);
    let unnamed = gzip(r#"{"slug": "unnamed", "status": 2}"#);
    let reason = gzip(r#"{"error": "not on staff"}"#);
    let bomb = gzip(&" ".repeat(8 << 20));
    let brotli = "content-encoding: br";
    expect_each(vec![
        case("taken", "updated 200 1", "", answer("200", coding, &taken)),
        case(
            "unnamed",
            "updated 200 1",
            "",
            answer("200", "x: y", &unnamed),
        ),
        case(
            "reason",
            "rejected 422 1",
            "not on staff",
            answer("422", coding, &reason),
        ),
        case(
            "bomb",
            "rejected 422 1",
            "longer than 1 MiB",
            answer("422", coding, &bomb),
        ),
        case(
            "brotli",
            "rejected 422 1",
            "compressed with br",
            answer("422", brotli, &[0xff; 9]),
        ),
        case(
            "brotli-200",
            "unknown 200 1",
            "compressed with br",
            answer("200", brotli, &[0xff; 9]),
        ),
    ]);
}
