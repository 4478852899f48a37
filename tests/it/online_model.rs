//! What is previewed is what happens: a plan makes the changes that the preview has shown, but for those
//! whose fields colleagues have changed since; and all numbers agree.
//!
//! What is expected is computed by rules written down here again, from the rows and from what the account
//! shows.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use self::rules::{decided, has_moved, is_as_asked, is_left_out, others_are_kept, reviewed};
use self::strategies::{Case, case};
use super::properties::cases;
use super::support::account::Account;
use super::support::command::{Workspace, ledger, summary};
use super::support::online::{applying, document, figure, online, outcomes};

mod rules;
mod strategies;

type Checked = Result<(), TestCaseError>;

/// How often what mattered came up.
#[derive(Debug, Default)]
struct Figures {
    changed: usize,
    conflicts: usize,
    overtaken: usize,
    left_out: usize,
}

/// The outcome of each row in a preview, and the lines of those that its plan has.
fn expected(case: &Case) -> (Vec<&'static str>, Vec<usize>) {
    let outcomes: Vec<_> = case
        .rows
        .iter()
        .map(|row| decided(row, case.there(row)))
        .collect();
    let planned = case.rows.iter().zip(&outcomes).enumerate();
    let planned = planned.filter(|(_, (row, outcome))| {
        **outcome == "would_change" && !is_left_out(row, case.there(row).as_ref())
    });
    let planned = planned.map(|(at, _)| at).collect();
    (outcomes, planned)
}

fn check(case: &Case, figures: &mut Figures) -> Checked {
    let there = case.conversations.iter();
    let account = Account::new(there.map(|(slug, own)| (slug.as_str(), own.clone())));
    let server = account.serve();
    let workspace = Workspace::new();
    workspace.write("rows.jsonl", case.input());
    let options = case.options();
    let (outcomes_expected, planned) = expected(case);

    // The preview, as a document with a plan, and as a page.
    let run = online(
        &workspace,
        "rows.jsonl",
        &format!("{options} --json --plan plan.jsonl"),
    );
    let output = run.against(&server).output();
    let shown = document(&output);
    let told = case.rows.iter().zip(&outcomes_expected);
    let told: Vec<_> = told
        .map(|(row, outcome)| format!("{} {outcome}", slug(row)))
        .collect();
    prop_assert_eq!(outcomes(&shown), told, "{}", output.stdout);
    let is_all_right = |outcome: &&str| ["would_change", "unchanged"].contains(outcome);
    let is_fine = outcomes_expected.iter().all(is_all_right);
    let would_change = outcomes_expected
        .iter()
        .filter(|o| **o == "would_change")
        .count();
    let left_out = would_change - planned.len();
    let status = |is_fine: bool| i32::from(!is_fine);
    prop_assert_eq!(
        output.status,
        status(is_fine && left_out == 0),
        "{:#?}",
        output
    );
    let plan = shown["online"]["plan"].clone();
    prop_assert_eq!(&plan["rows"], planned.len());
    prop_assert_eq!(&plan["left_out"], left_out);
    prop_assert_eq!(
        plan["left_out_reason"].is_string(),
        left_out > 0,
        "{}",
        plan
    );
    let page = online(&workspace, "rows.jsonl", &options)
        .against(&server)
        .output();
    prop_assert_eq!(page.status, status(is_fine), "{:#?}", page);
    for (name, words) in [
        ("would_change", "would change"),
        ("unchanged", "already as requested"),
        ("conflict", "conflict"),
        ("not_found", "not found"),
    ] {
        let count = outcomes_expected
            .iter()
            .filter(|outcome| **outcome == name)
            .count();
        prop_assert_eq!(&shown["online"][name], count, "{}", name);
        let on_page = (count > 0).then_some(count as u64);
        prop_assert_eq!(figure(&page.stdout, words), on_page, "{}", page.stdout);
    }
    for (slug, own) in &case.conversations {
        let untouched = Account::new([(slug.as_str(), own.clone())]);
        prop_assert_eq!(account.show(slug), untouched.show(slug));
    }
    let puts = || {
        let requests = server.requests().into_iter();
        let puts = requests.filter(|request| request.method != "GET");
        puts.map(|request| request.slug).collect::<Vec<_>>()
    };
    prop_assert_eq!(puts(), Vec::<String>::new());

    // Colleagues, and then the plan.
    for (slug, own) in &case.deeds {
        account.change(slug, own.clone());
    }
    let slugs = case.conversations.keys();
    let meanwhile: BTreeMap<_, _> = slugs.map(|slug| (slug, account.show(slug))).collect();
    let printed = plan["command"].as_str().unwrap_or_default();
    let more = "--yes --out out --max-failures none --max-differs none";
    let output = applying(&workspace, printed, more)
        .against(&server)
        .output();
    let run_dir = workspace.path().join("out");
    if planned.is_empty() {
        prop_assert!(output.status == 0 && !run_dir.exists(), "{output:#?}");
        prop_assert_eq!(puts(), Vec::<String>::new());
        return Ok(());
    }
    let (lines, summary) = (ledger(&run_dir), summary(&run_dir));
    prop_assert_eq!(lines.len(), planned.len(), "{:#?}", output);
    prop_assert_eq!(&summary["rows"], planned.len());
    prop_assert_eq!(&summary["differs"], 0, "{:#?}", lines);

    let mut conversations_left: BTreeMap<_, _> = meanwhile.clone();
    let mut updated = Vec::new();
    for (line, at) in lines.iter().zip(&planned) {
        let row = &case.rows[*at];
        prop_assert_eq!(&line.slug, slug(row));
        let before = case.there(row).unwrap_or_default();
        let (now, after) = (&meanwhile[&line.slug], account.show(&line.slug));
        let row = &reviewed(row, &before);
        let context = format!("row {row}\nbefore {before}\nnow {now}\nafter {after}\n{line:?}");
        let expected = if has_moved(row, &before, now) {
            figures.conflicts += 1;
            "conflict"
        } else {
            match decided(row, Some(now.clone())) {
                "would_change" => "updated",
                other => other,
            }
        };
        prop_assert_eq!(&*line.outcome, expected, "{}", &context);
        if expected == "updated" {
            prop_assert!(is_as_asked(row, &after), "{}", context);
            prop_assert!(others_are_kept(row, now, &after), "{}", context);
            conversations_left.remove(&line.slug);
            updated.push(line.slug.clone());
            figures.overtaken += usize::from(*now != before);
        }
    }
    // Whatever the plan does not change is as colleagues have left it.
    for (slug, now) in conversations_left {
        prop_assert_eq!(&account.show(slug), &now);
    }
    let mut changed = puts();
    changed.sort();
    updated.sort();
    prop_assert_eq!(&changed, &updated);
    let is_fine = lines
        .iter()
        .all(|line| ["updated", "unchanged"].contains(&&*line.outcome));
    prop_assert_eq!(output.status, status(is_fine), "{:#?}", output);
    for name in ["updated", "unchanged", "conflict"] {
        let count = lines.iter().filter(|line| line.outcome == name).count();
        prop_assert_eq!(&summary["counts"][name], count, "{}", name);
    }
    figures.changed += updated.len();
    figures.left_out += left_out;
    Ok(())
}

fn slug(row: &Value) -> &str {
    row["slug"].as_str().unwrap_or_default()
}

#[test]
fn what_was_reviewed_is_what_happens_and_what_changed_since_is_left_alone() {
    let mut figures = Figures::default();
    let mut runner = TestRunner::new(cases(48));
    let figures_of_all = std::cell::RefCell::new(&mut figures);
    let result = runner.run(&case(), |case| {
        check(&case, &mut figures_of_all.borrow_mut())
    });
    assert!(
        result.is_ok(),
        "{}",
        result
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    );
    let Figures {
        changed,
        conflicts,
        overtaken,
        left_out,
    } = figures;
    let came_up = [changed, conflicts, overtaken, left_out];
    assert!(came_up.iter().all(|count| *count > 0), "{came_up:?}");
}

#[test]
fn a_case_of_each_kind_that_matters() {
    let staff = |email: &str| json!({"name": "Staff", "email": email});
    let case = Case {
        conversations: [
            ("moved", json!({"status": 0})),
            ("same", json!({"status": 0})),
            ("nobody", json!({})),
            ("taken", json!({})),
            (
                "held",
                json!({"status": 5, "hold_until": "2035-01-01T00:00:00Z"}),
            ),
            (
                "held-longer",
                json!({"status": 5, "hold_until": "2035-01-01T00:00:00Z"}),
            ),
            ("wiped", json!({"tag_list": ["VIP", "old"]})),
            ("tagged", json!({"tag_list": ["VIP", "old"]})),
            ("edited", json!({"tag_list": ["old"]})),
            ("field", json!({"data": {"order": "0012", "other": 1}})),
            ("field-moved", json!({"data": {"order": "12"}})),
            ("field-empty", json!({"data": {"order": ""}})),
            ("field-filled", json!({"data": {}})),
            ("right-already", json!({"status": 2})),
        ]
        .map(|(slug, own)| (slug.to_owned(), own))
        .into(),
        rows: vec![
            json!({"slug": "moved", "status": 2}),
            json!({"slug": "same", "status": 2, "category": "sales"}),
            json!({"slug": "nobody", "assignee": "ana@example.com"}),
            json!({"slug": "taken", "assignee": "ana@example.com"}),
            json!({"slug": "held", "status": 5, "hold_until": "2035-02-01T00:00:00Z"}),
            json!({"slug": "held-longer", "status": 5, "hold_until": "2035-02-01T00:00:00Z"}),
            json!({"slug": "wiped", "tag_list": ["vip", "neu ✓"]}),
            json!({"slug": "tagged", "tag_list": ["vip", "neu ✓"]}),
            json!({"slug": "edited", "add_tags": ["vip"], "remove_tags": ["OLD"]}),
            json!({"slug": "field", "data": {"order": 13}}),
            json!({"slug": "field-moved", "data": {"order": null}}),
            json!({"slug": "field-empty", "data": {"order": "naïve"}}),
            json!({"slug": "field-filled", "data": {"order": "naïve"}}),
            json!({"slug": "right-already", "status": 2}),
        ],
        set: Vec::new(),
        deeds: vec![
            ("moved".into(), json!({"status": 4})),
            (
                "same".into(),
                json!({"tag_list": ["colleague"], "subject": "New"}),
            ),
            (
                "taken".into(),
                json!({"assignee": staff("kim@example.com")}),
            ),
            ("held".into(), json!({"data": {"x": 1}})),
            (
                "held-longer".into(),
                json!({"hold_until": "2036-01-01T00:00:00Z"}),
            ),
            ("tagged".into(), json!({"tag_list": ["VIP", "old", "new"]})),
            ("edited".into(), json!({"tag_list": ["old", "new"]})),
            ("field".into(), json!({"data": {"order": 12, "other": 2}})),
            ("field-moved".into(), json!({"data": {"order": "13"}})),
            ("field-empty".into(), json!({"data": {"order": null}})),
            ("field-filled".into(), json!({"data": {"order": "x"}})),
            ("right-already".into(), json!({"status": 0})),
        ],
    };
    let mut figures = Figures::default();
    if let Err(error) = check(&case, &mut figures) {
        panic!("{error}");
    }
    assert_eq!((figures.changed, figures.conflicts), (7, 6));
}
