//! Who sends and where to: what is taken, what is refused, and that the token goes nowhere else.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::support::answer::Answer;
use super::support::command::{Output, Run, Workspace};
use super::support::request::Request;
use super::support::secrets::expect_no_token;
use super::support::sent::{command, done, to_out};
use super::support::server::Server;

const EMAIL: &str = "agent@example.com";

/// A workspace with one row in `rows.csv`.
fn workspace_with_a_row() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    workspace
}

/// The login and token that a request carries.
fn login_of(request: &Request) -> String {
    let encoded = request.headers["authorization"]
        .strip_prefix("Basic ")
        .expect("Basic");
    String::from_utf8(STANDARD.decode(encoded).expect("base64")).expect("UTF-8")
}

/// Runs with a token file of that text and mode.
fn run_with_token_file(server: &Server, text: &str, mode: u32) -> Output {
    let workspace = workspace_with_a_row();
    let path = workspace.write("token", text);
    fs::set_permissions(&path, Permissions::from_mode(mode)).expect("a mode");
    let run = to_out(&workspace, "rows.csv", "--token-file token -q");
    run.against(server).output()
}

#[test]
fn the_token_file_may_end_with_a_newline_and_goes_before_the_environment() {
    let server = Server::start(Answer::echo);
    for text in ["t0ken", "t0ken\n", "t0ken\r\n"] {
        let output = run_with_token_file(&server, text, 0o600);
        assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    }
    let logins: Vec<String> = server.requests().iter().map(login_of).collect();
    assert_eq!(logins, vec![format!("{EMAIL}:t0ken"); 3]);
}

#[test]
fn a_token_file_that_others_can_read_is_warned_about() {
    let server = Server::start(Answer::echo);
    for mode in [0o640, 0o604, 0o644] {
        let Output { status, stderr, .. } = run_with_token_file(&server, "t0ken", mode);
        assert_eq!(status, 0, "{stderr}");
        assert!(
            stderr.contains("warning: other users can read the token file token"),
            "{stderr}"
        );
    }
}

#[test]
fn a_credential_that_systemd_keeps_is_not_warned_about() {
    let server = Server::start(Answer::echo);
    let workspace = workspace_with_a_row();
    let token = workspace.write("credentials/token", "t0ken");
    fs::set_permissions(&token, Permissions::from_mode(0o440)).expect("a mode");
    let line = format!(
        "run rows.csv --yes --rate 500/s -q --token-file {}",
        token.display()
    );
    let run = || command(&workspace, &line).against(&server);
    assert!(
        run()
            .output()
            .stderr
            .contains("other users can read the token file")
    );
    let directory = token.parent().expect("a directory");
    let output = run().env("CREDENTIALS_DIRECTORY", directory).output();
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
}

#[test]
fn flags_go_before_the_environment() {
    let server = Server::start(Answer::echo);
    let flags = format!("--base-url {} --email flag@example.com", server.base_url());
    let workspace = workspace_with_a_row();
    let run = to_out(&workspace, "rows.csv", &flags).against(&server);
    let output = run.env("REAMAZE_BASE_URL", "https://127.0.0.1:9/").output();
    assert_eq!(output.status, 0, "{output:#?}");
    assert_eq!(
        login_of(&server.requests()[0]),
        "flag@example.com:test-token"
    );
}

#[test]
fn what_is_missing_of_the_account_is_named_in_one_go() {
    const ACCOUNT: [(&str, &str, &str); 3] = [
        ("REAMAZE_BRAND", "--brand", "acme"),
        ("REAMAZE_EMAIL", "--email", EMAIL),
        ("REAMAZE_API_TOKEN", "--token-file", "t0ken"),
    ];
    for missing in [&[0, 1, 2][..], &[0], &[1], &[2], &[1, 2]] {
        let workspace = workspace_with_a_row();
        let mut run = command(&workspace, "run rows.csv --yes");
        for (at, (variable, _, value)) in ACCOUNT.into_iter().enumerate() {
            // One that is empty is not set.
            run = run.env(variable, if missing.contains(&at) { "" } else { value });
        }
        let Output { status, stderr, .. } = run.output();
        assert_eq!(status, 2, "{stderr}");
        for (at, (variable, flag, _)) in ACCOUNT.into_iter().enumerate() {
            let is_named = stderr.contains(variable) && stderr.contains(flag);
            assert_eq!(is_named, missing.contains(&at), "{variable}: {stderr}");
        }
    }
}

/// The run of one row as [`EMAIL`] with the token `t0ken`, if these options let it.
fn run_with(workspace: &Workspace, options: &str) -> Run {
    let run = command(workspace, &format!("run rows.csv --yes {options}"));
    run.env("REAMAZE_EMAIL", EMAIL)
        .env("REAMAZE_API_TOKEN", "t0ken")
}

#[test]
fn a_way_in_which_the_token_would_reach_a_stranger_is_a_usage_error() {
    for options in [
        "--brand acme.evil",
        "--brand acme.evil.example/",
        "--brand a@b",
        "--brand acme/",
        "--brand acme#",
        "--brand acme?",
        "--brand acme:80",
        "--brand=-acme",
        "--brand acmé",
        "--brand ''",
        "--base-url http://acme.reamaze.io/api/v1",
        "--base-url http://127.0.0.1.evil.example/api/v1",
        "--base-url http://localhost.evil.example/api/v1",
        "--base-url http://0.0.0.0/api/v1",
        "--base-url https://agent@acme.reamaze.io/api/v1",
        "--base-url https://agent:t0ken@acme.reamaze.io/api/v1",
        "--base-url https://acme.reamaze.io/api/v1?x=y",
        "--base-url 'https://acme.reamaze.io/api/v1#x'",
        "--base-url ftp://127.0.0.1/api/v1",
        "--base-url acme.reamaze.io/api/v1",
        "--brand acme --email agent:x@example.com",
        "--brand acme --email 'agent\n@example.com'",
        "--brand acme --email ''",
        "--brand acme --token-file rows.csv",
    ] {
        let workspace = workspace_with_a_row();
        let Output { status, stderr, .. } = run_with(&workspace, options).output();
        assert_eq!(status, 2, "{options}: {stderr}");
        assert!(
            stderr.starts_with("error: ") && !stderr.contains("t0ken"),
            "{stderr}"
        );
    }
}

#[test]
fn a_token_that_cannot_be_one_is_refused_without_being_shown() {
    for token in ["t0ken two", "t0ken\nsecond", "t0ken\u{1b}[2J"] {
        let workspace = workspace_with_a_row();
        let run = run_with(&workspace, "--brand acme").env("REAMAZE_API_TOKEN", token);
        let Output { status, stderr, .. } = run.output();
        assert_eq!(status, 2, "{stderr}");
        assert!(!stderr.contains("t0ken"), "{stderr}");
    }
}

#[test]
fn loopback_is_never_reached_through_a_proxy() {
    let proxy = Server::start(Answer::echo);
    let server = Server::start(Answer::echo);
    let localhost = server.base_url().replace("127.0.0.1", "localhost");
    for base_url in [server.base_url(), localhost] {
        let workspace = workspace_with_a_row();
        let mut run = run_with(&workspace, &format!("--base-url {base_url}"));
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            let address = proxy.base_url().replace("/api/v1", "");
            run = run.env(name, &address).env(&name.to_lowercase(), &address);
        }
        let output = run.output();
        assert_eq!(output.status, 0, "{output:#?}");
    }
    assert!(proxy.requests().is_empty());
    assert_eq!(server.requests().len(), 2);
}

/// A token that cannot come up by chance.
const TOKEN: &str = "tok3n-7f2c9e51b8";

/// Runs over these rows with everything told, and fails the test if the token shows anywhere.
fn run_and_look(base_url: &str, slugs: &[&str], options: &str) -> Output {
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(slugs));
    let options = format!("-v --json --retries 1 --timeout 500ms {options}");
    let run = to_out(&workspace, "rows.csv", &options).env("REAMAZE_BASE_URL", base_url);
    let output = run
        .env("REAMAZE_EMAIL", EMAIL)
        .env("REAMAZE_API_TOKEN", TOKEN)
        .output();
    expect_no_token(&workspace, &output, EMAIL, TOKEN);
    output
}

#[test]
fn the_token_is_in_no_output_and_in_no_file_however_a_row_ends() {
    let server = Server::start(|request| match request.slug.as_str() {
        "other" => Answer::json(200, &json!({"status": 4})),
        "redirect" => Answer::text(302, "").header("Location", "https://example.com/"),
        "reset" => Answer::reset(),
        "garbage" => Answer::raw(b"no http\r\n\r\n".to_vec()),
        "cut" => Answer::cut(200, r#"{"slug": "cut"}"#, 3),
        "silent" => Answer::hang(),
        "throttled" if request.nth == 0 => Answer::text(429, "").header("Retry-After", "1"),
        "ok" | "throttled" => Answer::echo(request),
        status => Answer::json(
            status.parse().expect("a status for a slug"),
            &json!({"error": "no"}),
        ),
    });
    let slugs = [
        "ok",
        "other",
        "422",
        "404",
        "400",
        "403",
        "500",
        "redirect",
        "reset",
        "garbage",
        "cut",
        "silent",
        "throttled",
    ];
    // One worker, so that the 403 comes after a success.
    let output = run_and_look(&server.base_url(), &slugs, "--workers 1");
    assert_eq!(output.status, 1, "{output:#?}");
    // -v shows requests and answers all the same.
    for shown in [
        "PUT http://127.0.0.1",
        r#"{"conversation":{"status":2}}"#,
        "HTTP 422",
    ] {
        assert!(output.stderr.contains(shown), "{shown}: {}", output.stderr);
    }
}

#[test]
fn a_server_that_repeats_what_it_was_sent_does_not_make_the_token_appear() {
    // With so much before it that the text is cut within the token, too.
    let repeated = |request: &Request, padding: usize| {
        let login = login_of(request);
        let header = &request.headers["authorization"][6..];
        let padding = "x".repeat(padding);
        format!("{header} {login} {padding}{}", &login[EMAIL.len() + 1..])
    };
    let server = Server::start(move |request| match request.slug.as_str() {
        "200" => Answer::json(
            200,
            &json!({"tag_list": [repeated(request, 5)], "status": 2}),
        ),
        "cut" => Answer::json(422, &json!({"token": repeated(request, 897)})),
        "html" => Answer::html(422, &format!("<p>{}</p>", repeated(request, 0))),
        status => {
            let status = status.parse().expect("a status for a slug");
            Answer::json(
                status,
                &json!({"errors": {"token": [repeated(request, 0)]}}),
            )
        }
    });
    let slugs = ["200", "cut", "html", "422", "400", "403", "500"];
    let output = run_and_look(&server.base_url(), &slugs, "--workers 1 --set tag_list=a");
    assert_eq!(output.status, 1, "{output:#?}");
}

#[test]
fn the_token_is_in_no_output_and_in_no_file_however_the_run_ends() {
    for answer in [
        Answer::text(401, "who?"),
        Answer::text(403, "no"),
        Answer::text(429, "").header("Retry-After", "9999"),
    ] {
        let server = Server::start(move |_| answer.clone());
        let output = run_and_look(&server.base_url(), &["a", "b"], "");
        assert_eq!(output.status, 6, "{output:#?}");
    }
    // A port on which nobody listens.
    let gone = Server::start(Answer::echo).base_url();
    assert_eq!(run_and_look(&gone, &["a"], "").status, 1);
    for (status, options) in [
        (2, "--token-file none"),
        (2, "--base-url http://example.com"),
        (2, "--no-such-option"),
        (3, "--max-rows 1"),
        (3, "--format jsonl"),
        (0, "--dry-run"),
    ] {
        let output = run_and_look(&gone, &["a", "b"], options);
        assert_eq!(output.status, status, "{options:?}: {output:#?}");
    }
}
