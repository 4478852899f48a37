//! What databases, data frames and spreadsheets write in place of a value: refused with cause and
//! cure, or read where there is no doubt. Custom fields with such text are sent only when asked.

use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::command::{Workspace, summary};
use super::support::rows::{preview, send, send_to};
use super::support::server::Server;

/// Checks that each row is refused once, with these words about that field.
fn assert_refused(name: &str, content: &str, field: &str, words: &str) {
    let preview = preview(name, content, &[]);
    let told = preview.violations();
    assert_eq!(preview.status, 3, "{content}: {told:#?}");
    let is_told = |told: &String| told.contains(&format!(": {field}: ")) && told.contains(words);
    assert!(told.iter().all(is_told), "{content}\n{told:#?}\n{words}");
    assert_eq!(preview.document["valid"], 0, "{content}: {told:#?}");
}

/// A cell as CSV writes it.
fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// What programs write where there is no value.
const NOTHING: [&str; 14] = [
    "NULL",
    "null",
    "(null)",
    "<null>",
    "[NULL]",
    "None",
    "nan",
    "NaN",
    "NaT",
    "<NA>",
    "\\N",
    "undefined",
    "nil",
    "0000-00-00",
];

/// What people write there, and might mean.
const PERHAPS: [&str; 5] = ["NA", "N/A", "n/a", "none", "-"];

const EMPTY: &str = "looks like an exported empty value (";

#[test]
fn what_programs_write_for_nothing_is_refused_wherever_it_cannot_be_meant() {
    for nothing in NOTHING.into_iter().chain(PERHAPS) {
        // A conversation may be called so.
        let is_slug = ["none", "-"].contains(&nothing);
        let nothing = cell(nothing);
        if !is_slug {
            let content = format!("slug,status\n{nothing},2\n");
            assert_refused("rows.csv", &content, "slug", EMPTY);
        }
        for field in ["tag_list", "status", "assignee", "category"] {
            let content = format!("slug,{field}\na,{nothing}\n");
            assert_refused("rows.csv", &content, field, EMPTY);
        }
        let content = format!("slug,status,hold_until\na,5,{nothing}\n");
        assert_refused("rows.csv", &content, "hold_until", EMPTY);
        let content = format!("slug,category,brand\na,b,{nothing}\n");
        assert_refused("rows.csv", &content, "brand", EMPTY);
    }
}

#[test]
fn such_a_tag_is_refused_among_others_and_in_arrays() {
    let cure = ", or write `[]` to remove all tags";
    for nothing in NOTHING {
        let among = cell(&format!("vip, {nothing}"));
        assert_refused(
            "rows.csv",
            &format!("slug,tag_list\na,{among}\n"),
            "tag_list",
            cure,
        );
        let array = json!({"slug": "a", "tag_list": ["vip", nothing]}).to_string();
        assert_refused("rows.jsonl", &array, "tag_list", cure);
        let array = cell(&json!([nothing]).to_string());
        assert_refused(
            "rows.csv",
            &format!("slug,tag_list\na,{array}\n"),
            "tag_list",
            cure,
        );
        let set = preview(
            "rows.csv",
            "slug\na\n",
            &["--set", &format!("tag_list={nothing}")],
        );
        assert_eq!(set.status, 2, "{set:?}");
        assert!(set.stderr.contains(cure), "{set:?}");
    }
}

#[test]
fn a_tag_that_only_might_be_nothing_is_sent_from_an_array() {
    for tag in PERHAPS {
        let row = json!({"slug": "a", "tag_list": [tag]}).to_string();
        let expected = json!({"tag_list": [tag]}).to_string();
        assert_eq!(
            send("rows.jsonl", row, &[]).rows(),
            [format!("a {expected}")]
        );
        let content = format!("slug,tag_list\na,{}\n", cell(&format!("[\"{tag}\"]")));
        assert_eq!(
            send("rows.csv", content, &[]).rows(),
            [format!("a {expected}")]
        );
    }
    let told = preview("rows.csv", "slug,tag_list\na,none\n", &[]).violations();
    assert!(
        told[0].contains("if it is meant, write an array: [\"none\"])"),
        "{told:?}"
    );
}

#[test]
fn words_that_only_resemble_them_are_sent() {
    let csv =
        "slug,tag_list,data.x\nnone-of-it,\"Nan, nullable, missing\",none\nnull-and-void,vip,N/A\n";
    let expected = [
        r#"none-of-it {"data":{"x":"none"},"tag_list":["Nan","nullable","missing"]}"#,
        r#"null-and-void {"data":{"x":"N/A"},"tag_list":["vip"]}"#,
    ];
    assert_eq!(send("rows.csv", csv, &[]).rows(), expected);
}

#[test]
fn lists_as_programs_write_them_are_refused_with_the_right_form() {
    for list in [
        "{vip,refund}",
        "{vip}",
        "{}",
        "{\"a b\",vip}",
        "['vip', 'refund']",
        "('vip', 'refund')",
        "\"vip\",\"refund\"",
        "'vip','refund'",
    ] {
        let content = format!("slug,tag_list\na,{}\n", cell(list));
        assert_refused(
            "rows.csv",
            &content,
            "tag_list",
            "(write `vip, refund` or [\"vip\", \"refund\"])",
        );
    }
    for quoted in [
        "\"vip\"",
        "\"vip, refund\"",
        "vip, \"refund\"",
        "'vip'",
        "b'vip'",
    ] {
        let content = format!("slug,tag_list\na,{}\n", cell(quoted));
        assert_refused(
            "rows.csv",
            &content,
            "tag_list",
            "has quotes around it (remove them)",
        );
    }
    for slug in ["\"late-parcel\"", "`late-parcel`", "b'late-parcel'"] {
        let content = format!("slug,status\n{},2\n", cell(slug));
        assert_refused(
            "rows.csv",
            &content,
            "slug",
            "has quotes around it (remove them)",
        );
    }
    for slug in ["{late-parcel}", "[late-parcel]", "['late-parcel']"] {
        let content = format!("slug,status\n{},2\n", cell(slug));
        assert_refused(
            "rows.csv",
            &content,
            "slug",
            "is a list as a database or program writes it",
        );
    }
}

#[test]
fn text_in_a_formula_is_read_as_the_text() {
    let csv = "slug,tag_list,status,data.order\n\
               \"=\"\"late-parcel\"\"\",\"=\"\"vip, refund\"\"\",\"=\"\"2\"\"\",\"=\"\"001042\"\"\"\n\
               b,\"=\"\"\"\"\",1,\"=\"\" 7 \"\"\"\n";
    let expected = [
        r#"late-parcel {"data":{"order":"001042"},"status":2,"tag_list":["vip","refund"]}"#,
        r#"b {"data":{"order":" 7 "},"status":1}"#,
    ];
    assert_eq!(send("rows.csv", csv, &[]).rows(), expected);
    let jsonl = r#"{"slug":"=\"a\"","data":{"order":"=\"001042\""}}"#;
    assert_eq!(
        send("rows.jsonl", jsonl, &[]).rows(),
        [r#"a {"data":{"order":"001042"}}"#]
    );
}

#[test]
fn other_formulas_are_refused() {
    for formula in [
        "=SUM(A1:A9)",
        "=B2",
        "=Sheet1!$B$2",
        "=\"a\"&\"b\"",
        "=T(\"001042\")",
    ] {
        for field in ["tag_list", "category", "data.order"] {
            let content = format!("slug,{field}\na,{}\n", cell(formula));
            assert_refused("rows.csv", &content, field, "looks like a formula");
        }
        let content = format!("slug,status\n{},2\n", cell(formula));
        assert_refused("rows.csv", &content, "slug", "looks like a formula");
    }
    assert_refused(
        "rows.csv",
        "slug,data.phone\na,'+49 170 123\n",
        "data.phone",
        "begins with an apostrophe",
    );
}

#[test]
fn text_that_was_encoded_twice_is_refused() {
    for text in ["cafÃ©", "canâ€™t", "GrÃ¶ÃŸe", "Ã¼", "ðŸ˜€", "caf√©"] {
        for field in ["tag_list", "category", "data.note"] {
            let content = format!("slug,{field}\na,{text}\n");
            assert_refused("rows.csv", &content, field, "is text encoded twice");
        }
        assert_refused(
            "rows.csv",
            &format!("slug,status\n{text},2\n"),
            "slug",
            "encoded twice",
        );
        let header = preview("rows.csv", format!("slug,data.{text}\na,1\n"), &[]).violations();
        assert!(header[0].contains("is text encoded twice"), "{header:?}");
    }
    assert_refused(
        "rows.csv",
        "slug,tag_list\na,R&amp;D\n",
        "tag_list",
        "encoded twice",
    );
    for field in ["tag_list", "data.note"] {
        assert_refused(
            "rows.csv",
            &format!("slug,{field}\na,caf\u{fffd}\n"),
            field,
            "U+FFFD",
        );
    }
    let fine = "slug,tag_list,data.note\na,\"café, Größe, R&D\",„Spaß“ CAFÉ… 5 °C\n";
    let sent = send("rows.csv", fine, &[]);
    assert_eq!(sent.output.status, 0, "{:?}", sent.output);
}

#[test]
fn a_cell_as_long_as_excel_lets_it_be_is_refused() {
    for (length, status) in [(32_766, 0), (32_767, 3), (32_768, 0)] {
        for field in ["tag_list", "data.note"] {
            for text in ["x".repeat(length), "é".repeat(length)] {
                let preview = preview("rows.csv", format!("slug,{field}\na,{text}\n"), &[]);
                if field == "tag_list" && status == 0 {
                    let told = preview.violations();
                    assert!(told[0].contains("longer than 255 characters"), "{told:?}");
                    continue;
                }
                assert_eq!(preview.status, status, "{field} {length}");
                let is_told = preview
                    .violations()
                    .iter()
                    .all(|told| told.contains("exactly 32,767 characters") && told.len() < 500);
                assert!(is_told, "{:?}", preview.violations());
            }
        }
    }
}

/// What is damaged in a custom field, whether it is text or a number there.
const DAMAGED: [&str; 8] = [
    "NULL",
    "1.00123E+15",
    "#N/A",
    "{a,b}",
    "\"a\",\"b\"",
    "cafÃ©",
    "#¡REF!",
    "[object Object]",
];

#[test]
fn a_damaged_custom_field_is_a_violation_in_every_format() {
    for damaged in DAMAGED {
        let cure = "--allow-damaged sends it as it is)";
        let csv = format!("slug,data.x\na,{}\n", cell(damaged));
        assert_refused("rows.csv", &csv, "data.x", cure);
        let member = json!({"slug": "a", "data.x": damaged}).to_string();
        assert_refused("rows.jsonl", &member, "data.x", cure);
        let object = json!({"slug": "a", "data": {"x": damaged}}).to_string();
        assert_refused("rows.jsonl", &object, "data.x", cure);
        let sent = send("rows.csv", csv, &[]);
        assert_eq!(
            (sent.output.status, sent.requests.len()),
            (3, 0),
            "{:?}",
            sent.output
        );
        let preview = preview(
            "rows.csv",
            "slug\na\n",
            &["--set", &format!("data.x={damaged}")],
        );
        assert_eq!(preview.status, 2, "{preview:?}");
    }
    let free = "slug,data.x\na,=1+1\nb,\"{\"\"a\"\": 1}\"\nc,Thanks!\nd,1e5\n";
    assert_eq!(preview("rows.csv", free, &[]).status, 0);
}

#[test]
fn damaged_custom_fields_are_sent_as_they_are_when_asked_and_counted_everywhere() {
    let csv = "slug,data.x,data.y\na,NULL,1\nb, #N/A ,None\nc,fine,2\n";
    let options = ["--allow-damaged"];
    let document = preview("rows.csv", csv, &options).document;
    assert_eq!(
        (&document["damaged"], &document["valid"]),
        (&json!(3), &json!(3))
    );
    let changes = &document["changes"];
    assert_eq!(changes["data.x"]["damaged"], 2);
    assert_eq!(changes["data.y"]["damaged"], 1);

    let sent = send("rows.csv", csv, &options);
    assert_eq!(sent.output.status, 0, "{:?}", sent.output);
    let expected = [
        r#"a {"data":{"x":"NULL","y":"1"}}"#,
        r#"b {"data":{"x":" #N/A ","y":"None"}}"#,
        r#"c {"data":{"x":"fine","y":"2"}}"#,
    ];
    assert_eq!(sent.rows(), expected);
    let told = "3 damaged values";
    assert!(sent.output.stderr.contains(told), "{:?}", sent.output);
    assert_eq!(summary(&sent.workspace.run_dirs()[0])["damaged"], 3);

    let workspace = Workspace::new();
    workspace.write("rows.csv", csv);
    let page = workspace.command(&["run", "rows.csv", "--dry-run", "--allow-damaged"]);
    let page = page.output().stdout;
    let told = "sends 3 damaged values in custom fields unchanged (--allow-damaged)";
    assert!(
        page.contains(told) && page.contains("  data.x     3  damaged on 2, sent unchanged; "),
        "{page}"
    );
}

#[test]
fn a_resume_is_bound_to_whether_damaged_fields_are_sent() {
    let server = Server::start(Answer::echo);
    for (start, resume, status) in [
        (["--allow-damaged"].as_slice(), [].as_slice(), 0),
        (&["--allow-damaged"], &["--allow-damaged"], 0),
        (&[], &["--allow-damaged"], 2),
    ] {
        let rows = if start.is_empty() {
            "a,1\nb,2\n"
        } else {
            "a,NULL\nb,None\n"
        };
        let options = [start, &["--limit", "1"]].concat();
        let sent = send_to(
            &server,
            "rows.csv",
            format!("slug,data.x\n{rows}"),
            &options,
        );
        assert_eq!(sent.output.status, 4, "{:?}", sent.output);
        let run = [&["run", "--resume", "latest", "--yes"], resume].concat();
        let output = sent.workspace.command(&run).against(&server).output();
        assert_eq!(output.status, status, "{output:?}");
        if status == 2 {
            assert!(output.stderr.contains("--allow-damaged"), "{output:?}");
            continue;
        }
        let run_dir = &sent.workspace.run_dirs()[0];
        assert_eq!(summary(run_dir)["damaged"], 2);
        let run_file: Value = std::fs::read(run_dir.join("run.json"))
            .map(|bytes| serde_json::from_slice(&bytes).expect("JSON"))
            .expect("a file");
        assert_eq!(run_file["options"]["allow_damaged"], true);
    }
}

#[test]
fn a_run_with_failed_rows_tells_of_damaged_fields_and_feeds_them_back() {
    let server = Server::start(|_| Answer::text(422, "no"));
    let sent = send_to(
        &server,
        "rows.csv",
        "slug,data.x\na,NULL\n",
        &["--allow-damaged"],
    );
    let told = "sends 1 damaged value in custom fields unchanged (--allow-damaged)";
    assert!(sent.output.stderr.contains(told), "{:?}", sent.output);
    let told = "1 damaged value in custom fields, sent unchanged (--allow-damaged)";
    assert!(sent.output.stderr.contains(told), "{:?}", sent.output);
    let fed_back = sent
        .output
        .stderr
        .lines()
        .find(|line| line.contains("run reamaze-runs/"));
    assert!(
        fed_back.is_some_and(|line| line.contains("--allow-damaged")),
        "{:?}",
        sent.output
    );
}

#[test]
fn values_of_other_languages_in_json_are_named() {
    for (value, word) in [
        ("NaN", "NaN"),
        ("None", "None"),
        ("undefined", "undefined"),
        ("-Infinity", "-Infinity"),
    ] {
        for row in [
            format!(r#"{{"slug":"a","tag_list":{value}}}"#),
            format!(r#"{{"slug":"a","data":{{"x": {value}}}}}"#),
        ] {
            let told = format!("`{word}` is not a value in JSON (write null");
            assert_refused("rows.jsonl", &row, "row", &told);
        }
    }
}
