//! Filters -> what the server is asked for, and which of the conversations that it lists match. The server
//! may understand a filter in another way than it is meant, so what an entry shows is compared as well.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::api::ConversationQuery;
use crate::change::known_status;
use crate::cli::{FilterArgs, StateFilter, TagMatch};
use crate::error::Error;
use crate::model::text::{folded, nfc};
use crate::model::{Assignment, Attribute, ListedConversation, Zone, literal};
use crate::validate::{Clock, time};

/// Which conversations are wanted.
#[derive(Debug)]
pub(super) struct Filter<'a> {
    args: &'a FilterArgs,
    created: Interval,
    customer_wrote: Interval,
}

/// From an instant on, and before another one.
#[derive(Debug, Clone, Copy)]
struct Interval {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl<'a> Filter<'a> {
    /// What was typed; `zone` is that of the configuration file.
    pub(super) fn new(args: &'a FilterArgs, zone: Option<&Zone>) -> Result<Self, Error> {
        let zone = args.timezone.as_ref().or(zone).map(Zone::time_zone);
        let clock = Clock {
            now: Timestamp::now(),
            timezone: Some(zone.cloned().unwrap_or(TimeZone::UTC)),
        };
        let read = |option: &str, text: &Option<String>| {
            let read = |text: &String| time(text, &clock);
            let read = text.as_ref().map(read).transpose();
            read.map_err(|why| Error::Usage(format!("{option}: {why}")))
        };
        if let Some(tag) = args.tag.iter().find(|tag| tag.contains(',')) {
            return Err(Error::Usage(format!(
                "--tag {tag}: a tag contains no comma (repeat --tag for several)"
            )));
        }
        let filter = Self {
            args,
            created: Interval {
                from: read("--created-after", &args.created_after)?,
                to: read("--created-before", &args.created_before)?,
            },
            customer_wrote: Interval {
                from: read("--customer-message-after", &args.customer_message_after)?,
                to: read("--customer-message-before", &args.customer_message_before)?,
            },
        };
        filter.created.check("--created")?;
        filter.customer_wrote.check("--customer-message")?;
        Ok(filter)
    }

    /// The lists in which all matching conversations are: one, or where any of several tags will do, one
    /// for each. (Whether the server takes several tags for all or any of them is not documented.)
    pub(super) fn queries(&self) -> Vec<ConversationQuery> {
        let Interval { from, to } = self.customer_wrote;
        // Days are in a time zone of the server's, and the last one may count or not.
        let day = |instant: Timestamp| instant.to_zoned(TimeZone::UTC).date();
        let query = |tags: Vec<String>| ConversationQuery {
            filter: self.args.filter.unwrap_or(StateFilter::All).name(),
            tags,
            category: self.args.category.clone(),
            user: self.args.user.clone(),
            origin: self.args.origin,
            data: self.args.data.iter().map(pair).collect(),
            customer_wrote: (
                from.map(|from| day(from).saturating_sub(1.day())),
                to.map(|to| day(to).saturating_add(2.days())),
            ),
        };
        match self.args.tag_match.unwrap_or_default() {
            TagMatch::Any => {
                let tags = self.args.tag.iter();
                tags.map(|tag| query(vec![tag.clone()])).collect()
            }
            TagMatch::All => vec![query(self.args.tag.clone())],
        }
    }

    /// Whether a conversation matches; `None` where its entry does not show what decides that.
    pub(super) fn matches(&self, listed: &ListedConversation) -> Option<bool> {
        let conversation = &listed.conversation;
        let args = self.args;
        let status = conversation.status.as_deref();
        let has_status = |status| known_status(status).is_some_and(|it| args.status.contains(&it));
        let tags = conversation.tag_list.as_ref();
        let compares_tags = !(args.tag.is_empty() && args.without_tag.is_empty());
        let answers = [
            decided(!args.status.is_empty(), status.map(has_status)),
            decided(compares_tags, tags.map(|tags| self.has_tags(tags.tags()))),
            self.is_assigned(&conversation.assignee),
            self.created.contains(listed.created_at),
            self.customer_wrote.contains(listed.customer_wrote_at),
            Some(self.has_subject(conversation.subject.as_deref())),
            Some(self.is_in_category(&conversation.category)),
            Some(args.data.iter().all(|field| has_field(listed, field))),
        ];
        if answers.contains(&Some(false)) {
            return Some(false);
        }
        answers
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .map(|_| true)
    }

    fn has_subject(&self, shown: Option<&str>) -> bool {
        let wanted = self.args.subject_contains.as_deref();
        wanted.is_none_or(|part| folded(shown.unwrap_or_default()).contains(&folded(part)))
    }

    fn has_tags(&self, tags: &[String]) -> bool {
        let args = self.args;
        let has = |tag: &String| tags.iter().any(|known| folded(known) == folded(tag));
        let has_wanted = match args.tag_match.unwrap_or_default() {
            TagMatch::Any => args.tag.iter().any(has),
            TagMatch::All => args.tag.iter().all(has),
        };
        has_wanted && !args.without_tag.iter().any(has)
    }

    fn is_assigned(&self, shown: &Attribute<String>) -> Option<bool> {
        match (self.args.assignee.as_deref(), shown) {
            (None, _) | (Some("none"), Attribute::Empty) => Some(true),
            (Some(_), Attribute::NotShown) => None,
            (Some(email), Attribute::Value(shown)) => Some(folded(email) == folded(shown)),
            (Some(_), Attribute::Empty) => Some(false),
        }
    }

    /// The server has compared it, too: an entry need not show it.
    fn is_in_category(&self, shown: &Attribute<String>) -> bool {
        match (&self.args.category, shown) {
            (Some(slug), Attribute::Value(shown)) => folded(slug) == folded(shown),
            _ => true,
        }
    }
}

fn pair(Assignment { field, value }: &Assignment) -> (String, String) {
    (field.clone(), value.clone())
}

/// Whether a custom field has that value. The server has compared it, too: an entry need not show it.
fn has_field(listed: &ListedConversation, Assignment { field, value }: &Assignment) -> bool {
    let Some(fields) = &listed.conversation.data else {
        return true;
    };
    let shown = fields.get(field);
    shown.is_some_and(|shown| nfc(&literal(shown)) == nfc(value))
}

impl Interval {
    fn check(self, options: &str) -> Result<(), Error> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from >= to => Err(Error::Usage(format!(
                "{options}-after {from} is not before {options}-before {to}: no conversation can match"
            ))),
            _ => Ok(()),
        }
    }

    fn contains(self, instant: Option<Timestamp>) -> Option<bool> {
        let is_asked = self.from.is_some() || self.to.is_some();
        let is_inside = |instant| {
            self.from.is_none_or(|from| instant >= from) && self.to.is_none_or(|to| instant < to)
        };
        decided(is_asked, instant.map(is_inside))
    }
}

/// What was compared, if that is asked for.
fn decided(is_asked: bool, answer: Option<bool>) -> Option<bool> {
    if is_asked { answer } else { Some(true) }
}
