//! A random row on a random conversation, and its undo: with nobody else at work the conversation is as it
//! was, but for what is left out; and what others do in between stays.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use reamaze_bulk::change::{Change, GuardMode, NoChange, UndoRow, UnsetFields, decide, undo};
use reamaze_bulk::model::{BeforeImage, Content, Conversation, DataMode, Row, Update};
use reamaze_bulk::validate::{Clock, Columns, Damaged, Draft, Rules, Terms};
use serde_json::{Map, Value, json};

const NOW: &str = "2026-06-01T00:00:00Z";

fn rules() -> Rules {
    let clock = Clock {
        now: NOW.parse().expect("a time"),
        timezone: None,
    };
    let terms = Terms {
        clock,
        damaged: Damaged::Send,
        site: None,
    };
    Rules::new(Columns::default(), Draft::default(), terms)
}

fn tags() -> impl Strategy<Value = Vec<String>> {
    vec(select(vec!["a", "A", "b", "c d", "é", "n/a"]), 0..4)
        .prop_map(|tags| tags.into_iter().map(str::to_owned).collect())
}

fn status() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..5u8).prop_map(|code| json!({"status": code, "hold_until": null})),
        select(vec!["2027-01-01T00:00:00Z", "2028-01-01T02:00:00+02:00"])
            .prop_map(|until| json!({"status": 5, "hold_until": until})),
    ]
}

fn field() -> impl Strategy<Value = Value> {
    select(vec![
        json!("x"),
        json!("1E+5"),
        json!(""),
        json!(7),
        json!("7"),
        json!(true),
        json!(null),
    ])
}

/// A conversation as an account shows it.
fn conversation() -> impl Strategy<Value = Value> {
    let email = select(vec!["ann@example.com", "ben@example.com"]);
    (tags(), status(), email, field(), field()).prop_map(|(tags, status, email, f, g)| {
        json!({
            "tag_list": tags, "status": status["status"].to_string(),
            "hold_until": status["hold_until"], "assignee": email, "category": "help",
            "data": {"f": f, "g": g, "other": 1},
        })
    })
}

/// A row of JSONL.
fn row() -> impl Strategy<Value = Value> {
    let category = option::of(select(vec!["help", "sales"]));
    let email = option::of(select(vec!["ann@example.com", "Ben@example.com"]));
    (
        option::of(tags()),
        option::of(tags()),
        any::<bool>(),
        option::of(status()),
        email,
        category,
        option::of(field()),
    )
        .prop_map(|(first, second, edits, status, email, category, f)| {
            let mut row = Map::from_iter([("slug".to_owned(), json!("late-parcel"))]);
            let mut set = |name: &str, value: Option<Value>| {
                if let Some(value) = value {
                    row.insert(name.to_owned(), value);
                }
            };
            if edits {
                set("add_tags", first.map(Value::from));
                set("remove_tags", second.map(Value::from));
            } else {
                set("tag_list", first.map(Value::from));
            }
            if let Some(status) = status {
                set("status", Some(status["status"].clone()));
                set("hold_until", Some(status["hold_until"].clone()));
            }
            set("assignee", email.map(Value::from));
            set("category", category.map(Value::from));
            set("data.f", f);
            Value::Object(row)
        })
}

fn shown(conversation: &Value) -> Conversation {
    let mut shown: Conversation =
        serde_json::from_str(&conversation.to_string()).expect("a conversation");
    shown.slug = Some("late-parcel".into());
    shown
}

/// What the server makes of a change: of what is not sent, it hears nothing.
fn applied(conversation: &Value, change: &Change<'_>) -> Value {
    let mut applied = conversation.clone();
    let after = serde_json::to_value(&change.after).expect("JSON");
    let sent = &change.changes;
    for (name, is_sent) in [
        ("tag_list", sent.tag_list.is_some()),
        ("status", sent.status.is_some()),
        ("assignee", sent.assignee.is_some()),
        ("category", sent.destination.is_some()),
    ] {
        if is_sent {
            applied[name] = after[name].clone();
        }
    }
    if sent.status.is_some() {
        applied["hold_until"] = after["hold_until"].clone();
    }
    for (name, _) in &sent.data {
        applied["data"][&**name] = after["data"][&**name].clone();
    }
    applied
}

/// The same in one form: tags as a set, texts of times as instants.
fn comparable(conversation: &Value) -> Value {
    let mut same = conversation.clone();
    let tags = conversation["tag_list"].as_array().expect("tags");
    let tags: BTreeSet<_> = tags
        .iter()
        .map(|tag| tag.as_str().unwrap_or_default().to_lowercase())
        .collect();
    same["tag_list"] = tags.into_iter().collect();
    // A number may come as text.
    same["status"] = conversation["status"].to_string().replace('"', "").into();
    same["assignee"] = conversation["assignee"]
        .as_str()
        .map(str::to_lowercase)
        .into();
    same
}

fn update<'a>(rules: &'a Rules, row: &'a Row) -> Option<Update<'a>> {
    rules.check(row).ok()
}

fn line(text: String) -> Row {
    Row {
        line: 1,
        content: Content::Object(text),
    }
}

proptest! {
    #[test]
    fn a_row_and_its_undo_leave_a_conversation_as_it_was(
        before in conversation(),
        row in row(),
        theirs in option::of(select(vec!["their tag", "their status"])),
    ) {
        let rules = rules();
        let row = line(row.to_string());
        let Some(asked) = update(&rules, &row) else {
            // Nothing that is sent.
            return Ok(());
        };
        let decided = decide(&asked, &shown(&before), GuardMode::Check, DataMode::Changed);
        let change = match decided {
            Ok(change) => change,
            Err(NoChange::NotNeeded) => return Ok(()),
            Err(other) => panic!("{other:?}"),
        };
        let mut after = applied(&before, &change);
        let image = BeforeImage {
                    attempts: 1,
            line: 1,
            slug: "late-parcel".into(),
            read_at: NOW.parse().expect("a time"),
            before: change.before.clone(),
            after: change.after.clone(),
            supersedes: false,
        };
        // As it is read back from the file.
        let image = serde_json::to_string(&image).expect("JSON");
        let image: BeforeImage = serde_json::from_str(&image).expect("an image");
        let undo = undo(&image, UnsetFields::Kept, image.read_at);
        prop_assert!(undo.left_out.is_empty(), "{:?}", undo.left_out);
        let text = serde_json::to_string(&UndoRow { slug: &image.slug, parts: &undo.parts }).expect("JSON");
        let undo_row = line(text.clone());
        let Some(back) = update(&rules, &undo_row) else {
            prop_assert!(undo.parts.is_empty(), "{text}");
            return Ok(());
        };
        let mut expected = before.clone();
        match theirs {
            Some("their tag") => {
                for conversation in [&mut after, &mut expected] {
                    conversation["tag_list"].as_array_mut().expect("tags").push(json!("theirs"));
                }
            }
            Some(_) => after["status"] = json!("9"),
            None => {}
        }
        let touched = theirs == Some("their status") && text.contains("expect.status");
        match decide(&back, &shown(&after), GuardMode::Check, DataMode::Changed) {
            Ok(change) => {
                prop_assert!(!touched, "{text}");
                let restored = applied(&after, &change);
                if theirs == Some("their status") {
                    expected["status"] = json!("9");
                    expected["hold_until"] = restored["hold_until"].clone();
                }
                prop_assert_eq!(comparable(&restored), comparable(&expected), "{}", text);
            }
            Err(NoChange::Guards { .. }) => prop_assert!(touched, "{}", text),
            Err(other) => prop_assert!(false, "{other:?}: {text}"),
        }
    }
}
