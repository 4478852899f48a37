//! `check`: one request, and in words what is wrong with login, brand or server; and a run whose first
//! requests fail, which says the same.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::command::{Output, Signal, Workspace};
use super::support::online::document;
use super::support::sent::{command, done};
use super::support::server::Server;
use super::support::tls::{Authority, Listener, Validity, head};

/// What `check` says of an account, and a run says too.
struct Situation {
    answer: Answer,
    cause: &'static str,
    words: Vec<&'static str>,
}

fn situation(answer: Answer, cause: &'static str, words: &[&'static str]) -> Situation {
    Situation {
        answer,
        cause,
        words: words.to_vec(),
    }
}

/// An empty list of so many conversations.
fn list(total: u64) -> Value {
    json!({"page_size": 30, "page_count": total.div_ceil(30), "total_count": total, "conversations": []})
}

/// A server that gives this answer to every request.
fn answering(answer: Answer) -> Server {
    Server::start(move |_| answer.clone())
}

/// Far more than a check takes, and far less than a retry after a pause.
const AT_ONCE: Duration = Duration::from_secs(20);

/// A check of what is at that address.
fn checked(base_url: &str, options: &str, variables: &[(&str, &str)]) -> Output {
    let workspace = Workspace::new();
    let check = command(
        &workspace,
        &format!("check --base-url {base_url} {options}"),
    )
    .env("REAMAZE_EMAIL", "agent@example.com")
    .env("REAMAZE_API_TOKEN", "test-token");
    let check = variables
        .iter()
        .fold(check, |check, (name, value)| check.env(name, *value));
    let start = Instant::now();
    let output = check.output();
    assert!(start.elapsed() < AT_ONCE, "{output:#?}");
    assert!(!format!("{output:?}").contains("test-token"), "{output:#?}");
    output
}

/// A run of two rows to the same address.
fn run(base_url: &str, options: &str, variables: &[(&str, &str)]) -> Output {
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["row-0", "row-1"]));
    let line =
        format!("run rows.csv --yes --workers 1 --retries 0 --base-url {base_url} {options}");
    let run = command(&workspace, &line)
        .env("REAMAZE_EMAIL", "agent@example.com")
        .env("REAMAZE_API_TOKEN", "test-token");
    let run = variables
        .iter()
        .fold(run, |run, (name, value)| run.env(name, *value));
    run.output()
}

/// Fails the test unless that is the end with 6, and all of these words are said.
fn expect_words(output: &Output, words: &[&str]) {
    assert_eq!(output.status, 6, "{output:#?}");
    for words in words {
        assert!(
            output.stderr.contains(words),
            "{words:?} in {}",
            output.stderr
        );
    }
}

/// Fails the test unless a check of that address, and a run to it, say what is wrong.
fn expect_unreachable(base_url: &str, variables: &[(&str, &str)], words: &[&str]) {
    let output = checked(base_url, "--json", variables);
    expect_words(&output, words);
    assert_eq!(document(&output)["cause"], "unreachable");
    assert!(
        output
            .stderr
            .contains(&format!("base_url {base_url} (--base-url)")),
        "{}",
        output.stderr
    );
    let output = run(base_url, "", variables);
    expect_words(&output, words);
    let check = format!("\n  reamaze-bulk check --base-url {base_url}\n");
    assert!(output.stderr.contains(&check), "{}", output.stderr);
}

#[test]
fn an_account_that_is_right_is_proven_by_one_request() {
    for (answer, count, words) in [
        (list(71), json!(71), "71 conversations"),
        (list(1), json!(1), "1 conversation "),
        (list(0), json!(0), "0 conversations"),
        (
            json!({"conversations": []}),
            Value::Null,
            "its conversations can be read",
        ),
    ] {
        let server = answering(Answer::json(200, &answer));
        let base_url = server.base_url();
        let output = checked(&base_url, "", &[]);
        assert_eq!(
            (output.status, output.stdout.as_str()),
            (0, ""),
            "{output:#?}"
        );
        assert!(output.stderr.starts_with("ok: "), "{output:#?}");
        for words in [words, base_url.as_str(), "agent@example.com"] {
            assert!(output.stderr.contains(words), "{words:?} in {output:#?}");
        }
        assert_eq!(output.stderr.lines().count(), 1, "{output:#?}");
        let requests = server.requests();
        let [request] = requests.as_slice() else {
            panic!("{requests:#?}");
        };
        assert_eq!(request.method, "GET");
        assert_eq!(request.path, "/api/v1/conversations?filter=all&page=1");
        let output = checked(&base_url, "--json -q", &[]);
        assert_eq!(output.stderr, "");
        let shown = document(&output);
        assert_eq!(shown["error"], Value::Null);
        assert_eq!(shown["cause"], Value::Null);
        assert_eq!(shown["http_status"], 200);
        assert_eq!(shown["conversations"], count);
        assert_eq!(shown["base_url"], base_url);
        assert_eq!(shown["email"], "agent@example.com");
        assert!(shown["took_s"].as_f64().expect("seconds") > 0.0);
    }
}

#[test]
fn where_settings_came_from_is_shown_in_detail_and_where_something_is_wrong() {
    let server = answering(Answer::json(200, &list(3)));
    let workspace = Workspace::new();
    workspace.configure(&format!(
        "[profiles.eu]\nbase_url = \"{}\"\nemail = \"eu@example.com\"\ntimeout = \"100ms\"\n",
        server.base_url()
    ));
    let check = |options: &str| {
        let line = format!("check --profile eu {options}");
        let check = command(&workspace, &line).env("REAMAZE_API_TOKEN", "test-token");
        check.output()
    };
    let output = check("-v");
    assert_eq!(output.status, 0, "{output:#?}");
    for words in [
        "email eu@example.com (profile eu in ",
        "token (REAMAZE_API_TOKEN)",
        "GET http",
        "HTTP 200: ",
    ] {
        assert!(output.stderr.contains(words), "{words:?} in {output:#?}");
    }
    // Of a pace there is nothing to say.
    assert!(!output.stderr.contains("rate "), "{output:#?}");
    drop(server);
    let output = check("");
    let words = [
        "connection refused: nothing listens there",
        "/api/v1 (profile eu in ",
        "email eu@example.com (profile eu in ",
        "token (REAMAZE_API_TOKEN)",
    ];
    expect_words(&output, &words);
}

#[test]
fn what_an_answer_shows_is_said_by_a_check_and_by_a_run() {
    let moved = |location: &str| Answer::text(302, "").header("Location", location);
    let not_the_api = "this is not an answer of the API: check the brand or base URL";
    let is_down = "the server is down or has a problem: try again later";
    let interferes = "the server is down or too slow, or something in between interferes";
    for situation in [
        situation(
            Answer::json(401, &json!({"error": "who are you?"})),
            "login_refused",
            &["login refused (HTTP 401 Unauthorized: who are you?): check email, token and brand"],
        ),
        situation(
            Answer::text(403, ""),
            "login_refused",
            &[
                "login refused (HTTP 403 Forbidden: no reason given): check email, token and brand, and the role of this user",
            ],
        ),
        situation(
            moved("https://elsewhere.example.com/users/sign_in?token=abc"),
            "redirected",
            &[
                "HTTP 302 Found: a redirect to elsewhere.example.com/users/sign_in, which is never followed (a login page? check the email, the token and the brand)",
            ],
        ),
        situation(
            moved("https://elsewhere.example.com/api"),
            "redirected",
            &[
                "a redirect to elsewhere.example.com/api, which is never followed (check the brand or base URL)",
            ],
        ),
        situation(
            Answer::text(500, "no"),
            "server_error",
            &["HTTP 500 Internal Server Error: no", is_down],
        ),
        situation(
            Answer::html(502, "<h1>502 Bad Gateway</h1>"),
            "server_error",
            &["HTTP 502 Bad Gateway", is_down],
        ),
        situation(
            Answer::html(200, "<title>Free Wi-Fi</title><h1>Welcome</h1>"),
            "not_the_api",
            &[
                "HTTP 200 with a web page instead of ",
                "Welcome",
                not_the_api,
            ],
        ),
        situation(
            Answer::json(200, &json!({"hello": "world"})),
            "not_the_api",
            &["HTTP 200 without ", "hello: world", not_the_api],
        ),
        situation(
            Answer::text(200, ""),
            "not_the_api",
            &["HTTP 200 without ", not_the_api],
        ),
        situation(
            Answer::text(204, ""),
            "not_the_api",
            &["HTTP 204 No Content", not_the_api],
        ),
        situation(
            Answer::json(200, &json!({"error": "no quota"})),
            "refused",
            &["HTTP 200 with an error: no quota"],
        ),
        situation(
            Answer::cut(200, &list(9).to_string(), 20),
            "no_answer",
            &["HTTP 200: the answer was cut off", interferes],
        ),
        situation(
            Answer::reset(),
            "no_answer",
            &["the exchange failed: ", interferes],
        ),
        situation(
            Answer::close(),
            "no_answer",
            &["the exchange failed: ", interferes],
        ),
        situation(
            Answer::raw(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
            "not_the_api",
            &[
                "the answer is not HTTP",
                "is it https, or another service? check the base URL",
            ],
        ),
    ] {
        let Situation {
            answer,
            cause,
            words,
        } = situation;
        let server = answering(answer);
        let base_url = server.base_url();
        let output = checked(&base_url, "--json", &[]);
        assert_eq!(server.requests().len(), 1, "{output:#?}");
        expect_words(&output, &words);
        assert_eq!(output.stderr.lines().count(), 1, "{output:#?}");
        let shown = document(&output);
        assert_eq!(shown["cause"], cause, "{shown}");
        let error = shown["error"].as_str().expect("an error");
        assert_eq!(output.stderr.trim_end(), format!("error: {error}"));
        assert!(!error.contains("token=abc"), "{error}");
        if cause == "refused" {
            // To a run it may be about its rows.
            continue;
        }
        let output = run(&base_url, "", &[]);
        expect_words(&output, &words);
        assert!(
            output.stderr.contains("\n  reamaze-bulk check --base-url "),
            "{output:#?}"
        );
    }
}

#[test]
fn what_only_a_check_can_say_of_an_answer() {
    for (answer, cause, words) in [
        (
            Answer::json(404, &json!({"error": "no such brand: acme"})),
            "not_found",
            "HTTP 404: no such list: no such brand: acme: check the brand or base URL",
        ),
        (
            Answer::text(429, "").header("Retry-After", "41"),
            "rate_limited",
            "rate limited (HTTP 429 Too Many Requests): the server is there, but login and brand are not proven: try again in 41 s",
        ),
        (
            Answer::text(403, "").header("Retry-After", "7"),
            "rate_limited",
            "try again in 7 s",
        ),
        (
            Answer::text(503, "").header("Retry-After", "7"),
            "server_error",
            "HTTP 503 Service Unavailable: try again in 7 s",
        ),
        (
            Answer::text(400, "no"),
            "refused",
            "HTTP 400 Bad Request: no: check the brand or base URL",
        ),
        (
            Answer::text(405, ""),
            "refused",
            "HTTP 405 Method Not Allowed: no reason given: check the brand or base URL",
        ),
    ] {
        let server = answering(answer);
        let output = checked(&server.base_url(), "--json", &[]);
        assert_eq!(server.requests().len(), 1, "{output:#?}");
        expect_words(&output, &[words]);
        assert_eq!(document(&output)["cause"], cause);
    }
}

#[test]
fn an_answer_that_does_not_come_is_waited_for_two_seconds_or_as_long_as_asked_for() {
    let drip = Answer::drip(1, Duration::from_millis(20));
    for (answer, options, words) in [
        (Answer::hang(), "", "no answer within 2 s"),
        (Answer::hang(), "--timeout 300ms", "no answer within 0.3 s"),
        (drip, "", "no answer within 2 s"),
    ] {
        let server = answering(answer);
        let output = checked(&server.base_url(), &format!("--json {options}"), &[]);
        assert_eq!(server.requests().len(), 1, "{output:#?}");
        expect_words(&output, &[words, "; to wait longer: --timeout 30s"]);
        assert_eq!(document(&output)["cause"], "no_answer");
    }
    let late = Answer::json(200, &list(1)).delay(Duration::from_secs(3));
    let server = answering(late);
    let output = checked(&server.base_url(), "--timeout 15s", &[]);
    assert_eq!(output.status, 0, "{output:#?}");
    let server = answering(Answer::hang());
    let output = run(&server.base_url(), "--timeout 100ms", &[]);
    expect_words(
        &output,
        &["no answer within 0.1 s", "something in between interferes"],
    );
}

#[test]
fn a_server_that_cannot_be_reached_is_named_by_its_cause() {
    let nobody = Listener::start(drop).port();
    let refused = "connection refused";
    let words = [
        "nothing listens there: check the brand or base URL",
        refused,
    ];
    expect_unreachable(&format!("http://127.0.0.1:{nobody}/api/v1"), &[], &words);
    let authority = Authority::new("ours");
    let stranger = Authority::new("theirs");
    let workspace = Workspace::new();
    let trusted = workspace.write("ca.pem", &authority.pem);
    let trusted = ("SSL_CERT_FILE", trusted.to_str().expect("a path in UTF-8"));
    // No resolver is needed to know that there is no such name.
    let unknown = format!("https://{}.invalid/api/v1", "a".repeat(64));
    expect_unreachable(&unknown, &[trusted], &["unknown host "]);
    for (config, words) in [
        (
            stranger.signed("localhost", Validity::Now),
            ["unknown authority", "SSL_CERT_FILE"],
        ),
        (
            authority.signed("localhost", Validity::Over),
            ["certificate expired on 2021-01-01", "clock of this machine"],
        ),
        (
            authority.signed("elsewhere.example", Validity::Now),
            ["for another name: elsewhere.example", "--base-url"],
        ),
    ] {
        let server = Listener::tls(config);
        let base_url = format!("https://localhost:{}/api/v1", server.port());
        expect_unreachable(&base_url, &[trusted], &words);
    }
    let server = Listener::start(|mut stream| {
        drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    });
    let base_url = format!("https://localhost:{}/api/v1", server.port());
    expect_unreachable(
        &base_url,
        &[trusted],
        &["does not speak TLS", "plain http?"],
    );
}

#[test]
fn a_proxy_that_refuses_is_named_by_its_variable() {
    let authority = Authority::new("ours");
    let workspace = Workspace::new();
    let trusted = workspace.write("ca.pem", &authority.pem);
    let trusted = ("SSL_CERT_FILE", trusted.to_str().expect("a path in UTF-8"));
    let behind = "https://helpdesk.invalid/api/v1";
    let proxy = Listener::start(|mut stream| {
        if head(&mut stream).is_some() {
            drop(stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
        }
    });
    let address = format!("http://user:s3cret@127.0.0.1:{}", proxy.port());
    let variables = [trusted, ("HTTPS_PROXY", address.as_str())];
    let words = [
        "127.0.0.1 of HTTPS_PROXY",
        "407 Proxy Authentication Required",
    ];
    expect_unreachable(behind, &variables, &words);
}

#[test]
fn plain_http_to_a_port_of_https_is_told() {
    let authority = Authority::new("ours");
    let connections = Arc::new(AtomicUsize::new(0));
    let (config, count) = (
        authority.signed("localhost", Validity::Now),
        Arc::clone(&connections),
    );
    let server = Listener::start(move |stream| {
        count.fetch_add(1, Ordering::Relaxed);
        super::support::tls::serve_tls(stream, &config);
    });
    let base_url = format!("http://localhost:{}/api/v1", server.port());
    let words = ["the answer is not HTTP", "is it https, or another service?"];
    let output = checked(&base_url, "--json", &[]);
    expect_words(&output, &words);
    assert_eq!(connections.load(Ordering::Relaxed), 1);
    expect_words(&run(&base_url, "", &[]), &words);
}

#[test]
fn a_wrong_configuration_sends_nothing_and_ends_with_2() {
    let server = answering(Answer::json(200, &list(1)));
    let workspace = Workspace::new();
    for (line, words) in [
        ("check", "missing credentials: brand"),
        ("check --brand a.b", "not a valid brand"),
        ("check --profile nope", "nope"),
        ("check --timeout soon", "not a duration"),
        ("check --timeout 0", "100ms to 1h"),
        ("check --rate 5/s", "--rate"),
        ("check rows.csv", "reamaze-bulk run rows.csv --dry-run"),
    ] {
        let output = command(&workspace, line).output();
        assert_eq!(output.status, 2, "{line}: {output:#?}");
        assert!(output.stderr.contains(words), "{line}: {output:#?}");
        assert!(!output.stderr.contains("--sandbox"), "{line}: {output:#?}");
        let output = command(&workspace, &format!("{line} --json")).output();
        let shown = document(&output);
        assert!(shown["error"].is_string(), "{line}: {shown}");
        assert!(shown.get("conversations").is_some(), "{line}: {shown}");
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_signal_ends_a_check_that_waits() {
    let server = answering(Answer::hang());
    let workspace = Workspace::new();
    let check = command(&workspace, "check --timeout 1h").against(&server);
    let child = check.spawn();
    server.wait_for_requests(1);
    child.signal(Signal::INT);
    assert_eq!(child.wait().status, 130);
}

#[test]
fn an_update_that_is_not_found_after_a_read_is_no_wrong_brand() {
    let server = Server::start(|request| match request.method.as_str() {
        "GET" => Answer::echo(request),
        _ => Answer::text(404, ""),
    });
    let workspace = Workspace::new();
    let slugs: Vec<String> = (0..30).map(|row| format!("row-{row}")).collect();
    workspace.write("rows.csv", done(&slugs));
    let line = "run rows.csv --yes --read-first --workers 1 --rate 500/s --out out";
    let output = command(&workspace, line).against(&server).output();
    expect_words(
        &output,
        &[
            "5 consecutive rows failed in the same way",
            "though it was read before",
            "check what the role of this user allows",
        ],
    );
    assert!(!output.stderr.contains("brand or base URL"), "{output:#?}");
    let summary: Value = serde_json::from_str(&workspace.read("out/summary.json")).expect("JSON");
    assert_eq!(summary["stop_reason"], "failing_alike");
}
