//! Files as spreadsheets save them: read as they were meant, or refused in words that name the cause
//! and the cure; and what comes back opens in a spreadsheet with every cell in its column.

#![expect(clippy::expect_used, reason = "tests")]

use std::fs;
use std::path::Path;

use super::support::answer::Answer;
use super::support::rows::{Preview, preview, send, send_to};
use super::support::server::Server;

/// A file that LibreOffice has saved; fixtures/README.md says how.
fn fixture(name: &str) -> Vec<u8> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures");
    fs::read(fixtures.join(name)).expect("a fixture")
}

fn preview_fixture(name: &str) -> Preview {
    preview(name, fixture(name), &[])
}

/// Checks that these violations and no others are told, each by its start and a part of the rest.
fn assert_told(preview: &Preview, expected: &[(&str, &str)]) {
    let told = preview.violations();
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, (start, part)) in told.iter().zip(expected) {
        let is_told = told.starts_with(start) && told.contains(part) && told.ends_with(')');
        assert!(is_told, "{told}\nis not\n{start} ... {part}");
    }
    assert_eq!(preview.status, 3, "{told:#?}");
}

const ERROR: &str = "is a spreadsheet's error value (fix the formula";
const SHORTENED: &str = "is a number shortened by a spreadsheet (format the column as text";
const CURLY: &str = "is in curly quotes (remove them)";
const APOSTROPHE: &str = "begins with an apostrophe, as spreadsheets mark text (remove it)";

#[test]
fn a_sheet_is_read_alike_whatever_dialect_it_was_saved_in() {
    for name in [
        "en-comma.csv",
        "de-semicolon-quoted.csv",
        "de-semicolon-raw.csv",
        "de-tab-utf-16.csv",
    ] {
        let preview = preview_fixture(name);
        let expected = [
            r#"2 late-parcel {"assignee":{"email":"ana@example.com"},"data":{"note":"said \"yes\"; then, no","order":"001042"},"status":2,"tag_list":["returns","vip"]}"#,
            r#"3 gift-wrapping {"data":{"note":"naïve “ünï”\nin two lines"},"hold_until":"2035-01-15T09:00:00+01:00","status":5,"tag_list":[]}"#,
            r#"6 order-77 {"assignee":{"email":"bo@example.com"},"data":{"order":"1001234567890"},"status":0}"#,
        ];
        assert_eq!(preview.rows(), expected, "{name}");
        assert_eq!(preview.document["rows"], 3, "{name}");
        assert_eq!(preview.status, 0, "{name}: {preview:?}");
    }
}

#[test]
fn a_sheet_in_a_code_page_is_refused_where_it_shows() {
    let expected = [("3: row: ", "\"CSV UTF-8\""), ("6: row: ", "\"CSV UTF-8\"")];
    assert_told(&preview_fixture("de-windows-1252.csv"), &expected);
}

#[test]
fn what_a_spreadsheet_has_damaged_is_refused_by_its_cause() {
    for (name, half) in [("en-spoiled.csv", "`2.5`"), ("de-spoiled.csv", "`2,5`")] {
        let preview = preview_fixture(name);
        let expected = [
            ("2: slug: ", SHORTENED),
            (
                "3: hold_until: ",
                "is a date as a spreadsheet writes it (format",
            ),
            ("4: tag_list: `#N/A` ", ERROR),
            ("4: status: `#NAME?` ", ERROR),
            ("4: assignee: `#DIV/0!` ", ERROR),
            ("4: data.note: `#N/A` ", ERROR),
            (
                "5: tag_list: `[“vip”]` ",
                "has curly quotes (write straight ones",
            ),
            ("5: status: `“done”` ", CURLY),
            ("6: status: ", half),
            (
                "7: data.order: ",
                "shortened by a spreadsheet (format the column as text, and fill it again; --allow-damaged",
            ),
            ("7: data.note: `#N/A` ", ERROR),
        ];
        assert_told(&preview, &expected);
    }
}

#[test]
fn rows_that_a_spreadsheet_saved_again_go_back_in() {
    let expected = [
        r#"2 first {"assignee":{"email":"nobody@example.com"},"category":"missing","tag_list":["vip","a;b"]}"#,
        r#"3 second {"assignee":{"email":"unknown@example.com"},"category":"no-such","tag_list":[]}"#,
    ];
    assert_eq!(preview_fixture("de-failed.csv").rows(), expected);
}

#[test]
fn a_header_is_found_behind_what_spreadsheets_put_around_it() {
    for content in [
        "slug,status,,\na,2,,\n,,,\n",
        ",,\nslug,status,\na,2,\n",
        "\u{feff}\"slug\",\"status\"\na,2\n",
        "\"\u{feff}slug\",\"status\"\na,2\n",
        "\u{feff}\u{feff}slug,status\na,2\n",
        "slug\u{a0},\u{a0}status \na,2\n",
        "slug\u{200b},\u{202f}status\u{2060}\na,2\n",
        "sep=;\r\nslug;status\r\na;2\r\n",
        "SEP=\t\nslug\tstatus\na\t2\n",
        "\"sep=,\"\nslug,status\na,2\n",
        "sep=;;\nslug;status;\na;2;\n",
        "sep=:\nslug:status\na:2\n",
        "slug,status\ra,2\r",
    ] {
        let preview = preview("rows.csv", content, &[]);
        let rows = preview.rows();
        assert_eq!(rows.len(), 1, "{content:?}: {preview:?}");
        assert!(rows[0].ends_with(r#" a {"status":2}"#), "{content:?}");
    }
}

#[test]
fn a_line_that_names_the_delimiter_counts_as_a_line_and_is_overruled_by_the_option() {
    let named = preview("rows.tsv", "sep=;\r\nslug;status\r\na;nope\r\n", &[]);
    assert_told(&named, &[("3: status: ", "unknown status `nope`")]);
    let overruled = "sep=;\nslug|status\na|2\n";
    let overruled = preview("rows.csv", overruled, &["--delimiter", "|"]);
    assert_eq!(overruled.rows(), [r#"3 a {"status":2}"#]);
}

#[test]
fn rows_of_a_file_that_names_its_delimiter_come_back_with_it() {
    let server = Server::start(|_| Answer::text(422, "no"));
    let sent = send_to(&server, "rows.csv", "sep=:\nslug:status\na:2\n", &[]);
    let failed = fs::read_to_string(sent.workspace.run_dirs()[0].join("failed.csv"));
    let failed = failed.expect("a row to feed back");
    assert!(failed.starts_with("slug:status:_outcome:_reasons\na:2:"));
}

#[test]
fn a_first_line_that_is_no_header_is_told_once() {
    for (content, part) in [
        (
            "Retag for December,,\nslug,status\na,2\n",
            "`Retag for December` is not the name of a column",
        ),
        (
            "\n2035\n\nslug,status\na,2\n",
            "delete lines above the one that names the columns",
        ),
        (
            "\"slug;status\"\n\"a;2\"\n",
            "is one cell, `slug;status` (remove the quotes",
        ),
        ("\"slug,status\"\n\"a,2\"\n", "--delimiter"),
    ] {
        let preview = preview("rows.csv", content, &[]);
        let line = if content.starts_with('\n') { "2" } else { "1" };
        assert_told(&preview, &[(&format!("{line}: header: "), part)]);
    }
}

#[test]
fn cells_are_read_without_what_pasting_leaves_around_them() {
    let csv = "slug,status,tag_list,assignee\n\
               \u{a0}a\u{200b},\"\u{202f}2,0\",\u{a0},\u{200b}\n\
               \u{feff}b,auto\u{a0}done,\"\u{a0}vip\u{2060},\u{200b}, x\",\u{a0}ana@example.com\u{feff}\n\
               \u{200b},\u{a0},\u{feff},\n";
    let rows = [
        r#"a {"status":2}"#,
        r#"b {"assignee":{"email":"ana@example.com"},"status":6,"tag_list":["vip","x"]}"#,
    ];
    assert_eq!(send("rows.csv", csv, &[]).rows(), rows);
    let csv = "slug,status\na,\"2,0\"\nb,2.00\nc,\"0,00\"\n";
    let rows = [
        r#"a {"status":2}"#,
        r#"b {"status":2}"#,
        r#"c {"status":0}"#,
    ];
    assert_eq!(send("rows.csv", csv, &[]).rows(), rows);
}

#[test]
fn a_slug_that_a_spreadsheet_has_damaged_is_refused() {
    let csv = "slug,status\n1.23457E+11,2\n1E+15,2\n\"1,00123456789012E+018\",2\n'00123,2\n“a”,2\n\
               #N/A,2\n#REF!,2\nErr:502,2\n########,2\na\u{200b}b,2\na\u{a0}b,2\n";
    let expected = [
        ("2: slug: `1.23457E+11` ", SHORTENED),
        ("3: slug: `1E+15` ", SHORTENED),
        ("4: slug: `1,00123456789012E+018` ", SHORTENED),
        ("5: slug: `'00123` ", APOSTROPHE),
        ("6: slug: `“a”` ", CURLY),
        ("7: slug: `#N/A` ", ERROR),
        ("8: slug: `#REF!` ", ERROR),
        ("9: slug: `Err:502` ", ERROR),
        ("10: slug: `########` ", "narrow column (widen it"),
        (
            "11: slug: `a\\u{200b}b` ",
            "contains U+200B (zero width space; remove it)",
        ),
        ("12: slug: `a b` ", "contains U+00A0 (no-break space; "),
    ];
    assert_told(&preview("rows.csv", csv, &[]), &expected);
}

#[test]
fn a_slug_that_only_resembles_a_damaged_one_is_sent() {
    let slugs = ["2e5", "1E5", "12E+11", "1.5E-7", "o'neill"];
    let csv = format!("slug,status\n{},2\n", slugs.join(",2\n"));
    let sent = send("rows.csv", csv, &[]);
    let asked = sent.requests.iter().map(|request| request.slug.as_str());
    assert_eq!(asked.collect::<Vec<_>>(), slugs);
}

#[test]
fn a_time_that_a_spreadsheet_has_rewritten_is_refused_by_its_cause() {
    let date = "is a date as a spreadsheet writes it (format the column as text";
    let number = "is a spreadsheet's number for a date (format the column as text";
    for (time, told) in [
        ("01/12/2035", date),
        ("01.12.2035", date),
        ("1.12.35 09:00", date),
        ("12/1/2035 9:00 AM", date),
        ("2035/12/01", date),
        ("46357", number),
        ("46357.375", number),
        ("\"46357,375\"", number),
        ("########", "narrow column"),
        ("4099680000", "is a Unix timestamp"),
        ("12.2035", "is not a valid time (write"),
    ] {
        let csv = format!("slug,status,hold_until\na,5,{time}\n");
        assert_told(&preview("rows.csv", csv, &[]), &[("2: hold_until: ", told)]);
    }
}

#[test]
fn other_cells_that_a_spreadsheet_has_damaged_are_refused() {
    let rows = [
        ("status", "#NAME?", ERROR),
        ("status", "'2", APOSTROPHE),
        ("status", "TRUE", "unknown status `TRUE` (0 to 9"),
        ("status", "WAHR", "unknown status `WAHR` (0 to 9"),
        ("assignee", "#N/A", ERROR),
        ("assignee", "“ana@example.com”", CURLY),
        (
            "assignee",
            "ana\u{a0}@example.com",
            "contains U+00A0 (no-break space; ",
        ),
        ("category", "#REF!", ERROR),
        ("tag_list", "\"vip, #N/A\"", ERROR),
        ("tag_list", "1.00123E+15", SHORTENED),
        ("tag_list", "“vip”", CURLY),
        ("tag_list", "\"“vip, refund”\"", CURLY),
        (
            "tag_list",
            "to\u{a0}do",
            "contains U+00A0 (no-break space; use an ordinary space",
        ),
        (
            "tag_list",
            "to\u{200b}do",
            "contains U+200B (zero width space; remove it)",
        ),
        (
            "tag_list",
            "[‘vip’]",
            "has curly quotes (write straight ones",
        ),
    ];
    for (field, cell, told) in rows {
        let csv = format!("slug,{field}\na,{cell}\n");
        assert_told(
            &preview("rows.csv", csv, &[]),
            &[(&format!("2: {field}: "), told)],
        );
    }
}

#[test]
fn an_array_says_of_odd_tags_that_they_are_meant() {
    let csv = "slug,tag_list\na,\"[\"\"“vip”\"\", \"\"N/A\"\", \"\"none\"\"]\"\n";
    let tags = "a {\"tag_list\":[\"“vip”\",\"N/A\",\"none\"]}";
    assert_eq!(send("rows.csv", csv, &[]).rows(), [tags]);
    let apostrophe = send("rows.csv", "slug,tag_list\na,'til\n", &[]);
    assert_eq!(apostrophe.rows(), [r#"a {"tag_list":["'til"]}"#]);
}

#[test]
fn what_is_no_text_file_is_refused_by_what_it_is() {
    let page = "\r\n <table><tr><td>slug</td></tr></table>";
    for (name, bytes, told) in [
        (
            "rows.csv.gz",
            b"\x1f\x8b\x08...".as_slice(),
            "unpack it (`gunzip FILE`)",
        ),
        (
            "rows.xls",
            page.as_bytes(),
            "is HTML or XML, whatever its name says: open it",
        ),
        ("rows.csv", b"\xef\xbb\xbf<!DOCTYPE html>", "is HTML or XML"),
        ("rows.fods", &fixture("good.fods"), "is HTML or XML"),
    ] {
        let preview = preview(name, bytes, &[]);
        assert_eq!(preview.status, 3, "{name}: {preview:?}");
        let start = format!("error: {name}: is ");
        let is_told = preview.stderr.starts_with(&start) && preview.stderr.contains(told);
        assert!(is_told, "{preview:?}\nis not\n{told}");
    }
}

#[test]
fn a_row_with_fewer_cells_is_told_of_missing_delimiters() {
    let fewer = preview("rows.csv", "slug,status,category\na,2\n", &[]);
    assert_told(
        &fewer,
        &[("2: row: has 2 cells ", "empty cells need their delimiters")],
    );
}

#[test]
fn what_comes_back_keeps_its_columns_where_a_spreadsheet_parts_cells_otherwise_too() {
    let server = Server::start(|request| match request.slug.as_str() {
        "a" => Answer::text(422, "no; not\tso, \"never\"\n=1+1"),
        _ => Answer::text(422, "no"),
    });
    for delimiter in [",", ";", "\t"] {
        let rows = "slug|tag_list|data.order\na|\"x, y\"|001042\nb|x|1;2\nc|x|3\n";
        let sent = send_to(
            &server,
            "rows.csv",
            rows.replace('|', delimiter).replace("1;2", "\"1;2\""),
            &[],
        );
        for (name, delimiter, columns) in [("results.csv", ",", 8), ("failed.csv", delimiter, 5)] {
            let text = fs::read_to_string(sent.workspace.run_dirs()[0].join(name));
            let text = text.expect("a file");
            for line in text.lines() {
                assert_eq!(
                    cells_by_any_delimiter(line),
                    columns,
                    "{delimiter:?}: {line}"
                );
            }
            assert!(text.contains(delimiter), "{text}");
        }
    }
}

/// The cells of a line where commas, semicolons and tabs all part them, except inside quotes.
fn cells_by_any_delimiter(line: &str) -> usize {
    let outside_quotes = line.split('"').step_by(2);
    1 + outside_quotes
        .map(|text| text.matches([',', ';', '\t']).count())
        .sum::<usize>()
}
