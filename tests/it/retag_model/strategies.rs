//! Conversations, rows that change them, and what happens meanwhile, at random.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::case::{
    ASSIGNEES, CATEGORIES, Case, Deed, FIELDS, HOLDS, Happening, Loss, OLD_TEXTS, OTHERS, Row,
    TAGS, TEXTS, WITH_COMMA, is_safe,
};

/// Some tags, each in one of its spellings.
fn spelled() -> impl Strategy<Value = Vec<String>> {
    let spelling = |at: usize, random: usize| TAGS[at][random % TAGS[at].len()].to_owned();
    let some = subsequence((0..TAGS.len()).collect::<Vec<_>>(), 0..=TAGS.len());
    (some.prop_shuffle(), vec(any::<usize>(), TAGS.len())).prop_map(move |(tags, random)| {
        let tags = tags.into_iter().zip(random);
        tags.map(|(at, random)| spelling(at, random)).collect()
    })
}

/// The tags of a conversation.
fn tag_lists() -> impl Strategy<Value = Vec<String>> {
    let others = subsequence(OTHERS.to_vec(), 0..4);
    let tags = (spelled(), others, prop::bool::weighted(0.03));
    let tags = tags.prop_map(|(mut tags, others, has_comma)| {
        tags.truncate(4);
        tags.extend(others.into_iter().map(str::to_owned));
        tags.extend(has_comma.then(|| WITH_COMMA.to_owned()));
        tags
    });
    prop_oneof![1 => Just(Vec::new()), 5 => tags.prop_shuffle()]
}

/// A status, and until when if that is On Hold.
fn statuses() -> impl Strategy<Value = (u8, Option<&'static str>)> {
    prop_oneof![
        4 => (0..5_u8).prop_map(|status| (status, None)),
        1 => select(HOLDS.as_slice()).prop_map(|hold| (5, Some(hold))),
    ]
}

fn fields() -> impl Strategy<Value = BTreeMap<&'static str, &'static str>> {
    btree_map(select(FIELDS.as_slice()), select(TEXTS.as_slice()), 0..3)
}

/// The custom fields of a conversation.
fn old_fields() -> impl Strategy<Value = BTreeMap<&'static str, Value>> {
    let values = prop_oneof![
        6 => select(TEXTS.as_slice()).prop_map(Value::from),
        2 => select(OLD_TEXTS.as_slice()).prop_map(Value::from),
        1 => select(vec![json!(7), json!(true), json!(12.5)]),
    ];
    btree_map(select(FIELDS.as_slice()), values, 0..3)
}

/// A channel as answers show it.
fn channel(slug: &str) -> Value {
    json!({"name": slug, "slug": slug, "email": format!("{slug}@example.com"), "channel": 1})
}

/// What a conversation has beside the usual.
fn conversations() -> impl Strategy<Value = Value> {
    let assignee = option::of(select(ASSIGNEES.as_slice()));
    let category = select(CATEGORIES.as_slice());
    (tag_lists(), statuses(), assignee, category, old_fields()).prop_map(
        |(tags, (status, hold), assignee, category, data)| {
            let assignee = assignee.map(|email| json!({"name": "Staff", "email": email}));
            json!({
                "tag_list": tags, "status": status, "hold_until": hold, "assignee": assignee,
                "category": channel(category), "data": data,
            })
        },
    )
}

/// A guard on a conversation that is `shown`: it holds at first, or not.
fn guards(shown: &Value) -> impl Strategy<Value = Vec<(String, Value)>> + use<> {
    let right = [
        ("status", shown["status"].clone()),
        ("assignee", shown["assignee"]["email"].clone()),
        ("category", shown["category"]["slug"].clone()),
        ("tag_list", shown["tag_list"].clone()),
        ("hold_until", shown["hold_until"].clone()),
    ];
    let field = FIELDS.map(|name| (format!("data.{name}"), shown["data"][name].clone()));
    // What no row can have is no guard either, nor can a cell ask for no custom field.
    let is_usual = |value: &Value| value.as_str().is_some_and(|text| TEXTS.contains(&text));
    let field = field.into_iter().filter(|(_, value)| is_usual(value));
    let is_usual = |value: &Value| {
        let tags = value.as_array().into_iter().flatten();
        let mut tags = tags.filter_map(Value::as_str);
        tags.all(|tag| !OTHERS.contains(&tag) && is_safe(tag))
    };
    let right = right.into_iter().filter(|(_, value)| is_usual(value));
    let right = right.map(|(name, value)| (name.to_owned(), value));
    let right: Vec<_> = right.chain(field).collect();
    let wrong = [
        ("status", json!(4)),
        ("assignee", json!("cy@example.com")),
        ("tag_list", json!(["vip"])),
        ("data.plan", json!("gold")),
    ]
    .map(|(name, value)| vec![(name.to_owned(), value)]);
    prop_oneof![
        6 => Just(Vec::new()),
        3 => subsequence(right, 1..=2),
        1 => select(wrong.to_vec()),
    ]
}

/// A row for a conversation that is `shown`.
fn rows(shown: &Value) -> impl Strategy<Value = Row> + use<> {
    let edits = (spelled(), 0..3_usize, 0..3_usize);
    let tags = prop_oneof![
        8 => edits.prop_map(|edits| (Some(edits), None)),
        1 => spelled().prop_map(|tags| (None, Some(tags))),
        1 => Just((None, None)),
    ];
    let status = option::weighted(0.35, statuses());
    let assignee = option::weighted(0.25, select(ASSIGNEES.as_slice()));
    let category = option::weighted(0.15, select(CATEGORIES.as_slice()));
    let data = prop_oneof![2 => Just(BTreeMap::new()), 1 => fields()];
    (tags, status, assignee, category, data, guards(shown)).prop_map(
        move |((edits, tag_list), status, assignee, category, data, guards)| {
            let (mut add, add_count, remove_count) = edits.unwrap_or_default();
            let mut remove = add.split_off(add_count.min(add.len()));
            remove.truncate(remove_count);
            let mut row = Row {
                slug: String::new(),
                add,
                remove,
                tag_list,
                status,
                assignee,
                category,
                data,
                guards,
                is_whole: false,
            };
            if !row.has_change() {
                row.status = Some((2, None));
            }
            row
        },
    )
}

fn deeds() -> impl Strategy<Value = Deed> {
    let tags: Vec<_> = TAGS
        .iter()
        .map(|spellings| spellings[0])
        .chain(OTHERS)
        .collect();
    prop_oneof![
        4 => select(tags).prop_map(|tag| Deed::AddTag(tag.to_owned())),
        3 => any::<usize>().prop_map(Deed::RemoveTag),
        1 => (0..5_u8).prop_map(Deed::Status),
        1 => select(ASSIGNEES.as_slice()).prop_map(Deed::Assignee),
        1 => (select(FIELDS.as_slice()), select(TEXTS.as_slice()))
            .prop_map(|(name, text)| Deed::Field(name, text)),
    ]
}

/// What happens, to whom, in general; how often, is for the caller to say.
fn happenings() -> impl Strategy<Value = Happening> {
    let losses = select([Loss::Error, Loss::Reset, Loss::Cut].as_slice());
    prop_oneof![
        10 => (any::<bool>(), deeds())
            .prop_map(|(is_after, deed)| Happening::Colleague { is_after, deed }),
        4 => (any::<usize>(), deeds())
            .prop_map(|(number, deed)| Happening::Elsewhere { number, deed }),
        2 => (losses, any::<bool>())
            .prop_map(|(loss, is_applied)| Happening::Lost { loss, is_applied }),
        1 => Just(Happening::Throttled),
        3 => any::<bool>().prop_map(|is_applied| Happening::KillUnanswered { is_applied }),
        2 => Just(Happening::KillAnswered),
    ]
}

/// What happens to a conversation in the account.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Usual,
    Number,
    Missing,
    Refused,
}

/// A conversation and the row about it, if there is one.
fn pairs() -> impl Strategy<Value = (Kind, Value, Option<Row>)> {
    let kinds = prop_oneof![
        12 => Just(Kind::Usual),
        1 => Just(Kind::Number),
        1 => Just(Kind::Missing),
        1 => Just(Kind::Refused),
    ];
    (kinds, conversations()).prop_flat_map(|(kind, shown)| {
        let row = rows(&shown);
        (Just(kind), Just(shown), option::weighted(0.9, row))
    })
}

pub(super) fn cases() -> impl Strategy<Value = Case> {
    let pairs = vec(pairs(), 3..=15);
    let happenings = btree_map(0..25_usize, happenings(), 0..10);
    let kills = prop_oneof![
        any::<bool>().prop_map(|is_applied| Happening::KillUnanswered { is_applied }),
        Just(Happening::KillAnswered),
    ];
    let later = btree_map(0..30_usize, kills, 0..2);
    let manner = (
        any::<bool>(),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.2),
        1..=4_usize,
        any::<bool>(),
    );
    (pairs, happenings, later, manner).prop_map(|(pairs, happenings, later, manner)| {
        let (is_jsonl, reads_all, is_whole, workers, is_resumed) = manner;
        let mut case = Case {
            conversations: BTreeMap::new(),
            refused: Vec::new(),
            rows: Vec::new(),
            is_jsonl,
            reads_all,
            workers,
            happenings,
            later,
            is_resumed,
        };
        for (number, (kind, shown, row)) in pairs.into_iter().enumerate() {
            let slug = match kind {
                Kind::Number => format!("{}", 1000 + number),
                Kind::Usual | Kind::Missing | Kind::Refused => format!("late-parcel-{number}"),
            };
            let shown = (kind != Kind::Missing).then_some(shown);
            case.conversations.insert(slug.clone(), shown);
            case.refused
                .extend((kind == Kind::Refused).then(|| slug.clone()));
            case.rows.extend(row.map(|row| Row {
                slug,
                is_whole,
                ..row
            }));
        }
        case
    })
}
