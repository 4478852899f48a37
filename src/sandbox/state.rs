//! Changes -> the conversations that a later request sees. Every slug names a conversation: one
//! that was never touched is made up on the spot.

use std::collections::HashMap;

use super::colleague::Touch;
use super::conversation::{OtherFields, StoredConversation};
use super::initial::untouched;
use super::rules::Attributes;

/// All conversations touched so far, by slug.
#[derive(Debug, Default)]
pub(super) struct Conversations(HashMap<String, Known>);

#[derive(Debug)]
struct Known {
    conversation: StoredConversation,
    /// How often colleagues have changed it.
    touched: usize,
}

impl Conversations {
    fn known(&mut self, slug: &str) -> &mut Known {
        let made_up = || Known {
            conversation: untouched(slug),
            touched: 0,
        };
        self.0.entry(slug.to_owned()).or_insert_with(made_up)
    }

    /// The conversation as it now is.
    pub(super) fn show(&mut self, slug: &str) -> &StoredConversation {
        &self.known(slug).conversation
    }

    /// Applies `attributes`, and returns the conversation as it then is.
    pub(super) fn update(
        &mut self,
        slug: &str,
        attributes: Attributes,
        other_fields: OtherFields,
    ) -> &StoredConversation {
        let conversation = &mut self.known(slug).conversation;
        conversation.apply(attributes, other_fields);
        conversation
    }

    /// Changes the conversation as a colleague would. What they change comes in turn, and begins
    /// with another thing for another slug.
    pub(super) fn touch(&mut self, slug: &str) {
        let known = self.known(slug);
        let turn = slug.bytes().map(usize::from).sum::<usize>() + known.touched;
        let touch = Touch::ALL[turn % Touch::ALL.len()];
        let update = touch.update(&known.conversation);
        known.conversation.apply(update, OtherFields::Kept);
        known.touched += 1;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn colleagues_change_everything_in_four_visits_and_nobody_else_changes_anything() {
        let mut conversations = Conversations::default();
        let mut shown = |touched: bool| -> Value {
            if touched {
                conversations.touch("knock-knock");
            }
            serde_json::to_value(conversations.show("knock-knock")).unwrap()
        };
        let before = shown(false);
        assert_eq!(shown(false), before);
        let visits = [shown(true), shown(true), shown(true), shown(true)];
        for name in ["tag_list", "status", "assignee", "data"] {
            assert_ne!(visits[3][name], before[name], "{name}");
        }
        assert_eq!(shown(false), visits[3]);
    }
}
