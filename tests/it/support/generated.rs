//! A seed -> the conversations of an account, with a bit of everything.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Conversations with a bit of everything, the oldest first; the same for the same seed.
pub(crate) fn conversations(seed: u64, count: usize) -> Vec<Value> {
    const TAGS: [&str; 6] = ["vip", "VIP", "returns", "late parcel", "Größe", "new"];
    const STAFF: [&str; 3] = ["ana@example.com", "Ben@Example.com", "chloe@example.com"];
    const CHANNELS: [&str; 3] = ["support", "sales", "chat"];
    let mut random = Rng::with_seed(seed);
    let start: Timestamp = "2025-03-01T00:00:00Z".parse().unwrap_or_default();
    let at = |minutes: usize| {
        let minutes = i64::try_from(minutes).unwrap_or_default();
        format!("{:.3}", start + SignedDuration::from_mins(minutes))
    };
    let conversation = |number: usize| {
        let mut tags: Vec<&str> = TAGS.into_iter().filter(|_| random.u8(0..4) == 0).collect();
        tags.dedup_by_key(|tag| tag.to_lowercase());
        let channel = CHANNELS[random.usize(0..3)];
        let staff = STAFF.get(random.usize(0..4));
        let customer = format!("customer{}@example.org", random.u8(0..5));
        let written = (random.u8(0..8) > 0).then(|| at(number * 97 + random.usize(0..60_000)));
        json!({
            "subject": (["Late parcel", "ÄRGER mit der Größe", "Re: parcel", ""])[random.usize(0..4)],
            "slug": format!("c-{number}-{:x}", random.u16(..)), "status": random.u8(0..10),
            "created_at": at(number * 97), "tag_list": tags,
            "message": {"body": "Hello"}, "author": {"name": "C", "email": customer},
            "last_customer_message": written.map(|time| json!({"created_at": time})),
            "assignee": staff.map(|email| json!({"name": "S", "email": email})),
            "category": {
                "name": channel, "slug": channel, "email": null,
                "channel": if channel == "chat" { 6 } else { 1 },
            },
            "origin": random.u8(0..2), "hold_until": null, "followers": [],
            "data": {"plan": (["team", "trial"])[random.usize(0..2)], "size": random.u8(0..3).to_string()},
        })
    };
    (0..count).map(conversation).collect()
}
