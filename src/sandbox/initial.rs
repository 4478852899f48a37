//! A slug -> the conversation as it is before anybody changes it. The same slug has the same
//! conversation in every sandbox, on every machine and in every version, so that a rehearsal can
//! be repeated: all of it comes from the SHA-256 of the slug, a byte or two for each attribute.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::conversation::{
    CustomerMessage, StoredConversation, as_shown, capitalized, channel, person,
};
use super::rules::{CHAT, ON_HOLD, Object};

/// 2026-01-05 at 09:30 UTC. All conversations were created in the year before.
const CREATED_BEFORE: Timestamp = Timestamp::constant(1_767_605_400, 0);

const SECONDS_OF_A_YEAR: u32 = 365 * 24 * 60 * 60;

/// 2035-01-01 at 09:00 UTC: a hold that ended by itself would make a rehearsal depend on the day.
const FIRST_HOLD: Timestamp = Timestamp::constant(2_051_254_800, 0);

/// As often as each occurs here; two also in another letter case.
const TAGS: [&str; 12] = [
    "inbox", "new", "new", "returns", "returns", "Returns", "vip", "vip", "VIP", "billing",
    "billing", "shipping",
];

/// How many tags, as often as each number occurs here. Some are drawn twice.
const TAG_COUNTS: [usize; 8] = [0, 1, 1, 2, 2, 2, 3, 3];

/// Open, responded, done, archived, on hold.
const STATUSES: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 4, 4, ON_HOLD];

pub(super) const STAFF: [&str; 3] = ["ana@example.com", "ben@example.com", "chloe@example.com"];

pub(super) const CHANNELS: [&str; 16] = [
    "support", "support", "support", "support", "support", "support", "support", "support",
    "support", "support", "support", "support", "support", "sales", "sales", CHAT,
];

const CUSTOMERS: [&str; 8] = [
    "emma@example.org",
    "finn@example.org",
    "gina@example.org",
    "hugo@example.org",
    "iris@example.org",
    "jack@example.org",
    "kim@example.org",
    "lea@example.org",
];

pub(super) const PLANS: [&str; 3] = ["trial", "team", "enterprise"];

/// What `slug` names before anybody changes it.
pub(super) fn untouched(slug: &str) -> StoredConversation {
    let bytes: [u8; 32] = Sha256::digest(slug).into();
    let [
        status,
        hold,
        assignee,
        category,
        plan,
        order,
        has_order,
        tag_count,
        ..,
    ] = bytes;
    let status = pick(&STATUSES, status);
    let days = SignedDuration::from_hours(24 * i64::from(hold % 28));
    let age = u32::from_be_bytes([bytes[13], bytes[14], bytes[15], bytes[16]]);
    let age = SignedDuration::from_secs(i64::from(age % SECONDS_OF_A_YEAR));
    let created_at = CREATED_BEFORE - age;
    // The customer wrote last before anything else happened.
    let minutes = i64::from(u16::from_be_bytes([bytes[8], bytes[9]]));
    let written = minutes * i64::from(bytes[17]) / 256;
    let category = channel(pick(&CHANNELS, category));
    let tag_count = pick(&TAG_COUNTS, tag_count);
    // A fourth of the conversations belong to nobody, a third have an order number.
    let assignee = STAFF.get(usize::from(assignee % 4));
    let mut data = Object::new();
    set(&mut data, "plan", pick(&PLANS, plan));
    if has_order % 3 == 0 {
        let number = 1000 + u32::from(order);
        set(&mut data, "order", &format!("{number:06}"));
    }
    StoredConversation {
        subject: capitalized(slug),
        slug: slug.to_owned(),
        status,
        created_at,
        updated_at: created_at + SignedDuration::from_mins(minutes),
        tag_list: distinct(&bytes[10..10 + tag_count]),
        message: json!({ "body": "Hello, could you help me with my order?" }),
        last_customer_message: CustomerMessage {
            created_at: created_at + SignedDuration::from_mins(written),
        },
        author: person(pick(&CUSTOMERS, bytes[18])),
        assignee: assignee.map(|email| person(email)),
        origin: category["channel"].as_u64().unwrap_or_default(),
        category,
        data,
        hold_until: (status == ON_HOLD).then(|| as_shown(FIRST_HOLD + days)),
        followers: [],
    }
}

fn pick<T: Copy, const N: usize>(choices: &[T; N], byte: u8) -> T {
    choices[usize::from(byte) % N]
}

/// The tags that these bytes draw, each once: tags that differ only in case are the same.
fn distinct(bytes: &[u8]) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for byte in bytes {
        let tag = pick(&TAGS, *byte);
        if !tags.iter().any(|known| known.eq_ignore_ascii_case(tag)) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// Sets a custom field to a text.
pub(super) fn set(data: &mut Object, name: &str, text: &str) {
    let value = RawValue::from_string(json!(text).to_string());
    data.extend(value.ok().map(|value| (name.to_owned(), value)));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    fn shown(slug: &str) -> Value {
        serde_json::to_value(untouched(slug)).unwrap()
    }

    #[test]
    fn a_conversation_has_all_that_the_api_shows_and_the_same_in_every_version() {
        let expected = json!({
            "subject": "Returns 29",
            "slug": "returns-29",
            "status": 5,
            "created_at": "2025-08-25T20:17:21.000Z",
            "updated_at": "2025-09-20T21:20:21.000Z",
            "tag_list": ["new", "inbox"],
            "message": {"body": "Hello, could you help me with my order?"},
            "last_customer_message": {"created_at": "2025-09-20T01:48:21.000Z"},
            "author": {"name": "Emma", "email": "emma@example.org"},
            "assignee": {"name": "Ana", "email": "ana@example.com"},
            "category": {
                "name": "Support", "slug": "support", "email": "support@example.com", "channel": 1,
            },
            "origin": 1,
            "data": {"plan": "team"},
            "hold_until": "2035-01-18T09:00:00.000Z",
            "followers": [],
        });
        assert_eq!(shown("returns-29"), expected);
        assert_eq!(shown("late-parcel")["tag_list"], json!(["VIP", "billing"]));
        assert_eq!(shown("knock-knock")["data"]["order"], "001186");
        assert_eq!(shown("broken-zipper")["category"]["email"], json!(null));
    }

    /// How often each value of an attribute occurs among 1,000 conversations.
    fn spread(value: impl Fn(&Value) -> String) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for number in 0..1000 {
            let conversation = shown(&format!("return-{number}"));
            *counts.entry(value(&conversation)).or_default() += 1;
        }
        counts
    }

    fn values(counts: &BTreeMap<String, usize>) -> Vec<&str> {
        counts.keys().map(String::as_str).collect()
    }

    #[test]
    fn statuses_are_mostly_open_and_a_hold_has_its_time() {
        let counts = spread(|shown| shown["status"].to_string());
        assert_eq!(values(&counts), ["0", "1", "2", "4", "5"]);
        assert!(counts["0"] > 400 && counts["5"] > 20, "{counts:?}");
        let holds = spread(|shown| {
            let is_on_hold = shown["status"] == ON_HOLD;
            (is_on_hold == shown["hold_until"].is_string()).to_string()
        });
        assert_eq!(values(&holds), ["true"]);
    }

    #[test]
    fn each_member_of_the_staff_has_conversations_and_some_have_nobody() {
        let counts = spread(|shown| shown["assignee"]["email"].to_string());
        let expected = STAFF.map(|email| format!("\"{email}\""));
        let expected: Vec<&str> = expected
            .iter()
            .map(String::as_str)
            .chain(["null"])
            .collect();
        assert_eq!(values(&counts), expected);
        assert!(counts.values().all(|count| *count > 150), "{counts:?}");
    }

    #[test]
    fn most_conversations_came_by_email_and_a_few_by_chat() {
        let counts = spread(|shown| {
            format!(
                "{} {}",
                shown["category"]["slug"], shown["category"]["channel"]
            )
        });
        assert_eq!(
            values(&counts),
            ["\"chat\" 6", "\"sales\" 1", "\"support\" 1"]
        );
        assert!(
            counts["\"support\" 1"] > 700 && counts["\"chat\" 6"] > 20,
            "{counts:?}"
        );
    }

    #[test]
    fn every_tag_occurs_in_both_spellings_and_some_conversations_have_none() {
        let counts = spread(|shown| shown["tag_list"].to_string());
        assert!(counts["[]"] > 50, "{counts:?}");
        for tag in TAGS {
            let tag = format!("\"{tag}\"");
            assert!(counts.keys().any(|tags| tags.contains(&tag)), "{tag}");
        }
        let lower_case = |tags: &str| tags.to_lowercase();
        for tags in counts.keys() {
            for tag in ["\"vip\"", "\"returns\""] {
                assert!(lower_case(tags).matches(tag).count() < 2, "{tags}");
            }
        }
    }

    #[test]
    fn every_conversation_has_a_plan_and_a_third_an_order() {
        let plans = spread(|shown| shown["data"]["plan"].to_string());
        assert_eq!(values(&plans), ["\"enterprise\"", "\"team\"", "\"trial\""]);
        let orders = spread(|shown| shown["data"]["order"].is_string().to_string());
        assert!(orders["true"] > 200 && orders["false"] > 400, "{orders:?}");
    }
}
