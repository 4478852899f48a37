//! An operation that no command has, and answers from a script -> how it ends.

use std::collections::VecDeque;

use reqwest::{Method, StatusCode};

use super::*;
use crate::api::{Account, BaseUrl, Classifier, FailureKind, Redactor, Request};
use crate::send::{Adaptation, Before};

/// An operation that no command has: its output is what the server answers.
struct Echo;

impl Operation for Echo {
    type Output = String;
    const EFFECT: Effect = Effect::Change;

    fn request(&self, base_url: &str) -> Request {
        Request {
            method: Method::PUT,
            url: base_url.to_owned(),
            body: None,
        }
    }

    fn read(&self, body: &str, _: &Redactor) -> Result<String, Failure> {
        match body {
            "" => Err(FailureKind::Refused.with("an empty answer")),
            body => Ok(body.to_owned()),
        }
    }
}

/// Answers in that order.
struct Script {
    answers: Mutex<VecDeque<(u16, &'static str)>>,
    classifier: Classifier,
}

impl Exchange for Script {
    fn exchange<O: Operation>(&self, operation: &O) -> Reply<O::Output> {
        let (status, body) = self.answers.lock().pop_front().expect("an answer is left");
        let code = StatusCode::from_u16(status).expect("a status code");
        Reply {
            http_status: Some(status),
            result: self.classifier.answer(operation, code, body.as_bytes()),
        }
    }

    fn redactor(&self) -> &Redactor {
        self.classifier.redactor()
    }

    fn in_words<O: Operation>(&self, _: &O) -> String {
        "PUT it".into()
    }
}

/// How an operation ends that gets these answers, how often it was postponed, and what was
/// reported.
fn sent(answers: &[(u16, &'static str)]) -> (Result<String, Ending>, u32, u32, Vec<String>) {
    let base_url = BaseUrl::from_brand("acme").expect("a brand");
    let account = Account::new(base_url, "a@example.com", "token").expect("an account");
    let script = Script {
        answers: Mutex::new(answers.iter().copied().collect()),
        classifier: Classifier::new(&account),
    };
    let rate = Rate::new(1_000_000, Duration::from_secs(1));
    let (gate, stop) = (Gate::new(rate, Adaptation::Fixed), Stop::default());
    let policy = Policy {
        retries: Retries(1),
        login: Login::Unproven,
        detail: Detail::Exchanges,
    };
    let sender = Sender::new(&script, &gate, &stop, policy);
    let events = Mutex::new(Vec::new());
    let report = |event: &Event<'_>| {
        if let Event::Answer { meaning, .. } = event {
            events.lock().push((*meaning).to_owned());
        }
    };
    let (mut attempts, mut postponed) = (Attempts::new(2, "a".into(), Before::NotApplied), 0);
    loop {
        let turn = sender.turn(&attempts, Priority::New).expect("a turn");
        let result = match sender.send(&Echo, &mut attempts, turn, &report) {
            Step::Done(output) => Ok(output),
            Step::Ended(ending) => Err(ending),
            Step::Again => continue,
            Step::Postponed => {
                postponed += 1;
                continue;
            }
        };
        return (result, attempts.requests(), postponed, events.into_inner());
    }
}

#[test]
fn any_operation_is_retried_and_postponed_until_it_ends() {
    let (ending, requests, postponed, events) = sent(&[(429, ""), (500, ""), (200, "done")]);
    assert_eq!(ending, Ok("done".to_owned()));
    assert_eq!((requests, postponed), (3, 1));
    assert_eq!(
        events,
        ["rate limited", "HTTP 500 Internal Server Error", "done"]
    );
}

#[test]
fn retries_end_with_what_the_last_answer_was() {
    let (ended, ..) = sent(&[(503, "busy"), (503, "busy")]);
    let ending = "HTTP 503 Service Unavailable: busy (2 attempts); it may have been applied";
    assert_eq!(ended, Err(Ending::Unknown(ending.to_owned())));
}

#[test]
fn an_operation_says_itself_what_its_success_is() {
    let (ended, ..) = sent(&[(200, "")]);
    assert_eq!(ended, Err(Ending::Failed("an empty answer".to_owned())));
}
