//! Files in forms that people's programs write and nobody means: blanks around quotes, a mark at the
//! end, other formats under a familiar name, lines without end.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs::OpenOptions;
use std::io::Write as _;
use std::thread;

use super::support::answer::Answer;
use super::support::command::Workspace;
use super::support::resumed::begun;
use super::support::rows::{preview, preview_stdin, send};
use super::support::sent::{command, send_file};
use super::support::server::Server;

#[test]
fn blanks_around_the_quotes_of_a_cell_are_no_part_of_it() {
    let expected = r#"2 a {"data":{"n":"x"},"status":2,"tag_list":["vip","refund"]}"#;
    for (name, content) in [
        (
            "r.csv",
            "slug,tag_list,status,data.n\na, \"vip, refund\", done, \"x\"\n",
        ),
        (
            "r.csv",
            "slug, \"tag_list\", status, data.n\na,\"vip, refund\" ,\"done\"\t,\"x\"  \r\n",
        ),
        (
            "r.csv",
            "slug;tag_list;status;data.n\n \"a\" ;\t\"vip, refund\";\u{a0}\"2\" ;\"x\" \n",
        ),
        (
            "r.tsv",
            "slug\ttag_list\tstatus\tdata.n\na\t \"vip, refund\" \t2\t \"x\"\n",
        ),
        (
            "r.csv",
            "slug|tag_list|status|data.n\na| \"vip, refund\"|2| \"x\"",
        ),
    ] {
        for preview in [preview(name, content, &[]), preview_stdin(content, &[])] {
            assert_eq!(preview.violations(), [""; 0], "{content:?}");
            assert_eq!(preview.rows(), [expected], "{content:?}");
        }
    }
}

#[test]
fn a_blank_before_a_quote_that_is_not_closed_on_its_line_is_told() {
    let content = "slug,tag_list,data.n\na,vip, \"one\ntwo\"\nb,vip,x\n";
    let told = preview("r.csv", content, &[]).violations();
    let expected = "2: row: has a space before an opening quote that is not closed on this line (remove the space before the quote)";
    assert_eq!(told[0], expected);
    let content = "slug,tag_list,data.n\na,vip, \"one\" and two\nb, \"x\",5\" \"y\"\n";
    let told = preview("r.csv", content, &[]).violations();
    assert!(
        told.len() == 1 && told[0].contains("text after a closing quote"),
        "{told:?}"
    );
}

#[test]
fn what_was_read_without_its_blanks_is_the_same_to_a_resume_and_when_fed_back() {
    let rows = "slug, \"tag_list\", data.n\na, vip, 1\nb, \"vip, refund\" , \"x\"\n";
    let server = Server::start(|request| {
        Answer::echo(request).status(if request.slug == "b" { 422 } else { 200 })
    });
    let sent = begun(&server, "rows.csv", rows, "");
    let (sent, slugs) = sent.resume(&server, "");
    assert_eq!(slugs, ["a", "b"]);
    let asked = &server.requests_for("b")[0].body["conversation"];
    assert_eq!(
        asked.to_string(),
        r#"{"data":{"n":"x"},"tag_list":["vip","refund"]}"#
    );
    let failed = sent.failed("csv").expect("a row to repair");
    assert!(
        failed
            .lines()
            .nth(1)
            .is_some_and(|row| row.starts_with(r#""b","vip, refund","x","rejected","#)),
        "{failed}"
    );
}

#[test]
fn a_mark_at_the_end_of_a_file_is_passed_over() {
    let csv = "slug,status\r\na,2\r\nb,2";
    let jsonl = "{\"slug\":\"a\",\"status\":2}\n{\"slug\":\"b\",\"status\":2}";
    for end in [
        "\u{1a}",
        "\r\n\u{1a}",
        "\n\u{1a}\u{1a}\r\n",
        "\r\n\u{1a}\0\0\0\0",
        "\u{1a}\0\0",
    ] {
        for (name, rows) in [
            ("r.csv", csv),
            ("r.tsv", &csv.replace(',', "\t")),
            ("r.jsonl", jsonl),
        ] {
            let content = format!("{rows}{end}");
            let marked = format!("\u{feff}{content}");
            let utf16: Vec<u8> = marked.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for preview in [preview(name, &content, &[]), preview(name, utf16, &[])] {
                assert_eq!(preview.status, 0, "{content:?}: {preview:?}");
                assert_eq!(preview.document["rows"], 2, "{content:?}");
            }
            assert_eq!(preview_stdin(&content, &[]).status, 0, "{content:?}");
        }
    }
    let header = preview("r.csv", "slug,status\r\n\u{1a}", &[]);
    assert_eq!((header.status, &header.document["rows"]), (0, &0.into()));
}

#[test]
fn a_run_of_a_file_with_a_mark_at_its_end_is_resumed() {
    let server = Server::start(Answer::echo);
    let rows = "slug,status\r\na,2\r\nb,2\r\n\u{1a}\0\0";
    let sent = begun(&server, "rows.csv", rows, "");
    let (sent, slugs) = sent.resume(&server, "");
    assert_eq!(slugs, ["a", "b"]);
    sent.expect_status(0);
}

#[test]
fn zeros_or_text_behind_a_mark_are_not_passed_over() {
    for end in ["\0\0", "\u{1a}b,2\n", "\u{1a}\n\u{1a}b,2\n"] {
        let content = format!("slug,status\na,2\n{end}");
        assert_eq!(preview("r.csv", content, &[]).status, 3, "{end:?}");
    }
}

/// Refused as a whole, with one message that holds these words.
fn expect_one_message(name: &str, content: &[u8], words: &[&str]) {
    let mut previews = vec![preview(name, content, &[])];
    if !name.contains("jsonl") {
        previews.push(preview_stdin(content, &[]));
    }
    for preview in previews {
        assert_eq!(preview.status, 3, "{name}: {preview:?}");
        let error = preview.document["error"].as_str().expect("a message");
        assert_eq!(preview.stderr, format!("error: {error}\n"), "{name}");
        assert_eq!(preview.violations(), [""; 0], "{name}");
        for word in words {
            assert!(error.contains(word), "{name}: {word:?} in {error}");
        }
    }
}

#[test]
fn a_file_of_another_format_is_told_by_that_and_what_to_do() {
    for (name, content, words) in [
        (
            "r.csv",
            b"\x1f\x8b\x08\0..".as_slice(),
            ["(gzip)", "`gunzip FILE`"],
        ),
        ("r.csv", b"\xfd7zXZ\0\0\x04..", ["(xz)", "`unxz FILE`"]),
        (
            "r.jsonl",
            b"BZh91AY&SY\x12..",
            ["(bzip2)", "`bunzip2 FILE`"],
        ),
        (
            "r.jsonl",
            b"\x28\xb5\x2f\xfd\x04..",
            ["(zstd)", "`unzstd FILE`"],
        ),
        ("r", b"\x04\x22\x4d\x18..", ["(lz4)", "`unlz4 FILE`"]),
        (
            "r.csv",
            b"7z\xbc\xaf\x27\x1c\0\x04..",
            ["(7-Zip)", "`7z x FILE`"],
        ),
        (
            "r.csv",
            b"PK\x03\x04..",
            ["a damaged workbook", "save it again"],
        ),
        (
            "r.csv",
            b"PAR1\x15\x04..",
            ["a Parquet file", "CSV (UTF-8) or JSONL"],
        ),
        (
            "r.csv",
            b"SQLite format 3\0..",
            ["an SQLite database", "CSV (UTF-8) or JSONL"],
        ),
        ("r.csv", b"%PDF-1.7\n..", ["a PDF document", "CSV (UTF-8)"]),
        (
            "r.json",
            b"{\\rtf1\\ansi ..",
            ["a rich text document", "CSV (UTF-8)"],
        ),
        (
            "r.xls",
            b"<table><tr><td>slug</td>",
            ["is HTML or XML", "\"CSV UTF-8\""],
        ),
        (
            "r.jsonl",
            b"\xef\xbb\xbf\r\n<!DOCTYPE html>",
            ["is HTML or XML", "\"CSV UTF-8\""],
        ),
        (
            "r.xls",
            b"MIME-Version: 1.0\r\n",
            ["is HTML or XML", "\"CSV UTF-8\""],
        ),
    ] {
        expect_one_message(name, content, &words);
    }
    let tar = [vec![b'r'; 257], b"ustar\x0000".to_vec()].concat();
    expect_one_message("r.csv", &tar, &["(tar)"]);
}

#[test]
fn wide_characters_without_a_mark_are_told_by_their_name() {
    let text = "slug,status\na,2\n";
    let wide = |bytes_of: fn(u32) -> [u8; 4], mark: &str| {
        let chars = mark.chars().chain(text.chars());
        chars.map(u32::from).flat_map(bytes_of).collect::<Vec<u8>>()
    };
    let utf16 =
        |bytes_of: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes_of).collect::<Vec<u8>>();
    for (content, name) in [
        (
            utf16(u16::to_le_bytes),
            "UTF-16LE without a byte order mark",
        ),
        (
            utf16(u16::to_be_bytes),
            "UTF-16BE without a byte order mark",
        ),
        (wide(u32::to_le_bytes, ""), "is UTF-32LE text"),
        (wide(u32::to_be_bytes, ""), "is UTF-32BE text"),
        (wide(u32::to_le_bytes, "\u{feff}"), "is UTF-32LE text"),
        (wide(u32::to_be_bytes, "\u{feff}"), "is UTF-32BE text"),
    ] {
        expect_one_message("r.csv", &content, &[name, "`iconv -f UTF-"]);
    }
}

#[test]
fn json_in_another_form_than_an_object_per_line_is_told_once_with_its_cure() {
    let long = format!(
        "[\n{}{{\"slug\":\"z\"}}\n]",
        "  {\n  \"slug\": \"a\"\n  },\n".repeat(9000)
    );
    let wrapped = long.replacen('[', "{\"count\": 9001,\n \"conversations\": [", 1) + "}";
    for name in ["r.json", "r.jsonl", "r.csv", "r.tsv", "r"] {
        for (content, words) in [
            (
                "[{\"slug\":\"a\",\"status\":2}]",
                "array, not one object per line: convert it (`jq -c '.[]' FILE > rows.jsonl`)",
            ),
            (&long, "`jq -c '.[]' FILE > rows.jsonl`"),
            ("\u{feff}\r\n[ ]", "`jq -c '.[]' FILE"),
            (
                &wrapped,
                "object around an array, not one object per line: convert it (`jq -c '.conversations[]' FILE",
            ),
            (
                "{\"data\":{\"rows\":[{\"slug\":\"a\"}]}}",
                "`jq -c '.data.rows[]' FILE",
            ),
            (
                "{\n  \"slug\": \"a\",\n  \"status\": 2\n}\n",
                "`jq -c . FILE > rows.jsonl`",
            ),
        ] {
            expect_one_message(name, content.as_bytes(), &[words]);
        }
    }
    let lines = "{\"slug\":\"a\",\"status\":2}\n";
    assert!(
        preview("r.csv", lines, &[])
            .stderr
            .contains("is JSONL, whatever its name says")
    );
    assert_eq!(preview("r.json", lines, &[]).status, 0);
    let told = preview("r.jsonl", "\u{feff}\"slug\";\"status\"\na;2\n", &[]).stderr;
    assert!(told.contains("is CSV, whatever its name says"), "{told}");
}

#[test]
fn times_as_databases_and_programs_write_them_are_sent_as_rfc_3339() {
    let content = "slug,status,hold_until\n\
        a,5,2035-01-15 09:00:00+01\n\
        b,5,2035-01-15T09:00:00.25 +0100\n\
        c,5,2035-01-15t09:00z\n";
    let times = ["09:00:00+01:00", "09:00:00.25+01:00", "09:00:00Z"];
    let sent = send("r.csv", content, &[]);
    let asked = sent
        .requests
        .iter()
        .map(|request| &request.body["conversation"]["hold_until"]);
    let expected = times.map(|time| format!("2035-01-15T{time}"));
    assert_eq!(asked.cloned().collect::<Vec<_>>(), expected);
    assert_eq!(sent.output.status, 0, "{:?}", sent.output);
}

#[test]
fn times_that_leave_a_doubt_are_refused_by_what_makes_it() {
    for (time, words) in [
        (
            "2035-01-15 09:00:00 UTC",
            "time zone, `UTC`, not in an offset (write `2035-01-15T09:00:00Z`)",
        ),
        ("2035-01-15 09:00 EST", "time zone, `EST`"),
        ("15/01/2035", "a date as a spreadsheet writes it"),
        ("49324.375", "a spreadsheet's number"),
        (
            "2052547200",
            "a Unix timestamp (write `2035-01-16T08:00:00Z`)",
        ),
        ("Mon Jan 15 2035 09:00:00 GMT+0100", "a date in words"),
    ] {
        let content = format!("slug,status,hold_until\na,5,{time}\n");
        let told = preview("r.csv", content, &[]).violations();
        assert!(told.len() == 1 && told[0].contains(words), "{told:?}");
    }
    let told = preview(
        "r.jsonl",
        "{\"slug\":\"a\",\"status\":5,\"hold_until\":2052547200}",
        &[],
    );
    assert!(told.violations()[0].contains("Unix timestamp"), "{told:?}");
}

/// Memory that no dry run needs, in bytes.
const MOST_BYTES: u64 = 80 << 20;

#[test]
fn a_device_that_gives_zeros_for_ever_is_refused() {
    for (options, words) in [
        (
            "",
            "/dev/zero: the header row is a record of more than 1 MiB",
        ),
        (
            "--format jsonl",
            "/dev/zero: line 1 is a record of more than 64 MiB",
        ),
    ] {
        let workspace = Workspace::new();
        let run = command(&workspace, &format!("run /dev/zero --dry-run {options}"));
        let output = run.output();
        assert_eq!(output.status, 3, "{output:#?}");
        assert!(output.stderr.contains(words), "{output:#?}");
        assert!(output.peak_bytes < MOST_BYTES, "{output:#?}");
    }
}

#[test]
fn a_stream_without_a_line_that_ends_is_refused() {
    for (start, again, words) in [
        (
            "slug",
            ",data.x",
            "the header row is a record of more than 1 MiB",
        ),
        (
            "\"slug",
            "\n",
            "the header row is a record of more than 1 MiB",
        ),
        ("", "\n", "the header row is a record of more than 1 MiB"),
        (
            "slug,status\na,2\nb,\"",
            "2\n",
            "line 3 is a record of more than 64 MiB",
        ),
    ] {
        let workspace = Workspace::new();
        let path = workspace.path().join("pipe.csv");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.expect("mkfifo").success());
        let child = command(&workspace, "run pipe.csv --dry-run").spawn();
        let endless = again.repeat(64 << 10);
        let writer = thread::spawn(move || {
            let mut pipe = OpenOptions::new().write(true).open(path).expect("a reader");
            let begun = pipe.write_all(start.as_bytes());
            // Until the reader has had enough.
            while begun.is_ok() && pipe.write_all(endless.as_bytes()).is_ok() {}
        });
        let output = child.wait();
        writer.join().expect("no panic");
        assert_eq!(output.status, 3, "{start}{again}: {output:#?}");
        assert!(output.stderr.contains(words), "{start}{again}: {output:#?}");
        assert!(output.peak_bytes < MOST_BYTES, "{output:#?}");
    }
}

#[test]
fn a_header_of_just_1_mib_is_read() {
    let name = "x".repeat((1 << 20) - "slug,status,_".len());
    let header = format!("slug,status,_{name}");
    assert_eq!(header.len(), 1 << 20);
    for (start, end) in [("", "\n"), ("\n".repeat(1 << 19).as_str(), "\r\n")] {
        let content = format!("{start}{header}{end}a,2,{end}");
        let sent = send_file(&Server::start(Answer::echo), "r.csv", content, "");
        sent.expect_status(0);
    }
}
