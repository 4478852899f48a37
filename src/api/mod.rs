//! Updates -> requests, and answers -> what they say: one exchange at a time, nothing tried twice.

mod account;
mod answer;
mod certificates;
mod client;
mod conversation;
mod encoding;
mod failure;
mod normal_text;
mod proxy;
mod reasons;
mod redact;
mod reply;
mod request;
mod retry_after;
mod tls;
mod verify;

pub use account::{Account, AccountError, BaseUrl, check_email};
pub use client::{Client, ClientError, Verification};
pub use reply::{Reply, Said};
pub use request::Request;

use crate::model::Update;

/// The one slow call: sends an update and waits for what the server says.
pub trait Exchange: Sync {
    /// Sends `update` once.
    fn put(&self, update: &Update<'_>) -> Reply;

    /// The request as people read it: method, address and body, never credentials.
    fn in_words(&self, update: &Update<'_>) -> String;
}
