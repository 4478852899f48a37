//! Events of a run, as text and as JSON.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::super::{Coloring, Level, events, json};
use super::{stop_reasons, titled};
use crate::model::{Attempt, Event, Outcome, RateUnit, RequestFor, RowResult, Stall};

const ROW: RowResult<'static> = RowResult {
    line: 7,
    slug: "acme-17",
    outcome: Outcome::Rejected,
    http_status: Some(422),
    attempts: 2,
    elapsed_ms: Some(1250),
    reasons: "status: is wrong",
    differs: false,
};

const ATTEMPT: Attempt<'static> = Attempt {
    of: RequestFor::Row {
        line: 7,
        slug: "acme-17",
    },
    number: 2,
};

fn answer(http_status: Option<u16>, meaning: &str) -> Event<'_> {
    Event::Answer {
        of: ATTEMPT,
        http_status,
        meaning,
    }
}

fn pause(seconds: f64, http_status: u16, lowered_to: Option<f64>) -> Event<'static> {
    Event::Pause {
        wait: Duration::from_secs_f64(seconds),
        http_status,
        lowered_to,
    }
}

fn stalls() -> [Stall; 2] {
    [
        Stall::Retrying {
            cause: "cannot connect to the server: connection refused".into(),
            lasted: Duration::from_secs(4),
            attempt: 3,
            tries: 6,
        },
        Stall::Waiting {
            lasted: Duration::from_millis(7500),
            attempt: 1,
            tries: 6,
        },
    ]
}

fn all() -> Vec<Event<'static>> {
    let events = [
        Event::Recorded(ROW),
        Event::Retracted(ROW),
        Event::Request {
            of: ATTEMPT,
            request: "PUT https://acme.reamaze.io/api/v1/conversations/acme-17 {\"x\":\"\u{1b}[2J\"}",
        },
        answer(Some(200), "updated"),
        answer(Some(400), "HTTP 400 Bad Request: no"),
        answer(None, "no answer within 30 s"),
        pause(41.0, 429, Some(100.0 / 60.0)),
        pause(0.3, 503, None),
        pause(0.0, 503, Some(0.5)),
        Event::FewerWorkers { started: 12 },
    ];
    let stopping = (0..).zip(stop_reasons());
    let stopping = stopping.map(|(in_flight, reason)| Event::Stopping { reason, in_flight });
    events.into_iter().chain(stopping).collect()
}

#[test]
fn each_event_has_a_text_unless_it_would_be_noise() {
    let lines = all().into_iter().map(|event| {
        let text = events::text(&event, RateUnit::Minute);
        let text = text.map_or_else(|| "(nothing)".into(), |text| text.rendered(Coloring::Off));
        format!("{:?}: {text}\n", events::level(&event))
    });
    let stalls = stalls();
    let stalls = stalls.iter().map(|stall| events::stall(stall) + "\n");
    insta::assert_snapshot!("events_text", lines.chain(stalls).collect::<String>());
}

#[test]
fn each_event_is_an_object_of_json() {
    let mut events = all();
    let first = events
        .iter()
        .position(|event| matches!(event, Event::Stopping { .. }));
    events.truncate(first.expect("a stop") + 1);
    let events = events
        .iter()
        .map(|event| object(events::level(event), event));
    let stalls = stalls();
    let stalls = stalls.iter().map(|stall| object(Level::Info, stall));
    insta::assert_snapshot!("events_json", events.chain(stalls).collect::<String>());
}

fn object(level: Level, fields: &impl Serialize) -> String {
    json::line(Timestamp::UNIX_EPOCH, level, fields)
}

#[test]
fn a_rate_is_in_the_unit_that_the_user_wrote() {
    let event = pause(2.0, 429, Some(20.0));
    let texts = [RateUnit::Second, RateUnit::Minute]
        .map(|unit| (format!("{unit:?}"), events::text(&event, unit)));
    let texts = texts.map(|(unit, text)| (unit, text.unwrap_or_default().to_string()));
    insta::assert_snapshot!(titled(texts), @r"
    --- Second
    rate limited (HTTP 429): pausing 2s, then at most 20/s
    --- Minute
    rate limited (HTTP 429): pausing 2s, then at most 1200/min
    ");
}
