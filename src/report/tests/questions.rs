//! What a run would do: the question, and the paragraph where nobody is asked.

use super::plans::{data, edits_preview, full_preview, plan, preview, tags, update};
use super::titled;
use crate::model::{Changes, DataValue, Preview, ReadPolicy};

#[test]
fn tags_are_the_first_thing_to_know_wherever_they_are_set() {
    let both = preview([tags(&["x"]), tags(&[]), tags(&["y"])]);
    let replaced = preview([tags(&["x"])]);
    let cleared = preview([tags(&[]), tags(&[])]);
    let other = preview([data("x", DataValue::Flag(true))]);
    let texts = [
        ("both", &both),
        ("replaced", &replaced),
        ("cleared", &cleared),
        ("left alone", &other),
    ];
    let texts = texts.map(|(title, preview)| {
        let plan = plan(preview);
        (title, [plan.line(), plan.question()].join("\n"))
    });
    insta::assert_snapshot!("plan_tags", titled(texts));
}

#[test]
fn a_question_has_all_that_gives_pause() {
    let preview = full_preview();
    let mut resumed = plan(&preview);
    resumed.settled = 20;
    let mut sandbox = plan(&preview);
    sandbox.account.is_sandbox = true;
    let texts = [("resumed", resumed), ("sandbox", sandbox)];
    let texts = texts.map(|(title, plan)| (title, [plan.line(), plan.question()].join("\n")));
    insta::assert_snapshot!("plan_question", titled(texts));
}

#[test]
fn a_limit_below_the_rows_that_are_due_is_named() {
    let said = |limit| {
        let preview = edits_preview(ReadPolicy::default(), Some(limit));
        let plan = plan(&preview);
        let texts = [plan.page(), plan.line()];
        let limits = texts.map(|text| {
            let parts = text.split(['\n', ';']).map(str::trim);
            let limits: Vec<_> = parts.filter(|part| part.ends_with("(--limit)")).collect();
            limits.join("; ")
        });
        (limits, plan.question().trim().to_owned())
    };
    let (limits, question) = said(1);
    assert_eq!(
        limits,
        ["only the first of these 3 rows is sent now (--limit)"; 2]
    );
    assert_eq!(question, "Update the first conversation in acme? [y/N]");
    let (limits, question) = said(2);
    assert_eq!(
        limits,
        ["only the first 2 of these 3 rows are sent now (--limit)"; 2]
    );
    assert_eq!(question, "Update the first 2 conversations in acme? [y/N]");
    let (limits, question) = said(3);
    assert_eq!(limits, [""; 2]);
    assert_eq!(
        question,
        "Update 3 conversations in acme (replacing all tags on 1)? [y/N]"
    );
}

#[test]
fn with_a_limit_only_the_tags_within_it_are_counted() {
    let order = || data("order", DataValue::Flag(true));
    let said = |limit| {
        let mut preview = Preview::new(ReadPolicy::default(), Some(limit));
        let rows = [tags(&["x"]), order(), tags(&["y"]), tags(&[])];
        for changes in rows.into_iter().chain((0..6).map(|_| tags(&["z"]))) {
            preview.add_legal(update(changes));
        }
        let plan = plan(&preview);
        let of_tags = |line: &&str| line.contains("all tags");
        let page = plan.page();
        let figure = page.lines().rfind(of_tags).unwrap_or_default().to_owned();
        [figure, plan.question().trim().replace("\n ", "")]
    };
    insta::assert_snapshot!([1, 2, 3, 4].map(said).concat().join("\n"), @r"
    replaces all tags on this conversation
    Update the first conversation in acme (replacing all tags)? [y/N]
    replaces all tags on 1 of these 2 conversations
    Update the first 2 conversations in acme (replacing all tags on 1)? [y/N]
    replaces all tags on 2 of these 3 conversations
    Update the first 3 conversations in acme (replacing all tags on 2)? [y/N]
    replaces all tags on 2 of these 4 conversations, removes all tags from 1
    Update the first 4 conversations in acme (replacing all tags on 2, removing all tags from 1)? [y/N]
    ");
}

#[test]
fn a_question_names_the_account_and_the_tags_that_are_lost() {
    let with_order = |tags: Changes<'static>| Changes {
        data: data("order", DataValue::Flag(true)).data,
        ..tags
    };
    let asked = |rows: Vec<Changes<'static>>, base_url| {
        let preview = preview(rows);
        let mut plan = plan(&preview);
        plan.account.base_url = Some(base_url);
        plan.question()
    };
    let brand = "https://acme.reamaze.io/api/v1";
    let host = "http://127.0.0.1:8040/api/v1";
    let questions = [
        asked(vec![tags(&["x"]), with_order(tags(&[]))], brand),
        asked(vec![with_order(tags(&["x"]))], brand),
        asked(vec![with_order(Changes::default())], host),
        asked(vec![Changes::default()], host),
    ];
    insta::assert_snapshot!(questions.concat(), @r"

    Update 2 conversations in acme (replacing all tags on 1, removing all tags
      from 1)? [y/N] 
    Update 1 conversation in acme (replacing all tags)? [y/N] 
    Update 1 conversation at 127.0.0.1:8040? [y/N] 
    Send nothing, and only write the results? [y/N] 
    ");
}
