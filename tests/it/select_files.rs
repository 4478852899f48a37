//! The file of a selection: its formats and columns, what an entry becomes there, and that nothing in it
//! can harm who opens it.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::support::command::{Output, Workspace};
use super::support::generated::conversations;
use super::support::moving::{Habits, MovingAccount};
use super::support::selected::{select, selected};
use super::support::sent::command;
use super::support::server::Server;

const COLUMNS: [&str; 10] = [
    "slug",
    "_subject",
    "_status",
    "_assignee",
    "_tags",
    "_category",
    "_created_at",
    "_last_customer_message_at",
    "_url",
    "_read_at",
];

fn account(conversations: Vec<Value>) -> (Arc<MovingAccount>, Server) {
    let account = Arc::new(MovingAccount::new(Habits::default(), conversations));
    let server = account.serve();
    (account, server)
}

/// The records of a CSV or TSV file by column.
fn records(text: &str, delimiter: u8) -> Vec<BTreeMap<String, String>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    reader
        .deserialize()
        .map(|record| record.expect("a record"))
        .collect()
}

fn header(text: &str, delimiter: u8) -> Vec<String> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let header = reader.headers().expect("a header");
    header.iter().map(str::to_owned).collect()
}

fn expect_success(output: &Output) {
    assert_eq!(output.status, 0, "{output:?}");
}

/// Seconds of UTC, as in `2026-01-05T09:30:00Z`.
fn in_seconds(time: &Value) -> Value {
    time.as_str().map_or(Value::Null, |time| {
        let time: Timestamp = time.parse().expect("a time");
        json!(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
    })
}

#[test]
fn a_row_shows_what_its_entry_shows() {
    const NAMES: [&str; 6] = ["Open", "Responded", "Done", "Spam", "Archived", "On Hold"];
    let (account, server) = account(conversations(11, 200));
    let workspace = Workspace::new();
    let before = Timestamp::now();
    let (output, rows) = selected(&workspace, &server, "");
    expect_success(&output);
    let entries = account.stayed();
    assert_eq!(rows.len(), 200);
    for row in rows {
        let entry = &entries[row["slug"].as_str().expect("a slug")];
        assert_eq!(row["_subject"], entry["subject"]);
        assert_eq!(row["_assignee"], entry["assignee"]["email"]);
        assert!(row.get("_assignee").is_some(), "{row}");
        assert_eq!(row["_tags"], entry["tag_list"]);
        assert_eq!(row["_category"], entry["category"]["slug"]);
        assert_eq!(row["_created_at"], in_seconds(&entry["created_at"]));
        let wrote = in_seconds(&entry["last_customer_message"]["created_at"]);
        assert_eq!(row["_last_customer_message_at"], wrote);
        if let Some(name) = entry["status"]
            .as_u64()
            .and_then(|status| NAMES.get(usize::try_from(status).ok()?))
        {
            assert_eq!(row["_status"], *name);
        }
        let url = row["_url"].as_str().expect("an address");
        assert!(
            url.ends_with(row["slug"].as_str().expect("a slug")),
            "{url}"
        );
        let read_at: Timestamp = row["_read_at"]
            .as_str()
            .expect("a time")
            .parse()
            .expect("a time");
        assert!(
            read_at.as_second() >= before.as_second() && read_at <= Timestamp::now(),
            "{row}"
        );
        let keys: Vec<&str> = row
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();
        assert!(keys.iter().all(|key| COLUMNS.contains(key)), "{keys:?}");
    }
}

#[test]
fn all_formats_have_the_same_rows() {
    let (_account, server) = account(conversations(12, 100));
    let workspace = Workspace::new();
    let (output, rows) = selected(&workspace, &server, "");
    expect_success(&output);
    for (name, delimiter) in [("out.csv", b','), ("out.tsv", b'\t')] {
        expect_success(&select(&workspace, &server, &format!("-o {name}")).output());
        let text = workspace.read(name);
        assert_eq!(header(&text, delimiter), COLUMNS);
        let records = records(&text, delimiter);
        assert_eq!(records.len(), rows.len());
        for (record, row) in records.iter().zip(&rows) {
            for column in [
                "slug",
                "_subject",
                "_status",
                "_assignee",
                "_category",
                "_created_at",
                "_url",
            ] {
                let expected = row[column].as_str().unwrap_or_default();
                assert_eq!(record[column], expected, "{column}");
            }
        }
    }
    for (format, delimiter) in [("csv", b','), ("tsv", b'\t')] {
        let line = format!("-o - --format {format}");
        let output = select(&workspace, &server, &line).output();
        expect_success(&output);
        assert_eq!(records(&output.stdout, delimiter).len(), 100);
        assert!(output.stdout.starts_with("slug"), "{}", output.stdout);
    }
    // For people; and by the name of no format.
    let output = select(&workspace, &server, "").output();
    expect_success(&output);
    for row in &rows {
        assert!(
            output
                .stdout
                .contains(row["slug"].as_str().expect("a slug"))
        );
    }
    let output = select(&workspace, &server, "-o out.xls").output();
    assert_eq!(output.status, 2, "{output:?}");
    expect_success(&select(&workspace, &server, "-o names.list --format jsonl").output());
    assert_eq!(workspace.read("names.list").lines().count(), 100);
}

#[test]
fn guards_expect_what_was_shown_so_that_a_run_is_a_conflict_where_it_has_changed() {
    let (account, server) = account(conversations(13, 60));
    for name in ["out.csv", "out.tsv", "out.jsonl"] {
        let workspace = Workspace::new();
        let output = select(&workspace, &server, &format!("-o {name} --with-expect")).output();
        expect_success(&output);
        let run = format!("run {name} --set data.seen={name} --yes --out out --rate 2000/s");
        let output = command(&workspace, &run).against(&server).output();
        expect_success(&output);
    }
    let workspace = Workspace::new();
    expect_success(&select(&workspace, &server, "-o out.csv --with-expect").output());
    let changed = account.slugs().into_iter().next().expect("a slug");
    let workspace_of_others = Workspace::new();
    workspace_of_others.write("rows.csv", format!("slug,add_tags\n{changed},changed\n"));
    let run = "run rows.csv --yes --out out";
    expect_success(&command(&workspace_of_others, run).against(&server).output());
    let run = "run out.csv --set data.seen=again --yes --out out --rate 2000/s --json";
    let output = command(&workspace, run).against(&server).output();
    assert_eq!(output.status, 1, "{output:?}");
    let document: Value = serde_json::from_str(&output.stdout).expect("a document");
    assert_eq!(document["counts"]["conflict"], 1, "{document}");
    assert_eq!(document["counts"]["updated"], 59, "{document}");
}

#[test]
fn nothing_that_a_customer_writes_is_a_formula_or_a_control_sequence() {
    let hostile = [
        "=cmd|'/c calc'!A0".to_owned(),
        "+1+1".to_owned(),
        "-2+3".to_owned(),
        "@SUM(A1)".to_owned(),
        "\t=1+1".to_owned(),
        "\r\n=1+1\n\"quoted\",\"cells\"\r\nnext".to_owned(),
        "\u{1b}]0;title\u{7}\u{1b}[2J\u{0}\u{8}".to_owned(),
        "\u{202e}txt.exe\u{2028}\u{feff}".to_owned(),
        "＝1+1".to_owned(),
        "x".repeat(10_000),
        "\"".to_owned(),
        "a,b;c\td".to_owned(),
    ];
    let mut all = conversations(14, hostile.len());
    for (entry, subject) in all.iter_mut().zip(&hostile) {
        entry["subject"] = json!(subject);
        entry["tag_list"] = json!([subject.chars().take(40).collect::<String>()]);
        entry["assignee"] = json!({ "email": subject });
        entry["category"] = json!({ "slug": subject });
    }
    let (_account, server) = account(all);
    let workspace = Workspace::new();
    for (name, delimiter) in [("out.csv", b','), ("out.tsv", b'\t')] {
        select(&workspace, &server, &format!("-o {name}")).output();
        let text = workspace.read(name);
        let records = records(&text, delimiter);
        assert_eq!(records.len(), hostile.len());
        // A program that knows no quotes sees as many lines, and no formula at the start of a cell.
        assert_eq!(text.lines().count(), hostile.len() + 1);
        for record in &records {
            for (column, cell) in record {
                let first = cell.chars().next().unwrap_or(' ');
                let is_formula = "=+-@\t\r＝＋－＠".contains(first);
                assert!(!is_formula, "{column}: {cell}");
                let is_unseen = |c: char| c.is_control() || "\u{202e}\u{2028}\u{feff}".contains(c);
                assert!(!cell.contains(is_unseen), "{column}: {cell:?}");
                assert!(cell.chars().count() <= 10_000, "{column}");
            }
        }
        assert!(
            records
                .iter()
                .any(|record| record["_subject"].contains("=cmd|"))
        );
        let run = format!("run {name} --set status=done --dry-run");
        expect_success(&command(&workspace, &run).output());
    }
    let output = select(&workspace, &server, "").output();
    let is_unseen = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!output.stdout.contains(is_unseen), "{:?}", output.stdout);
    let (_, rows) = selected(&workspace, &server, "");
    assert_eq!(rows.len(), hostile.len());
}

#[test]
fn an_account_without_matches_makes_a_file_without_rows() {
    let (_account, server) = account(Vec::new());
    for (name, lines) in [("out.csv", 1), ("out.tsv", 1), ("out.jsonl", 0)] {
        let workspace = Workspace::new();
        let output = select(&workspace, &server, &format!("-o {name}")).output();
        expect_success(&output);
        assert_eq!(workspace.read(name).lines().count(), lines, "{name}");
        let run = format!("run {name} --set status=done --yes");
        expect_success(&command(&workspace, &run).against(&server).output());
    }
}

#[test]
fn a_document_says_what_was_selected() {
    let (_account, server) = account(conversations(15, 100));
    let workspace = Workspace::new();
    let output = select(&workspace, &server, "-o out.csv --json --filter archived").output();
    expect_success(&output);
    let document: Value = serde_json::from_str(&output.stdout).expect("a document");
    assert_eq!(document["file"], "out.csv");
    let rows = records(&workspace.read("out.csv"), b',').len();
    assert!(rows > 0);
    assert_eq!(document["selected"], rows);
    assert_eq!(
        (&document["exit_status"], &document["changed"]),
        (&json!(0), &Value::Null)
    );
    let output = select(&workspace, &server, "-o - --json").output();
    assert_eq!(output.status, 2, "{output:?}");
}

#[test]
fn a_table_has_a_line_for_each_conversation_with_its_whole_slug_and_assignee() {
    let mut all = conversations(16, 40);
    for (number, entry) in all.iter_mut().enumerate() {
        entry["slug"] = json!(format!("out-of-stock-ale-and-other-things-{number}"));
        entry["assignee"] = json!({"email": format!("somebody.{number}@support.example.com")});
        entry["tag_list"] = json!(vec!["a-long-tag"; 20]);
        entry["subject"] = json!("Where is it? ".repeat(20));
    }
    let (_account, server) = account(all);
    let workspace = Workspace::new();
    let output = select(&workspace, &server, "").output();
    expect_success(&output);
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines.len(), 41, "{}", output.stdout);
    for line in &lines[1..] {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert!(
            words[0].starts_with("out-of-stock-ale-and-other-things-"),
            "{line}"
        );
        let number = words[0].rsplit('-').next().expect("a number");
        let assignee = format!("somebody.{number}@support.example.com");
        assert!(words.contains(&assignee.as_str()), "{line}");
        assert!(line.ends_with('…'), "{line}");
    }
}

#[test]
fn the_next_command_is_about_the_same_account() {
    let (_account, server) = account(conversations(17, 30));
    let workspace = Workspace::new();
    workspace.write("my.toml", "[profiles.eu]\n");
    let output = select(
        &workspace,
        &server,
        "-o 'my list' --format csv --config my.toml --profile eu",
    );
    let output = output.output();
    expect_success(&output);
    let next =
        "then: reamaze-bulk run 'my list' --format csv --dry-run --config my.toml --profile eu";
    let told: Vec<&str> = output.stderr.split_whitespace().collect();
    assert!(told.join(" ").contains(next), "{output:?}");
}
