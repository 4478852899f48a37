//! What follows from answers, one after another.

use super::*;

fn reply(http_status: impl Into<Option<u16>>, kind: FailureKind, message: &str) -> Reply<()> {
    Reply {
        http_status: http_status.into(),
        result: Err(kind.with(message)),
    }
}

fn unclear() -> Reply<()> {
    reply(500, FailureKind::Unclear, "HTTP 500")
}

fn not_connected() -> Reply<()> {
    reply(None, FailureKind::NotConnected, "refused")
}

fn throttled() -> Reply<()> {
    reply(429, FailureKind::Throttled, "")
}

fn attempts(before: Before) -> Attempts {
    Attempts::new(2, "a".into(), before)
}

/// What follows from one answer after another, with two retries, in a run without success.
fn decided(replies: impl IntoIterator<Item = Reply<()>>) -> (Next<()>, Attempts) {
    let mut attempts = attempts(Before::NotApplied);
    let mut next = Next::Retry(Duration::ZERO);
    for reply in replies {
        next = attempts.decide(reply, Effect::Change, Retries(2), Login::Unproven, 0.5);
    }
    (next, attempts)
}

fn ending(replies: impl IntoIterator<Item = Reply<()>>) -> Option<Ending> {
    match decided(replies).0 {
        Next::End(ending) => Some(ending),
        Next::Done(()) | Next::Retry(_) | Next::StopRun(_) => None,
    }
}

fn given_up(replies: impl IntoIterator<Item = Reply<()>>) -> Ending {
    decided(replies).1.given_up()
}

#[test]
fn a_throttled_row_is_sent_again_and_no_429_counts() {
    assert_eq!(ending((0..50).map(|_| throttled())), None);
    let mut replies: Vec<_> = (0..50).map(|_| throttled()).collect();
    replies.extend([unclear(), unclear()]);
    assert_eq!(ending(replies), None);
}

#[test]
fn doubt_stays_until_a_definite_answer() {
    assert!(matches!(
        ending([unclear(), not_connected(), not_connected()]),
        Some(Ending::Unknown(_))
    ));
    assert!(matches!(
        ending([not_connected(), not_connected(), not_connected()]),
        Some(Ending::Failed(_))
    ));
    let rejected = reply(422, FailureKind::Rejected, "no");
    assert_eq!(
        ending([unclear(), rejected]),
        Some(Ending::Rejected("no".into()))
    );
    let success = Reply {
        http_status: Some(200),
        result: Ok(()),
    };
    let (next, _) = decided([unclear(), throttled(), success]);
    assert_eq!(next, Next::Done(()));
}

#[test]
fn a_refused_login_stops_the_run_and_condemns_no_row() {
    let refused = || reply(401, FailureKind::LoginRefused, "who?");
    let (next, attempts) = decided([refused()]);
    let message = "login refused (HTTP 401 Unauthorized: who?): check email, token and brand";
    let reason = StopReason::LoginRefused {
        message: message.to_owned(),
    };
    assert_eq!(next, Next::StopRun(reason));
    assert_eq!(
        attempts.given_up(),
        Ending::NotSent("the server refused the login (HTTP 401 Unauthorized: who?)".into())
    );
    assert!(matches!(
        given_up([unclear(), refused()]),
        Ending::Unknown(_)
    ));
}

#[test]
fn a_403_after_a_success_is_about_its_row() {
    let forbidden = || reply(403, FailureKind::Forbidden, "no");
    let Next::StopRun(StopReason::LoginRefused { message }) = decided([forbidden()]).0 else {
        panic!("the run continues");
    };
    assert!(message.contains("(HTTP 403 Forbidden: no)"), "{message}");
    let mut attempts = attempts(Before::NotApplied);
    let next = attempts.decide(forbidden(), Effect::Change, Retries(2), Login::Proven, 0.5);
    assert!(matches!(next, Next::End(Ending::Failed(_))));
}

#[test]
fn what_an_earlier_run_left_in_doubt_stays_so_without_a_definite_answer() {
    let after = |before, reply| {
        let mut attempts = attempts(before);
        attempts.decide(reply, Effect::Change, Retries(9), Login::Unproven, 0.5);
        attempts.given_up()
    };
    for reply in [not_connected(), throttled()] {
        let ending = after(Before::PerhapsApplied, reply);
        assert!(matches!(ending, Ending::Unknown(_)), "{ending:?}");
    }
    let ending = after(Before::NotApplied, not_connected());
    assert!(matches!(ending, Ending::Failed(_)), "{ending:?}");
    let ending = after(Before::NotApplied, throttled());
    assert!(matches!(ending, Ending::NotSent(_)), "{ending:?}");
}

#[test]
fn backoffs_double_up_to_half_a_minute() {
    let mut attempts = attempts(Before::NotApplied);
    let mut wait =
        || match attempts.decide(unclear(), Effect::Change, Retries(99), Login::Unproven, 0.5) {
            Next::Retry(wait) => wait.as_millis(),
            Next::Done(()) | Next::End(_) | Next::StopRun(_) => 0,
        };
    let waits: Vec<_> = (0..9).map(|_| wait()).collect();
    assert_eq!(
        waits,
        [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]
    );
}

#[test]
fn an_operation_that_is_given_up_ends_as_its_requests_say() {
    assert!(matches!(given_up([throttled()]), Ending::NotSent(_)));
    assert!(matches!(given_up([not_connected()]), Ending::Failed(_)));
    assert!(matches!(
        given_up([not_connected(), throttled()]),
        Ending::NotSent(_)
    ));
    assert!(matches!(
        given_up([unclear(), throttled()]),
        Ending::Unknown(_)
    ));
}

/// What follows from answers to requests of those effects, one after another.
fn after(replies: impl IntoIterator<Item = (Effect, Reply<()>)>) -> (Next<()>, Attempts) {
    let mut attempts = attempts(Before::NotApplied);
    let mut next = Next::Retry(Duration::ZERO);
    for (effect, reply) in replies {
        next = attempts.decide(reply, effect, Retries(2), Login::Unproven, 0.5);
    }
    (next, attempts)
}

#[test]
fn a_read_that_fails_for_good_leaves_no_doubt() {
    let (next, _) = after((0..3).map(|_| (Effect::None, unclear())));
    let failed = "HTTP 500 (3 attempts)";
    assert_eq!(next, Next::End(Ending::Failed(failed.into())));
    let rejected = reply(422, FailureKind::Rejected, "no");
    let (next, _) = after([(Effect::None, rejected)]);
    let failed = "the read was refused: no";
    assert_eq!(next, Next::End(Ending::Failed(failed.into())));
}

#[test]
fn no_answer_to_a_read_says_what_became_of_an_update_before() {
    let gone = || reply(404, FailureKind::NotFound, "no such conversation");
    let (next, _) = after([(Effect::Change, unclear()), (Effect::None, gone())]);
    let unknown = "no such conversation; it may have been applied";
    assert_eq!(next, Next::End(Ending::Unknown(unknown.into())));
    let (next, _) = after([(Effect::None, gone())]);
    let not_found = "no such conversation";
    assert_eq!(next, Next::End(Ending::NotFound(not_found.into())));
}

#[test]
fn a_conversation_that_was_read_is_not_missing() {
    let read = Reply {
        http_status: Some(200),
        result: Ok(()),
    };
    let gone = reply(404, FailureKind::NotFound, "no such conversation");
    let (next, _) = after([(Effect::None, read), (Effect::Change, gone)]);
    let Next::End(Ending::NotFound(why)) = next else {
        panic!("{next:?}");
    };
    assert!(why.contains("though it was read"), "{why}");
}

#[test]
fn a_refusal_of_an_update_that_was_computed_again_settles_nothing_of_the_first() {
    let success = || Reply {
        http_status: Some(200),
        result: Ok(()),
    };
    let rejected = || reply(422, FailureKind::Rejected, "no");
    let (_, mut attempts) = after([(Effect::Change, unclear()), (Effect::None, success())]);
    let mut again = attempts.clone();
    let decide = |attempts: &mut Attempts| {
        attempts.decide(rejected(), Effect::Change, Retries(2), Login::Proven, 0.5)
    };
    let unknown = "no; it may have been applied";
    let next = decide(&mut attempts);
    assert_eq!(next, Next::End(Ending::Unknown(unknown.into())));
    again.found_unchanged();
    assert_eq!(decide(&mut again), Next::End(Ending::Rejected("no".into())));
}

#[test]
fn a_row_that_was_read_and_not_changed_when_the_run_stops_is_not_sent() {
    let success = || Reply {
        http_status: Some(200),
        result: Ok(()),
    };
    for replies in [vec![success()], vec![unclear(), success()]] {
        let (_, attempts) = after(replies.into_iter().map(|reply| (Effect::None, reply)));
        assert_eq!(attempts.given_up(), Ending::NotSent(String::new()));
    }
}

#[test]
fn the_status_code_is_that_of_the_failure_that_is_told() {
    let status = |replies: Vec<Reply<()>>| decided(replies).1.http_status();
    assert_eq!(status(vec![throttled()]), Some(429));
    assert_eq!(status(vec![throttled(), not_connected()]), None);
    assert_eq!(status(vec![unclear(), throttled()]), Some(500));
    assert_eq!(status(vec![not_connected(), throttled()]), Some(429));
}
