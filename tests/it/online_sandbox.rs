//! The whole way in the sandbox: a preview with a plan, a colleague at work meanwhile, the run of the plan.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::support::command::{Workspace, ledger, summary};
use super::support::online::{applying, csv, document, online, outcomes};
use super::support::page as pages;
use super::support::sandbox::{at, conversation, put, served};
use super::support::sent::numbered;

/// What a preview has shown of a row's fields, as the sandbox shows them afterwards.
fn expect_shown(changes: &Value, now: &Value) {
    for field in changes["fields"].as_array().into_iter().flatten() {
        let shown = match field["field"].as_str().unwrap_or_default() {
            "status" => json!(if now["status"] == 2 {
                "Done"
            } else {
                "another"
            }),
            "data.plan" => now["data"]["plan"].clone(),
            _ => now["assignee"]["email"].clone(),
        };
        assert_eq!(field["after"], shown, "{changes} {now}");
    }
    let tags = now["tag_list"].to_string().to_lowercase();
    for (name, is_there) in [("added", true), ("removed", false)] {
        for tag in changes["tags"][name].as_array().into_iter().flatten() {
            let tag = tag.to_string().to_lowercase();
            assert_eq!(tags.contains(&tag), is_there, "{changes} {now}");
        }
    }
}

/// The report shows these rows of that kind; none, if there are none.
fn expect_rows(page: &str, name: &str, rows: &Value) {
    let is_shown = page.contains(&format!(" {name} {rows} "));
    assert_eq!(is_shown, *rows != 0, "{name} {rows}: {page}");
}

fn check(rows: usize) {
    let workspace = Workspace::new();
    let (_sandbox, address) = served(&workspace, "--quiet");
    let slugs = numbered("case-", rows);
    let columns = "slug,status,add_tags,remove_tags,data.plan,assignee";
    workspace.write(
        "rows.csv",
        csv(columns, &slugs, "done,bulk,new,gold,ana@example.com"),
    );
    let options = "--rate 1000000/s --workers 32 --json --plan plan.jsonl --report preview.html";
    let output = at(online(&workspace, "rows.csv", options), &address).output();
    let shown = document(&output);
    let preview = &shown["online"];
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(preview["read"], rows);
    let plan = &preview["plan"];
    assert_eq!(
        [&plan["rows"], &plan["left_out"]],
        [&preview["would_change"], &json!(0)]
    );
    let planned: Vec<&Value> = preview["rows"].as_array().into_iter().flatten().collect();
    let planned: Vec<&Value> = planned
        .into_iter()
        .filter(|row| row["outcome"] == "would_change")
        .collect();
    assert_eq!(preview["would_change"], planned.len());
    assert_eq!(outcomes(&shown).len(), rows);

    let page = pages::text(&workspace.read("preview.html")).replace(',', "");
    for (name, rows) in [
        ("would change", &preview["would_change"]),
        ("already as requested", &preview["unchanged"]),
        ("not found", &preview["not_found"]),
    ] {
        expect_rows(&page, name, rows);
    }
    for transition in preview["transitions"].as_array().into_iter().flatten() {
        let words = ["field", "before", "after"].map(|key| match &transition[key] {
            Value::String(text) => text.clone(),
            _ => "none".to_owned(),
        });
        expect_rows(&page, &words.join(" "), &transition["rows"]);
    }

    // A colleague closes every tenth, and tags another.
    let mut left: BTreeMap<&str, Value> = BTreeMap::new();
    for row in planned.iter().step_by(10) {
        let slug = row["slug"].as_str().unwrap_or_default();
        let is_spam = conversation(&address, slug)["status"] == 3;
        left.insert(
            slug,
            put(
                &address,
                slug,
                &json!({"status": if is_spam { 4 } else { 3 }}),
            ),
        );
    }
    let mut tagged = Vec::new();
    for row in planned.iter().skip(5).step_by(10) {
        let slug = row["slug"].as_str().unwrap_or_default();
        let mut tags = conversation(&address, slug)["tag_list"].clone();
        tags.as_array_mut()
            .into_iter()
            .for_each(|tags| tags.push(json!("colleague")));
        put(&address, slug, &json!({"tag_list": tags}));
        tagged.push(slug);
    }

    let printed = plan["command"].as_str().unwrap_or_default();
    let run = applying(
        &workspace,
        printed,
        "--yes --out out --workers 32 --report run.html",
    );
    let output = at(run, &address).output();
    assert_eq!(output.status, 1, "{}", output.stderr);
    let (lines, summary) = (
        ledger(&workspace.path().join("out")),
        summary(&workspace.path().join("out")),
    );
    assert_eq!(lines.len(), planned.len());
    assert_eq!(
        [&summary["rows"], &summary["differs"]],
        [&json!(planned.len()), &json!(0)]
    );
    assert_eq!(summary["counts"]["conflict"], left.len());
    assert_eq!(summary["counts"]["updated"], planned.len() - left.len());
    let page = pages::text(&workspace.read("run.html")).replace(',', "");
    for name in ["updated", "conflict"] {
        let recorded = lines.iter().filter(|line| line.outcome == name).count();
        assert_eq!(summary["counts"][name], recorded);
        expect_rows(&page, name, &json!(recorded));
    }
    for (name, figure) in [("Rows", "rows"), ("Requests", "requests")] {
        expect_rows(&page, name, &summary[figure]);
    }
    for (row, line) in planned.iter().zip(&lines) {
        let now = conversation(&address, &line.slug);
        assert_eq!(row["slug"], *line.slug);
        if let Some(left) = left.get(&*line.slug) {
            assert_eq!((&*line.outcome, &now), ("conflict", left));
        } else {
            assert_eq!(line.outcome, "updated", "{line:?}");
            expect_shown(&row["changes"], &now);
        }
    }
    for slug in tagged {
        let tags = conversation(&address, slug)["tag_list"].clone();
        assert!(tags.to_string().contains("colleague"), "{tags}");
    }
}

#[test]
fn just_the_reviewed_changes_are_made() {
    check(400);
}

#[test]
#[ignore = "takes a minute"]
fn of_5000_rows_just_the_reviewed_changes_are_made() {
    check(5000);
}
