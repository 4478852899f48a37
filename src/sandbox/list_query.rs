//! The parameters of a list of conversations -> which ones it has, and in which order. Pure.
//! Parameters that are not known are ignored, as are values of `filter` and `sort`: a Rails server
//! does so.

use jiff::Timestamp;
use serde_json::Value;

use super::conversation::StoredConversation;
use super::parameters::{End, Parameters};
use super::rules::{ARCHIVED, Problems};

/// Which conversations a list has, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListQuery {
    pub(super) filter: ListFilter,
    pub(super) order: ListOrder,
    /// In lower case. A conversation must have all of them.
    tags: Vec<String>,
    category: Option<String>,
    /// Email of the author or the assignee.
    person: Option<String>,
    origin: Option<String>,
    data: Vec<(String, String)>,
    /// The customer's latest message is not before that,
    since: Option<Timestamp>,
    /// and not after that.
    until: Option<Timestamp>,
}

/// The parameter `filter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListFilter {
    /// No filter: all that are not archived.
    NotArchived,
    /// Status Open.
    Open,
    /// Nobody's, and not archived.
    Unassigned,
    /// Status Archived.
    Archived,
    /// All of them.
    All,
}

/// The parameter `sort`. The newest come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListOrder {
    /// By creation.
    Created,
    /// By the customer's latest message.
    Updated,
    /// By the latest change of any kind.
    Changed,
}

impl ListQuery {
    /// Reads the parameters of a list.
    pub(super) fn read(parameters: &Parameters) -> Result<Self, Problems> {
        let text = |name| parameters.value(name).map(str::to_owned);
        let tags = parameters.value("tag").unwrap_or_default().split(',');
        let tags = tags.map(|tag| tag.trim().to_lowercase());
        Ok(Self {
            filter: match parameters.value("filter") {
                Some("open") => ListFilter::Open,
                Some("unassigned") => ListFilter::Unassigned,
                Some("archived") => ListFilter::Archived,
                Some("all") => ListFilter::All,
                _ => ListFilter::NotArchived,
            },
            order: match parameters.value("sort") {
                Some("updated") => ListOrder::Updated,
                Some("changed") => ListOrder::Changed,
                _ => ListOrder::Created,
            },
            tags: tags.filter(|tag| !tag.is_empty()).collect(),
            category: text("category"),
            person: text("for"),
            origin: text("origin"),
            data: parameters.members("data"),
            since: parameters.moment(End::Start)?,
            until: parameters.moment(End::End)?,
        })
    }

    /// Whether the list has this conversation.
    pub(super) fn has(&self, conversation: &StoredConversation) -> bool {
        let is_archived = conversation.status == ARCHIVED;
        let passes = match self.filter {
            ListFilter::NotArchived => !is_archived,
            ListFilter::Open => conversation.status == 0,
            ListFilter::Unassigned => !is_archived && conversation.assignee.is_none(),
            ListFilter::Archived => is_archived,
            ListFilter::All => true,
        };
        let wrote_at = conversation.last_customer_message.created_at;
        passes
            && self.since.is_none_or(|since| wrote_at >= since)
            && self.until.is_none_or(|until| wrote_at <= until)
            && self.tags.iter().all(|tag| has_tag(conversation, tag))
            && self
                .category
                .as_ref()
                .is_none_or(|slug| conversation.category["slug"] == **slug)
            && self
                .person
                .as_ref()
                .is_none_or(|email| is_for(conversation, email))
            && self
                .origin
                .as_ref()
                .is_none_or(|origin| *origin == conversation.origin.to_string())
            && self
                .data
                .iter()
                .all(|(key, value)| has_data(conversation, key, value))
    }

    /// The time that places this conversation in the list.
    pub(super) fn time(&self, conversation: &StoredConversation) -> Timestamp {
        match self.order {
            ListOrder::Created => conversation.created_at,
            ListOrder::Updated => conversation.last_customer_message.created_at,
            ListOrder::Changed => conversation.updated_at,
        }
    }
}

fn has_tag(conversation: &StoredConversation, tag: &str) -> bool {
    conversation
        .tag_list
        .iter()
        .any(|known| known.trim().to_lowercase() == tag)
}

fn is_for(conversation: &StoredConversation, email: &str) -> bool {
    let people = conversation.assignee.iter().chain([&conversation.author]);
    people
        .filter_map(|person| person["email"].as_str())
        .any(|known| known.eq_ignore_ascii_case(email))
}

/// A number or a word is compared as it is written.
fn has_data(conversation: &StoredConversation, key: &str, expected: &str) -> bool {
    conversation
        .data
        .get(key)
        .is_some_and(|value| match serde_json::from_str(value.get()) {
            Ok(Value::String(text)) => text == expected,
            _ => value.get() == expected,
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::initial::{set, untouched};
    use super::*;

    fn query(query: &str) -> ListQuery {
        ListQuery::read(&Parameters::read(query)).unwrap()
    }

    fn conversation() -> StoredConversation {
        let mut conversation = untouched("late-parcel");
        conversation.status = 0;
        conversation.tag_list = vec!["VIP".to_owned(), "late parcels".to_owned()];
        conversation.assignee = Some(json!({"email": "ana@example.com"}));
        conversation.author = json!({"email": "emma@example.org"});
        conversation.last_customer_message.created_at = "2026-01-05T09:30:00Z".parse().unwrap();
        set(&mut conversation.data, "plan", "team");
        conversation
    }

    #[test]
    fn every_parameter_narrows_the_list_and_unknown_ones_do_not() {
        let conversation = conversation();
        let cases = [
            ("", true),
            ("colour=red&sort=sideways&filter=none", true),
            ("tag=vip", true),
            ("tag=vip,+Late+Parcels", true),
            ("tag=vip,new", false),
            (
                "category=support",
                conversation.category["slug"] == "support",
            ),
            ("category=nowhere", false),
            ("for=Ana@example.com", true),
            ("for=emma@example.org", true),
            ("for=ben@example.com", false),
            ("data[plan]=team", true),
            ("data[plan]=team&data[order]=none", false),
            ("data[plan]=trial", false),
            ("start_date=2026-01-05&end_date=2026-01-05", true),
            ("start_date=2026-01-06", false),
            ("end_date=2026-01-05T09:29:59Z", false),
            ("origin=99", false),
        ];
        for (parameters, expected) in cases {
            assert_eq!(
                query(parameters).has(&conversation),
                expected,
                "{parameters}"
            );
        }
    }

    #[test]
    fn filters_go_by_status_and_assignee() {
        let mut conversation = conversation();
        let filters = ["", "open", "unassigned", "archived", "all"];
        let mut passed = |status, is_assigned: bool| {
            conversation.status = status;
            conversation.assignee = is_assigned.then(|| json!({"email": "ana@example.com"}));
            filters.map(|filter| query(&format!("filter={filter}")).has(&conversation))
        };
        assert_eq!(passed(0, true), [true, true, false, false, true]);
        assert_eq!(passed(0, false), [true, true, true, false, true]);
        assert_eq!(passed(2, false), [true, false, true, false, true]);
        assert_eq!(passed(4, false), [false, false, false, true, true]);
    }
}
