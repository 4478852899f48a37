//! Changes of conversations -> lists that are kept in order, so that a page of a long list costs no
//! more than one of a short list.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

use jiff::Timestamp;

use super::conversation::StoredConversation;
use super::list_query::ListQuery;

/// How many lists are kept: those that were asked for last.
const KEPT: usize = 16;

/// The lists that were asked for lately.
#[derive(Debug, Default)]
pub(super) struct Lists(Vec<List>);

#[derive(Debug)]
struct List {
    query: ListQuery,
    members: Vec<Member>,
}

/// The newest first; in the order of their slugs where they are as old.
type Member = (Reverse<Timestamp>, Arc<str>);

impl Lists {
    /// The slugs of a list in its order. Where the list is not kept yet, it is made of `all`
    /// conversations.
    pub(super) fn slugs<'a, A>(
        &mut self,
        query: &ListQuery,
        all: impl FnOnce() -> A,
    ) -> impl ExactSizeIterator<Item = &Arc<str>> + DoubleEndedIterator
    where
        A: Iterator<Item = Cow<'a, StoredConversation>>,
    {
        let known = self.0.iter().position(|list| list.query == *query);
        let list = match known {
            Some(position) => self.0.remove(position),
            None => List::new(query, all()),
        };
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push(list);
        let members = self.0.last().map(|list| list.members.as_slice());
        members.unwrap_or_default().iter().map(|(_, slug)| slug)
    }

    /// Takes a conversation out of the lists. To be called before it is changed, for its old values
    /// say where it is.
    pub(super) fn leave(&mut self, conversation: &StoredConversation) {
        for list in &mut self.0 {
            if let Ok(position) = list.members.binary_search(&list.member(conversation)) {
                list.members.remove(position);
            }
        }
    }

    /// Puts a conversation into the lists that ask for it.
    pub(super) fn join(&mut self, conversation: &StoredConversation) {
        for list in self
            .0
            .iter_mut()
            .filter(|list| list.query.has(conversation))
        {
            let member = list.member(conversation);
            if let Err(position) = list.members.binary_search(&member) {
                list.members.insert(position, member);
            }
        }
    }
}

impl List {
    fn new<'a>(query: &ListQuery, all: impl Iterator<Item = Cow<'a, StoredConversation>>) -> Self {
        let mut list = Self {
            query: query.clone(),
            members: Vec::new(),
        };
        let wanted = all.filter(|conversation| query.has(conversation));
        list.members = wanted
            .map(|conversation| list.member(&conversation))
            .collect();
        list.members.sort_unstable();
        list
    }

    fn member(&self, conversation: &StoredConversation) -> Member {
        let time = self.query.time(conversation);
        (Reverse(time), conversation.slug.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::initial::untouched;
    use super::super::parameters::Parameters;
    use super::super::rules::ARCHIVED;
    use super::*;

    fn query(text: &str) -> ListQuery {
        ListQuery::read(&Parameters::read(text)).unwrap()
    }

    fn stock() -> Vec<StoredConversation> {
        (0..100)
            .map(|number| untouched(&format!("return-{number}")))
            .collect()
    }

    fn slugs(lists: &mut Lists, query: &ListQuery, all: &[StoredConversation]) -> Vec<String> {
        let slugs = lists.slugs(query, || all.iter().map(Cow::Borrowed));
        slugs.map(ToString::to_string).collect()
    }

    #[test]
    fn a_list_is_ordered_by_what_was_asked_for_with_the_newest_first() {
        let (mut lists, stock) = (Lists::default(), stock());
        for text in ["", "sort=updated", "filter=all&sort=changed"] {
            let query = query(text);
            let found = slugs(&mut lists, &query, &stock);
            let times: Vec<Timestamp> = found
                .iter()
                .map(|slug| query.time(&untouched(slug)))
                .collect();
            assert!(times.is_sorted_by(|newer, older| newer >= older), "{text}");
            let expected = stock.iter().filter(|conversation| query.has(conversation));
            assert_eq!(found.len(), expected.count(), "{text}");
        }
    }

    #[test]
    fn a_kept_list_follows_changes_and_is_as_if_it_were_made_anew() {
        let (mut lists, mut stock) = (Lists::default(), stock());
        let queries = ["", "filter=all&sort=changed", "filter=archived", "tag=vip"].map(query);
        for query in &queries {
            slugs(&mut lists, query, &stock);
        }
        for turn in 0..60 {
            let conversation = &mut stock[turn * 37 % 100];
            lists.leave(conversation);
            conversation.status = if turn % 2 == 0 { ARCHIVED } else { 0 };
            conversation.updated_at = Timestamp::now();
            conversation.tag_list = vec!["vip".to_owned()];
            lists.join(conversation);
            for query in &queries {
                let fresh = slugs(&mut Lists::default(), query, &stock);
                assert_eq!(slugs(&mut lists, query, &stock), fresh);
            }
        }
    }

    #[test]
    fn lists_that_nobody_asks_for_are_forgotten() {
        let mut lists = Lists::default();
        for number in 0..100 {
            slugs(&mut lists, &query(&format!("tag=t{number}")), &[]);
        }
        assert_eq!(lists.0.len(), KEPT);
    }
}
