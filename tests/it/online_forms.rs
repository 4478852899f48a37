//! Previews against the account of every kind of input and command; and of conversations with text that
//! nobody should see raw.

use std::sync::Arc;

use serde_json::{Value, json};

use super::support::account::Account;
use super::support::answer::Answer;
use super::support::command::Workspace;
use super::support::online::{applying, csv, document, figure, files, online, outcomes, reads};
use super::support::sent::{command, done, numbered};
use super::support::server::Server;

fn two() -> Arc<Account> {
    Account::new([("a", json!({})), ("b", json!({"status": 2}))])
}

#[test]
fn every_form_of_input_shows_the_same() {
    let account = two();
    let server = account.serve();
    let expected = ["a would_change", "b unchanged"];
    for (name, rows) in [
        ("rows.csv", "slug,status\na,2\nb,2\n"),
        ("rows.tsv", "slug\tstatus\na\tdone\nb\tdone\n"),
        (
            "rows.jsonl",
            "{\"slug\":\"a\",\"status\":2}\n{\"slug\":\"b\",\"status\":2}\n",
        ),
        ("-", "slug;status\na;2\nb;2\n"),
    ] {
        let workspace = Workspace::new();
        if name != "-" {
            workspace.write(name, rows);
        }
        let before = files(&workspace);
        let run = online(&workspace, name, "--json").stdin(rows);
        let output = run.against(&server).output();
        assert_eq!(output.status, 0, "{name}: {output:#?}");
        assert_eq!(outcomes(&document(&output)), expected, "{name}");
        assert_eq!(files(&workspace), before);
        // What came through a pipe can be planned too.
        let run = online(&workspace, name, "--plan plan.jsonl --json").stdin(rows);
        let plan = document(&run.against(&server).output())["online"]["plan"].clone();
        let printed = plan["command"].as_str().unwrap_or_default();
        let output = applying(&workspace, printed, "--yes")
            .against(&server)
            .output();
        assert_eq!(output.status, 0, "{name}: {output:#?}");
        assert_eq!(account.show("a")["status"], 2);
        account.change("a", json!({"status": 0}));
    }
}

#[test]
fn the_sandbox_inside_needs_no_account() {
    let workspace = Workspace::new();
    workspace.write(
        "rows.csv",
        csv(
            "slug,status,add_tags",
            &["late-parcel", "knock-knock"],
            "spam,vip",
        ),
    );
    let before = files(&workspace);
    let run = online(&workspace, "rows.csv", "--sandbox --json");
    let shown = document(&run.output());
    assert_eq!(
        outcomes(&shown),
        ["late-parcel would_change", "knock-knock would_change"]
    );
    assert_eq!(files(&workspace), before);
    let output = online(&workspace, "rows.csv", "--sandbox").output();
    assert_eq!(
        figure(&output.stdout, "would change"),
        Some(2),
        "{output:#?}"
    );
}

#[test]
fn a_slug_that_is_a_number_must_be_the_one_that_was_asked_for() {
    let server = Server::start(|request| match request.slug.as_str() {
        "1001" => Answer::json(200, &json!({"slug": "1001", "status": 0})),
        "1002" => Answer::json(200, &json!({"slug": "knock-knock", "status": 0})),
        _ => Answer::json(200, &json!({"status": 0})),
    });
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["1001", "1002", "1003"]));
    let run = online(&workspace, "rows.csv", "--json --plan plan.jsonl");
    let output = run.against(&server).output();
    let expected = ["1001 would_change", "1002 conflict", "1003 conflict"];
    assert_eq!(
        (output.status, outcomes(&document(&output))),
        (1, expected.map(str::to_owned).into())
    );
    assert_eq!(workspace.read("plan.jsonl").lines().count(), 1);
    assert_eq!(reads(&server).len(), 3);
}

#[test]
fn requests_are_those_of_the_run_that_was_asked_for() {
    let server = two().serve();
    let workspace = Workspace::new();
    workspace.write("rows.csv", "slug,status\na,2\nb,2\ngone,2\n");
    workspace.write("fields.csv", "slug,data.x\na,1\n");
    for (name, options, requests, reads) in [
        ("rows.csv", "", 3, 0),
        // What is right already is only read; what is not there too.
        ("rows.csv", "--read-first", 4, 3),
        ("fields.csv", "", 1, 0),
        ("fields.csv", "--data-whole", 2, 1),
    ] {
        let run = online(&workspace, name, &format!("--json {options}"));
        let shown = document(&run.against(&server).output());
        let online = &shown["online"];
        assert_eq!(
            [&online["requests"], &online["reads"]],
            [&json!(requests), &json!(reads)],
            "{name} {options}"
        );
    }
    assert_eq!(super::support::online::reads(&server).len(), 8);
}

#[test]
fn an_undo_can_be_looked_at_and_planned() {
    let account = Account::new([
        ("a", json!({"tag_list": ["old"]})),
        ("b", json!({})),
        ("c", json!({"assignee": null})),
    ]);
    let server = account.serve();
    let workspace = Workspace::new();
    workspace.write(
        "rows.csv",
        "slug,status,add_tags,assignee\na,2,vip,\nb,2,,\nc,2,,ana@example.com\n",
    );
    let run = command(
        &workspace,
        "run rows.csv --yes --read-first --out out --rate 5000/s",
    );
    assert_eq!(run.against(&server).output().status, 0);
    account.change("b", json!({"status": 4}));
    let (before, sent) = (files(&workspace), server.requests().len());
    let undo = |options: &str| {
        let line = format!("undo out --dry-run --online --rate 5000/s {options}");
        command(&workspace, &line).against(&server).output()
    };
    let page = undo("");
    assert_eq!(page.status, 1, "{page:#?}");
    assert_eq!(
        figure(&page.stdout, "would change"),
        Some(2),
        "{}",
        page.stdout
    );
    assert_eq!(figure(&page.stdout, "conflict"), Some(1));
    for words in ["Done -> Open", "vip", "unassign"] {
        assert!(page.stdout.contains(words), "{words}: {}", page.stdout);
    }
    assert_eq!(files(&workspace), before);
    let shown = document(&undo("--json --plan undo.jsonl"));
    let outcomes = outcomes(&shown);
    assert_eq!(outcomes, ["a would_change", "b conflict", "c would_change"]);
    let requests = server.requests();
    assert!(
        requests[sent..]
            .iter()
            .all(|request| request.method == "GET")
    );
    assert_eq!(requests.len(), sent + 6);
    account.change("c", json!({"status": 3}));
    let printed = shown["online"]["plan"]["command"]
        .as_str()
        .unwrap_or_default();
    let output = applying(&workspace, printed, "--yes")
        .against(&server)
        .output();
    assert_eq!(output.status, 1, "{output:#?}");
    assert_eq!(account.show("a")["status"], 0);
    assert_eq!(account.show("a")["tag_list"], json!(["old"]));
    assert_eq!(
        [
            account.show("b")["status"].clone(),
            account.show("c")["status"].clone()
        ],
        [json!(4), json!(3)]
    );
}

#[test]
fn hostile_text_and_the_token_are_not_shown_raw_nor_planned() {
    let escapes = "\u{1b}[31mred\u{7}";
    let bidi = "in\u{202e}evil\u{2066}";
    let staff = json!({"name": escapes, "email": format!("a{escapes}@example.com")});
    let account = Account::new([
        ("tags", json!({"tag_list": [escapes, bidi, "ok"]})),
        ("edited", json!({"tag_list": [escapes, bidi, "ok"]})),
        (
            "fields",
            json!({"data": {"order": bidi, "x": escapes, bidi: "y"}, "subject": escapes}),
        ),
        (
            "staff",
            json!({"assignee": staff, "category": {"slug": bidi}}),
        ),
        ("secret", json!({"data": {"order": "test-token"}})),
        ("secret-tag", json!({"tag_list": ["test-token", "x"]})),
        (
            "guarded",
            json!({"data": {"order": "it is test-token!", "x": bidi}}),
        ),
        ("status", json!({"status": escapes})),
    ]);
    let server = account.serve();
    let workspace = Workspace::new();
    let rows = [
        json!({"slug": "tags", "tag_list": ["new"]}),
        json!({"slug": "edited", "remove_tags": ["ok"]}),
        json!({"slug": "fields", "data": {"order": "1", "x": format!("mine {bidi}")}}),
        json!({"slug": "staff", "assignee": "ana@example.com", "category": "sales"}),
        json!({"slug": "secret", "data": {"order": "1"}}),
        json!({"slug": "secret-tag", "tag_list": ["new"]}),
        json!({"slug": "guarded", "status": 2, "expect.data": {"order": "2", "x": "3"}}),
        json!({"slug": "status", "status": 2}),
    ];
    let lines = rows.iter().map(|row| format!("{row}\n"));
    workspace.write("rows.jsonl", lines.collect::<String>());
    let is_raw = |c: char| c.is_control() && c != '\n' || ['\u{202e}', '\u{2066}'].contains(&c);
    for (nth, options) in ["--read-first", "--json", "-v", "--sample 8"]
        .iter()
        .enumerate()
    {
        let plan = if nth < 3 {
            format!("--plan plan{nth}.jsonl")
        } else {
            String::new()
        };
        let run = online(&workspace, "rows.jsonl", &format!("{options} {plan}"));
        let output = run.against(&server).output();
        assert_eq!(output.status, 1, "{output:#?}");
        let planned = if plan.is_empty() {
            String::new()
        } else {
            workspace.read(&plan["--plan ".len()..])
        };
        for text in [&output.stdout, &output.stderr, &planned] {
            assert!(!text.contains(is_raw), "{text:?}");
            assert!(!text.contains("test-token"), "{text}");
        }
        if !plan.is_empty() {
            assert!(!planned.contains("secret"), "{planned}");
        }
        if *options == "--json" {
            let told = outcomes(&document(&output));
            assert_eq!(
                told.join(", "),
                "tags would_change, edited would_change, fields would_change, staff would_change, \
                 secret conflict, secret-tag conflict, guarded conflict, status would_change"
            );
        }
    }
    reads(&server);
}

#[test]
fn a_document_is_printed_whatever_the_exit_status_with_every_row_once_in_order() {
    let account = two();
    let server = account.serve();
    let workspace = Workspace::new();
    let slugs = numbered("row-", 500);
    workspace.write("many.csv", done(&slugs));
    let many = Account::new(slugs.iter().map(|slug| (slug.as_str(), json!({}))));
    let many = many.serve();
    let output = online(&workspace, "many.csv", "--json --workers 16")
        .against(&many)
        .output();
    let shown = document(&output);
    let expected: Vec<_> = slugs
        .iter()
        .map(|slug| format!("{slug} would_change"))
        .collect();
    assert_eq!(outcomes(&shown), expected);
    let lines = shown["online"]["rows"].as_array().map(|rows| {
        rows.iter()
            .filter_map(|row| row["line"].as_u64())
            .collect::<Vec<_>>()
    });
    assert_eq!(lines, Some((2..502).collect()));
    workspace.write("rows.csv", "slug,status\na,2\nb,2\n");
    workspace.write("bad.csv", "slug,status\na,nope\n");
    for (status, name, options) in [
        (0, "rows.csv", ""),
        (1, "rows.csv", "--set expect.status=spam"),
        (2, "rows.csv", "--plan rows.csv"),
        (2, "rows.csv", "--token-file none"),
        (3, "bad.csv", ""),
        (3, "no-such.csv", ""),
        (4, "rows.csv", "--limit 1"),
    ] {
        let run = online(&workspace, name, &format!("--json {options}"));
        let output = run.against(&server).output();
        assert_eq!(output.status, status, "{name} {options}: {output:#?}");
        let shown = document(&output);
        let is_shown = [0, 1, 4].contains(&status);
        assert_eq!(shown["online"].is_object(), is_shown, "{shown}");
        assert_eq!(
            shown["error"].is_string(),
            [2, 3].contains(&status),
            "{shown}"
        );
    }
    let refused: Value = {
        let server = Server::start(|_| Answer::text(403, ""));
        document(
            &online(&workspace, "rows.csv", "--json")
                .against(&server)
                .output(),
        )
    };
    assert_eq!(refused["exit_status"], 6);
}
