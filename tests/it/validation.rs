//! The rules for rows: what is legal is sent as it was meant, and of what is not, all of it is
//! said, in the order of the file, before anything is sent.

#![expect(clippy::expect_used, reason = "tests")]

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use super::support::command::ledger;
use super::support::rows::{Sent, preview, preview_stdin, send};

/// The cases of a table, a line each: what is given `=>` what is expected.
fn cases(table: &str) -> Vec<(&str, &str)> {
    let lines = table.trim().lines().map(str::trim_start);
    let cases = lines.map(|line| line.split_once(" => ").expect("GIVEN => EXPECTED"));
    cases.collect()
}

/// A CSV file with a row for each `FIELD: CELL`: slugs are `s0`, `s1`, ..., lines begin with 2.
fn one_cell_a_row(cases: &[(&str, &str)]) -> String {
    let cells = cases.iter().map(|(given, _)| given.split_once(": "));
    let cells: Vec<_> = cells.map(|cell| cell.expect("FIELD: CELL")).collect();
    let mut fields: Vec<&str> = cells.iter().map(|(field, _)| *field).collect();
    fields.dedup();
    let mut text = format!("slug,{}\n", fields.join(","));
    for (number, (field, cell)) in cells.iter().enumerate() {
        let at = fields.iter().position(|known| known == field);
        let at = at.expect("a column for every field");
        let (before, after) = (",".repeat(at), ",".repeat(fields.len() - 1 - at));
        let _ = writeln!(text, "s{number},{before}{cell}{after}");
    }
    text
}

/// A JSONL file with a row for each text of members.
fn one_object_a_row(cases: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (number, (members, _)) in cases.iter().enumerate() {
        let _ = writeln!(text, "{{\"slug\":\"s{number}\",{members}}}");
    }
    text
}

/// Checks that a run sent just these conversations, row by row.
fn assert_asked_for<T: AsRef<str>>(sent: &Sent, expected: &[T]) {
    assert_eq!(sent.output.status, 0, "{:?}", sent.output);
    let asked = sent
        .requests
        .iter()
        .map(|request| request.body["conversation"].clone());
    let expected = expected
        .iter()
        .map(|text| text.as_ref().parse::<Value>().expect("JSON"));
    assert_eq!(asked.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

/// Checks violations against the `LINE: FIELD: PART OF THE MESSAGE` of each.
fn assert_told<T: AsRef<str>>(told: &[String], expected: &[T]) {
    for (told, expected) in told.iter().zip(expected) {
        let expected = expected.as_ref();
        let at = expected
            .match_indices(": ")
            .nth(1)
            .expect("LINE: FIELD: PART")
            .0
            + 2;
        // Every message ends with what would be right, in brackets.
        let is_told = told.starts_with(&expected[..at])
            && told.contains(&expected[at..])
            && told.ends_with(')');
        assert!(is_told, "{told}\nis not\n{expected}");
    }
    assert_eq!(told.len(), expected.len(), "{told:#?}");
}

/// Previews rows that are each wrong in one way, the first of them on line `first`.
fn assert_each_told(name: &str, rows: &str, first: usize, cases: &[(&str, &str)]) {
    let expected = cases.iter().enumerate();
    let expected = expected.map(|(at, (_, expected))| format!("{}: {expected}", first + at));
    assert_told(
        &preview(name, rows, &[]).violations(),
        &expected.collect::<Vec<_>>(),
    );
}

fn expectations<'a>(cases: &[(&'a str, &'a str)]) -> Vec<&'a str> {
    cases.iter().map(|(_, expected)| *expected).collect()
}

#[test]
fn legal_cells_are_sent_as_they_were_meant() {
    let cases = cases(
        r#"
        tag_list: " vip , refund" => {"tag_list": ["vip", "refund"]}
        tag_list: "vip,,vip, ,refund," => {"tag_list": ["vip", "refund"]}
        tag_list: "[""vip"",""to do""]" => {"tag_list": ["vip", "to do"]}
        tag_list: [] => {"tag_list": []}
        tag_list: "a;b, c|d" => {"tag_list": ["a;b", "c|d"]}
        tag_list: "Vip, vip" => {"tag_list": ["Vip", "vip"]}
        status: 0 => {"status": 0}
        status:  2.0  => {"status": 2}
        status: 9 => {"status": 9}
        assignee:  staff1@example.com  => {"assignee": {"email": "staff1@example.com"}}
        category:  support  => {"category": "support"}
        data.Order: " 00012 " => {"data": {"Order": " 00012 "}}
        data.Order: true => {"data": {"Order": "true"}}
        data.Order: " " => {"data": {"Order": " "}}
        data.a.b c: =1+1 => {"data": {"a.b c": "=1+1"}}
    "#,
    );
    let sent = send("rows.csv", one_cell_a_row(&cases), &[]);
    assert_asked_for(&sent, &expectations(&cases));
}

#[test]
fn legal_json_values_are_sent_as_they_were_meant() {
    let cases = cases(
        r#"
        "tag_list":["vip"," refund ","vip",""] => {"tag_list": ["vip", "refund"]}
        "tag_list":[] => {"tag_list": []}
        "status":0 => {"status": 0}
        "status":"on-hold","hold_until":"2099-12-01T09:00:00Z" => {"status": 5, "hold_until": "2099-12-01T09:00:00Z"}
        "assignee":"a@example.com" => {"assignee": {"email": "a@example.com"}}
        "assignee":{"email":"a@example.com"} => {"assignee": {"email": "a@example.com"}}
        "assignee.email":"a@example.com" => {"assignee": {"email": "a@example.com"}}
        "category":"sales","brand":"acme" => {"category": "sales", "brand": "acme"}
        "data":{"a":" x ","b":true,"c":null,"d":7} => {"data": {"a": " x ", "b": true, "c": null, "d": 7}}
        "data":{"a":"1"},"data.b":"2" => {"data": {"a": "1", "b": "2"}}
        "data.a":"","status":null,"data":null,"tag_list":null => {"data": {"a": ""}}
        "status":1,"_anything":[{}],"_x":null => {"status": 1}
    "#,
    );
    let sent = send("rows.jsonl", one_object_a_row(&cases), &[]);
    assert_asked_for(&sent, &expectations(&cases));
}

#[test]
fn a_json_number_is_sent_digit_for_digit() {
    for number in [
        "1.10",
        "12345678901234567890123",
        "1e400",
        "-0",
        "0.1000000000000000055",
    ] {
        let row = format!("{{\"slug\":\"a\",\"data\":{{\"n\":{number}}}}}");
        let sent = send("rows.jsonl", row, &[]);
        let body = String::from_utf8_lossy(&sent.requests[0].raw_body).into_owned();
        assert_eq!(
            body,
            format!("{{\"conversation\":{{\"data\":{{\"n\":{number}}}}}}}")
        );
    }
}

#[test]
fn every_status_is_known_by_number_and_by_either_name_in_any_spelling() {
    const NAMES: [&str; 10] = [
        "Open/Unresolved",
        "Responded/Pending",
        "Done/Resolved",
        "Spam",
        "Archived",
        "On Hold",
        "Auto-Done/Auto-Resolved",
        "AI Agent Assigned/Chatbot Assigned",
        "AI Agent Done/Chatbot Resolved",
        "Spam (AI)/Spam (by AI)",
    ];
    let (mut csv, mut jsonl) = ("slug,status,hold_until\n".to_owned(), String::new());
    let mut expected = Vec::new();
    for (code, names) in NAMES.into_iter().enumerate() {
        let mut spellings = vec![code.to_string(), format!("{code}.0")];
        for name in names.split('/') {
            spellings.extend([name.to_owned(), name.to_uppercase()]);
            spellings.push(name.to_lowercase().replace([' ', '-'], "_"));
            spellings.push(name.replace([' ', '_'], "-"));
            spellings.push(name.replace(['-', '_'], " "));
        }
        let hold_until = (code == 5).then_some("2099-12-01T09:00:00Z");
        for spelling in spellings {
            let slug = format!("s{}", expected.len());
            let _ = writeln!(csv, "{slug},{spelling},{}", hold_until.unwrap_or_default());
            let row = json!({"slug": slug, "status": spelling, "hold_until": hold_until});
            let _ = writeln!(jsonl, "{row}");
            expected.push(match hold_until {
                Some(time) => json!({"status": code, "hold_until": time}).to_string(),
                None => json!({"status": code}).to_string(),
            });
        }
    }
    assert_asked_for(&send("rows.csv", csv, &[]), &expected);
    assert_asked_for(&send("rows.jsonl", jsonl, &[]), &expected);
}

#[test]
fn a_cell_that_its_field_does_not_allow_is_told_with_what_would_be_right() {
    let cases = cases(
        r#"
        tag_list: a;b => tag_list: is this a separator?
        tag_list: a|b => tag_list: is this a separator?
        tag_list: ",," => tag_list: contains no tag
        tag_list: [1] => tag_list: is not an array of strings
        tag_list: "[""a" => tag_list: is not an array of strings
        tag_list: "[""a,b""]" => tag_list: contains a comma
        status: 10 => status: unknown status `10` (0 to 9
        status: -1 => status: unknown status
        status: 2.5 => status: unknown status
        status: resloved => status: did you mean `Resolved`?
        status: on hld => status: did you mean `On Hold`?
        assignee: staff1 => assignee: is not a valid email address
        assignee: Staff <staff1@example.com> => assignee: is not a valid email address
        assignee: "a@example.com, b@example.com" => assignee: is not a valid email address
    "#,
    );
    assert_each_told("rows.csv", &one_cell_a_row(&cases), 2, &cases);
    let control = "slug,tag_list,category\na,\"x\ny\",\nb,,x\u{1}y\n";
    let told = preview("rows.csv", control, &[]).violations();
    assert_told(
        &told,
        &[
            "2: tag_list: contains U+000A (line break",
            "4: category: contains U+0001 (control character",
        ],
    );
}

#[test]
fn a_json_value_that_its_field_does_not_allow_is_told() {
    let cases = cases(
        r#"
        "tag_list":"vip" => tag_list: is not an array of strings
        "tag_list":["vip",1] => tag_list: is not an array of strings
        "tag_list":["a,b"] => tag_list: contains a comma
        "tag_list":["a;b"] => tag_list: is this a separator?
        "status":10 => status: unknown status
        "status":true => status: unknown status
        "status":[2] => status: unknown status
        "status":"Opne" => status: did you mean `Open`?
        "assignee":7 => assignee: is not text
        "assignee":{} => assignee: is not a valid assignee
        "assignee":{"email":"a@b.co","name":"A"} => assignee: is not a valid assignee
        "assignee":{"email":"a"} => assignee: is not a valid email address
        "category":{"slug":"support"} => category: is not text
        "status":5,"hold_until":4099680000 => hold_until: is a Unix timestamp
        "category":"a","brand":["b"] => brand: is not text
        "data":"x","status":1 => data: is not an object
        "data.a":[1] => data.a: is not a single value
        "data":{"a":{"b":1}} => data.a: is not a single value
        "data.a":"\ud800" => data.a: is not valid text
        "tags":["a"],"status":1 => tags: did you mean `tag_list`?
        "statsu":1,"category":"a" => statsu: did you mean `status`?
        "zzz":1,"category":"a" => zzz: is not a known field
        "status":1,"status":1 => status: is given twice
        "data":{"a":1,"a":2} => data.a: is given twice
        "data.a":1,"data":{"a":2} => data.a: is given twice
        "assignee":"a@b.co","assignee.email":"a@b.co" => assignee.email: is the same field
        "status":1,"STATUS":1 => STATUS: is the same field
        "slug":"b","status":1 => slug: is given twice
    "#,
    );
    assert_each_told("rows.jsonl", &one_object_a_row(&cases), 1, &cases);
}

#[test]
fn a_slug_that_is_no_path_segment_is_refused() {
    let long = "x".repeat(256);
    let csv =
        format!("slug,status\n\"\",2\n.,2\n..,2\na/b,2\na b,2\na\u{a0}b,2\na\u{7}b,2\n{long},2\n");
    let expected = [
        "2: slug: is empty",
        "3: slug: is not a slug",
        "4: slug: is not a slug",
        "5: slug: contains a `/`",
        "6: slug: contains U+0020 (space",
        "7: slug: contains U+00A0 (no-break space",
        "8: slug: contains U+0007 (control character",
        "9: slug: 256 bytes long (at most 255)",
    ];
    assert_told(&preview("rows.csv", csv, &[]).violations(), &expected);
    let jsonl = "{\"status\":2}\n{\"slug\":null,\"status\":2}\n{\"slug\":7,\"status\":2}\n\
                 {\"slug\":\"a\\u0000b\",\"status\":2}\n";
    let expected = [
        "1: slug: is empty",
        "2: slug: is empty",
        "3: slug: is not text",
        "4: slug: contains U+0000 (control character",
    ];
    assert_told(&preview("rows.jsonl", jsonl, &[]).violations(), &expected);
}

#[test]
fn any_other_slug_is_sent() {
    let slugs = [&"x".repeat(255), "...", "100%", "ß&", "a=b"];
    let csv = format!("slug,status\n{},2\n", slugs.join(",2\n"));
    let sent = send("rows.csv", csv, &[]);
    let asked = sent.requests.iter().map(|request| request.slug.as_str());
    assert_eq!(asked.collect::<Vec<_>>(), slugs);
}

#[test]
fn fields_that_are_not_legal_together_are_told() {
    let csv = "slug,status,hold_until,category,brand,_note\n\
               a,5,,,,\nb,0,2099-01-01T00:00:00Z,,,\nc,,2099-01-01T00:00:00Z,,,\n\
               d,,,,acme,\ne,,,,,x\nf,5,2020-01-01T00:00:00Z,,,\n";
    let cases = cases(
        r#"
        "status":5 => hold_until: is missing
        "status":"open","hold_until":"2099-01-01T00:00:00Z" => hold_until: belongs to status 5
        "hold_until":"2099-01-01T00:00:00Z" => hold_until: belongs to status 5
        "brand":"acme" => brand: needs a `category`
        "_note":"x","status":null => row: changes nothing
        "status":5,"hold_until":"2020-01-01T00:00:00Z" => hold_until: is in the past
    "#,
    );
    assert_each_told("rows.csv", csv, 2, &cases);
    assert_each_told("rows.jsonl", &one_object_a_row(&cases), 1, &cases);
}

#[test]
fn all_violations_of_a_row_are_told_at_once() {
    let csv = "slug,tag_list,status,hold_until,assignee,brand\na b,x;y,nope,soon,me,acme\n";
    let mut violations = preview("rows.csv", csv, &[]).violations();
    violations.sort_unstable();
    let expected = [
        "2: assignee: is not a valid email",
        "2: brand: needs a `category`",
        "2: hold_until: is not a valid time",
        "2: slug: contains U+0020",
        "2: status: unknown status",
        "2: tag_list: separator",
    ];
    assert_told(&violations, &expected);
}

#[test]
fn violations_come_in_the_order_of_the_file_however_many_rows_there_are() {
    let mut csv = "slug,status\n".to_owned();
    for line in 2..2000 {
        let status = if line % 3 == 0 { "bad" } else { "1" };
        let _ = writeln!(csv, "s{line},{status}");
    }
    let bad_lines: Vec<u64> = (2..2000).filter(|line| line % 3 == 0).collect();
    let preview = preview("rows.csv", csv, &[]);
    assert_eq!(preview.invalid_lines(), bad_lines);
    assert_eq!(preview.document["invalid"], bad_lines.len());
}

#[test]
fn one_invalid_row_and_nothing_is_sent_and_no_directory_is_made() {
    let csv = "slug,status\na,2\nb,nope\nc,2\n";
    for options in [[].as_slice(), &["--out", "results"], &["--json"]] {
        let sent = send("rows.csv", csv, options);
        assert_eq!(
            (sent.output.status, sent.requests.len()),
            (3, 0),
            "{:?}",
            sent.output
        );
        let told = "rows.csv:3: status: unknown status `nope` (";
        assert!(sent.output.stderr.starts_with(told), "{:?}", sent.output);
        let names = fs::read_dir(sent.workspace.path()).expect("a directory");
        let names: Vec<_> = names
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        assert_eq!(names, ["rows.csv"], "{options:?}");
    }
}

#[test]
fn skip_invalid_sends_the_others_and_accounts_for_all() {
    let sent = send(
        "rows.csv",
        "slug,status\na,2\nb,nope\nc\nd,2\n",
        &["--skip-invalid"],
    );
    assert_eq!(sent.output.status, 1, "{:?}", sent.output);
    assert_eq!(sent.rows(), [r#"a {"status":2}"#, r#"d {"status":2}"#]);
    let lines = ledger(&sent.workspace.run_dirs()[0]);
    let lines = lines
        .iter()
        .map(|line| format!("{} {} {}", line.line, line.slug, line.outcome));
    let expected = ["2 a updated", "3 b invalid", "4  invalid", "5 d updated"];
    assert_eq!(lines.collect::<Vec<_>>(), expected);
}

#[test]
fn skip_invalid_sends_nothing_where_no_row_is_valid() {
    let sent = send("rows.csv", "slug,status\na,nope\n", &["--skip-invalid"]);
    assert_eq!(
        (sent.output.status, sent.requests.len()),
        (1, 0),
        "{:?}",
        sent.output
    );
}

#[test]
fn a_repeated_slug_is_told_at_the_later_row_even_far_below() {
    let mut csv = "slug,status\n".to_owned();
    for line in 2..1400 {
        let slug = if [700, 1300].contains(&line) { 2 } else { line };
        let _ = writeln!(csv, "s{slug},{}", if line == 1300 { "nope" } else { "1" });
    }
    let expected = [
        "700: slug: `s2` is already on line 2 ",
        "1300: status: nope",
        "1300: slug: line 2 ",
    ];
    assert_told(&preview("rows.csv", &csv, &[]).violations(), &expected);
    let sent = send("rows.csv", &csv, &["--skip-invalid"]);
    assert_eq!((sent.output.status, sent.requests.len()), (1, 1398 - 3));
    assert!(sent.requests.iter().all(|request| request.slug != "s2"));
    let lines = ledger(&sent.workspace.run_dirs()[0]);
    let invalid = lines.iter().filter(|line| line.outcome == "invalid");
    assert_eq!(
        invalid.map(|line| line.line).collect::<Vec<_>>(),
        [2, 700, 1300]
    );
}

#[test]
fn a_repeated_slug_is_told_where_the_input_can_be_read_only_once() {
    let csv = "\u{feff}slug,status\na,1\nb,1\na,2\n";
    let utf16: Vec<u8> = csv.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [csv.as_bytes(), &utf16] {
        let preview = preview_stdin(bytes, &[]);
        assert_told(
            &preview.violations(),
            &["4: slug: `a` is already on line 2 "],
        );
        assert_eq!(preview.document["valid"], 1);
    }
}

#[test]
fn slugs_are_the_same_where_they_are_sent_the_same_and_missing_ones_are_not() {
    let jsonl = "{\"slug\":\"a\",\"status\":1}\n{\"slug\":\"A\",\"status\":1}\n\
                 {\"slug\":\" \\u0061 \",\"status\":2}\n{\"slug\":\"\",\"status\":2}\n\
                 {\"slug\":\"\",\"status\":2}\n";
    let expected = ["3: slug: line 1 ", "4: slug: is empty", "5: slug: is empty"];
    assert_told(&preview("rows.jsonl", jsonl, &[]).violations(), &expected);
}

#[test]
fn a_header_is_told_all_that_is_wrong_with_it() {
    for (header, expected) in cases(
        "
        slug,tag_lst => tag_lst: did you mean `tag_list`?
        slug,Labels,stat => header: 2 columns are not fields: `Labels` (did you mean `tag_list` (replaces all tags)
        slug,zzz => zzz: is not a known field
        status,tag_list => slug: missing
        slug,status,status => status: twice
        slug,status, STATUS  => STATUS: same field
        slug,assignee,assignee.email => assignee.email: same field
        slug,data.a,data.a => data.a: twice
        slug,data => data: `data.NAME`
        slug,data. => data.: `data.NAME`
        slag,statsu => header: `slag` (did you mean `slug`?), `statsu` (did you mean `status`?); slug: `slag` looks like it
    ",
    ) {
        let expected: Vec<_> = expected
            .split("; ")
            .map(|told| format!("2: {told}"))
            .collect();
        let preview = preview("rows.csv", format!("\n{header}\na,1\n"), &[]);
        assert_told(&preview.violations(), &expected);
        let sent = send("rows.csv", format!("{header}\na,1\n"), &["--skip-invalid"]);
        let statuses = (preview.status, sent.output.status, sent.requests.len());
        assert_eq!(statuses, (3, 3, 0), "{header}");
        assert!(
            sent.output.stderr.starts_with("rows.csv:1: "),
            "{:?}",
            sent.output
        );
    }
}

#[test]
fn field_names_are_trimmed_and_read_in_any_case_but_custom_names_keep_theirs() {
    let csv = " SLUG ,Status,\"Assignee.Email\",DATA.Order,data.order,_Note,_\n\
               a,1,x@y.co,o,p,q,r\n";
    let expected = r#"{"status":1,"assignee":{"email":"x@y.co"},"data":{"Order":"o","order":"p"}}"#;
    assert_asked_for(&send("rows.csv", csv, &[]), &[expected]);
    let jsonl = r#"{"Slug ":"a"," STATUS":1,"data":{" Order\u200b":"o"},"Data. x y":"p"}"#;
    let expected = r#"{"status":1,"data":{"Order":"o","x y":"p"}}"#;
    assert_asked_for(&send("rows.jsonl", jsonl, &[]), &[expected]);
}

#[test]
fn set_gives_every_row_the_change_and_a_cell_of_its_own_wins() {
    let options = [
        "--set=status=done",
        "--set=tag_list=vip, refund",
        "--set=data.a= x=y ",
        "--set=assignee.email=a@example.com",
        "--set=Category=sales",
    ];
    let shared =
        r#""tag_list":["vip","refund"],"assignee":{"email":"a@example.com"},"category":"sales""#;
    let expected = [
        format!(r#"{{{shared},"status":2,"data":{{"a":" x=y "}}}}"#),
        format!(r#"{{{shared},"status":0,"data":{{"a":"own"}}}}"#),
    ];
    let csv = "slug,status,data.a\na,,\nb,0,own\n";
    assert_asked_for(&send("rows.csv", csv, &options), &expected);
    let jsonl = "{\"slug\":\"a\",\"status\":null}\n\
                 {\"slug\":\"b\",\"status\":0,\"data\":{\"a\":\"own\"}}\n";
    assert_asked_for(&send("rows.jsonl", jsonl, &options), &expected);
}

#[test]
fn a_file_of_slugs_is_enough_with_set() {
    let sent = send("slugs.csv", "slug\na\nb\n", &["--set", "tag_list=[]"]);
    assert_eq!(
        sent.rows(),
        [r#"a {"tag_list":[]}"#, r#"b {"tag_list":[]}"#]
    );
}

#[test]
fn what_set_makes_of_a_row_is_held_to_the_same_rules() {
    let options = ["--set", "hold_until=2099-12-01T09:00:00Z"];
    let told = preview("rows.csv", "slug,status\na,2\nb,\nc,5\n", &options).violations();
    assert_told(
        &told,
        &["2: hold_until: belongs to", "3: hold_until: belongs to"],
    );
}

#[test]
fn a_set_that_is_wrong_is_a_usage_error() {
    for set in [
        ["--set=status"].as_slice(),
        &["--set=status=nope"],
        &["--set=status="],
        &["--set=slug=a"],
        &["--set=_x=1"],
        &["--set=data=1"],
        &["--set=zzz=1"],
        &["--set=tag_list=a;b"],
        &["--set=hold_until=2020-01-01T00:00:00Z"],
        &["--set=assignee=me"],
        &["--set=assignee=a@b.co", "--set=assignee.email=c@d.co"],
    ] {
        let told = preview("rows.csv", "slug\na\n", set);
        assert_eq!(told.status, 2, "{set:?}: {told:?}");
        assert!(told.stderr.contains("--set"), "{told:?}");
    }
}

#[test]
fn a_time_without_an_offset_needs_a_time_zone() {
    let zone = ["--timezone", "Europe/Berlin"];
    for (text, with_zone) in cases(
        "
        2098-07-01 09:00 => 2098-07-01T09:00:00+02:00
        2098-12-01T09:00 => 2098-12-01T09:00:00+01:00
        2098-12-01 => 2098-12-01T00:00:00+01:00
    ",
    ) {
        let csv = format!("slug,status,hold_until\na,5,{text}\n");
        let jsonl = format!(r#"{{"slug":"a","status":5,"hold_until":"{text}"}}"#);
        for (name, content) in [("rows.csv", csv), ("rows.jsonl", jsonl)] {
            let violations = preview(name, &content, &[]).violations();
            assert!(
                violations[0].contains("--timezone"),
                "{text}: {violations:?}"
            );
            let expected = json!({"status": 5, "hold_until": with_zone}).to_string();
            assert_asked_for(&send(name, &content, &zone), &[expected]);
        }
    }
}

#[test]
fn a_time_with_an_offset_keeps_it_whatever_the_time_zone() {
    for text in [
        "2099-12-01T09:00:00+01:00",
        "2099-12-01T09:00:00Z",
        "2099-12-01T09:00:00.250-05:30",
    ] {
        let csv = format!("slug,status,hold_until\na,5,{text}\n");
        let expected = [json!({"status": 5, "hold_until": text}).to_string()];
        assert_asked_for(&send("rows.csv", &csv, &[]), &expected);
        assert_asked_for(
            &send("rows.csv", &csv, &["--timezone", "Asia/Tokyo"]),
            &expected,
        );
    }
}

#[test]
fn what_is_no_time_is_told() {
    let texts = "tomorrow,2099-02-30,2099-13-01T00:00:00Z,2099-12-01 25:00,1.12.2099,12/1/2099,\
                 2020-01-01,4099680000";
    let mut csv = "slug,status,hold_until\n".to_owned();
    for (number, text) in texts.split(',').enumerate() {
        let _ = writeln!(csv, "s{number},5,{text}");
    }
    let told = preview("rows.csv", csv, &["--timezone", "America/New_York"]).violations();
    let expected = texts
        .split(',')
        .zip(2..)
        .map(|(text, line)| format!("{line}: hold_until: {text}"));
    assert_told(&told, &expected.collect::<Vec<_>>());
}

#[test]
fn an_offset_of_more_than_a_day_is_no_offset() {
    let csv = "slug,status,hold_until\na,5,2099-12-01T09:00:00+25:00\n";
    let told = preview("rows.csv", csv, &[]).violations();
    assert_told(&told, &["2: hold_until: +25:00"]);
}

#[test]
fn an_unknown_time_zone_is_a_usage_error() {
    let preview = preview(
        "rows.csv",
        "slug,status\na,1\n",
        &["--timezone", "Europe/Atlantis"],
    );
    assert_eq!(preview.status, 2, "{preview:?}");
}

#[test]
fn more_rows_than_allowed_and_nothing_is_sent() {
    let csv = "slug,status\na,1\n\nb,nope\nc,1\n";
    for (most, status, requests) in [("2", 3, 0), ("0", 3, 0), ("3", 1, 2), ("1000", 1, 2)] {
        let sent = send("rows.csv", csv, &["--skip-invalid", "--max-rows", most]);
        assert_eq!(
            (sent.output.status, sent.requests.len()),
            (status, requests),
            "{most}"
        );
        let is_refused = sent.output.stderr.contains("--max-rows");
        assert_eq!(is_refused, status == 3, "{:?}", sent.output);
        assert_eq!(sent.workspace.run_dirs().is_empty(), status == 3, "{most}");
    }
    let preview = preview("rows.csv", "slug,status\na,1\nb,1\n", &["--max-rows", "1"]);
    assert_eq!(
        (preview.status, &preview.document["requests"]),
        (3, &json!(0)),
        "{preview:?}"
    );
}

#[test]
fn foreign_text_in_a_message_cannot_act_on_a_terminal() {
    let csv = "slug,status\na\u{1b}[31mb,\"no\u{202e}\npe\u{1b}]0;x\u{7}\"\n";
    let jsonl = "{\"slug\":\"a\",\"zz\\u001b[2Jz\\n\":1,\"status\":\"\\u001b[31m\"}";
    for (name, content) in [("rows.csv", csv), ("rows.jsonl", jsonl)] {
        let stderr = send(name, content, &[]).output.stderr;
        let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(
            !stderr.contains(acts) && stderr.lines().count() == 3,
            "{stderr:?}"
        );
    }
}
