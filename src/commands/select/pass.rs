//! Pages of a list, as they come -> what one pass over it shows, and whether the list has moved meanwhile.

use crate::api::ListPage;
use crate::model::ListedConversation;
use crate::model::text::counted;

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
    /// The number of the first pass over the same list.
    pub(super) first: u32,
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
    /// Conversations that the passes before it over the same list have missed.
    pub(super) missed: u64,
    /// Entries of the last page, and of the longest one.
    last_length: u64,
    longest: u64,
}

impl ListPass {
    /// Nothing was read yet of a list with so many pages, as far as is known.
    pub(super) fn new(number: u32, first: u32, order: Order, last_page: u64) -> Self {
        Self {
            number,
            first,
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
        let length = page.length();
        let next = if length == 0 { number } else { number + 1 };
        let last = page.page_count.unwrap_or(next).min(MAX_PAGES);
        self.last_page = self.last_page.max(last);
        self.longest = self.longest.max(length);
        if number == self.last_page {
            self.last_length = length;
        }
    }

    /// Whether more pages may follow than the server says: the last one is full, and nothing else shows how
    /// long the list is.
    pub(super) fn may_go_on(&self) -> bool {
        self.total.is_none()
            && self.last_length > 0
            && self.last_length == self.longest
            && self.last_page < MAX_PAGES
    }

    /// Whether the list has certainly changed while it was read.
    pub(super) fn is_changed(&self) -> bool {
        self.total_changes > 0 || self.duplicates > 0
    }

    /// Signs that the pass did not show the whole list, as a sentence without its end.
    pub(super) fn signs(&self) -> Option<String> {
        let listed = self.found + self.unreadable;
        if !self.is_changed() {
            let total = self.total.filter(|total| *total != listed)?;
            let total = counted(total, "conversation");
            return Some(format!("the server counts {total}, but lists {listed}"));
        }
        let counted = match (self.first_total, self.total) {
            (Some(first), Some(last)) if first != last => {
                format!("the server counted {first}, then {last}; ")
            }
            (_, Some(last)) => format!("the server counted {last}; "),
            _ => String::new(),
        };
        let twice = match self.duplicates {
            0 => String::new(),
            duplicates => format!(", {duplicates} of them twice"),
        };
        Some(format!(
            "the list changed while being read ({counted}{listed} listed{twice})"
        ))
    }
}
