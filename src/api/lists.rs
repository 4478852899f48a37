//! Lists of the account, a page at a time: what can be asked for, and what a page shows. Which pages are
//! read, and how often, is for others to say.

use std::fmt;

use jiff::civil::Date;
use serde_json::value::RawValue;

use super::operation::instead_of;
use super::redact::Redactor;
use super::{Effect, Failure, Operation, Request, conversation};
use crate::model::{ListedConversation, Members};

/// The longest answer with a list, in bytes: thirty conversations with their messages.
pub(super) const MAX_PAGE_BYTES: u64 = 16 << 20;

/// What a 404 to a list means.
pub(super) const NO_LIST: &str = "no such list";

/// One page of a list, with what it says of the whole list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage<T> {
    /// The entries that can be read.
    pub entries: Vec<T>,
    /// Entries that cannot be read.
    pub unreadable: u64,
    /// Pages of the list.
    pub page_count: Option<u64>,
    /// Entries of the list.
    pub total_count: Option<u64>,
}

impl<T> fmt::Display for ListPage<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} entries", self.entries.len())?;
        match self.total_count {
            Some(total) => write!(f, " of {total}"),
            None => Ok(()),
        }
    }
}

impl<T> ListPage<T> {
    /// How many entries are on it, whether they can be read or not.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.entries.len() as u64 + self.unreadable
    }

    /// The page that `body` is, whose entries are under `key`. `read` reads one.
    ///
    /// # Errors
    /// When the body is not such a page.
    pub(super) fn read(
        body: &str,
        key: &str,
        redactor: &Redactor,
        read: impl Fn(&Members<'_>) -> Option<T>,
    ) -> Result<Self, Failure> {
        let page: Option<Members<'_>> = serde_json::from_str(body).ok();
        let entries = page.as_ref().and_then(|page| page.get(key));
        let entries = entries.and_then(|list| serde_json::from_str(list.get()).ok());
        let (Some(page), Some(entries)): (_, Option<Vec<&RawValue>>) = (page, entries) else {
            return Err(instead_of(key, body, redactor));
        };
        let count = |name| page.get(name).and_then(|count| count.get().parse().ok());
        let all = entries.len();
        let entry = |entry: &RawValue| read(&serde_json::from_str(entry.get()).ok()?);
        let entries: Vec<T> = entries.into_iter().filter_map(entry).collect();
        Ok(Self {
            unreadable: (all - entries.len()) as u64,
            entries,
            page_count: count("page_count"),
            total_count: count("total_count"),
        })
    }
}

/// Which conversations the server lists. Source: the public API page "Retrieving Conversations".
#[derive(Debug, Clone, Default)]
pub struct ConversationQuery {
    /// `open`, `unassigned`, `archived` or `all`.
    pub filter: &'static str,
    /// Tags; whether a conversation must have all of them is not documented.
    pub tags: Vec<String>,
    /// Slug of a channel.
    pub category: Option<String>,
    /// Email of a customer or staff user.
    pub user: Option<String>,
    /// Where conversations come from, as the API numbers it.
    pub origin: Option<u16>,
    /// Custom fields and their values.
    pub data: Vec<(String, String)>,
    /// The days, in a time zone of the server's, between which the latest message of the customer was written.
    pub customer_wrote: (Option<Date>, Option<Date>),
}

impl ConversationQuery {
    fn parameters(&self) -> Vec<(String, String)> {
        let tags = (!self.tags.is_empty()).then(|| self.tags.join(","));
        let (first, last) = self.customer_wrote;
        let named = [
            ("filter", Some(self.filter.to_owned())),
            ("tag", tags),
            ("category", self.category.clone()),
            ("for", self.user.clone()),
            ("origin", self.origin.map(|origin| origin.to_string())),
            ("start_date", first.map(|day| day.to_string())),
            ("end_date", last.map(|day| day.to_string())),
        ];
        let named = named.into_iter();
        let named = named.filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let data = self.data.iter();
        let data = data.map(|(name, value)| (format!("data[{name}]"), value.clone()));
        named.chain(data).collect()
    }
}

/// Reads one page of conversations: `GET /conversations`.
#[derive(Debug, Clone, Copy)]
pub struct ListConversations<'a> {
    /// Which conversations.
    pub query: &'a ConversationQuery,
    /// The number of the page, from 1 on.
    pub page: u64,
}

impl Operation for ListConversations<'_> {
    type Output = ListPage<ListedConversation>;
    const EFFECT: Effect = Effect::None;
    const MAX_ANSWER_BYTES: u64 = MAX_PAGE_BYTES;
    const MISSING: &'static str = NO_LIST;

    fn request(&self, base_url: &str) -> Request {
        let mut parameters = self.query.parameters();
        parameters.push(("page".to_owned(), self.page.to_string()));
        Request::list(base_url, "conversations", &parameters)
    }

    fn read(&self, body: &str, redactor: &Redactor) -> Result<Self::Output, Failure> {
        ListPage::read(body, "conversations", redactor, conversation::listed)
    }
}
