//! What a run would change in the account as it was -> a section of its page, and the tags that are lost,
//! in words for the page and the question.

use super::StateFindings;
use super::changes_table::{ChangesShown, changes_table, not_changed};
use super::table::{GLUE, shortened, wrapped};
use super::words::ended;
use super::work::Activity;
use crate::model::Outcome;
use crate::model::text::{counted, exact};

/// The longest tag in a sentence, in characters.
const TAG_CHARS: usize = 40;

impl StateFindings {
    /// How the account was, what would change in it, and what is not known.
    pub(super) fn section(&self, shown: ChangesShown) -> String {
        let mut text = wrapped(&self.head(), 2);
        text += &changes_table(&self.changes.totals, shown);
        text += &not_changed(&self.changes, shown);
        if let Some((line, column)) = self.first_unreadable {
            let cells = counted(self.unreadable, "state cell");
            text += &wrapped(
                &format!(
                    "{cells} cannot be read: treated as unknown (first: line {line}: {column})"
                ),
                2,
            );
        }
        text
    }

    fn head(&self) -> String {
        let without = match self.without_state {
            0 => None,
            rows => Some(format!("{rows} not known (no valid _read_at)")),
        };
        let Some(age) = self.age() else {
            let all = without.unwrap_or_else(|| "no change".to_owned());
            return format!("as the account was: {all}");
        };
        let counts = &self.changes.counts;
        let outcomes = [Outcome::Updated, Outcome::Unchanged, Outcome::Conflict];
        let figures = outcomes.map(|outcome| {
            let of_others = match outcome {
                Outcome::Unchanged => self.changes.without_change,
                _ => 0,
            };
            let rows = counts.of(outcome) - of_others;
            let words = ended(rows, outcome, Activity::Reading);
            (rows > 0).then(|| format!("{rows} {words}"))
        });
        let figures: Vec<_> = figures.into_iter().chain([without]).flatten().collect();
        format!("as the account was {age}: {}", figures.join(", "))
    }

    /// The tags that were there and go because all are replaced, the most common first and `most` by name;
    /// nothing where none goes.
    pub(super) fn wiped(&self, most: usize) -> Option<String> {
        let tags = self.changes.totals.wiped().commonest();
        let named = tags.iter().take(most).map(|(tag, rows)| {
            let tag = exact(tag);
            format!("{}{GLUE}×{rows}", shortened(&tag, TAG_CHARS))
        });
        let named: Vec<_> = named.collect();
        let more = match tags.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let age = self.age().unwrap_or_default();
        (!named.is_empty()).then(|| format!("{}{more} as of {age}", named.join(", ")))
    }
}
