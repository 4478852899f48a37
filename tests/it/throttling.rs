//! What a server that wants a pause gets: nobody waits less than it asked, in whatever form.

#![expect(clippy::panic, reason = "a step that fails fails the test")]

use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use super::support::answer::Answer;
use super::support::sent::{Sent, send};
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
