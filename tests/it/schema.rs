//! The schema and the program say the same of a row, save in the points that the schema names.

#![expect(clippy::expect_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use boon::{Compiler, SchemaIndex, Schemas};
use proptest::collection::vec;
use proptest::prelude::*;
use reamaze_bulk::validate::DIFFERENCES;
use serde_json::{Value, json};

use super::properties::cases;
use super::schema_rows::rows;
use super::support::command::Workspace;
use super::support::rows::preview;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What `schema` prints.
fn printed() -> Value {
    let output = Workspace::new().command(&["schema"]).output();
    assert_eq!(output.status, 0, "{output:?}");
    serde_json::from_str(&output.stdout).expect("one document")
}

/// A schema by which values are judged.
struct Judge {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Judge {
    fn of(schema: Value) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let added = compiler.add_resource("row.json", schema);
        added.expect("a new resource");
        let index = compiler.compile("row.json", &mut schemas);
        Self {
            index: index.expect("a schema that is valid"),
            schemas,
        }
    }

    fn allows(&self, value: &Value) -> bool {
        self.schemas.validate(value, self.index).is_ok()
    }
}

/// Whether the program takes each of these rows, and what it says of those that it does not take.
fn taken(rows: &[String], options: &[&str]) -> Vec<Result<(), String>> {
    let preview = preview("rows.jsonl", rows.join("\n"), options);
    let mut told: BTreeMap<u64, String> = BTreeMap::new();
    for (line, violation) in preview
        .invalid_lines()
        .into_iter()
        .zip(preview.violations())
    {
        told.entry(line).or_default().push_str(&violation);
    }
    let lines = 1..=rows.len() as u64;
    lines
        .map(|line| told.remove(&line).map_or(Ok(()), Err))
        .collect()
}

/// Rows as text, a slug of its own given to each that has none.
fn with_slugs(members: &[&str]) -> Vec<String> {
    let rows = members.iter().enumerate().map(|(number, members)| {
        if members.contains(r#""slug":"#) {
            format!("{{{members}}}")
        } else {
            format!(r#"{{"slug":"s{number}",{members}}}"#)
        }
    });
    rows.collect()
}

/// Checks that schema and program say `is_legal` of each of these rows.
fn assert_both(members: &[&str], is_legal: bool) {
    let judge = Judge::of(printed());
    let rows = with_slugs(members);
    for (row, told) in rows.iter().zip(taken(&rows, &[])) {
        let value = serde_json::from_str(row).expect("JSON");
        assert_eq!(told.is_ok(), is_legal, "the program: {row}: {told:?}");
        assert_eq!(judge.allows(&value), is_legal, "the schema: {row}");
    }
}

#[test]
fn the_schema_is_a_valid_one_of_its_dialect_and_its_examples_are_legal() {
    let schema = printed();
    assert_eq!(schema["$schema"], DIALECT);
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let index = compiler.compile(DIALECT, &mut schemas).expect("built in");
    let told = schemas.validate(&schema, index);
    assert!(told.is_ok(), "{}", told.expect_err("checked"));
    assert!(schemas.validate(&json!({"type": "text"}), index).is_err());

    let judge = Judge::of(schema.clone());
    let mut examples = schema["examples"].as_array().expect("examples").clone();
    let properties = schema["properties"].as_object().expect("properties");
    for (number, (name, property)) in properties.iter().enumerate() {
        assert!(property["description"].is_string(), "{name}");
        for value in property["examples"].as_array().into_iter().flatten() {
            let row = match name.as_str() {
                "slug" => json!({"slug": value, "status": 0}),
                "status" if value == "On Hold" => continue,
                "hold_until" => json!({"slug": "x", "status": 5, "hold_until": value}),
                name if name.starts_with("expect") => {
                    json!({"slug": format!("s{number}"), "status": 0, (name): value})
                }
                _ => json!({"slug": format!("s{number}"), (name.as_str()): value}),
            };
            assert!(judge.allows(&row), "{row}");
            examples.push(row);
        }
    }
    for example in examples {
        assert!(judge.allows(&example), "{example}");
        assert_eq!(taken(&[example.to_string()], &[]), [Ok(())], "{example}");
    }
}

#[test]
fn the_comment_and_the_docs_say_where_the_program_differs() {
    let schema = printed();
    let comment = schema["$comment"].as_str().expect("a comment");
    // Long ones are continued on another line.
    let page = include_str!("../../docs/input.md").replace("\n  ", " ");
    for difference in DIFFERENCES {
        assert!(comment.contains(difference), "{difference}");
        assert!(page.contains(&format!("- {difference}\n")), "{difference}");
    }
}

#[test]
fn what_is_legal_for_the_program_is_so_for_the_schema() {
    let text = |length| format!(r#""slug":"{}","status":0"#, "x".repeat(length));
    let mut rows: Vec<String> = [
        r#""slug":"...","status":0"#,
        r#""slug":"é%2","status":0"#,
        r#""status":0.0"#,
        r#""status":9"#,
        r#""status":"2.00""#,
        r#""status":"aUtO _-dOnE_""#,
        r#""status":"spam (BY ai)""#,
        r#""tag_list":[]"#,
        r#""tag_list":["a;b","c"]"#,
        r#""tag_list":["a b"," ","a b"]"#,
        r#""status":5,"hold_until":"2100-01-31T00:00:00Z""#,
        r#""status":"on-hold","hold_until":"2100-12-01 23:59:59.123456789-23:59""#,
        r#""status":"5.0","hold_until":"2100-12-01t00:00:00z""#,
        r#""status":5,"hold_until":"2100-12-01 00:00:00+01""#,
        r#""status":5,"hold_until":"2100-12-01T00:00 -0330""#,
        r#""assignee":"a.b+c@x-y.example.com""#,
        r#""assignee":"\"a b\"@x.de""#,
        r#""assignee":"ä@ö.de""#,
        r#""assignee":{"email":"a@x.de"}"#,
        r#""assignee.email":{"email":"a@x.de"}"#,
        r#""assignee":null,"category":"a""#,
        r#""category":"a b""#,
        r#""category":"a","brand":"b""#,
        r#""category":"a","brand":null"#,
        r#""brand":null,"hold_until":null,"data.x":"""#,
        r#""data.x":null,"data.y":true"#,
        r#""data. .x ":-1.5e9"#,
        r#""data":{"x":null}"#,
        r#""data":{" x":true,"y":"\u0000\u200b"}"#,
        r#""status":1,"data":null,"_":[{}],"_a":1,"tag_list":null"#,
        r#""add_tags":["a","b"],"remove_tags":["c"]"#,
        r#""add_tags":[]"#,
        r#""add_tags":[],"tag_list":["a"]"#,
        r#""add_tags":null,"remove_tags":[],"expect":{"status":0}"#,
        r#""status":0,"expect.status":null,"expect.assignee":"NONE""#,
        r#""status":0,"expect.assignee.email":{"email":"a@x.de"}"#,
        r#""status":0,"expect.hold_until":"2001-01-01T00:00:00Z""#,
        r#""status":0,"expect.hold_until":"none","expect.updated_at":null"#,
        r#""status":0,"expect.tag_list":[],"expect.category":null"#,
        r#""status":0,"expect.data.x":null,"expect.data":{"y":1,"z":null}"#,
        r#""status":0,"expect":{"tag_list":["a"],"data.x":true,"data":{"y":"none"}}"#,
        r#""status":0,"expect":{},"data":{}"#,
        r#""status":0,"expect":null"#,
    ]
    .map(str::to_owned)
    .to_vec();
    let tag = format!(r#""add_tags":["{}"]"#, "é".repeat(255));
    rows.extend([text(1), text(255), tag]);
    assert_both(&rows.iter().map(String::as_str).collect::<Vec<_>>(), true);
}

#[test]
fn what_is_illegal_for_the_program_is_so_for_the_schema() {
    let long = format!(r#""slug":"{}","status":0"#, "x".repeat(256));
    let long_tag = format!(r#""add_tags":["{}"]"#, "é".repeat(256));
    let rows = [
        &long,
        &long_tag,
        r#""slug":null,"status":0"#,
        r#""slug":1,"status":0"#,
        r#""slug":"","status":0"#,
        r#""slug":" ","status":0"#,
        r#""slug":".","status":0"#,
        r#""slug":"..","status":0"#,
        r#""slug":"a/b","status":0"#,
        r#""_slug":"a","slug":"\u0085","status":0"#,
        r#""_":1,"_data.x":1"#,
        r#""status":null,"data":{}"#,
        r#""status":-1"#,
        r#""status":10"#,
        r#""status":2.5"#,
        r#""status":true"#,
        r#""status":"10""#,
        r#""status":"2.""#,
        r#""status":"2.1""#,
        r#""status":"-2""#,
        r#""status":"dnoe""#,
        r#""status":"onhold""#,
        r#""status":"""#,
        r#""tag_list":"vip""#,
        r#""tag_list":[1]"#,
        r#""tag_list":["a",1,"b"]"#,
        r#""tag_list":["a","b",null]"#,
        r#""tag_list":{}"#,
        r#""tag_list":[""]"#,
        r#""tag_list":[" ",""]"#,
        r#""tag_list":["a","b,c"]"#,
        r#""tag_list":["a\u0001b"]"#,
        r#""tag_list":["a;b"]"#,
        r#""tag_list":["","a|b"]"#,
        r#""status":5"#,
        r#""status":"On Hold","hold_until":null"#,
        r#""hold_until":"2100-01-01T00:00:00Z""#,
        r#""status":2,"hold_until":"2100-01-01T00:00:00Z""#,
        r#""status":null,"hold_until":"2100-01-01T00:00:00Z""#,
        r#""status":5,"hold_until":4102444800"#,
        r#""status":5,"hold_until":"""#,
        r#""status":5,"hold_until":"2100-01-01""#,
        r#""status":5,"hold_until":"2100-01-01T00:00:00""#,
        r#""status":5,"hold_until":"2100-13-01T00:00:00Z""#,
        r#""status":5,"hold_until":"2100-01-32T00:00:00Z""#,
        r#""status":5,"hold_until":"2100-01-01T24:00:00Z""#,
        r#""status":5,"hold_until":"2100-01-01T00:60:00Z""#,
        r#""status":5,"hold_until":"2100-01-01T00:00:60Z""#,
        r#""status":5,"hold_until":"2100-01-01T00:00:00.Z""#,
        r#""status":5,"hold_until":"2100-01-01T00:00:00+24:00""#,
        r#""status":5,"hold_until":"2100-01-01T00:00:00+1""#,
        r#""status":5,"hold_until":"2100-01-01 UTC""#,
        r#""status":5,"hold_until":"2100-01-01T00:00:00Z[UTC]""#,
        r#""status":5,"hold_until":"+2100-01-01T00:00:00Z""#,
        r#""assignee":"""#,
        r#""assignee":"ana""#,
        r#""assignee":"a@x""#,
        r#""assignee":"a@[127.0.0.1]""#,
        r#""assignee":"a..b@x.de""#,
        r#""assignee":"Ana <a@x.de>""#,
        r#""assignee":"a b@x.de""#,
        r#""assignee":"a@-x.de""#,
        r#""assignee":"a@x-.de""#,
        r#""assignee":"a@x..de""#,
        r#""assignee":1"#,
        r#""assignee":{}"#,
        r#""assignee":{"email":null}"#,
        r#""assignee":{"email":"a"}"#,
        r#""assignee":{"email":"a@x.de","name":"Ana"}"#,
        r#""assignee":"a@x.de","assignee.email":"a@x.de""#,
        r#""assignee":"a@x.de","assignee.email":null"#,
        r#""category":"""#,
        r#""category":" ""#,
        r#""category":"a\nb""#,
        r#""category":1"#,
        r#""brand":"b""#,
        r#""brand":"b","category":null"#,
        r#""brand":"a\nb","category":"a""#,
        r#""data.":1,"status":0"#,
        r#""data. \u3000":1,"status":0"#,
        r#""data.x":[]"#,
        r#""data.x":{}"#,
        r#""data":[]"#,
        r#""data":"x""#,
        r#""data":{"":1}"#,
        r#""data":{" \u3000":1}"#,
        r#""data":{"x":{}}"#,
        r#""status":0,"":1"#,
        r#""status":0,"tags":1"#,
        r#""status":0,"data_x":1"#,
        r#""add_tags":"vip""#,
        r#""add_tags":["a,b"]"#,
        r#""remove_tags":["a;b"]"#,
        r#""add_tags":["a"],"tag_list":["b"]"#,
        r#""remove_tags":["a"],"tag_list":[]"#,
        r#""expect.status":0"#,
        r#""expect":{"status":0}"#,
        r#""add_tags":null,"expect.data.x":1"#,
        r#""status":0,"expect":[]"#,
        r#""status":0,"expect":{"brand":"a"}"#,
        r#""status":0,"expect":{"expect.status":0}"#,
        r#""status":0,"expect":{"status":"none"}"#,
        r#""status":0,"expect.data":null"#,
        r#""status":0,"expect.data":{"x":[]}"#,
        r#""status":0,"expect.data.":1"#,
        r#""status":0,"expect.brand":"a""#,
        r#""status":0,"expect.tag_list":"a""#,
        r#""status":0,"expect.assignee":"ana""#,
        r#""status":0,"expect.hold_until":"2001-01-01""#,
        r#""status":0,"expect.assignee":null,"expect.assignee.email":null"#,
        r#""status":0,"expect":{"assignee":null,"assignee.email":null}"#,
    ];
    assert_both(&rows, false);
}

#[test]
fn what_does_not_show_itself_or_is_part_of_an_address_is_illegal_for_both() {
    let rows = [
        r#""slug":"a?b","status":0"#,
        r#""slug":"a#b","status":0"#,
        r#""slug":"caf%C3%A9","status":0"#,
        r#""slug":"a\u200db","status":0"#,
        r#""slug":"a\ufffdb","status":0"#,
        r#""tag_list":["a\u00a0b"]"#,
        r#""tag_list":["a\u200bb"]"#,
        r#""tag_list":["a\udb40\udc41b"]"#,
        r#""category":"a\u202eb""#,
        r#""assignee":"a\u200b@x.de""#,
        r#""data.a\nb":1"#,
        r#""data":{"a\u200bb":1}"#,
    ];
    assert_both(&rows, false);
}

#[test]
fn a_row_is_an_object() {
    let judge = Judge::of(printed());
    for row in ["[]", "[{}]", r#""slug""#, "1", "true", "null"] {
        let value = row.parse().expect("JSON");
        assert!(!judge.allows(&value), "{row}");
        // Not the first one: a file that begins with an array is refused whole.
        let rows = [r#"{"slug":"a","status":2}"#, row].map(str::to_owned);
        assert!(taken(&rows, &[])[1].is_err(), "{row}");
    }
}

#[test]
fn each_character_may_stand_where_the_program_lets_it() {
    let judge = Judge::of(printed());
    let odd = (0..=0x3100).chain([0xfeff, 0xfffd, 0x1_f389, 0xe_0001]);
    let odd = odd.filter_map(char::from_u32);
    let rows: Vec<Value> = odd
        .flat_map(|c| {
            let inside = format!("a{c}b");
            let number = u32::from(c);
            [
                json!({"slug": format!("{number}{c}-"), "status": 0}),
                json!({"slug": format!("t{number}"), "tag_list": [inside]}),
                json!({"slug": format!("c{number}"), "category": inside}),
                json!({"slug": format!("d{number}"), (format!("data.{c}")): 0}),
                json!({"slug": format!("o{number}"), "data": {(c.to_string()): 0}}),
            ]
        })
        .collect();
    let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
    let taken = taken(&lines, &[]);
    let wrong: Vec<_> = rows
        .iter()
        .zip(&taken)
        .filter(|(row, told)| judge.allows(row) != told.is_ok())
        .collect();
    assert!(
        wrong.is_empty(),
        "{} rows: {:#?}",
        wrong.len(),
        wrong.first()
    );
}

/// For each of [`DIFFERENCES`] in its order: rows, and options under which the program says the
/// contrary of the schema.
fn differing() -> Vec<(Vec<String>, &'static [&'static str])> {
    let rows = with_slugs;
    let slug = format!(r#""slug":"{}","status":0"#, "é".repeat(200));
    let email = format!(r#""assignee":"{}@x.de""#, "a".repeat(100));
    let line = format!(r#""status":0,"_":"{}""#, "x".repeat(1 << 20));
    let past = r#""status":5,"hold_until":"2001-01-01T00:00:00Z""#;
    let no_day = r#""status":5,"hold_until":"2101-02-29T00:00:00Z""#;
    let local = r#""status":5,"hold_until":"2100-01-01 09:00""#;
    vec![
        (rows(&[r#""slug":"again","status":0"#]), &[]),
        (rows(&[&slug]), &[]),
        (rows(&[past, no_day]), &[]),
        (
            rows(&[
                r#""add_tags":["a"],"remove_tags":["b","A"]"#,
                r#""add_tags":["caf\u00e9"],"remove_tags":["cafe\u0301"]"#,
            ]),
            &[],
        ),
        (rows(&[r#""status":2e0"#, r#""status":-0"#]), &[]),
        (
            rows(&[
                r#""tag_list":["a;b","a;b"]"#,
                r#""tag_list":["a|b"," a|b"]"#,
            ]),
            &[],
        ),
        (
            rows(&[
                r#""status":0,"status":0"#,
                r#""data.x":0,"data":{"x":0}"#,
                r#""status":0,"expect.status":0,"expect":{"status":0}"#,
                r#""status":0,"expect.data.x":0,"expect":{"data":{"x":0}}"#,
                r#""status":0,"expect.data.x":0,"expect.data":{"x":0}"#,
                r#""status":0,"_a":0,"_A":0"#,
            ]),
            &[],
        ),
        (
            rows(&[
                &email,
                r#""assignee":"\"\\\"@x.de""#,
                r#""assignee":"🎉@x.de""#,
            ]),
            &[],
        ),
        (
            [
                rows(&[
                    r##""category":"#N/A""##,
                    r#""category":"none""#,
                    r#""tag_list":["NULL"]"#,
                    r#""tag_list":["{a}"]"#,
                    r#""tag_list":["Ã©"]"#,
                    r#""data":{"x":"NULL"}"#,
                    r#""data.x":"{a,b}""#,
                    r#""category":"“a”""#,
                    r#""brand":"1,5E+15","category":"a""#,
                    r#""assignee":"'a@x.de""#,
                ]),
                vec![r#"{"slug":"1.5E+11","status":0}"#.to_owned()],
            ]
            .concat(),
            &[],
        ),
        (rows(&[&line]), &[]),
        (
            rows(&[
                r#""Status":0"#,
                r#"" status":0"#,
                r#""DATA.x":0"#,
                r#""slug":" blank ","status":0"#,
                r#""category":" a""#,
                r#""status":" 2 ""#,
                r#""status":"on\thold","hold_until":" 2100-01-01T00:00:00Z""#,
                r#""assignee":"a@x.de\n""#,
                r#""assignee":{"Email":"a@x.de"}"#,
                r#""tag_list":["a\n"]"#,
                r#""tag_list":["\u200ea"]"#,
                r#""category":"a\u200d""#,
                r#""data":{"\u00a0a":1}"#,
                r#""data.a\n":1"#,
            ]),
            &[],
        ),
        (
            rows(&[
                r#""tag_list":["👩\u200d💻"]"#,
                r#""data":{"می\u200cخواهم":1}"#,
            ]),
            &[],
        ),
        (
            vec![r#"{"slug":"/admin/conversations/a","status":0}"#.to_owned()],
            &[],
        ),
        (
            rows(&[local, r#""status":0,"expect.updated_at":"2001-01-01""#]),
            &["--timezone=Europe/Berlin"],
        ),
        (
            rows(&[r#""State":0,"other":[]"#]),
            &["--map=State=status", "--ignore-unknown-columns"],
        ),
        (
            rows(&[r#""_":0"#, r#""hold_until":"2100-01-01T00:00:00Z""#]),
            &["--set=status=5", "--set=hold_until=2100-01-01T00:00:00Z"],
        ),
    ]
}

#[test]
fn the_program_differs_where_the_schema_says_so() {
    let judge = Judge::of(printed());
    let cases = differing();
    assert_eq!(cases.len(), DIFFERENCES.len());
    for ((rows, options), difference) in cases.into_iter().zip(DIFFERENCES) {
        let before = vec![r#"{"slug":"again","status":0}"#.to_owned()];
        let all = [before, rows].concat();
        for (row, told) in all.iter().zip(taken(&all, options)).skip(1) {
            let value = serde_json::from_str(row).expect("JSON");
            let row: String = row.chars().take(200).collect();
            assert_ne!(
                judge.allows(&value),
                told.is_ok(),
                "{difference}: {row} {told:?}"
            );
        }
    }
}

/// The rows less those with a slug that is there already: see [`DIFFERENCES`].
fn without_repeats(mut rows: Vec<Value>) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    rows.retain(|row| {
        let slug = row["slug"].as_str().unwrap_or_default();
        slug.is_empty() || seen.insert(slug.to_owned())
    });
    rows
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn schema_and_program_say_the_same_of_every_row(
        rows in vec(rows(), 100..300).prop_map(without_repeats),
    ) {
        let judge = Judge::of(printed());
        let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
        for (row, told) in rows.iter().zip(taken(&lines, &[])) {
            prop_assert_eq!(judge.allows(row), told.is_ok(), "{} {:?}", row, told);
        }
    }
}
