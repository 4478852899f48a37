//! The page of a preview against the account: what is on it, and that it fits a terminal of 80 columns
//! whatever the account shows.

use std::time::Duration;

use super::super::table::{WIDTH, width};
use super::super::{
    AccountFindings, AccountLabel, AccountPreview, FieldLeftOut, ForeseenRow, KeepRows,
    LeftOutExtent, PreviewedRow, Sending, WrittenPlan,
};
use crate::api::BaseUrl;
use crate::model::text::one_line;
use crate::model::{FieldDiff, Outcome, RowDiff, Signal, StopReason, TagDiff, ValueBefore};

/// Ctrl-C.
const STOPPED: &StopReason = &StopReason::Signal(Signal::Interrupt);

/// The page about these rows.
fn page<'a>(
    rows: impl IntoIterator<Item = PreviewedRow<'a>>,
    more: impl FnOnce(&mut AccountPreview<'_>),
) -> String {
    let mut findings = AccountFindings::new(KeepRows::First).expect("no file");
    for row in rows {
        findings.add(row).expect("no file");
    }
    let base_url = BaseUrl::parse("https://acme.reamaze.io/api/v1").expect("an address");
    let mut preview = AccountPreview {
        input: "tickets.csv",
        account: AccountLabel {
            base_url: Some(base_url.as_str()),
            email: Some("me@example.com"),
            is_sandbox: false,
        },
        findings: &findings,
        due: findings.changes.read(),
        sample_of: None,
        took: Duration::from_secs(75),
        stop_reason: None,
        check: None,
        rate: "120/m".parse().expect("a rate"),
        plan: None,
        undo: None,
    };
    more(&mut preview);
    preview.page()
}

fn row<'a>(line: u64, slug: &'a str, outcome: Outcome, diff: &'a RowDiff) -> PreviewedRow<'a> {
    PreviewedRow {
        row: ForeseenRow {
            line,
            slug,
            outcome,
            reasons: "",
            diff,
        },
        sending: Sending::Update,
        left_out: (Vec::new(), LeftOutExtent::Part),
        has_new_message: false,
    }
}

impl<'a> PreviewedRow<'a> {
    /// The same, for these reasons.
    fn because(mut self, reasons: &'a str) -> Self {
        self.row.reasons = reasons;
        self
    }
}

/// What cannot be put back: this field, for this reason.
fn left_out(field: Option<(String, String)>) -> (Vec<FieldLeftOut>, LeftOutExtent) {
    let field = field.into_iter().map(|(field, reason)| FieldLeftOut {
        line: 2,
        slug: "a".into(),
        field: Some(field),
        reason,
        detail: None,
    });
    (field.collect(), LeftOutExtent::Part)
}

fn diff(status: [&str; 2], tags: TagDiff) -> RowDiff {
    RowDiff {
        fields: vec![FieldDiff {
            field: "status".into(),
            before: ValueBefore::Value(status[0].into()),
            after: status[1].into(),
        }],
        tags,
    }
}

fn tags(names: &[&str]) -> Vec<String> {
    names.iter().copied().map(str::to_owned).collect()
}

fn assert_fits(page: &str) {
    for line in page.lines() {
        assert!(width(line) <= WIDTH, "{} columns: {line}", width(line));
    }
}

#[test]
fn a_page_shows_changes_warnings_and_figures_and_no_figure_that_is_zero() {
    let wiping = TagDiff {
        added: tags(&["vip"]),
        wiped: tags(&["urgent", "billing"]),
        ..TagDiff::default()
    };
    let change = diff(["Open", "Done"], wiping);
    let none = RowDiff::default();
    let slugs: Vec<_> = (0..30).map(|number| format!("ticket-{number}")).collect();
    let changed = (2..).zip(&slugs).map(|(line, slug)| PreviewedRow {
        sending: if line < 20 {
            Sending::ReadThenUpdate
        } else {
            Sending::Update
        },
        left_out: left_out((line < 5).then(|| ("assignee".into(), "was unassigned".into()))),
        has_new_message: line < 4,
        ..row(line, slug, Outcome::Updated, &change)
    });
    let reasons = "status: expected 0 (Open), the conversation shows 4 (Archived)";
    let conflict = row(40, "late-parcel", Outcome::Conflict, &none).because(reasons);
    let unasked = PreviewedRow {
        sending: Sending::Nothing,
        ..row(42, "left-out", Outcome::Unchanged, &none)
    };
    let rows = changed.chain([
        conflict,
        row(41, "done", Outcome::Unchanged, &none),
        unasked,
    ]);
    let page = page(rows, |preview| {
        preview.plan = Some(WrittenPlan {
            file: "plan.jsonl".into(),
            rows: 29,
            left_out: 1,
            left_out_reason: Some("line 3: the account does not show status".into()),
            command: "reamaze-bulk run plan.jsonl".into(),
        });
    });
    assert_fits(&page);
    for absent in ["not found", "not read", "unknown", " 0\n"] {
        assert!(!page.contains(absent), "{absent:?} in {page}");
    }
    insta::assert_snapshot!("account_page", page);
}

#[test]
fn a_page_of_a_sample_or_of_a_part_says_so() {
    let change = diff(["Open", "Done"], TagDiff::default());
    let rows = || {
        [
            row(2, "a", Outcome::Updated, &change),
            row(3, "b", Outcome::NotSent, &change),
        ]
    };
    let sample = page(rows(), |preview| {
        (preview.due, preview.sample_of) = (2, Some(2));
    });
    let mut findings = AccountFindings::new(KeepRows::First).expect("no file");
    for row in rows() {
        findings.add(row).expect("no file");
    }
    assert_eq!(findings.changes.read(), 1);
    let part = page(rows(), |preview| {
        (preview.due, preview.stop_reason) = (2, Some(STOPPED));
    });
    insta::assert_snapshot!(
        "account_page_part",
        super::titled([("sample", sample), ("part", part)])
    );
}

#[test]
fn hostile_text_fits_and_is_not_shown_raw() {
    let hostile = [
        "x".repeat(300),
        "日本語".repeat(60),
        "\u{202e}\u{1b}[31m\n".repeat(30),
        "many short words ".repeat(30),
    ];
    let diffs: Vec<_> = hostile
        .iter()
        .map(|text| RowDiff {
            fields: vec![FieldDiff {
                field: text.clone(),
                before: ValueBefore::Value(text.clone()),
                after: text.clone(),
            }],
            tags: TagDiff {
                added: vec![text.clone()],
                removed: vec![text.clone()],
                wiped: vec![text.clone()],
                set: None,
            },
        })
        .collect();
    // What is recorded is in one line and can be printed.
    let recorded: Vec<_> = hostile.iter().map(|text| one_line(text, 500)).collect();
    let rows = (2..).zip(recorded.iter().zip(&diffs));
    let rows = rows.flat_map(|(line, (text, diff))| {
        [Outcome::Updated, Outcome::Conflict].map(|outcome| PreviewedRow {
            left_out: left_out(Some((text.clone(), text.clone()))),
            sending: Sending::ReadThenUpdate,
            has_new_message: true,
            ..row(line, "late-parcel", outcome, diff).because(text)
        })
    });
    let page = page(rows, |_| ());
    assert_fits(&page);
    let is_raw = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!page.contains(is_raw), "{page:?}");
}
