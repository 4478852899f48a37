//! The dry run: what a run would do, said before anything is done, without credentials and without
//! a trace, and not otherwise than the run then does it.

#![expect(clippy::expect_used, reason = "tests")]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::command::{Output, Run, Workspace};
use super::support::rows::preview;
use super::support::server::Server;

/// Rows that between them set every attribute.
const ROWS: &str = "\
slug,tag_list,status,hold_until,assignee,category,brand,data.order
a,\"vip, refund\",2,,,,,
b%,vip,0,,staff1@example.com,,,0012
c,[],5,2099-12-01T09:00:00Z,,sales,acme,
d,,2,,staff1@example.com,support,,0013
";

/// The same as JSONL, less the last, with a null.
const NULLS: &str = r#"{"slug":"a","data":{"order":null,"paid":true}}
{"slug":"b","data":{"order":12.50}}
"#;

pub(crate) fn workspace_with(content: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.write("rows.csv", content);
    workspace
}

fn dry_run(workspace: &Workspace, options: &[&str]) -> Run {
    workspace.command(&[&["run", "rows.csv", "--dry-run"], options].concat())
}

pub(crate) fn page(content: &str, options: &[&str]) -> Output {
    dry_run(&workspace_with(content), options).output()
}

fn bad_rows(count: usize) -> String {
    let rows = (0..count).map(|number| format!("s{number},nope\n"));
    format!("slug,status\n{}", rows.collect::<String>())
}

/// Checks that a page says each of these lines.
pub(crate) fn assert_says(output: &Output, parts: &str) {
    for part in parts.trim().lines().map(str::trim) {
        let page = &output.stdout;
        assert!(page.contains(part), "{part:?} is not in {page}");
    }
}

/// The one document on standard output, which says the exit status too.
fn document(output: &Output) -> Value {
    let document: Value = serde_json::from_str(&output.stdout).expect("one JSON document");
    assert_eq!(document["exit_status"], output.status);
    document
}

fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

#[test]
fn nulls_that_are_sent_are_counted() {
    let changes = &preview("rows.jsonl", NULLS, &[]).document["changes"];
    assert_eq!(changes["data.order"]["rows"], 2);
    assert_eq!(changes["data.order"]["nulls"], 1);
    assert_eq!(changes["data.paid"]["values"][0]["value"], "true");
}

#[test]
fn a_dry_run_needs_no_credentials_sends_nothing_and_leaves_no_trace() {
    let server = Server::start(Answer::echo);
    let workspace = workspace_with(ROWS);
    for options in [
        [].as_slice(),
        &["--json"],
        &["--out=results"],
        &["--skip-invalid"],
    ] {
        let output = dry_run(&workspace, options).output();
        assert_eq!(output.status, 0, "{output:?}");
        let output = dry_run(&workspace, options).against(&server).output();
        assert_eq!(output.status, 0, "{output:?}");
        let said = output.stdout + &output.stderr;
        assert!(!said.contains("test-token"), "{said}");
    }
    assert_eq!(names_in(workspace.path()), ["rows.csv"]);
    let root = workspace.path().parent().expect("the directory around it");
    for beside in ["tmp", "home", "runtime"] {
        assert_eq!(names_in(&root.join(beside)), [""; 0], "{beside}");
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn an_account_that_would_be_refused_is_refused_in_a_dry_run() {
    for options in [
        ["--brand", "acme.evil.example/"],
        ["--email", "me:you@example.com"],
        ["--base-url", "http://reamaze.example/api/v1"],
        ["--base-url", "https://me@reamaze.example/api/v1"],
    ] {
        let output = page(ROWS, &[&options[..], &["--json"]].concat());
        assert_eq!(document(&output)["exit_status"], 2, "{options:?}");
    }
}

#[test]
fn the_samples_are_the_requests_that_the_run_then_sends() {
    let server = Server::start(Answer::echo);
    for (name, rows, options) in [
        ("rows.csv", ROWS, [].as_slice()),
        ("rows.csv", ROWS, &["--set=data.x=y", "--set=tag_list=late"]),
        ("rows.jsonl", NULLS, &["--timezone", "Asia/Tokyo"]),
    ] {
        let workspace = Workspace::new();
        workspace.write(name, rows);
        let run = |words: &[&str]| {
            let words = [&["run", name], words, options].concat();
            workspace.command(&words).against(&server).output()
        };
        let document = document(&run(&["--dry-run", "--json"]));
        let before = server.requests().len();
        let output = run(&["--yes", "--rate=1000/s", "--workers=1"]);
        assert_eq!(output.status, 0, "{output:?}");
        let sent = &server.requests()[before..];
        assert_eq!(document["requests"], sent.len(), "{name}");
        let samples = document["samples"].as_array().expect("an array");
        assert_eq!(samples.len(), sent.len().min(3));
        let origin = server.base_url().replace("/api/v1", "");
        for (sample, request) in samples.iter().zip(sent) {
            assert_eq!(sample["body"], request.body);
            assert_eq!(sample["method"], request.method.as_str());
            assert_eq!(sample["url"], format!("{origin}{}", request.path));
        }
    }
}

#[test]
fn violations_are_cut_at_twenty_in_text_and_complete_in_the_document() {
    let rows = bad_rows(600);
    let workspace = workspace_with(&rows);
    let server = Server::start(Answer::echo);
    let run = workspace.command(&["run", "rows.csv", "--yes"]);
    let run = run.against(&server).output();
    for (text, status) in [(page(&rows, &[]).stdout, 3), (run.stderr, run.status)] {
        let told = text
            .lines()
            .filter(|line| line.contains("unknown status `nope`"));
        assert_eq!((told.count(), status), (20, 3), "{text}");
        assert!(text.contains("580 more"), "{text}");
    }
    let preview = preview("rows.csv", &rows, &[]);
    assert_eq!(preview.invalid_lines(), (2..602).collect::<Vec<u64>>());
    assert_eq!(preview.document["invalid"], 600);
    assert_eq!(preview.status, 3);
}

#[test]
fn twenty_violations_are_all_there_are() {
    let output = page(&bad_rows(20), &[]);
    assert_eq!(output.stdout.matches("unknown status `nope`").count(), 20);
    assert!(!output.stdout.contains(" more"), "{}", output.stdout);
}

#[test]
fn what_is_wrong_with_the_input_is_on_standard_output_and_the_verdict_in_the_status() {
    let output = page("slug,status\na,1\nb,nope\n", &[]);
    assert_eq!(output.status, 3);
    let told = "rows.csv:3: status: unknown status `nope`\nrows.csv: 2 rows, 1 valid, 1 invalid";
    assert_says(&output, told);
    let output = page("slug,statsu\na,1\n", &[]);
    assert_eq!(output.status, 3);
    assert_says(&output, "rows.csv:1: statsu: is not a known field");
}

#[test]
fn with_skip_invalid_the_preview_is_of_the_rows_that_would_be_sent() {
    let rows = "slug,status\na,1\nb,nope\nc,2\n";
    let preview = preview("rows.csv", rows, &["--skip-invalid"]);
    let document = preview.document;
    let [valid, invalid, requests] = ["valid", "invalid", "requests"].map(|key| &document[key]);
    assert_eq!(json!([valid, invalid, requests]), json!([2, 1, 2]));
    assert_eq!(document["changes"]["status"]["rows"], 2);
    let told = "1 of 3 rows is invalid: the run skips it; only the dry run exits with 3";
    assert!(preview.stderr.contains(told), "{}", preview.stderr);
}

#[test]
fn standard_output_holds_one_document_whatever_is_wrong() {
    for (rows, options, status) in [
        (ROWS, [].as_slice(), 0),
        ("", &[], 3),
        ("slug,stat\na,1\n", &[], 3),
        ("slug\na\n", &[], 3),
        (ROWS, &["--max-rows", "1"], 3),
        (ROWS, &["--set", "status=nope"], 2),
        (ROWS, &["--rate", "5"], 2),
        (ROWS, &["--no-such-option"], 2),
    ] {
        let output = page(rows, &[&["--json"], options].concat());
        let document = document(&output);
        assert_eq!(document["exit_status"], status, "{options:?}");
        assert_eq!(document["error"].is_string(), status != 0, "{document}");
        assert!(document["violations"].is_array(), "{options:?}: {document}");
    }
}

#[test]
fn the_default_pace_is_120_a_minute_and_50_a_second_in_the_sandbox() {
    for (options, rate, expected_s) in [
        ([].as_slice(), 2.0, 2.0),
        (&["--sandbox"], 50.0, 0.08),
        (&["--rate", "30/m"], 0.5, 8.0),
    ] {
        let document = preview("rows.csv", ROWS, options).document;
        assert_eq!(document["rate_asked"], rate, "{options:?}");
        assert_eq!(document["expected_s"], expected_s, "{options:?}");
    }
}

/// Rows that are read first, one that is not, and one that asks for no change.
pub(crate) const EDITS: &str = "\
slug,add_tags,remove_tags,tag_list,status,expect.status,expect.data.plan
a,\"vip, refund\",new,,,open,
b,vip,,,2,,gold
c,,,x,,,
1234,,,,2,,
d,[],,,,,
";

#[test]
fn edits_guards_reads_and_requests_are_counted() {
    let document = preview("rows.csv", EDITS, &[]).document;
    let figures = |document: &Value| {
        let keys = [
            "edits_tags",
            "without_change",
            "cannot_undo",
            "requests",
            "reads",
        ];
        keys.map(|key| document[key].as_u64().expect("a number"))
    };
    assert_eq!(figures(&document), [2, 1, 1, 7, 3]);
    assert_eq!(document["expected_s"], 3.5);
    let changes = &document["changes"];
    assert_eq!(changes["add_tags"]["rows"], 2);
    assert_eq!(
        changes["add_tags"]["values"][0],
        json!({"value": "vip", "rows": 2})
    );
    assert_eq!(changes["remove_tags"]["rows"], 1);
    assert_eq!(changes["tag_list"]["replaces"], 1);
    let guards = &document["guards"];
    assert_eq!(
        guards["status"]["values"][0],
        json!({"value": "0 (Open)", "rows": 1})
    );
    assert_eq!(guards["data.plan"]["values"][0]["value"], "gold");

    let of = |options: &[&str]| figures(&preview("rows.csv", EDITS, options).document);
    assert_eq!(of(&["--read-first"]), [2, 1, 0, 8, 4]);
    assert_eq!(of(&["--limit", "3"]), [2, 1, 1, 5, 2]);
    assert_eq!(of(&["--sandbox"]), [2, 1, 0, 7, 3]);
    assert_eq!(of(&["--set", "data.x=1"]), [2, 0, 2, 8, 3]);
    assert_eq!(of(&["--set", "data.x=1", "--data-whole"]), [2, 0, 0, 10, 5]);
}

#[test]
fn a_sample_of_a_row_that_is_read_has_its_edits_and_guards() {
    let samples = &preview("rows.csv", EDITS, &[]).document["samples"];
    assert_eq!(samples[0]["read_first"], true);
    assert_eq!(samples[0]["add_tags"], json!(["vip", "refund"]));
    assert_eq!(samples[0]["remove_tags"], json!(["new"]));
    assert_eq!(samples[0]["expect"], json!({"status": 0}));
    assert_eq!(samples[1]["body"], json!({"conversation": {"status": 2}}));
    assert_eq!(samples[1]["expect"], json!({"data.plan": "gold"}));
    assert_eq!(samples[2]["line"], 4);
    assert!(samples[2].get("read_first").is_none(), "{samples}");
}
