//! What can be asked of the API: each operation has a request, and a way to read its success.
//! Every other answer means the same whatever was asked for: see `classify`.

use std::fmt;

use super::recognize::{self, Recognized};
use super::redact::Redactor;
use super::{Failure, FailureKind, Request, conversation, reasons};
use crate::change::{Difference, compare};
use crate::model::text::quoted;
use crate::model::{Conversation, Update};

/// The longest message that says what a body is instead of the conversation, in characters.
const MAX_WORDS: usize = 200;

/// One request, and what its success means.
pub trait Operation: Sync {
    /// What a success yields; shown to people in a few words.
    type Output: fmt::Display;

    /// The request, at that base URL.
    fn request(&self, base_url: &str) -> Request;

    /// Reads the body of a 200.
    ///
    /// # Errors
    /// When the body does not show that the operation was carried out.
    fn read(&self, body: &str, redactor: &Redactor) -> Result<Self::Output, Failure>;
}

/// Whether the conversation that an answer shows is compared with what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// It is compared.
    Compare,
    /// It is trusted.
    Skip,
}

/// Changes one conversation: `PUT /conversations/SLUG`.
#[derive(Debug, Clone, Copy)]
pub struct UpdateConversation<'a> {
    /// The change.
    pub update: &'a Update<'a>,
    /// Whether the answer is compared with it.
    pub verification: Verification,
}

/// A conversation after an update.
#[derive(Debug, Clone)]
pub struct Updated {
    /// The conversation as the answer shows it.
    pub conversation: Conversation,
    /// What it shows other than was asked for.
    pub differences: Vec<Difference>,
    /// Its slug, where the server writes it in another way than was asked for.
    pub known_as: Option<String>,
}

impl Operation for UpdateConversation<'_> {
    type Output = Updated;

    fn request(&self, base_url: &str) -> Request {
        Request::update(base_url, self.update)
    }

    fn read(&self, body: &str, redactor: &Redactor) -> Result<Updated, Failure> {
        // Whatever else it is, the change may have been applied.
        let unclear = |message| FailureKind::Unclear.with(message);
        match recognize::conversation(body, self.update, redactor) {
            Recognized::Conversation { fields, known_as } => {
                let conversation = conversation::parse(&fields);
                let differences = match self.verification {
                    Verification::Compare => compare(&self.update.changes, &conversation),
                    Verification::Skip => Vec::new(),
                };
                let redacted = |difference: Difference| Difference {
                    asked: redactor.known_forms(&difference.asked),
                    shown: redactor.server_text(&difference.shown),
                    ..difference
                };
                Ok(Updated {
                    conversation,
                    differences: differences.into_iter().map(redacted).collect(),
                    known_as: known_as.map(|slug| redactor.server_text(&slug)),
                })
            }
            Recognized::Refusal(reasons) => Err(FailureKind::Rejected.with(reasons)),
            Recognized::Error(words) => Err(unclear(format!("HTTP 200 with an error: {words}"))),
            Recognized::Other(slug) => Err(unclear(format!(
                "HTTP 200 about another conversation: {} instead of {}",
                quoted(&redactor.server_text(&slug)),
                quoted(self.update.slug.as_str())
            ))),
            Recognized::Nothing => {
                let what = "HTTP 200 without the conversation";
                Err(unclear(
                    match reasons::words(body.as_bytes(), MAX_WORDS, redactor) {
                        Some(words) => format!("{what}: {words}"),
                        None => what.to_owned(),
                    },
                ))
            }
        }
    }
}

impl Updated {
    /// What is good to know of an update that came out as asked for.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let slug = self.known_as.as_ref()?;
        Some(format!("the server knows it as {}", quoted(slug)))
    }
}

impl fmt::Display for Updated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("updated")?;
        for (at, difference) in self.differences.iter().enumerate() {
            let before = if at == 0 { ", but " } else { "; " };
            write!(f, "{before}{difference}")?;
        }
        self.note()
            .map_or(Ok(()), |note| write!(f, ", note: {note}"))
    }
}
