//! What came of a request -> what is wrong with the account or the way to it, and what to do: the one
//! place for these words. `check` reports them of its one request; a run, when its first rows show that it
//! is not about them.

use std::fmt;
use std::time::Duration;

use reqwest::StatusCode;
use serde::Serialize;

use super::reply::{Failure, FailureKind, named};
use crate::model::text::with_status;

/// Begins the message about a connection that was not made.
pub(super) const NO_CONNECTION: &str = "cannot connect to ";

/// Why an exchange failed with a server of another kind.
pub(super) const NO_HTTP: &str = "the answer is not HTTP";

/// Begins the message about an answer that ended too early.
pub(super) const CUT_OFF: &str = "the answer was cut off";

/// Why an answer that did begin was not read to its end.
pub(super) const TOO_SLOW: &str = "the answer took too long";

/// Begins the message about a 200 that says that something went wrong.
pub(super) const ERROR_IN_200: &str = "HTTP 200 with an error";

const REFUSED: &str = "check the brand or base URL, and what is requested";

const ROLE: &str = "check what the role of this user allows";

const NO_ANSWER: &str =
    "the server is down or too slow, or something in between interferes: try again later";

const NOT_THE_API: &str = "this is not an answer of the API: check the brand or base URL, and whether a login page of the network or a maintenance page is in the way";

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// No connection can be made, or a proxy refuses.
    Unreachable,
    /// There was a connection, and no whole answer.
    NoAnswer,
    /// The login is not accepted, or may not do this.
    LoginRefused,
    /// The address is not that of a brand.
    NotFound,
    /// The answer leads elsewhere.
    Redirected,
    /// Too many requests: nothing else is known.
    RateLimited,
    /// The server has a problem.
    ServerError,
    /// The server refuses the request itself.
    Refused,
    /// The answer is not one of the API.
    NotTheApi,
}

/// What is wrong, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// What is wrong.
    pub cause: Cause,
    /// What was answered or happened, in words of the server or the system.
    pub found: String,
    /// What to do; empty where `found` says it.
    pub advice: String,
}

impl Diagnosis {
    /// What a failed request shows of an account of which nothing else is known.
    #[must_use]
    pub fn new(failure: &Failure, http_status: Option<u16>) -> Self {
        let Failure {
            kind,
            message,
            retry_after,
        } = failure;
        match kind {
            FailureKind::LoginRefused => Self {
                cause: Cause::LoginRefused,
                found: answer(http_status, message),
                advice: "check email, token and brand".into(),
            },
            FailureKind::Forbidden => Self {
                cause: Cause::LoginRefused,
                found: answer(http_status, message),
                advice: "check email, token and brand, and the role of this user".into(),
            },
            FailureKind::Throttled => Self {
                cause: Cause::RateLimited,
                found: answer(http_status, message),
                advice: format!(
                    "the server is there, but login and brand are not proven: {}",
                    again(*retry_after)
                ),
            },
            FailureKind::NotFound => Self::not_found(with_status(http_status, message)),
            FailureKind::Unreachable => Self {
                cause: Cause::Unreachable,
                found: message.clone(),
                advice: String::new(),
            },
            FailureKind::Rejected
            | FailureKind::Refused
            | FailureKind::NotYet
            | FailureKind::Unclear
            | FailureKind::NotConnected => {
                let diagnosis = Self::from_answer(http_status, with_status(http_status, message));
                let advice = match diagnosis.cause {
                    _ if retry_after.is_some() => again(*retry_after),
                    // What is requested cannot be wrong: it is always the same.
                    Cause::Refused => "check the brand or base URL".into(),
                    _ => diagnosis.advice,
                };
                Self {
                    advice,
                    ..diagnosis
                }
            }
        }
    }

    /// What an answer shows that is not about a single row. `found` begins with the status code, if there
    /// is one.
    #[must_use]
    pub fn from_answer(http_status: Option<u16>, found: String) -> Self {
        let (cause, advice) = match http_status {
            None if found.starts_with(NO_CONNECTION) => (Cause::Unreachable, connecting(&found)),
            // It says itself what this machine lacks.
            None if found.starts_with("cannot ") => (Cause::Unreachable, ""),
            None if found.contains(NO_HTTP) => (
                Cause::NotTheApi,
                "is it https, or another service? check the base URL",
            ),
            Some(200) if found.starts_with(ERROR_IN_200) => (Cause::Refused, REFUSED),
            None => (Cause::NoAnswer, NO_ANSWER),
            Some(200) if is_not_whole(&found) => (Cause::NoAnswer, NO_ANSWER),
            Some(..=299) => (Cause::NotTheApi, NOT_THE_API),
            // It says where it leads.
            Some(300..=399) => (Cause::Redirected, ""),
            Some(403) => (Cause::LoginRefused, ROLE),
            // Of an update, where a read has found the conversation.
            Some(404) => (Cause::Refused, ROLE),
            // The server has not seen the request.
            Some(407) => (
                Cause::Unreachable,
                "check the proxy, its user and its password",
            ),
            Some(..=499) => (Cause::Refused, REFUSED),
            Some(500..) => (
                Cause::ServerError,
                "the server is down or has a problem: try again later",
            ),
        };
        Self {
            cause,
            found,
            advice: advice.to_owned(),
        }
    }

    /// What it shows that nothing is found; `found` begins with the status code.
    #[must_use]
    pub fn not_found(found: String) -> Self {
        Self {
            cause: Cause::NotFound,
            found,
            advice: "check the brand or base URL".into(),
        }
    }

    /// The same as what `fact` comes from.
    #[must_use]
    pub fn behind(&self, fact: &str) -> String {
        let Self { found, advice, .. } = self;
        match advice.as_str() {
            "" => format!("{fact}: {found}"),
            advice => format!("{fact} ({found}): {advice}"),
        }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { found, advice, .. } = self;
        match self.cause {
            Cause::LoginRefused => f.write_str(&self.behind("login refused")),
            Cause::RateLimited => f.write_str(&self.behind("rate limited")),
            _ if advice.is_empty() => f.write_str(found),
            _ => write!(f, "{found}: {advice}"),
        }
    }
}

/// Whether that answer did not arrive as a whole.
fn is_not_whole(found: &str) -> bool {
    let body = found.strip_prefix("HTTP 200: ").unwrap_or_default();
    [CUT_OFF, TOO_SLOW]
        .iter()
        .any(|what| body.starts_with(what))
}

/// What to do where no connection is made.
fn connecting(found: &str) -> &'static str {
    let says = |words: &str| found.contains(words);
    if says("the proxy ") {
        "check the proxy, or try again later"
    } else if says("connection refused") {
        "nothing listens there: check the brand or base URL, or try again when the server is back"
    } else {
        "check the network of this machine (VPN, firewall, proxy)"
    }
}

fn again(retry_after: Option<Duration>) -> String {
    match retry_after {
        Some(wait) => format!("try again in {} s", wait.as_secs_f64().ceil()),
        None => "try again later".into(),
    }
}

/// The name of the status code, and what the server says.
fn answer(http_status: Option<u16>, message: &str) -> String {
    let status = http_status.and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.map(named).unwrap_or_default();
    if message.is_empty() {
        status
    } else {
        format!("{status}: {message}")
    }
}

#[cfg(test)]
mod tests;
