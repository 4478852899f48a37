//! What can be asked of the API: each operation has a request, and a way to read its success.
//! Every other answer means the same whatever was asked for: see `classify`.

use std::fmt;

use super::diagnosis::ERROR_IN_200;
use super::recognize::{self, Recognized};
use super::redact::Redactor;
use super::{Failure, FailureKind, Request, conversation, reasons};
use crate::change::{Difference, compare};
use crate::model::text::quoted;
use crate::model::{Changes, Conversation, Slug};

/// The longest message that says what a body is instead of the conversation, in characters.
const MAX_WORDS: usize = 200;

/// One request, and what its success means.
pub trait Operation: Sync {
    /// What a success yields; shown to people in a few words.
    type Output: fmt::Display;

    /// What the server does for it.
    const EFFECT: Effect;

    /// The longest answer that is read, in bytes.
    const MAX_ANSWER_BYTES: u64 = 1 << 20;

    /// What a 404 means.
    const MISSING: &'static str = "no such conversation";

    /// The request, at that base URL.
    fn request(&self, base_url: &str) -> Request;

    /// Reads the body of a 200.
    ///
    /// # Errors
    /// When the body does not show that the operation was carried out.
    fn read(&self, body: &str, redactor: &Redactor) -> Result<Self::Output, Failure>;
}

/// What a request can do to a conversation, whatever is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it reads.
    None,
    /// A change.
    Change,
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
    /// The conversation.
    pub slug: &'a Slug<'a>,
    /// What to set.
    pub changes: &'a Changes<'a>,
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
    const EFFECT: Effect = Effect::Change;

    fn request(&self, base_url: &str) -> Request {
        Request::update(base_url, self.slug, self.changes)
    }

    fn read(&self, body: &str, redactor: &Redactor) -> Result<Updated, Failure> {
        let recognized = recognize::conversation(body, self.slug, self.changes, redactor);
        let Recognized::Conversation { fields, known_as } = recognized else {
            return Err(unrecognized(recognized, body, self.slug, redactor));
        };
        let conversation = conversation::parse(&fields);
        let differences = match self.verification {
            Verification::Compare => compare(self.changes, &conversation),
            Verification::Skip => Vec::new(),
        };
        Ok(Updated {
            conversation,
            differences: differences
                .into_iter()
                .map(|difference| redactor.difference(difference))
                .collect(),
            known_as: known_as.map(|slug| redactor.server_text(&slug)),
        })
    }
}

/// Why a 200 with a body other than the conversation is not a success. Whatever else it says, what was
/// asked for may have been done.
fn unrecognized(
    body_shows: Recognized<'_>,
    body: &str,
    slug: &Slug<'_>,
    redactor: &Redactor,
) -> Failure {
    FailureKind::Unclear.with(match body_shows {
        Recognized::Refusal(reasons) => return FailureKind::Rejected.with(reasons),
        Recognized::Error(words) => format!("{ERROR_IN_200}: {words}"),
        Recognized::Other(other) => {
            format!("HTTP 200 about {}", other_than(slug, &other, redactor))
        }
        Recognized::Conversation { .. } | Recognized::Nothing => {
            return instead_of("the conversation", body, redactor);
        }
    })
}

/// What a 200 says that is not `what` was asked for.
pub(super) fn instead_of(what: &str, body: &str, redactor: &Redactor) -> Failure {
    let found = if recognize::is_error_object(body) {
        ERROR_IN_200.to_owned()
    } else if body.trim_start().starts_with('<') {
        format!("HTTP 200 with a web page instead of {what}")
    } else {
        format!("HTTP 200 without {what}")
    };
    let words = reasons::words(body.as_bytes(), MAX_WORDS, redactor);
    FailureKind::Unclear.with(match words {
        Some(words) => format!("{found}: {words}"),
        None => found,
    })
}

fn other_than(slug: &Slug<'_>, other: &str, redactor: &Redactor) -> String {
    format!(
        "another conversation: {} instead of {}",
        quoted(&redactor.server_text(other)),
        quoted(slug.as_str())
    )
}

/// Reads one conversation: `GET /conversations/SLUG`.
#[derive(Debug, Clone, Copy)]
pub struct ReadConversation<'a> {
    /// The conversation.
    pub slug: &'a Slug<'a>,
}

/// What a read shows.
#[derive(Debug, Clone)]
pub enum ReadResult {
    /// The conversation.
    Conversation(Box<Conversation>),
    /// Another one; in words, which.
    Other(String),
}

impl Operation for ReadConversation<'_> {
    type Output = ReadResult;
    const EFFECT: Effect = Effect::None;

    fn request(&self, base_url: &str) -> Request {
        Request::read(base_url, self.slug)
    }

    fn read(&self, body: &str, redactor: &Redactor) -> Result<ReadResult, Failure> {
        match recognize::conversation(body, self.slug, &Changes::default(), redactor) {
            Recognized::Conversation { fields, .. } => Ok(ReadResult::Conversation(Box::new(
                conversation::parse(&fields),
            ))),
            Recognized::Other(slug) => {
                let other = other_than(self.slug, &slug, redactor);
                Ok(ReadResult::Other(format!(
                    "the server answers with {other}"
                )))
            }
            recognized => Err(unrecognized(recognized, body, self.slug, redactor)),
        }
    }
}

impl fmt::Display for ReadResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Conversation(_) => "read",
            Self::Other(what) => what,
        })
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
