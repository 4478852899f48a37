//! The summary of a run, in its variants.

use super::super::summary::{self, Sentences};
use super::{Level, NEXT, NextCommands, Notice, counts, good_run, left_out, stop_reasons, titled};
use crate::model::{CannotPutBack, Outcome, Pace, Pass, RateUnit, Reason, StopReason, Summary};

const NOTHING_NEXT: NextCommands<'static> = NextCommands {
    check: None,
    resume: None,
    resubmit: None,
    undo: None,
    failed: "failed.csv",
};

fn line(run: &Summary) -> String {
    summary::line(run).to_string()
}

fn text(run: &Summary, next: &NextCommands<'_>) -> String {
    summary::text(run, next, Sentences::Whole).to_string()
}

/// The same run with another pace.
fn with_pace(change: impl FnOnce(&mut Pace)) -> Summary {
    let mut summary = good_run();
    let mut pace = summary.pace.clone();
    change(&mut pace);
    summary.command.sent = Some(pace.clone());
    summary.pace = pace;
    summary
}

/// The same run with other outcomes.
fn with_outcomes(rows: [u64; Outcome::ALL.len()]) -> Summary {
    let mut summary = good_run();
    summary.counts = counts(rows);
    summary.exit_status = Some(1);
    summary
}

fn stopped(reason: StopReason) -> Summary {
    let mut summary = with_outcomes([40, 0, 0, 2, 1, 1, 0, 0, 56]);
    summary.stop_reason = Some(reason);
    summary.exit_status = Some(6);
    summary
}

fn reason(outcome: Outcome, reason: &str, count: u64) -> Reason {
    Reason {
        outcome,
        reason: reason.into(),
        count,
        lines: vec![3, 9],
        example: "acme-3".into(),
    }
}

#[test]
fn a_run_without_events_is_one_line() {
    let resumed_for_nothing = Summary {
        command: crate::model::Done::default(),
        ..good_run()
    };
    let damaged = Summary {
        damaged: 1,
        ..good_run()
    };
    insta::assert_snapshot!(
        "summary_line",
        titled([
            ("it went well", line(&good_run())),
            ("reads", line(&with_pace(|pace| pace.reads = 40))),
            ("retries", line(&with_pace(|pace| pace.retries = 1))),
            ("damaged values", line(&damaged)),
            ("nothing was left to send", line(&resumed_for_nothing)),
        ])
    );
}

#[test]
fn the_page_shows_the_pace_and_what_held_it_back() {
    let mut per_second = with_pace(|pace| pace.rate_reached = Some(38.2));
    per_second.rate_unit = RateUnit::Second;
    per_second.rate_asked = Some(50.0);
    let mut resumed = good_run();
    resumed.passes.push(Pass {
        reads: Some(0),
        ..Pass::default()
    });
    resumed.pace.requests = 140;
    let mut read = resumed.clone();
    read.pace.reads = 20;
    let mut killed = read.clone();
    killed.passes[1].reads = None;
    let page = |summary: &Summary| text(summary, &NOTHING_NEXT);
    insta::assert_snapshot!(
        "summary_pace",
        titled([
            ("it went well", page(&good_run())),
            ("per second", page(&per_second)),
            (
                "rate limited",
                page(&with_pace(|pace| {
                    (pace.throttled, pace.retries) = (1, 2);
                    pace.limit_found = Some(117.0 / 60.0);
                }))
            ),
            (
                "workers needed",
                page(&with_pace(|pace| pace.workers_needed = Some(7)))
            ),
            (
                "more workers needed than there can be",
                page(&with_pace(|pace| pace.workers_needed = Some(400)))
            ),
            ("reads", page(&with_pace(|pace| pace.reads = 1))),
            ("second pass", page(&resumed)),
            ("second pass with reads", page(&read)),
            ("second pass after a kill", page(&killed)),
        ])
    );
}

#[test]
fn the_page_shows_first_what_differs_then_counts_and_the_commonest_reasons() {
    let mut summary = with_outcomes([80, 0, 0, 10, 4, 3, 2, 1, 0]);
    summary.differs = 1;
    summary.damaged = 2;
    summary.reasons = vec![
        reason(Outcome::Rejected, "status: is wrong", 10),
        reason(Outcome::NotFound, "no such conversation", 4),
        reason(Outcome::Failed, "HTTP 400 Bad Request: no", 3),
        reason(
            Outcome::Unknown,
            "no answer within 30 s (6 tries); it may have been applied",
            2,
        ),
        reason(
            Outcome::Updated,
            "status: asked for 2 (Done), the server shows 4",
            1,
        ),
        reason(Outcome::Invalid, "status: unknown status `nope`", 1),
    ];
    let mut read = with_outcomes([90, 7, 3, 0, 0, 0, 0, 0, 0]);
    read.reasons = vec![reason(
        Outcome::Conflict,
        "status: expected 0 (Open), the server shows 2 (Done)",
        3,
    )];
    let mut one = with_outcomes([99, 0, 0, 1, 0, 0, 0, 0, 0]);
    one.differs = 2;
    one.reasons = vec![reason(Outcome::Rejected, "status: is wrong", 1)];
    insta::assert_snapshot!(
        "summary_reasons",
        titled([
            ("six reasons", text(&summary, &NEXT)),
            ("one", text(&one, &NEXT)),
            ("unchanged and conflicts", text(&read, &NEXT)),
        ])
    );
}

#[test]
fn on_a_terminal_sentences_are_wrapped_and_commands_are_not() {
    let mut summary = with_outcomes([93, 0, 7, 0, 0, 0, 0, 0, 0]);
    summary.without_image = 4;
    summary.reasons = vec![reason(
        Outcome::Conflict,
        "status: expected 0 (Open), the conversation shows 2 (Done); assignee: expected none, the conversation shows kim@example.com",
        7,
    )];
    let long = format!(
        "reamaze-bulk run reamaze-runs/{}/failed.csv",
        "rows".repeat(20)
    );
    let next = NextCommands {
        resubmit: Some(&long),
        undo: Some("reamaze-bulk undo reamaze-runs/rows-20260301"),
        ..NOTHING_NEXT
    };
    let page = summary::text(&summary, &next, Sentences::Wrapped).to_string();
    insta::assert_snapshot!(page, @r"
    100 rows: 93 updated, 7 conflicts
      7 conflicts: status: expected 0 (Open), the conversation shows 2 (Done);
        assignee: expected none, the conversation shows kim@example.com (line 3:
        acme-3)
    100 requests at 119/min (max 120/min)
    results: reamaze-runs/rows-20260301
    7 conflicts need a decision: see their reasons in failed.csv and change the
      rows, then:
      reamaze-bulk run reamaze-runs/rowsrowsrowsrowsrowsrowsrowsrowsrowsrowsrowsrowsrowsrowsrowsrowsrowsrowsrowsrows/failed.csv
    to undo this run (all but 4 rows, which were not read first):
      reamaze-bulk undo reamaze-runs/rows-20260301
    ");
}

#[test]
fn conflicts_over_what_is_there_already_need_no_decision() {
    let done = format!(
        "status: expected 0 (Open), the conversation shows 2 (Done); {}",
        Reason::ALREADY_AS_REQUESTED
    );
    let advice = |others: u64| {
        let mut summary = with_outcomes([60, 0, 38 + others, 0, 0, 0, 0, 0, 0]);
        summary.reasons = vec![reason(Outcome::Conflict, &done, 38)];
        let page = text(&summary, &NEXT);
        let (_, advice) = page.split_once("rows-20260301\n").expect("the results");
        advice.to_owned()
    };
    insta::assert_snapshot!([advice(0), advice(1)].join("---\n"), @r"
    38 conflicts need no decision: their conversations already have all requested values
    ---
    39 conflicts need a decision: see their reasons in failed.csv and change the rows, then:
      reamaze-bulk run reamaze-runs/rows-20260301/failed.csv
    ");
}

#[test]
fn an_undo_that_leaves_something_out_says_so_even_where_only_warnings_are_shown() {
    let summary = Summary {
        cannot_put_back: Some(left_out()),
        ..good_run()
    };
    assert!(line(&summary).contains("; 3 conversations cannot be fully restored; results: "));
    let page = text(&summary, &NOTHING_NEXT);
    assert!(
        page.starts_with("3 conversations cannot be fully restored (for a list"),
        "{page}"
    );
    let level = |summary| {
        let next = NOTHING_NEXT;
        Notice::Summary { summary, next }.level()
    };
    assert_eq!(level(&summary), Level::Warning);
    let all_restored = Summary {
        cannot_put_back: Some(CannotPutBack::default()),
        ..good_run()
    };
    assert_eq!(level(&all_restored), Level::Info);
    assert!(!line(&all_restored).contains("restored"));
}

#[test]
fn the_page_ends_with_what_to_do_next() {
    let unknown_only = with_outcomes([98, 0, 0, 0, 0, 0, 2, 0, 0]);
    let mixed = with_outcomes([96, 0, 0, 2, 0, 1, 1, 0, 0]);
    let finished = with_outcomes([97, 0, 0, 2, 1, 0, 0, 0, 0]);
    let conflict = with_outcomes([97, 2, 1, 0, 0, 0, 0, 0, 0]);
    let conflicts = with_outcomes([95, 0, 2, 2, 1, 0, 0, 0, 0]);
    let sandbox = NextCommands {
        resume: None,
        ..NEXT
    };
    let with_undo = NextCommands {
        undo: Some("reamaze-bulk undo reamaze-runs/rows-20260301"),
        ..NOTHING_NEXT
    };
    let all_but = |without_image| Summary {
        without_image,
        ..good_run()
    };
    let (all_but_one, all_but_some) = (all_but(1), all_but(4));
    let advice = |summary: &Summary, next: &NextCommands<'_>| {
        let page = text(summary, next);
        let start = page.find("\nresults: ").expect("the results");
        page[start + 1..].to_owned()
    };
    let stops = stop_reasons().into_iter().map(|reason| {
        let title = reason.name();
        let check = reason.is_about_account().then_some("reamaze-bulk check");
        let next = NextCommands { check, ..NEXT };
        (title, advice(&stopped(reason), &next))
    });
    let ends = [
        ("unknown outcomes only", advice(&unknown_only, &NEXT)),
        ("unknown and failed", advice(&mixed, &NEXT)),
        ("failed only", advice(&finished, &NEXT)),
        ("a conflict only", advice(&conflict, &NEXT)),
        ("failed and conflicts", advice(&conflicts, &NEXT)),
        ("sandbox", advice(&unknown_only, &sandbox)),
        ("rows were read first", advice(&good_run(), &with_undo)),
        ("all but one", advice(&all_but_one, &with_undo)),
        ("all but some", advice(&all_but_some, &with_undo)),
    ];
    insta::assert_snapshot!("summary_next", titled(ends.into_iter().chain(stops)));
}
