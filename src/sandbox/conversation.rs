//! A conversation of the simulated account: the attributes that the API shows, and what an update
//! makes of them. Knows nothing of how it began, nor of the other conversations.

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::rules::{Attributes, ON_HOLD, Object, is_email_channel};

/// A conversation as the API shows it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct StoredConversation {
    pub(super) subject: String,
    pub(super) slug: String,
    pub(super) status: u8,
    #[serde(serialize_with = "shown")]
    pub(super) created_at: Timestamp,
    /// The last change; it comes though it is not documented.
    #[serde(serialize_with = "shown")]
    pub(super) updated_at: Timestamp,
    pub(super) tag_list: Vec<String>,
    pub(super) message: Value,
    pub(super) last_customer_message: CustomerMessage,
    pub(super) author: Value,
    pub(super) assignee: Option<Value>,
    pub(super) category: Value,
    /// The way that it came: 1 email, 6 chat. It comes though it is not documented.
    pub(super) origin: u64,
    pub(super) data: Object,
    pub(super) hold_until: Option<String>,
    pub(super) followers: [Value; 0],
}

/// The latest message of a customer.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CustomerMessage {
    #[serde(serialize_with = "shown")]
    pub(super) created_at: Timestamp,
}

/// What becomes of the custom fields that an update does not name. The API does not document it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OtherFields {
    /// They keep their values.
    #[default]
    Kept,
    /// They are erased: `data` is replaced as a whole.
    Erased,
}

impl StoredConversation {
    /// Applies an update.
    pub(super) fn apply(&mut self, attributes: Attributes, other_fields: OtherFields) {
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
            if other_fields == OtherFields::Erased {
                self.data.clear();
            }
            self.data.extend(data);
        }
        if let Some(email) = attributes.assignee {
            self.assignee = Some(person(&email));
        }
        if let Some(slug) = attributes.category {
            self.category = channel(&slug);
        }
        // Two changes within a millisecond have different times, so that a guard can tell them apart.
        let next = self.updated_at + SignedDuration::from_millis(1);
        self.updated_at = Timestamp::now().max(next);
    }
}

/// `ana@example.com` with a name.
pub(super) fn person(email: &str) -> Value {
    let name = email.split('@').next().unwrap_or_default();
    json!({ "name": capitalized(name), "email": email })
}

/// Channel type 1 is email, the only one that an update can move a conversation to; 6 is chat.
pub(super) fn channel(slug: &str) -> Value {
    let (email, kind) = if is_email_channel(slug) {
        (Some(format!("{slug}@example.com")), 1)
    } else {
        (None, 6)
    };
    json!({ "name": capitalized(slug), "slug": slug, "email": email, "channel": kind })
}

/// Milliseconds and UTC, as such services show times: the same instant in other words.
pub(super) fn as_shown(time: Timestamp) -> String {
    format!("{time:.3}")
}

fn shown<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&as_shown(*time))
}

/// `knock-knock` as a person would write it: `Knock knock`.
pub(super) fn capitalized(slug: &str) -> String {
    let words = slug.replace(['-', '_', '.'], " ");
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::super::initial::untouched;
    use super::super::rules::read_attributes;
    use super::*;

    fn changed(before: &StoredConversation, update: &Value) -> StoredConversation {
        changed_by(before, update, OtherFields::Kept)
    }

    fn changed_by(
        before: &StoredConversation,
        update: &Value,
        other_fields: OtherFields,
    ) -> StoredConversation {
        let body = json!({ "conversation": update }).to_string();
        let mut after = before.clone();
        after.apply(read_attributes(body.as_bytes()).unwrap(), other_fields);
        after
    }

    fn as_json(conversation: &StoredConversation) -> Value {
        serde_json::to_value(conversation).unwrap()
    }

    #[test]
    fn tags_are_replaced_and_data_is_merged() {
        let first = json!({"tag_list": ["a"], "data": {"plan": "trial", "size": 1}});
        let first = changed(&untouched("knock-knock"), &first);
        let second = json!({"tag_list": [], "data": {"size": 2}});
        let second = as_json(&changed(&first, &second));
        assert_eq!(second["tag_list"], json!([]));
        assert_eq!(second["data"]["plan"], "trial");
        assert_eq!(second["data"]["size"], 2);
    }

    #[test]
    fn data_is_replaced_only_if_that_is_asked_for_and_only_if_it_is_sent() {
        let first = json!({"data": {"plan": "trial"}});
        let first = changed(&untouched("knock-knock"), &first);
        let erased = |update| as_json(&changed_by(&first, &update, OtherFields::Erased));
        let replaced = erased(json!({"data": {"size": 2}}));
        assert_eq!(replaced["data"], json!({"size": 2}));
        let kept = erased(json!({"tag_list": []}));
        assert_eq!(kept["data"]["plan"], "trial");
    }

    #[test]
    fn a_hold_ends_with_its_status() {
        let hold = json!({"status": 5, "hold_until": "2030-01-01T10:00:00+01:00"});
        let on_hold = changed(&untouched("knock-knock"), &hold);
        assert_eq!(as_json(&on_hold)["hold_until"], "2030-01-01T09:00:00.000Z");
        let tagged = changed(&on_hold, &json!({"tag_list": ["a"]}));
        assert_eq!(as_json(&tagged)["hold_until"], "2030-01-01T09:00:00.000Z");
        let open = changed(&on_hold, &json!({"status": 0}));
        assert_eq!(as_json(&open)["hold_until"], Value::Null);
    }

    #[test]
    fn every_update_moves_the_time_of_the_last_change() {
        let mut conversation = untouched("knock-knock");
        for _ in 0..100 {
            let next = changed(&conversation, &json!({"status": 2}));
            assert!(as_shown(next.updated_at) > as_shown(conversation.updated_at));
            conversation = next;
        }
    }
}
