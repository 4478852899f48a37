//! What a run would change in the account as it was: the page, the question and the document.

use jiff::Timestamp;

use super::super::table::{WIDTH, width};
use super::super::{ForeseenRow, KeepRows, Plan, StateFindings};
use super::plans::{plan, preview, tags};
use crate::model::{Detail, FieldDiff, Outcome, RowDiff, TagDiff, ValueBefore};

fn at(time: &str) -> Timestamp {
    time.parse().expect("a time")
}

fn change(before: &str, wiped: &[String]) -> RowDiff {
    RowDiff {
        fields: vec![FieldDiff {
            field: "status".into(),
            before: ValueBefore::Value(before.into()),
            after: "Done".into(),
        }],
        tags: TagDiff {
            added: vec!["vip".into()],
            wiped: wiped.to_vec(),
            ..TagDiff::default()
        },
    }
}

/// So many rows that would change, each as `change` says, and one of each other kind.
fn findings(rows: u64, keep: KeepRows, change: impl Fn(u64) -> RowDiff) -> StateFindings {
    let mut findings = StateFindings::new(keep, at("2026-03-01T12:00:00Z")).expect("no file");
    let read_at = at("2026-03-01T11:48:00Z");
    let mut add = |line, outcome, reasons, diff: &RowDiff| {
        let slug = format!("ticket-{line}");
        let row = ForeseenRow {
            line,
            slug: &slug,
            outcome,
            reasons,
            diff,
        };
        findings.add(row, read_at).expect("no file");
    };
    for line in 2..2 + rows {
        add(line, Outcome::Updated, "", &change(line));
    }
    let none = RowDiff::default();
    let reasons = "status: expected 0 (Open), the conversation shows 4 (Archived)";
    add(900, Outcome::Conflict, reasons, &none);
    add(901, Outcome::Unchanged, "", &none);
    findings.add_unknown(902, || ("new".to_owned(), RowDiff::default()));
    findings.add_unreadable(903, &["_status", "_tags"]);
    findings
}

fn with_state<'a>(plan: Plan<'a>, state: &'a StateFindings) -> Plan<'a> {
    Plan {
        state: Some(state),
        ..plan
    }
}

#[test]
fn a_page_shows_the_account_as_it_was_and_what_is_lost() {
    let wiped = ["urgent".to_owned(), "billing".to_owned()];
    let state = findings(5, KeepRows::First, |line| {
        change(if line == 2 { "Responded" } else { "Open" }, &wiped)
    });
    let preview = preview([tags(&["vip"]), tags(&["vip"])]);
    let plan = with_state(plan(&preview), &state);
    insta::assert_snapshot!("state_page", plan.page() + &plan.question());
}

#[test]
fn a_page_and_its_question_fit_a_terminal_however_much_changes() {
    let state = findings(300, KeepRows::First, |line| {
        let wiped: Vec<_> = (0..20).map(|nth| format!("tag {line} {nth}")).collect();
        let mut change = change(&format!("status {line}"), &wiped);
        for field in ["assignee", "category", "data.plan"] {
            let other = FieldDiff {
                field: field.into(),
                before: ValueBefore::Nothing,
                after: format!("{field} {line} {}", "long ".repeat(4)),
            };
            change.fields.push(other);
        }
        change
    });
    let preview = preview([tags(&["vip"]), tags(&[])]);
    let mut plan = with_state(plan(&preview), &state);
    let text = plan.page() + &plan.question();
    assert!(text.lines().count() <= 24, "{text}");
    for line in text.lines() {
        assert!(width(line) <= WIDTH, "{line}");
    }
    plan.detail = Detail::Exchanges;
    let page = plan.page();
    assert_eq!(page.matches("  ticket-").count(), 20, "{page}");
}

#[test]
fn a_document_has_the_account_as_it_was_under_the_names_of_a_preview_against_it() {
    let wiped = ["urgent".to_owned()];
    let state = findings(1, KeepRows::All, |_| change("Open", &wiped));
    let json = serde_json::to_string_pretty(&state).expect("JSON");
    insta::assert_snapshot!("state_document", json);
}
