//! A ledger that something else has changed between two passes: what says the same is read, what
//! does not is named, and nothing that is settled is sent again.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs;

use super::support::answer::Answer;
use super::support::command::Signal;
use super::support::resumed::{HEADER, record, recorded};
use super::support::sent::{Sent, holding, send, send_file, start};
use super::support::server::Server;

const ABCD: [&str; 4] = ["a", "b", "c", "d"];

/// A run of which two rows are done, and two are left.
fn half_done(server: &Server) -> Sent {
    let sent = send(server, &ABCD, "--limit 2 --workers 1");
    sent.expect_status(4);
    sent
}

fn in_utf_16(text: &str) -> Vec<u8> {
    let units = [0xfeff].into_iter().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// Each line of `text` with something made of it.
fn lines(text: &str, change: impl Fn(&str) -> String) -> String {
    text.lines().map(|line| change(line) + "\n").collect()
}

#[test]
fn a_ledger_that_a_spreadsheet_has_saved_says_the_same() {
    let quoted = |text: &str| lines(text, |line| format!("\"{}\"", line.replace(',', "\",\"")));
    let saved: [fn(&str) -> Vec<u8>; 11] = [
        |text| format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes(),
        |text| text.replace('\n', "\r\n").into_bytes(),
        |text| text.replace(',', ";").into_bytes(),
        |text| text.replace(',', "\t").into_bytes(),
        |text| in_utf_16(&text.replace(',', "\t").replace('\n', "\r\n")),
        |text| format!("sep=;\r\n{}", text.replace(',', ";")).into_bytes(),
        |text| lines(text, |line| format!("{line},,")).into_bytes(),
        |text| format!("{text},,,,,,,\r\n,,,,,,,\r\n").into_bytes(),
        |text| text.replace(",200,", ",200.0,").into_bytes(),
        // Sorted the other way, with a column in front.
        |text| {
            let mut rows: Vec<_> = text
                .lines()
                .skip(1)
                .map(|row| format!("mine,{row}\n"))
                .collect();
            rows.reverse();
            format!("note,{HEADER}{}", rows.concat()).into_bytes()
        },
        // Times as somebody likes them.
        |text| lines(text, |line| line.replace("000Z", "000").replace('T', " ")).into_bytes(),
    ];
    let saved: Vec<_> = saved
        .iter()
        .map(|saved| saved as &dyn Fn(&str) -> Vec<u8>)
        .collect();
    let quoted = |text: &str| quoted(text).into_bytes();
    for (number, saved) in saved
        .into_iter()
        .chain([&quoted as &dyn Fn(&str) -> Vec<u8>])
        .enumerate()
    {
        let server = Server::start(Answer::echo);
        let sent = half_done(&server);
        let bytes = saved(&sent.results());
        fs::write(sent.run_dir.join("results.csv"), &bytes).expect("a ledger");
        let (sent, slugs) = sent.resume(&server, "");
        sent.expect_status(0);
        assert_eq!(slugs, ["c", "d"], "form {number}");
        assert!(
            sent.results().starts_with(HEADER),
            "form {number}: {}",
            sent.results()
        );
        sent.expect_outcomes(&["updated"; 4]);
        let kept = sent.run_dir.join("results.csv.resaved");
        if kept.exists() {
            assert_eq!(fs::read(kept).expect("a ledger"), bytes, "form {number}");
            assert!(
                sent.output.stderr.contains("results.csv.resaved"),
                "{:?}",
                sent.output
            );
        } else {
            assert!(number == 11, "form {number} is not ours: {:?}", sent.output);
        }
    }
}

/// Fails the test unless a resume refuses this ledger in these words, and leaves it as it is.
fn expect_refused(sent: &Sent, server: &Server, results: &[u8], words: &[&str]) {
    let path = sent.run_dir.join("results.csv");
    fs::write(&path, results).expect("a ledger");
    let before = server.requests().len();
    for options in ["", "--dry-run"] {
        let output = sent.resumption(options).against(server).output();
        assert_eq!(output.status, 6, "{output:#?}");
        for word in words {
            assert!(
                output.stderr.contains(word),
                "{word:?} in {}",
                output.stderr
            );
        }
        assert!(!output.stderr.contains("internal error"), "{output:#?}");
    }
    assert_eq!(fs::read(&path).expect("a ledger"), results);
    assert_eq!(server.requests().len(), before, "{words:?}");
}

#[test]
fn an_edited_line_is_named_and_nothing_is_sent() {
    let server = Server::start(Answer::echo);
    let sent = half_done(&server);
    let [b, c] = [record(3, "b", "updated"), record(4, "c", "not_sent")];
    let good = recorded(&ABCD, &["updated", "updated", "not_sent", "not_sent"]);
    for (was, is, words) in [
        (
            "3,b,updated",
            "3,b,updatd",
            "results.csv:3: outcome: unknown outcome `updatd`",
        ),
        (
            "3,b,updated",
            "three,b,updated",
            "results.csv:3: line: `three` is not a number",
        ),
        (
            "3,b,updated",
            ",b,updated",
            "results.csv:3: has no line number",
        ),
        (
            "3,b,updated",
            "3,updated",
            "results.csv:3: has 7 cells instead of 8",
        ),
        ("3,b,updated", "3,b,,updated", "results.csv:3: "),
        (
            "3,b,updated",
            "3,\"b,updated",
            "results.csv:3: has a quote that does not end",
        ),
        (
            "3,b,updated",
            "3,B,updated",
            "results.csv:3: slug: `B`, and line 3 of input.csv has `b`",
        ),
        (
            "3,b,updated",
            "30,b,updated",
            "results.csv:3: line: no row starts on line 30 of input.csv",
        ),
        (
            "3,b,updated",
            "1,b,updated",
            "results.csv:3: line: no row starts on line 1 of input.csv",
        ),
        (&*b, "3,b\n", "results.csv:3: has 2 cells instead of 8"),
        (
            &*b,
            "an aside of mine\n",
            "results.csv:3: has 1 cells instead of 8",
        ),
        (
            &*c,
            "4,c,not_sent,,,none,,\n",
            "results.csv:4: attempts: `none` is not a number",
        ),
        (
            "5,d,not_sent",
            "5,d,nothing",
            "results.csv:5: outcome: unknown outcome `nothing`",
        ),
        (
            "line,slug",
            "line,name",
            "results.csv:1: re-saved by a spreadsheet or another program",
        ),
        (
            HEADER,
            "",
            "results.csv:1: re-saved by a spreadsheet or another program",
        ),
        (
            ",",
            "",
            "results.csv:1: re-saved by a spreadsheet or another program",
        ),
    ] {
        let results = if was == "," {
            good.replace(was, is)
        } else {
            good.replacen(was, is, 1)
        };
        assert_ne!(results, good, "{was}");
        expect_refused(&sent, &server, results.as_bytes(), &[words]);
    }
    // The same in a file that a spreadsheet has saved, where there is one more thing to say.
    let resaved = good.replace("3,b", "3,b,x").replace('\n', "\r\n");
    let words = ["results.csv:3: ", "re-saved by a spreadsheet"];
    expect_refused(&sent, &server, resaved.as_bytes(), &words);
    fs::write(sent.run_dir.join("results.csv"), good).expect("a ledger");
    let (sent, slugs) = sent.resume(&server, "");
    sent.expect_status(0);
    assert_eq!(slugs, ["c", "d"]);
}

#[test]
fn bytes_that_are_no_text_in_the_middle_of_a_ledger_are_named() {
    let server = Server::start(Answer::echo);
    let sent = half_done(&server);
    let good = recorded(&ABCD, &["updated", "differs", "not_sent", "not_sent"]);
    let middle = good.find("status is").expect("a reason");
    for (byte, words) in [
        (
            0,
            "results.csv:3: contains NUL bytes, as a power cut leaves them",
        ),
        // As Windows-1252 has an umlaut.
        (0xfc, "results.csv:3: is not UTF-8"),
    ] {
        let mut bytes = good.clone().into_bytes();
        bytes[middle] = byte;
        expect_refused(&sent, &server, &bytes, &[words]);
    }
    // Two lines, the end of the first one among them.
    let mut bytes = good.into_bytes();
    bytes[middle..middle + 60].fill(0);
    expect_refused(
        &sent,
        &server,
        &bytes,
        &["results.csv:3: contains NUL bytes"],
    );
}

#[test]
fn numbers_that_a_spreadsheet_has_made_of_slugs_are_named() {
    let server = Server::start(Answer::echo);
    let slugs = ["001042", "may-1", "x"];
    let sent = send(&server, &slugs, "--limit 2 --workers 1");
    let good = sent.results();
    for (was, is) in [("001042", "1042"), ("may-1", "01. Mai")] {
        let resaved = good.replace(was, is).replace(',', ";");
        let words = [was, is, "results.csv:", "restore the file"];
        expect_refused(&sent, &server, resaved.as_bytes(), &words);
    }
}

#[test]
fn a_ledger_that_is_gone_or_has_lost_lines_is_refused() {
    let server = Server::start(Answer::echo);
    let sent = half_done(&server);
    let good = sent.results();
    for (results, words) in [
        (String::new(), "results.csv: is empty"),
        ("\u{feff}".to_owned(), "results.csv: is empty"),
        (HEADER[..20].to_owned(), "results.csv: is empty"),
        (
            HEADER.to_owned(),
            "has 0 finished rows, and summary.json counts 2",
        ),
        // As a spreadsheet saves what a filter shows.
        (
            good.replace(&good.lines().nth(1).expect("a row").to_owned(), ""),
            "has 1 finished rows",
        ),
    ] {
        expect_refused(&sent, &server, results.as_bytes(), &[words]);
    }
    let path = sent.run_dir.join("results.csv");
    fs::remove_file(&path).expect("a removal");
    let output = sent.resumption("").against(&server).output();
    assert_eq!(output.status, 6, "{output:#?}");
    assert!(
        output.stderr.contains("results.csv: is missing"),
        "{output:#?}"
    );
    assert!(!path.exists());
    // Whoever wants these rows sent again can have it.
    sent.crash(HEADER);
    let (sent, slugs) = sent.resume(&server, "");
    sent.expect_status(0);
    assert_eq!(slugs, ABCD);
}

#[test]
fn a_killed_run_whose_ledger_was_emptied_is_refused() {
    let (server, release) = holding("b");
    let run = start(&server, &ABCD, "--workers 1");
    server.wait_for_requests(2);
    run.wait_for_records(1);
    let sent = run.end_by(Signal::KILL);
    drop(release);
    expect_refused(
        &sent,
        &server,
        b"",
        &["results.csv: is empty", "would be sent again"],
    );
}

#[test]
fn a_ledger_of_other_letters_is_read_after_a_spreadsheet_saved_it() {
    let server = Server::start(|request| match request.slug.as_str() {
        "größe" => Answer::text(422, "nö; \"nie\"\tund, nimmer"),
        _ => Answer::echo(request),
    });
    let rows = "slug,status\ngröße,2\nb,2\n";
    let sent = send_file(&server, "rows.csv", rows, "--limit 1 --workers 1");
    let reasons = sent.line("größe").reasons;
    let results = sent.results();
    let mut reader = csv::Reader::from_reader(results.as_bytes());
    let mut semicolons = csv::WriterBuilder::new()
        .delimiter(b';')
        .from_writer(Vec::new());
    semicolons
        .write_record(reader.headers().expect("a header"))
        .expect("a vector");
    for record in reader.records() {
        semicolons
            .write_record(&record.expect("a record"))
            .expect("a vector");
    }
    let text = String::from_utf8(semicolons.into_inner().expect("a vector")).expect("text");
    fs::write(sent.run_dir.join("results.csv"), in_utf_16(&text)).expect("a ledger");
    let (sent, slugs) = sent.resume(&server, "");
    sent.expect_status(1);
    assert_eq!(slugs, ["b"]);
    assert_eq!(sent.line("größe").reasons, reasons);
}
