//! Changes -> the conversations that a later request sees. Every slug names a conversation: one
//! that was never touched is made up on the spot. Lists have the stock that the account begins with,
//! and those that were read or changed by their slug.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::colleague::{Move, Touch};
use super::conversation::{OtherFields, StoredConversation};
use super::initial::untouched;
use super::list_query::ListQuery;
use super::lists::Lists;
use super::page::{Paged, first_of};
use super::rules::Attributes;
use super::stock;

/// All conversations that the account lists.
#[derive(Debug)]
pub(super) struct Conversations {
    /// By slug. Those of the stock that nobody has touched are made up each time.
    known: BySlug,
    lists: Lists,
    /// The number of the next slug for a conversation that arrives.
    next: usize,
    /// How often colleagues have moved conversations between pages.
    moves: usize,
}

#[derive(Debug)]
struct Known {
    conversation: StoredConversation,
    /// How often colleagues have changed it.
    touched: usize,
}

impl Conversations {
    /// An account that begins with so many conversations.
    pub(super) fn new(stock: usize) -> Self {
        let slugs = (0..stock).map(stock::slug);
        Self {
            known: slugs.map(|slug| (slug.into(), None)).collect(),
            lists: Lists::default(),
            next: stock,
            moves: 0,
        }
    }

    /// The conversation as it now is. From now on, lists have it.
    pub(super) fn show(&mut self, slug: &str) -> &StoredConversation {
        let Self { known, lists, .. } = self;
        &touched(known, lists, slug).conversation
    }

    /// Applies `attributes`, and returns the conversation as it then is.
    pub(super) fn update(
        &mut self,
        slug: &str,
        attributes: Attributes,
        other_fields: OtherFields,
    ) -> &StoredConversation {
        self.change(slug, |known| {
            known.conversation.apply(attributes, other_fields);
        })
    }

    /// Changes the conversation as a colleague would. What they change comes in turn, and begins
    /// with another thing for another slug.
    pub(super) fn touch(&mut self, slug: &str) {
        self.change(slug, |known| {
            let turn = slug.bytes().map(usize::from).sum::<usize>() + known.touched;
            let touch = Touch::ALL[turn % Touch::ALL.len()];
            let update = touch.update(&known.conversation);
            known.conversation.apply(update, OtherFields::Kept);
            known.touched += 1;
        });
    }

    /// A page of a list; pages count from 1.
    pub(super) fn page(
        &mut self,
        query: &ListQuery,
        number: usize,
    ) -> Paged<Cow<'_, StoredConversation>> {
        let Self { known, lists, .. } = self;
        let slugs = lists.slugs(query, || all(known));
        let known = &*known;
        Paged::new("conversations", number, slugs, |slug| {
            shown(slug, known.get(slug).and_then(Option::as_deref))
        })
    }

    /// Those that were read or changed by their slug.
    pub(super) fn touched(&self) -> impl Iterator<Item = &StoredConversation> {
        self.known
            .values()
            .flatten()
            .map(|known| &known.conversation)
    }

    /// All conversations that lists could have.
    pub(super) fn all(&self) -> impl Iterator<Item = Cow<'_, StoredConversation>> {
        all(&self.known)
    }

    /// Moves a conversation to another page, as colleagues and customers do, after the page `number`
    /// of a list was shown. What happens comes in turn.
    pub(super) fn move_one(&mut self, query: &ListQuery, number: usize) {
        let moves = Move::of(query);
        let turn = moves[self.moves % moves.len()];
        self.moves += 1;
        let mut slugs = self.lists.slugs(query, || all(&self.known));
        let slug = match turn {
            Move::Arrives => None,
            Move::Leaves => slugs.nth(first_of(number)).cloned(),
            Move::IsWrittenTo => slugs.next_back().cloned(),
        };
        drop(slugs);
        let slug = slug.or_else(|| (turn == Move::Arrives).then(|| self.unused_slug()));
        if let Some(slug) = slug {
            self.change(&slug, |known| turn.apply(&mut known.conversation));
        }
    }

    fn unused_slug(&mut self) -> Arc<str> {
        loop {
            let slug = stock::slug(self.next).into();
            self.next += 1;
            if !self.known.contains_key(&slug) {
                return slug;
            }
        }
    }

    fn change(&mut self, slug: &str, change: impl FnOnce(&mut Known)) -> &StoredConversation {
        let Self { known, lists, .. } = self;
        let known = touched(known, lists, slug);
        lists.leave(&known.conversation);
        change(known);
        lists.join(&known.conversation);
        &known.conversation
    }
}

type BySlug = HashMap<Arc<str>, Option<Box<Known>>>;

/// The conversation of a slug, kept from now on.
fn touched<'a>(known: &'a mut BySlug, lists: &mut Lists, slug: &str) -> &'a mut Known {
    let is_listed = known.contains_key(slug);
    let entry = known.entry(slug.into()).or_default();
    let known = entry.get_or_insert_with(|| {
        Box::new(Known {
            conversation: untouched(slug),
            touched: 0,
        })
    });
    if !is_listed {
        lists.join(&known.conversation);
    }
    known
}

fn all(known: &BySlug) -> impl Iterator<Item = Cow<'_, StoredConversation>> {
    known
        .iter()
        .map(|(slug, known)| shown(slug, known.as_deref()))
}

fn shown<'a>(slug: &str, known: Option<&'a Known>) -> Cow<'a, StoredConversation> {
    match known {
        Some(known) => Cow::Borrowed(&known.conversation),
        None => Cow::Owned(untouched(slug)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::super::parameters::Parameters;
    use super::*;

    #[test]
    fn colleagues_change_everything_in_four_visits_and_nobody_else_changes_anything() {
        let mut conversations = Conversations::new(0);
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

    fn query(text: &str) -> ListQuery {
        ListQuery::read(&Parameters::read(text)).unwrap()
    }

    /// The slugs of all pages, read one after the other, with a move after each.
    fn paged(conversations: &mut Conversations, query: &ListQuery) -> Vec<String> {
        let mut slugs = Vec::new();
        for number in 1.. {
            let page = conversations.page(query, number);
            if page.items.is_empty() {
                break;
            }
            slugs.extend(page.items.iter().map(|shown| shown.slug.clone()));
            conversations.move_one(query, number);
        }
        slugs
    }

    #[test]
    fn whatever_is_read_or_changed_by_its_slug_is_listed() {
        let mut conversations = Conversations::new(100);
        let all = query("filter=all");
        assert_eq!(conversations.page(&all, 1).total_count, 100);
        conversations.show("late-parcel");
        assert_eq!(conversations.page(&all, 1).total_count, 100);
        conversations.show("knock-knock");
        conversations.touch("who-is-there");
        assert_eq!(conversations.page(&all, 1).total_count, 102);
        assert_eq!(conversations.all().count(), 102);
    }

    #[test]
    fn moves_make_a_naive_reader_of_pages_miss_or_repeat_conversations() {
        let orders = [
            ("filter=all", false),
            ("", true),
            ("filter=archived", true),
            ("filter=open", true),
            ("sort=updated", true),
            ("filter=all&sort=changed", true),
        ];
        for (text, misses) in orders {
            let mut conversations = Conversations::new(600);
            let query = query(text);
            let stock: BTreeSet<String> = conversations
                .all()
                .filter(|shown| query.has(shown))
                .map(|shown| shown.slug.clone())
                .collect();
            let slugs = paged(&mut conversations, &query);
            let distinct: BTreeSet<String> = slugs.iter().cloned().collect();
            let repeated = slugs.len() > distinct.len();
            let missed = !stock.is_subset(&distinct);
            assert_eq!(missed, misses, "{text}");
            assert!(repeated || missed, "{text}");
        }
    }
}
