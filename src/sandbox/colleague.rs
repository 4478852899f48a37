//! A conversation -> the change that a colleague makes to it meanwhile, or what happens to it so
//! that it comes to another page of a list. Which conversation it is, and when, is decided elsewhere.

use jiff::Timestamp;

use super::conversation::{OtherFields, StoredConversation};
use super::initial::{PLANS, STAFF, set};
use super::list_query::{ListFilter, ListOrder, ListQuery};
use super::rules::{ARCHIVED, Attributes, DONE, Object};

/// What a colleague changes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Touch {
    /// Adds a tag of their own: `colleague-1`, then `colleague-2`.
    Tags,
    /// Answers an open conversation, or opens any other again.
    Status,
    /// Assigns it to the next member of the staff.
    Assignee,
    /// Sets the custom field `plan` to something else.
    CustomField,
}

impl Touch {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::Tags, Self::Status, Self::Assignee, Self::CustomField];

    /// The update that changes `conversation`; never one that leaves it as it is.
    pub(super) fn update(self, conversation: &StoredConversation) -> Attributes {
        let mut update = Attributes::default();
        match self {
            Self::Tags => update.tag_list = Some(with_another_tag(&conversation.tag_list)),
            Self::Status => update.status = Some(u8::from(conversation.status == 0)),
            Self::Assignee => {
                let current = conversation.assignee.as_ref();
                let current = current.and_then(|person| person["email"].as_str());
                update.assignee = Some(after(&STAFF, current).to_owned());
            }
            Self::CustomField => {
                let current = conversation.data.get("plan");
                let current = current.and_then(|plan| serde_json::from_str(plan.get()).ok());
                let mut data = Object::new();
                set(&mut data, "plan", after(&PLANS, current));
                update.data = Some(data);
            }
        }
        update
    }
}

/// What moves conversations to other pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    /// A new one arrives, at the top.
    Arrives,
    /// A customer writes, which takes it to the top.
    IsWrittenTo,
    /// It is archived, or opened again, and is in the list no longer.
    Leaves,
}

impl Move {
    /// What can move conversations of this list; never nothing.
    pub(super) fn of(query: &ListQuery) -> Vec<Self> {
        let mut moves = Vec::new();
        if query.filter != ListFilter::Archived {
            moves.push(Self::Arrives);
        }
        if query.order != ListOrder::Created {
            moves.push(Self::IsWrittenTo);
        }
        if query.filter != ListFilter::All {
            moves.push(Self::Leaves);
        }
        moves
    }

    /// Makes it happen to a conversation.
    pub(super) fn apply(self, conversation: &mut StoredConversation) {
        let mut status = conversation.status;
        match self {
            Self::Arrives => {
                status = 0;
                conversation.assignee = None;
                conversation.created_at = Timestamp::now();
            }
            // An answer to what was done opens it again.
            Self::IsWrittenTo if status == DONE => status = 0,
            Self::IsWrittenTo => {}
            Self::Leaves if status == ARCHIVED => status = 0,
            Self::Leaves => status = ARCHIVED,
        }
        if self != Self::Leaves {
            conversation.last_customer_message.created_at = Timestamp::now();
        }
        let update = Attributes {
            status: (status != conversation.status).then_some(status),
            ..Attributes::default()
        };
        conversation.apply(update, OtherFields::Kept);
    }
}

fn with_another_tag(tags: &[String]) -> Vec<String> {
    let is_new = |tag: &String| !tags.iter().any(|known| known.eq_ignore_ascii_case(tag));
    let names = (1..).map(|number| format!("colleague-{number}"));
    tags.iter()
        .cloned()
        .chain(names.filter(is_new).take(1))
        .collect()
}

/// The choice after the current one; the first where that is none of them.
fn after<'a>(choices: &[&'a str; 3], current: Option<&str>) -> &'a str {
    match choices.iter().position(|choice| Some(*choice) == current) {
        Some(position) => choices[(position + 1) % choices.len()],
        None => choices[0],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::initial::untouched;
    use super::*;

    fn as_json(conversation: &StoredConversation) -> Value {
        serde_json::to_value(conversation).unwrap()
    }

    #[test]
    fn each_touch_changes_one_attribute_every_time() {
        let names = ["tag_list", "status", "assignee", "data"];
        for slug in (0..50).map(|number| format!("slug-{number}")) {
            for (touch, name) in Touch::ALL.into_iter().zip(names) {
                let mut conversation = untouched(&slug);
                for _ in 0..4 {
                    let before = as_json(&conversation);
                    conversation.apply(touch.update(&conversation), OtherFields::Kept);
                    let after = as_json(&conversation);
                    let mut expected = before.clone();
                    for changed in [name, "updated_at", "hold_until"] {
                        expected[changed] = after[changed].clone();
                    }
                    assert_ne!(before[name], after[name], "{slug}");
                    assert_eq!(after, expected, "{slug}");
                }
            }
        }
    }

    #[test]
    fn a_colleague_adds_tags_and_keeps_those_that_are_there() {
        let mut conversation = untouched("knock-knock");
        conversation.tag_list = vec!["VIP".to_owned()];
        for _ in 0..2 {
            conversation.apply(Touch::Tags.update(&conversation), OtherFields::Kept);
        }
        let tags = as_json(&conversation)["tag_list"].take();
        assert_eq!(tags, json!(["VIP", "colleague-1", "colleague-2"]));
    }
}
