//! Files that were not made for this program: their columns are mapped to fields or left out, and what is wrong
//! with them is said in one message.

use std::fs;

use super::support::answer::Answer;
use super::support::resumed::begun;
use super::support::rows::{preview, send_to};
use super::support::sent::send_file;
use super::support::server::Server;

const EXPORT: &str = "Ticket URL,Subject,Tags,Agent,Created\n\
                      https://acme.reamaze.io/admin/conversations/late-parcel,Where?,vip,ana@example.com,today\n";

#[test]
fn a_mapped_column_is_read_as_its_field() {
    let options = [
        "--map",
        "ticket url=slug",
        "--map",
        " Tags = add_tags ",
        "--map",
        "Agent=assignee",
        "--map",
        "Created=data.made",
        "--map",
        "Subject=_subject",
    ];
    let csv = preview("rows.csv", EXPORT, &options);
    assert_eq!(csv.violations(), [""; 0]);
    assert_eq!(csv.status, 0, "{csv:?}");
    assert!(
        csv.rows()[0].starts_with("2 late-parcel "),
        "{:?}",
        csv.rows()
    );
    let row =
        r#"{"Ticket URL":"a","Subject":null,"Tags":["vip"],"Agent":"ana@example.com","Created":1}"#;
    let jsonl = preview("rows.jsonl", row, &options);
    assert_eq!((jsonl.status, jsonl.violations()), (0, Vec::new()));
    for preview in [csv, jsonl] {
        let changes = preview.document["changes"].to_string();
        for field in ["add_tags", "assignee", "data.made"] {
            assert!(changes.contains(field), "{changes}");
        }
    }
}

#[test]
fn messages_name_a_mapped_column_as_the_file_does() {
    let rows = "Ticket,State\na,nope\na,2\nb c,2\n";
    let found = preview(
        "rows.csv",
        rows,
        &["--map", "TICKET=slug", "--map", "State=status"],
    );
    let found = found.violations().join("\n");
    assert!(
        found.starts_with("2: State: unknown status `nope`"),
        "{found}"
    );
    assert!(
        found.contains("\n3: Ticket: `a` is already on line 2"),
        "{found}"
    );
    assert!(found.contains("\n4: Ticket: `b c` contains"), "{found}");
    let row = r#"{"Ticket":"a b","Until":"2035-01-15T09:00:00Z"}"#;
    let options = ["--map", "Ticket=slug", "--map", "until=hold_until"];
    let found = preview("rows.jsonl", row, &options).violations();
    assert!(found[0].starts_with("1: Ticket: "), "{found:?}");
    assert!(
        found[1].starts_with("1: until: belongs to status 5"),
        "{found:?}"
    );
}

#[test]
fn an_option_that_cannot_be_right_is_a_usage_error_and_one_that_does_not_fit_the_file_an_invalid_header()
 {
    for (map, status, words) in [
        (
            "Ticket URL=slgu",
            2,
            "`slgu` is not a known field (did you mean `slug`?)",
        ),
        ("Ticket URL", 2, "write THEIRS=OURS"),
        ("Tickt URL=slug", 3, "(did you mean `Ticket URL`?)"),
        (
            "Nothing alike=slug",
            3,
            "the columns are `Ticket URL`, `Subject`",
        ),
    ] {
        let found = preview("rows.csv", EXPORT, &["--map", map]);
        assert_eq!(found.status, status, "{map}: {found:?}");
        assert!(
            found.document.to_string().contains(words),
            "{map}: {found:?}"
        );
    }
    let twice = preview(
        "rows.csv",
        "slug,URL,status\na,b,2\n",
        &["--map", "URL=slug"],
    );
    assert_eq!(
        twice.violations(),
        ["1: URL: is the same field as `slug` (keep one)"]
    );
    let rows = "{\"slug\":\"a\",\"status\":2}\n";
    let missing = preview("rows.jsonl", rows, &["--map", "Tags=add_tags"]);
    assert_eq!(missing.status, 3);
    assert!(
        missing.document["error"]
            .to_string()
            .contains("no row has the key `Tags` that --map 'Tags=add_tags' names")
    );
}

#[test]
fn unknown_columns_are_one_message_that_says_what_to_do() {
    let found = preview("rows.csv", EXPORT, &[]).violations();
    let [header, slug] = &found[..] else {
        panic!("{found:?}");
    };
    for words in [
        "1: header: 5 columns are not fields: `Ticket URL` (did you mean `slug`?), `Subject`",
        "`Tags` (did you mean `tag_list` (replaces all tags) or `add_tags`?)",
        "`Agent` (did you mean `assignee`?)",
        "--map",
        "put `_` in front",
        "--ignore-unknown-columns",
    ] {
        assert!(header.contains(words), "{header}");
    }
    assert!(
        slug.ends_with("(`Ticket URL` looks like it: use --map 'Ticket URL=slug')"),
        "{slug}"
    );
    let rows = r#"{"slug":"a","status":2,"Channel":"x","Custom: Plan":"y"}"#;
    let found = preview("rows.jsonl", rows, &[]).violations();
    let expected = "1: row: 2 keys are not fields: `Channel` (did you mean `category`?), `Custom: Plan` (did you mean `data.Plan`?)";
    assert!(
        found.len() == 1 && found[0].starts_with(expected),
        "{found:?}"
    );
}

#[test]
fn the_column_of_slugs_is_known_by_the_addresses_in_it() {
    let rows =
        "Reference,Remark\nx,hello\n".replace('x', "https://acme.reamaze.io/admin/conversations/a");
    let found = preview("rows.csv", rows, &["--set", "status=done"]).violations();
    let slug = found.last().expect("a violation");
    assert!(slug.ends_with("use --map 'Reference=slug')"), "{found:?}");
}

#[test]
fn unknown_columns_can_be_ignored_and_are_named_once() {
    let options = [
        "--ignore-unknown-columns",
        "--map",
        "Ticket URL=slug",
        "--set",
        "status=done",
    ];
    let csv = preview("rows.csv", EXPORT, &options);
    assert_eq!((csv.status, csv.violations()), (0, Vec::new()));
    let note = csv.document["warnings"].to_string();
    for words in [
        "4 columns are not fields and are ignored: ",
        "`Tags` (not read as `tag_list` (replaces all tags) or `add_tags`)",
        "`Subject`",
    ] {
        assert!(note.contains(words), "{note}");
    }
    let rows = "{\"slug\":\"a\",\"x\":1}\n{\"slug\":\"b\",\"x\":[2],\"y\":{}}\n";
    let options = ["--ignore-unknown-columns", "--set", "status=done"];
    let jsonl = preview("rows.jsonl", rows, &options);
    assert_eq!((jsonl.status, jsonl.violations()), (0, Vec::new()));
    let note = jsonl.document["warnings"].to_string();
    assert!(
        note.contains("2 keys are not fields and are ignored: `x`, `y`"),
        "{note}"
    );
}

#[test]
fn a_slip_in_the_name_of_a_field_is_never_ignored() {
    for name in [
        "add_tag",
        "Add Tags",
        "tags_to_add",
        "remove_tag",
        "statsu",
        "tag_lsit",
        "asignee",
        "hold_untill",
        "dta.plan",
        "data:plan",
        "expect.stauts",
        "expected.status",
        "expct.status",
    ] {
        let rows = format!("slug,category,{name}\na,b,c\n");
        let found = preview("rows.csv", rows, &["--ignore-unknown-columns"]);
        assert_eq!(found.status, 3, "{name}: {found:?}");
        let found = found.violations().join("");
        assert!(found.contains("`, so it is not ignored"), "{name}: {found}");
        let rows = format!("slug,category,_{name}\na,b,c\n");
        assert_eq!(preview("rows.csv", rows, &[]).status, 0, "{name}");
    }
}

#[test]
fn failed_rows_keep_their_columns_and_the_advice_repeats_the_options() {
    let server = Server::start(|_| Answer::text(404, "{}"));
    let rows = "It's URL,Note,status\nlate-parcel,x,2\n";
    let options = [
        "--map",
        "It's URL=slug",
        "--ignore-unknown-columns",
        "--out",
        "out",
    ];
    let sent = send_to(&server, "rows.csv", rows, &options);
    assert_eq!(sent.output.status, 1, "{:?}", sent.output);
    let failed = sent.workspace.read("out/failed.csv");
    assert!(
        failed.starts_with("It's URL,Note,status,_outcome,_reasons\nlate-parcel,x,2,"),
        "{failed}"
    );
    let line = sent
        .output
        .stderr
        .lines()
        .find(|line| line.contains("out/failed.csv --"));
    let words = shlex::split(line.expect("a command").trim()).expect("words");
    let at = words
        .iter()
        .position(|word| word == "--map")
        .expect("the option");
    assert_eq!(words[at + 1], "It's URL=slug");
    assert!(
        words.iter().any(|word| word == "--ignore-unknown-columns"),
        "{words:?}"
    );
    let run = sent.workspace.read("out/run.json");
    assert!(
        run.contains("\"It's URL=slug\"") && run.contains("\"ignore_unknown_columns\": true"),
        "{run}"
    );
}

#[test]
fn a_resumed_run_keeps_its_mapping_and_takes_no_other() {
    let server = Server::start(Answer::echo);
    let rows = "URL,Note,status\na,x,2\nb,y,2\n";
    let begun = begun(
        &server,
        "rows.csv",
        rows,
        "--map URL=slug --ignore-unknown-columns",
    );
    let other = begun
        .resumption("--map Note=slug")
        .against(&server)
        .output();
    assert_eq!(other.status, 2, "{other:?}");
    assert!(
        other.stderr.contains("--map cannot be changed"),
        "{other:?}"
    );
    let (sent, slugs) = begun.resume(&server, "");
    assert_eq!(slugs, ["a", "b"]);
    assert_eq!(sent.output.status, 0, "{:?}", sent.output);
    let page = sent.workspace.command(&["report", "out"]).output();
    assert_eq!(page.status, 0, "{page:?}");
    assert!(fs::read_to_string(sent.run_dir.join("report.html")).is_ok());
}

#[test]
fn without_the_options_a_mapped_file_means_what_it_did() {
    let server = Server::start(Answer::echo);
    let sent = send_file(&server, "rows.csv", "slug,_URL,status\na,b,2\n", "");
    assert_eq!(sent.output.status, 0, "{:?}", sent.output);
    assert_eq!(server.slugs(), ["a"]);
}
