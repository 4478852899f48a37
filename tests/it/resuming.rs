//! `run --resume`: one command goes on with a run, wherever it was cut short.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::command::{Signal, Workspace, ledger};
use super::support::resumed::{HEADER, begun, cut_short, record, recorded};
use super::support::sent::{Sent, command, done, eventually, holding, numbered, send, start, tree};
use super::support::server::Server;

const ABC: [&str; 3] = ["a", "b", "c"];

#[test]
fn a_canary_is_followed_by_the_rest_and_no_row_is_sent_twice() {
    let server = Server::start(Answer::echo);
    let mut sent = send(&server, &numbered("row-", 7), "--limit 2 --workers 1");
    for (status, options) in [(4, "--limit 2"), (4, "--limit 2"), (0, "--limit 2")] {
        sent.expect_status(4);
        (sent, _) = sent.resume(&server, options);
        sent.expect_status(status);
    }
    assert_eq!(server.slugs(), numbered("row-", 7));
    sent.expect_outcomes(&["updated"; 7]);
    assert_eq!(sent.failed("csv"), None);
}

#[test]
fn a_run_goes_on_after_any_signal_whatever_happened_to_its_input() {
    for (signal, content) in [
        (Signal::KILL, None),
        (Signal::KILL, Some("slug,status\nintruder,4\n")),
        (Signal::TERM, None),
        (Signal::INT, Some("")),
    ] {
        let (server, release) = holding("b");
        let run = start(&server, &ABC, "--workers 1");
        server.wait_for_requests(2);
        run.wait_for_records(1);
        let sent = if signal == Signal::KILL {
            run.end_by(Signal::KILL)
        } else {
            run.child.signal(signal);
            run.child.wait_for_stderr("stopping");
            drop(release);
            run.wait()
        };
        match content {
            Some(content) => drop(sent.workspace.write("rows.csv", content)),
            None => fs::remove_file(sent.workspace.path().join("rows.csv")).expect("a removal"),
        }
        let (sent, slugs) = sent.resume(&server, "");
        sent.expect_status(0);
        sent.expect_outcomes(&["updated"; 3]);
        let left: &[&str] = if signal == Signal::KILL {
            &["b", "c"]
        } else {
            &["c"]
        };
        assert_eq!(slugs, left, "{signal:?}");
    }
}

#[test]
fn the_rows_of_standard_input_are_resumed_from_their_copy() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    let run = command(&workspace, "run - --yes --limit 1 --workers 1").against(&server);
    assert_eq!(run.stdin(done(&ABC)).output().status, 4);
    let resume = command(&workspace, "run --resume latest --yes --rate 500/s").against(&server);
    assert_eq!(resume.output().status, 0);
    assert_eq!(server.slugs(), ABC);
}

#[test]
fn latest_is_the_run_that_was_started_last_save_for_those_in_the_sandbox() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    for name in ["z", "y", "a", "m"] {
        let file = format!("{name}.csv");
        workspace.write(&file, done(&[format!("{name}-1"), format!("{name}-2")]));
    }
    for line in [
        "run z.csv --yes --rate 500/s --limit 1",
        "run a.csv --yes --rate 500/s --limit 1",
        "run m.csv --yes --rate 500/s --limit 1 --out elsewhere",
    ] {
        assert_eq!(
            command(&workspace, line).against(&server).output().status,
            4
        );
    }
    let sandbox = command(&workspace, "run y.csv --sandbox --rate 500/s");
    assert!([0, 1].contains(&sandbox.output().status));
    // By name and by change the run of z.csv comes last.
    let oldest = workspace.run_dirs().pop().expect("three runs");
    fs::write(oldest.join("note"), "newly written").expect("a note");
    for name in ["z.csv", "y.csv", "a.csv", "m.csv"] {
        fs::remove_file(workspace.path().join(name)).expect("a removal");
    }
    let resume = command(&workspace, "run --resume latest --yes").against(&server);
    assert_eq!(resume.output().status, 0);
    assert_eq!(server.slugs(), ["z-1", "a-1", "m-1", "a-2"]);
}

#[test]
fn where_there_is_no_run_to_resume_that_is_said() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&ABC));
    fs::create_dir(workspace.path().join("empty")).expect("a directory");
    let expect = |from: &str, words: &str| {
        let resume = command(&workspace, &format!("run --resume {from} --yes"));
        let output = resume.against(&server).output();
        assert_eq!(output.status, 2, "{from}: {output:#?}");
        assert!(output.stderr.contains(words), "{from}: {output:#?}");
    };
    expect("latest", "reamaze-runs");
    let sandbox = command(&workspace, "run rows.csv --sandbox --rate 500/s");
    assert!([0, 1].contains(&sandbox.output().status));
    expect("latest", "reamaze-runs");
    let played = workspace.run_dirs().remove(0);
    expect(&played.display().to_string(), "sandbox");
    for from in ["nowhere", "empty", "rows.csv", "''"] {
        expect(from, from.trim_matches('\''));
    }
    expect("empty", "it contains no run.json (is it a run directory?)");
    assert!(server.requests().is_empty());
}

#[test]
fn a_ledger_cut_at_any_byte_loses_only_the_row_that_was_cut() {
    let server = Server::start(Answer::echo);
    let slugs = ["größe", "b", "c"];
    let torn = "3,b,rejected,422,\"no, \"\"näh\"\" 😀, said\",1,12,2026-01-01T00:00:00.000Z\n";
    let start = recorded(&slugs, &["updated"]);
    let whole = [start.as_bytes(), torn.as_bytes()].concat();
    let mut sent = begun(&server, "rows.csv", &done(&slugs), "");
    let in_header = [0, 1, 20, HEADER.len() - 1, HEADER.len()];
    for length in in_header.into_iter().chain(start.len()..=whole.len()) {
        sent.crash(&whole[..length]);
        let slugs;
        (sent, slugs) = sent.resume(&server, "");
        // A record whose line end alone is missing is whole: its time says so.
        let (status, left): (_, &[&str]) = if length + 1 >= whole.len() {
            (1, &["c"])
        } else if length >= start.len() {
            (0, &["b", "c"])
        } else {
            (0, &["b", "c", "größe"])
        };
        assert_eq!(slugs, left, "{length} bytes");
        sent.expect_status(status);
    }
}

#[test]
fn what_a_power_cut_leaves_at_the_end_of_a_ledger_is_no_record() {
    let server = Server::start(Answer::echo);
    let mut sent = begun(&server, "rows.csv", &done(&ABC), "");
    let tails: [&[u8]; 8] = [
        b"\0\0\0\0",
        b"\0\0\0\0\n",
        b"3,b,updated,200",
        b"3,b,updated\n",
        b"\"3,b,updated,200,,1,12,\n",
        b"3,\xff\xfe,updated,200,,1,12,2026-01-01T00:",
        b"3,b,updated,200,,1,12,",
        b"\n",
    ];
    for tail in tails {
        let whole = recorded(&ABC, &["updated"]);
        sent.crash([whole.as_bytes(), tail].concat());
        let slugs;
        (sent, slugs) = sent.resume(&server, "");
        assert_eq!(slugs, ["b", "c"], "{}", tail.escape_ascii());
        if *tail != *b"\n" {
            let kept = fs::read(sent.run_dir.join("results.csv.torn")).expect("what was cut off");
            assert!(
                kept.ends_with(&[tail, b"\n"].concat()),
                "{}",
                kept.escape_ascii()
            );
        }
        sent.expect_status(0);
        sent.expect_outcomes(&["updated"; 3]);
    }
}

#[test]
fn rows_that_may_still_change_are_sent_again_and_settled_ones_are_not() {
    let server = Server::start(Answer::echo);
    let outcomes = [
        "updated",
        "unchanged",
        "conflict",
        "rejected",
        "not_found",
        "failed",
        "unknown",
        "invalid",
        "not_sent",
        "-",
    ];
    let (sent, slugs) =
        cut_short(&server, &outcomes, &outcomes, "--skip-invalid --workers 1").resume(&server, "");
    assert_eq!(slugs, ["-", "failed", "not_sent", "unknown"]);
    sent.expect_status(1);
    let expected = [
        "updated",
        "unchanged",
        "conflict",
        "rejected",
        "not_found",
        "updated",
        "updated",
        "invalid",
        "updated",
        "updated",
    ];
    sent.expect_outcomes(&expected);
}

#[test]
fn an_unchanged_row_is_a_success_and_a_conflict_needs_a_person() {
    let server = Server::start(Answer::echo);
    let slugs = ["a", "b", "c"];
    let all = ["updated", "unchanged", "unchanged"];
    let (sent, again) = cut_short(&server, &slugs, &all, "").resume(&server, "");
    assert!(again.is_empty(), "{again:?}");
    sent.expect_status(0);
    sent.expect_outcomes(&all);
    assert_eq!(sent.failed("csv"), None);
    assert_eq!(sent.summary()["counts"]["unchanged"], 2);
    assert!(sent.output.stderr.contains("1 updated, 2 unchanged"));

    let all = ["updated", "unchanged", "conflict"];
    let (sent, again) = cut_short(&server, &slugs, &all, "").resume(&server, "");
    assert!(again.is_empty(), "{again:?}");
    sent.expect_status(1);
    sent.expect_outcomes(&all);
    let conflict = "c,2,conflict,status: expected 0 (Open)";
    let failed = sent.failed("csv").expect("a row to review");
    assert_eq!(failed.lines().skip(1).collect::<Vec<_>>(), [conflict]);
    let reasons = &sent.summary()["reasons"];
    assert_eq!(reasons[0]["outcome"], "conflict", "{reasons}");
    assert_eq!(reasons.as_array().map(Vec::len), Some(1));
    let advice =
        "1 conflict needs a decision: see its reason in failed.csv and change the row, then:";
    assert!(sent.output.stderr.contains(advice), "{:?}", sent.output);
}

#[test]
fn interruptions_add_up_to_one_run() {
    let server = Server::start(|request| match (&*request.slug, request.nth) {
        ("twice", 0 | 1) => Answer::text(500, ""),
        ("bad", _) => Answer::text(422, "no"),
        _ => Answer::echo(request),
    });
    let slugs = ["twice", "bad", "c", "d", "e"];
    let sent = send(&server, &slugs, "--limit 2 --workers 1 --retries 0");
    sent.expect_outcomes(&["unknown", "rejected", "not_sent", "not_sent", "not_sent"]);
    let (sent, again) = sent.resume(&server, "--limit 2");
    sent.expect_status(4);
    assert_eq!(again, ["c", "d"]);
    let torn = sent.results() + "6,e,upd";
    sent.crash(torn);
    let (sent, again) = sent.resume(&server, "--limit 1");
    assert_eq!(again, ["e"]);
    let (sent, again) = sent.resume(&server, "");
    assert_eq!(again, ["twice"]);
    let (sent, again) = sent.resume(&server, "");
    assert_eq!(again, ["twice"]);
    sent.expect_status(1);
    let expected = ["updated", "rejected", "updated", "updated", "updated"];
    sent.expect_outcomes(&expected);
}

#[test]
fn a_crash_while_the_results_were_put_in_order_is_repaired() {
    let server = Server::start(Answer::echo);
    let slugs = ["a", "bad", "c"];
    let expected = recorded(&slugs, &["updated", "rejected", "updated"]);
    let events = [
        record(4, "c", "unknown"),
        record(3, "bad", "rejected"),
        record(2, "a", "updated"),
        record(4, "c", "updated"),
    ];
    let unsorted = HEADER.to_owned() + &events.concat();
    let stale = "slug,status,_outcome,_reasons\na,2,not_sent,\nbad,2,not_sent,\n";
    let mut sent = begun(&server, "rows.csv", &done(&slugs), "");
    for results in [&unsorted, &expected] {
        for (failed, summary) in [(None, None), (Some(stale), None), (Some(stale), Some("{"))] {
            sent.crash(results);
            let leave = |name, content: Option<&str>| {
                if let Some(content) = content {
                    sent.workspace.write(&format!("out/{name}"), content);
                }
            };
            leave("failed.csv", failed);
            leave("summary.json", summary);
            leave(".tmpABCDEF", Some("half a led"));
            let slugs;
            (sent, slugs) = sent.resume(&server, "");
            assert!(slugs.is_empty(), "{slugs:?}");
            sent.expect_status(1);
            assert_eq!(sent.results(), expected);
            let failed = sent.failed("csv").expect("a row to feed back");
            let told = "bad,2,rejected,\"no, \"\"said\"\" R&D\"";
            assert_eq!(failed.lines().nth(1), Some(told));
            assert_eq!(failed.lines().count(), 2);
            assert_eq!(sent.summary()["counts"]["updated"], 2);
        }
    }
}

#[test]
fn a_finished_run_says_so_and_exits_as_its_ledger_says() {
    let server = Server::start(Answer::echo);
    for (outcomes, status) in [
        (["updated"; 3], 0),
        (["updated", "rejected", "updated"], 1),
        (["updated", "differs", "updated"], 1),
        (["updated", "not_found", "invalid"], 1),
    ] {
        let sent = cut_short(&server, &ABC, &outcomes, "--skip-invalid");
        let (sent, slugs) = sent.resume(&server, "");
        sent.expect_status(status);
        assert!(slugs.is_empty());
        assert!(sent.output.stderr.contains("finished"), "{:?}", sent.output);
        let (sent, _) = sent.resume(&server, "--json");
        sent.expect_status(status);
        let document: Value = serde_json::from_str(&sent.output.stdout).expect("one document");
        assert_eq!(document["exit_status"], status);
        assert_eq!(document["rows"], 3);
        assert_eq!(document["stop_reason"], Value::Null);
        assert_eq!(sent.summary()["counts"], document["counts"]);
    }
}

#[test]
fn the_status_of_a_resumed_run_is_that_of_the_whole_run() {
    let server = Server::start(|request| match request.slug.as_str() {
        "bad" => Answer::text(422, "no"),
        "other" => Answer::json(200, &json!({"status": 4})),
        "login" => Answer::text(401, ""),
        _ => Answer::echo(request),
    });
    for (slugs, before, options, status) in [
        (["a", "b"], ["updated", "-"], "", 0),
        (["a", "b"], ["failed", "unknown"], "", 0),
        (["a", "b"], ["rejected", "-"], "", 1),
        (["a", "b"], ["differs", "-"], "", 1),
        (["a", "b"], ["invalid", "-"], "--skip-invalid", 1),
        (["a", "bad"], ["updated", "-"], "", 1),
        (["a", "other"], ["updated", "-"], "", 1),
        (["a", "b"], ["-", "-"], "--limit 1", 4),
        (["a", "login"], ["rejected", "-"], "", 6),
    ] {
        let (skip, options): (_, &str) = match options {
            "--skip-invalid" => (options, ""),
            _ => ("", options),
        };
        let (sent, _) = cut_short(&server, &slugs, &before, skip).resume(&server, options);
        sent.expect_status(status);
        assert_eq!(sent.summary()["exit_status"], status);
    }
}

#[test]
fn a_resumed_run_that_a_signal_stops_is_resumed_like_any_other() {
    let (server, release) = holding("b");
    let run = cut_short(&server, &ABC, &["updated"], "--workers 1").start_resume(&server, "");
    server.wait_for_requests(2);
    run.child.signal(Signal::TERM);
    run.child.wait_for_stderr("stopping");
    drop(release);
    let sent = run.wait();
    sent.expect_status(143);
    sent.expect_outcomes(&["updated", "updated", "not_sent"]);
    assert!(sent.output.stderr.contains("--resume"), "{:?}", sent.output);
    let (sent, slugs) = sent.resume(&server, "");
    sent.expect_status(0);
    assert_eq!(slugs, ["c"]);
}

#[test]
fn what_a_run_is_bound_to_cannot_be_changed() {
    let server = Server::start(Answer::echo);
    let rows = "slug\tdata.x\na\tx\nb\ty\n";
    let bound = "--format csv --delimiter tab --set status=2 --timezone Europe/Berlin";
    let mut sent = begun(&server, "rows.txt", rows, bound);
    let requests = server.requests().len();
    for (option, word) in [
        ("--set status=4", "set"),
        ("--set status=2 --set category=support", "set"),
        ("--timezone Europe/Paris", "timezone"),
        ("--format tsv", "format"),
        ("--format jsonl", "format"),
        ("--delimiter ,", "delimiter"),
        ("--skip-invalid", "skip-invalid"),
        ("--email other@example.com", "account"),
        ("--base-url http://127.0.0.1:9/api/v1", "account"),
        ("--brand other", ""),
    ] {
        let run = sent.resumption(option).against(&server);
        let run = if word.is_empty() {
            run.env("REAMAZE_BASE_URL", "")
        } else {
            run
        };
        let output = run.output();
        assert_eq!(output.status, 2, "{option}: {output:#?}");
        assert!(output.stderr.contains(word), "{option}: {output:#?}");
        assert_eq!(sent.results(), HEADER);
    }
    assert_eq!(server.requests().len(), requests);
    (sent, _) = sent.resume(&server, bound);
    sent.expect_status(0);
    let bodies = ["a", "b"].map(|slug| {
        let request = server.requests_for(slug).pop().expect("a request");
        request.body["conversation"].clone()
    });
    let expected =
        [("x", 2), ("y", 2)].map(|(x, status)| json!({"status": status, "data": {"x": x}}));
    assert_eq!(bodies, expected);
}

#[test]
fn how_to_send_is_taken_over_and_may_be_given_anew() {
    let server = || {
        Server::start(|request| match request.slug.as_str() {
            "b" => Answer::json(200, &json!({"status": 4})),
            "c" => Answer::hang(),
            _ => Answer::echo(request),
        })
    };
    let options = "--retries 1 --timeout 1s --no-verify --rate 77/s --workers 3";
    for (begun_with, resumed_with, attempts, differs, rate) in [
        (options, "", [1, 1, 2], 0, 77.0),
        ("--timeout 1h", options, [1, 1, 2], 0, 77.0),
        (options, "--retries 0 --rate 50/s", [1, 1, 1], 0, 50.0),
    ] {
        let server = server();
        let sent = cut_short(&server, &ABC, &["updated"], begun_with);
        let (sent, _) = sent.resume(&server, resumed_with);
        sent.expect_status(1);
        let tries: Vec<_> = ledger(&sent.run_dir)
            .iter()
            .map(|line| line.attempts)
            .collect();
        assert_eq!(tries, attempts);
        assert_eq!(sent.summary()["differs"], differs);
        assert_eq!(sent.summary()["rate_asked"], rate);
    }
    for (begun_with, resumed_with, status) in [
        ("--max-failures 0", "", 6),
        ("--max-failures 0", "--max-failures 1", 1),
        ("--max-failures 1", "--max-failures 0", 6),
    ] {
        let server = Server::start(|request| match request.slug.as_str() {
            "b" => Answer::text(422, ""),
            _ => Answer::echo(request),
        });
        let sent = cut_short(&server, &ABC, &["updated"], begun_with);
        let (sent, _) = sent.resume(&server, &format!("--workers 1 {resumed_with}"));
        sent.expect_status(status);
    }
}

#[test]
fn how_many_rows_may_differ_is_taken_over_from_any_run_that_says_so() {
    let server =
        || Server::start(|request| Answer::json(200, &json!({"slug": request.slug, "status": 4})));
    let slugs = numbered("row-", 40);
    for (begun_with, is_older, resumed_with, status, sent_rows) in [
        ("--max-differs 2", false, "", 6, 3),
        ("--max-differs 2", false, "--max-differs none", 1, 39),
        ("--max-differs none", false, "", 1, 39),
        ("--max-differs none", false, "--max-differs 2", 6, 3),
        // A run from before there was such an option.
        ("--max-differs none", true, "", 6, 20),
    ] {
        let server = server();
        let sent = cut_short(&server, &slugs, &["updated"], begun_with);
        if is_older {
            edit_run_file(&sent, |run| {
                let options = run["options"].as_object_mut().expect("options");
                options.remove("max_differs").expect("the option");
            });
        }
        let (sent, slugs) = sent.resume(&server, &format!("--workers 1 {resumed_with}"));
        sent.expect_status(status);
        let most = sent_rows + usize::from(status == 6);
        assert!((sent_rows..=most).contains(&slugs.len()), "{slugs:?}");
    }
}

#[test]
fn limits_and_consent_are_for_one_sitting() {
    let server = Server::start(Answer::echo);
    let sent = send(&server, &ABC, "--limit 1 --max-duration 1h");
    let unasked = command(&sent.workspace, "run --resume out").against(&server);
    assert_eq!(unasked.output().status, 2);
    let (sent, slugs) = sent.resume(&server, "");
    sent.expect_status(0);
    assert_eq!(slugs, ["b", "c"]);
}

#[test]
fn a_run_of_a_newer_program_is_refused_and_left_alone() {
    let server = Server::start(Answer::echo);
    let sent = cut_short(&server, &ABC, &["updated"], "");
    let results = sent.results() + "torn";
    sent.crash(&results);
    edit_run_file(&sent, |run| run["format_version"] = json!(1_000_000));
    for options in ["", "--dry-run"] {
        let output = sent.resumption(options).against(&server).output();
        assert_eq!(output.status, 2);
        assert!(output.stderr.contains("newer"), "{output:#?}");
        assert_eq!(sent.results(), results);
    }
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_run_that_was_started_long_ago_says_its_age() {
    let server = Server::start(Answer::echo);
    for (hours, is_told) in [(0, false), (23, false), (25, true), (1000, true)] {
        let sent = cut_short(&server, &ABC, &["updated"], "");
        edit_run_file(&sent, |run| {
            run["created_at"] = json!((Timestamp::now() - hours.hours()).to_string());
        });
        let (sent, _) = sent.resume(&server, "");
        sent.expect_status(0);
        let stderr = &sent.output.stderr;
        assert_eq!(stderr.contains(" ago"), is_told, "{stderr}");
        assert!(!is_told || stderr.contains(&hours.to_string()), "{stderr}");
    }
}

fn edit_run_file(sent: &Sent, edit: impl FnOnce(&mut Value)) {
    let mut run = serde_json::from_str(&sent.workspace.read("out/run.json")).expect("JSON");
    edit(&mut run);
    sent.workspace.write("out/run.json", run.to_string());
}

#[test]
fn a_row_whose_time_has_come_is_invalid_and_stops_nobody() {
    let server = Server::start(Answer::echo);
    let soon = Timestamp::now() + 2.seconds();
    let rows = format!(
        "slug,status,hold_until\nfirst,5,{soon}\nlate,5,{soon}\nsettled,5,{soon}\ndoubt,5,{soon}\nc,2,\n"
    );
    let sent = begun(&server, "rows.csv", &rows, "");
    let slugs = ["first", "late", "settled", "doubt", "c"];
    let known = ["updated", "-", "updated", "unknown", "-"];
    sent.crash(recorded(&slugs, &known));
    eventually("the time has come", || Timestamp::now() > soon);
    let look = sent.resumption("--dry-run").against(&server).output();
    assert!(look.stdout.contains("hold_until"), "{look:#?}");
    let advice = "a resumed run is bound to its --skip-invalid";
    assert!(
        !look.stderr.contains("--skip-invalid"),
        "{advice}: {look:#?}"
    );
    let (sent, slugs) = sent.resume(&server, "");
    sent.expect_status(1);
    assert_eq!(slugs, ["c"]);
    sent.expect_outcomes(&["updated", "invalid", "updated", "invalid", "updated"]);
    assert!(sent.line("late").reasons.contains("hold_until"));
}

/// Every file of a run directory, with its content and the time of its last change.
fn files(sent: &Sent) -> Vec<(PathBuf, Vec<u8>, SystemTime)> {
    let paths = tree(&sent.run_dir).into_iter();
    let files = paths.map(|path| {
        let content = fs::read(&path).expect("a file");
        let changed = fs::metadata(&path).and_then(|metadata| metadata.modified());
        (path, content, changed.expect("a time"))
    });
    files.collect()
}

#[test]
fn a_dry_run_tells_what_is_left_and_writes_nothing_at_all() {
    let (server, release) = holding("b");
    let run = start(&server, &ABC, "--workers 1 --set data.note=x");
    server.wait_for_requests(2);
    run.wait_for_records(1);
    let sent = run.end_by(Signal::KILL);
    drop(release);
    let unsorted = HEADER.to_owned() + &record(4, "c", "updated") + &record(2, "a", "rejected");
    let resaved = format!("\u{feff}{}", sent.results()).replace('\n', "\r\n");
    for (results, due) in [
        (sent.results(), 2),
        (sent.results() + "3,b,upda", 2),
        (unsorted, 1),
        (resaved, 2),
        (recorded(&ABC, &["updated"; 3]), 0),
    ] {
        fs::write(sent.run_dir.join("results.csv"), &results).expect("a ledger");
        sent.workspace.write("out/.reamaze-bulk-left", "by a crash");
        sent.workspace.write("out/failed.csv", "stale");
        let before = files(&sent);
        for options in ["--dry-run", "--dry-run --json"] {
            let line = format!("run --resume out {options}");
            let output = command(&sent.workspace, &line).output();
            assert_eq!(output.status, 0, "{output:#?}");
            if options.contains("json") {
                let document: Value = serde_json::from_str(&output.stdout).expect("one document");
                assert_eq!([&document["requests"], &document["valid"]], [due, due]);
            }
            assert_eq!(files(&sent), before, "{options}: {results:?}");
        }
    }
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_dry_run_of_a_finished_run_says_how_that_went() {
    let server = Server::start(|_| Answer::text(404, ""));
    let sent = send(&server, &["a"], "");
    let output = command(&sent.workspace, "run --resume out --dry-run --json").output();
    assert_eq!(output.status, 1, "{output:#?}");
    let document: Value = serde_json::from_str(&output.stdout).expect("one document");
    let fields = ["exit_status", "settled", "requests"].map(|field| &document[field]);
    assert_eq!(fields, [1, 1, 0]);
}

#[test]
fn a_repeated_slug_stays_invalid_although_one_of_its_rows_is_settled() {
    let server = Server::start(Answer::echo);
    let rows = ["first", "twin", "c", "twin"];
    for before in [["-", "invalid", "-", "-"], ["-", "-", "-", "invalid"]] {
        let sent = cut_short(&server, &rows, &before, "--skip-invalid");
        let (sent, slugs) = sent.resume(&server, "");
        assert_eq!(slugs, ["c", "first"]);
        sent.expect_status(1);
        sent.expect_outcomes(&["updated", "invalid", "updated", "invalid"]);
    }
}

#[test]
fn a_run_that_a_second_signal_ended_is_resumed_like_one_that_crashed() {
    let (server, release) = holding("b");
    let run = start(&server, &ABC, "--workers 1");
    server.wait_for_requests(2);
    run.wait_for_records(1);
    run.child.signal(Signal::INT);
    run.child.wait_for_stderr("stopping");
    let sent = run.end_by(Signal::TERM);
    drop(release);
    sent.expect_status(143);
    let (sent, slugs) = sent.resume(&server, "");
    sent.expect_status(0);
    assert_eq!(slugs, ["b", "c"]);
}

#[test]
fn what_belongs_to_a_new_run_cannot_be_said_of_a_resumed_one() {
    let server = Server::start(Answer::echo);
    let sent = cut_short(&server, &ABC, &["updated"], "");
    for option in ["rows.csv", "--out other", "--max-rows 9", "--sandbox"] {
        let output = sent.resumption(option).against(&server).output();
        assert_eq!(output.status, 2, "{option}: {output:#?}");
    }
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_damaged_copy_of_the_input_is_noticed_before_anything_is_sent() {
    let server = Server::start(Answer::echo);
    let damages: [fn(&str) -> String; 3] = [
        |copy| copy[..copy.len() / 2].to_owned(),
        |copy| format!("{copy}stranger,1\n"),
        |copy| copy.replacen(",2", ",3", 1),
    ];
    for damage in damages {
        let sent = cut_short(&server, &["a", "b", "c", "d"], &["updated"], "");
        let path = sent.run_dir.join("input.csv");
        let copy = fs::read_to_string(&path).expect("a copy");
        fs::write(&path, damage(&copy)).expect("a damaged copy");
        let before = server.requests().len();
        let resumed = sent.resumption("").against(&server).output();
        assert_eq!(resumed.status, 3, "{resumed:#?}");
        assert!(resumed.stderr.contains("input.csv: has changed"));
        assert_eq!(server.requests().len(), before);
    }
}

#[test]
fn a_directory_that_was_never_published_is_not_the_latest() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a", "b"]));
    let arguments = ["run", "rows.csv", "--yes", "--limit", "1"];
    assert_eq!(
        workspace
            .command(&arguments)
            .against(&server)
            .output()
            .status,
        4
    );
    let run = &workspace.run_dirs()[0];
    let hidden = run.with_file_name(".reamaze-bulk-staged");
    fs::create_dir(&hidden).expect("a directory");
    for file in ["run.json", "results.csv", "input.csv"] {
        let text = fs::read_to_string(run.join(file)).expect("a file");
        // Newer than the run.
        fs::write(
            hidden.join(file),
            text.replace("\"created_at\": \"2", "\"created_at\": \"3"),
        )
        .expect("a file");
    }
    let arguments = ["run", "--resume", "latest", "--yes"];
    assert_eq!(
        workspace
            .command(&arguments)
            .against(&server)
            .output()
            .status,
        0
    );
    assert_eq!(ledger(run).len(), 2);
    assert_eq!(ledger(run)[1].outcome, "updated");
}
