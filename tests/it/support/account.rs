//! An account with conversations that keep what they are given -> the answers of a server: `tag_list`
//! replaces, `data` is added to, a status other than On Hold ends a hold.
//!
//! It is written from the API page, not from the program or its sandbox, and believes every request.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::request::Request;
use super::server::Server;

/// Conversations by slug.
#[derive(Debug, Default)]
pub(crate) struct Account(Mutex<BTreeMap<String, Value>>);

impl Account {
    /// An account with these conversations: what each has beside the usual.
    pub(crate) fn new<'a>(conversations: impl IntoIterator<Item = (&'a str, Value)>) -> Arc<Self> {
        let account = Self::default();
        for (slug, own) in conversations {
            let mut conversation = json!({
                "subject": format!("About {slug}"), "slug": slug, "status": 0,
                "created_at": "2026-01-01T00:00:00Z", "tag_list": [], "message": {"body": "Hello"},
                "author": {"email": "customer@example.com"}, "assignee": null, "hold_until": null,
                "category": channel("support"), "data": {}, "followers": [],
            });
            merge(&mut conversation, own);
            account.all().insert(slug.to_owned(), conversation);
        }
        Arc::new(account)
    }

    /// A server that answers for it.
    pub(crate) fn serve(self: &Arc<Self>) -> Server {
        let account = Arc::clone(self);
        Server::start(move |request| account.answer(request))
    }

    /// What the server does with a request, and how it answers.
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        let mut all = self.all();
        let Some(conversation) = all.get_mut(&request.slug) else {
            return Answer::json(404, &json!({"error": "Not Found"}));
        };
        if request.method == "PUT" {
            apply(conversation, &request.body["conversation"]);
        }
        Answer::json(200, conversation)
    }

    /// The conversation as it is now.
    pub(crate) fn show(&self, slug: &str) -> Value {
        self.all().get(slug).cloned().unwrap_or_default()
    }

    /// Changes it as a colleague does, in the app.
    pub(crate) fn change(&self, slug: &str, own: Value) {
        if let Some(conversation) = self.all().get_mut(slug) {
            merge(conversation, own);
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the changes of a PUT.
pub(crate) fn apply(conversation: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().into_iter().flatten() {
        match name.as_str() {
            "category" => conversation["category"] = channel(value.as_str().unwrap_or_default()),
            "data" => {
                let fields = value.as_object().cloned().unwrap_or_default();
                if let Some(known) = conversation["data"].as_object_mut() {
                    known.extend(fields);
                }
            }
            // No answer shows the brand.
            "brand" => {}
            "status" => {
                conversation["status"] = value.clone();
                if changes.get("hold_until").is_none() {
                    conversation["hold_until"] = Value::Null;
                }
            }
            _ => conversation[name] = value.clone(),
        }
    }
}

/// An email channel.
fn channel(slug: &str) -> Value {
    json!({"name": slug, "slug": slug, "email": format!("{slug}@example.com"), "channel": 1})
}

fn merge(conversation: &mut Value, own: Value) {
    let own = match own {
        Value::Object(own) => own,
        _ => Map::new(),
    };
    for (name, value) in own {
        conversation[name] = value;
    }
}
