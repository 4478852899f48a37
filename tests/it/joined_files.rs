//! Files that somebody has joined from several, with `cat *.csv` and the like: what stands between
//! them is no row, and never sent as one.

use super::support::answer::Answer;
use super::support::rows::{preview, preview_stdin, send};
use super::support::sent::send_file;
use super::support::server::Server;

const SAME: &str = "repeats the header (was the file joined from two? remove this line)";

#[test]
fn a_header_between_rows_is_no_row_however_it_is_written() {
    for again in [
        "slug,tag_list",
        "SLUG,Tag_List",
        "\u{feff}slug,tag_list",
        "\u{feff}\"slug\",\"tag_list\"",
        " slug , tag_list ",
        "\u{a0}Slug,",
        "slug,vip",
        "\"slug\",tag_list\r",
    ] {
        let content = format!("slug,tag_list\na,vip\n{again}\nb,refund\n");
        for preview in [
            preview("r.csv", &content, &[]),
            preview_stdin(&content, &[]),
        ] {
            assert_eq!(preview.violations(), [format!("3: row: {SAME}")], "{again}");
            assert_eq!(preview.status, 3, "{again}");
            let rows = preview.rows();
            assert_eq!(rows.len(), 2, "{rows:?}");
            assert!(
                rows[0].starts_with("2 a ") && rows[1].starts_with("4 b "),
                "{rows:?}"
            );
        }
    }
}

#[test]
fn a_header_between_slugs_alone_is_no_conversation() {
    for (name, content) in [
        ("r.csv", "slug\na\nslug\nb\n"),
        ("r.csv", "Slug\r\na\r\n\r\n\u{feff}slug\r\nb\r\n"),
        ("r.tsv", "slug\t_note\na\t\nslug\t_note\nb\t\n"),
        ("r.csv", "slug;\na;\n\"SLUG\";\nb;\n"),
    ] {
        let preview = preview(name, content, &["--set", "status=done"]);
        let [told] = &preview.violations()[..] else {
            panic!("{content:?}: {:?}", preview.violations());
        };
        assert!(told.ends_with(SAME), "{told}");
        let sent = send(name, content, &["--set", "status=done", "--skip-invalid"]);
        assert_eq!(sent.rows(), [r#"a {"status":2}"#, r#"b {"status":2}"#]);
        assert_eq!(sent.output.status, 1, "{:?}", sent.output);
    }
}

#[test]
fn failed_rows_of_two_runs_can_be_joined_once_the_second_header_is_gone() {
    let failed = "slug,status,_outcome,_reasons\nA,2,failed,HTTP 500\n";
    let joined = failed.replace('A', "a") + &failed.replace('A', "b");
    let server = Server::start(Answer::echo);
    let sent = send_file(&server, "failed.csv", &joined, "--skip-invalid");
    let header = format!("slug,status,_outcome,_reasons\nslug,status,invalid,row: {SAME}\n");
    assert_eq!(sent.failed("csv").as_deref(), Some(&*header));
    let mut slugs = server.slugs();
    slugs.sort();
    assert_eq!(slugs, ["a", "b"]);
    let preview = preview("r.csv", header, &[]);
    assert_eq!(preview.violations(), [format!("2: row: {SAME}")]);
}

#[test]
fn a_slug_or_tag_that_is_only_like_a_header_is_let_be() {
    let content = "slug,tag_list\nslugs,vip\na,slug\nslug-2,tag_list\nstatus,\"slug,vip\"\n";
    let preview = preview("r.csv", content, &[]);
    assert_eq!(preview.violations(), [""; 0]);
    assert_eq!(preview.document["rows"], 4);
}

#[test]
fn nothing_is_sent_of_a_file_with_a_header_of_other_columns_between_its_rows() {
    for (again, row) in [
        ("tag_list,slug", "vip,b"),
        ("slug,assignee", "b,ana@example.com"),
        ("\u{feff}Status,Slug", "2,b"),
        ("tags,slug", "vip,b"),
    ] {
        let content = format!("slug,tag_list\na,vip\n{again}\n{row}\n");
        let sent = send("r.csv", &content, &["--skip-invalid"]);
        assert_eq!(sent.output.status, 3, "{again}: {:?}", sent.output);
        assert_eq!(sent.requests.len(), 0, "{again}");
        let told = &sent.output.stderr;
        assert!(
            told.contains("r.csv:3: header: is a second header, with other columns"),
            "{told}"
        );
        assert!(
            told.contains("line 3 is a header with other columns"),
            "{told}"
        );
    }
}

#[test]
fn a_header_of_more_or_fewer_columns_is_told_as_what_it_is() {
    for again in ["slug,tag_list,status", "slug", "\u{feff}slug;tag_list"] {
        let content = format!("slug,tag_list\na,vip\n{again}\n");
        let told = preview("r.csv", content, &[]).violations();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].starts_with("3: row: is a second header, with other columns"),
            "{told:?}"
        );
    }
    let told = preview("r.csv", "slug,tag_list\na,x,slug-2\n", &[]).violations();
    assert!(
        told[0].contains("has 3 cells where the header has 2"),
        "{told:?}"
    );
}

#[test]
fn the_line_by_which_excel_names_a_delimiter_is_no_row_either() {
    for (content, line) in [
        ("sep=;\nslug;status\na;2\nsep=;\nslug;status\nb;2\n", 4),
        ("slug,status\na,2\n\"sep=,\"\nb,2\n", 3),
        ("slug\na\nsep=;\nb\n", 3),
    ] {
        let preview = preview("r.csv", content, &["--set", "status=done"]);
        let told = preview.violations();
        assert!(
            told[0].starts_with(&format!("{line}: row: is a line `sep=`")),
            "{told:?}"
        );
        assert!(preview.document["valid"] == 2, "{told:?}");
    }
}

#[test]
fn an_object_that_was_made_of_a_header_is_no_row() {
    let header = r#"{"slug":"Slug","tag_list":"tag_list","status":"status"}"#;
    let content = format!("{{\"slug\":\"a\",\"status\":2}}\n{header}\n");
    let told = preview("r.jsonl", content, &[]).violations();
    let expected = "2: slug: is the name of the field (was a header line converted too?";
    assert!(told.len() == 1 && told[0].starts_with(expected), "{told:?}");
    // A key of JSONL may have any name.
    let content = "{\"slug\":\"a\",\"header\":2}\n{\"slug\":\"b\",\"status\":2}\n";
    let sent = send("r.jsonl", content, &["--skip-invalid"]);
    assert_eq!(sent.rows(), [r#"b {"status":2}"#]);
}

#[test]
fn an_end_of_file_mark_between_rows_is_named() {
    for (name, content) in [
        ("r.csv", "slug,status\r\na,2\r\n\u{1a}\r\nb,2\r\n"),
        (
            "r.jsonl",
            "{\"slug\":\"a\",\"status\":2}\n\u{1a}\n{\"slug\":\"b\",\"status\":2}\n",
        ),
    ] {
        let told = preview(name, content, &[]).violations();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].contains("row: is an end-of-file mark (Ctrl-Z, 0x1A)"),
            "{told:?}"
        );
    }
}

#[test]
fn a_byte_order_mark_at_the_start_of_a_later_object_is_no_part_of_it() {
    let part = |slug| format!("\u{feff}{{\"slug\":\"{slug}\",\"status\":2}}\r\n");
    let joined = part("a") + &part("b") + "\u{feff}";
    let sent = send("r.jsonl", joined, &[]);
    assert_eq!(sent.rows(), [r#"a {"status":2}"#, r#"b {"status":2}"#]);
}
