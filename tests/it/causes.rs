//! Why a run stopped: what the server or the system said, in its words, with its status, and never
//! a cause that it is not.

use serde_json::json;

use super::support::answer::Answer;
use super::support::sent::{Sent, numbered, send};
use super::support::server::Server;

/// A server that gives this answer to every request, save for slugs that begin with `ok`.
fn answering(answer: Answer) -> Server {
    Server::start(move |request| {
        if request.slug.starts_with("ok") {
            Answer::echo(request)
        } else {
            answer.clone()
        }
    })
}

/// Sends 30 rows, one after the other, to a server that says the same of all.
fn send_30(answer: Answer, options: &str) -> Sent {
    let server = answering(answer);
    send(
        &server,
        &numbered("row-", 30),
        &format!("--workers 1 --retries 0 {options}"),
    )
}

/// How many rows came to `outcome`.
fn count(sent: &Sent, outcome: &str) -> usize {
    let lines = sent.ledger();
    lines.iter().filter(|line| line.outcome == outcome).count()
}

/// Fails the test unless the run stopped with that reason, and says all of these words both on
/// standard error and in its summary.
fn expect_stop(sent: &Sent, reason: &str, words: &[&str]) {
    sent.expect_status(6);
    let summary = sent.summary();
    assert_eq!(summary["stop_reason"], reason, "{:#?}", sent.output);
    let error = summary["error"].as_str().unwrap_or_default();
    for words in words {
        assert!(error.contains(words), "{words:?} in {error}");
        assert!(
            sent.output.stderr.contains(words),
            "{words:?} in {:#?}",
            sent.output
        );
    }
}

fn moved(status: u16, location: &str) -> Answer {
    Answer::text(status, "").header("location", location)
}

#[test]
fn first_rows_that_fail_alike_stop_the_run_with_the_words_of_the_server() {
    let login = "<html><title>Log in</title><h1>Log in to Acme</h1></html>";
    let nginx = "<html><h1>502 Bad Gateway</h1><hr>nginx/1.18.0</html>";
    let cases = [
        (
            Answer::html(200, login),
            "failing_alike",
            "HTTP 200 with a web page instead of the conversation: Log in",
            "unknown",
        ),
        (
            Answer::json(200, &json!({"error": "no quota"})),
            "failing_alike",
            "HTTP 200 with an error: no quota",
            "unknown",
        ),
        (
            Answer::text(204, ""),
            "failing_alike",
            "HTTP 204 No Content",
            "unknown",
        ),
        (
            Answer::json(400, &json!({"error": "no JSON"})),
            "failing_alike",
            "HTTP 400 Bad Request: no JSON",
            "failed",
        ),
        (
            Answer::text(405, "PUT is off"),
            "failing_alike",
            "HTTP 405 Method Not Allowed: PUT is off",
            "failed",
        ),
        (
            moved(302, "/login?return_to=x"),
            "failing_alike",
            "HTTP 302 Found: a redirect to 127.0.0.1",
            "not_sent",
        ),
        (
            Answer::html(502, nginx),
            "server_down",
            "HTTP 502 Bad Gateway: nginx/1.18.0",
            "unknown",
        ),
        (
            Answer::json(500, &json!({"error": "disk full"})),
            "server_down",
            "HTTP 500 Internal Server Error: disk full",
            "unknown",
        ),
        (Answer::reset(), "server_down", "exchange failed", "unknown"),
    ];
    for (answer, reason, words, outcome) in cases {
        let sent = send_30(answer, "");
        expect_stop(&sent, reason, &[words, "5 consecutive rows"]);
        // One more may have been on its way.
        let tried = sent
            .ledger()
            .iter()
            .filter(|line| line.attempts > 0)
            .count();
        assert!((5..=6).contains(&tried), "{words}: {tried}");
        let other = if outcome == "not_sent" { 0 } else { tried };
        assert_eq!(count(&sent, outcome) % 30, other, "{words}");
        assert_eq!(count(&sent, "not_sent"), 30 - other, "{words}");
    }
}

#[test]
fn rows_of_which_each_is_refused_for_itself_stop_no_run_early() {
    let rejected = Answer::json(422, &json!({"errors": {"status": ["is wrong"]}}));
    let sent = send_30(rejected, "");
    sent.expect_status(1);
    assert_eq!(count(&sent, "rejected"), 30);
    // Whoever allows any number of failures gets the refusals of all rows.
    let refused = Answer::json(400, &json!({"error": "no"}));
    for any in ["none", "100%"] {
        let sent = send_30(refused.clone(), &format!("--max-failures {any}"));
        sent.expect_status(1);
        assert_eq!(count(&sent, "failed"), 30);
    }
    // Once the server took an update, or said why not, it is about the rows.
    for first in ["ok", "rejected", "gone"] {
        let server = Server::start(move |request| match request.slug.as_str() {
            "ok" => Answer::echo(request),
            "rejected" => Answer::text(422, "no"),
            "gone" => Answer::text(404, ""),
            _ => Answer::text(400, "no"),
        });
        let slugs = [vec![first.to_owned()], numbered("row-", 30)].concat();
        let sent = send(&server, &slugs, "--workers 1");
        sent.expect_status(1);
        assert_eq!(count(&sent, "failed"), 30, "{first}");
    }
}

#[test]
fn a_redirect_says_where_it_leads_without_what_may_be_secret() {
    let host = "127.0.0.1";
    for (location, place) in [
        (
            "https://login.example.com/sso?token=abc#x",
            "login.example.com/sso, which is never followed (a login page?",
        ),
        (
            "https://u:p@example.com:8443/a/sign_in",
            "example.com:8443/a/sign_in, which is never followed (a login page?",
        ),
        (
            "//other.example.com/api/v1/x",
            "other.example.com/api/v1/x, which is never followed (check the brand",
        ),
        (
            "/users/login?x",
            "/users/login, which is never followed (a login page?",
        ),
    ] {
        let sent = send_30(moved(302, location), "");
        expect_stop(
            &sent,
            "failing_alike",
            &["HTTP 302 Found: a redirect to ", place],
        );
        assert_eq!(count(&sent, "not_sent"), 30);
        let told = format!("{}{}", sent.output.stderr, sent.results());
        for secret in ["token=", "abc", "u:p", "#x", "?x"] {
            assert!(!told.contains(secret), "{secret}: {told}");
        }
        assert!(!told.contains("brand seems"), "{told}");
        assert!(location.contains("//") || told.contains(host), "{told}");
    }
    for location in ["", "http://[", "\u{202e}red"] {
        let sent = send_30(moved(301, location), "");
        expect_stop(
            &sent,
            "failing_alike",
            &["HTTP 301 Moved Permanently: a redirect"],
        );
        assert!(!sent.output.stderr.contains('\u{202e}'));
    }
}

#[test]
fn three_rows_that_are_all_redirected_are_not_to_blame() {
    let server = answering(moved(302, "/login"));
    let sent = send(&server, &numbered("row-", 3), "--workers 1");
    expect_stop(&sent, "failing_alike", &["3 consecutive rows", "HTTP 302"]);
    assert_eq!(count(&sent, "not_sent"), 3);
}

#[test]
fn a_refused_login_is_told_with_the_words_of_the_server() {
    let plan = "API access is not included in your plan";
    for (status, name) in [(401, "HTTP 401 Unauthorized"), (403, "HTTP 403 Forbidden")] {
        for answer in [
            Answer::json(status, &json!({ "error": plan })),
            Answer::text(status, plan),
            Answer::html(status, &format!("<html><body><p>{plan}</p></body></html>")),
        ] {
            let sent = send_30(answer, "");
            let told = format!("{name}: {plan}");
            expect_stop(
                &sent,
                "login_refused",
                &[&told, "check email, token and brand"],
            );
            assert!(sent.line("row-0").reasons.contains(&told));
            assert_eq!(count(&sent, "not_sent"), 30);
        }
    }
}

#[test]
fn a_wrong_brand_is_told_with_the_words_of_the_server() {
    let sent = send_30(
        Answer::json(404, &json!({"error": "no such brand: acme"})),
        "",
    );
    let told = "HTTP 404: no such conversation: no such brand: acme";
    expect_stop(&sent, "wrong_brand", &[told, "check the brand or base URL"]);
    assert_eq!(count(&sent, "not_sent"), 30);
    let sent = send_30(Answer::json(404, &json!({"error": "Not Found"})), "");
    expect_stop(&sent, "wrong_brand", &["(HTTP 404: no such conversation)"]);
}

#[test]
fn too_many_failures_are_told_with_their_commonest_cause() {
    let server = Server::start(|request| match request.slug.as_str() {
        slug if slug.starts_with("ok") => Answer::echo(request),
        "row-1" => Answer::text(404, ""),
        _ => Answer::json(422, &json!({"errors": {"status": ["is wrong"]}})),
    });
    let sent = send(
        &server,
        &numbered("row-", 9),
        "--workers 1 --max-failures 3",
    );
    let told = "4 of 4 rows failed, 3 of them: HTTP 422: status: is wrong";
    expect_stop(&sent, "too_many_failures", &[told, "--max-failures"]);
}

#[test]
fn pages_in_place_of_the_api_are_no_server_that_is_down() {
    let page = Answer::html(200, "<h1>Maintenance</h1>");
    let server = answering(page);
    let slugs = [numbered("ok-", 2), numbered("row-", 30)].concat();
    let sent = send(
        &server,
        &slugs,
        "--workers 1 --retries 0 --max-failures none",
    );
    expect_stop(
        &sent,
        "failing_alike",
        &["20 consecutive rows", "Maintenance"],
    );
    assert!(
        !sent.output.stderr.contains("down"),
        "{}",
        sent.output.stderr
    );
}

#[test]
fn more_workers_are_no_advice_where_nobody_answers() {
    let server = answering(Answer::close());
    let slugs = [numbered("ok-", 1), numbered("row-", 12)].concat();
    let sent = send(
        &server,
        &slugs,
        "--workers 1 --retries 0 --max-failures none",
    );
    sent.expect_status(1);
    assert!(sent.summary()["workers_needed"].is_null());
}
