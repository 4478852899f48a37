//! The files of a run: the ledger, the rows to feed back, what was asked and what came of it.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::support::answer::Answer;
use super::support::command::{Workspace, failed, ledger};
use super::support::request::Request;
use super::support::sent::{
    Sent, command, done, fate, holding, numbered, send, send_file, start, to_out, tree,
};
use super::support::server::Server;

/// Says no to what is marked so in its slug, shows something else than was asked for where it is
/// marked `other`, and takes the rest.
fn picky(request: &Request) -> Answer {
    match request.slug.as_str() {
        slug if slug.starts_with("bad") => Answer::json(
            422,
            &json!({"errors": {"status": ["is \"wrong\", says R&D"]}}),
        ),
        slug if slug.starts_with("gone") => Answer::text(404, ""),
        slug if slug.starts_with("other") => Answer::json(200, &json!({"status": 4})),
        _ => Answer::echo(request),
    }
}

#[test]
fn the_ledger_grows_while_the_run_goes_on_and_is_in_input_order_at_the_end() {
    let (server, release) = holding("b");
    let run = start(&server, &["a", "b", "c", "d"], "--workers 2");
    run.wait_for_records(3);
    let recorded = ledger(&run.run_dir());
    assert!(recorded.iter().all(|line| line.slug != "b"), "{recorded:?}");
    drop(release);
    let sent = run.wait();
    sent.expect_status(0);
    let updated = ["a updated", "b updated", "c updated", "d updated"];
    assert_eq!(sent.outcomes(), updated);
}

#[test]
fn a_line_of_the_ledger_tells_where_the_row_is_and_how_long_it_took() {
    let server = Server::start(|request| match request.slug.as_str() {
        "slow" => Answer::echo(request).delay(std::time::Duration::from_millis(80)),
        _ => Answer::echo(request),
    });
    let rows = "slug,data.note\nfast,\"two\nlines\"\n\nslow,x\nnever,\"\"\n";
    let before = Timestamp::now();
    let sent = send_file(&server, "rows.csv", rows, "--skip-invalid");
    sent.expect_status(1);
    let [fast, slow, never] = sent.ledger().try_into().expect("three rows");
    assert_eq!((fast.line, slow.line, never.line), (2, 5, 6));
    let took: u64 = slow.elapsed_ms.parse().expect("milliseconds");
    assert!((80..10_000).contains(&took), "{took} ms");
    for line in [&fast, &slow] {
        let at = &line.finished_at;
        let instant: Timestamp = at.parse().expect("RFC 3339");
        assert!(
            at.ends_with('Z') && at.len() == 24,
            "UTC, milliseconds: {at}"
        );
        let since = before - 1.second();
        assert!((since..=Timestamp::now()).contains(&instant), "{at}");
    }
    assert_eq!(fate(&never), "invalid - 0");
    assert_eq!([never.elapsed_ms, never.finished_at], ["", ""]);
}

#[test]
fn the_copy_is_what_is_sent_although_the_input_is_changed_meanwhile() {
    let slugs = numbered("row-", 700);
    let (server, release) = holding("row-0");
    let run = start(&server, &slugs, "--workers 1 --rate 100000/s");
    server.wait_for_requests(1);
    run.workspace.write("rows.csv", done(&["an-intruder"]));
    drop(release);
    let sent = run.wait();
    sent.expect_status(0);
    assert_eq!(server.slugs(), slugs);
    assert_eq!(sent.workspace.read("out/input.csv"), done(&slugs));
}

/// A file of rows, the rows that are to come back, and their repair.
struct RoundTrip {
    name: &'static str,
    rows: &'static str,
    failed: &'static str,
}

#[test]
fn failed_rows_come_back_as_they_were_and_can_be_fed_back_after_repair() {
    let told = "status: is \"\"wrong\"\", says R&D";
    let round_trips = [
        RoundTrip {
            name: "rows.csv",
            rows: "Slug ,status,data.note,_mine\n\
                   ok,2,x,1\n\
                   bad-1, DONE ,\" a \"\"b\"\", c\nd\t\",ü\n\
                   gone-1,2,,\n\
                   other-1,2,,\n",
            failed: "Slug ,status,data.note,_mine,_outcome,_reasons\n\
                     \"bad-1\",\" DONE \",\" a \"\"b\"\", c\nd\t\",\"ü\",\"rejected\",\"TOLD\"\n\
                     gone-1,2,,,not_found,no such conversation\n",
        },
        RoundTrip {
            name: "rows.tsv",
            rows: "slug\tstatus\tdata.note\nok\t2\tx\nbad-1\t2\t a, b \ngone-1\t2\t\n",
            failed: "slug\tstatus\tdata.note\t_outcome\t_reasons\n\
                     \"bad-1\"\t\"2\"\t\" a, b \"\t\"rejected\"\t\"TOLD\"\n\
                     gone-1\t2\t\tnot_found\tno such conversation\n",
        },
        RoundTrip {
            name: "semicolons.csv",
            rows: "_outcome;slug;_reasons;status\nrejected;ok;old;2\nx;bad-1;\"old;er\";2\n;gone-1;;2\n",
            failed: "slug;status;_outcome;_reasons\n\
                     \"bad-1\";\"2\";\"rejected\";\"TOLD\"\n\
                     gone-1;2;not_found;no such conversation\n",
        },
    ];
    for RoundTrip {
        name,
        rows,
        failed: expected,
    } in round_trips
    {
        let server = Server::start(picky);
        let sent = send_file(&server, name, rows, "");
        sent.expect_status(1);
        let ext = name.rsplit('.').next().expect("an extension");
        let failed = sent.failed(ext).expect("rows to feed back");
        assert_eq!(failed, expected.replace("TOLD", told), "{name}");
        feed_back(&sent, &server, ext, &failed);
    }
}

/// Repairs the slugs of failed rows, sends them in the same workspace, and fails the test unless
/// these rows and no others were sent, with the bodies that they had.
fn feed_back(sent: &Sent, server: &Server, ext: &str, failed_rows: &str) {
    let before = server.requests();
    let name = format!("repaired.{ext}");
    let repaired = failed_rows
        .replace("bad-1", "good-1")
        .replace("gone-1", "found-1");
    sent.workspace.write(&name, repaired);
    let run = command(
        &sent.workspace,
        &format!("run {name} --yes --rate 500/s --out again"),
    );
    let output = run.against(server).output();
    assert_eq!(output.status, 0, "{output:#?}");
    let again = sent.workspace.path().join("again");
    assert_eq!(failed(&again, ext), None);
    assert_eq!(server.requests().len(), before.len() + 2);
    for (was, is) in [("bad-1", "good-1"), ("gone-1", "found-1")] {
        let body = |slug| server.requests_for(slug)[0].body.clone();
        assert_eq!(body(was), body(is));
    }
}

#[test]
fn failed_rows_of_a_jsonl_file_keep_every_key_and_every_digit() {
    let server = Server::start(picky);
    let rows = r#"{"slug": "ok", "status": 2}
{"slug":"bad-1","Status":"Done","data":{"n":1.50,"a":null},"data.b":12345678901234567890123,"_note":{"x":[1,2]},"_reasons":"old","_outcome":"older"}
{"slug":"gone-1","status":2}
"#;
    let sent = send_file(&server, "rows.jsonl", rows, "");
    sent.expect_status(1);
    let failed = sent.failed("jsonl").expect("rows to feed back");
    let [bad, gone] = failed
        .lines()
        .collect::<Vec<_>>()
        .try_into()
        .expect("two rows");
    let kept = r#"{"slug":"bad-1","Status":"Done","data":{"n":1.50,"a":null},"data.b":12345678901234567890123,"_note":{"x":[1,2]},"#;
    assert!(bad.starts_with(kept), "{bad}");
    let notes: Value = serde_json::from_str(bad).expect("JSON");
    assert_eq!(notes["_outcome"], "rejected");
    assert_eq!(notes["_reasons"], "status: is \"wrong\", says R&D");
    assert_eq!(
        bad.matches("_outcome").count() + bad.matches("_reasons").count(),
        2
    );
    let gone: Value = serde_json::from_str(gone).expect("JSON");
    let notes = json!({"slug": "gone-1", "status": 2, "_outcome": "not_found", "_reasons": "no such conversation"});
    assert_eq!(gone, notes);
    feed_back(&sent, &server, "jsonl", &failed);
}

#[test]
fn a_record_that_cannot_be_read_comes_back_raw_and_stays_invalid_until_it_is_repaired() {
    let server = Server::start(picky);
    let long = "x".repeat(5000);
    let mut csv = b"slug,data.note\nok,x\nlatin,caf\xe9 \xfc\nlong,\xff".to_vec();
    csv.extend(format!("{long}\ntoo,many,cells\n").bytes());
    let mut jsonl = br#"{"slug": "ok", "status": 2}"#.to_vec();
    jsonl
        .extend(b"\n{\"slug\": \"latin\", \"data.note\": \"caf\xe9\"}\n{\"slug\": \"long\", oops ");
    jsonl.extend(format!("{long}\n[\"too\", \"many\"]\n").bytes());
    for (ext, rows) in [("csv", csv), ("jsonl", jsonl)] {
        let sent = send_file(&server, &format!("rows.{ext}"), &rows, "--skip-invalid");
        sent.expect_status(1);
        assert_eq!(sent.summary()["counts"]["invalid"], 3);
        let failed = sent.failed(ext).expect("rows to feed back");
        let raw = raw_rows(ext, &failed);
        assert!(
            raw[0].contains("latin") && raw[0].contains("caf"),
            "{raw:?}"
        );
        assert!(raw[1].contains("long") && (4000..=3 * 4096).contains(&raw[1].len()));
        assert!(!raw[1].contains(&"x".repeat(4097)), "more than 4 KiB");
        assert!(raw[2].contains("too") && raw[2].contains("many"), "{raw:?}");
        // As it is, nothing of it is sent; the rows that remain are the same ones.
        sent.workspace.write(&format!("again.{ext}"), &failed);
        let run = command(
            &sent.workspace,
            &format!("run again.{ext} --yes --out again"),
        );
        assert_eq!(run.against(&server).output().status, 3);
    }
    assert_eq!(server.requests().len(), 2);
}

/// The `_raw` of each failed row, whose slug must be empty.
fn raw_rows(ext: &str, failed: &str) -> Vec<String> {
    type Row = HashMap<String, String>;
    let rows: Vec<Row> = if ext == "jsonl" {
        let lines = failed.lines();
        lines
            .map(|line| serde_json::from_str(line).expect("an object of texts"))
            .collect()
    } else {
        let mut reader = csv::Reader::from_reader(failed.as_bytes());
        reader
            .deserialize()
            .map(|row| row.expect("as many cells as columns"))
            .collect()
    };
    let raw = |row: &Row| {
        assert_eq!(
            (row["slug"].as_str(), row["_outcome"].as_str()),
            ("", "invalid")
        );
        row["_raw"].clone()
    };
    rows.iter().map(raw).collect()
}

#[test]
fn there_is_no_file_of_failed_rows_where_none_failed() {
    let server = Server::start(picky);
    let sent = send(&server, &["ok", "other"], "");
    sent.expect_status(1);
    assert_eq!(
        names(&sent.run_dir),
        [
            "input.csv",
            "results.csv",
            "run.json",
            "summary.json",
            "timeline.csv"
        ]
    );
}

/// The names of a directory's files.
fn names(directory: &Path) -> Vec<String> {
    let name = |path: &std::path::PathBuf| {
        path.file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    tree(directory).iter().filter_map(name).collect()
}

#[test]
fn files_of_a_run_are_for_their_owner_only() {
    let server = Server::start(picky);
    for name in ["rows.csv", "rows.jsonl"] {
        let rows = if name == "rows.csv" {
            done(&["ok", "bad"])
        } else {
            "{\"slug\":\"bad\",\"status\":2}".into()
        };
        let sent = send_file(&server, name, rows, "");
        let files = tree(&sent.run_dir);
        assert_eq!(files.len(), 6, "{files:?}");
        for path in files {
            let mode = fs::metadata(&path).expect("a file").permissions().mode();
            assert_eq!(mode & 0o7777, 0o600, "{}", path.display());
        }
    }
}

#[test]
fn the_summary_says_in_numbers_what_happened() {
    let server = Server::start(|request| match (request.slug.as_str(), request.nth) {
        ("ok-1", 0) => Answer::text(500, ""),
        ("ok-2", 0) => Answer::text(429, "").header("Retry-After", "1"),
        ("lost", _) => Answer::text(502, ""),
        _ => picky(request),
    });
    let slugs = [
        "ok-1", "ok-2", "bad-1", "bad-2", "gone", "lost", "other", "", "ok-3",
    ];
    let sent = send(
        &server,
        &slugs,
        "--retries 1 --skip-invalid --rate 300/m --fixed-rate --workers 9",
    );
    sent.expect_status(1);
    let summary = sent.summary();
    let keys: BTreeSet<&String> = summary.as_object().expect("an object").keys().collect();
    let expected = "counts damaged differs error exit_status finished_at limit_found passes rate_asked \
                    rate_reached reads reasons requests retries rows run_dir started_at stop_reason \
                    throttled workers_needed";
    assert!(keys.into_iter().eq(expected.split(' ')), "{summary}");
    let expected = json!({
        "rows": 9, "damaged": 0, "differs": 1, "exit_status": 1, "requests": 11, "reads": 0, "retries": 2, "throttled": 1,
        "rate_asked": 5.0, "stop_reason": null, "error": null, "counts": {
            "updated": 4, "unchanged": 0, "conflict": 0, "rejected": 2, "not_found": 1, "failed": 0, "unknown": 1, "invalid": 1,
            "not_sent": 0
        }
    });
    for (key, value) in expected.as_object().expect("an object") {
        assert_eq!(summary[key], *value, "{key}");
    }
    let reached = summary["rate_reached"].as_f64().expect("a rate");
    assert!((0.5..=6.5).contains(&reached), "{reached}/s");
    let [started, finished] = ["started_at", "finished_at"].map(|key| {
        let text = summary[key].as_str().expect("a time");
        text.parse::<Timestamp>().expect("RFC 3339")
    });
    assert!(started < finished);
    let first = &summary["reasons"][0];
    assert_eq!(
        (&first["count"], &first["lines"]),
        (&json!(2), &json!([4, 5]))
    );
    assert_eq!(first["outcome"], "rejected");
}

#[test]
fn run_json_says_what_was_asked_and_of_whom() {
    let server = Server::start(picky);
    let rows = done(&["ok"]);
    let options = "--timezone Europe/Berlin --retries 2 --set tag_list=a,b";
    let sent = send_file(&server, "rows.csv", &rows, options);
    let text = sent.workspace.read("out/run.json");
    let run: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(run["version"], env!("CARGO_PKG_VERSION"));
    assert!(run["format_version"].is_u64(), "{text}");
    assert_eq!(run["account"]["base_url"], server.base_url());
    assert_eq!(run["account"]["email"], "agent@example.com");
    let input = sent.workspace.path().join("rows.csv");
    assert_eq!(run["input"]["path"], input.to_str().expect("UTF-8"));
    let hash: Vec<String> = Sha256::digest(&rows)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(run["input"]["sha256"], hash.concat());
    for (option, value) in [
        ("timezone", json!("Europe/Berlin")),
        ("retries", json!(2)),
        ("format", json!("csv")),
        ("set", json!(["tag_list=a,b"])),
        ("rate", json!("500/s")),
    ] {
        assert_eq!(run["options"][option], value, "{option}");
    }
    assert!(!text.contains("test-token"));
}

#[test]
fn a_run_directory_may_be_new_or_empty_and_its_parents_are_made() {
    let server = Server::start(picky);
    for out in ["new", "empty", "some/where/deep"] {
        let workspace = Workspace::new();
        fs::create_dir(workspace.path().join("empty")).expect("a directory");
        workspace.write("rows.csv", done(&["ok"]));
        let run = command(&workspace, &format!("run rows.csv --yes --out {out}"));
        let output = run.against(&server).output();
        assert_eq!(output.status, 0, "{out}: {output:#?}");
        assert!(workspace.path().join(out).join("results.csv").exists());
        assert!(output.stderr.contains(out), "it says where: {output:#?}");
    }
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let server = Server::start(picky);
    for there in ["out/mine.txt", "out/results.csv", "out"] {
        let workspace = Workspace::new();
        workspace.write(there, "mine");
        workspace.write("rows.csv", done(&["ok"]));
        let before = tree(workspace.path());
        let output = to_out(&workspace, "rows.csv", "").against(&server).output();
        assert_eq!(output.status, 2, "{there}: {output:#?}");
        assert_eq!(workspace.read(there), "mine");
        assert_eq!(tree(workspace.path()), before);
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_run_directory_is_named_after_the_input_and_the_time_with_a_number_on_a_clash() {
    let server = Server::start(picky);
    let workspace = Workspace::new();
    workspace.write("My rows.csv", done(&["ok"]));
    let name = |ahead: i64| {
        let time = Timestamp::now() + ahead.seconds();
        format!("reamaze-runs/My rows-{}", time.strftime("%Y%m%dT%H%M%SZ"))
    };
    // Every second in which the run may start is taken.
    let taken: Vec<String> = (-1..60).map(name).collect();
    for directory in &taken {
        workspace.write(&format!("{directory}/mine.txt"), "mine");
    }
    let before: BTreeSet<_> = workspace.run_dirs().into_iter().collect();
    let run = command(&workspace, "run 'My rows.csv' --yes").against(&server);
    assert_eq!(run.output().status, 0);
    let after: BTreeSet<_> = workspace.run_dirs().into_iter().collect();
    let [made] = after
        .difference(&before)
        .collect::<Vec<_>>()
        .try_into()
        .expect("one new directory");
    let made_name = made
        .strip_prefix(workspace.path())
        .expect("below the workspace")
        .to_string_lossy();
    let base = made_name.strip_suffix("-2").expect("a number");
    assert!(taken.iter().any(|name| name == base), "{made_name}");
    assert_eq!(ledger(made).len(), 1);
    for directory in &taken {
        assert_eq!(names(&workspace.path().join(directory)), ["mine.txt"]);
    }
}

#[test]
fn a_run_from_standard_input_has_its_copy_too() {
    let server = Server::start(picky);
    let workspace = Workspace::new();
    let run = to_out(&workspace, "-", "").against(&server);
    assert_eq!(run.stdin(done(&["ok", "bad"])).output().status, 1);
    assert_eq!(workspace.read("out/input.csv"), done(&["ok", "bad"]));
    assert_eq!(ledger(&workspace.path().join("out")).len(), 2);
}

#[test]
fn a_run_that_sends_nothing_leaves_nothing_behind() {
    let server = Server::start(picky);
    let good = done(&["ok"]);
    let cases = [
        (2, &*good, ""),
        (2, &good, "--yes --rate 120"),
        (2, &good, "--yes --brand a.b"),
        (2, &good, "--yes --token-file no-such-file"),
        (2, &good, "--yes --out rows.csv/below"),
        (3, "slug,status\nok,2\nok-2,99\n", "--yes"),
        (3, "slug,colour\nok,2\n", "--yes"),
        (3, "", "--yes --out some/where/deep"),
        (0, "slug,status\n", "--yes"),
    ];
    for (status, rows, options) in cases {
        let workspace = Workspace::new();
        workspace.write("rows.csv", rows);
        fs::create_dir(workspace.path().join("tmp")).expect("a directory");
        let before = tree(workspace.path());
        let run = command(&workspace, &format!("run rows.csv {options}")).against(&server);
        let output = run.env("TMPDIR", workspace.path().join("tmp")).output();
        assert_eq!(output.status, status, "{options:?}: {output:#?}");
        assert_eq!(tree(workspace.path()), before, "{options:?}");
        assert_eq!(workspace.read("rows.csv"), rows);
    }
    assert!(server.requests().is_empty());
}

#[test]
fn an_input_in_utf_16_is_copied_as_it_is_and_its_failed_rows_are_utf_8() {
    let server = Server::start(picky);
    let utf_16 = in_utf_16("slug;data.note\nok;é\nbad-1;ü “x”\n");
    let sent = send_file(&server, "rows.csv", &utf_16, "");
    sent.expect_status(1);
    assert_eq!(
        fs::read(sent.run_dir.join("input.csv")).expect("a copy"),
        utf_16
    );
    let failed = sent.failed("csv").expect("rows to feed back");
    let expected = "\u{feff}slug;data.note;_outcome;_reasons\n\"bad-1\";\"ü “x”\";\"rejected\";";
    assert!(failed.starts_with(expected), "{failed:?}");
}

fn in_utf_16(text: &str) -> Vec<u8> {
    let units = [0xfeff].into_iter().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn failed_rows_begin_with_a_byte_order_mark_where_the_input_did() {
    const MARK: &str = "\u{feff}";
    let server = Server::start(picky);
    let rows = "slug,data.note\nok,é\nbad-1,ü\n";
    for (input, mark) in [
        (rows.as_bytes().to_vec(), ""),
        (format!("{MARK}{rows}").into_bytes(), MARK),
        (in_utf_16(rows), MARK),
    ] {
        let sent = send_file(&server, "rows.csv", &input, "");
        sent.expect_status(1);
        let failed = sent.failed("csv").expect("rows to feed back");
        let header = format!("{mark}slug,data.note,_outcome,_reasons\n");
        assert!(failed.starts_with(&header), "{failed:?}");
        // It is rebuilt just so, and fed back it comes back just so.
        fs::remove_file(sent.run_dir.join("failed.csv")).expect("a file");
        let (sent, _) = sent.resume(&server, "");
        sent.expect_status(1);
        assert_eq!(sent.failed("csv").as_ref(), Some(&failed));
        let again = send_file(&server, "failed.csv", &failed, "");
        again.expect_status(1);
        assert_eq!(again.failed("csv"), Some(failed));
    }
    let objects = format!("{MARK}{{\"slug\": \"bad-1\", \"status\": 2}}\n");
    let sent = send_file(&server, "rows.jsonl", objects, "");
    let failed = sent.failed("jsonl").expect("rows to feed back");
    assert!(failed.starts_with('{'), "{failed:?}");
}
