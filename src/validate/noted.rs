//! What of an input was named otherwise than fields are: which mapped names were there, and which were left
//! out. Rows are checked on all cores, and more than once: both only grow.

use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::known_names::suggestion;
use super::naming::Naming;
use crate::model::text::quoted;

/// Names left out that are remembered.
const MOST_REMEMBERED: usize = 100;

/// Names left out that a message lists.
const MOST_LISTED: usize = 12;

/// What was seen of names.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// By the position of the option.
    seen: Vec<AtomicBool>,
    left_out: RwLock<Vec<String>>,
}

impl Noted {
    pub(super) fn new(naming: &Naming) -> Self {
        let seen = naming.renamed.iter().map(|_| AtomicBool::new(false));
        Self {
            seen: seen.collect(),
            left_out: RwLock::default(),
        }
    }

    /// That the name mapped by the option in that position is there.
    pub(super) fn see(&self, position: usize) {
        if let Some(seen) = self.seen.get(position) {
            seen.store(true, Ordering::Relaxed);
        }
    }

    /// The position of the first option whose name is not there.
    pub(super) fn first_unseen(&self) -> Option<usize> {
        let is_unseen = |seen: &AtomicBool| !seen.load(Ordering::Relaxed);
        self.seen.iter().position(is_unseen)
    }

    /// Whether a column or key of that name was left out.
    pub(super) fn has_left_out(&self, name: &str) -> bool {
        let left_out = self.left_out.read();
        let left_out = left_out.unwrap_or_else(PoisonError::into_inner);
        left_out.iter().any(|known| known == name)
    }

    /// That a column or key of that name is left out.
    pub(super) fn leave_out(&self, name: &str) {
        let left_out = self.left_out.write();
        let mut left_out = left_out.unwrap_or_else(PoisonError::into_inner);
        if left_out.len() < MOST_REMEMBERED && !left_out.iter().any(|known| known == name) {
            left_out.push(name.to_owned());
        }
    }

    /// What was left out, in words; `None` if nothing was. `what` are columns or keys.
    pub(super) fn left_out(&self, what: [&str; 2]) -> Option<String> {
        let left_out = self.left_out.read();
        let left_out = left_out.unwrap_or_else(PoisonError::into_inner);
        let count = left_out.len();
        if count == 0 {
            return None;
        }
        let mut listed: Vec<_> = left_out
            .iter()
            .map(|name| (suggestion(name), name))
            .collect();
        // What looks like a field is named, however much else there is; and rows come in any order.
        listed.sort_by_key(|(meant, name)| (meant.is_none(), *name));
        let listed = listed.into_iter().take(MOST_LISTED).map(|(meant, name)| {
            let shown = quoted(name);
            meant.map_or(shown.clone(), |meant| {
                format!("{shown} (not read as {meant})")
            })
        });
        let listed = listed.collect::<Vec<_>>().join(", ");
        let more = match count.saturating_sub(MOST_LISTED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let at_least = if count >= MOST_REMEMBERED {
            "at least "
        } else {
            ""
        };
        let (what, are) = if count == 1 {
            (what[0], "is not a field and is")
        } else {
            (what[1], "are not fields and are")
        };
        Some(format!(
            "{at_least}{count} {what} {are} ignored: {listed}{more}"
        ))
    }
}
