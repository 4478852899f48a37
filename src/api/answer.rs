//! Status code, headers and body of an answer -> what it says of its row and of the run.

use std::borrow::Cow;
use std::time::Duration;

use reqwest::{StatusCode, Url};

use super::conversation::{self, Shown};
use super::redact::Redactor;
use super::{BaseUrl, Said, Verification, reasons, verify};
use crate::model::Update;
use crate::model::text::{one_line, quoted};

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

/// Reads the answers to updates of one account.
#[derive(Debug)]
pub(super) struct Answers {
    pub(super) base_url: BaseUrl,
    pub(super) verification: Verification,
    pub(super) redactor: Redactor,
}

impl Answers {
    /// What an answer says of `update`. The body is read where it says more than the status code.
    pub(super) fn said(
        &self,
        update: &Update<'_>,
        Head {
            status,
            retry_after,
            location,
        }: Head<'_>,
        body: impl FnOnce() -> Result<Vec<u8>, String>,
    ) -> Said {
        let unclear = |what| Said::Unclear {
            what,
            retry_after: None,
        };
        match status.as_u16() {
            200 => match body() {
                Ok(body) => self.shown(update, &body),
                Err(what) => unclear(what),
            },
            422 => Said::Rejected {
                reasons: self.reasons(body),
            },
            404 => Said::NotFound {
                reasons: self.not_found(body),
            },
            401 => Said::LoginRefused {
                reasons: self.reasons(body),
            },
            // A gateway that has had enough says so in this way.
            403 if retry_after.is_some() => Said::Throttled { retry_after },
            403 => Said::Forbidden {
                reasons: self.reasons(body),
            },
            429 => Said::Throttled { retry_after },
            408 | 409 | 425 => Said::NotYet {
                what: self.with_words(status, body),
                retry_after,
            },
            500..=599 => Said::Unclear {
                what: self.with_words(status, body),
                retry_after,
            },
            0..=299 | 600.. => unclear(format!(
                "{}, which is not the answer expected",
                named(status)
            )),
            300..=399 => Said::Refused {
                what: format!("{}: {}", named(status), self.redirect(location)),
            },
            400..=499 => {
                let reasons = self.reasons(body);
                Said::Refused {
                    what: format!("{}: {reasons}", named(status)),
                }
            }
        }
    }

    /// The reasons in a body. The status code is the answer: a body that breaks off costs no more
    /// than its reasons.
    fn reasons(&self, body: impl FnOnce() -> Result<Vec<u8>, String>) -> String {
        match body() {
            Ok(body) => reasons::told(&body, &self.redactor),
            Err(what) => format!("no reason can be read: {what}"),
        }
    }

    /// What a body says beside its status code.
    fn words(
        &self,
        status: StatusCode,
        body: impl FnOnce() -> Result<Vec<u8>, String>,
    ) -> Option<String> {
        let body = match body() {
            Ok(body) => body,
            Err(what) if what.contains("compressed") => return Some(what),
            Err(_) => return None,
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
        body: impl FnOnce() -> Result<Vec<u8>, String>,
    ) -> String {
        match self.words(status, body) {
            Some(words) => format!("{}: {words}", named(status)),
            None => named(status),
        }
    }

    fn not_found(&self, body: impl FnOnce() -> Result<Vec<u8>, String>) -> String {
        match self.words(StatusCode::NOT_FOUND, body) {
            Some(words) => format!("no such conversation: {words}"),
            None => "no such conversation".into(),
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

    fn shown(&self, update: &Update<'_>, body: &[u8]) -> Said {
        // Only what is compared is looked into: a stray byte elsewhere is no concern of this row.
        let text =
            str::from_utf8(body).map_or_else(|_| String::from_utf8_lossy(body), Cow::Borrowed);
        let text = text.trim_start_matches('\u{feff}');
        let what = match conversation::shown(text, update, &self.redactor) {
            Shown::Conversation { fields, other_slug } => {
                let differences = match self.verification {
                    Verification::Compare => {
                        verify::differences(&update.changes, &fields, |text| {
                            self.redactor.server_text(&text)
                        })
                    }
                    Verification::Skip => Vec::new(),
                };
                let note = other_slug.map(|slug| {
                    format!(
                        "the server knows it as {}",
                        quoted(&self.redactor.server_text(&slug))
                    )
                });
                return Said::Updated { differences, note };
            }
            Shown::Refusal(reasons) => return Said::Rejected { reasons },
            Shown::Error(words) => format!("HTTP 200 with an error: {words}"),
            Shown::Other(slug) => format!(
                "HTTP 200 about another conversation: {} instead of {}",
                quoted(&self.redactor.server_text(&slug)),
                quoted(update.slug.as_str())
            ),
            Shown::Nothing => {
                let what = "HTTP 200 with something else than the conversation";
                match reasons::words(body, MAX_WORDS, &self.redactor) {
                    Some(words) => format!("{what}: {words}"),
                    None => what.to_owned(),
                }
            }
        };
        Said::Unclear {
            what,
            retry_after: None,
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
