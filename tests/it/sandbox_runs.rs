//! Runs against a served sandbox: what its colleagues, its digits and its way with custom fields
//! let one rehearse.

use serde_json::json;

use super::support::command::{Output, Workspace, ledger};
use super::support::sandbox::{conversation, served};
use super::support::sent::{numbered, to_out};

/// Runs `rows.csv` against the sandbox at that address.
fn run(workspace: &Workspace, address: &str, options: &str) -> Output {
    to_out(workspace, "rows.csv", options)
        .env("REAMAZE_BASE_URL", format!("http://{address}/api/v1"))
        .env("REAMAZE_EMAIL", "agent@example.com")
        .env("REAMAZE_API_TOKEN", "any")
        .output()
}

#[test]
fn what_colleagues_change_meanwhile_stays_save_for_tags_that_they_add_before_ours_are_sent() {
    let workspace = Workspace::new();
    let (_busy, busy) = served(&workspace, "-q --meanwhile 100%");
    let (_calm, calm) = served(&workspace, "-q");
    let slugs = numbered("return-", 40);
    let rows = slugs.iter().map(|slug| format!("{slug},2026-autumn\n"));
    let rows = format!("slug,add_tags\n{}", rows.collect::<String>());
    workspace.write("rows.csv", rows);
    let output = run(&workspace, &busy, "");
    assert_eq!(output.status, 0, "{output:?}");
    let (mut kept, mut lost) = (0, 0);
    for slug in &slugs {
        let (before, after) = (conversation(&calm, slug), conversation(&busy, slug));
        let mut tags = before["tag_list"].clone();
        tags.as_array_mut()
            .expect("tags")
            .push(json!("2026-autumn"));
        assert_eq!(after["tag_list"], tags, "{slug}");
        let others = ["status", "assignee", "data"];
        match others
            .iter()
            .filter(|name| before[**name] != after[**name])
            .count()
        {
            0 => lost += 1,
            _ => kept += 1,
        }
    }
    assert!(kept > 0 && lost > 0, "kept {kept}, lost {lost}");
}

#[test]
fn a_row_of_digits_changes_no_unrelated_conversation() {
    let workspace = Workspace::new();
    let (_child, address) = served(&workspace, "-q");
    let before = conversation(&address, "unrelated-123");
    workspace.write("rows.csv", "slug,assignee\n123,dora@example.com\n");
    let output = run(&workspace, &address, "");
    assert_eq!(output.status, 1, "{output:?}");
    let lines = ledger(&workspace.path().join("out"));
    assert_eq!(lines[0].outcome, "conflict");
    assert_eq!(conversation(&address, "unrelated-123"), before);
}

#[test]
fn a_server_that_replaces_custom_fields_stops_a_run_that_reads_at_its_first_row() {
    let workspace = Workspace::new();
    let (_child, address) = served(&workspace, "-q --replace-data");
    let rows = numbered("order-", 20);
    let rows = rows.iter().map(|slug| format!("{slug},7\n"));
    let rows = format!("slug,data.size\n{}", rows.collect::<String>());
    workspace.write("rows.csv", rows);
    let output = run(&workspace, &address, "--read-first --workers 1");
    assert_eq!(output.status, 6, "{output:?}");
    let lines = ledger(&workspace.path().join("out"));
    let sent = lines.iter().filter(|line| line.outcome != "not_sent");
    assert_eq!(sent.count(), 1);
}
