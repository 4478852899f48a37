//! Conversations -> the lists of staff and channels of the account: those that every account has,
//! and those that updates have named. What an update may name is in `rules`.

use serde_json::{Value, json};

use super::conversation::{StoredConversation, channel, person};
use super::initial::{CHANNELS, STAFF};
use super::page::Paged;
use super::parameters::Parameters;

/// The address of the one brand.
const BRAND: &str = "https://acme.reamaze.io";

/// A page of the staff.
pub(super) fn staff<'a>(
    touched: impl Iterator<Item = &'a StoredConversation>,
    parameters: &Parameters,
) -> Paged<Value> {
    let used = touched.filter_map(|conversation| conversation.assignee.as_ref()?["email"].as_str());
    let emails = distinct(STAFF.into_iter(), used);
    Paged::new("staff", parameters.page(), emails.into_iter(), |email| {
        let mut member = person(email);
        member["created_at"] = json!("2024-01-08T09:00:00.000Z");
        member["role"] = json!({ "name": "Agent" });
        member
    })
}

/// A page of the channels, or of those of one kind.
pub(super) fn channels<'a>(
    touched: impl Iterator<Item = &'a StoredConversation>,
    parameters: &Parameters,
) -> Paged<Value> {
    let used = touched.filter_map(|conversation| conversation.category["slug"].as_str());
    let kind = parameters.value("channel").map(kind);
    let slugs = distinct(CHANNELS.into_iter(), used);
    let channels = slugs.into_iter().map(|slug| {
        let mut channel = channel(slug);
        channel["visibility"] = json!(1);
        channel["verified"] = json!(true);
        channel["brand"] = json!({ "name": "Acme", "url": BRAND });
        channel
    });
    let wanted = channels.filter(|channel| kind.is_none_or(|kind| channel["channel"] == kind));
    let wanted: Vec<Value> = wanted.collect();
    Paged::new(
        "channels",
        parameters.page(),
        wanted.into_iter(),
        |channel| channel,
    )
}

/// The number of a kind of channel; 0, which no channel has, for one that is not known.
fn kind(name: &str) -> u64 {
    match name {
        "email" => 1,
        "twitter" => 2,
        "facebook" => 3,
        "chat" => 6,
        _ => 0,
    }
}

/// The first ones in their order, then those that are new, by name. Letter case makes no difference.
fn distinct<'a>(
    first: impl Iterator<Item = &'a str>,
    used: impl Iterator<Item = &'a str>,
) -> Vec<&'a str> {
    let mut used: Vec<&str> = used.collect();
    used.sort_unstable_by_key(|name| name.to_lowercase());
    let mut names: Vec<&str> = Vec::new();
    for name in first.chain(used) {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
    }
    names
}
