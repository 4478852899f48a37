//! Lists of the account -> the conversations in them, each once, in however many passes that takes.
//!
//! A page is a part of the list as it is at that moment: what leaves the list meanwhile, or joins it, moves
//! others to another page, where they are missed or seen twice. So a list that shows a sign of that is read
//! again, in the other order, until a pass shows none, or has found nothing that earlier ones had missed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::filter::Filter;
use super::pass::{ListPass, MAX_PAGES, Order};
use crate::api::{ConversationQuery, ListConversations};
use crate::commands::session::{PageRead, Pages, Session};
use crate::error::Error;
use crate::model::ListedConversation;
use crate::model::text::counted;
use crate::report::{Log, Notice, SelectSummary, in_words};

/// The most passes over one list.
const MAX_PASSES: u32 = 4;

/// Pages that repeat others before a list counts as endless.
const MAX_REPEATED_PAGES: u64 = 3;

/// From that many pages on, it is said how long they will take.
const MANY_PAGES: u64 = 100;

/// A conversation as it was seen last.
pub(super) struct SeenConversation {
    pub(super) conversation: ListedConversation,
    pub(super) read_at: Timestamp,
    /// Whether it matches the filter, if its entry shows that.
    matches: Option<bool>,
    /// The number of the pass, over whatever list.
    pass: u32,
    /// Its page, and its place there.
    place: (u64, usize),
    /// Whether a list contained it at its end.
    is_kept: bool,
}

/// What was read of the lists.
pub(super) struct ListReader<'a, 's> {
    session: &'a Session<'s>,
    filter: &'a Filter<'a>,
    log: &'a Log,
    seen: HashMap<String, SeenConversation>,
    passes: u32,
    /// Pages read.
    pub(super) pages: u64,
    /// Entries without a slug.
    pub(super) unreadable: u64,
    /// How a list changed during the last pass over it, if it did.
    changed: Option<String>,
    /// How many conversations the server counts and lists, if that differs though nothing changed.
    miscounted: Option<String>,
}

impl<'a, 's> ListReader<'a, 's> {
    /// Nothing was read yet.
    pub(super) fn new(session: &'a Session<'s>, filter: &'a Filter<'a>, log: &'a Log) -> Self {
        Self {
            session,
            filter,
            log,
            seen: HashMap::new(),
            passes: 0,
            pages: 0,
            unreadable: 0,
            changed: None,
            miscounted: None,
        }
    }

    /// Reads the list that `query` asks for.
    pub(super) fn read(&mut self, query: &ConversationQuery) -> Result<(), Error> {
        let began = Timestamp::now();
        let mut last_page = 1;
        for nth in 1..=MAX_PASSES {
            let pass = self.pass(query, nth, last_page, began)?;
            last_page = pass.pages.max(1);
            let signs = pass.signs();
            let is_last = signs.is_none() || nth == MAX_PASSES || (nth > 1 && pass.missed == 0);
            if !is_last {
                if let Some(signs) = signs {
                    let message = &format!("{signs}: reading it again");
                    self.log.report(&Notice::Note { message });
                }
                continue;
            }
            self.unreadable += pass.unreadable;
            // What a pass without changes did not show has left the list.
            let kept = if signs.is_none() {
                pass.number
            } else {
                pass.first
            };
            for seen in self.seen.values_mut() {
                seen.is_kept |= seen.pass >= kept;
            }
            let sign = if pass.is_changed() {
                &mut self.changed
            } else {
                &mut self.miscounted
            };
            *sign = signs.or(sign.take());
            break;
        }
        Ok(())
    }

    /// What was read.
    pub(super) fn summary(&self) -> SelectSummary {
        let kept = self.seen.values().filter(|seen| seen.is_kept);
        let undecided = kept.clone().filter(|seen| seen.matches.is_none()).count();
        SelectSummary {
            listed: kept.count() as u64,
            pages: self.pages,
            changed: self.changed.clone(),
            miscounted: self.miscounted.clone(),
            undecided: undecided as u64,
            unreadable: self.unreadable,
            ..SelectSummary::default()
        }
    }

    /// Conversations that match, in the order of the list.
    pub(super) fn into_matching(self) -> Vec<SeenConversation> {
        let seen = self.seen.into_values();
        let mut matching: Vec<_> = seen
            .filter(|seen| seen.is_kept && seen.matches == Some(true))
            .collect();
        // Two passes may have seen two conversations in the same place.
        let key = |seen: &SeenConversation| (seen.place, seen.conversation.slug.clone());
        matching.sort_by_cached_key(key);
        matching
    }

    /// Reads the list once: the first time from its beginning, then in turn from its end.
    fn pass(
        &mut self,
        query: &ConversationQuery,
        nth: u32,
        known_pages: u64,
        began: Timestamp,
    ) -> Result<ListPass, Error> {
        self.passes += 1;
        let order = if nth.is_multiple_of(2) {
            Order::Backward
        } else {
            Order::Forward
        };
        let first = self.passes + 1 - nth;
        let mut pass = ListPass::new(self.passes, first, order, known_pages);
        let mut numbers: Vec<_> = (1..=known_pages).collect();
        if pass.order == Order::Backward {
            numbers.reverse();
        }
        let mut read = known_pages;
        loop {
            self.pages(query, &mut pass, numbers, began)?;
            // What follows is read forward, and ends with an empty page.
            pass.order = Order::Forward;
            if pass.last_page <= read && pass.may_go_on() {
                pass.last_page += 1;
            }
            // It may have grown; and at first, nothing is known of it.
            if pass.last_page <= read {
                return Ok(pass);
            }
            if read == 1 && pass.last_page > MANY_PAGES {
                self.announce(&pass);
            }
            numbers = (read + 1..=pass.last_page).collect();
            read = pass.last_page;
        }
    }

    fn announce(&self, pass: &ListPass) {
        let time = in_words(self.session.time_for(pass.last_page));
        let conversations = match pass.total {
            Some(total) => format!("{} on ", counted(total, "conversation")),
            None => String::new(),
        };
        let pages = counted(pass.last_page, "page");
        let message = &format!("{conversations}{pages}: {time} at this rate");
        self.log.report(&Notice::Note { message });
    }

    /// Reads pages of the list.
    fn pages(
        &mut self,
        query: &ConversationQuery,
        pass: &mut ListPass,
        numbers: Vec<u64>,
        began: Timestamp,
    ) -> Result<(), Error> {
        let pages = Pages {
            list: "conversations",
            expected: self.pages - pass.pages + pass.last_page.max(numbers.len() as u64),
            numbers,
        };
        let operation = |page| ListConversations { query, page };
        let session = self.session;
        session.read(pages, operation, |read| self.take(pass, read, began))
    }

    /// Takes in a page. An empty one is behind the end of the list.
    fn take(
        &mut self,
        pass: &mut ListPass,
        PageRead {
            number,
            read_at,
            page,
        }: PageRead<ListedConversation>,
        began: Timestamp,
    ) -> Result<ControlFlow<()>, Error> {
        self.pages += 1;
        pass.take_in(number, &page);
        let is_empty = page.length() == 0;
        let found = pass.found;
        for (at, conversation) in page.entries.into_iter().enumerate() {
            let is_old = conversation
                .created_at
                .is_none_or(|created| created < began);
            match self.see(conversation, read_at, pass.number, (number, at)) {
                Some(earlier) if earlier == pass.number => pass.duplicates += 1,
                earlier => {
                    pass.found += 1;
                    let is_new = earlier.is_none_or(|earlier| earlier < pass.first);
                    pass.missed += u64::from(is_old && is_new);
                }
            }
        }
        pass.repeated_pages += u64::from(!is_empty && pass.found == found && page.unreadable == 0);
        if pass.repeated_pages >= MAX_REPEATED_PAGES && pass.repeated_pages * 2 > pass.pages {
            return Err(Error::Fatal(
                "the list does not end: its pages repeat the same conversations (is a proxy in the way that drops ?page=, or keeps old answers?)".into(),
            ));
        }
        if number >= MAX_PAGES && !is_empty {
            let what = format!("the list has more than {MAX_PAGES} pages");
            return Err(Error::Fatal(format!("{what}: narrow the filters")));
        }
        Ok(if is_empty && pass.order == Order::Forward {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    }

    /// Takes in a conversation; the pass in which it was seen before, if it was.
    fn see(
        &mut self,
        mut conversation: ListedConversation,
        read_at: Timestamp,
        pass: u32,
        place: (u64, usize),
    ) -> Option<u32> {
        let matches = self.filter.matches(&conversation);
        // They were compared, and are not written.
        conversation.conversation.data = None;
        let seen = SeenConversation {
            matches,
            read_at,
            pass,
            place,
            is_kept: false,
            conversation,
        };
        match self.seen.entry(seen.conversation.slug.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(seen);
                None
            }
            Entry::Occupied(mut entry) => {
                let earlier = entry.get();
                let (earlier_pass, is_kept) = (earlier.pass, earlier.is_kept);
                // Answers may overtake each other.
                if earlier.read_at <= read_at {
                    entry.insert(SeenConversation { is_kept, ..seen });
                }
                Some(earlier_pass)
            }
        }
    }
}
