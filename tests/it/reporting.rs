//! What a person reads and what a script reads.

#![expect(clippy::panic, reason = "a step that fails fails the test")]

use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::command::{Workspace, summary};
use super::support::request::Request;
use super::support::sent::{Sent, command, numbered, send, send_file};
use super::support::server::Server;

/// Rejects what begins with `bad`, knows nothing of what begins with `gone`, and shows another
/// status where the slug begins with `other`.
fn mixed(request: &Request) -> Answer {
    match request.slug.split('-').next().unwrap_or_default() {
        "bad" => Answer::json(422, &json!({"errors": {"status": ["is wrong"]}})),
        "gone" => Answer::text(404, ""),
        "other" => Answer::json(200, &json!({"status": 4})),
        "login" => Answer::text(401, ""),
        _ => Answer::echo(request),
    }
}

/// Where `words` begin in `text`; fails the test if they are not in it.
fn place_of(words: &str, text: &str) -> usize {
    text.find(words)
        .unwrap_or_else(|| panic!("no {words:?} in:\n{text}"))
}

/// Answers by the slug's first word: an error that may pass, none at all, or as [`mixed`].
fn troubled(request: &Request) -> Answer {
    match request.slug.split('-').next().unwrap_or_default() {
        "lost" => Answer::text(500, ""),
        "odd" => Answer::text(400, "no"),
        _ => mixed(request),
    }
}

#[test]
fn a_run_ends_with_what_to_do_next_in_order() {
    const CONTINUE: &str = "to continue this run:\n  reamaze-bulk run --resume out";
    let retry = |(rows, them): (&str, &str)| {
        format!(
            "to retry {rows}, fix {them} in failed.csv, then:\n  reamaze-bulk run out/failed.csv"
        )
    };
    let [one, two, three] = [
        ("1 failed row", "it"),
        ("2 failed rows", "them"),
        ("3 failed rows", "them"),
    ]
    .map(retry);
    let unknown = "to retry 1 row with unknown outcome:\n  reamaze-bulk run --resume out";
    let login = "fix the credentials, then:\n  reamaze-bulk run --resume out";
    let brand = "fix the brand, then:\n  reamaze-bulk run --resume out";
    for (slugs, options, advice) in [
        (
            &["ok", "bad", "ok-2"][..],
            "--limit 2",
            &[CONTINUE, &*one][..],
        ),
        (&["ok", "ok-2"], "--limit 1", &[CONTINUE]),
        (&["lost", "ok-2"], "--limit 1", &[CONTINUE]),
        (&["ok", "bad", "gone"], "", &[&*two]),
        (&["ok", "bad", "lost", "odd"], "", &[&*three]),
        (&["ok", "", "odd"], "--skip-invalid", &[&*two]),
        (&["ok", "lost"], "", &[unknown]),
        (&["ok", "other"], "", &[]),
        (&["ok"], "", &[]),
        (&["login", "ok"], "", &[login]),
        (&["ok", "bad", "login", "ok-2"], "", &[login, &*one]),
        (&["gone-1", "gone-2", "gone-3"], "", &[brand]),
    ] {
        let server = Server::start(troubled);
        let options = format!("--workers 1 --retries 0 {options}");
        let sent = send(&server, slugs, &options);
        let text = &sent.output.stderr;
        let places: Vec<_> = advice.iter().map(|words| place_of(words, text)).collect();
        assert!(places.is_sorted(), "{text}");
        let commands = text.matches("\n  reamaze-bulk run").count();
        assert_eq!(commands, advice.len(), "{slugs:?}: {text}");
    }
}

#[test]
fn a_run_in_the_sandbox_is_not_continued() {
    let workspace = Workspace::new();
    let rows = "slug,status\na,2\nmissing-b,2\nc,2\n";
    workspace.write("rows.csv", rows);
    let run = command(
        &workspace,
        "run rows.csv --sandbox --out out --rate 500/s --workers 1 --limit 2",
    );
    let text = run.output().stderr;
    place_of(
        "to retry 1 failed row, fix it in failed.csv, then:\n  reamaze-bulk run out/failed.csv",
        &text,
    );
    assert!(!text.contains("--resume"), "{text}");
}

#[test]
fn a_good_run_that_nobody_watches_says_where_it_sends_and_one_line_when_it_is_over() {
    let server = Server::start(mixed);
    let sent = send(&server, &["ok-1", "ok-2"], "");
    sent.expect_status(0);
    assert_eq!(sent.output.stdout, "");
    let text = &sent.output.stderr;
    let ended = place_of("2 rows: 2 updated; ", text);
    let took = place_of("; 2 requests in ", text);
    assert!(place_of(&server.base_url(), text) < ended, "{text}");
    assert!(took < place_of("; results: out\n", text), "{text}");
    assert_eq!(text[ended..].lines().count(), 1, "{text}");

    let (sent, _) = sent.resume(&server, "");
    let text = &sent.output.stderr;
    place_of("this run is finished", text);
    place_of("2 rows: 2 updated; results: out", text);
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn a_run_with_something_to_tell_says_first_what_it_is_about_to_do() {
    let server = Server::start(mixed);
    let rows = "slug,tag_list\na,vip\nb,[]\nbad,old\n";
    for options in ["", "-v"] {
        let sent = send_file(&server, "rows.csv", rows, options);
        let text = &sent.output.stderr;
        assert!(place_of("3 requests at 500/s", text) < place_of("1 rejected", text));
    }
}

#[test]
fn with_json_standard_output_is_one_document_whatever_the_status() {
    let server = Server::start(mixed);
    let (good, bad) = ("slug,status\nok,2\n", "slug,status\nok,2\nbad,2\n");
    for (status, rows, options) in [
        (0, good, ""),
        (0, good, "-v"),
        (0, "slug,status\n", ""),
        (1, bad, ""),
        (1, bad, "-q"),
        (1, "slug,status\nother,2\n", ""),
        (2, good, "--workers 1000"),
        (2, good, "--brand a.b"),
        (2, good, "--out rows.csv"),
        (3, "slug,status\na,99\n", ""),
        (3, "slug,colour\na,99\n", ""),
        (3, "", ""),
        (6, "slug,status\nlogin,2\n", ""),
    ] {
        let workspace = Workspace::new();
        workspace.write("rows.csv", rows);
        let run = command(&workspace, &format!("run rows.csv --yes --json {options}"));
        let output = run.against(&server).output();
        assert_eq!(output.status, status, "{rows:?} {options}: {output:#?}");
        let document: Value = serde_json::from_str(&output.stdout).expect("one document");
        assert_eq!(document["exit_status"], status, "{document}");
        assert_eq!(document["error"].is_string(), status > 1, "{document}");
        match workspace.run_dirs().as_slice() {
            [] => assert_eq!(document["run_dir"], Value::Null),
            [made, ..] => {
                let mut written = summary(made);
                written["finished_at"] = document["finished_at"].clone();
                assert_eq!(document, written);
            }
        }
    }
}

#[test]
fn a_quiet_run_that_went_well_says_nothing_and_one_that_did_not_speaks() {
    let server = Server::start(mixed);
    let quiet = send(&server, &["ok-1", "ok-2"], "-q");
    let said = [quiet.output.stdout.as_str(), quiet.output.stderr.as_str()];
    assert_eq!(said, ["", ""]);
    quiet.expect_status(0);
    let loud = send(&server, &["ok-1", "bad-1"], "-q");
    assert!(
        loud.output.stderr.contains("1 rejected"),
        "{}",
        loud.output.stderr
    );
}

#[test]
fn progress_that_nobody_can_see_move_has_no_control_characters() {
    let server = Server::start(mixed);
    for style in ["auto", "lines", "none", "bar"] {
        let sent = send(&server, &["ok", "bad"], &format!("--progress {style}"));
        sent.expect_status(1);
        expect_tame(style, &sent.output.stderr);
    }
}

/// Fails the test if a text acts on a terminal: controls, or marks that turn the direction of
/// writing or cannot be seen.
fn expect_tame(place: &str, text: &str) {
    let acts = |c: &char| {
        c.is_control() && *c != '\n'
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let found = text.chars().find(acts);
    assert_eq!(found, None, "in {place}: {text:?}");
}

/// Fails the test if a run shows or records anything that acts on a terminal.
fn expect_tame_run(sent: &Sent) {
    expect_tame("standard error", &sent.output.stderr);
    expect_tame("standard output", &sent.output.stdout);
    for name in ["results.csv", "summary.json"] {
        expect_tame(name, &sent.workspace.read(&format!("out/{name}")));
    }
    assert_eq!(
        sent.workspace.read("out/results.csv").lines().count(),
        sent.ledger().len() + 1
    );
}

const HOSTILE: &str =
    "\u{1b}[2J\u{1b}]0;x\u{7} \u{202e}evil\u{2066}\u{200b} \u{9b}31m a\r\nb\u{2028}c";

#[test]
fn what_a_server_says_cannot_act_on_a_terminal_or_break_a_line() {
    let server = Server::start(|request| match request.slug.as_str() {
        "ok" => Answer::echo(request),
        "json" => Answer::json(
            422,
            &json!({"errors": {format!("status{HOSTILE}"): [HOSTILE]}}),
        ),
        "text" => Answer::text(422, HOSTILE),
        "html" => Answer::html(422, &format!("<p>{HOSTILE}&#27;[2J&#x202e;</p>")),
        "forbidden" => Answer::text(403, HOSTILE),
        "teapot" => Answer::text(418, HOSTILE),
        "other" => Answer::json(200, &json!({"slug": HOSTILE})),
        _ => Answer::json(200, &json!({"tag_list": [HOSTILE], "status": HOSTILE})),
    });
    let slugs = [
        "ok",
        "json",
        "text",
        "html",
        "forbidden",
        "teapot",
        "other",
        "differs",
    ];
    let sent = send(&server, &slugs, "--workers 1 --retries 0 -v --json");
    sent.expect_status(1);
    expect_tame_run(&sent);
    let failed = sent.failed("csv").expect("rows to feed back");
    expect_tame("failed.csv", &failed);
    for slug in &slugs[1..6] {
        assert!(
            sent.line(slug).reasons.contains("evil"),
            "{:?}",
            sent.line(slug)
        );
    }
}

#[test]
fn what_a_file_says_cannot_act_on_a_terminal_or_break_a_line() {
    let server = Server::start(|request| match request.slug.as_str() {
        "other" => Answer::json(200, &json!({"data": {"note": "x"}})),
        _ => Answer::text(422, "no"),
    });
    let rows = format!(
        "slug,status,data.note\nother,2,\"{HOSTILE}\"\nbi\u{202e}di,2,\nnull\0,2,\n\
         ok,\"{HOSTILE}\",\nin\u{200b}visible,2,\n\"two\nlines\",2,\n"
    );
    let sent = send_file(&server, "rows.csv", rows, "--skip-invalid -v --json");
    sent.expect_status(1);
    expect_tame_run(&sent);
}

#[test]
fn what_a_server_says_is_no_formula_for_a_spreadsheet() {
    let formulas = [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(1)",
        "\t=1",
        " =1",
        "＝1",
    ];
    let server = Server::start(move |request| {
        let number = request.slug.strip_prefix("row-").expect("a row");
        let number: usize = number.parse().expect("its number");
        Answer::json(422, &json!({"error": formulas[number]}))
    });
    let sent = send(&server, &numbered("row-", formulas.len()), "");
    sent.expect_status(1);
    let lines = sent.ledger();
    let failed = sent.failed("csv").expect("rows to feed back");
    let mut failed = csv::Reader::from_reader(failed.as_bytes());
    let notes = failed.records().map(|row| row.expect("CSV")[3].to_owned());
    let reasons = lines.iter().map(|line| line.reasons.clone());
    for reason in reasons.chain(notes) {
        assert!(reason.starts_with('\''), "{reason}");
    }
}
