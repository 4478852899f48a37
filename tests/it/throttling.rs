//! What a server that wants a pause gets: nobody waits less than it asked, in whatever form.

#![expect(clippy::panic, reason = "a step that fails fails the test")]

use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use super::support::answer::Answer;
use super::support::sent::{Sent, numbered, send};
use super::support::server::Server;

const SECOND: Duration = Duration::from_secs(1);

/// Sends `a` to a server that first asks for a pause with this header and status, then takes it;
/// the time between.
fn paused(
    status: u16,
    retry_after: impl Fn() -> String + Send + Sync + 'static,
) -> (Sent, Duration) {
    let server = Server::start(move |request| match request.nth {
        0 => Answer::text(status, "").header("Retry-After", &retry_after()),
        _ => Answer::echo(request),
    });
    let sent = send(&server, &["a"], "--retries 1");
    let requests = server.requests();
    let [first, second] = requests.as_slice() else {
        panic!("{} requests: {:#?}", requests.len(), sent.output);
    };
    let wait = second.at - first.at;
    (sent, wait)
}

#[test]
fn nobody_waits_less_than_any_form_of_retry_after_asks() {
    // Dates are whole seconds: three ahead are more than two.
    const DATES: [&str; 8] = [
        "%a, %d %b %Y %H:%M:%S UTC",
        "%a, %d %b %Y %H:%M:%S +0000",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%d %H:%M:%S",
        "%s",
        "%s000",
    ];
    const WAITS: [&str; 7] = ["2", "2.5", "2s", "2 sec", "PT2S", "\"2\"", "1, 2"];
    thread::scope(|scope| {
        for form in DATES.into_iter().chain(WAITS) {
            scope.spawn(move || {
                let (sent, wait) = paused(429, move || {
                    let soon = Timestamp::now() + 3 * SECOND;
                    soon.strftime(form).to_string()
                });
                sent.expect_status(0);
                assert!(wait >= 2 * SECOND, "{form}: {wait:?}");
                // Some seconds are due to a busy machine, an hour would be a form misread.
                assert!(wait <= 20 * SECOND, "{form}: {wait:?}");
            });
        }
    });
}

#[test]
fn a_retry_after_that_cannot_be_read_ends_no_run() {
    for form in ["soon", "-1", "", "99999999999999999999"] {
        let (sent, _) = paused(429, || form.into());
        sent.expect_status(0);
    }
}

#[test]
fn every_status_that_can_be_tried_again_may_ask_for_a_pause() {
    for (status, throttled) in [(403, 1), (408, 0), (409, 0), (500, 0), (502, 0), (503, 0)] {
        let (sent, wait) = paused(status, || "1".into());
        sent.expect_status(0);
        assert!(wait >= SECOND, "{status}: {wait:?}");
        assert_eq!(sent.summary()["throttled"], throttled, "{status}");
    }
}

#[test]
fn one_conversation_that_is_throttled_does_not_stop_the_others() {
    for workers in [1, 4] {
        let server = Server::start(|request| match request.slug.as_str() {
            "row-1" if request.nth < 3 => Answer::text(429, "this one is busy"),
            _ => Answer::echo(request),
        });
        let options = format!("--workers {workers}");
        let sent = send(&server, &numbered("row-", 40), &options);
        sent.expect_status(0);
        assert_eq!(sent.summary()["throttled"], 3);
        let slugs = server.slugs();
        let last = slugs.iter().rev().take(3 + workers);
        let put_off = last.filter(|slug| *slug == "row-1").count();
        assert_eq!(
            put_off, 3,
            "it is tried again beside what was in flight: {slugs:?}"
        );
        // The first pause applies to all rows; no other is announced.
        let pauses = sent.output.stderr.matches("pausing").count();
        assert_eq!(pauses, 1, "{}", sent.output.stderr);
    }
}

#[test]
fn a_row_that_is_throttled_alone_waits_as_long_as_it_is_asked() {
    let server = Server::start(|request| match (request.slug.as_str(), request.nth) {
        ("row-1", 0) => Answer::text(429, "").header("Retry-After", "1"),
        ("row-1", 1) => Answer::text(429, "").header("Retry-After", "2"),
        _ => Answer::echo(request),
    });
    let sent = send(&server, &numbered("row-", 20), "--workers 4");
    sent.expect_status(0);
    let requests = server.requests_for("row-1");
    let waits: Vec<Duration> = requests
        .windows(2)
        .map(|two| two[1].at - two[0].at)
        .collect();
    assert!(waits[0] >= SECOND && waits[1] >= 2 * SECOND, "{waits:?}");
}

#[test]
fn a_row_that_would_have_to_wait_too_long_is_left_to_a_resume_once_the_others_are_sent() {
    let server = Server::start(|request| match (request.slug.as_str(), request.nth) {
        ("row-1", 0) => Answer::text(429, ""),
        ("row-1", _) => Answer::text(429, "").header("Retry-After", "3600"),
        _ => Answer::echo(request),
    });
    let sent = send(&server, &numbered("row-", 20), "--workers 2");
    sent.expect_status(6);
    assert_eq!(sent.summary()["stop_reason"], "long_pause");
    let lines = sent.ledger();
    let updated = lines.iter().filter(|line| line.outcome == "updated");
    assert_eq!(updated.count(), 19);
    assert_eq!(sent.line("row-1").outcome, "not_sent");
}

#[test]
fn several_rows_answered_503_together_lower_the_rate_and_a_single_one_does_not() {
    let overloaded = |rows: usize| {
        let server = Server::start(move |request| {
            let is_refused = (0..rows).any(|row| request.slug == format!("row-{row}"));
            if is_refused && request.nth == 0 {
                Answer::text(503, "Service Temporarily Unavailable")
            } else {
                Answer::echo(request)
            }
        });
        let sent = send(&server, &numbered("row-", 10), "--workers 2 --rate 100/s");
        sent.expect_status(0);
        sent.output.stderr
    };
    assert!(!overloaded(1).contains("HTTP 503"));
    let stderr = overloaded(4);
    assert!(stderr.contains("HTTP 503"), "{stderr}");
}
