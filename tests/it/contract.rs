//! What scripts and people rely on: options, columns, JSON fields, names of events and metrics. A
//! change of any of them changes a snapshot, and shows in the review.
//!
//! Times, durations, rates, ports, paths and versions are filtered out. After a deliberate change,
//! `INSTA_UPDATE=always cargo test --test it contract` writes the snapshots again.

use serde_json::json;

use super::support::account::Account;
use super::support::answer::Answer;
use super::support::command::Workspace;
use super::support::request::Request;
use super::support::sent::{command, to_out};
use super::support::server::Server;

/// A row for each outcome. The last one is beyond the limit of the first run.
const ROWS: &str = "\
slug,status,tag_list,data.order
ok,2,\"vip, refund\",0012
other,2,,
bad,2,,
gone,2,,
odd,2,,
lost,2,,
wrong,nope,,
busy,2,,
later,2,,
";

/// What each row of [`ROWS`] is named after; the second request for a busy conversation passes.
fn misbehave(request: &Request) -> Answer {
    match (request.slug.as_str(), request.nth) {
        ("other", _) => Answer::json(200, &json!({"status": 4})),
        ("bad", _) => Answer::json(
            422,
            &json!({"errors": {"status": ["is wrong"], "tag_list": ["is too long", "is odd"]}}),
        ),
        ("gone", _) => Answer::text(404, ""),
        ("odd", _) => Answer::text(400, "no"),
        ("lost", _) => Answer::text(500, ""),
        ("busy", 0) => Answer::text(429, "").header("Retry-After", "1"),
        _ => Answer::echo(request),
    }
}

/// Fails the test unless `text`, but for what no two runs share, is the snapshot of that name.
fn check(workspace: &Workspace, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    for root in [
        workspace.root().canonicalize().ok(),
        Some(workspace.root().to_owned()),
    ] {
        let root = root.unwrap_or_default();
        settings.add_filter(&regex_of(&root.to_string_lossy()), "[root]");
    }
    settings.add_filter(&regex_of(env!("CARGO_PKG_VERSION")), "[version]");
    for (pattern, replacement) in [
        (r"127\.0\.0\.1:\d+", "127.0.0.1:[port]"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", "[time]"),
        (r"\b[0-9a-f]{64}\b", "[sha256]"),
        (
            r#""(elapsed_ms|elapsed_s|wait_s|rate_reached)":( ?)[\d.]+"#,
            r#""$1":$2[number]"#,
        ),
        // On a slow machine the workers are too few.
        (r#""workers_needed":( ?)\d+"#, r#""workers_needed":$1null"#),
        (r"(conversations?) in \d+s", "$1 in [time]"),
        (r#"("?,"?)\d+("?,"?)\[time\]"#, "$1[ms]$2[time]"),
        (
            r"((?:rate_reached_per|duration|timestamp)_seconds?\{.*\}) [\d.]+",
            "$1 [number]",
        ),
    ] {
        settings.add_filter(pattern, replacement);
    }
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A pattern for just that text.
fn regex_of(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        c if c.is_alphanumeric() || c == '/' => c.to_string(),
        c => format!(r"\{c}"),
    });
    escaped.collect()
}

#[test]
fn what_is_printed_about_the_options() {
    let workspace = Workspace::new();
    for (name, line) in [
        ("help", "--help"),
        ("run_help", "run --help"),
        ("run_help_short", "run -h"),
        ("sandbox_help_short", "sandbox -h"),
        ("man", "man"),
        ("schema", "schema"),
    ] {
        check(&workspace, name, &command(&workspace, line).output().stdout);
    }
}

#[test]
fn what_a_run_and_its_resume_leave_behind() {
    let server = Server::start(misbehave);
    let workspace = Workspace::new();
    workspace.write("rows.csv", ROWS);
    let options = "--skip-invalid --workers 1 --retries 1 --fixed-rate --max-failures none";
    // Lines of progress come when time passes, and so on no two machines alike.
    let log = "--log-format json -v --json --progress none";
    let line = format!("{options} {log} --limit 7 --metrics run.prom");
    let output = to_out(&workspace, "rows.csv", &line)
        .against(&server)
        .output();
    assert_eq!(output.status, 4, "{output:#?}");
    check(&workspace, "run_events", &output.stderr);
    check(&workspace, "run_summary", &output.stdout);
    for (name, file) in [
        ("run_summary", "out/summary.json"),
        ("run_results", "out/results.csv"),
        ("run_failed_csv", "out/failed.csv"),
        ("run_record", "out/run.json"),
        ("run_metrics", "run.prom"),
    ] {
        check(&workspace, name, &workspace.read(file));
    }
    let resume = command(&workspace, &format!("run --resume out --yes {log}"));
    let output = resume.against(&server).output();
    assert_eq!(output.status, 1, "{output:#?}");
    check(&workspace, "resume_events", &output.stderr);
    check(
        &workspace,
        "resume_summary",
        &workspace.read("out/summary.json"),
    );
}

#[test]
fn what_is_to_be_fixed_of_a_jsonl_file() {
    let server = Server::start(misbehave);
    let workspace = Workspace::new();
    let rows = r#"{"slug":"ok","status":2}
{"slug":"bad","status":"done","tag_list":["a"],"data":{"order":1.50}}
{"slug":"wrong","status":"nope"}
"#;
    workspace.write("rows.jsonl", rows);
    let run = to_out(&workspace, "rows.jsonl", "--skip-invalid --workers 1");
    let output = run.against(&server).output();
    assert_eq!(output.status, 1, "{output:#?}");
    check(
        &workspace,
        "failed_jsonl",
        &workspace.read("out/failed.jsonl"),
    );
}

#[test]
fn what_a_dry_run_says() {
    let workspace = Workspace::new();
    workspace.write("rows.csv", ROWS);
    let line = "run rows.csv --dry-run --brand acme --email me@example.com";
    let output = command(&workspace, line).output();
    assert_eq!(output.status, 3, "{output:#?}");
    check(&workspace, "dry_run_page", &output.stdout);
    let output = command(&workspace, &format!("{line} --json")).output();
    check(&workspace, "dry_run_document", &output.stdout);
}

#[test]
fn what_a_preview_against_the_account_says() {
    let written = |at: &str| json!({"body": "Hello?", "created_at": at});
    let account = Account::new([
        (
            "ok",
            json!({"tag_list": ["VIP", "urgent"], "data": {"order": "0011"}}),
        ),
        ("done", json!({"status": 2})),
        ("late", json!({"status": 4})),
        (
            "waits",
            json!({"last_customer_message": written("2037-01-01T00:00:00Z")}),
        ),
    ]);
    let server = account.serve();
    let workspace = Workspace::new();
    workspace.write(
        "rows.csv",
        "slug,status,tag_list,add_tags,data.order,assignee,expect.status\n\
         ok,2,\"vip, refund\",,0012,,\n\
         done,2,,,,,\n\
         late,2,,,,,open\n\
         gone,2,,,,,\n\
         waits,2,,refund,,ana@example.com,\n\
         wrong,nope,,,,,\n",
    );
    let line = "run rows.csv --dry-run --online --skip-invalid --workers 1 --rate 500/s";
    let run = |more: &str| command(&workspace, &format!("{line} {more}")).against(&server);
    let output = run("").output();
    assert_eq!(output.status, 3, "{output:#?}");
    check(&workspace, "online_page", &output.stdout);
    let output = run("--json --plan plan.jsonl").output();
    check(&workspace, "online_document", &output.stdout);
    check(&workspace, "online_plan", &workspace.read("plan.jsonl"));
}

#[test]
fn what_a_command_that_comes_to_nothing_says() {
    let workspace = Workspace::new();
    workspace.write("rows.csv", "slug,status\na,nope\n");
    workspace.write("other.csv", "slug,colour\na,red\n");
    let account = "--brand acme --email me@example.com";
    for (name, line) in [
        (
            "error_usage",
            "run rows.csv --json --yes --rate 5".to_owned(),
        ),
        (
            "error_unknown_option",
            "run rows.csv --json --yes --colour".to_owned(),
        ),
        (
            "error_configuration",
            "run rows.csv --json --yes".to_owned(),
        ),
        (
            "error_no_file",
            format!("run no-such-file.jsonl --json --yes {account}"),
        ),
        (
            "error_no_file_dry_run",
            "run no-such-file.jsonl --json --dry-run".to_owned(),
        ),
        (
            "error_invalid_rows",
            format!("run rows.csv --json --yes {account}"),
        ),
        (
            "error_unknown_column",
            format!("run other.csv --json --yes {account}"),
        ),
    ] {
        let run = command(&workspace, &line).env("REAMAZE_API_TOKEN", "test-token");
        let output = run.output();
        let text = format!(
            "exit status: {}\n\nstandard output:\n{}\nstandard error:\n{}",
            output.status, output.stdout, output.stderr
        );
        check(&workspace, name, &text);
    }
}
