//! Valid attributes -> the conversations that a later request sees. Every slug names a
//! conversation: one that was never touched is made up on the spot.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::rules::{Attributes, ON_HOLD, Object};

/// All conversations touched so far, by slug.
#[derive(Debug, Default)]
pub(super) struct Conversations(HashMap<String, StoredConversation>);

/// A conversation with the attributes that the API shows.
#[derive(Debug, Serialize)]
pub(super) struct StoredConversation {
    subject: String,
    slug: String,
    status: u8,
    created_at: &'static str,
    tag_list: Vec<String>,
    message: Value,
    author: Value,
    assignee: Option<Value>,
    category: Value,
    data: Object,
    hold_until: Option<String>,
    followers: [Value; 0],
}

impl Conversations {
    /// The conversation as it now is.
    pub(super) fn show(&mut self, slug: &str) -> &mut StoredConversation {
        match self.0.entry(slug.to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unseen) => unseen.insert(StoredConversation::made_up(slug)),
        }
    }

    /// Applies `attributes`, and returns the conversation as it then is.
    pub(super) fn update(&mut self, slug: &str, attributes: Attributes) -> &StoredConversation {
        let conversation = self.show(slug);
        conversation.apply(attributes);
        conversation
    }
}

impl StoredConversation {
    /// It begins with a tag and a custom field, so that replacing and merging can be told apart.
    fn made_up(slug: &str) -> Self {
        let plan = RawValue::from_string(r#""trial""#.to_owned()).ok();
        Self {
            subject: capitalised(slug),
            slug: slug.to_owned(),
            status: 0,
            created_at: "2026-01-05T09:30:00.000Z",
            tag_list: vec!["inbox".to_owned()],
            message: json!({ "body": "Hello, could you help me with my order?" }),
            author: person("customer@example.com"),
            assignee: None,
            category: channel("support"),
            data: plan
                .map(|plan| ("plan".to_owned(), plan))
                .into_iter()
                .collect(),
            hold_until: None,
            followers: [],
        }
    }

    fn apply(&mut self, attributes: Attributes) {
        if let Some(tags) = attributes.tag_list {
            self.tag_list = tags;
        }
        if let Some(status) = attributes.status {
            self.status = status;
            // A new hold brings its own time, and any other status ends the hold.
            let time = attributes.hold_until.filter(|_| status == ON_HOLD);
            self.hold_until = time.map(as_shown);
        }
        if let Some(data) = attributes.data {
            self.data.extend(data);
        }
        if let Some(email) = attributes.assignee {
            self.assignee = Some(person(&email));
        }
        if let Some(slug) = attributes.category {
            self.category = channel(&slug);
        }
    }
}

fn person(email: &str) -> Value {
    let name = email.split('@').next().unwrap_or_default();
    json!({ "name": capitalised(name), "email": email })
}

/// Channel type 1 is email, the only one that an update can move a conversation to.
fn channel(slug: &str) -> Value {
    let email = format!("{slug}@example.com");
    json!({ "name": capitalised(slug), "slug": slug, "email": email, "channel": 1 })
}

/// Milliseconds and UTC, as such services show times: the same instant in other words.
fn as_shown(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// `knock-knock` as a person would write it: `Knock knock`.
fn capitalised(slug: &str) -> String {
    let words = slug.replace(['-', '_', '.'], " ");
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::super::rules::read_attributes;
    use super::*;

    fn put(conversations: &mut Conversations, conversation: &Value) -> Value {
        let body = json!({ "conversation": conversation }).to_string();
        let attributes = read_attributes(body.as_bytes()).unwrap();
        serde_json::to_value(conversations.update("knock-knock", attributes)).unwrap()
    }

    #[test]
    fn an_untouched_conversation_is_made_up() {
        let mut conversations = Conversations::default();
        let shown = serde_json::to_value(conversations.show("knock-knock")).unwrap();
        assert_eq!(shown["subject"], "Knock knock");
        assert_eq!(shown["slug"], "knock-knock");
        assert_eq!(shown["category"]["email"], "support@example.com");
        assert_eq!(shown["assignee"], Value::Null);
    }

    #[test]
    fn tags_are_replaced_and_data_is_merged() {
        let mut conversations = Conversations::default();
        put(
            &mut conversations,
            &json!({"tag_list": ["a"], "data": {"size": 1}}),
        );
        let shown = put(
            &mut conversations,
            &json!({"tag_list": [], "data": {"size": 2}}),
        );
        assert_eq!(shown["tag_list"], json!([]));
        assert_eq!(shown["data"], json!({"plan": "trial", "size": 2}));
    }

    #[test]
    fn a_hold_ends_with_its_status() {
        let mut conversations = Conversations::default();
        let hold = json!({"status": 5, "hold_until": "2030-01-01T10:00:00+01:00"});
        assert_eq!(
            put(&mut conversations, &hold)["hold_until"],
            "2030-01-01T09:00:00.000Z"
        );
        let tagged = put(&mut conversations, &json!({"tag_list": ["a"]}));
        assert_eq!(tagged["hold_until"], "2030-01-01T09:00:00.000Z");
        assert_eq!(
            put(&mut conversations, &json!({"status": 0}))["hold_until"],
            Value::Null
        );
    }
}
