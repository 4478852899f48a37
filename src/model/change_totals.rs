//! What many rows change -> how often each value becomes which, and each tag comes or goes, in bounded
//! memory.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use super::field_changes::beginning;
use super::row_diff::{FieldDiff, RowDiff, ValueBefore};
use super::text::{exact, folded};

/// Different transitions that are counted apart, and different tags.
const MOST: usize = 10_000;

/// The longest value that is kept, in characters.
const VALUE_CHARS: usize = 100;

/// What further ones are counted under.
const OTHERS: &str = "(others)";

/// What many rows change.
#[derive(Debug, Default)]
pub struct ChangeTotals {
    /// Rows that change something.
    pub rows: u64,
    /// Rows of which all tags are replaced, and some go by that.
    pub wiping_rows: u64,
    /// Rows that remove all tags from a conversation of which nobody has read which these are.
    pub cleared_rows: u64,
    /// Rows that change `hold_until`: hardly any two times are the same.
    pub hold_until_rows: u64,
    transitions: BTreeMap<Transition, u64>,
    added: TagCounts,
    set: TagCounts,
    removed: TagCounts,
    wiped: TagCounts,
}

/// A value of a field, and the one that it becomes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Transition {
    /// The field.
    pub field: String,
    /// What was there.
    #[serde(skip_serializing_if = "ValueBefore::is_unknown")]
    pub before: ValueBefore,
    /// The value after the change.
    pub after: String,
}

/// Tags in any letter case, and the rows that have them.
#[derive(Debug, Default)]
pub struct TagCounts(BTreeMap<String, (String, u64)>);

/// As `Open -> Done`; of a value that nobody has read, as `-> Done`.
impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let after = exact(&self.after);
        match &self.before {
            ValueBefore::Unknown => write!(f, "-> {after}"),
            before => write!(f, "{before} -> {after}"),
        }
    }
}

impl ChangeTotals {
    /// Counts what one row changes.
    pub fn add(&mut self, diff: &RowDiff) {
        if diff.is_empty() {
            return;
        }
        self.rows += 1;
        for field in &diff.fields {
            if field.field == "hold_until" {
                self.hold_until_rows += 1;
                continue;
            }
            let FieldDiff {
                field,
                before,
                after,
            } = field.shortened(cut);
            self.count(Transition {
                field,
                before,
                after,
            });
        }
        self.wiping_rows += u64::from(!diff.tags.wiped.is_empty());
        self.cleared_rows += u64::from(diff.tags.set.as_ref().is_some_and(Vec::is_empty));
        self.added.add(&diff.tags.added);
        self.set.add(diff.tags.set.iter().flatten());
        self.removed.add(&diff.tags.removed);
        self.wiped.add(&diff.tags.wiped);
    }

    fn count(&mut self, mut transition: Transition) {
        if self.transitions.len() >= MOST && !self.transitions.contains_key(&transition) {
            transition = Transition {
                field: OTHERS.into(),
                before: ValueBefore::Unknown,
                after: OTHERS.into(),
            };
        }
        *self.transitions.entry(transition).or_default() += 1;
    }

    /// Transitions with their rows: by field, the commonest of a field first.
    #[must_use]
    pub fn transitions(&self) -> Vec<(&Transition, u64)> {
        let mut transitions: Vec<_> = self.transitions.iter().map(|(key, n)| (key, *n)).collect();
        // Stable: what is as common stays in order.
        transitions.sort_by(|(a, m), (b, n)| a.field.cmp(&b.field).then(n.cmp(m)));
        transitions
    }

    /// Tags that are added.
    #[must_use]
    pub fn added(&self) -> &TagCounts {
        &self.added
    }

    /// Tags that replace all tags of a conversation that nobody has read: some may have been there.
    #[must_use]
    pub fn set(&self) -> &TagCounts {
        &self.set
    }

    /// Tags that rows name to be removed.
    #[must_use]
    pub fn removed(&self) -> &TagCounts {
        &self.removed
    }

    /// Tags that go because all tags are replaced.
    #[must_use]
    pub fn wiped(&self) -> &TagCounts {
        &self.wiped
    }
}

impl TagCounts {
    fn add<'a>(&mut self, tags: impl IntoIterator<Item = &'a String>) {
        for tag in tags {
            let mut name = cut(tag);
            let mut key = folded(&name);
            if self.0.len() >= MOST && !self.0.contains_key(&key) {
                (key, name) = (OTHERS.into(), OTHERS.into());
            }
            self.0.entry(key).or_insert((name, 0)).1 += 1;
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each tag as it was first written, with its rows: the commonest first.
    #[must_use]
    pub fn commonest(&self) -> Vec<(&str, u64)> {
        let mut tags: Vec<_> = self
            .0
            .values()
            .map(|(tag, rows)| (tag.as_str(), *rows))
            .collect();
        tags.sort_by_key(|(_, rows)| Reverse(*rows));
        tags
    }
}

/// The text, or the beginning of one that is long. It is not safe to print yet.
fn cut(text: &str) -> String {
    let kept = beginning(text, VALUE_CHARS);
    let end = if kept.len() < text.len() { "…" } else { "" };
    format!("{kept}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TagDiff;

    fn row(before: &str, after: &str, wiped: &str) -> RowDiff {
        RowDiff {
            fields: vec![FieldDiff {
                field: "status".into(),
                before: ValueBefore::Value(before.into()),
                after: after.into(),
            }],
            tags: TagDiff {
                added: vec!["new".into()],
                wiped: vec![wiped.into()],
                ..TagDiff::default()
            },
        }
    }

    #[test]
    fn transitions_and_tags_are_counted_the_commonest_first() {
        let mut totals = ChangeTotals::default();
        totals.add(&RowDiff::default());
        for (before, after, wiped) in [
            ("Open", "Done", "VIP"),
            ("Spam", "Done", "x"),
            ("Spam", "Done", "vip"),
        ] {
            totals.add(&row(before, after, wiped));
        }
        let shown = |(transition, rows): (&Transition, u64)| {
            format!("{} {transition}: {rows}", transition.field)
        };
        let transitions: Vec<_> = totals.transitions().into_iter().map(shown).collect();
        assert_eq!(
            transitions,
            ["status Spam -> Done: 2", "status Open -> Done: 1"]
        );
        assert_eq!(totals.wiped().commonest(), [("VIP", 2), ("x", 1)]);
        assert_eq!(totals.added().commonest(), [("new", 3)]);
        assert_eq!((totals.rows, totals.wiping_rows), (3, 3));
    }

    #[test]
    fn tags_that_replace_what_nobody_has_read_are_counted_apart() {
        let mut totals = ChangeTotals::default();
        for set in [vec!["vip".to_owned()], Vec::new()] {
            totals.add(&RowDiff {
                tags: TagDiff {
                    set: Some(set),
                    ..TagDiff::default()
                },
                ..RowDiff::default()
            });
        }
        assert_eq!(totals.set().commonest(), [("vip", 1)]);
        assert!(totals.added().is_empty());
        assert_eq!((totals.rows, totals.cleared_rows), (2, 1));
    }

    #[test]
    fn memory_is_bounded() {
        let mut totals = ChangeTotals::default();
        for row in 0..2 * MOST {
            totals.add(&self::row(&row.to_string(), "Done", &row.to_string()));
        }
        assert!(totals.transitions().len() <= MOST + 1);
        assert_eq!(totals.wiped().commonest()[0], (OTHERS, MOST as u64));
    }
}
