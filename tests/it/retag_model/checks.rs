//! What must be so of a conversation, given all that happened to it.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::case::{Case, Row, identity, is_legal};
use super::rules::{all, guards_hold, missing, outcome, set, tags};
use super::world::Entry;
use crate::support::command::LedgerLine;

/// What is checked of a case.
pub(super) type Checked = Result<(), TestCaseError>;

/// What all cases came to.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) rows: usize,
    pub(super) kills: usize,
    pub(super) updates: usize,
    pub(super) updated: usize,
    pub(super) by_earlier_attempt: usize,
    pub(super) unchanged: usize,
    pub(super) conflicts: usize,
    pub(super) unknown: usize,
    /// Tags that colleagues changed between a read and the update.
    pub(super) in_window: usize,
    /// Of these, those that got lost, or came back.
    pub(super) lost: usize,
    pub(super) second_runs: usize,
    /// Runs that were killed and undone as they were.
    pub(super) unresumed: usize,
    /// Conversations that only we changed, and put back.
    pub(super) put_back: usize,
    /// Conversations that others changed too.
    pub(super) touched: usize,
}

/// Fails unless each update of a conversation is what follows from the read before it.
pub(super) fn check_updates(case: &Case, slug: &str, entries: &[Entry]) -> Checked {
    let row = case.row(slug);
    let processes = entries.iter().filter(|e| matches!(e, Entry::Start));
    let is_killed = processes.count() > 1;
    let (mut read, mut have_held, mut is_first) = (None, false, true);
    for entry in entries {
        match entry {
            Entry::Start => read = None,
            Entry::Colleague(_) => {}
            Entry::Read(shown) => {
                read = Some(shown);
                have_held |= row.is_some_and(|row| guards_hold(row, shown));
            }
            Entry::Put { body, is_clear, .. } => {
                let row = row.expect("a row about what is changed");
                let expected = if case.is_read(row) {
                    let shown = read.ok_or_else(|| fail("not read again", slug, entries))?;
                    let have_held =
                        have_held && (is_killed || !is_first || guards_hold(row, shown));
                    prop_assert!(have_held, "guards: {slug} {entries:#?}");
                    missing(row, shown)
                } else {
                    all(row).into()
                };
                prop_assert_eq!(body, &expected, "{} {:#?}", slug, entries);
                prop_assert!(*body != json!({}), "{slug} {entries:#?}");
                is_first = false;
                if !is_clear {
                    read = None;
                }
            }
        }
    }
    Ok(())
}

pub(super) fn fail(what: &str, slug: &str, entries: &[Entry]) -> TestCaseError {
    TestCaseError::fail(format!("{what}: {slug} {entries:#?}"))
}

/// Fails if a tag of others got lost, or a tag that they removed came back, but for what they did
/// between a read and the update that followed.
pub(super) fn check_tags(
    row: Option<&Row>,
    before: &Value,
    entries: &[Entry],
    after: &Value,
    figures: &mut Figures,
) -> Checked {
    let owned = |tags: &[String]| -> BTreeSet<String> {
        set(tags).into_iter().map(str::to_owned).collect()
    };
    let mut ideal = owned(&tags(before));
    let (mut since_read, mut in_window) = (Vec::new(), BTreeSet::new());
    for entry in entries {
        match entry {
            Entry::Read(_) => since_read.clear(),
            Entry::Colleague(Some((tag, is_added))) => {
                let tag = identity(tag).to_owned();
                if *is_added {
                    ideal.insert(tag.clone());
                } else {
                    ideal.remove(&tag);
                }
                since_read.push(tag);
            }
            Entry::Put {
                body, is_applied, ..
            } if *is_applied && !body["tag_list"].is_null() => {
                let row = row.expect("a row about what is changed");
                if let Some(tags) = &row.tag_list {
                    ideal = owned(tags);
                }
                ideal.retain(|tag| !set(&row.remove).contains(&**tag));
                ideal.extend(owned(&row.add));
                figures.in_window += since_read.len();
                in_window.extend(since_read.drain(..));
            }
            Entry::Put { .. } | Entry::Colleague(None) | Entry::Start => {}
        }
    }
    let actual = owned(&tags(after));
    let lost: BTreeSet<_> = ideal.symmetric_difference(&actual).cloned().collect();
    figures.lost += lost.len();
    prop_assert!(lost.is_subset(&in_window), "{lost:?} {entries:#?}");
    Ok(())
}

/// Whether one of our updates was applied.
pub(super) fn is_changed_by_us(entries: &[Entry]) -> bool {
    let is_applied = |entry: &Entry| matches!(entry, Entry::Put { is_applied, .. } if *is_applied);
    entries.iter().any(is_applied)
}

/// Fails unless a row is recorded as what it came to.
pub(super) fn check_outcome(
    case: &Case,
    row: &Row,
    line: &LedgerLine,
    entries: &[Entry],
    figures: &mut Figures,
) -> Checked {
    let own = |entry: &&Entry| matches!(entry, Entry::Read(_) | Entry::Put { .. });
    let last = entries.iter().rfind(own);
    let context = || format!("{line:?} {row:?} {entries:#?}");
    let may_be_changed = ["updated", "unknown"].contains(&&*line.outcome);
    prop_assert!(
        may_be_changed || !is_changed_by_us(entries),
        "{}",
        context()
    );
    let is_right = match (&*line.outcome, last) {
        (
            "updated",
            Some(Entry::Put {
                is_applied,
                is_clear,
                ..
            }),
        ) => *is_applied && *is_clear,
        ("updated", Some(Entry::Read(shown))) => {
            figures.by_earlier_attempt += 1;
            missing(row, shown) == json!({}) && !line.reasons.is_empty()
        }
        (told @ ("unchanged" | "conflict"), Some(Entry::Read(shown))) => {
            outcome(row, shown) == told
        }
        ("rejected", _) => case.refused.contains(&row.slug),
        ("not_found", _) => case.conversations[&row.slug].is_none(),
        ("unknown", _) => !entries.is_empty(),
        _ => false,
    };
    prop_assert!(is_right, "{}", context());
    match &*line.outcome {
        "updated" => figures.updated += 1,
        "unchanged" => figures.unchanged += 1,
        "conflict" => figures.conflicts += 1,
        "unknown" => figures.unknown += 1,
        _ => {}
    }
    Ok(())
}

/// Whether nobody but us changed a conversation since it was read last.
pub(super) fn is_as_read(entries: &[Entry]) -> bool {
    let last = entries.iter().rposition(|e| matches!(e, Entry::Read(_)));
    let since = entries.iter().skip(last.unwrap_or(0));
    !since.into_iter().any(|e| matches!(e, Entry::Colleague(_)))
}

/// A conversation that was changed by a row and then put back: as `before`, but for what the API cannot
/// put back.
pub(super) fn put_back(before: &Value, changed: &Value) -> Value {
    let mut expected = changed.clone();
    for name in ["tag_list", "status", "hold_until", "category"] {
        expected[name].clone_from(&before[name]);
    }
    if !before["assignee"].is_null() {
        expected["assignee"].clone_from(&before["assignee"]);
    }
    for (name, value) in before["data"].as_object().into_iter().flatten() {
        expected["data"][name].clone_from(value);
    }
    expected
}

/// A conversation with its tags in order, and its assignee without a name, which an update does not
/// have. A row that replaces the tags may spell one in another way, and that stays; and may remove
/// one that no row can add.
pub(super) fn comparable(row: &Row, mut shown: Value) -> Value {
    let mut sorted = tags(&shown);
    if row.tag_list.is_some() {
        sorted.retain(|tag| is_legal(tag));
        sorted = sorted.iter().map(|tag| identity(tag).to_owned()).collect();
    }
    sorted.sort();
    shown["tag_list"] = json!(sorted);
    shown["assignee"] = shown["assignee"]["email"].clone();
    shown
}
