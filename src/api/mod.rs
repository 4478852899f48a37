//! Operations -> requests, and answers -> what they say: one exchange at a time, nothing retried.

mod account;
mod certificates;
mod classify;
mod client;
mod conversation;
mod diagnosis;
mod encoding;
mod lists;
mod name_lists;
mod network_error;
mod normal_text;
mod operation;
mod proxy;
mod proxy_refusal;
mod reasons;
mod recognize;
mod redact;
mod reply;
mod request;
mod retry_after;
mod system_words;
mod tls;

pub use account::{Account, AccountError, BaseUrl, check_email};
pub use classify::Classifier;
pub use client::{Client, ClientError};
pub use diagnosis::{Cause, Diagnosis};
pub use lists::{ConversationQuery, ListConversations, ListPage};
pub use name_lists::{ListChannels, ListStaff, ListUsedTags};
pub use operation::{
    Effect, Operation, ReadConversation, ReadResult, UpdateConversation, Updated, Verification,
};
pub use redact::Redactor;
pub use reply::{Failure, FailureKind, Reply};
pub use request::Request;

/// The one slow call: sends a request and waits for the answer.
pub trait Exchange: Sync {
    /// Sends the operation's request once.
    fn exchange<O: Operation>(&self, operation: &O) -> Reply<O::Output>;

    /// What takes secrets out of texts of the server.
    fn redactor(&self) -> &Redactor;

    /// The request as people read it: method, address and body, never credentials.
    fn in_words<O: Operation>(&self, operation: &O) -> String;
}
