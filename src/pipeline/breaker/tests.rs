//! Outcomes, one after another, and after which of them the breaker trips.

use super::*;

fn record(outcome: Outcome, http_status: u16) -> Record {
    let http_status = Some(http_status).filter(|status| *status > 0);
    Record {
        http_status,
        attempts: 1,
        ..Record::unsent(2, "a".into(), outcome, String::new())
    }
}

fn new(max: RowLimit, known: Known) -> Breaker {
    let limits = RowLimits {
        failures: max,
        differs: RowLimit::Unlimited,
    };
    Breaker::new(limits, known, Arc::default())
}

/// The stop, and after how many of the rows it came.
fn stopped(
    max: RowLimit,
    rows: impl IntoIterator<Item = (Outcome, u16)>,
) -> Option<(usize, &'static str)> {
    let mut breaker = new(max, Known::default());
    (1..).zip(rows).find_map(|(count, (outcome, status))| {
        let trip = breaker.take_in(&record(outcome, status))?;
        Some((count, trip.reason.name()))
    })
}

fn many(row: (Outcome, u16), count: usize) -> Vec<(Outcome, u16)> {
    vec![row; count]
}

const KNOWN: Known = Known {
    login: Login::Proven,
    brand: Brand::Proven,
};
const REDIRECTED: (Outcome, u16) = (Outcome::Failed, 302);
const UPDATED: (Outcome, u16) = (Outcome::Updated, 200);
const REJECTED: (Outcome, u16) = (Outcome::Rejected, 422);
const UNKNOWN: (Outcome, u16) = (Outcome::Unknown, 500);
const UNCHANGED: (Outcome, u16) = (Outcome::Unchanged, 200);
const CONFLICT: (Outcome, u16) = (Outcome::Conflict, 200);
const NOWHERE: (Outcome, u16) = (Outcome::NotFound, 404);

#[test]
fn a_number_of_failures_is_allowed_and_one_more_stops() {
    assert_eq!(stopped(RowLimit::Rows(3), many(REJECTED, 3)), None);
    assert_eq!(
        stopped(RowLimit::Rows(3), many(REJECTED, 9)),
        Some((4, "too_many_failures"))
    );
    assert_eq!(
        stopped(RowLimit::Rows(0), many(REJECTED, 9)),
        Some((1, "too_many_failures"))
    );
    assert_eq!(stopped(RowLimit::Unlimited, many(REJECTED, 999)), None);
}

#[test]
fn a_share_counts_from_the_fiftieth_row_on() {
    let half = RowLimit::Share(0.5);
    assert_eq!(stopped(half, many(REJECTED, 49)), None);
    assert_eq!(
        stopped(half, many(REJECTED, 99)),
        Some((50, "too_many_failures"))
    );
    let rows = (0..1000).map(|row| if row % 2 == 0 { UPDATED } else { REJECTED });
    assert_eq!(stopped(half, rows), None);
}

#[test]
fn unchanged_rows_and_conflicts_are_finished_and_not_failed() {
    for row in [UNCHANGED, CONFLICT] {
        assert_eq!(stopped(RowLimit::Rows(0), many(row, 999)), None);
        let half = RowLimit::Share(0.5);
        let rows = [many(row, 30), many(REJECTED, 30)].concat();
        assert_eq!(stopped(half, rows), None);
        let rows = [many(UNKNOWN, 19), many(row, 1), many(UNKNOWN, 19)].concat();
        let mut breaker = new(RowLimit::Unlimited, KNOWN);
        let mut is_stopped =
            |row: &(Outcome, u16)| breaker.take_in(&record(row.0, row.1)).is_some();
        assert!(!rows.iter().any(&mut is_stopped), "{row:?}");
    }
}

#[test]
fn rows_that_needed_no_request_are_no_share_of_the_finished_ones() {
    let without_request = Record::unsent(2, "a".into(), Outcome::Unchanged, String::new());
    let mut breaker = new(RowLimit::Share(0.5), KNOWN);
    for _ in 0..60 {
        assert_eq!(breaker.take_in(&without_request), None);
    }
    let rejected = record(REJECTED.0, REJECTED.1);
    let stop = (1..99).find(|_| breaker.take_in(&rejected).is_some());
    assert_eq!(stop, Some(50));
}

#[test]
fn twenty_rows_without_a_definite_answer_mean_a_server_that_is_down() {
    let rows = [
        many(UPDATED, 1),
        many(UNKNOWN, 19),
        many(UPDATED, 1),
        many(UNKNOWN, 25),
    ]
    .concat();
    assert_eq!(
        stopped(RowLimit::Unlimited, rows),
        Some((41, "server_down"))
    );
}

#[test]
fn a_brand_where_nothing_is_found_is_wrong() {
    assert_eq!(
        stopped(RowLimit::Unlimited, many(NOWHERE, 30)),
        Some((20, "wrong_brand"))
    );
    let rows = [many(NOWHERE, 10), many(REJECTED, 1), many(NOWHERE, 30)].concat();
    assert_eq!(stopped(RowLimit::Unlimited, rows), None);
}

#[test]
fn first_rows_that_fail_alike_stop_a_run_early() {
    let half = RowLimit::Share(0.5);
    for (row, name) in [
        (REDIRECTED, "failing_alike"),
        ((Outcome::Failed, 400), "failing_alike"),
        ((Outcome::Unknown, 200), "failing_alike"),
        (UNKNOWN, "server_down"),
        ((Outcome::Failed, 0), "server_down"),
    ] {
        assert_eq!(stopped(half, many(row, 30)), Some((5, name)));
        for other in [
            UPDATED,
            UNCHANGED,
            CONFLICT,
            REJECTED,
            NOWHERE,
            (Outcome::Failed, 405),
        ] {
            let rows = [many(row, 4), vec![other], many(row, 15)].concat();
            assert_eq!(stopped(half, rows), None, "{row:?} {other:?}");
        }
    }
    assert_eq!(stopped(half, many(REJECTED, 49)), None);
}

#[test]
fn refusals_of_any_number_are_wanted_where_they_are_allowed() {
    let refused = (Outcome::Failed, 400);
    for max in [RowLimit::Unlimited, RowLimit::Share(1.0)] {
        assert_eq!(stopped(max, many(refused, 999)), None);
        assert_eq!(
            stopped(max, many(REDIRECTED, 9)),
            Some((5, "failing_alike"))
        );
    }
}

#[test]
fn definite_answers_never_mean_a_server_that_is_down() {
    for status in [300, 400, 403, 405, 409, 451] {
        let mut breaker = new(RowLimit::Unlimited, KNOWN);
        let refused = record(Outcome::Failed, status);
        assert!(
            (0..99).all(|_| breaker.take_in(&refused).is_none()),
            "{status}"
        );
    }
}

#[test]
fn a_stop_repeats_the_commonest_answer_and_how_often_it_came() {
    let rejected = |reasons: &str, status| Record {
        reasons: reasons.to_owned(),
        ..record(Outcome::Rejected, status)
    };
    let mut breaker = new(RowLimit::Rows(2), KNOWN);
    assert_eq!(breaker.take_in(&rejected("status: is old", 422)), None);
    assert_eq!(breaker.take_in(&rejected("too long", 422)), None);
    let stop = breaker
        .take_in(&rejected("status: is old", 422))
        .expect("a stop")
        .reason;
    assert!(
        stop.to_string()
            .starts_with("3 of 3 rows failed, 2 of them: HTTP 422: status: is old"),
        "{stop}"
    );
}

/// After how many updated rows a run stops, each of which differs or not, and what it says.
fn stopped_for_differences(
    differs: RowLimit,
    rows: impl IntoIterator<Item = bool>,
) -> Option<(usize, String)> {
    let limits = RowLimits {
        failures: RowLimit::Unlimited,
        differs,
    };
    let mut breaker = Breaker::new(limits, KNOWN, Arc::default());
    (1..).zip(rows).find_map(|(count, differs)| {
        let reasons = if differs { DIFFERENCE } else { "note: good" };
        let trip = breaker.take_in(&Record {
            reasons: reasons.to_owned(),
            ..record(Outcome::Updated, 200)
        })?;
        assert_eq!(trip.reason.name(), "too_many_differs");
        assert_eq!(trip.retracted, []);
        Some((count, trip.reason.to_string()))
    })
}

const DIFFERENCE: &str = "status: asked for 2 (Done), the server shows 4";

#[test]
fn a_share_of_differences_counts_from_the_twentieth_updated_row_on() {
    let fifth = RowLimit::Share(0.2);
    let stops = |first: usize, of: usize| {
        let rows = (0..of).map(move |row| row < first);
        stopped_for_differences(fifth, rows).map(|(count, _)| count)
    };
    assert_eq!(stops(19, 19), None);
    assert_eq!(stops(20, 20), Some(20));
    assert_eq!(stops(5, 20), Some(20));
    assert_eq!(stops(4, 99), None);
    // As many as that are allowed, whatever a share is in binary.
    let rows = (0..100).map(|row| row >= 71);
    assert_eq!(stopped_for_differences(RowLimit::Share(0.29), rows), None);
}

#[test]
fn a_number_of_differences_is_allowed_and_one_more_stops() {
    let stops =
        |limit, count| stopped_for_differences(limit, vec![true; count]).map(|(count, _)| count);
    assert_eq!(stops(RowLimit::Rows(3), 3), None);
    assert_eq!(stops(RowLimit::Rows(3), 9), Some(4));
    assert_eq!(stops(RowLimit::Rows(0), 9), Some(1));
    assert_eq!(stops(RowLimit::Unlimited, 999), None);
}

#[test]
fn a_stop_for_differences_names_an_example_of_the_commonest_kind() {
    let limits = RowLimits {
        failures: RowLimit::Unlimited,
        differs: RowLimit::Rows(2),
    };
    let mut breaker = Breaker::new(limits, KNOWN, Arc::default());
    let rejected = record(REJECTED.0, REJECTED.1);
    assert_eq!(breaker.take_in(&rejected), None);
    let mut stop = None;
    for (line, reasons) in [
        (2, "category: asked for a, the server shows b"),
        (3, "tag_list: asked for x, the server shows nothing"),
        (4, "tag_list: asked for y, the server shows nothing"),
    ] {
        let record = Record {
            line,
            reasons: reasons.to_owned(),
            ..record(Outcome::Updated, 200)
        };
        assert_eq!(stop, None);
        stop = breaker.take_in(&record);
    }
    let stop = stop.expect("a stop").reason.to_string();
    let expected = "3 of 3 updated rows differ, 2 like line 3 (tag_list: asked for x, the server shows nothing): ";
    assert!(stop.starts_with(expected), "{stop}");
}

#[test]
fn a_short_run_that_found_nothing_is_retracted_too() {
    for (row, enough) in [
        (NOWHERE, 3),
        (REDIRECTED, 2),
        ((Outcome::Failed, 0), 2),
        ((Outcome::Failed, 503), 2),
    ] {
        for rows in [enough - 1, enough] {
            let mut breaker = new(RowLimit::Unlimited, Known::default());
            for _ in 0..rows {
                assert_eq!(breaker.take_in(&record(row.0, row.1)), None);
            }
            let stop = breaker.at_end();
            assert_eq!(stop.is_some(), rows == enough, "{rows} {row:?}");
            let retracted = stop.map_or(0, |stop| stop.retracted.len());
            assert_eq!(retracted, if rows == enough { rows } else { 0 });
        }
    }
}

#[test]
fn refusals_of_a_few_rows_are_about_them() {
    for status in [400, 403, 404, 405, 409] {
        let mut breaker = new(RowLimit::Unlimited, Known::default());
        for _ in 0..4 {
            assert_eq!(breaker.take_in(&record(Outcome::Failed, status)), None);
        }
        assert_eq!(breaker.at_end(), None, "{status}");
    }
}

#[test]
fn a_brand_that_is_proven_is_not_doubted() {
    let mut breaker = new(RowLimit::Unlimited, KNOWN);
    assert!((0..99).all(|_| breaker.take_in(&record(NOWHERE.0, NOWHERE.1)).is_none()));
}
