//! Any answer to any update: what it says is one tame line a piece, never the token, and a 200 is
//! only believed if it is a conversation.
//!
//! The bytes are: status code (two bytes), a JSON line for the update, the answer's body.

#![no_main]

use std::sync::LazyLock;

use http::StatusCode;
use libfuzzer_sys::fuzz_target;
use reamaze_bulk::api::{
    Account, BaseUrl, Classifier, FailureKind, UpdateConversation, Verification,
};
use reamaze_bulk::input::{Format, Wanted};
use reamaze_bulk_fuzz::{first_update, is_tame};

const TOKEN: &str = "tok3n";

static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(|| {
    let base = BaseUrl::parse("http://127.0.0.1:9/api/v1").expect("an address");
    let account = Account::new(base, "a@example.com", TOKEN).expect("an account");
    Classifier::new(&account)
});

const UPDATE: &[u8] = br#"{"slug":"a","tag_list":["vip","b"],"status":5,"hold_until":"2130-12-01T09:00:00+01:00","assignee":"s@example.com","category":"sales","brand":"acme","data":{"n":5,"f":true,"z":null,"t":"x"}}"#;

fuzz_target!(|bytes: &[u8]| {
    let Some((&[high, low], rest)) = bytes.split_first_chunk() else {
        return;
    };
    let Ok(status) = StatusCode::from_u16(match high {
        0 => 200,
        1 => 422,
        _ => u16::from_be_bytes([high, low]),
    }) else {
        return;
    };
    let (asked, body) = match rest.iter().position(|&byte| byte == b'\n') {
        Some(at) if high % 2 == 0 => (&rest[..at], &rest[at + 1..]),
        _ => (&rest[..0], rest),
    };
    let wanted = Wanted {
        format: Some(Format::Jsonl),
        delimiter: None,
        sheet: None,
    };
    // An update that does not hold the token: what is asked for is not the server's to tell.
    let update = first_update(asked, wanted.clone())
        .filter(|_| !asked.windows(TOKEN.len()).any(|part| part == TOKEN.as_bytes()))
        .or_else(|| first_update(UPDATE, wanted))
        .expect("an update");
    let operation = UpdateConversation {
        slug: &update.slug,
        changes: &update.changes,
        verification: Verification::Compare,
    };
    let texts = match CLASSIFIER.answer(&operation, status, body) {
        Ok(updated) => {
            assert_eq!(status, 200);
            assert!(body.trim_ascii_start().starts_with(b"{"), "believed: {body:?}");
            let differences = updated.differences.iter().map(ToString::to_string);
            differences.chain(updated.note()).collect()
        }
        Err(failure) if failure.kind == FailureKind::Throttled => Vec::new(),
        Err(failure) => vec![failure.message],
    };
    for text in texts {
        assert!(!text.is_empty() && is_tame(&text), "{text:?}");
        // Two values of 100 characters, or a line of reasons of 1000, each beside a few words; a
        // character may be shown as an escape of ten.
        assert!(text.len() <= 11_000, "{} bytes", text.len());
        let escaped = asked.contains(&b'\\');
        assert!(escaped || !text.contains(TOKEN), "the token is shown: {text:?}");
    }
});
