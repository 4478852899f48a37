//! `expect.*`: what is legal as a guard, in cells, in JSON and with `--set`.

#![expect(clippy::expect_used, reason = "tests")]

use csv::StringRecord;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use reamaze_bulk::model::{Content, Row};
use reamaze_bulk::validate::{Clock, Columns, Damaged, Draft, Naming, Rules, Terms};
use serde_json::{Value, json};

use super::properties::cases;
use super::support::rows::preview;

fn assert_legal(name: &str, rows: &str, options: &[&str]) {
    let preview = preview(name, rows, options);
    assert_eq!(
        preview.status,
        0,
        "{rows} {options:?} {:?}",
        preview.violations()
    );
}

/// Checks that a row is refused for one reason, which is `FIELD: ...WORDS...`.
fn assert_refused(name: &str, rows: &str, options: &[&str], field: &str, words: &str) {
    let told = preview(name, rows, options).violations();
    let is_told =
        told.len() == 1 && told[0].contains(&format!(": {field}: ")) && told[0].contains(words);
    assert!(is_told, "{rows} {told:?}: {field}: {words}");
}

#[test]
fn every_guard_is_read_from_a_cell() {
    for (field, cells) in [
        ("expect.status", &["open", "0", "On Hold", "5"][..]),
        ("expect.assignee", &["ana@example.com", "none", " NONE "]),
        ("expect.assignee.email", &["ana@example.com", "None"]),
        ("Expect.Category", &["support", "none"]),
        ("expect.tag_list", &["\"vip, x\"", "[]", "\"[\"\"a\"\"]\""]),
        (
            "expect.hold_until",
            &["2001-01-01T00:00:00Z", "2001-01-01 09:00:00+01", "none"],
        ),
        (
            "expect.updated_at",
            &["2001-01-01T00:00:00.001-01:00", "none"],
        ),
        ("expect.data.Order", &["001042", "none", "-"]),
    ] {
        for cell in cells {
            assert_legal(
                "rows.csv",
                &format!("slug,status,{field}\na,2,{cell}\n"),
                &[],
            );
            let set = format!(
                "--set={field}={}",
                cell.trim_matches('"').replace("\"\"", "\"")
            );
            assert_legal("rows.csv", "slug,status\na,2\n", &[&set]);
        }
    }
    let local = "slug,status,expect.updated_at\na,2,2001-01-01 09:00\n";
    assert_legal("rows.csv", local, &["--timezone=Europe/Berlin"]);
    assert_refused("rows.csv", local, &[], "expect.updated_at", "--timezone");
}

#[test]
fn every_guard_is_read_from_json() {
    for guard in [
        r#""expect.status":0"#,
        r#""expect.status":"Open""#,
        r#""expect.status":null"#,
        r#""expect.assignee":null"#,
        r#""expect.assignee":{"email":"ana@example.com"}"#,
        r#""expect.category":"none""#,
        r#""expect.tag_list":null"#,
        r#""expect.hold_until":null"#,
        r#""expect.data.x":null"#,
        r#""expect.data.x":1.50"#,
        r#""expect.data":{"x":null,"y":true}"#,
        r#""expect":{"Status":0,"assignee.email":null,"tag_list":[],"data.x":1,"data":{"y":"none"}}"#,
        r#""expect":null"#,
    ] {
        assert_legal(
            "rows.jsonl",
            &format!(r#"{{"slug":"a","status":2,{guard}}}"#),
            &[],
        );
    }
}

#[test]
fn a_guard_that_its_field_does_not_allow_is_refused() {
    for (field, cell, words) in [
        (
            "expect.status",
            "none",
            "looks like an exported empty value",
        ),
        (
            "expect.assignee",
            "NULL",
            "write `none` to expect that nothing is there",
        ),
        (
            "expect.hold_until",
            "-",
            "write `none` to expect that nothing is there",
        ),
        ("expect.status", "opne", "did you mean `Open`?"),
        ("expect.assignee", "ana", "is not a valid email address"),
        ("expect.tag_list", "none", "write `[]` for no tags"),
        ("expect.tag_list", "a;b", "is this a separator?"),
        ("expect.hold_until", "tomorrow", "is not a valid time"),
        (
            "expect.updated_at",
            "1/15/2035",
            "as a spreadsheet writes it",
        ),
        (
            "expect.data.x",
            "#N/A",
            "--allow-damaged compares it as it is",
        ),
    ] {
        assert_refused(
            "rows.csv",
            &format!("slug,status,{field}\na,2,{cell}\n"),
            &[],
            field,
            words,
        );
    }
    for (guard, field, words) in [
        (r#""expect":[]"#, "expect", "is not an object"),
        (
            r#""expect":{"status":12}"#,
            "expect.status",
            "unknown status",
        ),
        (
            r#""expect":{"data":{"x":[]}}"#,
            "expect.data.x",
            "is not a single value",
        ),
        (
            r#""expect":{"data":{"":1}}"#,
            "expect.data",
            "without a name",
        ),
        (
            r#""expect.status":0,"expect":{"status":0}"#,
            "expect.status",
            "is given twice",
        ),
        (
            r#""expect.data.x":0,"expect.data":{"x":0}"#,
            "expect.data.x",
            "is given twice",
        ),
        (
            r#""expect.assignee":null,"expect":{"assignee.email":null}"#,
            "expect.assignee.email",
            "is the same field",
        ),
    ] {
        let row = format!(r#"{{"slug":"a","status":2,{guard}}}"#);
        assert_refused("rows.jsonl", &row, &[], field, words);
    }
}

#[test]
fn a_guard_is_no_change() {
    let words =
        "has only guards, no change (fill in a change, or use --set, like --set status=done)";
    assert_refused("rows.csv", "slug,expect.status\na,0\n", &[], "row", words);
    let row = r#"{"slug":"a","expect":{"status":0}}"#;
    assert_refused("rows.jsonl", row, &[], "row", words);
    assert_legal("rows.jsonl", row, &["--set=add_tags=vip"]);
    // A row that was left out of an edit on purpose.
    assert_legal(
        "rows.csv",
        "slug,expect.status,add_tags\na,0,[]\n",
        &["--set=add_tags=vip"],
    );
}

#[test]
fn an_unknown_guard_is_named_with_the_one_that_was_meant() {
    for (name, words) in [
        (
            "expect.state",
            "is not a known guard (did you mean `expect.status`?)",
        ),
        (
            "expect.statsu",
            "is not a known guard (did you mean `expect.status`?)",
        ),
        (
            "expect.tags",
            "is not a known guard (did you mean `expect.tag_list`?)",
        ),
        ("expect.tag", "did you mean `expect.tag_list`?"),
        ("expect.label", "did you mean `expect.tag_list`?"),
        ("expect.labels", "did you mean `expect.tag_list`?"),
        ("expect.add_tags", "did you mean `expect.tag_list`?"),
        (
            "expect.agent",
            "is not a known guard (did you mean `expect.assignee`?)",
        ),
        ("expect_status", "did you mean `expect.status`?"),
        ("expected.status", "did you mean `expect.status`?"),
        ("if.assignee", "did you mean `expect.assignee`?"),
        (
            "expect.brand",
            "is not a known guard (after `expect.`: tag_list, status, ",
        ),
        (
            "expect.order_no",
            "or `expect.data.order_no` for a custom field",
        ),
        ("expect.data.", "write `expect.data.NAME`"),
        ("expect.", "or `expect.data.NAME` for a custom field"),
        (
            "expect",
            "is not a column (a guard is written like `expect.status`)",
        ),
        (
            "expect.data",
            "is not a column (a guard on a custom field is written `expect.data.NAME`)",
        ),
    ] {
        let rows = format!("slug,status,{name}\na,2,x\n");
        assert_refused("rows.csv", &rows, &[], name, words);
    }
    for (set, words) in [
        ("expect.stat=open", "did you mean `expect.status`?"),
        (
            "expect.status=",
            "the value is empty (leave the option out)",
        ),
        (
            "expect.assignee=NULL",
            "or leave the option out for no guard",
        ),
        ("expect.status=opne", "did you mean `Open`?"),
        ("expect=open", "cannot be set for every row"),
    ] {
        let preview = preview("rows.csv", "slug,status\na,2\n", &[&format!("--set={set}")]);
        assert_eq!(preview.status, 2);
        assert!(preview.stderr.contains(words), "{}", preview.stderr);
    }
}

/// Names of guards, and a value as a cell and as JSON.
fn guards() -> impl Strategy<Value = (&'static str, &'static str, Value)> {
    select(vec![
        ("expect.status", "open", json!(0)),
        ("expect.status", "5", json!("On Hold")),
        (
            "expect.assignee",
            "ana@example.com",
            json!({"email": "ana@example.com"}),
        ),
        ("expect.assignee", "none", Value::Null),
        ("expect.category", "support", json!("support")),
        ("expect.category", "NONE", Value::Null),
        ("expect.tag_list", "vip, x", json!(["vip", "x"])),
        ("expect.tag_list", "[]", Value::Null),
        (
            "expect.hold_until",
            "2001-01-01 09:00:00+01",
            json!("2001-01-01T09:00:00+01:00"),
        ),
        ("expect.hold_until", "none", Value::Null),
        (
            "expect.updated_at",
            "2001-01-01T08:00:00Z",
            json!("2001-01-01T09:00:00+01:00"),
        ),
        ("expect.updated_at", "None", Value::Null),
        ("expect.data.Order", "001042", json!("001042")),
        ("expect.data.Order", "none", json!("none")),
    ])
}

/// What the row is applied under, as JSONL has it, when `set` is given with `--set`.
fn expected(columns: Columns, content: Content, set: Option<&str>) -> Vec<String> {
    let clock = Clock {
        now: Timestamp::UNIX_EPOCH,
        timezone: None,
    };
    let terms = Terms {
        clock,
        damaged: Damaged::Refuse,
        site: None,
    };
    let set: Vec<_> = set
        .iter()
        .map(|set| set.parse().expect("an assignment"))
        .collect();
    let set = Draft::from_assignments(&set, &terms).expect("a legal guard");
    let rules = Rules::new(columns, set, terms);
    let row = Row { line: 2, content };
    let update = rules.check(&row).expect("a legal row");
    let guards = update.guards.iter();
    guards
        .map(|guard| format!("{} {}", guard.field(), json!(guard)))
        .collect()
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_guard_is_the_same_in_a_cell_in_json_and_in_an_option(
        (name, cell, json) in guards(),
        is_spaced in any::<bool>(),
    ) {
        let columns = |names: &[&str]| {
            Columns::from_header(&StringRecord::from(names.to_vec()), 1, &Naming::default(), None).expect("a header")
        };
        let text = |row: Value| Content::Object(row.to_string());
        let is_data = name.contains("data");
        let padded = if is_spaced && !is_data { format!(" {cell}\t") } else { cell.to_owned() };
        let row = StringRecord::from(vec!["a", "2", &padded]);
        let in_cell = expected(columns(&["slug", "status", name]), Content::Cells(row), None);
        let in_json = expected(
            Columns::default(),
            text(json!({"slug": "a", "status": 2, (name): json})),
            None,
        );
        let short = &name["expect.".len()..];
        let in_object = expected(
            Columns::default(),
            text(json!({"slug": "a", "status": 2, "expect": {(short): json}})),
            None,
        );
        let row = StringRecord::from(vec!["a", "2"]);
        let set = format!("{name}={cell}");
        let in_option = expected(columns(&["slug", "status"]), Content::Cells(row), Some(&set));
        prop_assert_eq!(in_cell.len(), 1);
        prop_assert_eq!(&in_cell, &in_json);
        prop_assert_eq!(&in_cell, &in_object);
        prop_assert_eq!(&in_cell, &in_option);
        // A guard of the row wins over that of the option.
        let row = StringRecord::from(vec!["a", "2", cell]);
        let other = format!("{name}={}", if is_data { "x" } else { cell });
        let own = expected(columns(&["slug", "status", name]), Content::Cells(row), Some(&other));
        prop_assert_eq!(&in_cell, &own);
    }
}
