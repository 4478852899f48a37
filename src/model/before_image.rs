//! What a row is about to change, as it was before: what an undo puts back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Conversation;

/// What a row is about to change in its conversation, before and after.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BeforeImage {
    /// The physical line of the input on which the row starts.
    pub line: u64,
    /// The conversation's slug.
    pub slug: String,
    /// Requests for the row before the one that this image is for, those of earlier passes included.
    #[serde(default)]
    pub attempts: u32,
    /// When the conversation was read.
    pub read_at: Timestamp,
    /// The attributes that the row sets, as they were; of custom fields all.
    pub before: Conversation,
    /// The same attributes, as the row sets them; of custom fields those that it sets.
    pub after: Conversation,
    /// Whether an earlier image of the row means nothing, because what was sent after it was
    /// definitely not applied.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub supersedes: bool,
}
