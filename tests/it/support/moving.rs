//! An account whose conversations move while they are listed -> the answers of a server, thirty
//! conversations a page; and what stayed as it was from beginning to end.
//!
//! It is written from the API page, not from the program or its sandbox. Where that page is silent, a
//! [`Habits`] says which of the possible servers this is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::answer::Answer;
use super::request::Request;
use super::server::Server;

/// Conversations on a page.
pub(crate) const PAGE: usize = 30;

/// What the API page leaves open.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "questions with two answers")]
pub(crate) struct Habits {
    /// Several tags mean any of them, not all.
    pub(crate) any_tag: bool,
    /// The oldest come first.
    pub(crate) oldest_first: bool,
    /// Entries show custom fields.
    pub(crate) shows_data: bool,
    /// Pages say how many conversations there are.
    pub(crate) counts: bool,
    /// The time zone of its days.
    pub(crate) utc_offset_hours: i64,
    /// The last day of a span counts as a whole.
    pub(crate) includes_last_day: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            any_tag: false,
            oldest_first: false,
            shows_data: true,
            counts: true,
            utc_offset_hours: 0,
            includes_last_day: true,
        }
    }
}

/// Something that happens between two pages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Happening {
    /// A new conversation.
    Arrives,
    /// One is deleted, or merged into another.
    IsDeleted,
    IsArchived,
    /// Its customer writes, which opens it again.
    IsWrittenTo,
    /// It comes to another place of the list.
    IsMoved,
}

impl Happening {
    pub(crate) const ALL: [Self; 5] = [
        Self::Arrives,
        Self::IsDeleted,
        Self::IsArchived,
        Self::IsWrittenTo,
        Self::IsMoved,
    ];
}

/// A request for a page of the list.
#[derive(Clone, Debug)]
pub(crate) struct PageRequest {
    pub(crate) parameters: BTreeMap<String, String>,
}

impl PageRequest {
    pub(crate) fn page(&self) -> usize {
        let page = self.parameters.get("page");
        page.and_then(|page| page.parse().ok()).unwrap_or(1)
    }
}

/// The account.
pub(crate) struct MovingAccount {
    habits: Habits,
    state: Mutex<State>,
}

struct State {
    random: Rng,
    /// In the order of the list, the oldest first.
    conversations: Vec<Value>,
    /// What nothing has happened to.
    stayed: BTreeSet<String>,
    /// What may happen after each page, and how many more of it will.
    happenings: Vec<Happening>,
    left: usize,
    arrivals: usize,
    pages: Vec<PageRequest>,
}

impl MovingAccount {
    /// An account in which nothing happens; the oldest conversation first.
    pub(crate) fn new(habits: Habits, conversations: Vec<Value>) -> Self {
        let stayed = conversations.iter().map(slug).collect();
        Self {
            habits,
            state: Mutex::new(State {
                random: Rng::with_seed(0),
                conversations,
                stayed,
                happenings: Vec::new(),
                left: 0,
                arrivals: 0,
                pages: Vec::new(),
            }),
        }
    }

    /// Lets one of these happen after each of the next pages, `left` in all.
    pub(crate) fn moving(self, seed: u64, happenings: &[Happening], left: usize) -> Self {
        let mut state = self.state();
        state.random = Rng::with_seed(seed);
        state.happenings = happenings.to_vec();
        state.left = left;
        drop(state);
        self
    }

    /// A server that answers for it.
    pub(crate) fn serve(self: &Arc<Self>) -> Server {
        let account = Arc::clone(self);
        Server::start(move |request| account.answer(request))
    }

    /// What the server answers.
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let mut state = self.state();
        if request.method == "GET" && path == "/api/v1/conversations" {
            let page = PageRequest {
                parameters: parameters(query),
            };
            let shown = self.shown(&state.conversations, &page);
            state.pages.push(page);
            state.something_happens();
            return Answer::json(200, &shown);
        }
        let found = state.conversations.iter_mut();
        let Some(conversation) = found.into_iter().find(|found| slug(found) == request.slug) else {
            return Answer::json(404, &json!({"error": "Not Found"}));
        };
        if request.method == "PUT" {
            super::account::apply(conversation, &request.body["conversation"]);
        }
        Answer::json(200, conversation)
    }

    /// The slugs of all conversations that nothing has happened to, and their conversations.
    pub(crate) fn stayed(&self) -> BTreeMap<String, Value> {
        let state = self.state();
        let all = state
            .conversations
            .iter()
            .map(|found| (slug(found), found.clone()));
        all.filter(|(slug, _)| state.stayed.contains(slug))
            .collect()
    }

    /// The slugs of all conversations.
    pub(crate) fn slugs(&self) -> BTreeSet<String> {
        self.state().conversations.iter().map(slug).collect()
    }

    /// All requests for pages, in their order.
    pub(crate) fn pages(&self) -> Vec<PageRequest> {
        self.state().pages.clone()
    }

    /// The body of a page.
    fn shown(&self, conversations: &[Value], request: &PageRequest) -> Value {
        let wanted = |found: &&Value| self.is_wanted(found, &request.parameters);
        let mut list: Vec<&Value> = conversations.iter().filter(wanted).collect();
        if !self.habits.oldest_first {
            list.reverse();
        }
        let start = (request.page() - 1) * PAGE;
        let entries = list.iter().skip(start).take(PAGE).map(|entry| {
            let mut entry = (*entry).clone();
            if !self.habits.shows_data
                && let Some(members) = entry.as_object_mut()
            {
                members.remove("data");
            }
            entry
        });
        let mut page = json!({
            "page_size": PAGE, "page_count": list.len().div_ceil(PAGE),
            "conversations": entries.collect::<Vec<_>>(),
        });
        if self.habits.counts {
            page["total_count"] = json!(list.len());
        }
        page
    }

    fn is_wanted(&self, conversation: &Value, parameters: &BTreeMap<String, String>) -> bool {
        let status = conversation["status"].as_u64();
        let is_in_state = match parameters.get("filter").map(String::as_str) {
            Some("open") => status == Some(0),
            Some("unassigned") => conversation["assignee"].is_null() && status != Some(4),
            Some("archived") => status == Some(4),
            Some("all") => true,
            _ => status != Some(4),
        };
        is_in_state
            && parameters.iter().all(|(name, value)| match name.as_str() {
                "tag" => self.has_tags(conversation, value),
                "category" => conversation["category"]["slug"] == **value,
                "for" => ["author", "assignee"].iter().any(|who| {
                    let email = conversation[who]["email"].as_str();
                    email.is_some_and(|email| email.eq_ignore_ascii_case(value))
                }),
                "origin" => value
                    .parse()
                    .is_ok_and(|origin: u64| conversation["origin"] == origin),
                "start_date" => self
                    .day_of_message(conversation)
                    .is_some_and(|day| day >= *value),
                "end_date" => self.day_of_message(conversation).is_some_and(|day| {
                    day < *value || self.habits.includes_last_day && day == *value
                }),
                _ => match name
                    .strip_prefix("data[")
                    .and_then(|rest| rest.strip_suffix(']'))
                {
                    Some(field) => conversation["data"][field] == **value,
                    None => true,
                },
            })
    }

    fn has_tags(&self, conversation: &Value, wanted: &str) -> bool {
        let tags = conversation["tag_list"].as_array().into_iter().flatten();
        let tags: Vec<String> = tags
            .map(|tag| tag.as_str().unwrap_or_default().to_lowercase())
            .collect();
        let mut wanted = wanted.split(',').map(|tag| tag.trim().to_lowercase());
        if self.habits.any_tag {
            wanted.any(|tag| tags.contains(&tag))
        } else {
            wanted.all(|tag| tags.contains(&tag))
        }
    }

    /// The day of the customer's latest message, in the time zone of the server.
    fn day_of_message(&self, conversation: &Value) -> Option<String> {
        let time: Timestamp = conversation["last_customer_message"]["created_at"]
            .as_str()?
            .parse()
            .ok()?;
        let there = time + SignedDuration::from_hours(self.habits.utc_offset_hours);
        Some(there.to_string()[..10].to_owned())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn something_happens(&mut self) {
        let count = self.conversations.len();
        if self.left == 0 || count == 0 {
            return;
        }
        self.left -= 1;
        let now = format!("{:.3}", Timestamp::now());
        let position = self.random.usize(0..count);
        match self.happenings[self.random.usize(0..self.happenings.len())] {
            Happening::Arrives => {
                self.arrivals += 1;
                let slug = format!("arrival-{}", self.arrivals);
                let mut conversation = self.conversations[position].clone();
                conversation["slug"] = json!(slug);
                conversation["created_at"] = json!(now);
                self.conversations.push(conversation);
            }
            Happening::IsDeleted => {
                let gone = self.conversations.remove(position);
                self.stayed.remove(&slug(&gone));
            }
            Happening::IsArchived => self.touch(position)["status"] = json!(4),
            Happening::IsWrittenTo => {
                let conversation = self.touch(position);
                conversation["status"] = json!(0);
                conversation["last_customer_message"] = json!({ "created_at": now });
            }
            Happening::IsMoved => {
                self.touch(position);
                let moved = self.conversations.remove(position);
                let place = self.random.usize(0..count);
                self.conversations.insert(place, moved);
            }
        }
    }

    fn touch(&mut self, position: usize) -> &mut Value {
        let conversation = &mut self.conversations[position];
        self.stayed.remove(&slug(conversation));
        conversation
    }
}

/// The slug of a conversation.
pub(crate) fn slug(conversation: &Value) -> String {
    conversation["slug"].as_str().unwrap_or_default().to_owned()
}

/// The parameters of a query, decoded.
pub(crate) fn parameters(query: &str) -> BTreeMap<String, String> {
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}
