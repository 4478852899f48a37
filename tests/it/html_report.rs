//! `report` and `--report`: an HTML file about a run, made of its directory. What it shows of a run; what it shows of a
//! preview, which file it is, and what it does with text and size, is in the files beside this.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a step that fails fails the test"
)]

mod browser;
mod content;
mod devtools;
mod files;
mod previews;
mod runs;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::support::account::Account;
use crate::support::answer::Answer;
use crate::support::command::{Output, Workspace, summary};
use crate::support::page::{expect_words, read, text};
use crate::support::sent::{command, done, send, send_file, tree};
use crate::support::server::Server;
use runs::Reported;

fn report(workspace: &Workspace, line: &str) -> Output {
    command(workspace, &format!("report {line}")).output()
}

#[test]
fn a_report_has_the_numbers_of_the_summary_and_every_row_that_needs_a_look() {
    let run = runs::throttled();
    let before = tree(&run.run_dir);
    let output = report(&run.workspace, "out");
    assert_eq!(output.status, 0, "{output:#?}");
    assert_eq!(
        (&*output.stdout, &*output.stderr),
        ("out/report.html\n", "")
    );
    let path = run.run_dir.join("report.html");
    let mode = path.metadata().expect("a report").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let after: Vec<_> = tree(&run.run_dir)
        .into_iter()
        .filter(|found| *found != path)
        .collect();
    assert_eq!(after, before, "it writes nothing else");
    let html = read(&path);
    let shown = text(&html);
    let summary = summary(&run.run_dir);
    for (name, word) in [
        ("updated", "updated"),
        ("rejected", "rejected"),
        ("not_found", "not found"),
    ] {
        expect_words(&shown, &[&format!("{word} {} ", summary["counts"][name])]);
    }
    expect_words(
        &shown,
        &[
            "Run of rows.csv",
            &format!("Rows {} ", summary["rows"]),
            &format!("Requests {} ", summary["requests"]),
            &format!("{} reads", summary["reads"]),
            "HTTP 429 1 ",
            "at most 25/s",
            "Exit code 1",
            "Requests per second, retries included",
            "HTTP 429 responses (dots above)",
            "status Open Done 11",
            "status Archived Done",
            "Tags added Tag Rows + vip",
            "Tags removed Tag Rows − new",
            "late-parcel-7 rejected 422 the channel is restricted",
            "4 rejected the channel is restricted late-parcel-7 (lines 9, 19, 29)",
            "late-parcel-9 not found 404 no such conversation",
            "2 late-parcel-0 status Open → Done tags + vip − new",
            "It contains slugs, tags and field values, but no message text or subjects: share it",
        ],
    );
    assert!(!html.contains("Where is my parcel") && !html.contains("Hello"));
    let attribute = html
        .split("Requests per second over ")
        .nth(1)
        .expect("a description");
    assert!(attribute.contains("1 HTTP 429 response"), "{attribute}");
    // Again: what is there is replaced.
    fs::write(&path, "old").expect("a report");
    assert_eq!(report(&run.workspace, "out -o out/report.html").status, 0);
    assert!(read(&path).starts_with("<!DOCTYPE html>"));
}

#[test]
fn subjects_are_shown_if_they_are_asked_for_and_there() {
    let run = runs::throttled();
    let html = read(&run.report("--with-subjects"));
    expect_words(
        &text(&html),
        &[
            "late-parcel-7 Where is my parcel no. 7? rejected",
            "field values and subjects, but no message text: share it",
        ],
    );
    let server = Server::start(Answer::echo);
    let rows = "{\"slug\": \"a\", \"status\": 2, \"_subject\": \"One \\u0026 <two>\"}\n";
    let sent = Reported::from(send_file(&server, "rows.jsonl", rows, ""));
    expect_words(
        &read(&sent.report("--with-subjects")),
        &["<bdi>One &amp; &lt;two&gt;</bdi>"],
    );
    let sent = send(&server, &["a"], "--report r.html --with-subjects");
    assert!(
        sent.output
            .stderr
            .contains("no subjects (a column _subject)"),
        "{:#?}",
        sent.output
    );
    sent.expect_status(0);
}

#[test]
fn what_is_not_read_first_is_shown_as_it_was_set() {
    let server = Server::start(Answer::echo);
    let rows = "slug,status,tag_list,data.order\na,done,\"vip, x\",7\nb,,[],\n";
    let sent = Reported::from(send_file(&server, "rows.csv", rows, ""));
    expect_words(
        &text(&read(&sent.report(""))),
        &[
            "2 a status → Done data.order → 7 tags = vip , x",
            "3 b tags = none",
            "status unknown Done 1",
            "All tags removed on 1 conversation by tag_list.",
            "Tags set by tag_list Which tags it replaced is unknown. Tag Rows vip 1 x 1",
        ],
    );
    let rows = "slug,status,hold_until\na,on_hold,2999-01-01T00:00:00Z\n";
    let sent = Reported::from(send_file(&server, "hold.csv", rows, ""));
    let shown = text(&read(&sent.report("")));
    expect_words(&shown, &["hold_until : on 1 conversation."]);
}

#[test]
fn an_undo_has_a_report_too() {
    let account = Account::new([("a", json!({"status": 0, "tag_list": ["new"]}))]);
    let server = account.serve();
    let sent = send_file(
        &server,
        "rows.csv",
        "slug,status,add_tags\na,done,vip\n",
        "",
    );
    let undo = "undo out --out undone --yes --rate 500/s --report undo.html";
    let output = command(&sent.workspace, undo).against(&server).output();
    assert_eq!(output.status, 0, "{output:#?}");
    let html = sent.workspace.read("undo.html");
    expect_words(
        &text(&html),
        &[
            "Undo of out",
            "What was restored",
            "a status Done → Open tags − vip",
        ],
    );
}

#[test]
fn a_report_is_made_of_a_run_that_was_stopped_or_killed() {
    let account = Account::new([("a", json!({})), ("b", json!({})), ("c", json!({}))]);
    let server = account.serve();
    let rows = "slug,add_tags\na,vip\nb,vip\nc,vip\n";
    let sent = send_file(&server, "rows.csv", rows, "--limit 2 --report stopped.html");
    sent.expect_status(4);
    expect_words(
        &text(&sent.workspace.read("stopped.html")),
        &[
            "2 of 3 rows are updated. 1 was not sent.",
            "Ended early: reached --limit",
            "4 c not sent",
        ],
    );
    // Killed while the second row was in flight, with half a line of the ledger.
    let results = sent.results();
    let first: Vec<_> = results
        .lines()
        .filter(|line| !line.starts_with("3,"))
        .collect();
    let first = first
        .into_iter()
        .filter(|line| !line.starts_with("4,"))
        .collect::<Vec<_>>();
    sent.crash(format!("{}\n3,b,upd", first.join("\n")));
    let output = report(&sent.workspace, "out");
    assert_eq!(output.status, 0, "{output:#?}");
    let before = sent.results();
    expect_words(
        &text(&read(&sent.run_dir.join("report.html"))),
        &[
            "1 of 3 rows is updated. 1 needs attention, 1 has no result.",
            "3 b unknown the run was killed while this row was in flight",
            "4 c not sent",
            "Exit code none",
        ],
    );
    assert_eq!(sent.results(), before, "the ledger stays as it is");
}

#[test]
fn passes_are_apart() {
    let shown = text(&read(&runs::resumed().report("")));
    expect_words(
        &shown,
        &[
            "in 2 passes",
            "The start of the run, and each time that it was resumed",
            "pass 1",
            "pass 2",
        ],
    );
}

#[test]
fn a_run_of_an_older_version_has_no_chart() {
    let run = runs::throttled();
    fs::remove_file(run.run_dir.join("timeline.csv")).expect("a timeline");
    let shown = text(&read(&run.report("")));
    expect_words(&shown, &["Not recorded: timeline.csv is missing or empty"]);
}

#[test]
fn the_latest_run_to_report_on_may_be_a_rehearsal() {
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    let output = command(&workspace, "run rows.csv --sandbox").output();
    assert_eq!(output.status, 0, "{output:#?}");
    let output = report(&workspace, "latest");
    assert_eq!(output.status, 0, "{output:#?}");
    let path = workspace.path().join(output.stdout.trim_end());
    expect_words(
        &text(&read(&path)),
        &["Account: the sandbox (a simulated Re:amaze)"],
    );
}
