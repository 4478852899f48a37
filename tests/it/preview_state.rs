//! A file that carries the state columns of a selection: its offline preview shows what changes, against the
//! account as it was, without a request; and it is just what a preview against the account shows.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::command::{Output, Workspace};
use super::support::online::{document, online};
use super::support::sandbox::{at, conversation, served};
use super::support::sent::{command, numbered};
use super::support::server::Server;

/// The names of statuses, by number.
const STATUSES: [&str; 10] = [
    "Open",
    "Responded",
    "Done",
    "Spam",
    "Archived",
    "On Hold",
    "Auto-Done",
    "AI Agent Assigned",
    "AI Agent Done",
    "Spam (AI)",
];

/// A time so many minutes ago, as `select` writes it.
fn ago(minutes: i64) -> String {
    let time = Timestamp::now() - SignedDuration::from_mins(minutes);
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The page of a dry run of that file, with all that it can have, and the document.
fn previewed(workspace: &Workspace, name: &str) -> (String, Value) {
    let of =
        |options: &str| command(workspace, &format!("run {name} --dry-run {options}")).output();
    let page: Output = of("-v");
    assert_eq!(page.status, 0, "{page:#?}");
    (page.stdout, document(&of("--json")))
}

/// Six rows with their state, as CSV, TSV or JSONL has them.
fn six_rows(form: &str, read_at: &str) -> String {
    let rows = [
        ("wiped", "Open", "urgent, billing", "kim@example.com", ""),
        ("kept", "Responded", "VIP", "", ""),
        ("same", "Done", "vip", "", ""),
        ("guarded", "Archived", "x", "", "open"),
        ("edited", "Opne", "urgent", "###", ""),
        ("new", "", "", "", ""),
    ];
    let is_known = |slug: &str| slug != "new";
    if form == "jsonl" {
        let rows = rows.map(|(slug, status, tags, assignee, expected)| {
            let tags: Vec<_> = tags.split(", ").filter(|tag| !tag.is_empty()).collect();
            let mut row = json!({"slug": slug, "tag_list": ["vip"], "status": "done"});
            if is_known(slug) {
                row["_status"] = json!(status);
                row["_tags"] = json!(tags);
                row["_assignee"] = json!((!assignee.is_empty()).then_some(assignee));
                row["_read_at"] = json!(read_at);
            }
            if !expected.is_empty() {
                row["expect.status"] = json!(expected);
            }
            format!("{row}\n")
        });
        return rows.concat();
    }
    let separator = if form == "tsv" { "\t" } else { "," };
    let mut lines = vec![
        "slug _status _tags _assignee _read_at tag_list status expect.status"
            .replace(' ', separator),
    ];
    for (slug, status, tags, assignee, expected) in rows {
        let read_at = if is_known(slug) { read_at } else { "" };
        let tags = format!("\"{tags}\"");
        let cells = [
            slug, status, &tags, assignee, read_at, "vip", "done", expected,
        ];
        lines.push(cells.join(separator));
    }
    lines.join("\n") + "\n"
}

#[test]
fn what_changes_in_the_account_as_it_was_is_shown_without_a_request() {
    for form in ["csv", "tsv", "jsonl"] {
        let name = &format!("rows.{form}");
        let workspace = Workspace::new();
        workspace.write(name, six_rows(form, &ago(12)));
        let (page, document) = previewed(&workspace, name);
        for words in [
            "as the account was 12m ago: 3 would change, 1 already as requested, 1\n  conflict, 1 not known (no valid _read_at)\n",
            "status      -> Done               1\n",
            "            Open -> Done          1\n",
            "            Responded -> Done     1\n",
            "tags added  vip                   2\n",
            "tags wiped  urgent                2\n",
            "            billing               1\n",
            "1 conflict: status: expected 0 (Open), the conversation shows 4 (Archived)\n  (line ",
            "wiped         status Open -> Done  tags +vip wiped -urgent -billing\n",
            "edited        status -> Done  tags +vip wiped -urgent\n",
            "2 state cells cannot be read: treated as unknown (first: line ",
            ": wipes urgent ×2, billing ×1 as of 12m ago\n",
        ] {
            assert!(page.contains(words), "{name}: {words:?} is not in {page}");
        }
        let state = &document["state"];
        let figures = [
            "would_change",
            "unchanged",
            "conflict",
            "read",
            "without_state",
        ];
        let figures = figures.map(|name| state[name].as_u64());
        assert_eq!(figures, [3, 1, 1, 5, 1].map(Some), "{name}: {state}");
        assert_eq!(state["unreadable_cells"], 2, "{name}: {state}");
        assert_eq!(
            state["tags_wiped"],
            json!([{"tag": "urgent", "rows": 2}, {"tag": "billing", "rows": 1}])
        );
        assert_eq!(state["rows"].as_array().map(Vec::len), Some(5));
        // A state cell makes no row invalid, and never changes what is sent.
        assert_eq!(document["valid"], 6);
        assert_eq!(document["requests"], 7);
        assert_eq!(document["warnings"], json!([]));
    }
}

#[test]
fn a_row_without_state_is_shown_as_what_it_sets() {
    let workspace = Workspace::new();
    workspace.write(
        "rows.csv",
        format!(
            "slug,_status,_read_at,status\na,Open,,done\nb,Open,yesterday,done\nc,Open,{},done\n",
            ago(-60)
        ),
    );
    let (page, document) = previewed(&workspace, "rows.csv");
    assert!(
        page.contains("as the account was: 3 not known (no valid _read_at)\n"),
        "{page}"
    );
    assert!(page.contains("2  a             status -> Done\n"), "{page}");
    let state = &document["state"];
    assert_eq!(state["oldest_read_at"], Value::Null);
    assert_eq!([&state["read"], &state["unreadable_cells"]], [0, 2]);
    // Without the column, the file has no state.
    workspace.write("notes.csv", "slug,_status,_tags,status\na,Open,x,done\n");
    let (page, document) = previewed(&workspace, "notes.csv");
    assert!(!page.contains("as the account was"), "{page}");
    assert_eq!(document["state"], Value::Null);
}

#[test]
fn an_old_state_is_a_warning_and_ages_that_differ_are_both_shown() {
    let workspace = Workspace::new();
    let rows = |first, last| {
        format!(
            "slug,_status,_read_at,status\na,Open,{},done\nb,Open,{},done\n",
            ago(first),
            ago(last)
        )
    };
    for (first, last, ages, is_old) in [
        (59, 57, "as the account was 59m ago:", false),
        (61, 58, "as the account was 1h 1m ago:", true),
        (190, 10, "as the account was 10m to 3h 10m ago: ", true),
    ] {
        workspace.write("rows.csv", rows(first, last));
        let (page, document) = previewed(&workspace, "rows.csv");
        assert!(page.contains(ages), "{ages}: {page}");
        let warnings = document["warnings"].to_string();
        assert_eq!(
            warnings.contains("--dry-run --online"),
            is_old,
            "{warnings}"
        );
        let warning = "warning: the state columns show the account as it was ";
        assert_eq!(page.contains(warning), is_old, "{page}");
    }
}

#[test]
fn the_question_and_the_log_name_the_tags_that_are_wiped() {
    let workspace = Workspace::new();
    let rows = "a,\"x, y\",vip\nb,\"x, z, u\",vip\nc,vip,vip\n"
        .replace(",vip\n", &format!(",{},vip\n", ago(3)));
    workspace.write("rows.csv", format!("slug,_tags,_read_at,tag_list\n{rows}"));
    let server = Server::start(Answer::echo);
    let run = workspace.command(&["run", "rows.csv"]).against(&server);
    let (status, screen) = run.on_terminal("n\n");
    assert_eq!(status, 2, "{screen}");
    let screen = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    let wiping = "(wiping x ×2, u ×1, y ×1 and 1 more as of 3m ago)? [y/N]";
    let question = screen.rsplit_once("Replace all tags on 3 conversations at 127.0.0.1:");
    let (_, question) = question.expect("a question");
    assert!(question.contains(wiping), "{screen}");
    assert_eq!(server.requests().len(), 0);
    let run = workspace.command(&["run", "rows.csv", "--yes", "--rate", "500/s"]);
    let output = run.against(&server).output();
    assert_eq!(output.status, 0, "{output:#?}");
    let wipes = "replaces all tags on 3 conversations: wipes x ×2, u ×1, y ×1, z ×1 as of 3m ago";
    assert!(output.stderr.contains(wipes), "{output:#?}");
    // All rows are sent, also the one that changed nothing then.
    let bodies = server.requests().into_iter().map(|request| request.body);
    let sent = json!({"conversation": {"tag_list": ["vip"]}});
    assert_eq!(bodies.collect::<Vec<_>>(), vec![sent; 3]);
}

#[test]
fn rows_beyond_a_limit_are_not_counted() {
    let workspace = Workspace::new();
    let row = |slug| format!("{slug},{slug}-tag,{},vip\n", ago(3));
    let rows = ["a", "b", "c"].map(row).concat();
    workspace.write("rows.csv", format!("slug,_tags,_read_at,tag_list\n{rows}"));
    let run = command(&workspace, "run rows.csv --dry-run --json --limit 2");
    let state = document(&run.output())["state"].clone();
    assert_eq!(state["would_change"], 2);
    assert_eq!(state["tags_wiped"].as_array().map(Vec::len), Some(2));
}

/// The columns of the state of a conversation that the sandbox shows, in a cell each.
fn state_cells(shown: &Value, read_at: &str) -> String {
    let code = shown["status"].as_u64().unwrap_or_default();
    let status = STATUSES[usize::try_from(code).unwrap_or_default()];
    let assignee = shown["assignee"]["email"].as_str().unwrap_or_default();
    let category = shown["category"]["slug"].as_str().unwrap_or_default();
    let tags = shown["tag_list"].to_string().replace('"', "\"\"");
    format!("{status},{assignee},\"{tags}\",{category},{read_at}")
}

#[test]
fn an_account_that_has_not_changed_is_previewed_alike_offline_and_online() {
    let workspace = Workspace::new();
    let (_sandbox, address) = served(&workspace, "--quiet");
    let slugs = numbered("case-", 240);
    let mut rows = "slug,_status,_assignee,_tags,_category,_read_at,status,assignee,category,tag_list,add_tags,remove_tags,expect.status,expect.assignee,expect.tag_list\n".to_owned();
    for (nth, slug) in slugs.iter().enumerate() {
        let changes = [
            "done,,,vip,,,,,",
            "done,ana@example.com,,,bulk,\"new, gold\",,,",
            ",,sales,,,new,open,,",
            ",ana@example.com,,[],,,,none,",
            "archived,,,\"vip, new\",,,,,[]",
            ",,,,[],,,,",
        ];
        let state = state_cells(&conversation(&address, slug), &ago(0));
        let _ = writeln!(rows, "{slug},{state},{}", changes[nth % changes.len()]);
    }
    workspace.write("rows.csv", rows);
    let (_, offline) = previewed(&workspace, "rows.csv");
    let run = online(&workspace, "rows.csv", "--json --workers 16");
    let online = document(&at(run, &address).output());
    assert_eq!(online["state"], Value::Null);
    let (state, online) = (&offline["state"], &online["online"]);
    for name in [
        "read",
        "would_change",
        "unchanged",
        "conflict",
        "transitions",
        "tags_added",
        "tags_removed",
        "tags_set",
        "tags_wiped",
        "wiping_rows",
        "cleared_rows",
        "reasons",
        "rows",
    ] {
        assert_eq!(state[name], online[name], "{name}");
    }
    // There is something of each kind to agree on.
    for name in ["would_change", "unchanged", "conflict", "wiping_rows"] {
        assert_ne!(state[name], 0, "{name}: {state}");
    }
    for name in ["transitions", "tags_added", "tags_removed", "tags_wiped"] {
        assert_ne!(state[name], json!([]), "{name}");
    }
}
