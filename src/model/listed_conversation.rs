//! A conversation as a list of the account shows it.

use jiff::Timestamp;

use super::Conversation;

/// A conversation as a list of the account shows it.
#[derive(Debug, Clone)]
pub struct ListedConversation {
    /// Its slug.
    pub slug: String,
    /// What it shows.
    pub conversation: Conversation,
    /// When it began.
    pub created_at: Option<Timestamp>,
    /// When its customer wrote last.
    pub customer_wrote_at: Option<Timestamp>,
}
