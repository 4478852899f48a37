//! Pages of a list, as they come -> what one pass over it shows, and whether the list has moved meanwhile.

use std::fmt;

use crate::api::ListPage;
use crate::model::ListedConversation;

/// The most pages of a list.
pub(super) const MAX_PAGES: u64 = 100_000;

/// In which order pages are read. What joins a list moves others backward, and what leaves it forward: each
/// is missed by one order, and only seen twice by the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Order {
    #[default]
    Forward,
    Backward,
}

/// What one pass over a list showed.
#[derive(Debug, Default)]
pub(super) struct ListPass {
    pub(super) number: u32,
    pub(super) order: Order,
    /// Pages of the list, as far as is known.
    pub(super) last_page: u64,
    pub(super) pages: u64,
    pub(super) repeated_pages: u64,
    pub(super) found: u64,
    pub(super) unreadable: u64,
    first_total: Option<u64>,
    pub(super) total: Option<u64>,
    /// Pages on which it is another one than on the first.
    total_changes: u64,
    pub(super) duplicates: u64,
    /// Conversations that passes before it have missed.
    pub(super) missed: u64,
}

/// Signs that a list has moved while it was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    first_total: Option<u64>,
    total: Option<u64>,
    listed: u64,
    duplicates: u64,
}

impl ListPass {
    /// Nothing was read yet of a list with so many pages, as far as is known.
    pub(super) fn new(number: u32, order: Order, last_page: u64) -> Self {
        Self {
            number,
            order,
            last_page,
            ..Self::default()
        }
    }

    /// Takes in what a page says of the list.
    pub(super) fn take_in(&mut self, number: u64, page: &ListPage<ListedConversation>) {
        self.pages += 1;
        self.unreadable += page.unreadable;
        if let Some(total) = page.total_count {
            self.first_total.get_or_insert(total);
            if Some(total) != self.first_total {
                self.total_changes += 1;
            }
            self.total = Some(total);
        }
        // Without a count, the list ends with an empty page.
        let is_empty = page.entries.is_empty() && page.unreadable == 0;
        let next = if is_empty { number } else { number + 1 };
        let last = page.page_count.unwrap_or(next).min(MAX_PAGES);
        self.last_page = self.last_page.max(last);
    }

    /// Signs that the list has moved, if there are any.
    pub(super) fn signs(&self) -> Option<Signs> {
        let listed = self.found + self.unreadable;
        let is_moved = self.total_changes > 0
            || self.duplicates > 0
            || self.total.is_some_and(|total| total != listed);
        is_moved.then_some(Signs {
            first_total: self.first_total,
            total: self.total,
            listed,
            duplicates: self.duplicates,
        })
    }
}

/// What was counted, as a sentence without its end.
impl fmt::Display for Signs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the list changed while it was read (")?;
        match (self.first_total, self.total) {
            (Some(first), Some(last)) if first == last => write!(f, "{last} counted, ")?,
            (Some(first), Some(last)) => write!(f, "{first}, then {last} counted, ")?,
            _ => {}
        }
        write!(f, "{} listed", self.listed)?;
        if self.duplicates > 0 {
            write!(f, ", {} twice", self.duplicates)?;
        }
        f.write_str(")")
    }
}
