//! The body of a 200 -> the conversation that it shows, or what it says instead.
//!
//! The answer's form is documented by examples only, and what is between us and the server
//! answers 200 as well. So a body counts as the conversation if it has its slug, or documented
//! fields in their documented form; and never if it speaks of an error.

use serde_json::Value;
use serde_json::value::RawValue;

use super::reasons;
use super::redact::Redactor;
use crate::model::text::{folded, nfc};
use crate::model::{Changes, Members, Slug, Status};

/// What a body shows.
#[derive(Debug)]
pub(super) enum Recognized<'a> {
    /// The conversation.
    Conversation {
        /// Its fields.
        fields: Members<'a>,
        /// Its slug, where that is written in another way than was asked for.
        known_as: Option<String>,
    },
    /// Another conversation, of this slug.
    Other(String),
    /// An error that says why the change was not made.
    Refusal(String),
    /// An error of another kind.
    Error(String),
    /// Nothing of that.
    Nothing,
}

/// Objects within objects that are looked into.
const MAX_DEPTH: usize = 3;

/// Keys under which an answer may hold the conversation, beside `conversation`.
const WRAPPERS: [&str; 6] = [
    "data", "result", "response", "payload", "resource", "object",
];

/// Keys that say in words what is the matter.
const WORDS: [&str; 10] = [
    "message",
    "messages",
    "msg",
    "detail",
    "details",
    "reason",
    "reasons",
    "title",
    "description",
    "hint",
];

/// What `text` shows of the conversation `slug`, in which `changes` were asked for, or none.
pub(super) fn conversation<'a>(
    text: &'a str,
    slug: &Slug<'_>,
    changes: &Changes<'_>,
    redactor: &Redactor,
) -> Recognized<'a> {
    let object = serde_json::from_str(text);
    let recognizer = Recognizer {
        slug,
        changes,
        redactor,
    };
    object.map_or(Recognized::Nothing, |object| {
        recognizer.at(object, MAX_DEPTH)
    })
}

struct Recognizer<'a> {
    slug: &'a Slug<'a>,
    changes: &'a Changes<'a>,
    redactor: &'a Redactor,
}

impl Recognizer<'_> {
    fn at<'a>(&self, object: Members<'a>, depth: usize) -> Recognized<'a> {
        if has_error(&object) {
            return self.error(&object);
        }
        if let Some(slug) = object.get("slug").filter(|slug| slug.get() != "null") {
            return self.by_slug(object, slug);
        }
        let inner = |key| -> Option<Recognized<'a>> {
            let inner = serde_json::from_str(object.get(key)?.get()).ok()?;
            (depth > 0).then(|| self.at(inner, depth - 1))
        };
        if let Some(found) = inner("conversation") {
            return found;
        }
        if self.is_conversation(&object) {
            return Recognized::Conversation {
                fields: object,
                known_as: None,
            };
        }
        let mut found = WRAPPERS.into_iter().filter_map(inner);
        // A custom field may have any name.
        let found = found.find(|found| match found {
            Recognized::Conversation { fields, .. } => {
                fields.get("slug").is_some() || documented(fields) > 1
            }
            Recognized::Refusal(_) | Recognized::Error(_) => true,
            Recognized::Other(_) | Recognized::Nothing => false,
        });
        found.unwrap_or(Recognized::Nothing)
    }

    fn by_slug<'a>(&self, object: Members<'a>, slug: &RawValue) -> Recognized<'a> {
        let slug: String = serde_json::from_str(slug.get()).unwrap_or_else(|_| slug.get().into());
        let (shown, asked) = (nfc(&slug), nfc(self.slug.as_str()));
        if folded(&shown) != folded(&asked) {
            return Recognized::Other(slug);
        }
        Recognized::Conversation {
            fields: object,
            known_as: (shown != asked).then_some(slug),
        }
    }

    /// Whether an object without slug is the conversation all the same.
    fn is_conversation(&self, object: &Members<'_>) -> bool {
        let data = object
            .get("data")
            .and_then(|data| serde_json::from_str(data.get()).ok());
        let shows_data = data.is_some_and(|data: Members<'_>| {
            let mut asked = self.changes.data.iter();
            asked.any(|(name, _)| data.get(name).is_some())
        });
        let has_status = object.get("status").is_some_and(is_status_code);
        let speaks = WORDS.iter().any(|key| {
            let words = object.get(key).map(RawValue::get);
            words.is_some_and(|words| words.starts_with('"') && words != "\"\"")
        });
        let documented = documented(object);
        documented > 1 || !speaks && (documented > 0 || has_status || shows_data)
    }

    /// What an object that speaks of an error says.
    fn error<'a>(&self, object: &Members<'_>) -> Recognized<'a> {
        let values = object.0.iter().map(|(key, value)| {
            let value = serde_json::from_str(value.get()).unwrap_or_default();
            (key.as_ref().to_owned(), value)
        });
        let all: Vec<(String, Value)> = values.collect();
        let speaking = all.iter().filter(|(key, value)| {
            let says_why = is_error_key(key) && !matches!(value, Value::Bool(_));
            says_why || WORDS.contains(&key.as_str()) && value.is_string()
        });
        let words = |members: Vec<(String, Value)>| {
            reasons::words_of_json(&Value::Object(members.into_iter().collect()), self.redactor)
        };
        match words(speaking.cloned().collect()) {
            Some(why) if self.is_about_the_change(&why) => Recognized::Refusal(why),
            Some(why) => Recognized::Error(why),
            None => Recognized::Error(words(all).unwrap_or_default()),
        }
    }

    /// Whether an error names what was to be changed, and does not speak of what passes by itself.
    fn is_about_the_change(&self, error: &str) -> bool {
        let error = error.to_lowercase();
        let changes = self.changes;
        if changes.is_empty() {
            return false;
        }
        let named: [(bool, &[&str]); 8] = [
            (true, &["conversation"]),
            (changes.tag_list.is_some(), &["tag_list", "tag", "tags"]),
            (changes.status.is_some(), &["status", "state"]),
            (changes.status.is_some(), &["hold_until", "hold"]),
            (
                changes.assignee.is_some(),
                &["assignee", "assigned", "staff"],
            ),
            (changes.destination.is_some(), &["category", "channel"]),
            (changes.destination.is_some(), &["brand"]),
            (!changes.data.is_empty(), &["data", "custom"]),
        ];
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let has_word = |word: &str| error.split(|c| !is_word(c)).any(|found| found == word);
        let mut named = named.iter().filter(|(is_set, _)| *is_set);
        let slug = self.slug.as_str().to_lowercase();
        let is_named = named.any(|(_, words)| words.iter().any(|word| has_word(word)))
            || changes
                .data
                .iter()
                .any(|(name, _)| has_word(&name.to_lowercase()))
            || slug.len() > 3 && error.contains(&slug);
        is_named && !PASSING.iter().any(|words| error.contains(words))
    }
}

/// Words of errors that are gone at another time.
const PASSING: [&str; 12] = [
    "try again",
    "retry",
    "later",
    "temporar",
    "timeout",
    "timed out",
    "unavailable",
    "maintenance",
    "internal",
    "rate limit",
    "too many",
    "overload",
];

/// Whether `text` is an object that speaks of an error.
pub(super) fn is_error_object(text: &str) -> bool {
    serde_json::from_str(text).is_ok_and(|object| has_error(&object))
}

fn has_error(object: &Members<'_>) -> bool {
    object.0.iter().any(|(key, value)| is_error(key, value))
}

/// Documented fields that an object has in their documented form. `status`, `data` and a text as
/// `message` are in other answers as well.
fn documented(object: &Members<'_>) -> usize {
    let begins = |key: &str, starts: &[char]| {
        object
            .get(key)
            .is_some_and(|value| value.get().starts_with(starts))
    };
    let fields: [(&str, &[char]); 9] = [
        ("tag_list", &['[']),
        ("subject", &['"']),
        ("category", &['{']),
        ("assignee", &['{']),
        ("author", &['{']),
        ("message", &['{']),
        ("created_at", &['"']),
        ("hold_until", &['"']),
        ("followers", &['[']),
    ];
    fields
        .iter()
        .filter(|(key, starts)| begins(key, starts))
        .count()
}

fn is_status_code(value: &RawValue) -> bool {
    let code = value.get().parse().ok();
    code.and_then(Status::from_code).is_some()
}

/// Whether a member says that something went wrong.
fn is_error(key: &str, value: &RawValue) -> bool {
    let text = value.get();
    let word = text.trim_matches('"').to_ascii_lowercase();
    let is_http_error = || {
        word.parse::<u16>()
            .is_ok_and(|code| (400..600).contains(&code))
    };
    match plain(key).as_str() {
        "success" | "ok" | "succeeded" | "successful" => {
            matches!(word.as_str(), "false" | "0" | "no")
        }
        "code" | "statuscode" | "httpstatus" | "httpcode" => is_http_error(),
        "status" | "result" | "state" | "outcome" => {
            let words = [
                "error",
                "err",
                "fail",
                "failed",
                "failure",
                "ko",
                "nok",
                "invalid",
                "denied",
                "rejected",
                "refused",
                "unauthorized",
                "forbidden",
                "exception",
            ];
            words.contains(&word.as_str()) || is_http_error()
        }
        _ if is_error_key(key) => {
            let value = serde_json::from_str(text);
            value.map_or(true, |value: Value| !says_nothing(&value))
        }
        _ => false,
    }
}

fn is_error_key(key: &str) -> bool {
    let keys = [
        "error",
        "errors",
        "errormessage",
        "errormessages",
        "errordescription",
        "errormsg",
        "exception",
        "fault",
        "faults",
        "failure",
        "failures",
    ];
    keys.contains(&plain(key).as_str())
}

fn plain(key: &str) -> String {
    let letters = key.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Whether a value under `error` says that there is none.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(is_error) => !is_error,
        Value::Number(code) => code.as_f64() == Some(0.0),
        Value::String(text) => {
            let text = text.trim().to_ascii_lowercase();
            matches!(text.as_str(), "" | "0" | "false" | "none" | "null" | "ok")
        }
        Value::Array(items) => items.iter().all(says_nothing),
        Value::Object(members) => members.values().all(says_nothing),
    }
}
