//! Status code, headers and body of an answer -> what it says of the operation and of the run. The one
//! place that knows what a status code means.

use std::time::Duration;

use reqwest::{StatusCode, Url};

use super::redact::Redactor;
use super::reply::named;
use super::{Account, BaseUrl, Failure, FailureKind, Operation, reasons};
use crate::model::text::one_line;

/// The longest words of an answer that say what a status code says already, in characters.
const MAX_WORDS: usize = 200;

/// An answer as it begins to arrive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) status: StatusCode,
    /// How long the server wants nothing.
    pub(super) retry_after: Option<Duration>,
    /// Where a redirect leads.
    pub(super) location: Option<&'a str>,
}

/// Why an answer has no body that can be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoBody {
    /// It did not arrive as a whole.
    #[error("{0}")]
    BrokenOff(String),
    /// It arrived, and is compressed in a way that cannot be undone.
    #[error("{0}")]
    Coded(String),
}

/// Classifies the answers of one account.
#[derive(Debug)]
pub struct Classifier {
    base_url: BaseUrl,
    redactor: Redactor,
}

impl Classifier {
    /// A classifier of answers to requests that `account` sends.
    #[must_use]
    pub fn new(account: &Account) -> Self {
        Self {
            base_url: account.base_url().clone(),
            redactor: account.redactor(),
        }
    }

    /// Where requests go.
    pub(super) fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// What takes secrets out of texts.
    #[must_use]
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// What an answer with this status code and whole `body` says, if nothing in its headers
    /// matters.
    ///
    /// # Errors
    /// When the operation was not carried out, or that is not known.
    pub fn answer<O: Operation>(
        &self,
        operation: &O,
        status: StatusCode,
        body: &[u8],
    ) -> Result<O::Output, Failure> {
        let head = Head {
            status,
            retry_after: None,
            location: None,
        };
        self.classify(operation, head, || Ok(body.to_vec()))
    }

    /// What an answer says. The body is read where it says more than the status code.
    pub(super) fn classify<O: Operation>(
        &self,
        operation: &O,
        Head {
            status,
            retry_after,
            location,
        }: Head<'_>,
        body: impl FnOnce() -> Result<Vec<u8>, NoBody>,
    ) -> Result<O::Output, Failure> {
        use FailureKind::{
            Forbidden, LoginRefused, NotFound, NotYet, Refused, Rejected, Throttled, Unclear,
        };
        let with_pause = |kind: FailureKind, message| Failure {
            retry_after,
            ..kind.with(message)
        };
        Err(match status.as_u16() {
            200 => match body() {
                Ok(body) => {
                    // Bytes that are not text do not matter, unless the operation reads that part.
                    let text = String::from_utf8_lossy(&body);
                    let text = text.trim_start_matches('\u{feff}');
                    return operation.read(text, &self.redactor);
                }
                Err(what) => Unclear.with(what.to_string()),
            },
            422 => Rejected.with(self.reasons(body)),
            404 => NotFound.with(self.not_found(O::MISSING, body)),
            401 => LoginRefused.with(self.reasons(body)),
            // Some gateways answer so instead of 429.
            403 if retry_after.is_some() => with_pause(Throttled, String::new()),
            403 => Forbidden.with(self.reasons(body)),
            429 => with_pause(Throttled, String::new()),
            408 | 409 | 425 => with_pause(NotYet, self.with_words(status, body)),
            500..=599 => with_pause(Unclear, self.with_words(status, body)),
            0..=299 | 600.. => Unclear.with(format!("{}: unexpected answer", named(status))),
            300..=399 => Refused.with(format!("{}: {}", named(status), self.redirect(location))),
            400..=499 => Refused.with(format!("{}: {}", named(status), self.reasons(body))),
        })
    }

    /// The reasons in a body. The status code is the answer: a body that breaks off costs no more
    /// than its reasons.
    fn reasons(&self, body: impl FnOnce() -> Result<Vec<u8>, NoBody>) -> String {
        match body() {
            Ok(body) => reasons::all(&body, &self.redactor),
            Err(what) => format!("no reason can be read: {what}"),
        }
    }

    /// What a body says beside its status code.
    fn words(
        &self,
        status: StatusCode,
        body: impl FnOnce() -> Result<Vec<u8>, NoBody>,
    ) -> Option<String> {
        let body = match body() {
            Ok(body) => body,
            Err(NoBody::Coded(what)) => return Some(what),
            Err(NoBody::BrokenOff(_)) => return None,
        };
        let words = reasons::words(&body, MAX_WORDS, &self.redactor)?;
        // Error pages begin with it, and some are nothing else.
        let code = status.as_str();
        let reason = status.canonical_reason().unwrap_or_default();
        let mut rest = words.as_str();
        for known in [code, reason, code, reason] {
            // `conflict of edits` is a sentence, and no title.
            rest = rest.strip_prefix(known).unwrap_or(rest);
            rest = rest.trim_start_matches([' ', ':', ';', '-', '|', '.', '!']);
        }
        (!rest.is_empty()).then(|| rest.to_owned())
    }

    fn with_words(
        &self,
        status: StatusCode,
        body: impl FnOnce() -> Result<Vec<u8>, NoBody>,
    ) -> String {
        match self.words(status, body) {
            Some(words) => format!("{}: {words}", named(status)),
            None => named(status),
        }
    }

    fn not_found(&self, missing: &str, body: impl FnOnce() -> Result<Vec<u8>, NoBody>) -> String {
        match self.words(StatusCode::NOT_FOUND, body) {
            Some(words) => format!("{missing}: {words}"),
            None => missing.to_owned(),
        }
    }

    /// Where a redirect leads, less the parts of the address that may hold what is nobody's.
    fn redirect(&self, location: Option<&str>) -> String {
        let location = location.map(|location| self.redactor.server_text(location));
        let base = Url::parse(self.base_url.as_str()).ok();
        let url = location.and_then(|location| base?.join(&location).ok());
        let Some(url) = url else {
            return "a redirect, which is never followed (is the brand right?)".into();
        };
        let port = url
            .port()
            .map_or_else(String::new, |port| format!(":{port}"));
        let place = format!("{}{port}{}", url.host_str().unwrap_or_default(), url.path());
        let lower = place.to_lowercase();
        let words = [
            "login", "log-in", "log_in", "signin", "sign-in", "sign_in", "sso", "auth",
        ];
        let guess = if words.iter().any(|word| lower.contains(word)) {
            "a login page? check the email, the token and the brand"
        } else {
            "check the brand or base URL"
        };
        let place = one_line(&place, MAX_WORDS);
        format!("a redirect to {place}, which is never followed ({guess})")
    }
}
