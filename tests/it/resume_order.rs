//! A resume gets on, whatever stopped the run before: rows that were never tried come first, what is
//! known of the account stays known, and what is known of a row is not forgotten.

use super::support::answer::Answer;
use super::support::resumed::{cut_short, recorded};
use super::support::sent::{Sent, numbered, send};
use super::support::server::Server;

/// A server that gives this status to slugs that begin with `bad`, and takes all others.
fn refusing(status: u16) -> Server {
    Server::start(move |request| {
        if request.slug.starts_with("bad") {
            Answer::text(status, "blocked by the firewall")
        } else {
            Answer::echo(request)
        }
    })
}

fn count(sent: &Sent, outcome: &str) -> usize {
    let lines = sent.ledger();
    lines.iter().filter(|line| line.outcome == outcome).count()
}

const ALONE: &str = "--workers 1 --retries 0";

#[test]
fn failures_of_an_earlier_run_do_not_stand_before_rows_that_were_never_tried() {
    // Of the first 30 rows none can be done.
    for (status, outcome) in [
        (400, "failed"),
        (403, "failed"),
        (500, "unknown"),
        (302, "failed"),
    ] {
        let slugs = [numbered("bad-", 30), numbered("fine-", 30)].concat();
        for limit in [
            "",
            "--max-failures 0",
            "--max-failures 2",
            "--max-failures none",
        ] {
            let before = [vec![outcome; 30], vec!["updated"]].concat();
            let server = refusing(status);
            let sent = cut_short(&server, &slugs, &before, ALONE);
            let (sent, _) = sent.resume(&server, limit);
            assert_eq!(
                count(&sent, "updated"),
                30,
                "{status} {limit}: {:#?}",
                sent.output
            );
            assert_eq!(count(&sent, outcome), 30, "{status} {limit}");
        }
    }
}

#[test]
fn a_row_that_is_always_refused_is_passed_by_resumes_of_a_login_that_is_unproven() {
    let server = refusing(403);
    let slugs = ["bad", "a", "b"];
    let sent = send(&server, &slugs, ALONE);
    sent.expect_outcomes(&["not_sent", "not_sent", "not_sent"]);
    let (sent, _) = sent.resume(&server, "");
    sent.expect_status(1);
    sent.expect_outcomes(&["failed", "updated", "updated"]);
    assert!(sent.line("bad").reasons.contains("blocked by the firewall"));
}

#[test]
fn what_a_ledger_proves_of_the_login_is_known_to_a_resume() {
    for proof in [
        "updated",
        "differs",
        "unchanged",
        "conflict",
        "rejected",
        "not_found",
    ] {
        let server = refusing(403);
        let slugs = ["x", "bad", "a"];
        let sent = cut_short(&server, &slugs, &[proof], ALONE);
        let (sent, sent_slugs) = sent.resume(&server, "");
        sent.expect_status(1);
        assert_eq!(sent_slugs, ["a", "bad"]);
        assert_eq!(sent.line("bad").outcome, "failed", "{proof}");
        assert_eq!(sent.line("a").outcome, "updated");
    }
    for nothing in ["failed", "unknown", "not_sent", "opted_out"] {
        let server = Server::start(|_| Answer::text(403, "no"));
        let sent = cut_short(&server, &["x", "a"], &[nothing], ALONE);
        let (sent, _) = sent.resume(&server, "");
        sent.expect_status(6);
        assert_eq!(sent.summary()["stop_reason"], "login_refused", "{nothing}");
    }
}

#[test]
fn a_404_and_a_422_prove_the_login() {
    for status in [404, 422] {
        let server = Server::start(move |request| match request.slug.as_str() {
            "first" => Answer::text(status, "no"),
            "bad" => Answer::text(403, "no"),
            _ => Answer::echo(request),
        });
        let sent = send(&server, &["first", "bad", "a"], ALONE);
        sent.expect_status(1);
        assert_eq!(sent.line("bad").outcome, "failed", "{status}");
    }
}

#[test]
fn every_resume_tries_other_rows_first_until_all_were_tried() {
    // Nothing is ever proven, and each run stops after its first rows.
    for (status, options, most) in [
        (400, "", 6),
        (500, "", 6),
        (302, "", 6),
        (404, "", 21),
        (422, "--max-failures 0", 2),
    ] {
        let server = Server::start(move |_| Answer::text(status, ""));
        let slugs = numbered("row-", 4 * most);
        let mut sent = send(&server, &slugs, &format!("{ALONE} {options}"));
        let mut runs = 1;
        while sent.ledger().iter().any(|line| line.attempts == 0) {
            assert_eq!(sent.output.status, 6, "{:#?}", sent.output);
            let tried = sent
                .ledger()
                .iter()
                .filter(|line| line.attempts > 0)
                .count();
            assert!(
                runs <= slugs.len() && tried <= runs * most,
                "{status}: {tried}, {runs}"
            );
            (sent, _) = sent.resume(&server, options);
            runs += 1;
        }
        assert!(runs > 3, "{status}: {runs}");
    }
}

#[test]
fn rows_that_were_tried_take_turns() {
    let server = Server::start(|_| Answer::text(500, ""));
    let slugs = numbered("row-", 12);
    let mut sent = send(&server, &slugs, &format!("{ALONE} --max-failures 0"));
    for _ in 0..60 {
        (sent, _) = sent.resume(&server, "");
    }
    let requests = |slug: &String| server.requests_for(slug).len();
    let (fewest, most) = (
        slugs.iter().map(requests).min(),
        slugs.iter().map(requests).max(),
    );
    // Each of 61 runs has tried one or two of the 12.
    assert!(
        fewest >= Some(4) && most <= Some(11),
        "{fewest:?} to {most:?}"
    );
}

#[test]
fn a_run_that_stops_before_a_row_leaves_what_is_known_of_it() {
    let server = Server::start(|request| match request.slug.as_str() {
        "new" => Answer::text(401, "who?"),
        _ => Answer::echo(request),
    });
    let slugs = ["doubtful", "refused", "new"];
    let sent = cut_short(&server, &slugs, &["unknown", "failed"], ALONE);
    let before = sent.results();
    let (sent, sent_slugs) = sent.resume(&server, "");
    assert_eq!(sent_slugs, ["new"]);
    sent.expect_outcomes(&["unknown", "failed", "not_sent"]);
    assert!(sent.results().starts_with(&before), "{}", sent.results());
}

#[test]
fn what_an_earlier_run_left_in_doubt_stays_so_without_a_definite_answer() {
    // Never reached, throttled, and a wrong brand: none of them says what became of it before.
    let cases = [
        (Answer::text(408, ""), "--retries 0"),
        (Answer::text(401, ""), ""),
        (Answer::text(404, ""), ""),
    ];
    for (answer, options) in cases {
        let server = Server::start(move |_| answer.clone());
        let slugs = numbered("row-", 3);
        let sent = cut_short(&server, &slugs, &["unknown"; 3], "--workers 1");
        let (sent, _) = sent.resume(&server, options);
        sent.expect_outcomes(&["unknown"; 3]);
    }
    let server = Server::start(|_| Answer::text(400, "no"));
    let sent = cut_short(&server, &["a"], &["unknown"], "");
    let (sent, _) = sent.resume(&server, "");
    sent.expect_outcomes(&["failed"]);
}

#[test]
fn a_share_of_failures_is_one_of_what_this_run_has_tried() {
    let server = refusing(422);
    let slugs = [
        numbered("x-", 100),
        numbered("fine-", 100),
        numbered("bad-", 20),
    ]
    .concat();
    let sent = cut_short(&server, &slugs, &["rejected"; 100], ALONE);
    let (sent, _) = sent.resume(&server, "--max-failures 25%");
    sent.expect_status(1);
    assert_eq!(count(&sent, "updated"), 100);
}

#[test]
fn the_order_of_a_resume_loses_no_row_and_sends_none_twice() {
    let server = Server::start(Answer::echo);
    let slugs = numbered("row-", 2000);
    let kinds = ["failed", "-", "updated", "unknown", "not_sent", "rejected"];
    let before: Vec<&str> = kinds.into_iter().cycle().take(1200).collect();
    let sent = cut_short(&server, &slugs, &before, "--rate 5000/s");
    assert_eq!(sent.results(), recorded(&slugs, &before));
    let (sent, sent_slugs) = sent.resume(&server, "");
    sent.expect_status(1);
    let mut distinct = sent_slugs.clone();
    distinct.dedup();
    assert_eq!((sent_slugs.len(), distinct.len()), (1600, 1600));
    assert_eq!(
        (count(&sent, "updated"), count(&sent, "rejected")),
        (1800, 200)
    );
}
