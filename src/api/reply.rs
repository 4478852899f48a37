//! What came of one request: what the server did, or why it did not.

use std::time::Duration;

use reqwest::StatusCode;

/// What came of one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply<T> {
    /// The answer's status code, if an answer began to arrive.
    pub http_status: Option<u16>,
    /// What the operation yields, or why it yields nothing.
    pub result: Result<T, Failure>,
}

/// Why a request did not do what it was sent for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What follows from it.
    pub kind: FailureKind,
    /// The server's or the network's words, one line without secrets.
    pub message: String,
    /// How long the server asks everybody to wait.
    pub retry_after: Option<Duration>,
}

/// What follows from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// 422, or an error in a 200 that names the change: not applied.
    Rejected,
    /// 404.
    NotFound,
    /// 401: the login is refused.
    LoginRefused,
    /// 403: the login, or this conversation, is refused.
    Forbidden,
    /// Another 4xx, or a 3xx: definitely not applied.
    Refused,
    /// 429, or a 403 that asks for a pause: not applied.
    Throttled,
    /// 408, 409 or 425: not applied, and worth a retry.
    NotYet,
    /// 5xx, a timeout, a reset, a cut-off or unreadable answer: perhaps applied.
    Unclear,
    /// No connection was made: not applied.
    NotConnected,
    /// No connection was made, and no retry would make one.
    Unreachable,
}

impl FailureKind {
    /// The failure of this kind with that message, without a wish for a pause.
    #[must_use]
    pub fn with(self, message: impl Into<String>) -> Failure {
        Failure {
            kind: self,
            message: message.into(),
            retry_after: None,
        }
    }

    /// Whether the server has done its work: what came is about the request.
    #[must_use]
    pub fn is_answer(self) -> bool {
        match self {
            Self::Rejected
            | Self::NotFound
            | Self::LoginRefused
            | Self::Forbidden
            | Self::Refused
            | Self::Throttled => true,
            Self::NotYet | Self::Unclear | Self::NotConnected | Self::Unreachable => false,
        }
    }
}

impl Failure {
    /// No answer began within that time.
    #[must_use]
    pub fn no_answer(within: Duration) -> Self {
        FailureKind::Unclear.with(format!("no answer within {} s", within.as_secs_f64()))
    }

    /// Whether the server asks everybody for a pause, and how long if it says so.
    #[must_use]
    pub fn pause(&self) -> Option<Option<Duration>> {
        match self.kind {
            FailureKind::Throttled => Some(self.retry_after),
            _ => self.retry_after.map(Some),
        }
    }

    /// A few words for the log.
    #[must_use]
    pub fn in_words(&self) -> String {
        let message = &self.message;
        match self.kind {
            FailureKind::Rejected => format!("rejected: {message}"),
            FailureKind::LoginRefused => format!("login refused: {message}"),
            FailureKind::Forbidden => format!("forbidden: {message}"),
            FailureKind::Throttled => "rate limited".into(),
            FailureKind::NotFound
            | FailureKind::Refused
            | FailureKind::NotYet
            | FailureKind::Unclear
            | FailureKind::NotConnected
            | FailureKind::Unreachable => message.clone(),
        }
    }
}

/// A status code with its name.
pub(super) fn named(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("HTTP {} {reason}", status.as_u16()),
        None => format!("HTTP {}", status.as_u16()),
    }
}
