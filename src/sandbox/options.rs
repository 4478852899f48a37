//! How a sandbox behaves, and what it reports of each request.

use std::time::Duration;

use super::conversation::OtherFields;
use super::limit::Limit;

/// How the simulated service behaves. The default is an ideal one: no limit, no delay, no errors.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Requests taken from one API token; what is beyond is answered with 429.
    pub limit: Option<Limit>,
    /// Whether a 429 says when to come back.
    pub retry_after: RetryAfter,
    /// Time from a request to its answer. The change itself is applied at once.
    pub latency: Duration,
    /// Share, 0 to 1, of requests within the limit that are answered with 500, 502 or 503. Half
    /// of these are applied nevertheless, so that a client's retry is put to the test.
    pub errors: f64,
    /// Share, 0 to 1, of the answers to GET after which a colleague changes the conversation, or
    /// moves one of the list to another page.
    pub meanwhile: f64,
    /// What a PUT makes of the custom fields that it does not name.
    pub other_fields: OtherFields,
    /// How many conversations the account lists when it begins.
    pub conversations: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limit: None,
            retry_after: RetryAfter::default(),
            latency: Duration::ZERO,
            errors: 0.0,
            meanwhile: 0.0,
            other_fields: OtherFields::default(),
            conversations: 300,
        }
    }
}

/// Sees what was served.
pub type Observer = Box<dyn Fn(&Served) + Send + Sync>;

/// A request, and what became of it. Query and headers, where credentials could be, are left out.
#[derive(Debug)]
pub struct Served {
    /// The method.
    pub method: String,
    /// The path of the address, as it was sent.
    pub path: String,
    /// The answer's status code; `None` where the client disconnected before its answer.
    pub status: Option<u16>,
    /// From its arrival to its answer.
    pub took: Duration,
}

/// Whether a 429 carries a `Retry-After` header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RetryAfter {
    /// It does: whole seconds until the window ends, at least 1.
    #[default]
    Sent,
    /// It does not, and the client has to guess.
    Withheld,
}
