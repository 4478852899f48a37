//! The conversations of the sandbox as clients see them: the same for the same slug, changed by
//! updates, and by the colleagues of `--meanwhile`.

use serde_json::{Value, json};

use super::support::command::Workspace;
use super::support::sandbox::{conversation, put, served};

const ATTRIBUTES: [&str; 4] = ["tag_list", "status", "assignee", "data"];

/// The tags of a conversation that colleagues have added.
fn colleagues_tags(conversation: &Value) -> Vec<String> {
    let tags = conversation["tag_list"].as_array().into_iter().flatten();
    let tags = tags.filter_map(Value::as_str).map(str::to_owned);
    tags.filter(|tag| tag.starts_with("colleague-")).collect()
}

#[test]
fn a_get_shows_what_a_put_has_left_and_every_sandbox_begins_alike() {
    let workspace = Workspace::new();
    let (_first, first) = served(&workspace, "");
    let (_second, second) = served(&workspace, "");
    for slug in ["knock-knock", "late-parcel", "returns-29"] {
        let before = conversation(&first, slug);
        let changes = json!({
            "tag_list": ["a", "B"], "status": 5, "hold_until": "2035-01-15T09:00:00Z",
            "assignee": {"email": "dora@example.com"}, "data": {"size": "2"},
        });
        let left = put(&first, slug, &changes);
        assert_eq!(conversation(&first, slug), left);
        assert_eq!(left["tag_list"], json!(["a", "B"]));
        assert_eq!(left["assignee"]["email"], "dora@example.com");
        assert_eq!(left["data"]["plan"], before["data"]["plan"]);
        assert_eq!(left["data"]["size"], "2");
        assert_ne!(left["updated_at"], before["updated_at"]);
        // The other one has seen nothing of it.
        assert_eq!(conversation(&second, slug), before);
    }
}

#[test]
fn a_sandbox_that_replaces_data_erases_what_is_not_sent() {
    let workspace = Workspace::new();
    let (_child, address) = served(&workspace, "--replace-data");
    assert!(conversation(&address, "late-parcel")["data"]["plan"].is_string());
    let tagged = put(&address, "late-parcel", &json!({"tag_list": ["a"]}));
    assert!(tagged["data"]["plan"].is_string());
    let erased = put(&address, "late-parcel", &json!({"data": {"size": "2"}}));
    assert_eq!(erased["data"], json!({"size": "2"}));
    assert_eq!(conversation(&address, "late-parcel"), erased);
}

#[test]
fn colleagues_change_a_conversation_after_every_read_if_they_always_do() {
    let workspace = Workspace::new();
    let (_child, address) = served(&workspace, "--meanwhile 100%");
    let mut changed = Vec::new();
    let mut before = conversation(&address, "late-parcel");
    assert!(colleagues_tags(&before).is_empty());
    for _ in 0..8 {
        let after = conversation(&address, "late-parcel");
        let differs = |name: &&str| before[*name] != after[*name];
        let names: Vec<&str> = ATTRIBUTES.into_iter().filter(differs).collect();
        assert_eq!(names.len(), 1, "{before} {after}");
        changed.extend(names);
        before = after;
    }
    for name in ATTRIBUTES {
        assert!(changed.contains(&name), "{name} never changed: {changed:?}");
    }
    assert_eq!(colleagues_tags(&before), ["colleague-1", "colleague-2"]);
}

#[test]
fn a_put_is_answered_without_the_colleagues_and_nobody_changes_anything_by_default() {
    let workspace = Workspace::new();
    let (_busy, busy) = served(&workspace, "--meanwhile 100%");
    let (_calm, calm) = served(&workspace, "");
    let left = put(&busy, "late-parcel", &json!({"tag_list": ["a"]}));
    assert_eq!(conversation(&busy, "late-parcel"), left);
    assert_ne!(conversation(&busy, "late-parcel"), left);
    let first = conversation(&calm, "late-parcel");
    for _ in 0..8 {
        assert_eq!(conversation(&calm, "late-parcel"), first);
    }
}

#[test]
fn digits_lead_to_an_unrelated_conversation() {
    let workspace = Workspace::new();
    let (_child, address) = served(&workspace, "");
    assert_eq!(conversation(&address, "123")["slug"], "unrelated-123");
    let left = put(&address, "123", &json!({"status": 2}));
    assert_eq!(left["slug"], "unrelated-123");
    assert_eq!(conversation(&address, "unrelated-123"), left);
    assert_eq!(conversation(&address, "order-123")["slug"], "order-123");
}
