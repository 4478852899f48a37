//! Random accounts, files and colleagues.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// The conversations that are there; rows are for these and for one that is not.
const SLUGS: [&str; 9] = ["a", "b", "c", "d", "e-1", "f", "naïve", "42", "i"];

const TAGS: [&str; 6] = ["VIP", "refund", "neu ✓", "joke", "two words", "x"];

/// An account, a file, and what colleagues do between its preview and its run.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// What each has beside the usual.
    pub(super) conversations: BTreeMap<String, Value>,
    /// With all that `set` says.
    pub(super) rows: Vec<Value>,
    /// Fields for `--set`, which the file leaves out.
    pub(super) set: Vec<&'static str>,
    /// Changes of conversations.
    pub(super) deeds: Vec<(String, Value)>,
}

impl Case {
    /// The conversation of a row at first, if it is there.
    pub(super) fn there(&self, row: &Value) -> Option<Value> {
        let slug = row["slug"].as_str().unwrap_or_default();
        let own = self.conversations.get(slug)?;
        let account = crate::support::account::Account::new([(slug, own.clone())]);
        Some(account.show(slug))
    }

    /// The file.
    pub(super) fn input(&self) -> String {
        let line = |row: &Value| {
            let mut row = row.clone();
            for name in &self.set {
                match name.strip_prefix("data.") {
                    Some(name) => drop(row["data"].as_object_mut().map(|data| data.remove(name))),
                    None => drop(row.as_object_mut().map(|row| row.remove(*name))),
                }
            }
            format!("{row}\n")
        };
        self.rows.iter().map(line).collect()
    }

    /// The options that go with the file.
    pub(super) fn options(&self) -> String {
        let set = self.set.iter().map(|name| match *name {
            "status" => "--set status=done ",
            "expect.category" => "--set expect.category=support ",
            _ => "--set data.batch=7 ",
        });
        set.collect()
    }
}

pub(super) fn case() -> impl Strategy<Value = Case> {
    let conversations = vec(conversation(), SLUGS.len());
    let rows = (
        subsequence(&SLUGS[1..], 1..SLUGS.len()),
        vec(row(), SLUGS.len()),
    );
    let gone = weighted(0.2, row());
    let set = select(vec![
        vec![],
        vec![],
        vec!["data.batch"],
        vec!["status"],
        vec!["expect.category"],
    ]);
    let deeds = vec((select(&SLUGS[..]), deed()), 0..16);
    (conversations, rows, gone, set, deeds).prop_map(|(conversations, rows, gone, set, deeds)| {
        let slugs = SLUGS.iter().map(|slug| (*slug).to_owned());
        let conversations: BTreeMap<_, _> = slugs.zip(conversations).collect();
        let named = rows.0.into_iter().zip(rows.1);
        let rows = named.chain(gone.map(|row| ("no-such", row)));
        let rows = rows.map(|(slug, row)| finished(slug, row, &set)).collect();
        let deeds = deeds.into_iter().map(|(slug, deed)| {
            // The number of a conversation is its slug here.
            (slug.to_owned(), with_all_fields(deed, &conversations[slug]))
        });
        let deeds = deeds.collect();
        Case {
            conversations,
            rows,
            set,
            deeds,
        }
    })
}

/// The fields of a row that has its slug, and what `--set` says.
fn finished(slug: &str, mut row: Value, set: &[&str]) -> Value {
    row["slug"] = json!(slug);
    for name in set {
        match *name {
            "status" => {
                row["status"] = json!(2);
                if let Some(row) = row.as_object_mut() {
                    row.remove("hold_until");
                }
            }
            "expect.category" => row["expect.category"] = json!("support"),
            _ => {
                let mut data = row["data"].as_object().cloned().unwrap_or_default();
                data.insert("batch".into(), json!("7"));
                row["data"] = Value::Object(data);
            }
        }
    }
    let sets = |name: &str| row.get(name).is_some();
    let fields = [
        "tag_list",
        "add_tags",
        "remove_tags",
        "status",
        "assignee",
        "category",
        "data",
    ];
    if !fields.into_iter().any(sets) {
        row["assignee"] = json!("kim@example.com");
    }
    row
}

/// A colleague keeps the custom fields that they do not change.
fn with_all_fields(mut deed: Value, own: &Value) -> Value {
    if let Some(fields) = deed["data"].as_object() {
        let mut all = own["data"].as_object().cloned().unwrap_or_default();
        all.extend(fields.clone());
        deed["data"] = Value::Object(all);
    }
    deed
}

fn text(values: &'static [&'static str]) -> impl Strategy<Value = Value> {
    select(values).prop_map(|value| json!(value))
}

fn staff() -> impl Strategy<Value = Value> {
    let person = select(vec!["ana@example.com", "kim@example.com", "li@example.com"]);
    of(person)
        .prop_map(|email| email.map_or(Value::Null, |email| json!({"name": "S", "email": email})))
}

fn channel() -> impl Strategy<Value = Value> {
    select(vec!["support", "support", "sales"]).prop_map(
        |slug| json!({"name": slug, "slug": slug, "email": format!("{slug}@example.com"), "channel": 1}),
    )
}

/// A status with its time.
fn held() -> impl Strategy<Value = (Value, Value)> {
    let time = select(vec!["2035-01-01T00:00:00Z", "2035-01-15T09:00:00Z"]);
    prop_oneof![
        3 => (0..5_u8).prop_map(|status| (json!(status), Value::Null)),
        1 => (6..10_u8).prop_map(|status| (json!(status), Value::Null)),
        4 => time.prop_map(|time| (json!(5), json!(time))),
        1 => Just((json!(5), Value::Null)),
    ]
}

fn field() -> impl Strategy<Value = Value> {
    select(vec![
        json!("0012"),
        json!(12),
        json!("12"),
        json!(1.5),
        json!("1.50"),
        json!(""),
        Value::Null,
        json!(true),
        json!("naïve ✓"),
        json!("none"),
        json!(" padded "),
        json!("two\nlines"),
        json!([1, 2]),
    ])
}

fn fields() -> impl Strategy<Value = Value> {
    (of(field()), of(field())).prop_map(|(order, size)| {
        let mut fields = Map::from_iter([("kept".to_owned(), json!("as it is"))]);
        fields.extend(order.map(|value| ("order".to_owned(), value)));
        fields.extend(size.map(|value| ("größe".to_owned(), value)));
        Value::Object(fields)
    })
}

fn tags() -> impl Strategy<Value = Value> {
    subsequence(&TAGS[..], 0..4).prop_map(|tags| json!(tags))
}

fn conversation() -> impl Strategy<Value = Value> {
    (tags(), held(), staff(), channel(), fields()).prop_map(
        |(tags, (status, hold_until), assignee, category, data)| {
            json!({"tag_list": tags, "status": status, "hold_until": hold_until,
                   "assignee": assignee, "category": category, "data": data})
        },
    )
}

/// What a row may set of tags: all of them, or some.
fn tagging() -> impl Strategy<Value = Map<String, Value>> {
    let lower = |tag: &str| json!(tag.to_lowercase());
    let all = subsequence(&TAGS[..], 0..4).prop_map(move |tags| {
        let tags: Vec<_> = tags.into_iter().map(lower).collect();
        json!({"tag_list": tags})
    });
    let some = (subsequence(&TAGS[..3], 0..3), subsequence(&TAGS[3..], 0..3)).prop_map(
        move |(add, remove)| {
            let mut edits = json!({});
            for (name, tags) in [("add_tags", add), ("remove_tags", remove)] {
                let tags: Vec<_> = tags.into_iter().map(lower).collect();
                if !tags.is_empty() {
                    edits[name] = json!(tags);
                }
            }
            edits
        },
    );
    prop_oneof![Just(json!({})), all, some]
        .prop_map(|row| row.as_object().cloned().unwrap_or_default())
}

fn row() -> impl Strategy<Value = Value> {
    let status = prop_oneof![
        3 => (0..5_u8).prop_map(|status| json!({"status": status})),
        1 => Just(json!({"status": 9})),
        2 => text(&["2035-01-15T09:00:00Z", "2035-01-15T10:00:00+01:00", "2036-01-01T00:00:00Z"])
            .prop_map(|time| json!({"status": 5, "hold_until": time})),
    ];
    let asked = select(vec![
        json!("0012"),
        json!(12),
        json!(1.50),
        Value::Null,
        json!(""),
        json!(false),
        json!("naïve ✓"),
    ]);
    let data = (of(asked.clone()), of(asked)).prop_map(|(order, size)| {
        let mut fields = Map::new();
        fields.extend(order.map(|value| ("order".to_owned(), value)));
        fields.extend(size.map(|value| ("größe".to_owned(), value)));
        fields
    });
    let guards = (
        weighted(0.15, 0..3_u8),
        weighted(0.15, of(Just("kim@example.com"))),
    );
    let assignee = weighted(0.4, text(&["ana@example.com", "kim@example.com"]));
    let category = weighted(0.3, text(&["support", "sales"]));
    (
        tagging(),
        weighted(0.5, status),
        assignee,
        category,
        data,
        guards,
    )
        .prop_map(
            |(mut row, status, assignee, category, data, (status_guard, assignee_guard))| {
                row.extend(
                    status
                        .and_then(|status| status.as_object().cloned())
                        .unwrap_or_default(),
                );
                row.extend(assignee.map(|email| ("assignee".to_owned(), email)));
                row.extend(category.map(|slug| ("category".to_owned(), slug)));
                if !data.is_empty() {
                    row.insert("data".into(), Value::Object(data));
                }
                row.extend(status_guard.map(|status| ("expect.status".to_owned(), json!(status))));
                row.extend(
                    assignee_guard.map(|email| ("expect.assignee".to_owned(), json!(email))),
                );
                Value::Object(row)
            },
        )
}

/// What a colleague changes of a conversation.
fn deed() -> impl Strategy<Value = Value> {
    prop_oneof![
        held().prop_map(|(status, time)| json!({"status": status, "hold_until": time})),
        Just(json!({"status": 5, "hold_until": "2035-06-01T00:00:00Z"})),
        tags().prop_map(|tags| json!({"tag_list": tags})),
        staff().prop_map(|assignee| json!({"assignee": assignee})),
        channel().prop_map(|category| json!({"category": category})),
        field().prop_map(|value| json!({"data": {"order": value}})),
        Just(json!({"subject": "Another", "updated_at": "2026-11-01T00:00:00Z"})),
        Just(json!({"message": {"body": "Hello again"}, "followers": ["x"]})),
    ]
}
