//! The body of a refusal, in whatever shape -> its reasons as one readable line.

use serde_json::Value;

use super::redact::Redactor;
use crate::model::text::{head, one_line};

/// The longest line of reasons, in characters.
const MAX_CHARS: usize = 1000;

/// The longest path of a field, in bytes.
const MAX_PATH_BYTES: usize = 100;

/// Reasons that are looked at. More would not fit into the line.
const MAX_REASONS: usize = 500;

/// How much of an HTML page is looked at, in bytes.
const MAX_HTML_BYTES: usize = 16 << 10;

/// Keys that hold the reasons themselves and name no field.
const ENVELOPES: [&str; 9] = [
    "errors",
    "error",
    "message",
    "messages",
    "detail",
    "details",
    "title",
    "base",
    "conversation",
];

/// The reasons that `body` gives, `; ` between them, each behind its field where it has one.
pub(super) fn all(body: &[u8], redactor: &Redactor) -> String {
    let words = words(body, MAX_CHARS, redactor);
    words.unwrap_or_else(|| "no reason given".into())
}

/// The same, at most `limit` characters; `None` where the body says nothing.
pub(super) fn words(body: &[u8], limit: usize, redactor: &Redactor) -> Option<String> {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let text = if let Ok(json) = serde_json::from_slice(body) {
        joined(&json, redactor)
    } else {
        let text = String::from_utf8_lossy(body);
        if text.trim_start().starts_with('<') {
            nanohtml2text::html2text(head(&redactor.server_text(&text), MAX_HTML_BYTES))
        } else {
            text.into_owned()
        }
    };
    line(&text, limit, redactor)
}

/// The same of JSON that was read before.
pub(super) fn words_of_json(json: &Value, redactor: &Redactor) -> Option<String> {
    line(&joined(json, redactor), MAX_CHARS, redactor)
}

/// What was joined from parts can hold what none of them held.
fn line(text: &str, limit: usize, redactor: &Redactor) -> Option<String> {
    let line = one_line(&redactor.server_text(text), limit);
    (!line.is_empty()).then_some(line)
}

fn joined(json: &Value, redactor: &Redactor) -> String {
    let mut reasons = Vec::new();
    collect(json, "", redactor, &mut reasons);
    reasons.join("; ")
}

fn collect(json: &Value, field: &str, redactor: &Redactor, reasons: &mut Vec<String>) {
    if reasons.len() >= MAX_REASONS {
        return;
    }
    let mut add = |text: &str| {
        let text = redactor.server_text(text.trim());
        if !text.is_empty() {
            reasons.push(if field.is_empty() {
                text
            } else {
                format!("{field}: {text}")
            });
        }
    };
    match json {
        Value::Null => {}
        Value::Bool(flag) => add(&flag.to_string()),
        Value::Number(number) => add(&number.to_string()),
        Value::String(text) => add(text),
        Value::Array(items) => {
            for item in items {
                collect(item, field, redactor, reasons);
            }
        }
        Value::Object(members) => {
            // {"field": "status", "message": "is wrong"}: a value names the field.
            let named = ["field", "attribute"].iter().find_map(|key| {
                let rest = ["message", "messages", "error", "detail", "reason"];
                let message = rest.iter().find_map(|key| members.get(*key))?;
                Some((members.get(*key)?.as_str()?, message))
            });
            if let Some((name, message)) = named {
                return collect(message, &path(field, name, redactor), redactor, reasons);
            }
            for (key, value) in members {
                let is_envelope = ENVELOPES.contains(&key.as_str());
                let inner = if is_envelope {
                    field.to_owned()
                } else {
                    path(field, key, redactor)
                };
                collect(value, &inner, redactor, reasons);
            }
        }
    }
}

/// A field's path, no longer than a reader needs: a hostile one would be repeated for each reason.
fn path(outer: &str, inner: &str, redactor: &Redactor) -> String {
    let inner = redactor.server_text(inner);
    let path = if outer.is_empty() {
        inner
    } else {
        redactor.server_text(&format!("{outer}.{inner}"))
    };
    head(&path, MAX_PATH_BYTES).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(body: &[u8]) -> String {
        super::all(
            body,
            &Redactor::new("agent@example.com", "s3cr3t-T0ken-abcdefghij"),
        )
    }

    #[test]
    fn every_shape_becomes_one_line_that_names_the_field() {
        for (body, line) in [
            (
                r#"{"errors": {"status": ["is wrong", "is old"], "tag_list": ["is long"]}}"#,
                "status: is wrong; status: is old; tag_list: is long",
            ),
            (
                r#"{"errors": ["Status is wrong", "Tag is long"]}"#,
                "Status is wrong; Tag is long",
            ),
            (r#"{"error": "Status is wrong"}"#, "Status is wrong"),
            (r#"{"status": ["is wrong"]}"#, "status: is wrong"),
            (
                r#"{"errors": {"conversation": {"assignee": {"email": ["is unknown"]}}}}"#,
                "assignee.email: is unknown",
            ),
            (
                r#"{"errors": [{"field": "status", "message": "is wrong"}]}"#,
                "status: is wrong",
            ),
            (r#"{"errors": {"base": ["cannot move"]}}"#, "cannot move"),
            (r#"["a", "b"]"#, "a; b"),
            (r#""just text""#, "just text"),
            ("Status is\nwrong", "Status is wrong"),
            (
                "<html><head><style>p{}</style></head><body><h1>The change</h1><p>was rejected &amp; lost</p></body></html>",
                "The change was rejected & lost",
            ),
            ("", "no reason given"),
            ("{}", "no reason given"),
            ("\u{feff}", "no reason given"),
        ] {
            assert_eq!(all(body.as_bytes()), line, "{body}");
        }
    }

    #[test]
    fn a_long_story_is_cut() {
        assert_eq!(
            all("x".repeat(5000).as_bytes()).chars().count(),
            MAX_CHARS + 1
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_told_all_the_same() {
        assert!(!all(&[0xff, 0xfe, 0x00]).is_empty());
    }
}
