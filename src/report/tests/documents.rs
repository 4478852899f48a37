//! Documents on standard output, and violations as text.

use std::cell::RefCell;

use super::super::print::write_json;
use super::super::{DryRun, violations_text};
use super::plans::{edits_preview, full_preview, plan, sample, update};
use super::{titled, violation};
use crate::model::{Changes, ReadPolicy};

fn json(document: &DryRun<'_>) -> String {
    let mut bytes = Vec::new();
    write_json(&mut bytes, document).expect("memory");
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn the_document_of_a_dry_run_has_everything_that_the_page_has() {
    let preview = full_preview();
    let mut plan = plan(&preview);
    let row = update(Changes::default());
    plan.samples.push(sample(&row));
    plan.warnings.push("rows.csv: has 1048576 lines".into());
    let document = DryRun {
        online: None,
        plan: Some(&plan),
        violations: RefCell::new(Box::new([violation(8), violation(9)].map(Ok).into_iter())),
        exit_status: 3,
        error: Some("rows.csv: 1 of 14 rows is invalid".into()),
    };
    insta::assert_snapshot!("dry_run", json(&document));
}

#[test]
fn the_document_of_a_dry_run_has_edits_and_guards() {
    let preview = edits_preview(ReadPolicy::default(), None);
    let mut plan = plan(&preview);
    plan.samples = preview.samples.iter().map(sample).collect();
    let document = DryRun {
        online: None,
        plan: Some(&plan),
        violations: RefCell::new(Box::new(std::iter::empty())),
        exit_status: 0,
        error: None,
    };
    insta::assert_snapshot!("dry_run_edits", json(&document));
}

#[test]
fn the_document_of_a_dry_run_that_failed_has_every_field() {
    let document = DryRun {
        online: None,
        plan: None,
        violations: RefCell::new(Box::new(std::iter::empty())),
        exit_status: 2,
        error: Some("rows.csv: no such file".into()),
    };
    insta::assert_snapshot!("dry_run_error", json(&document));
}

#[test]
fn violations_that_are_not_shown_are_counted() {
    let first: Vec<_> = (2..4).map(violation).collect();
    insta::assert_snapshot!(titled([
        ("all", violations_text("rows.csv", &first, 2)),
        ("more", violations_text("rows.csv", &first, 600)),
        ("none", violations_text("rows.csv", &[], 0)),
    ]), @r"
    --- all
    rows.csv:2: status: unknown status `nope`
    rows.csv:3: status: unknown status `nope`
    --- more
    rows.csv:2: status: unknown status `nope`
    rows.csv:3: status: unknown status `nope`
    ... and 598 more (--dry-run --json lists all)
    --- none
    ");
}
