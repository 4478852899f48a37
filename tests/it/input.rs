//! Files as people and programs write them: every format, encoding and line end is read, and what
//! cannot be read is a row that says so, on its physical line.

use std::fs;

use super::support::answer::Answer;
use super::support::command::Workspace;
use super::support::rows::{Preview, preview, preview_stdin, send};
use super::support::server::Server;

const CSV: &str = "slug,status,tag_list\na,2,\"vip, refund\"\nb,0,\n";
const TSV: &str = "slug\tstatus\ttag_list\na\t2\tvip, refund\nb\t0\t\n";
const SEMICOLONS: &str = "slug;status;tag_list\na;2;vip, refund\nb;0;\n";
const BARS: &str = "slug|status|tag_list\na|2|vip, refund\nb|0|\n";
const JSONL: &str = r#"{"slug":"a","status":2,"tag_list":["vip","refund"]}
{"slug":"b","status":0}
"#;

/// What each of the texts above asks for, whatever the lines.
fn assert_is_read(preview: &Preview, what: &str) {
    assert_eq!(preview.status, 0, "{what}: {preview:?}");
    let rows = preview.rows();
    let rows = rows
        .iter()
        .map(|row| row.split_once(' ').map(|(_, row)| row));
    let tagged = r#"a {"status":2,"tag_list":["vip","refund"]}"#;
    let reopened = r#"b {"status":0}"#;
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [Some(tagged), Some(reopened)],
        "{what}"
    );
}

fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let marked = format!("\u{feff}{text}");
    marked.encode_utf16().flat_map(bytes_of).collect()
}

#[test]
fn the_ending_of_the_name_tells_the_format() {
    for (name, content) in [
        ("rows.csv", CSV),
        ("ROWS.CSV", CSV),
        ("rows.tsv", TSV),
        ("rows.tab", TSV),
        ("rows.jsonl", JSONL),
        ("rows.ndjson", JSONL),
    ] {
        assert_is_read(&preview(name, content, &[]), name);
    }
}

#[test]
fn without_a_name_the_first_bytes_tell_format_and_delimiter() {
    for content in [CSV, TSV, SEMICOLONS, BARS, JSONL] {
        assert_is_read(&preview_stdin(content, &[]), content);
        assert_is_read(&preview("rows", content, &[]), content);
        let below = format!("\n\r\n{content}");
        assert_is_read(&preview("rows.txt", &below, &[]), &below);
    }
}

#[test]
fn the_header_of_a_csv_file_shows_its_delimiter() {
    for content in [TSV, SEMICOLONS, BARS] {
        assert_is_read(&preview("rows.csv", content, &[]), content);
    }
    let quoted = "slug;\"data.a,b,c,d\"\na;1\n";
    assert_eq!(
        preview("rows.csv", quoted, &[]).rows(),
        [r#"2 a {"data":{"a,b,c,d":"1"}}"#]
    );
}

#[test]
fn format_and_delimiter_options_overrule_what_a_file_looks_like() {
    let carets = BARS.replace('|', "^");
    for (name, content, options) in [
        ("rows.csv", JSONL, ["--format", "jsonl"].as_slice()),
        ("rows.jsonl", CSV, &["--format", "csv"]),
        ("rows.csv", TSV, &["--format", "tsv"]),
        ("rows.csv", &carets, &["--delimiter", "^"]),
        ("rows.txt", TSV, &["--delimiter", "tab"]),
        ("rows.tsv", SEMICOLONS, &["--delimiter", ";"]),
    ] {
        assert_is_read(&preview(name, content, options), &format!("{options:?}"));
        if name != "rows.tsv" {
            assert_is_read(&preview_stdin(content, options), &format!("- {options:?}"));
        }
    }
}

#[test]
fn a_format_or_delimiter_that_makes_no_sense_is_a_usage_error() {
    for options in [
        ["--format", "xml"].as_slice(),
        &["--delimiter", "ab"],
        &["--delimiter", "\""],
        &["--delimiter", "é"],
        &["--delimiter", ""],
        &["--format", "jsonl", "--delimiter", ";"],
    ] {
        let preview = preview("rows.csv", CSV, options);
        assert_eq!(preview.status, 2, "{options:?}: {preview:?}");
        assert_eq!(preview.document["exit_status"], 2, "{options:?}");
    }
}

#[test]
fn utf_8_and_utf_16_with_a_byte_order_mark_are_read() {
    for (name, content) in [("rows.csv", CSV), ("rows.jsonl", JSONL), ("rows.tsv", TSV)] {
        for bytes in [
            format!("\u{feff}{content}").into_bytes(),
            utf16(content, u16::to_le_bytes),
            utf16(content, u16::to_be_bytes),
        ] {
            assert_is_read(&preview(name, &bytes, &[]), name);
            assert_is_read(&preview_stdin(&bytes, &[]), name);
        }
    }
}

#[test]
fn characters_beyond_ascii_arrive_whole_from_every_encoding() {
    let content = "slug,data.città\nknöck-🚪,\"Þé 🎉\"\n";
    let expected = [r#"2 knöck-🚪 {"data":{"città":"Þé 🎉"}}"#];
    assert_eq!(preview("rows.csv", content, &[]).rows(), expected);
    for bytes_of in [u16::to_le_bytes, u16::to_be_bytes] {
        let preview = preview("rows.csv", utf16(content, bytes_of), &[]);
        assert_eq!(preview.rows(), expected);
    }
}

#[test]
fn every_kind_of_line_end_ends_a_row() {
    for end in ["\n", "\r\n", "\r"] {
        for last in [end, ""] {
            let content = format!("{}{last}", CSV.trim_end().replace('\n', end));
            let preview = preview("rows.csv", &content, &[]);
            assert_is_read(&preview, &format!("{content:?}"));
            assert!(preview.rows()[1].starts_with("3 b "), "{content:?}");
        }
    }
    for content in [JSONL.replace('\n', "\r\n"), JSONL.trim_end().to_owned()] {
        assert_is_read(&preview("rows.jsonl", &content, &[]), &content);
    }
}

#[test]
fn a_row_is_named_by_the_physical_line_on_which_it_starts() {
    let content = "\n\nslug,data.note\n\n\na,\"one\ntwo\n\nfour\"\n\nb,x\nc,\"\ny\"\n";
    for end in ["\n", "\r\n", "\r"] {
        let rows = preview("rows.csv", content.replace('\n', end), &[]).rows();
        let lines = rows.iter().map(|row| row.split(' ').next());
        let expected = [Some("6"), Some("11"), Some("12")];
        assert_eq!(lines.collect::<Vec<_>>(), expected, "{end:?}");
    }
    let content = "\n{\"slug\":\"a\",\"status\":1}\n\n  \r\n{\"slug\":\"b\",\"status\":1}\n";
    let rows = preview("rows.jsonl", content, &[]).rows();
    assert_eq!(rows, [r#"2 a {"status":1}"#, r#"5 b {"status":1}"#]);
}

#[test]
fn an_empty_line_and_a_record_of_empty_cells_are_no_rows() {
    let content = "slug,status\n\na,1\n,\n  , \n\"\",\"\"\n   \nb,1\n,,,,\n\n";
    let preview = preview("rows.csv", content, &[]);
    let expected = [r#"3 a {"status":1}"#, r#"8 b {"status":1}"#];
    assert_eq!(preview.rows(), expected);
    assert_eq!(preview.status, 0, "{preview:?}");
    assert_eq!(preview.document["rows"], 2);
}

#[test]
fn a_record_of_empty_cells_is_no_header_either() {
    for above in [" \n", ",,\n", "\n\"\",\n"] {
        assert_is_read(&preview("rows.csv", format!("{above}{CSV}"), &[]), above);
    }
}

#[test]
fn quoted_cells_keep_delimiters_quotes_line_ends_and_blanks_of_custom_fields() {
    let content = "slug,data.a,data.b\n\" a \",\" x, \"\"y\"\"\r\nz \",5\" pipe\n";
    let expected = "2 a {\"data\":{\"a\":\" x, \\\"y\\\"\\r\\nz \",\"b\":\"5\\\" pipe\"}}";
    assert_eq!(preview("rows.csv", content, &[]).rows(), [expected]);
}

#[test]
fn a_file_without_a_header_is_unreadable() {
    for content in ["", "\u{feff}", "\n\n", "\r\n"] {
        let from_file = preview("rows.csv", content, &[]);
        for preview in [from_file, preview_stdin(content, &[])] {
            assert_eq!(preview.status, 3, "{content:?}: {preview:?}");
            assert!(preview.stderr.contains("is empty"), "{preview:?}");
        }
    }
}

#[test]
fn a_header_alone_and_an_empty_jsonl_file_are_nothing_to_do() {
    for (name, content) in [
        ("rows.csv", "slug,status\n"),
        ("rows.tsv", "slug"),
        ("rows.csv", "slug,status\r\n\r\n,\r\n"),
        ("rows.jsonl", ""),
        ("rows.jsonl", "\u{feff}\n\n"),
    ] {
        let preview = preview(name, content, &[]);
        assert_eq!(preview.status, 0, "{content:?}: {preview:?}");
        assert_eq!(preview.document["rows"], 0, "{content:?}");
        let sent = send(name, content, &[]);
        assert_eq!(sent.output.status, 0, "{:?}", sent.output);
        assert_eq!(sent.requests.len(), 0, "{content:?}");
        assert_eq!(sent.workspace.run_dirs().len(), 0, "{content:?}");
    }
}

/// Checks that a record between good rows is one invalid row on line 2, for this reason, and that
/// the row behind it is read.
fn assert_unreadable(name: &str, record: &str, why: &str) {
    let (start, end) = match name {
        "r.csv" => ("slug,data.a\n", "\nb,1\n"),
        _ => ("\n", "\n{\"slug\":\"b\",\"data.a\":\"1\"}\n"),
    };
    let preview = preview(name, format!("{start}{record}{end}"), &[]);
    let violations = preview.violations();
    assert_eq!((violations.len(), preview.status), (1, 3), "{violations:?}");
    let is_told = violations[0].starts_with("2: row: ") && violations[0].contains(why);
    assert!(is_told, "{:?}\nis not\n{why}", violations[0]);
    let line = 3 + record.matches('\n').count();
    let next = format!(r#"{line} b {{"data":{{"a":"1"}}}}"#);
    assert_eq!(preview.rows(), [next], "{why}");
}

#[test]
fn a_csv_record_that_cannot_be_read_is_one_invalid_row_and_the_next_row_is_read() {
    let [long, lines, many] = ["yy", "y\n", ",,"].map(|text| text.repeat(1 << 19));
    for (record, why) in [
        ("x", "has 1 cell where the header has 2 cells"),
        ("x,2,3", "has 3 cells where the header has 2 cells"),
        ("\"x\"y,2", "text after a closing quote"),
        ("x,\"2\" \"", "text after a closing quote"),
        ("x,\0", "NUL"),
        (&format!("x,{long}"), "more than 1 MiB"),
        (&format!("x,\"{lines}\""), "more than 1 MiB"),
        (&format!("{many},"), "more than 1 MiB"),
    ] {
        assert_unreadable("r.csv", record, why);
    }
}

#[test]
fn a_json_line_that_cannot_be_read_is_one_invalid_row_and_the_next_row_is_read() {
    let deep = "[".repeat(200_000);
    let nested = format!("{}]", "[".repeat(30_000));
    let long = "x".repeat(1 << 20);
    for (record, why) in [
        (r#"{"slug":"x","status":2"#, "is not valid JSON"),
        (r#"{"slug":"x","status":2}}"#, "is not valid JSON"),
        (r#"{"slug":"x","status":NaN}"#, "is not valid JSON"),
        (r#"["x",2]"#, "is not a JSON object"),
        ("x,2", "is not a JSON object"),
        ("{\"slug\":\"x\",\"status\":2\0}", "NUL"),
        (&nested, "is not a JSON object"),
        (&format!(r#"{{"slug":{deep}"#), "is not valid JSON"),
        (&format!(r#"{{"slug":"{long}"}}"#), "more than 1 MiB"),
    ] {
        assert_unreadable("r.jsonl", record, why);
    }
}

#[test]
fn a_record_of_just_1_mib_is_read() {
    let text = "x".repeat((1 << 20) - 2);
    for end in ["\n", "\r\n", "\r"] {
        let content = format!("slug,data.a{end}a,{text}{end}b,1{end}");
        let preview = preview("r.csv", content, &[]);
        assert_eq!(preview.violations(), [""; 0], "{end:?}");
    }
    let text = "x".repeat((1 << 20) - r#"{"slug":"a","data.a":""}"#.len());
    let content = format!(r#"{{"slug":"a","data.a":"{text}"}}"#);
    assert_eq!(preview("r.jsonl", content, &[]).violations(), [""; 0]);
}

#[test]
fn a_quote_that_is_never_closed_is_reported_where_it_opens() {
    for last in ["", "\n"] {
        let content = format!("slug,data.a\na,1\nb,\"2\nc,3\nd,4{last}");
        let preview = preview("r.csv", content, &[]);
        let violations = preview.violations();
        assert_eq!(preview.document["rows"], 2, "{violations:?}");
        assert!(
            violations[0].starts_with("3: row: opens a quote"),
            "{violations:?}"
        );
    }
}

#[test]
fn bytes_that_are_not_text_make_their_row_invalid_and_no_other() {
    let utf8 = [b"slug,data.a\na,caf\xe9\nb,1\n".as_slice(), b"\nc\x80,1\n"].concat();
    assert_eq!(preview("r.csv", utf8, &[]).invalid_lines(), [2, 5]);
    let jsonl = b"{\"slug\":\"a\",\"data.a\":\"\xff\"}\n{\"slug\":\"b\",\"status\":2}\n";
    assert_eq!(preview("r.jsonl", jsonl, &[]).invalid_lines(), [1]);
    // Half of a surrogate pair, and half of a unit at the end.
    let whole = utf16("slug,data.a\na,?\nb,1\nc,2", u16::to_le_bytes);
    let units = whole
        .chunks(2)
        .map(|unit| if unit == b"?\0" { b"\x00\xd8" } else { unit });
    let utf16 = [&units.collect::<Vec<_>>().concat()[..], b"A"].concat();
    assert_eq!(preview("r.csv", utf16, &[]).invalid_lines(), [2, 4]);
}

#[test]
fn utf_16_without_a_byte_order_mark_is_refused_with_advice() {
    let bytes: Vec<u8> = CSV.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let preview = preview("rows.csv", bytes, &[]);
    assert_eq!(preview.status, 3);
    assert!(preview.stderr.contains("byte order mark"), "{preview:?}");
}

#[test]
fn a_json_value_may_be_nested_as_deep_as_it_likes_and_is_still_only_invalid() {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    for field in ["tag_list", "status", "assignee", "data", "data.a"] {
        let row = format!(r#"{{"slug":"a","category":"x","{field}":{open}{close}}}"#);
        let violations = preview("r.jsonl", row, &[]).violations();
        assert!(
            violations[0].starts_with(&format!("1: {field}: ")),
            "{field}"
        );
        assert_eq!(violations.len(), 1, "{field}");
    }
    let ignored = format!(r#"{{"slug":"a","category":"x","_note":{open}{close}}}"#);
    assert_eq!(preview("r.jsonl", ignored, &[]).status, 0);
}

#[test]
fn a_header_that_is_not_text_is_unreadable() {
    let long = format!("slug,{}\na,1\n", "x".repeat(1 << 20));
    for header in [
        b"slug,caf\xe9\na,1\n".as_slice(),
        b"slug,a\0\na,1\n",
        b"slug,\"status\na,1\n",
        b"\"slug\"x,status\na,1\n",
        long.as_bytes(),
    ] {
        let preview = preview("r.csv", header, &[]);
        assert_eq!(preview.status, 3, "{preview:?}");
        assert!(
            preview.stderr.contains("r.csv: the header row"),
            "{preview:?}"
        );
    }
}

#[test]
fn what_is_no_file_of_rows_is_refused_with_words() {
    let workspace = Workspace::new();
    workspace.write("directory.csv/file", "");
    workspace.write("book.csv", b"PK\x03\x04...");
    workspace.write("book.xls", b"\xd0\xcf\x11\xe0...");
    for (name, words) in [
        ("missing.csv", "no such file"),
        ("directory.csv", "is a directory, not a file"),
        ("book.csv", "is a damaged workbook"),
        (
            "book.xls",
            "is an Excel workbook protected with a password, or one of",
        ),
    ] {
        let output = workspace.command(&["run", name, "--dry-run"]).output();
        assert_eq!((output.status, output.stdout.as_str()), (3, ""));
        assert!(
            output.stderr.contains(&format!("{name}: {words}")),
            "{output:?}"
        );
    }
}

#[test]
fn standard_input_is_sent_like_a_file() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    let run = workspace.command(&["run", "-", "--yes", "--rate=1000/s", "--workers=1"]);
    let output = run.against(&server).stdin(JSONL).output();
    assert_eq!(output.status, 0, "{output:?}");
    let tagged = br#"{"conversation":{"tag_list":["vip","refund"],"status":2}}"#;
    let requests = server.requests();
    assert_eq!(requests[0].raw_body, tagged);
    assert_eq!(requests[1].raw_body, br#"{"conversation":{"status":0}}"#);
    let [run_dir] = &workspace.run_dirs()[..] else {
        panic!("one run directory: {:?}", workspace.run_dirs());
    };
    let copy = fs::read_to_string(run_dir.join("input.jsonl")).expect("the private copy");
    assert_eq!(copy, JSONL);
}
