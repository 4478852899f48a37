//! How requests are spaced, what becomes of the rate when the server throttles, and what a summary
//! says of both. Times are the server's.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::support::answer::Answer;
use super::support::request::Request;
use super::support::sent::{numbered, send};
use super::support::server::Server;

const SECOND: Duration = Duration::from_secs(1);

/// The most requests that arrived within any second.
fn most_in_a_second(arrivals: &[Instant]) -> usize {
    let within = |from: &Instant| {
        let second = |at: &&Instant| *at >= from && at.duration_since(*from) < SECOND;
        arrivals.iter().filter(second).count()
    };
    arrivals.iter().map(within).max().unwrap_or(0)
}

fn arrivals(server: &Server) -> Vec<Instant> {
    server.requests().iter().map(|request| request.at).collect()
}

/// A server that allows 20 requests in each second of its clock, and says nothing of when to come
/// again.
fn allowing_20_a_second() -> Server {
    let window = Mutex::new((Instant::now(), 0));
    Server::start(move |request: &Request| {
        let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
        if window.0.elapsed() >= SECOND {
            *window = (Instant::now(), 0);
        }
        window.1 += 1;
        if window.1 > 20 {
            Answer::text(429, "slow down")
        } else {
            Answer::echo(request)
        }
    })
}

#[test]
fn requests_are_evenly_spaced_from_the_first_second_on() {
    let server = Server::start(Answer::echo);
    let sent = send(&server, &numbered("row-", 120), "--rate 50/s --workers 8");
    sent.expect_status(0);
    let arrivals = arrivals(&server);
    // What a busy machine delivers late arrives together: all that is in flight at most, which is
    // far from the burst that a limiter hands out at its start.
    let most = most_in_a_second(&arrivals);
    assert!(most <= 60, "{most} requests within a second");
    assert_eq!(sent.summary()["limit_found"], serde_json::Value::Null);
    assert_eq!(sent.summary()["workers_needed"], serde_json::Value::Null);
}

#[test]
fn the_rate_steps_down_to_what_the_server_takes_and_the_summary_says_so() {
    let server = allowing_20_a_second();
    let sent = send(&server, &numbered("row-", 100), "--rate 200/s --workers 4");
    sent.expect_status(0);
    let summary = sent.summary();
    let found = summary["limit_found"].as_f64().expect("a limit");
    assert!((5.0..40.0).contains(&found), "{found}/s");
    let throttled = summary["throttled"].as_u64().expect("a number");
    assert!((1..=25).contains(&throttled), "{throttled} throttled");
    for words in ["then at most", "observed rate limit: about"] {
        assert!(sent.output.stderr.contains(words), "{}", sent.output.stderr);
    }
}

#[test]
fn a_fixed_rate_pauses_and_does_not_step_down() {
    let server = allowing_20_a_second();
    let options = "--rate 200/s --workers 4 --fixed-rate";
    let sent = send(&server, &numbered("row-", 60), options);
    sent.expect_status(0);
    assert_eq!(sent.summary()["limit_found"], serde_json::Value::Null);
    assert!(
        !sent.output.stderr.contains("go on at"),
        "{}",
        sent.output.stderr
    );
    // Each pause is followed by as many requests at the full rate as the server takes.
    let arrivals = arrivals(&server);
    let quick = |pair: &&[Instant]| pair[1] - pair[0] < Duration::from_millis(20);
    let quick = arrivals.windows(2).filter(quick).count();
    assert!(quick >= 40, "{quick} of {} follow at once", arrivals.len());
}

#[test]
fn too_few_workers_are_told_with_the_number_that_would_do() {
    let answer = |request: &Request| Answer::echo(request).delay(SECOND / 10);
    let server = Server::start(answer);
    let sent = send(&server, &numbered("row-", 40), "--rate 100/s --workers 2");
    sent.expect_status(0);
    let needed = sent.summary()["workers_needed"].as_u64().expect("a number");
    assert!(needed >= 10, "{needed} for 10 in flight");
    let told = format!("too few workers to reach that rate; try --workers {needed}");
    assert!(sent.output.stderr.contains(&told), "{}", sent.output.stderr);

    let server = Server::start(answer);
    let enough = send(&server, &numbered("row-", 10), "--rate 5/s --workers 8");
    assert_eq!(enough.summary()["workers_needed"], serde_json::Value::Null);

    // One row that is tried again and again keeps one worker, whoever else there is.
    let server = Server::start(|_| Answer::text(503, "").header("retry-after", "1"));
    let slow = send(&server, &["alone"], "--rate 100/s --workers 2 --retries 1");
    assert_eq!(slow.summary()["workers_needed"], serde_json::Value::Null);
}
