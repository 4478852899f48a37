//! Which file a report is: where it is written and when, and what is never replaced.

use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;

use super::{report, runs};
use crate::support::answer::Answer;
use crate::support::command::{Signal, Workspace};
use crate::support::page::{expect_words, read, text};
use crate::support::sent::{command, done, holding, send, start, to_out};
use crate::support::server::Server;

#[test]
fn the_report_is_written_whatever_the_exit_code() {
    let server = Server::start(|request| match &*request.slug {
        "login" => Answer::text(401, ""),
        "bad" => Answer::text(400, ""),
        _ => Answer::echo(request),
    });
    for (status, slugs, words) in [
        (0, ["a", "b"], "All 2 rows are updated."),
        (1, ["a", "bad"], "3 bad failed 400"),
        (6, ["login", "b"], "Ended early: login refused"),
    ] {
        let sent = send(&server, &slugs, "--report r.html");
        sent.expect_status(status);
        assert!(
            sent.output.stderr.ends_with("report: r.html\n"),
            "{:#?}",
            sent.output
        );
        expect_words(&text(&sent.workspace.read("r.html")), &[words]);
    }
    let (server, release) = holding("b");
    let run = start(&server, &["a", "b", "c"], "--workers 1 --report r.html");
    server.wait_for_requests(2);
    run.child.signal(Signal::INT);
    run.child.wait_for_stderr("stopping");
    drop(release);
    let sent = run.wait();
    sent.expect_status(130);
    expect_words(
        &text(&sent.workspace.read("r.html")),
        &["Ended early: interrupted (SIGINT)"],
    );
}

#[test]
fn nothing_is_sent_if_the_report_cannot_be_written() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    workspace.write("there.html", "mine");
    workspace.write("rows.csv", done(&["a"]));
    for (options, words) in [
        (
            "--report there.html",
            "--report there.html: it exists already",
        ),
        ("--report -", "--report -: is not a file (give a name)"),
        ("--metrics -", "--metrics -: is not a file (give a name)"),
        (
            "--dry-run --online --plan -",
            "--plan -: is not a file (give a name)",
        ),
        (
            "--dry-run --online --plan there.html",
            "--plan there.html: it exists already",
        ),
        (
            "--dry-run --online --plan no/p.jsonl",
            "--plan no/p.jsonl: cannot create a file in no: no such",
        ),
        ("--report no/r.html", "cannot create a file in no: no such"),
        (
            "--report r.html --dry-run",
            "--report with --dry-run needs --online",
        ),
        ("--with-subjects", "--report <FILE>"),
    ] {
        let output = to_out(&workspace, "rows.csv", options)
            .against(&server)
            .output();
        assert_eq!(output.status, 2, "{output:#?}");
        expect_words(&output.stderr, &[words]);
    }
    assert_eq!(workspace.read("there.html"), "mine");
    assert!(!workspace.path().join("-").exists());
    assert_eq!(server.requests().len(), 0);
    // Where nothing is sent, there is nothing to report.
    workspace.write("rows.csv", "slug,status\na,nope\n");
    let output = to_out(&workspace, "rows.csv", "--report r.html")
        .against(&server)
        .output();
    assert_eq!(output.status, 3, "{output:#?}");
    expect_words(
        &output.stderr,
        &["--report r.html: not written: nothing was sent"],
    );
}

#[test]
fn a_report_that_cannot_be_written_at_the_end_is_a_warning() {
    let (server, release) = holding("a");
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    let run = to_out(&workspace, "rows.csv", "--report r.html")
        .against(&server)
        .spawn();
    server.wait_for_requests(1);
    workspace.write("r.html", "somebody else's");
    drop(release);
    let output = run.wait();
    assert_eq!(output.status, 0, "{output:#?}");
    expect_words(
        &output.stderr,
        &["warning: --report r.html: not written: it exists already"],
    );
    assert_eq!(workspace.read("r.html"), "somebody else's");
}

#[test]
fn a_copy_of_the_input_that_was_edited_makes_no_report() {
    let run = runs::fabricated(3, runs::success);
    let input = run.run_dir.join("input.csv");
    let text = fs::read_to_string(&input).expect("the copy");
    fs::write(&input, text.replace("done", "spam")).expect("a file of the run");
    let output = report(&run.workspace, "out");
    assert_eq!(output.status, 3, "{output:#?}");
    let words = "input.csv: has changed";
    assert!(output.stderr.contains(words), "{output:#?}");
    assert!(!run.run_dir.join("report.html").exists());
}

#[test]
fn a_report_is_refused_where_there_is_no_run_or_it_goes_on() {
    let workspace = Workspace::new();
    workspace.write("there.html", "mine");
    for (line, words) in [
        ("latest", "report latest: no such directory:"),
        (
            "lastest",
            "lastest: cannot make a report: no such directory (did you mean latest?)",
        ),
        (".", ".: cannot make a report: it contains no run.json"),
        (
            "there.html",
            "there.html: cannot make a report: it is a file",
        ),
    ] {
        let output = report(&workspace, line);
        assert_eq!((output.status, &*output.stdout), (2, ""), "{output:#?}");
        expect_words(&output.stderr, &[words]);
    }
    let output = command(&workspace, "report").output();
    assert_eq!(output.status, 2);
    expect_words(&output.stderr, &["reamaze-bulk report latest"]);

    let (server, release) = holding("b");
    let run = start(&server, &["a", "b"], "--workers 1");
    server.wait_for_requests(2);
    let output = report(&run.workspace, "out");
    assert_eq!(output.status, 5, "{output:#?}");
    drop(release);
    let sent = run.wait();
    for (line, words) in [
        ("out -o results.html", "results.html: it exists already"),
        ("out -o no/r.html", "cannot create a file in no"),
    ] {
        sent.workspace.write("results.html", "mine");
        let output = report(&sent.workspace, line);
        assert_eq!(output.status, 2, "{output:#?}");
        expect_words(&output.stderr, &[words]);
    }
    assert_eq!(sent.workspace.read("results.html"), "mine");
    let printed = report(&sent.workspace, "out -o -");
    assert!(printed.stdout.starts_with("<!DOCTYPE html>"));
    assert!(printed.stdout.trim_end().ends_with("</html>"));
}

#[test]
fn a_report_appears_whole_in_the_place_of_the_old_one() {
    let run = runs::fabricated(100, runs::success);
    let path = run.run_dir.join("report.html");
    fs::write(&path, "old").expect("a report");
    // Whoever reads the old one reads it to its end.
    let mut old = fs::File::open(&path).expect("a report");
    assert_eq!(report(&run.workspace, "out").status, 0);
    let inode = |found: io::Result<fs::Metadata>| found.expect("a file").ino();
    assert_ne!(inode(old.metadata()), inode(path.metadata()));
    let mut text = String::new();
    old.read_to_string(&mut text).expect("a report");
    assert_eq!(text, "old");
    assert!(read(&path).ends_with("</html>"));
}

#[test]
fn a_preview_that_fails_says_that_there_is_no_report() {
    let refusing = Server::start(|_| Answer::text(401, ""));
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    workspace.write("header.csv", "slug,stauts\na,done\n");
    workspace.write("there.prom", "not metrics");
    for (line, words) in [
        ("none.csv", "there is no preview"),
        ("header.csv", "the account was not read"),
        ("rows.csv --token-file none", "there is no preview"),
    ] {
        let line = format!("run {line} --dry-run --online --report r.html");
        let output = command(&workspace, &line).against(&refusing).output();
        assert_ne!(output.status, 0, "{output:#?}");
        let words = format!("--report r.html: not written: {words}\n");
        assert_eq!(output.stderr.matches(&words).count(), 1, "{output:#?}");
    }
    // What was read is shown, however little.
    let line = "run rows.csv --dry-run --online --report r.html";
    let output = command(&workspace, line).against(&refusing).output();
    assert_eq!(output.status, 6, "{output:#?}");
    assert!(!output.stderr.contains("not written"), "{output:#?}");
    expect_words(&text(&workspace.read("r.html")), &["login refused"]);
}
