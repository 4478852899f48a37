//! What a preview against the account shows of each change: transitions, tags, what could not be undone,
//! and who is waiting for an answer.

use std::fs::File;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::support::account::Account;
use super::support::command::Workspace;
use super::support::online::{both, document, online, reads};
use super::support::sent::{command, done};

fn staff(email: &str) -> Value {
    json!({"name": "Staff User", "email": email})
}

#[test]
fn transitions_and_tags_are_named_and_counted() {
    let account = Account::new([
        (
            "a",
            json!({"tag_list": ["VIP", "new", "urgent"], "data": {"order": "0012"}}),
        ),
        (
            "b",
            json!({"tag_list": ["new"], "assignee": staff("kim@example.com")}),
        ),
        (
            "c",
            json!({"status": 5, "hold_until": "2035-01-01T00:00:00Z", "tag_list": ["x", "urgent"]}),
        ),
        ("d", json!({"status": 2, "tag_list": ["keep"]})),
    ]);
    let server = account.serve();
    let rows = r#"{"slug":"a","status":2,"add_tags":["vip","refund"],"remove_tags":["New","gone"],"data":{"order":12}}
{"slug":"b","status":"On Hold","hold_until":"2035-01-15T09:00:00Z","assignee":"ana@example.com","tag_list":["new"]}
{"slug":"c","status":2,"assignee":"ana@example.com","tag_list":["vip"]}
{"slug":"d","status":2,"category":"sales","tag_list":[],"data":{"order":""}}
"#;
    let (shown, page) = both(&server, "rows.jsonl", rows, "");
    assert_eq!(page.status, 0, "{page:#?}");
    let online = &shown["online"];
    let told = |row: &Value| {
        let [field, before, after] = ["field", "before", "after"].map(|key| row[key].as_str());
        let [field, before, after] = [field, before, after].map(|text| text.unwrap_or("none"));
        format!("{field} {before} -> {after}: {}", row["rows"])
    };
    let transitions = online["transitions"].as_array().expect("a list");
    let mut transitions: Vec<_> = transitions.iter().map(told).collect();
    transitions.sort();
    assert_eq!(
        transitions,
        [
            "assignee kim@example.com -> ana@example.com: 1",
            "assignee none -> ana@example.com: 1",
            "category support -> sales: 1",
            "status On Hold -> Done: 1",
            "status Open -> Done: 1",
            "status Open -> On Hold: 1",
        ]
    );
    for (name, tags) in [
        (
            "tags_added",
            json!([{"tag": "refund", "rows": 1}, {"tag": "vip", "rows": 1}]),
        ),
        ("tags_removed", json!([{"tag": "new", "rows": 1}])),
        (
            "tags_wiped",
            json!([{"tag": "keep", "rows": 1}, {"tag": "urgent", "rows": 1}, {"tag": "x", "rows": 1}]),
        ),
    ] {
        assert_eq!(online[name], tags, "{name}");
    }
    assert_eq!(online["wiping_rows"], 2);
    let page = &page.stdout;
    for words in [
        "none -> ana@example.com",
        "Open -> On Hold",
        "tags wiped",
        "urgent",
        "keep",
    ] {
        assert!(page.contains(words), "{words:?} in {page}");
    }
    // What is there already is no change.
    assert!(!page.contains("0012"), "{page}");
    reads(&server);
}

#[test]
fn what_could_not_be_undone_is_counted_with_its_reason() {
    let account = Account::new([
        ("a", json!({"tag_list": ["x"]})),
        (
            "b",
            json!({"status": 7, "assignee": staff("kim@example.com")}),
        ),
        ("c", json!({"assignee": staff("kim@example.com")})),
    ]);
    let server = account.serve();
    let rows = "slug,assignee,status,data.batch\na,ana@example.com,,\nb,ana@example.com,2,\nc,ana@example.com,,7\n";
    let (shown, page) = both(&server, "rows.csv", rows, "--read-first");
    let online = &shown["online"];
    let left_out = &online["cannot_put_back"];
    assert_eq!(
        [&left_out["rows"], &online["not_read_first"]],
        [&json!(3), &json!(0)]
    );
    let reasons = left_out["reasons"].as_array().expect("a list");
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert!(
        reasons.iter().all(|reason| reason["rows"] == 1),
        "{reasons:?}"
    );
    let all = reasons.iter().map(Value::to_string).collect::<String>();
    for words in ["unassign", "custom field", "status"] {
        assert!(all.contains(words), "{words:?} in {all}");
    }
    assert_eq!(left_out["fields"][0]["field"], "assignee");
    let line = "1 row cannot be fully undone: assignee: was unassigned";
    assert!(page.stdout.contains(line), "{}", page.stdout);
    // Without it, none of them could.
    let (shown, page) = both(&server, "rows.csv", rows, "");
    assert_eq!(shown["online"]["not_read_first"], 3);
    assert!(page.stdout.contains("--read-first"), "{}", page.stdout);
}

#[test]
fn what_could_not_be_undone_is_what_the_undo_leaves_out() {
    let account = Account::new([
        ("comma", json!({"tag_list": ["a, b", "x"]})),
        (
            "fields",
            json!({"data": {"one": [1], "two": {"x": 1}, "three": 3}}),
        ),
        ("fine", json!({})),
        ("nobody", json!({})),
    ]);
    let server = account.serve();
    let workspace = Workspace::new();
    let rows = r#"{"slug":"comma","tag_list":["new"]}
{"slug":"fields","data.one":"1","data.two":"2","data.three":4}
{"slug":"fine","status":2}
{"slug":"nobody","assignee":"ana@example.com"}
"#;
    workspace.write("rows.jsonl", rows);
    let run = online(&workspace, "rows.jsonl", "--read-first --json");
    let previewed = document(&run.against(&server).output())["online"]["cannot_put_back"].clone();
    assert_eq!(previewed["rows"], 3, "{previewed}");
    // A reason is counted once for a row.
    let reasons = previewed["reasons"].as_array().expect("a list");
    assert!(
        reasons.iter().all(|reason| reason["rows"] == 1),
        "{reasons:?}"
    );
    let of = |line: &str| command(&workspace, line).against(&server).output();
    let run = of("run rows.jsonl --yes --read-first --out out --rate 5000/s");
    assert_eq!(run.status, 0, "{run:#?}");
    let undo = document(&of("undo out --dry-run --json"));
    assert_eq!(undo["cannot_put_back"], previewed);
}

#[test]
fn what_is_only_read_is_not_reported_as_updated() {
    let account = Account::new([("a", json!({})), ("b", json!({"status": 2}))]);
    let server = account.serve();
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a", "b", "gone"]));
    let run = online(&workspace, "rows.csv", "--log-format json -v --json");
    let output = run.against(&server).output();
    assert_eq!(output.status, 1, "{output:#?}");
    assert!(
        output.stderr.contains("\"event\":\"answer\""),
        "{output:#?}"
    );
    for text in ["\"event\":\"row\"", "updated"] {
        assert!(!output.stderr.contains(text), "{text}: {output:#?}");
    }
    reads(&server);
}

#[test]
fn a_long_change_takes_one_line() {
    let account = Account::new([("a", json!({}))]);
    let server = account.serve();
    let tags: Vec<_> = (0..40).map(|nth| format!("tag-{nth}")).collect();
    let rows = json!({"slug": "a", "add_tags": tags}).to_string();
    let (_, page) = both(&server, "rows.jsonl", &rows, "");
    let lines = page.stdout.lines();
    let changed: Vec<_> = lines.filter(|line| line.contains("+tag-")).collect();
    assert_eq!(changed.len(), 1, "{}", page.stdout);
    assert!(changed[0].ends_with('…'), "{}", page.stdout);
}

#[test]
fn a_customer_who_wrote_after_the_file_was_made_and_waits_is_named() {
    let at = |time: &str| json!({"body": "Hello?", "created_at": time});
    let wrote = |customer: &str| json!({"last_customer_message": at(customer)});
    let answered = |customer: &str, staff: &str| json!({"last_customer_message": at(customer), "last_staff_message": at(staff)});
    let account = Account::new([
        ("waits", wrote("2026-01-02T00:00:00Z")),
        ("wrote-before", wrote("2026-01-01T00:00:00+02:00")),
        (
            "answered",
            answered("2026-01-02T00:00:00Z", "2026-01-02T00:00:01Z"),
        ),
        (
            "waits-again",
            answered("2026-01-03T00:00:00Z", "2026-01-02T00:00:00Z"),
        ),
        ("already-right", {
            let mut right = wrote("2026-01-02T00:00:00Z");
            right["status"] = json!(2);
            right
        }),
        ("says-nothing", json!({})),
    ]);
    let server = account.serve();
    let workspace = Workspace::new();
    let slugs = [
        "waits",
        "wrote-before",
        "answered",
        "waits-again",
        "already-right",
        "says-nothing",
    ];
    let path = workspace.write("rows.csv", done(&slugs));
    let made: Timestamp = "2026-01-01T12:00:00Z".parse().expect("a time");
    let file = File::options().write(true).open(path).expect("a file");
    file.set_modified(made.into()).expect("a time");
    let of = |options: &str| {
        online(&workspace, "rows.csv", options)
            .against(&server)
            .output()
    };
    let output = of("");
    assert_eq!(output.status, 0, "a warning: {output:#?}");
    let page = output
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let warning = page
        .split_once("the customer wrote last")
        .expect("a warning")
        .1;
    assert!(
        warning.contains("in 2 conversations: waits, waits-again"),
        "{page}"
    );
    assert_eq!(document(&of("--json"))["online"]["new_messages"], 2);
    // Of rows that come through a pipe, nobody knows when they were made.
    let run = online(&workspace, "-", "--json").stdin(workspace.read("rows.csv"));
    let shown = document(&run.against(&server).output());
    assert_eq!(shown["online"]["new_messages"], 0);
}
