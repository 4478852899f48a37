//! Characters that show nothing: taken away around slugs, tags and names, refused by name inside;
//! where they are sent, the preview shows them.

use serde_json::{Value, json};

use super::support::command::Workspace;
use super::support::rows::{preview, send};

/// Characters that show nothing or look like a blank, with what they are called.
const HIDDEN: [(char, &str); 14] = [
    ('\u{200b}', "U+200B (zero width space"),
    ('\u{200c}', "U+200C (zero width non-joiner"),
    ('\u{200d}', "U+200D (zero width joiner"),
    ('\u{200e}', "U+200E (left-to-right mark"),
    ('\u{202a}', "U+202A (left-to-right embedding"),
    ('\u{202c}', "U+202C (pop directional formatting"),
    ('\u{2069}', "U+2069 (directional isolate"),
    ('\u{ad}', "U+00AD (soft hyphen"),
    ('\u{2060}', "U+2060 (word joiner"),
    ('\u{feff}', "U+FEFF (byte order mark"),
    ('\u{3164}', "U+3164 (Hangul filler"),
    ('\u{a0}', "U+00A0 (no-break space"),
    ('\u{3000}', "U+3000 (ideographic space"),
    ('\u{2028}', "U+2028 (line separator"),
];

#[test]
fn around_a_value_or_a_name_they_are_taken_away() {
    for (c, _) in HIDDEN {
        let csv = format!(
            "{c}slug{c},tag_list{c},{c}status,assignee,category,brand,{c}data.{c}x{c}\n\
             {c}a{c},\"{c}vip{c},{c}to do{c}\",{c}done{c},{c}a@x.de{c},{c}sales{c},{c}acme{c},1\n"
        );
        let expected = r#"a {"assignee":{"email":"a@x.de"},"brand":"acme","category":"sales","data":{"x":"1"},"status":2,"tag_list":["vip","to do"]}"#;
        assert_eq!(send("rows.csv", csv, &[]).rows(), [expected], "{c:?}");
        let (slug, tag, name) = (format!("{c}a{c}"), format!("{c}vip"), format!("x{c}"));
        let row = json!({(format!("slug{c}")): slug, "tag_list": [tag], "data": {name: 1}});
        let expected = r#"a {"data":{"x":1},"tag_list":["vip"]}"#;
        assert_eq!(
            send("rows.jsonl", row.to_string(), &[]).rows(),
            [expected],
            "{c:?}"
        );
        let named = format!("{c}data.{c}x{c}=1");
        let sent = send(
            "rows.csv",
            "slug\na\n",
            &["--set", &named, "--set", &format!("tag_list={c}vip{c}")],
        );
        let expected = r#"a {"data":{"x":"1"},"tag_list":["vip"]}"#;
        assert_eq!(sent.rows(), [expected], "{c:?}");
    }
}

#[test]
fn inside_they_are_refused_by_name() {
    for (c, name) in HIDDEN {
        let inside = format!("ab{c}cd");
        let rows = [
            json!({"slug": inside, "status": 2}),
            json!({"slug": "a", "tag_list": ["vip", inside]}),
            json!({"slug": "b", "assignee": format!("{inside}@x.de")}),
            json!({"slug": "c", "category": inside}),
            json!({"slug": "d", "category": "x", "brand": inside}),
            json!({"slug": "e", (format!("data.{inside}")): 1}),
            json!({"slug": "f", "data": {&inside: 1}}),
        ];
        let told = preview(
            "rows.jsonl",
            rows.each_ref().map(Value::to_string).join("\n"),
            &[],
        );
        let told = told.violations();
        assert_eq!(told.len(), rows.len(), "{told:#?}");
        let cells = format!("slug,tag_list\n\"{inside}\",vip\nb,\"vip,{inside}\"\n");
        let more = preview("rows.csv", cells, &[]).violations();
        assert_eq!(more.len(), 2, "{more:#?}");
        for told in told.iter().chain(&more) {
            assert!(told.contains(&format!("contains {name};")), "{told}");
        }
        for header in [format!("slug,data.{inside}"), format!("slug,sta{c}tus")] {
            let told = preview("rows.csv", format!("{header}\na,1\n"), &[]).violations();
            assert!(told[0].contains(name), "{told:?}");
        }
        let set = preview(
            "rows.csv",
            "slug\na\n",
            &["--set", &format!("data.{inside}=1")],
        );
        assert!(set.status == 2 && set.stderr.contains(name), "{set:?}");
    }
}

#[test]
fn other_marks_are_refused_too() {
    for (tag, name) in [
        ("vip\u{fe0f}", "U+FE0F (variation selector"),
        ("vip\u{e0041}x", "U+E0041 (tag character"),
        ("a\u{2009}b", "U+2009 (thin space"),
        ("a\tb", "U+0009 (tab"),
        ("🎉\u{200d}vip", "U+200D (zero width joiner"),
    ] {
        let row = json!({"slug": "a", "tag_list": [tag]}).to_string();
        let told = preview("rows.jsonl", row, &[]).violations();
        assert!(told[0].contains(name), "{told:?}");
    }
    let name = "slug,\"data.Order\nnumber\"\na,1\n";
    let told = preview("rows.csv", name, &[]).violations();
    assert!(told[0].contains("U+000A (line break"), "{told:?}");
}

#[test]
fn what_is_spelled_with_them_is_sent_as_it_is() {
    for tag in [
        "👩\u{200d}💻",
        "❤\u{fe0f} vip",
        "vip ❤\u{fe0f}",
        "1\u{fe0f}\u{20e3}",
        "می\u{200c}خواهم",
        "ක්\u{200d}ර",
    ] {
        let sent = send(
            "rows.csv",
            format!("slug,tag_list,data.{tag}\na,{tag},x\n"),
            &[],
        );
        let expected = json!({"data": {tag: "x"}, "tag_list": [tag]});
        assert_eq!(sent.rows(), [format!("a {expected}")], "{:?}", sent.output);
    }
}

#[test]
fn names_and_slugs_that_look_alike_are_the_same() {
    let twice = preview("rows.csv", "slug,data.café,data.cafe\u{301}\na,1,2\n", &[]);
    assert!(
        twice.violations()[0].contains("is the same field as"),
        "{twice:?}"
    );
    let rows = "slug,status\ncafé,2\ncafe\u{301},2\n";
    let told = preview("rows.csv", rows, &[]).violations();
    assert!(
        told[0].starts_with("3: slug: ") && told[0].contains("already on line 2"),
        "{told:?}"
    );
    let rows = "slug,tag_list\na,\"café,cafe\u{301},x\"\n";
    assert_eq!(
        send("rows.csv", rows, &[]).rows(),
        [r#"a {"tag_list":["café","x"]}"#]
    );
}

/// The page of a dry run.
fn page(content: &str) -> String {
    let workspace = Workspace::new();
    workspace.write("rows.csv", content);
    let output = workspace
        .command(&["run", "rows.csv", "--dry-run", "--verbose"])
        .output();
    assert_eq!(output.status, 0, "{output:?}");
    output.stdout
}

/// Values that a careless preview would show alike.
const ALIKE: [&str; 9] = [
    "a b",
    "a  b",
    " a b",
    "a b ",
    "a\u{a0}b",
    "a\u{200b} b",
    "a\nb",
    "\u{202e}a b",
    "a\u{3000}b",
];

#[test]
fn the_page_shows_what_is_sent_and_no_two_values_alike() {
    let rows = (1..).zip(ALIKE);
    let rows: Vec<_> = rows
        .map(|(number, value)| format!("s{number},\"{value}\"\n"))
        .collect();
    for value in ALIKE {
        let page = page(&format!("slug,data.x\na,\"{value}\"\n"));
        let body = page.lines().find(|line| line.starts_with("  {"));
        let body: Value = serde_json::from_str(body.expect("a body")).expect("JSON");
        assert_eq!(body["conversation"]["data"]["x"], value, "{page}");
        let hidden = |c: char| {
            c != '\n' && (c.is_control() || HIDDEN.iter().any(|(hidden, _)| *hidden == c))
        };
        assert!(!page.contains(hidden), "{page:?}");
    }
    let changes =
        &preview("rows.csv", format!("slug,data.x\n{}", rows.concat()), &[]).document["changes"];
    let values = changes["data.x"]["values"].as_array().expect("values");
    assert_eq!(values.len(), ALIKE.len(), "{changes}");
    for value in ALIKE {
        assert!(
            values.contains(&json!({"value": value, "rows": 1})),
            "{value:?}: {changes}"
        );
    }
}

#[test]
fn the_page_lists_values_in_quotes_where_bare_ones_would_hide_something() {
    let page = page("slug,data.x\na, x\nb,x\nc,x\u{200b}\nd,\"\"\"x\"\"\"\ne,é x\n");
    for shown in [
        r#"" x" ×1"#,
        "x ×1",
        r#""x\u200b" ×1"#,
        r#""\"x\"" ×1"#,
        "é x ×1",
    ] {
        assert!(page.contains(shown), "{shown}\n{page}");
    }
}

#[test]
fn a_value_that_is_cut_in_the_preview_says_so() {
    let long = "x".repeat(100);
    let rows = format!("slug,data.x\na,{long}1\nb,{long}2\nc,{}\n", "x".repeat(80));
    let page = page(&rows);
    let shown = format!("  {}… ×2, ...\n", "x".repeat(40));
    assert!(page.contains(&shown), "{page}");
    let changes = &preview("rows.csv", rows, &[]).document["changes"];
    let cut = json!({"value": format!("{}…", "x".repeat(80)), "rows": 2, "cut": true});
    assert_eq!(changes["data.x"]["values"][0], cut);
    assert_eq!(
        changes["data.x"]["values"][1],
        json!({"value": "x".repeat(80), "rows": 1})
    );
}

#[test]
fn the_document_escapes_what_does_not_show() {
    let workspace = Workspace::new();
    workspace.write("rows.csv", "slug,data.x\na,\u{202e}x\u{200b}\u{9b}\n");
    let output = workspace
        .command(&["run", "rows.csv", "--dry-run", "--json"])
        .output();
    assert!(
        !output.stdout.contains(['\u{202e}', '\u{200b}', '\u{9b}']),
        "{output:?}"
    );
    let document: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let sent = &document["samples"][0]["body"]["conversation"]["data"]["x"];
    assert_eq!(sent, "\u{202e}x\u{200b}\u{9b}");
}
