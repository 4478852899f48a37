//! The report of a preview against the account: what would change.

use std::fmt::Write as _;

use serde_json::json;

use crate::support::account::Account;
use crate::support::command::Workspace;
use crate::support::page::{expect_words, text};
use crate::support::sent::command;

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
            "1 of 3 rows would change. 1 already shows the requested values, 1 needs attention.",
            "would change 1 33.3%",
            "already as requested 1 33.3%",
            "not found 1 33.3%",
            "for this preview",
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
            "t.html --sample 2",
            "1 of 2 rows in a sample of 3 rows would change. 1 needs attention.",
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
fn reasons_that_are_left_out_are_in_the_document() {
    let slugs: Vec<String> = ('a'..='h')
        .flat_map(|first| ('a'..='h').map(move |second| format!("{first}{second}")))
        .collect();
    let own = || json!({ "data": { "note": "old" } });
    let account = Account::new(slugs.iter().map(|slug| (slug.as_str(), own())));
    let server = account.serve();
    let workspace = Workspace::new();
    let mut rows = "slug,status,expect.data.note\n".to_owned();
    for slug in &slugs {
        let _ = writeln!(rows, "{slug},done,{slug}");
    }
    workspace.write("rows.csv", rows);
    let line = "run rows.csv --dry-run --online --rate 5000/s --report p.html";
    let output = command(&workspace, line).against(&server).output();
    assert_eq!(output.status, 1, "{output:#?}");
    let shown = text(&workspace.read("p.html"));
    expect_words(&shown, &["cover 50 of 64 rows. --json lists every row."]);
    assert!(!shown.contains("results.csv"));
}
