//! `--log-format json`: what standard error says, as a program reads it.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::command::{Output, Signal, Workspace};
use super::support::request::Request;
use super::support::sent::{Sent, command, done, holding, numbered, send, send_file, start};
use super::support::server::Server;

const JSON: &str = "--log-format json --workers 1";

/// Rejects what begins with `bad`, and shows another status where the slug begins with `other`.
fn mixed(request: &Request) -> Answer {
    match request.slug.split('-').next().unwrap_or_default() {
        "bad" => Answer::json(422, &json!({"errors": {"status": ["is wrong"]}})),
        "other" => Answer::json(200, &json!({"status": 4})),
        "login" => Answer::text(401, ""),
        _ => Answer::echo(request),
    }
}

/// The lines of standard error. Each must be an object that says when, how weighty and what, and
/// be in docs/scripts.md with its fields.
fn events(output: &Output) -> Vec<Value> {
    let lines = output.stderr.lines();
    lines.map(|line| event(line, &documented())).collect()
}

fn event(line: &str, documented: &BTreeMap<String, Vec<String>>) -> Value {
    let event: Value = serde_json::from_str(line).expect(line);
    let time = event["time"].as_str().expect("a time");
    assert_eq!((time.len(), &time[23..]), (24, "Z"), "{line}");
    time.parse::<jiff::Timestamp>().expect("RFC 3339");
    let levels = ["error", "warning", "info", "debug"];
    assert!(levels.contains(&event["level"].as_str().expect("a level")));
    let name = event["event"].as_str().expect("a name");
    let fields = documented.get(name).expect(name);
    let object = event.as_object().expect("an object");
    let own = |field: &&String| !["time", "level", "event"].contains(&field.as_str());
    let mut found: Vec<_> = object.keys().filter(own).cloned().collect();
    found.sort();
    assert_eq!(found, *fields, "fields of {name}");
    event
}

/// The events of that table, each with its fields, sorted.
fn documented() -> BTreeMap<String, Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scripts.md");
    let document = fs::read_to_string(path).expect("a document");
    let (_, table) = document
        .split_once("| `event` |")
        .expect("a table of events");
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let names = |cell: &str| -> Vec<String> {
        let mut names: Vec<_> = cell
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        names.sort();
        names
    };
    let rows = rows.map(|row| {
        let cells: Vec<_> = row.split(" | ").collect();
        let mut fields = names(cells[3]);
        if fields.contains(&"summary.json".to_owned()) {
            fields.retain(|field| field != "summary.json");
            fields.extend(SUMMARY.map(str::to_owned));
            fields.sort();
        }
        (names(cells[0]).remove(0), fields)
    });
    rows.collect()
}

/// The fields of `summary.json`.
const SUMMARY: [&str; 20] = [
    "passes",
    "run_dir",
    "exit_status",
    "stop_reason",
    "error",
    "rows",
    "counts",
    "damaged",
    "differs",
    "requests",
    "reads",
    "retries",
    "throttled",
    "rate_asked",
    "rate_reached",
    "limit_found",
    "workers_needed",
    "started_at",
    "finished_at",
    "reasons",
];

/// The events of that name.
fn named<'a>(events: &'a [Value], name: &str) -> Vec<&'a Value> {
    events
        .iter()
        .filter(|event| event["event"] == name)
        .collect()
}

fn names(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| event["event"].as_str())
        .collect()
}

/// Fails the test unless the last event of each row says what the ledger says.
fn expect_rows_of_ledger(sent: &Sent, events: &[Value]) {
    let rows = named(events, "row").into_iter();
    let rows: BTreeMap<u64, &Value> = rows
        .map(|row| (row["line"].as_u64().expect("a line"), row))
        .collect();
    let ledger = sent.ledger();
    assert_eq!(rows.len(), ledger.len());
    for line in ledger {
        let row = rows[&line.line];
        assert_eq!(row["slug"], *line.slug);
        assert_eq!(row["outcome"], *line.outcome);
        assert_eq!(row["reasons"], *line.reasons);
        assert_eq!(row["attempts"], line.attempts);
        assert_eq!(row["http_status"].as_u64(), line.http_status.parse().ok());
        assert_eq!(row["elapsed_ms"].as_u64(), line.elapsed_ms.parse().ok());
        let differs = line.outcome == "updated" && !line.reasons.is_empty();
        assert_eq!(row["differs"], differs);
    }
}

#[test]
fn a_run_tells_its_plan_each_row_and_the_numbers_of_its_summary() {
    let server = Server::start(mixed);
    let sent = send(&server, &["ok-1", "bad-1", "other-1"], JSON);
    sent.expect_status(1);
    let events = events(&sent.output);
    assert_eq!(names(&events), ["plan", "row", "row", "row", "summary"]);
    let plan = &events[0];
    assert_eq!(plan["input"], "rows.csv");
    assert_eq!(plan["account"]["base_url"], server.base_url());
    assert_eq!((&plan["rows"], &plan["requests"]), (&json!(3), &json!(3)));
    expect_rows_of_ledger(&sent, &events);
    let [summary] = named(&events, "summary").try_into().expect("one summary");
    let written = sent.summary();
    let written = written.as_object().expect("an object");
    assert_eq!(written.len(), SUMMARY.len());
    for (field, value) in written {
        assert_eq!(summary[field], *value, "{field}");
    }
    assert_eq!(summary["resume"], Value::Null);
    let resubmit = summary["resubmit"].as_str().expect("a command");
    assert!(resubmit.contains("out/failed.csv"), "{resubmit}");
}

#[test]
fn a_quiet_log_says_nothing_on_a_good_night_and_else_what_needs_a_person() {
    let server = Server::start(mixed);
    let quiet = send(&server, &["ok-1"], &format!("{JSON} -q"));
    assert_eq!((quiet.output.status, quiet.output.stderr.as_str()), (0, ""));
    let loud = send(&server, &["ok-1", "bad-1"], &format!("{JSON} -q"));
    assert_eq!(names(&events(&loud.output)), ["summary"]);
    let stopped = send(&server, &["login", "ok-1"], &format!("{JSON} -q"));
    let told = events(&stopped.output);
    assert_eq!(names(&told), ["stopping", "summary"]);
    assert_eq!(told[0]["reason"], "login_refused");
    assert_eq!(told[1]["stop_reason"], "login_refused");
}

#[test]
fn rows_that_a_wrong_brand_condemned_are_told_again() {
    let server = Server::start(|_| Answer::text(404, ""));
    let sent = send(&server, &numbered("row-", 25), JSON);
    sent.expect_status(6);
    let events = events(&sent.output);
    expect_rows_of_ledger(&sent, &events);
    assert_eq!(named(&events, "row").len(), 25 + 20);
}

#[test]
fn a_second_signal_is_told_too() {
    let (server, release) = holding("a");
    let run = start(&server, &["a", "b"], JSON);
    server.wait_for_requests(1);
    run.child.signal(Signal::INT);
    run.child.wait_for_stderr("stopping");
    let sent = run.end_by(Signal::INT);
    drop(release);
    let events = events(&sent.output);
    assert_eq!(names(&events), ["plan", "stopping", "stopped_at_once"]);
    assert_eq!(events[2]["reason"], "sigint");
}

#[test]
fn whatever_a_command_comes_to_every_line_is_an_object() {
    let server = Server::start(mixed);
    let faulty = format!("slug,status\n{}", "a b,2\n".repeat(25));
    for (status, rows, options, last) in [
        (0, "slug,status\n", "--yes", "nothing_to_do"),
        (2, "slug,status\na,2\n", "", "error"),
        (2, "slug,status\na,2\n", "--yes --workers 1000", "error"),
        (2, "slug,status\na,2\n", "--yes --colour", "error"),
        (2, "slug,status\na,2\n", "--yes --brand a.b", "error"),
        (2, "slug,status\na,2\n", "--yes --out rows.csv", "error"),
        (3, &faulty, "--yes", "error"),
        (3, "slug,colour\na,99\n", "--yes", "error"),
        (3, "", "--dry-run", "error"),
    ] {
        let workspace = Workspace::new();
        workspace.write("rows.csv", rows);
        for format in ["--log-format json", "--log-format=json"] {
            let run = command(
                &workspace,
                &format!("run rows.csv {format} --json {options}"),
            );
            let output = run.against(&server).output();
            assert_eq!(output.status, status, "{output:#?}");
            let events = events(&output);
            let told = events.last().expect("a last word");
            assert_eq!(told["event"], last, "{output:#?}");
            assert!(status == 0 || told["exit_status"] == status, "{told}");
            let document: Value = serde_json::from_str(&output.stdout).expect("one document");
            assert_eq!(document["exit_status"], status, "{document}");
            if rows == faulty {
                assert_eq!(named(&events, "violation").len(), 20);
                let more = named(&events, "more_violations");
                // Each is faulty by itself, and all but the first repeat a slug.
                assert_eq!(more[0]["count"], 25 + 24 - 20);
            }
        }
    }
}

#[test]
fn nobody_is_asked_by_a_program() {
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    let server = Server::start(Answer::echo);
    let run = command(&workspace, "run rows.csv --log-format json");
    let output = run.against(&server).output();
    assert_eq!(output.status, 2);
    let message = events(&output).remove(0)["message"].to_string();
    assert!(message.contains("--yes"), "{message}");
    assert!(server.requests().is_empty());
}

#[test]
fn no_text_can_act_on_a_terminal_even_when_a_program_prints_it() {
    let hostile = "\u{1b}[2J\u{202e}evil\u{9b}31m\u{200b}\u{7f}";
    let server = Server::start(move |_| Answer::text(422, hostile));
    let rows = format!("slug,status,data.note\nbi\u{202e}di,2,\"{hostile}\"\nok,\"{hostile}\",\n");
    let sent = send_file(
        &server,
        "rows.csv",
        rows,
        &format!("{JSON} --skip-invalid -v"),
    );
    sent.expect_status(1);
    for event in events(&sent.output) {
        expect_tame(&event);
    }
}

/// Fails the test if a text in `value` has a character that acts.
fn expect_tame(value: &Value) {
    let acts = |c: char| c.is_control() || ['\u{202e}', '\u{200b}'].contains(&c);
    match value {
        Value::String(text) => assert!(!text.contains(acts), "{text:?}"),
        Value::Array(values) => values.iter().for_each(expect_tame),
        Value::Object(fields) => fields.values().for_each(expect_tame),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
