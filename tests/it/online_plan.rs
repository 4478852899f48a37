//! `--plan`: a file that appears whole or not at all, replaces nothing, and that the printed command
//! runs.

#![expect(clippy::panic, reason = "a step that fails fails the test")]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use serde_json::{Value, json};

use super::support::account::Account;
use super::support::answer::Answer;
use super::support::command::Workspace;
use super::support::online::{applying, document, files, holding, online, reads};
use super::support::sent::{done, tree};
use super::support::server::Server;

/// The rows of a plan.
fn rows(workspace: &Workspace, name: &str) -> Vec<Value> {
    let text = workspace.read(name);
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    let rows = text.lines().map(serde_json::from_str::<Value>);
    rows.collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_plan_that_cannot_be_written_is_refused_before_anything_is_read() {
    let server = Server::start(|_| Answer::hang());
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    workspace.write("there.jsonl", "kept");
    let link = workspace.path().join("dangling.jsonl");
    symlink("nowhere", &link).expect("a link");
    fs::create_dir(workspace.path().join("directory")).expect("a directory");
    let before = files(&workspace);
    let long = "x".repeat(300);
    for (plan, words) in [
        ("there.jsonl", "exists"),
        ("dangling.jsonl", "exists"),
        ("directory", "exists"),
        ("rows.csv", "exists"),
        ("-", "not a file"),
        ("no/such/plan.jsonl", "no/such/plan.jsonl"),
        ("rows.csv/plan.jsonl", "rows.csv/plan.jsonl"),
        (&long, "xxx"),
    ] {
        for json in ["", "--json"] {
            let run = online(&workspace, "rows.csv", &format!("--plan {plan} {json}"));
            let output = run.against(&server).output();
            assert_eq!(output.status, 2, "{plan}: {output:#?}");
            assert!(output.stderr.contains(words), "{plan}: {output:#?}");
            assert!(output.stderr.contains("--plan"), "{plan}: {output:#?}");
            assert!(!output.stderr.contains(".reamaze-bulk-"), "{output:#?}");
        }
    }
    assert_eq!(files(&workspace), before);
    assert_eq!(workspace.read("there.jsonl"), "kept");
    assert_eq!(reads(&server), [""; 0]);
}

#[test]
fn a_plan_has_the_rows_that_would_change_guarded_and_is_its_owners() {
    let account = Account::new([
        (
            "a",
            json!({"tag_list": ["vip", "b"], "data": {"order": "0012", "n": 1.50, "old": "x"}}),
        ),
        ("done", json!({"status": 2})),
        (
            "held",
            json!({"status": 5, "hold_until": "2035-01-01T00:00:00Z",
                   "assignee": {"name": "K", "email": "kim@example.com"}}),
        ),
        ("tagged", json!({})),
    ]);
    let server = account.serve();
    let workspace = Workspace::new();
    let text = r#"{"slug":"a","tag_list":["c"],"category":"sales","brand":"acme.example.com","data":{"order":"13","n":2,"new":null}}
{"slug":"done","status":2}
{"slug":"gone","status":2}
{"slug":"held","status":5,"hold_until":"2035-01-15T09:00:00Z","assignee":"ana@example.com","expect.status":5}
{"slug":"tagged","add_tags":["vip"],"expect":{"status":0,"updated_at":null}}
{"slug":"late","status":2,"expect.status":"spam"}
"#;
    workspace.write("rows.jsonl", text);
    let run = online(
        &workspace,
        "rows.jsonl",
        "--plan plan.jsonl --json --workers 1",
    );
    let output = run.against(&server).output();
    assert_eq!(output.status, 1, "{output:#?}");
    assert_eq!(
        rows(&workspace, "plan.jsonl"),
        [
            json!({"slug": "a", "tag_list": ["c"], "category": "sales", "brand": "acme.example.com",
                   "data.order": "13", "data.n": 2, "data.new": null,
                   "expect.tag_list": ["vip", "b"], "expect.category": "support",
                   "expect.data.order": "0012", "expect.data.n": 1.50, "expect.data.new": null}),
            json!({"slug": "held", "status": 5, "hold_until": "2035-01-15T09:00:00Z",
                   "assignee": "ana@example.com", "expect.status": 5,
                   "expect.hold_until": "2035-01-01T00:00:00Z", "expect.assignee": "kim@example.com"}),
        ]
    );
    let plan = &document(&output)["online"]["plan"];
    assert_eq!([&plan["rows"], &plan["left_out"]], [&json!(2), &json!(0)]);
    assert_eq!(plan["file"], "plan.jsonl");
    let metadata = fs::metadata(workspace.path().join("plan.jsonl")).expect("a file");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    reads(&server);
}

#[test]
fn the_printed_command_runs_the_plan_as_the_rows_were_meant() {
    let fields = json!({"order": "NULL", "kept": "x"});
    for (plan, options) in [
        ("plan.jsonl", ""),
        ("my plan", ""),
        ("it's $HOME.csv", "--rate 400/s --fixed-rate"),
        ("new/plan.txt", "--data-whole --read-first"),
        ("-plan", "--skip-invalid"),
    ] {
        let account = Account::new([("a", json!({"data": fields})), ("b", json!({"status": 2}))]);
        let server = account.serve();
        let workspace = Workspace::new();
        fs::create_dir(workspace.path().join("new")).expect("a directory");
        workspace.write(
            "rows.csv",
            "slug;data.order;hold_until\na;#N/A;\nb;;2035-01-15 09:00\n",
        );
        let set =
            "--set 'status=on hold' --set hold_until=2036-01-15T10:00 --timezone Europe/Berlin";
        let plan_option = shlex::try_quote(plan).expect("no zero byte");
        let options =
            format!("{options} --allow-damaged --delimiter ';' {set} --plan={plan_option}");
        let run = online(&workspace, "rows.csv", &format!("{options} --json"));
        let output = run.against(&server).output();
        assert_eq!(output.status, 0, "{output:#?}");
        let printed = document(&output)["online"]["plan"]["command"].clone();
        let printed = printed.as_str().unwrap_or_default();
        assert_eq!(reads(&server), ["a", "b"]);
        let run = applying(&workspace, printed, "--yes --out applied");
        let output = run.against(&server).output();
        assert_eq!(output.status, 0, "{printed}: {output:#?}");
        let (a, b) = (account.show("a"), account.show("b"));
        assert_eq!([&a["status"], &b["status"]], [&json!(5), &json!(5)]);
        let held = |conversation: &Value| {
            let text = conversation["hold_until"].as_str().unwrap_or_default();
            text.parse::<jiff::Timestamp>().ok()
        };
        assert_eq!(held(&a), "2036-01-15T09:00:00Z".parse().ok());
        assert_eq!(held(&b), "2035-01-15T08:00:00Z".parse().ok());
        assert_eq!(
            a["data"],
            json!({"order": "#N/A", "kept": "x"}),
            "{printed}"
        );
        let put = server
            .requests_for("a")
            .into_iter()
            .find(|put| put.method == "PUT");
        let body = put.expect("an update").body;
        let is_whole = body["conversation"]["data"]["kept"] == "x";
        assert_eq!(is_whole, options.contains("--data-whole"), "{body}");
        for option in ["--rate 400/s", "--fixed-rate"] {
            assert_eq!(
                printed.contains(option),
                options.contains(option),
                "{printed}"
            );
        }
        // Again, and all has changed since.
        let run = applying(&workspace, printed, "--yes --out again");
        assert_eq!(run.against(&server).output().status, 1);
    }
}

#[test]
fn rows_that_no_guard_can_protect_are_left_out_and_named() {
    let account = Account::new([
        ("fine", json!({})),
        ("comma", json!({"tag_list": ["a, b"]})),
        ("list", json!({"data": {"order": [1, 2]}})),
        ("odd", json!({"status": 12})),
        ("damaged", json!({"data": {"order": "#N/A"}})),
        ("no-one", json!({"assignee": {"name": "Somebody"}})),
    ]);
    let server = account.serve();
    let workspace = Workspace::new();
    let rows_in = "slug,status,tag_list,data.order,assignee\nfine,2,,,\ncomma,,x,,\nlist,,,7,\nodd,2,,,\ndamaged,,,7,\nno-one,,,,ana@example.com\n";
    workspace.write("rows.csv", rows_in);
    let of = |options: &str| {
        online(&workspace, "rows.csv", options)
            .against(&server)
            .output()
    };
    let output = of("--plan plan.jsonl --json");
    assert_eq!(output.status, 1, "{output:#?}");
    let shown = document(&output);
    let plan = &shown["online"]["plan"];
    assert_eq!(shown["online"]["would_change"], 6, "{shown}");
    assert_eq!([&plan["rows"], &plan["left_out"]], [&json!(1), &json!(5)]);
    let why = plan["left_out_reason"].as_str().unwrap_or_default();
    assert!(why.contains("line 3") && why.contains("tag_list"), "{why}");
    let planned = rows(&workspace, "plan.jsonl");
    assert_eq!(
        planned,
        [json!({"slug": "fine", "status": 2, "expect.status": 0})]
    );
    let output = of("--plan other.jsonl");
    assert_eq!(output.status, 1, "{output:#?}");
    let page = &output.stdout;
    assert!(page.contains("5 rows left out of the plan"), "{page}");
    assert!(page.contains("line 3"), "{page}");
    // Without a plan, all of them can be looked at.
    assert_eq!(of("").status, 0);
    // Where damaged text may be sent, it may be expected too.
    let output = of("--plan third.jsonl --allow-damaged --json");
    assert_eq!(document(&output)["online"]["plan"]["left_out"], 4);
}

#[test]
fn a_file_that_appears_meanwhile_is_kept_and_the_preview_is_shown_nevertheless() {
    let account = Account::new([("a", json!({}))]);
    for json in ["", "--json"] {
        let workspace = Workspace::new();
        workspace.write("rows.csv", done(&["a"]));
        let (server, release) = holding(&account, "a");
        let run = online(&workspace, "rows.csv", &format!("--plan plan.jsonl {json}"));
        let child = run.against(&server).spawn();
        server.wait_for_requests(1);
        workspace.write("plan.jsonl", "somebody's");
        drop(release);
        let output = child.wait();
        assert_eq!(output.status, 2, "{output:#?}");
        assert!(output.stderr.contains("plan.jsonl"), "{output:#?}");
        assert_eq!(workspace.read("plan.jsonl"), "somebody's");
        assert_eq!(tree(workspace.path()).len(), 2);
        let is_shown = match json {
            "" => output.stdout.contains("Open -> Done"),
            _ => document(&output)["online"]["would_change"] == 1,
        };
        assert!(is_shown, "{output:#?}");
    }
}

#[test]
fn tags_that_are_there_in_several_spellings_can_be_planned() {
    let account = Account::new([("a", json!({"tag_list": ["vip", "VIP", " x ", ""]}))]);
    let server = account.serve();
    let workspace = Workspace::new();
    workspace.write("rows.csv", "slug,tag_list\na,new\n");
    let run = online(&workspace, "rows.csv", "--plan plan.jsonl");
    let output = run.against(&server).output();
    assert_eq!(output.status, 0, "{output:#?}");
    let planned = rows(&workspace, "plan.jsonl");
    assert_eq!(
        planned,
        [json!({"slug": "a", "tag_list": ["new"], "expect.tag_list": ["vip", "x"]})]
    );
    let run = applying(&workspace, "reamaze-bulk run plan.jsonl", "--yes");
    assert_eq!(run.against(&server).output().status, 0);
    assert_eq!(account.show("a")["tag_list"], json!(["new"]));
}

#[test]
fn a_plan_without_rows_is_a_file_that_runs() {
    let account = Account::new([("a", json!({"status": 2}))]);
    let server = account.serve();
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    let run = online(&workspace, "rows.csv", "--plan plan.jsonl --json");
    let output = run.against(&server).output();
    assert_eq!(output.status, 0, "{output:#?}");
    assert_eq!(workspace.read("plan.jsonl"), "");
    let plan = &document(&output)["online"]["plan"];
    assert_eq!(plan["rows"], 0);
    let printed = plan["command"].as_str().unwrap_or_default();
    let output = applying(&workspace, printed, "--yes")
        .against(&server)
        .output();
    assert_eq!(output.status, 0, "{output:#?}");
}

#[test]
fn a_plan_of_rows_that_ask_for_no_change_is_empty_and_one_of_refused_rows_is_not_written() {
    let server = Server::start(|_| Answer::hang());
    let workspace = Workspace::new();
    workspace.write("none.csv", "slug,add_tags\na,[]\n");
    let run = online(&workspace, "none.csv", "--plan none.jsonl");
    let output = run.against(&server).output();
    assert_eq!(output.status, 0, "{output:#?}");
    assert_eq!(workspace.read("none.jsonl"), "");
    assert!(
        output.stdout.contains("plan: none.jsonl: no rows"),
        "{output:#?}"
    );
    let before = files(&workspace);
    workspace.write("bad.csv", "slug,status\na,nope\n");
    workspace.write("header.csv", "slug,colour\na,red\n");
    for name in ["bad.csv", "header.csv"] {
        let options = "--plan plan.jsonl --report preview.html";
        let output = online(&workspace, name, options).against(&server).output();
        assert_eq!(output.status, 3, "{output:#?}");
        for option in ["--plan plan.jsonl", "--report preview.html"] {
            let words = format!("{option}: not written");
            assert!(output.stderr.contains(&words), "{words}: {output:#?}");
        }
    }
    assert_eq!(files(&workspace).len(), before.len() + 2);
    assert_eq!(reads(&server), [""; 0]);
}

#[test]
fn a_report_that_is_not_written_because_of_an_error_is_not_passed_over() {
    let server = Server::start(|_| Answer::hang());
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    workspace.write("there.jsonl", "kept");
    let options = "--plan there.jsonl --report preview.html";
    let run = online(&workspace, "rows.csv", options);
    let output = run.against(&server).output();
    assert_eq!(output.status, 2, "{output:#?}");
    let words = "--report preview.html: not written";
    assert!(output.stderr.contains(words), "{output:#?}");
    assert_eq!(reads(&server), [""; 0]);
}
