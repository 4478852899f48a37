//! An event of a run -> its level, and its text for people.

use std::time::Duration;

use super::style::{StyledText, TextStyle};
use super::{Level, in_words};
use crate::model::text::{counted, with_status};
use crate::model::{Event, RateUnit, Stall, StopReason};

/// How important the event is.
pub(super) fn level(event: &Event<'_>) -> Level {
    match event {
        Event::FewerWorkers { .. } | Event::Stopping { .. } => Level::Warning,
        Event::Recorded(_) | Event::Retracted(_) | Event::Listed { .. } | Event::Pause { .. } => {
            Level::Info
        }
        Event::Request { .. } | Event::Answer { .. } | Event::Tick { .. } => Level::Debug,
    }
}

/// The event for people, rates in `unit`; `None` where one by one they would be noise.
pub(super) fn text(event: &Event<'_>, unit: RateUnit) -> Option<StyledText> {
    match event {
        Event::Recorded(_) | Event::Retracted(_) | Event::Listed { .. } | Event::Tick { .. } => {
            None
        }
        Event::Request { request, .. } => Some((*request).into()),
        Event::Answer {
            of,
            http_status,
            meaning,
        } => Some(format!("{}: {}", of.of.name(), with_status(*http_status, meaning)).into()),
        Event::Pause {
            wait,
            http_status,
            lowered_to,
        } => {
            let lowered_to = lowered_to.map(|rate| unit.shown(rate));
            Some(pause(*wait, *http_status, lowered_to).into())
        }
        Event::FewerWorkers { started } => Some(warning("warning:").with(&format!(
            " cannot start more threads: at most {started} requests in flight"
        ))),
        Event::Stopping { reason, in_flight } => Some(stopping(reason, *in_flight)),
    }
}

/// The cause for people.
pub(super) fn stall(stall: &Stall) -> String {
    match stall {
        Stall::Retrying {
            cause,
            attempt,
            tries,
            ..
        } => format!("retrying (try {attempt} of {tries}): {cause}"),
        Stall::Waiting {
            lasted,
            attempt,
            tries,
        } => format!(
            "no answer for {}s (try {attempt} of {tries})",
            lasted.as_secs()
        ),
    }
}

fn stopping(reason: &StopReason, in_flight: u32) -> StyledText {
    let text = warning("stopping:").with(&format!(" {reason}"));
    if in_flight == 0 {
        return text;
    }
    let requests = counted(in_flight.into(), "request");
    text.with(&format!("; waiting for {requests} in flight"))
}

fn warning(label: &str) -> StyledText {
    StyledText::default().with_styled(TextStyle::Warning, label)
}

fn pause(wait: Duration, http_status: u16, lowered_to: Option<String>) -> String {
    if wait.is_zero() {
        let rate = lowered_to.unwrap_or_default();
        return format!("server overloaded (HTTP {http_status}): slowing down to {rate}");
    }
    let then = lowered_to.map_or_else(String::new, |rate| format!(", then at most {rate}"));
    let wait = in_words(wait);
    format!("rate limited (HTTP {http_status}): pausing {wait}{then}")
}
