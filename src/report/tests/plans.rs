//! What a run would do: the page, and the key figures in the log.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::super::{AccountLabel, Level, Notice, Plan, Sample, json};
use crate::model::{
    Changes, DataMode, DataValue, Destination, Detail, FieldDiff, Guard, HoldUntil, PlainRows,
    Preview, ReadPolicy, RowDiff, Slug, Status, StatusChange, TagDiff, TagEdits, Update,
    ValueBefore,
};

const ACCOUNT: AccountLabel<'static> = AccountLabel {
    base_url: Some("https://acme.reamaze.io/api/v1"),
    email: Some("me@example.com"),
    is_sandbox: false,
};

/// A legal row with these changes.
pub(super) fn update(changes: Changes<'static>) -> Update<'static> {
    Update {
        line: 2,
        slug: Slug::parse("a").expect("a slug"),
        unproven_host: None,
        changes,
        tag_edits: TagEdits::default(),
        guards: Vec::new(),
    }
}

pub(super) fn tags(tags: &[&'static str]) -> Changes<'static> {
    Changes {
        tag_list: Some(tags.iter().copied().map(Cow::Borrowed).collect()),
        ..Changes::default()
    }
}

pub(super) fn data(name: &'static str, value: DataValue<'static>) -> Changes<'static> {
    Changes {
        data: vec![(name.into(), value)],
        ..Changes::default()
    }
}

fn status(change: StatusChange) -> Changes<'static> {
    Changes {
        status: Some(change),
        ..Changes::default()
    }
}

pub(super) fn preview(rows: impl IntoIterator<Item = Changes<'static>>) -> Preview {
    let mut preview = Preview::default();
    for changes in rows {
        preview.add_legal(update(changes));
    }
    preview
}

/// A preview with rows that between them set every attribute.
pub(super) fn full_preview() -> Preview {
    let on_hold = HoldUntil {
        instant: Timestamp::UNIX_EPOCH,
        text: "2099-12-01T09:00:00Z".into(),
    };
    let channel = Destination {
        category: "sales".into(),
        brand: Some("acme".into()),
    };
    let done = StatusChange::To(Status::from_code(2).expect("a status"));
    let number = RawValue::from_string("12.50".into()).expect("a number");
    let mut preview = preview([
        tags(&["vip", "refund"]),
        tags(&["vip"]),
        tags(&[]),
        status(done),
        status(StatusChange::OnHold(on_hold)),
        Changes {
            assignee: Some("staff1@example.com".into()),
            destination: Some(channel),
            ..Changes::default()
        },
        data("order", DataValue::Damaged("1.2E+11".into())),
        data("order", DataValue::Json(Cow::Owned(number))),
        data("order", DataValue::Null),
        data("note", DataValue::Text("a\u{1b}[31m\u{200b}b".into())),
        data("note", DataValue::Text(" padded ".into())),
        data("note", DataValue::Text("long ".repeat(30).into())),
        data("paid", DataValue::Flag(true)),
    ]);
    preview.add_illegal();
    preview
}

pub(super) fn plan(preview: &Preview) -> Plan<'_> {
    Plan {
        input: "rows.csv",
        account: ACCOUNT,
        preview,
        settled: 0,
        warnings: Vec::new(),
        names: &[],
        undo: None,
        state: None,
        send_counts: preview.send_counts,
        blocked_by: None,
        rate: "60/m".parse().expect("a rate"),
        samples: Vec::new(),
        detail: Detail::Outcomes,
    }
}

pub(super) fn sample<'a>(update: &'a Update<'static>) -> Sample<'a> {
    let body = r#"{"conversation":{"data":{"note":"no-break space"}}}"#;
    let status = FieldDiff {
        field: "status".into(),
        before: ValueBefore::Unknown,
        after: "Done".into(),
    };
    let TagEdits { add, remove } = &update.tag_edits;
    let texts = |tags: &[Cow<'_, str>]| tags.iter().map(ToString::to_string).collect();
    let diff = RowDiff {
        fields: vec![status],
        tags: TagDiff {
            added: texts(add),
            removed: texts(remove),
            ..TagDiff::default()
        },
    };
    Sample {
        update,
        diff,
        method: "PUT".into(),
        url: "https://acme.reamaze.io/api/v1/conversations/a".into(),
        body: RawValue::from_string(body.replace("no-break ", "no-break\u{a0}")).expect("JSON"),
        is_read_first: update.is_read_first(ReadPolicy::default()),
    }
}

fn texts(texts: &[&'static str]) -> Vec<Cow<'static, str>> {
    texts.iter().copied().map(Cow::Borrowed).collect()
}

/// A row that edits tags, under guards of every kind, and sets a status.
pub(super) fn edit() -> Update<'static> {
    let until = HoldUntil {
        instant: Timestamp::UNIX_EPOCH,
        text: "1970-01-01T00:00:00Z".into(),
    };
    Update {
        tag_edits: TagEdits {
            add: texts(&["vip", "refund"]),
            remove: texts(&["new"]),
        },
        guards: vec![
            Guard::Status(Status::from_code(0)),
            Guard::Assignee(None),
            Guard::Category(Some("support".into())),
            Guard::TagList(texts(&["new", "b"])),
            Guard::HoldUntil(Some(until)),
            Guard::UpdatedAt(Some(Timestamp::UNIX_EPOCH)),
            Guard::Data("order".into(), Some(DataValue::Text("0012".into()))),
            Guard::Data("plan".into(), None),
        ],
        ..update(status(StatusChange::To(
            Status::from_code(2).expect("a status"),
        )))
    }
}

/// A preview with rows that are read first, rows that are not, and one that changes nothing.
pub(super) fn edits_preview(policy: ReadPolicy, limit: Option<u64>) -> Preview {
    let mut preview = Preview::new(policy, limit);
    preview.add_legal(update(Changes::default()));
    preview.add_legal(edit());
    preview.add_legal(Update {
        guards: Vec::new(),
        changes: Changes::default(),
        ..edit()
    });
    preview.add_legal(update(tags(&["x"])));
    preview
}

#[test]
fn the_page_shows_rows_fields_the_first_changes_account_and_pace() {
    let preview = full_preview();
    let mut plan = plan(&preview);
    let row = update(Changes::default());
    plan.samples.push(sample(&row));
    plan.warnings.push("rows.csv: has 1048576 lines".into());
    insta::assert_snapshot!("plan_page", plan.page());
}

#[test]
fn rows_that_are_read_are_counted_and_shown_with_edits_and_guards() {
    let preview = edits_preview(ReadPolicy::default(), None);
    let mut plan = plan(&preview);
    plan.samples = preview.samples.iter().map(sample).collect();
    insta::assert_snapshot!("plan_edits", plan.page() + &plan.question());
}

#[test]
fn the_first_requests_are_shown_where_requests_are() {
    let preview = edits_preview(ReadPolicy::default(), None);
    let mut plan = plan(&preview);
    plan.samples = preview.samples.iter().map(sample).collect();
    plan.detail = Detail::Exchanges;
    let page = plan.page();
    let (_, requests) = page.split_once("first requests:\n").expect("requests");
    let (requests, _) = requests.split_once("\n\n").expect("more");
    insta::assert_snapshot!("plan_requests", requests);
}

#[test]
fn custom_fields_that_are_sent_as_a_whole_are_named() {
    let said = |policy| {
        let mut preview = Preview::new(policy, None);
        preview.add_legal(update(data("x", DataValue::Null)));
        preview.add_legal(update(tags(&["x"])));
        let plan = plan(&preview);
        [plan.page(), plan.line()]
            .map(|text| text.contains("sends all custom fields of 1 conversation (--data-whole)"))
    };
    let whole = ReadPolicy {
        data: DataMode::Whole,
        ..ReadPolicy::default()
    };
    assert_eq!(said(whole), [true; 2]);
    assert_eq!(said(ReadPolicy::default()), [false; 2]);
}

#[test]
fn only_rows_that_make_a_request_count_for_a_limit_and_for_an_undo() {
    let read_first = ReadPolicy {
        plain_rows: PlainRows::ReadFirst,
        ..ReadPolicy::default()
    };
    let figures = |policy, limit| {
        let preview = edits_preview(policy, limit);
        let counts = preview.send_counts;
        (counts.requests(), counts.reads, counts.cannot_undo())
    };
    assert_eq!(figures(ReadPolicy::default(), None), (5, 2, 1));
    assert_eq!(figures(ReadPolicy::default(), Some(1)), (2, 1, 0));
    assert_eq!(figures(ReadPolicy::default(), Some(9)), (5, 2, 1));
    assert_eq!(figures(read_first, None), (6, 3, 0));
    assert_eq!(figures(read_first, Some(2)), (4, 2, 0));
}

#[test]
fn an_account_is_named_as_far_as_it_is_known() {
    let AccountLabel {
        base_url, email, ..
    } = ACCOUNT;
    let texts = [
        (base_url, email),
        (base_url, None),
        (None, email),
        (None, None),
    ];
    let texts = texts.map(|(base_url, email)| {
        let account = AccountLabel {
            base_url,
            email,
            is_sandbox: false,
        };
        format!("{account}\n")
    });
    insta::assert_snapshot!(texts.concat(), @r"
    me@example.com at https://acme.reamaze.io/api/v1
    https://acme.reamaze.io/api/v1
    me@example.com
    not set (not needed for a dry run)
    ");
}

#[test]
fn more_values_than_are_shown_end_in_an_ellipsis() {
    let six = ["a", "b", "c", "d", "e", "f"].map(|value| data("x", DataValue::Text(value.into())));
    let preview = preview(six);
    let page = plan(&preview).page();
    let line = page.lines().find(|line| line.contains("data.x"));
    insta::assert_snapshot!(line.unwrap_or_default(), @"  data.x     6  a ×1, b ×1, c ×1, d ×1, e ×1, ...");
}

#[test]
fn the_log_has_the_key_figures() {
    let preview = full_preview();
    let plan = plan(&preview);
    let line = json::line(Timestamp::UNIX_EPOCH, Level::Info, &Notice::Plan(&plan));
    insta::assert_snapshot!("plan_json", line);
}
