//! Rows of JSONL that keep the rules or just break one, made at random: everything but the points in
//! which the program differs from the schema (`DIFFERENCES`).

#![expect(clippy::expect_used, reason = "tests")]

use std::collections::BTreeSet;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use reamaze_bulk::model::damage;
use reamaze_bulk::model::spreadsheet::trimmed;
use serde_json::{Map, Value, json};

/// Text without blanks around it.
fn text(pattern: &'static str) -> impl Strategy<Value = String> {
    pattern.prop_map(|text| trimmed(&text).to_owned())
}

/// One of the texts that `~` parts: as a rule of the first, else of the others.
fn mostly(good: &'static str, odd: &'static str) -> impl Strategy<Value = String> {
    let one_of = |texts: &'static str| select(texts.split('~').collect::<Vec<_>>());
    prop_oneof![12 => one_of(good), 1 => one_of(odd)].prop_map(str::to_owned)
}

/// As a rule such a text, else some other value.
fn or_other(texts: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Value> {
    let other = r#"null 0 5.0 true {} [] [""] ["a"] {"email":"a@x.de"}"#.split(' ');
    let other: Vec<Value> = other.map(|json| json.parse().expect("JSON")).collect();
    prop_oneof![20 => texts.prop_map(Value::from), 1 => select(other)].boxed()
}

fn slugs() -> BoxedStrategy<Value> {
    let odd = prop_oneof![
        text("[a./ \u{1}\u{85}\u{200b}é-]{0,4}"),
        text("[a-z]{250,260}")
    ];
    let slugs = prop_oneof![12 => text("[a-z0-9.-]{6,12}"), 1 => odd];
    or_other(slugs.prop_filter("damaged", |text| {
        damage::of_word(text).is_none() && !text.ends_with(".0")
    }))
}

/// Spellings of the statuses' numbers and names, but of status 5.
fn statuses() -> BoxedStrategy<Value> {
    let texts = mostly(
        "open~UNRESOLVED~responded~Pending~done~Resolved~spam~archived~auto-done~Auto_Resolved~\
         ai agent  assigned~Chatbot-Assigned~AI_agent_Done~chatbot resolved~spam (ai)~Spam_(BY-AI)~\
         0~9.0~2.00",
        "spam(ai)~dne~2.~2.50~02~10~-2",
    );
    let numbers = (0..10_u8).prop_map(|code| if code == 5 { json!(9.0) } else { json!(code) });
    let odd = select(vec![json!(-1), json!(10), json!(2.5), json!(1e300)]);
    prop_oneof![12 => or_other(texts), 12 => numbers, 1 => odd].boxed()
}

/// Spellings of status 5.
fn held() -> BoxedStrategy<Value> {
    let texts = mostly(
        "On Hold~on_hold~-ON - HOLD_~5~5.0",
        "onhold~on holds~5.~05~5.5~-5",
    );
    prop_oneof![or_other(texts), select(vec![json!(5), json!(5.0)])].boxed()
}

fn times() -> BoxedStrategy<Value> {
    let parts = (
        mostly(
            "2100-01-31~2101-12-01~2100-07-08~9999-06-01",
            "2100-00-10~2100-13-01~2100-01-00~2100-01-32~100-01-01",
        ),
        mostly("T~t~ ", "~_"),
        mostly(
            "00:00:00~23:59:59~12:30:00~12:30",
            "24:00:00~00:60:00~00:00:60~9:00:00~12",
        ),
        mostly("~.5~.123456789", ".1234567890~.~,5"),
        mostly(
            "Z~z~+01:00~-23:59~-00:00~+01~+0100~ Z~ -03",
            "+24:00~+01:60~+1~+01:0~+~~[UTC]~ UTC",
        ),
    );
    or_other(
        parts.prop_map(|(date, t, time, fraction, offset)| {
            [date, t, time, fraction, offset].concat()
        }),
    )
}

fn emails() -> BoxedStrategy<Value> {
    let parts = (
        mostly(
            "a~a.b+c~ä~\"a b\"",
            "a..b~.a~a.~a b~~a@b~a,b~a\u{1}b~\"\"~Ana <a",
        ),
        mostly("@", "~@@"),
        mostly(
            "x.de~x-y.z_z.com~ö.de",
            "x~-x.de~x-.de~x..de~x.de.~[1.2.3.4]~x y.de~~x.de>",
        ),
    );
    or_other(parts.prop_map(|(local, at, domain)| [local, at, domain].concat()))
}

fn assignees() -> BoxedStrategy<Value> {
    let object = (emails(), mostly("", "x~email.")).prop_map(|(email, more)| {
        let members = [(more, json!(0)), ("email".to_owned(), email)];
        let members = members.into_iter().filter(|(name, _)| !name.is_empty());
        members.collect::<Map<_, _>>().into()
    });
    prop_oneof![emails(), object].boxed()
}

/// Tags, but never the same twice.
fn tags() -> BoxedStrategy<Value> {
    // By chance, a word is `null`.
    let words = text("[a-z]{1,5}").prop_filter("damaged", |tag| damage::of_tag(tag).is_none());
    let tags = prop_oneof![8 => words, 1 => text("[a;|, \u{1}]{0,3}")];
    let distinct = vec(tags, 0..4).prop_map(|tags| {
        let mut seen = BTreeSet::new();
        let distinct = tags
            .into_iter()
            .filter(|tag| tag.is_empty() || seen.insert(tag.clone()));
        distinct.collect::<Value>()
    });
    let odd = prop_oneof![
        or_other(text("[a,]{0,3}")),
        vec(or_other(text("a")), 1..2).prop_map(Value::from)
    ];
    prop_oneof![12 => distinct, 1 => odd].boxed()
}

fn channels() -> BoxedStrategy<Value> {
    let words = text("[a-z] ?[a-z]{1,6}");
    let words = words.prop_filter("damaged", |word| damage::of_word(word).is_none());
    or_other(prop_oneof![12 => words, 1 => text("[a\u{1}\n é]{0,3}")])
}

fn custom_values() -> BoxedStrategy<Value> {
    let numbers = any::<f64>().prop_map(Value::from);
    let texts = any::<String>().prop_filter("damaged", |text| damage::of_text(text).is_none());
    prop_oneof![4 => texts.prop_map(Value::from), 1 => numbers, 1 => or_other(text("a"))].boxed()
}

fn custom_fields() -> BoxedStrategy<Value> {
    let names = prop_oneof![12 => text("i[a. \n]{0,3}"), 1 => text("[ \u{3000}]{0,2}")];
    let fields = btree_map(names, custom_values(), 0..3).prop_map(|fields| json!(fields));
    prop_oneof![12 => fields, 1 => or_other(text("a"))].boxed()
}

/// Some of these fields, each as often as its number out of 100 says.
fn some_of<const N: usize>(
    fields: [(&'static str, u32, BoxedStrategy<Value>); N],
) -> BoxedStrategy<Map<String, Value>> {
    let fields = fields.map(|(name, share, values)| {
        option::weighted(f64::from(share) / 100.0, values)
            .prop_map(move |value| value.map(|value| (name.to_owned(), value)))
            .boxed()
    });
    Vec::from(fields)
        .prop_map(|fields| fields.into_iter().flatten().collect())
        .boxed()
}

/// Edits without those that add and remove one tag.
fn without_contradiction(mut edits: Map<String, Value>) -> Map<String, Value> {
    let tags = |field: &str| {
        let tags = edits.get(field).and_then(Value::as_array);
        let tags = tags.into_iter().flatten().filter_map(Value::as_str);
        tags.map(str::to_lowercase).collect::<BTreeSet<_>>()
    };
    if !tags("add_tags").is_disjoint(&tags("remove_tags")) {
        edits.remove("remove_tags");
    }
    edits
}

/// Guards in an object of their own.
fn guard_objects() -> BoxedStrategy<Map<String, Value>> {
    let guards = some_of([
        ("status", 50, statuses()),
        ("category", 30, channels()),
        ("tag_list", 50, tags()),
        ("updated_at", 30, times()),
        ("data", 30, custom_fields()),
        ("brand", 3, channels()),
    ]);
    let objects = prop_oneof![12 => guards.prop_map(Value::from), 1 => or_other(text("a"))];
    some_of([("expect", 99, objects.boxed())])
}

/// Rows that keep the rules about as often as they break one. Names of fields are spelled as in the
/// schema, and those in `data` are never those of `data.NAME`.
pub(super) fn rows() -> impl Strategy<Value = Value> {
    let status = prop_oneof![
        6 => some_of([("status", 60, statuses())]),
        3 => some_of([("status", 95, held()), ("hold_until", 95, times())]),
        1 => some_of([("status", 90, statuses()), ("hold_until", 90, times())]),
    ];
    let destination = prop_oneof![
        8 => some_of([("category", 40, channels())]),
        3 => some_of([("category", 95, channels()), ("brand", 95, channels())]),
    ];
    let assignee = prop_oneof![
        8 => some_of([("assignee", 40, assignees())]),
        2 => some_of([("assignee.email", 95, assignees())]),
        1 => some_of([("assignee", 90, assignees()), ("assignee.email", 90, assignees())]),
    ];
    let rest = some_of([("slug", 99, slugs()), ("data", 15, custom_fields())]);
    let tags = prop_oneof![
        8 => some_of([("tag_list", 30, tags())]),
        4 => some_of([("add_tags", 60, tags()), ("remove_tags", 60, tags())])
            .prop_map(without_contradiction),
        1 => some_of([("tag_list", 90, tags()), ("add_tags", 90, tags())]),
    ];
    let guards = prop_oneof![
        12 => Just(Map::new()),
        4 => some_of([
            ("expect.status", 50, statuses()),
            ("expect.assignee", 50, assignees()),
            ("expect.hold_until", 50, times()),
            ("expect.data.x", 50, custom_values()),
        ]),
        2 => guard_objects(),
    ];
    let more = prop_oneof![
        8 => text("data[.]o[a. \n]{0,3}o"),
        8 => text("_[a.]{0,2}"),
        1 => "data[.][ \u{3000}]{0,2}",
        1 => mostly("~tags", "state~data_x~slugs~email~$schema"),
    ];
    let more = btree_map(more, custom_values(), 0..2).prop_map(|more| more.into_iter().collect());
    let rest = (rest, tags, guards);
    (status, destination, assignee, rest, more).prop_map(|groups| {
        let (status, destination, assignee, rest, more): (_, _, _, _, Map<_, _>) = groups;
        let (rest, tags, guards) = rest;
        let groups = [status, destination, assignee, rest, tags, guards, more];
        groups.into_iter().flatten().collect()
    })
}
