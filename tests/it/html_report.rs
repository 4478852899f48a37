//! `report` and `--report`: an HTML file about a run, made of its directory.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a step that fails fails the test"
)]

mod browser;
mod devtools;
mod runs;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::json;

use crate::support::account::Account;
use crate::support::answer::Answer;
use crate::support::command::{Output, Signal, Workspace};
use crate::support::secrets::expect_no_token;
use crate::support::sent::{
    command, done, eventually, holding, send, send_file, start, to_out, tree,
};
use crate::support::server::Server;
use runs::{HOSTILE, Reported};

/// The most that a report may have, in bytes.
const MOST_BYTES: usize = 5 << 20;

fn report(workspace: &Workspace, line: &str) -> Output {
    command(workspace, &format!("report {line}")).output()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a report")
}

/// The text of a page, without its style and tags.
fn text(html: &str) -> String {
    let (head, rest) = html.split_once("<style>").expect("a style");
    let (_, body) = rest.split_once("</style>").expect("its end");
    let parts = [head, body].concat();
    let parts = parts.split('<').map(|part| match part.split_once('>') {
        Some((_, text)) => text,
        None => part,
    });
    parts
        .collect::<Vec<_>>()
        .join(" ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[track_caller]
fn expect_words(text: &str, words: &[&str]) {
    for words in words {
        assert!(text.contains(words), "{words:?} is missing in {text}");
    }
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
    let summary = crate::support::command::summary(&run.run_dir);
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
            &format!("{} to read", summary["reads"]),
            "Rate limited 1 ",
            "at most 25/s",
            "Exit code 1",
            "Requests per second, retries included",
            "answers 429 (dots above)",
            "status Open Done 11",
            "status Archived Done",
            "Tags added Tag Rows + vip",
            "Tags removed Tag Rows − new",
            "late-parcel-7 rejected 422 the channel is restricted",
            "4 rejected the channel is restricted late-parcel-7 (lines 9, 19, 29)",
            "late-parcel-9 not found 404 no such conversation",
            "2 late-parcel-0 status Open → Done tags + vip − new",
            "no message text and no subjects",
        ],
    );
    assert!(!html.contains("Where is my parcel") && !html.contains("Hello"));
    let attribute = html
        .split("Requests per second over ")
        .nth(1)
        .expect("a description");
    assert!(attribute.contains("1 answer 429"), "{attribute}");
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
            "It contains no message text, but",
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
        ],
    );
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
            "What was put back",
            "a status Done → Open tags − vip",
        ],
    );
}

#[test]
fn a_preview_against_the_account_has_a_report_of_what_would_change() {
    let account = Account::new([
        (
            "a",
            json!({"status": 0, "tag_list": ["new"], "subject": "Broken <mug>"}),
        ),
        ("b", json!({"status": 2, "tag_list": ["vip"]})),
    ]);
    let server = account.serve();
    let workspace = Workspace::new();
    workspace.write(
        "rows.csv",
        "slug,status,add_tags\na,done,vip\nb,done,vip\nc,done,\n",
    );
    let line = "run rows.csv --dry-run --online --rate 500/s --report p.html";
    let output = command(&workspace, line).against(&server).output();
    assert_eq!(output.status, 1, "{output:#?}");
    assert!(output.stderr.ends_with("report: p.html\n"), "{output:#?}");
    let html = workspace.read("p.html");
    expect_words(
        &text(&html),
        &[
            "Preview of rows.csv",
            "1 of 3 rows would change. 1 already shows what is asked for, 1 needs a look.",
            "would change 1 33.3%",
            "already right 1 33.3%",
            "not found 1 33.3%",
            "3 to read",
            "What would change",
            "status Open Done 1",
            "2 a status Open → Done tags + vip",
            "4 c not found 404 no such conversation",
        ],
    );
    assert!(!html.contains("Broken") && !html.contains("Hello") && !html.contains("over time"));
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.method == "GET")
    );
    let line = "run rows.csv --dry-run --online --rate 500/s --json --report";
    for (options, words) in [
        ("s.html --with-subjects", "2 a Broken &lt;mug&gt; status"),
        (
            "t.html --sample 1",
            "0 of 1 row would change. 1 needs a look.",
        ),
    ] {
        let output = command(&workspace, &format!("{line} {options}"))
            .against(&server)
            .output();
        assert_eq!(output.status, 1, "{output:#?}");
        let (name, _) = options.split_once(' ').expect("a name");
        expect_words(&text(&workspace.read(name)), &[words]);
    }
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
            "1 of 3 rows is updated. 1 needs a look, 1 was not sent.",
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
    expect_words(
        &shown,
        &["Not recorded: the run directory has no timeline.csv"],
    );
}

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
fn a_report_is_refused_where_there_is_no_run_or_it_goes_on() {
    let workspace = Workspace::new();
    workspace.write("there.html", "mine");
    for (line, words) in [
        ("latest", "report latest: no such directory:"),
        (
            "lastest",
            "lastest: cannot report on: no such directory (did you mean latest?)",
        ),
        (".", ".: cannot report on: it contains no run.json"),
        ("there.html", "there.html: cannot report on: it is a file"),
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

#[test]
fn the_token_is_in_no_report() {
    let server = Server::start(|request| {
        let login = request.headers["authorization"].replace("Basic ", "");
        let text = format!("token {} login {login}", runs::TOKEN);
        Answer::json(422, &json!({ "errors": [text] }))
    });
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    let run = to_out(&workspace, "rows.csv", "--report r.html").against(&server);
    let output = run.env("REAMAZE_API_TOKEN", runs::TOKEN).output();
    assert_eq!(output.status, 1, "{output:#?}");
    assert!(workspace.path().join("r.html").exists());
    expect_no_token(&workspace, &output, "agent@example.com", runs::TOKEN);
}

/// Elements of a page, by their names.
fn elements(html: &str) -> BTreeSet<&str> {
    let tags = html
        .split('<')
        .skip(1)
        .filter(|tag| !tag.starts_with(['/', '!']));
    tags.map(|tag| tag.split([' ', '>']).next().unwrap_or_default())
        .collect()
}

#[test]
fn foreign_text_is_only_text() {
    let run = runs::hostile();
    let html = read(&run.report("--with-subjects"));
    let usual = read(&runs::resumed().report("--with-subjects"));
    let others: BTreeSet<_> = elements(&html)
        .difference(&elements(&usual))
        .copied()
        .collect();
    assert_eq!(others, BTreeSet::new(), "elements that no other report has");
    assert!(!elements(&usual).contains("script"));
    let is_active = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    assert_eq!(html.find(is_active), None);
    let shown = html
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    let shown = shown.replace("&amp;", "&");
    for text in HOSTILE.iter().take(12) {
        expect_words(&shown, &[&format!("<bdi>{text}</bdi>")]);
    }
    expect_words(&html, &["\\u{202e}drowkcab", "\\u{0}", "👩‍👩‍👧‍👦"]);
    let policy =
        "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-";
    expect_words(&html, &[policy]);
}

#[test]
fn the_largest_run_has_a_report_of_a_few_megabytes_that_says_what_it_leaves_out() {
    for (record, words) in [
        (
            runs::hostile_failure as fn(u64) -> String,
            [
                "0 of 30,000 rows are updated. 30,000 need a look.",
                " of 30,000 rows. Every row is in results.csv",
            ],
        ),
        (
            runs::success,
            [
                "All 30,000 rows are updated.",
                "Showing 1,000 of 30,000 changed rows.",
            ],
        ),
        (
            runs::not_sent,
            [
                "30,000 were not sent.",
                "Showing 1,000 of 30,000 rows. Every row is in results.csv",
            ],
        ),
    ] {
        let html = read(&runs::fabricated(30_000, record).report(""));
        assert!(html.len() < MOST_BYTES, "{}", html.len());
        expect_words(&text(&html), &words);
    }
}

#[test]
fn a_report_appears_whole() {
    let run = runs::fabricated(2_000, runs::success);
    let path = run.run_dir.join("report.html");
    fs::write(&path, "old").expect("a report");
    let child = command(&run.workspace, "report out").spawn();
    eventually("there is a new report", || {
        let html = fs::read_to_string(&path).expect("a report");
        assert!(
            html == "old" || html.ends_with("</html>"),
            "{} bytes",
            html.len()
        );
        html != "old"
    });
    assert_eq!(child.wait().status, 0);
}
