//! Which body of a 200 is the conversation, and what becomes of its row if it is not.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use serde_json::Value;

use super::support::answer::Answer;
use super::support::command::LedgerLine;
use super::support::sent::{Sent, numbered, send_file};
use super::support::server::Server;

/// What every row asks for, less the slug.
const ASKED: &str = r#""tag_list": ["VIP"], "status": 2, "data": {"order": "0042"}"#;

/// Sends a row for each of these bodies; `SLUG` in a body is the row's slug.
fn ask(bodies: &[&'static str], options: &str) -> Sent {
    let bodies = bodies.to_vec();
    let slugs = numbered("late-parcel-", bodies.len());
    let rows = slugs
        .iter()
        .map(|slug| format!("{{\"slug\": \"{slug}\", {ASKED}}}\n"));
    let rows: String = rows.collect();
    let server = Server::start(move |request| {
        let number = request
            .slug
            .rsplit('-')
            .next()
            .and_then(|number| number.parse().ok());
        let body = bodies[number.unwrap_or(usize::MAX)];
        Answer::text(200, &body.replace("SLUG", &request.slug))
    });
    let options = format!("--retries 0 --max-failures none {options}");
    send_file(&server, "rows.jsonl", rows, &options)
}

/// Sends a row for each line `BODY => WORDS`, and gives each to `expect` with its words. The first
/// row is one that goes well, so that the run does not stop for rows that fail alike.
fn expect_lines(lines: &'static str, expect: impl Fn(&LedgerLine, &str)) {
    let cases: Vec<_> = lines.trim().lines().collect();
    let cases = cases
        .iter()
        .map(|line| line.split_once(" => ").expect("a body and words"));
    let (bodies, words): (Vec<_>, Vec<_>) = cases.unzip();
    // Fewer than would mean a server that is down.
    for (bodies, words) in bodies.chunks(15).zip(words.chunks(15)) {
        let bodies = [&[r#"{"slug": "SLUG"}"#], bodies].concat();
        let sent = ask(&bodies, "");
        assert_ne!(sent.output.status, 70, "{:#?}", sent.output);
        let ledger = sent.ledger();
        assert_eq!(ledger.len(), words.len() + 1);
        for ((line, words), body) in ledger[1..].iter().zip(words).zip(&bodies[1..]) {
            assert!(line.reasons.contains(words), "{body}: {line:?}");
            expect(line, body);
        }
    }
}

/// An error that names the change.
const REFUSALS: &str = r#"
{"success": false, "message": "the conversation is locked"} => the conversation is locked
{"errors": ["you may not change this conversation"]} => you may not change this conversation
{"errors": {"status": ["is wrong"]}} => status: is wrong
{"errors": {"order": ["is unknown"]}} => order: is unknown
{"error": {"tag_list": "is too long"}} => tag_list: is too long
{"error": "Tags are frozen"} => Tags are frozen
{"errors": [{"field": "status", "message": "is wrong"}]} => status: is wrong
{"status": "error", "message": "tag VIP is unknown"} => tag VIP is unknown
{"status": 422, "title": "the status cannot be changed"} => the status cannot be changed
{"ok": false, "reason": "conversation archived"} => conversation archived
{"slug": "SLUG", "status": 4, "tag_list": [], "errors": {"status": ["is wrong"]}} => status: is wrong
{"conversation": {"slug": "SLUG", "errors": {"status": ["is wrong"]}}} => status: is wrong
{"conversation": {"slug": "SLUG"}, "errors": {"status": ["is wrong"]}} => status: is wrong
{"data": {"errors": {"status": ["is wrong"]}}} => status: is wrong
{"error": "SLUG is closed for changes"} => is closed for changes
"#;

#[test]
fn an_error_in_a_200_that_names_the_change_rejects_its_row() {
    expect_lines(REFUSALS, |line, body| {
        assert_eq!(line.outcome, "rejected", "{body}");
    });
}

/// Something else than the conversation.
const OTHERS: &str = r#"
{"error": "rate limit exceeded"} => rate limit exceeded
{"error": "the status cannot be changed now, try again later"} => try again later
{"errors": ["Internal error while saving the conversation"]} => Internal error
{"Error": "no"} => no
{"error": {"code": 17, "text": "no quota"}} => no quota
{"error": true, "message": "no quota"} => no quota
{"success": false} => success: false
{"success": "false", "message": "no"} => no
{"ok": false} => ok: false
{"ok": 0} => ok: 0
{"status": "error"} => status: error
{"status": "fail", "data": {"order": "0042"}} => status: fail
{"status": 500, "path": "/x"} => 500
{"code": 403, "message": "no"} => no
{"errorMessage": "no"} => no
{"error_description": "no"} => no
{"exception": "NullPointer"} => NullPointer
{"result": {"error": "no"}} => no
{"result": "error", "message": "no"} => no
{"message": "down"} => down
{"message": "down", "status": 1} => down
{"message": "conversation updated"} => conversation updated
{"success": true} => without the conversation
{"success": true, "data": {}} => without the conversation
{"data": null} => without the conversation
{"data": {"other": 1}} => without the conversation
{"slug": null} => without the conversation
{"status": "ok"} => without the conversation
{"conversation": null} => without the conversation
{"conversation": {}} => without the conversation
{"conversations": [{"slug": "SLUG"}]} => without the conversation
[{"slug": "SLUG"}] => without the conversation
{} => without the conversation
[] => without the conversation
null => without the conversation
"ok" => without the conversation
true => without the conversation
2 => without the conversation
OK => OK
<html><title>Log in</title><body><form>Log in</form></body></html> => Log in
{"slug": "SLUG", "status": => without the conversation
{"slug": "somebody-else", "status": 2} => `somebody-else` instead of `late-parcel-
{"conversation": {"slug": "somebody-else"}} => `somebody-else` instead of `late-parcel-
"#;

#[test]
fn a_200_that_shows_something_else_than_the_conversation_never_counts_as_updated() {
    expect_lines(OTHERS, |line, body| {
        assert_eq!(line.outcome, "unknown", "{body}");
        assert!(line.reasons.contains("HTTP 200"), "{line:?}");
    });
}

/// The conversation.
const CONVERSATIONS: [&str; 17] = [
    r#"{"slug": "SLUG"}"#,
    r#"{"slug": "SLUG", "message": {"body": "error"}, "errors": [], "error": null}"#,
    r#"{"slug": "SLUG", "error": "", "errors": {}, "success": true}"#,
    r#"{"slug": "SLUG", "error": false, "errors": {"status": []}}"#,
    r#"{"slug": "SLUG", "data": {"order": "0042", "error": "none", "success": false}}"#,
    r#"{"status": 2}"#,
    r#"{"slug": null, "status": 2}"#,
    r#"{"tag_list": ["vip"]}"#,
    r#"{"data": {"order": "0042"}}"#,
    r#"{"data": {"order": "0042", "slug": "other", "error": "x"}, "subject": "Late"}"#,
    r#"{"subject": "Late", "created_at": "2026-01-01T00:00:00Z", "message": "text"}"#,
    r#"{"message": {"body": "x"}, "author": {"name": "Jane"}}"#,
    r#"{"conversation": {"slug": "SLUG", "status": 2}}"#,
    r#"{"conversation": {"status": 2}}"#,
    r#"{"success": true, "conversation": {"slug": "SLUG"}}"#,
    r#"{"status": "success", "data": {"slug": "SLUG", "status": 2}}"#,
    r#"{"ok": true, "result": {"conversation": {"slug": "SLUG"}}}"#,
];

#[test]
fn a_200_that_shows_the_conversation_in_whatever_wrapping_counts_as_updated() {
    let sent = ask(&CONVERSATIONS, "");
    for (line, body) in sent.ledger().iter().zip(CONVERSATIONS) {
        assert_eq!(
            (line.outcome.as_str(), line.reasons.as_str()),
            ("updated", ""),
            "{body}"
        );
    }
    sent.expect_status(0);
    ask(&CONVERSATIONS, "--no-verify").expect_status(0);
}

#[test]
fn without_verification_an_error_is_no_update_either() {
    let sent = ask(
        &[r#"{"errors": ["no"]}"#, r#"{"slug": "other"}"#, "{}"],
        "--no-verify",
    );
    sent.expect_status(1);
    assert!(sent.ledger().iter().all(|line| line.outcome == "unknown"));
}

#[test]
fn a_custom_field_that_the_answer_leaves_out_differs() {
    const MISSING: [&str; 4] = [
        r#"{"slug": "SLUG", "data": {}}"#,
        r#"{"slug": "SLUG", "data": {"ordr": "0042"}}"#,
        r#"{"slug": "SLUG", "data": []}"#,
        r#"{"slug": "SLUG", "data": null}"#,
    ];
    let sent = ask(&MISSING, "");
    sent.expect_status(1);
    for line in sent.ledger() {
        assert_eq!(line.outcome, "updated");
        let told = "data.order: asked for 0042, the server shows nothing";
        assert_eq!(line.reasons, told);
    }
    assert_eq!(sent.summary()["differs"], MISSING.len());
}

#[test]
fn a_slug_in_another_letter_case_or_form_is_the_same_conversation() {
    let cases = [
        (
            "Late-Parcel",
            "late-parcel",
            "note: the server knows it as `late-parcel`",
        ),
        (
            "\u{c9}t\u{e9}",
            "e\u{301}te\u{301}",
            "note: the server knows it as",
        ),
        ("caf\u{e9}", "cafe\u{301}", ""),
        ("cafe\u{301}", "caf\u{e9}", ""),
        ("42", "42", ""),
    ];
    for (asked, shown, reasons) in cases {
        let server = Server::start(move |request| {
            // A number may be a database ID, so it is read before it is changed.
            let status = if request.method == "GET" { 0 } else { 2 };
            let mut conversation: Value = serde_json::json!({"slug": shown, "status": status});
            if request.slug == "42" {
                conversation["slug"] = serde_json::json!(42);
            }
            Answer::json(200, &conversation)
        });
        let rows = format!("slug,status\n{asked},2\n");
        let sent = send_file(&server, "rows.csv", rows, "");
        sent.expect_status(0);
        let [line] = sent.ledger().try_into().expect("one line");
        assert_eq!(line.outcome, "updated");
        assert!(line.reasons.starts_with(reasons), "{line:?}");
        assert!(!reasons.is_empty() || line.reasons.is_empty(), "{line:?}");
        let summary = sent.summary();
        assert_eq!(summary["differs"], 0);
        assert_eq!(summary["reasons"], serde_json::json!([]));
        assert_eq!(server.requests().len() as u64, line.attempts);
    }
}

#[test]
fn composed_and_decomposed_characters_are_no_difference() {
    let asked = r#"{"slug": "a", "tag_list": ["Cafe\u0301"], "data": {"ort": "Ko\u0308ln"}}"#;
    let server = Server::start(|_| {
        let shown = r#"{"slug": "a", "tag_list": ["CAF\u00c9"], "data": {"ort": "K\u00f6ln"}}"#;
        Answer::text(200, shown)
    });
    let sent = send_file(&server, "rows.jsonl", format!("{asked}\n"), "");
    sent.expect_status(0);
    assert_eq!(sent.ledger()[0].reasons, "");
}
