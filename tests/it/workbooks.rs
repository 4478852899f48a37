//! Workbooks (.xlsx, .ods): cells are read as the text that they show, or refused; and files that only
//! look like workbooks are refused by their cause.

#![expect(clippy::expect_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::support::answer::Answer;
use super::support::command::{Workspace, failed, ledger};
use super::support::rows::{Preview, preview, preview_stdin, send, send_to};
use super::support::sent::command;
use super::support::server::Server;
use super::support::workbook::{Xlsx, archive, header, ods, text};

/// A file that LibreOffice has saved; fixtures/README.md says how.
fn fixture(name: &str) -> Vec<u8> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures");
    fs::read(fixtures.join(name)).expect("a fixture")
}

const BERLIN: &[&str] = &["--timezone", "Europe/Berlin"];

#[test]
fn a_sheet_goes_in_alike_as_csv_xlsx_and_ods() {
    for (name, options, count) in [("book", BERLIN, 3), ("en-comma", &[][..], 3)] {
        let [csv, xlsx, ods] = ["csv", "xlsx", "ods"].map(|extension| {
            let name = format!("{name}.{extension}");
            let mut bytes = fixture(&name);
            if bytes.starts_with(b",") {
                // In CSV, a column without a name has to go; in a workbook, the table starts later.
                let lines = String::from_utf8(bytes).expect("text").replace("\n,", "\n");
                bytes = lines[1..].into();
            }
            let sent = send(&name, bytes, options);
            assert_eq!(sent.output.status, 0, "{name}: {:?}", sent.output);
            sent.rows()
        });
        assert_eq!(csv.len(), count, "{csv:#?}");
        assert_eq!(xlsx, csv);
        assert_eq!(ods, csv);
    }
}

#[test]
fn rows_are_known_by_their_numbers_in_the_sheet() {
    let expected = [
        r#"4 late-parcel {"data":{"note":"naïve “ünï” 😀\nin two  lines, \"so\"","order":"00042"},"hold_until":"2035-01-15T09:30:00+01:00","status":5,"tag_list":["returns","vip"]}"#,
        r#"8 second-parcel {"data":{"note":"TRUE","order":"000123456789012345678"},"hold_until":"2035-07-01T00:00:00+02:00","status":5,"tag_list":[]}"#,
        r#"9 paid {"data":{"note":"19%","order":"-1.5"},"status":2}"#,
    ];
    for name in ["book.xlsx", "book.ods"] {
        assert_eq!(
            preview(name, fixture(name), BERLIN).rows(),
            expected,
            "{name}"
        );
        assert_eq!(
            preview_stdin(fixture(name), BERLIN).rows(),
            expected,
            "{name}"
        );
        // The content decides, not the name.
        assert_eq!(
            preview("rows.csv", fixture(name), BERLIN).rows(),
            expected,
            "{name}"
        );
    }
    let csv = preview("rows.xlsx", "slug,status\na,2\n", &[]);
    assert_eq!(csv.rows(), [r#"2 a {"status":2}"#]);
}

#[test]
fn what_a_spreadsheet_has_damaged_is_refused_in_a_workbook_too() {
    for name in ["spoiled.xlsx", "spoiled.ods"] {
        let told = preview(name, fixture(name), &[]).violations();
        let expected = [
            ("2: slug: `1.23457E+20` ", "shortened by a spreadsheet"),
            ("3: hold_until: `2035-12-01` ", "has no offset from UTC"),
            ("4: tag_list: `#N/A` ", "error value"),
            ("4: status: `#NAME?` ", "error value"),
            ("4: assignee: `#DIV/0!` ", "error value"),
            ("4: data.note: `#N/A` ", "error value"),
            ("5: tag_list: `[“vip”]` ", "has curly quotes"),
            ("5: status: `“done”` ", "is in curly quotes"),
            ("6: status: unknown status ", "`2.5`"),
            (
                "7: data.order: `1.00123E+18` ",
                "shortened by a spreadsheet",
            ),
            ("7: data.note: `#N/A` ", "error value"),
        ];
        assert_eq!(told.len(), expected.len(), "{name}: {told:#?}");
        for (told, (start, part)) in told.iter().zip(expected) {
            let is_told = told.starts_with(start) && told.contains(part);
            assert!(is_told, "{name}: {told}\nis not\n{start}... {part}");
        }
    }
}

/// What the third cells of a workbook are sent as; damaged ones are sent if they may be.
fn sent_cells(workbook: &Xlsx) -> Vec<String> {
    let sent = send("rows.xlsx", workbook.bytes(), &["--allow-damaged"]);
    assert_eq!(sent.output.status, 0, "{:?}", sent.output);
    let values = sent.requests.iter().map(|request| {
        request.body["conversation"]["data"]["a"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    });
    values.collect()
}

#[test]
fn numbers_are_read_as_their_format_shows_them() {
    let formats = [
        "00000",
        "0.00",
        "0%",
        "0.0%",
        "#,##0",
        "0.00 \"€\"",
        "[$€-407]0.00",
        "@",
        "0;[Red]-0",
        "0.0#",
        "\"No. \"0",
        "General",
        "yyyy-mm-dd",
        "dd/mm/yyyy hh:mm",
        "[$-407]d. mmmm yyyy",
        "#,##0;(#,##0)",
    ];
    let cells = [
        ("<c><v>42</v></c>", "42"),
        ("<c><v>-1.5</v></c>", "-1.5"),
        ("<c><v>0.30000000000000004</v></c>", "0.3"),
        ("<c><v>12345678901</v></c>", "12345678901"),
        ("<c s=\"1\"><v>42</v></c>", "00042"),
        ("<c s=\"1\"><v>123456789012345</v></c>", "123456789012345"),
        ("<c s=\"2\"><v>2.005</v></c>", "2.01"),
        ("<c s=\"2\"><v>-0.001</v></c>", "0.00"),
        ("<c s=\"3\"><v>0.19</v></c>", "19%"),
        ("<c s=\"4\"><v>0.195</v></c>", "19.5%"),
        ("<c s=\"5\"><v>999</v></c>", "999"),
        ("<c s=\"6\"><v>19.9</v></c>", "19.90 €"),
        ("<c s=\"7\"><v>-19.9</v></c>", "-€19.90"),
        ("<c s=\"8\"><v>42</v></c>", "42"),
        ("<c s=\"9\"><v>-7</v></c>", "-7"),
        ("<c s=\"10\"><v>9.96</v></c>", "9.96"),
        ("<c s=\"11\"><v>7</v></c>", "No. 7"),
        ("<c s=\"12\"><v>0</v></c>", "0"),
        ("<c s=\"13\"><v>49324.9</v></c>", "2035-01-15"),
        (
            "<c s=\"14\"><v>49324.3958333333</v></c>",
            "2035-01-15T09:30:00",
        ),
        ("<c s=\"15\"><v>49324</v></c>", "2035-01-15"),
        (
            "<c s=\"13\" t=\"d\"><v>2035-01-15T00:00:00Z</v></c>",
            "2035-01-15",
        ),
        ("<c s=\"16\"><v>-7</v></c>", "(7)"),
    ];
    let workbook = Xlsx::of_cells(&cells.map(|(cell, _)| cell)).formats(&formats);
    assert_eq!(sent_cells(&workbook), cells.map(|(_, text)| text));
}

#[test]
fn other_cells_are_read_as_they_are_shown() {
    let cells = [
        ("<c t=\"b\"><v>1</v></c>", "TRUE"),
        ("<c t=\"b\"><f>1=2</f><v>0</v></c>", "FALSE"),
        ("<c t=\"str\"><f>A1&amp;B1</f><v>a &amp; b</v></c>", "a & b"),
        ("<c t=\"e\"><f>NA()</f><v>#N/A</v></c>", "#N/A"),
        ("<c t=\"e\"><v>#SPILL!</v></c>", "#SPILL!"),
        (
            "<c t=\"inlineStr\"><is><r><t>ri</t></r><r><t>ch </t></r><rPh><t>no</t></rPh></is></c>",
            "rich ",
        ),
        ("<c t=\"inlineStr\"><is><t>00042</t></is></c>", "00042"),
        (
            "<c t=\"inlineStr\"><is><t>a_x000D_&#10;b</t></is></c>",
            "a\r\nb",
        ),
        (
            "<c t=\"inlineStr\"><is><t><![CDATA[<b>]]></t></is></c>",
            "<b>",
        ),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
    ];
    let workbook = Xlsx::of_cells(&cells.map(|(cell, _)| cell));
    assert_eq!(sent_cells(&workbook), cells.map(|(_, text)| text));
}

#[test]
fn a_cell_whose_text_is_not_certain_is_refused_even_where_damage_may_be_sent() {
    let formats = [
        "#,##0.00",
        "[h]:mm",
        "h:mm",
        "mmm yyyy",
        "# ?/?",
        "[>100]0;0.0",
        "0,",
        ";;;",
        "000-000",
        "d-mmm",
        "\"x\"@",
        "0.00E+00",
    ];
    let cells = [
        "<c s=\"1\"><v>1234.5</v></c>",
        "<c s=\"2\"><v>1.5</v></c>",
        "<c s=\"3\"><v>0.5</v></c>",
        "<c s=\"4\"><v>49324</v></c>",
        "<c s=\"5\"><v>0.5</v></c>",
        "<c s=\"6\"><v>7</v></c>",
        "<c s=\"7\"><v>1000</v></c>",
        "<c s=\"8\"><v>7</v></c>",
        "<c s=\"9\"><v>123456</v></c>",
        "<c s=\"10\"><v>49324</v></c>",
        "<c s=\"11\" t=\"inlineStr\"><is><t>y</t></is></c>",
        "<c s=\"12\"><v>0.5</v></c>",
        "<c s=\"12\"><v>1e20</v></c>",
        "<c><v>3.14159265358979</v></c>",
        "<c><v>0.00001</v></c>",
        "<c><v>nan</v></c>",
    ];
    let workbook = Xlsx::of_cells(&cells).formats(&formats).bytes();
    for options in [&[][..], &["--allow-damaged"]] {
        let told = preview("rows.xlsx", &workbook, options).violations();
        assert_eq!(told.len(), cells.len(), "{told:#?}");
        for (told, line) in told.iter().zip(2..) {
            let start = format!("{line}: data.a: `#FORMAT(");
            let end = "(format the column as text, and fill it again, or save as CSV)";
            assert!(told.starts_with(&start) && told.ends_with(end), "{told}");
        }
    }
    // Where nobody uses the column, nothing is wrong.
    let rows = header(&["slug", "status", "_a"])
        + &format!("<row>{}<c><v>2</v></c>{}</row>", text("a"), cells[0]);
    let ignored = preview("rows.xlsx", Xlsx::new(&rows).formats(&formats).bytes(), &[]);
    assert_eq!(ignored.rows(), [r#"2 a {"status":2}"#]);
}

#[test]
fn a_formula_that_was_never_computed_is_refused() {
    let workbook = Xlsx::of_cells(&[
        "<c><f>SUM(A1:A9)</f></c>",
        "<c/>",
        "<c><f>1+1</f><v></v></c>",
        "<c t=\"str\"><f>T(1)</f><v></v></c>",
    ])
    .bytes();
    let told = preview("rows.xlsx", workbook, &["--allow-damaged"]).violations();
    let expected = [(2, "SUM(A1:A9)"), (4, "1+1")].map(|(line, formula)| {
        format!("{line}: data.a: `#FORMULA({formula})` is a formula whose result is not in the file (open the file in a spreadsheet program, and save it)")
    });
    assert_eq!(told, expected);
}

#[test]
fn a_long_number_is_refused_where_it_is_shown_shortened() {
    let cells = ["<c><v>1001234567890</v></c>"];
    let told = |workbook: &Xlsx| preview("rows.xlsx", workbook.bytes(), &[]).violations();
    let excel = told(&Xlsx::of_cells(&cells));
    assert!(
        excel[0].starts_with("2: data.a: `1.00123E+12` is a number shortened"),
        "{excel:?}"
    );
    assert!(told(&Xlsx::of_cells(&cells).written_by("LibreOffice")).is_empty());
    let lost = Xlsx::of_cells(&["<c s=\"1\"><v>1234567890123456</v></c>"]);
    let lost = told(&lost.formats(&["0"]).written_by("LibreOffice"));
    assert!(
        lost[0].starts_with("2: data.a: `1.23457E+15` is a number shortened"),
        "{lost:?}"
    );
}

#[test]
fn days_are_counted_from_where_the_workbook_says() {
    let cells = ["<c s=\"1\"><v>47862</v></c>"];
    let workbook = Xlsx::of_cells(&cells).formats(&["yyyy-mm-dd"]).since_1904();
    assert_eq!(sent_cells(&workbook), ["2035-01-15"]);
}

#[test]
fn the_first_sheet_that_is_shown_is_read_unless_another_is_named() {
    let rows = |slug: &str| {
        header(&["slug", "status"]) + &format!("<row>{}<c><v>2</v></c></row>", text(slug))
    };
    let workbook = Xlsx::new(&rows("shown"))
        .first("Lists", "hidden", &rows("hidden"))
        .first("Deep", "veryHidden", &rows("deep"))
        .sheet("Other &amp; more", "visible", &rows("other"))
        .bytes();
    let read = |options: &[&str]| preview("rows.xlsx", &workbook, options).rows();
    assert_eq!(read(&[]), [r#"2 shown {"status":2}"#]);
    assert_eq!(
        read(&["--sheet", "other & MORE"]),
        [r#"2 other {"status":2}"#]
    );
    assert_eq!(read(&["--sheet", "Lists"]), [r#"2 hidden {"status":2}"#]);
    // The content decides, not the option.
    assert_eq!(
        read(&["--format", "csv", "--sheet", "Lists"]),
        [r#"2 hidden {"status":2}"#]
    );
    let workspace = Workspace::new();
    workspace.write("rows.xlsx", &workbook);
    let page = command(&workspace, "run rows.xlsx --dry-run").output();
    let note = "\nwarning: rows.xlsx: only sheet `Sheet1` is read, not `Other & more`\n";
    assert!(page.stdout.contains(note), "{page:#?}");
    let away = "<style:style style:name=\"away\"><style:table-properties table:display=\"false\"/></style:style>";
    let table = |attributes: &str, slug: &str| {
        let cell = |text: &str| {
            format!(
                "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
            )
        };
        let row = |cells: [&str; 2]| {
            format!(
                "<table:table-row>{}</table:table-row>",
                cells.map(cell).concat()
            )
        };
        format!(
            "<table:table {attributes}>{}{}</table:table>",
            row(["slug", "status"]),
            row([slug, "2"])
        )
    };
    let tables = table("table:name=\"Lists\" table:style-name=\"away\"", "hidden")
        + &table("table:name=\"Rows\"", "shown");
    let workbook = ods(away, &tables);
    let read = |options: &[&str]| preview("rows.ods", &workbook, options).rows();
    assert_eq!(read(&[]), [r#"2 shown {"status":2}"#]);
    assert_eq!(read(&["--sheet", "Lists"]), [r#"2 hidden {"status":2}"#]);
}

#[test]
fn what_is_no_row_does_not_end_a_sheet() {
    let row = |slug: &str| format!("<row>{}<c><v>2</v></c></row>", text(slug));
    let rows = header(&["slug", "status"])
        + &row("a")
        + "<extLst><ext><row><c><v>1</v></c></row></ext></extLst><other/>"
        + &row("b");
    let read = preview("rows.xlsx", Xlsx::new(&rows).bytes(), &[]);
    assert_eq!(read.rows(), [r#"2 a {"status":2}"#, r#"3 b {"status":2}"#]);
}

#[test]
fn it_is_said_once_that_decimal_fractions_are_read_with_a_point() {
    let page = |cells: &[&str]| {
        let workspace = Workspace::new();
        let workbook = Xlsx::of_cells(cells).formats(&["0.00", "\"No. \"0"]);
        workspace.write("rows.xlsx", workbook.bytes());
        let page = command(&workspace, "run rows.xlsx --dry-run").output();
        page.stdout.replace("\n  ", " ")
    };
    let found = page(&[
        "<c><v>7</v></c>",
        "<c s=\"1\"><v>19.99</v></c>",
        "<c><v>0.5</v></c>",
    ]);
    let note = "warning: rows.xlsx: decimal fractions are read with a point, like `19.99` in row 3";
    assert_eq!(found.matches("decimal fractions").count(), 1, "{found}");
    assert!(found.contains(note), "{found}");
    let whole = page(&["<c s=\"2\"><v>5</v></c>", &text("19.99"), "<c><v>7</v></c>"]);
    assert!(!whole.contains("decimal fractions"), "{whole}");
}

fn told(preview: &Preview) -> (i32, &str) {
    (preview.status, preview.stderr.trim())
}

#[test]
fn options_that_do_not_fit_the_file_are_refused() {
    let workbook = fixture("book.xlsx");
    let csv = "slug,status\na,2\n".as_bytes();
    for (name, bytes, options, message) in [
        (
            "book.xlsx",
            workbook.as_slice(),
            &["--sheet", "Row"][..],
            "--sheet: no sheet is named `Row` (did you mean `Rows`?); the workbook has: `Rows`, `Übersicht`",
        ),
        (
            "book.xlsx",
            &workbook,
            &["--delimiter", ";"],
            "--delimiter: does not apply to workbooks",
        ),
        (
            "rows.csv",
            csv,
            &["--sheet", "Rows"],
            "--sheet: applies to workbooks (.xlsx, .ods) only: this input is csv",
        ),
        (
            "rows.csv",
            csv,
            &["--format", "xlsx"],
            "--format: this input is text, not a workbook",
        ),
        (
            "rows.csv",
            csv,
            &["--format", "ods", "--delimiter", ","],
            "--format: this input is text, not a workbook",
        ),
    ] {
        let preview = preview(name, bytes, options);
        let (status, stderr) = told(&preview);
        assert!(
            status == 2 && stderr.contains(message),
            "{options:?}: {preview:?}"
        );
    }
}

#[test]
fn what_is_no_workbook_is_refused_by_what_it_is() {
    let book = fixture("book.xlsx");
    let encrypted = archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"),
        ("content.xml", b"\x00\x01"),
    ]);
    let rows = header(&["slug", "status"]);
    for (name, bytes, message) in [
        (
            "cut.xlsx",
            book[..book.len() / 2].to_vec(),
            "is a damaged workbook: its end is missing or garbled (was it cut off?",
        ),
        (
            "rows.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...".to_vec(),
            "is an Excel workbook protected with a password, or one of the old format (.xls): save it as .xlsx",
        ),
        (
            "rows.ods",
            encrypted,
            "is protected with a password: save it without one",
        ),
        (
            "rows.ods",
            archive(&[("encrypted-package", b"x"), ("mimetype", b"x")]),
            "is protected with a password",
        ),
        (
            "rows.xlsb",
            archive(&[("[Content_Types].xml", b"<a/>"), ("xl/workbook.bin", b"")]),
            "is a binary workbook (.xlsb): save it as .xlsx",
        ),
        (
            "rows.numbers",
            archive(&[("Index/Document.iwa", b"")]),
            "is a Numbers, Pages or Keynote document: export it",
        ),
        (
            "rows.docx",
            archive(&[("[Content_Types].xml", b"<a/>"), ("word/document.xml", b"")]),
            "is a Word or PowerPoint document",
        ),
        (
            "rows.odt",
            archive(&[("mimetype", b"application/vnd.oasis.opendocument.text")]),
            "is an OpenDocument file, but not a spreadsheet",
        ),
        (
            "rows.zip",
            archive(&[("rows.csv", b"slug,status\n")]),
            "is a ZIP archive without a workbook in it: unpack it",
        ),
        (
            "empty.xlsx",
            Xlsx::new("").sheet("B", "visible", &rows).bytes(),
            "sheet `Sheet1` is empty: the first row names the columns, as in `slug,status,tag_list`; the workbook has: `B` (choose one with --sheet NAME)",
        ),
        (
            "order.xlsx",
            Xlsx::new("<row r=\"2\"/><row r=\"1\"/>").bytes(),
            "is a damaged workbook: row 1 is not in order",
        ),
        (
            "cells.xlsx",
            Xlsx::new(&(rows.clone() + "<row r=\"2\"><c r=\"A3\"/></row>")).bytes(),
            "is a damaged workbook: it has a cell A3 in row 2",
        ),
        (
            "entity.xlsx",
            Xlsx::new(&(rows.clone() + "<row><c><v>&boom;</v></c></row>")).bytes(),
            "is a damaged workbook: it uses the entity &boom;",
        ),
        (
            "missing.xlsx",
            Xlsx::new(&(rows + "<row><c t=\"s\"><v>7</v></c></row>")).bytes(),
            "is a damaged workbook: its shared text 7 is missing",
        ),
    ] {
        let preview = preview(name, bytes, &[]);
        let (status, stderr) = told(&preview);
        let is_told = stderr.starts_with(&format!("error: {name}: ")) && stderr.contains(message);
        assert!(status == 3 && is_told, "{preview:?}\nis not\n{message}");
    }
}

#[test]
fn a_workbook_that_is_changed_anywhere_is_read_or_refused() {
    for name in ["book.xlsx", "book.ods"] {
        let bytes = fixture(name);
        for at in (0..bytes.len()).step_by(bytes.len() / 60) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x55;
            let status = preview(name, changed, BERLIN).status;
            assert!([0, 3].contains(&status), "{name}: byte {at}: {status}");
        }
    }
}

#[test]
fn what_unpacks_without_end_takes_little_memory() {
    let spaces = " ".repeat(64 << 20);
    let in_a_cell = header(&["slug", "status"]) + &format!("<row><c><v>{spaces}</v></c></row>");
    let between = header(&["slug", "status"]) + &format!("<row>{}<!--{spaces}--></row>", text("a"));
    let repeated = "<table:table table:name=\"A\"><table:table-row>\
        <table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"16000\"><text:p><text:s text:c=\"4000000000\"/>x</text:p></table:table-cell>\
        </table:table-row></table:table>";
    let deep = "<a>".repeat(1000);
    for (name, bytes, message) in [
        (
            "cell.xlsx",
            Xlsx::new(&in_a_cell).bytes(),
            "is too large for a workbook: one tag or text in it has more than 4 MiB",
        ),
        (
            "comment.xlsx",
            Xlsx::new(&between).bytes(),
            "is too large for a workbook",
        ),
        (
            "repeated.ods",
            ods("", repeated),
            "the header row is a row of more than 1 MiB",
        ),
        (
            "deep.xlsx",
            Xlsx::new(&deep).bytes(),
            "is nested too deeply",
        ),
    ] {
        let workspace = Workspace::new();
        workspace.write(name, bytes);
        let output = command(&workspace, &format!("run {name} --dry-run")).output();
        assert!(
            output.status == 3 && output.stderr.contains(message),
            "{output:?}"
        );
        assert!(
            output.peak_bytes < 100 << 20,
            "{name}: {}",
            output.peak_bytes
        );
    }
}

#[test]
fn rows_and_cells_that_are_there_many_times_are_no_more_than_a_sheet_has() {
    let cell = |text: &str, times: u64| {
        format!(
            "<table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"{times}\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let row = |cells: &str, times: u64| {
        format!("<table:table-row table:number-rows-repeated=\"{times}\">{cells}</table:table-row>")
    };
    let first = row(&(cell("slug", 1) + &cell("status", 1)), 1)
        + &row(&(cell("a", 1) + &cell("done", 1)), 1);
    let none = "<table:table-cell table:number-columns-repeated=\"16382\"/>";
    let sheet = |last: &str| {
        ods(
            "",
            &format!("<table:table table:name=\"A\">{first}{last}</table:table>"),
        )
    };
    let empty = preview("rows.ods", sheet(&row(none, 1_048_574)), &[]);
    assert_eq!(empty.rows(), [r#"2 a {"status":2}"#]);
    let last = 1_u64 << 31;
    for (rows, message) in [
        (
            row(&cell("b", 1), last),
            format!(
                "it has a row {}, and a sheet ends with row 1048576",
                last + 2
            ),
        ),
        (
            row(&cell("b", last), 1),
            "row 3 has a cell in column 16385, and a sheet ends with column 16384".into(),
        ),
    ] {
        let refused = preview("rows.ods", sheet(&rows), &["--skip-invalid"]);
        let error = refused.document["error"].to_string();
        assert!(refused.status == 3 && error.contains(&message), "{error}");
    }
}

#[test]
fn a_row_that_goes_beyond_the_header_is_refused_with_its_column() {
    let rows = header(&["slug", "status"])
        + &format!(
            "<row>{}<c><v>2</v></c><c r=\"AB2\"><v>7</v></c></row>",
            text("a")
        );
    let told = preview("rows.xlsx", Xlsx::new(&rows).bytes(), &[]).violations();
    assert_eq!(
        told,
        [
            "2: row: has text in column AB, and the header is in columns A to B (name that column, or empty it)"
        ]
    );
}

#[test]
fn failed_rows_come_back_as_csv_and_mean_the_same() {
    for name in ["book.xlsx", "book.ods"] {
        let refusing = Server::start(|_| Answer::text(422, "no"));
        let sent = send_to(&refusing, name, fixture(name), BERLIN);
        assert_eq!(sent.output.status, 1, "{:?}", sent.output);
        let run = &sent.workspace.run_dirs()[0];
        assert_eq!(
            fs::read(run.join("input").with_extension(&name[5..])).expect("a copy"),
            fixture(name)
        );
        let lines: Vec<_> = ledger(run).iter().map(|line| line.line).collect();
        assert_eq!(lines, [4, 8, 9]);
        let rows = failed(run, "csv").expect("rows to feed back");
        assert!(rows.starts_with("\u{feff}"), "{rows}");
        assert!(
            rows.contains("slug,status,hold_until,data.order,data.note,tag_list,_outcome,_reasons"),
            "{rows}"
        );
        assert_eq!(send("failed.csv", rows, BERLIN).rows(), sent.rows());
    }
}

#[test]
fn a_run_of_a_named_sheet_is_resumed_reported_and_undone_from_its_copy() {
    let workspace = Workspace::new();
    let path = workspace.write("book.xlsx", fixture("book.xlsx"));
    let options = "--sheet Übersicht --read-first --out run --yes";
    let is_up = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_up);
    let server = Server::start(move |request| {
        if seen.load(Ordering::Relaxed) {
            return Answer::echo(request);
        }
        Answer::text(503, "later")
    });
    let first = command(&workspace, &format!("run book.xlsx {options} --retries 0"))
        .against(&server)
        .output();
    assert_ne!(first.status, 0, "{first:?}");
    fs::remove_file(path).expect("the input to go");
    is_up.store(true, Ordering::Relaxed);
    let other = command(&workspace, "run --resume run --sheet Rows --yes")
        .against(&server)
        .output();
    assert_eq!(other.status, 2, "{other:?}");
    assert!(
        other
            .stderr
            .contains("--sheet cannot be changed when a run is resumed"),
        "{other:?}"
    );
    let resumed = command(&workspace, "run --resume run --yes")
        .against(&server)
        .output();
    assert_eq!(resumed.status, 0, "{resumed:?}");
    let slugs = server.requests().into_iter().map(|request| request.slug);
    assert!(slugs.clone().count() > 0);
    assert!(slugs.into_iter().all(|slug| slug == "from-the-other-sheet"));
    let report = command(&workspace, "report run").output();
    assert_eq!(report.status, 0, "{report:?}");
    let undone = command(&workspace, "undo run --dry-run")
        .against(&server)
        .output();
    assert_eq!(undone.status, 0, "{undone:?}");
}
