//! Guards, and what a conversation shows -> the guards that fail.

use super::Difference;
use super::equal::{
    is_alike, is_same_data, is_same_time, is_status, known_status, listed, tag_set,
};
use crate::model::{Attribute, Changes, Conversation, DataValue, Guard, Reason, TagList, literal};

/// What is shown of an attribute that an answer does not have.
const NOT_SHOWN: &str = "no such field";

/// What is shown where there is nothing.
const NONE: &str = "none";

/// The guards that `shown` does not meet. One on a field that it does not show is not met.
pub(super) fn failing<'a>(
    guards: impl Iterator<Item = &'a Guard<'a>>,
    shown: &Conversation,
) -> Vec<Difference> {
    let failing = guards.filter(|guard| !is_met(guard, shown));
    let difference = |guard: &Guard<'_>| Difference {
        field: guard.field().into_owned(),
        asked: guard.expected().into_owned(),
        shown: current(guard, shown).unwrap_or_else(|| NOT_SHOWN.to_owned()),
    };
    failing.map(difference).collect()
}

/// Whether a guard is on a value that the row sets itself, in a conversation that lacks only
/// `missing` of what is `asked`: what is shown may be our own change.
pub(super) fn is_ours(guard: &Guard<'_>, asked: &Changes<'_>, missing: &Changes<'_>) -> bool {
    match guard {
        Guard::Status(_) | Guard::HoldUntil(_) => {
            asked.status.is_some() && missing.status.is_none()
        }
        Guard::Assignee(_) => asked.assignee.is_some() && missing.assignee.is_none(),
        Guard::Category(_) => asked.destination.is_some() && missing.destination.is_none(),
        Guard::TagList(_) => asked.tag_list.is_some() && missing.tag_list.is_none(),
        Guard::Data(name, _) => {
            let has = |changes: &Changes<'_>| changes.data.iter().any(|(known, _)| known == name);
            has(asked) && !has(missing)
        }
        // Our own change moves it too.
        Guard::UpdatedAt(_) => true,
    }
}

fn is_met(guard: &Guard<'_>, shown: &Conversation) -> bool {
    match guard {
        Guard::Status(None) => shown.status.as_deref() == Some(""),
        Guard::Status(Some(expected)) => {
            let status = shown.status.as_ref();
            status.is_some_and(|shown| is_status(*expected, shown))
        }
        Guard::Assignee(expected) => {
            meets(expected.as_ref(), &shown.assignee, |a, b| is_alike(a, b))
        }
        Guard::Category(expected) => {
            meets(expected.as_ref(), &shown.category, |a, b| is_alike(a, b))
        }
        Guard::HoldUntil(expected) => meets(expected.as_ref(), &shown.hold_until, is_same_time),
        Guard::UpdatedAt(expected) => meets(expected.as_ref(), &shown.updated_at, |a, b| a == b),
        Guard::TagList(expected) => matches!(
            &shown.tag_list,
            Some(TagList::Array(tags)) if tag_set(expected) == tag_set(tags)
        ),
        Guard::Data(name, expected) => {
            let expected = expected.as_ref().unwrap_or(&DataValue::Null);
            let fields = shown.data.as_ref();
            fields.is_some_and(|fields| is_same_data(expected, fields.get(name)))
        }
    }
}

fn meets<T, U>(
    expected: Option<&T>,
    shown: &Attribute<U>,
    is_equal: impl Fn(&T, &U) -> bool,
) -> bool {
    match (expected, shown) {
        (Some(expected), Attribute::Value(shown)) => is_equal(expected, shown),
        (None, Attribute::Empty) => true,
        _ => false,
    }
}

/// Whether a guard is on something that `shown` shows.
pub(super) fn is_on_shown(guard: &Guard<'_>, shown: &Conversation) -> bool {
    current(guard, shown).is_some()
}

/// Why a row whose guards fail is not applied. Where the conversation shows all that the row sets, that is
/// said too.
#[must_use]
pub fn failed_guards(
    failing: impl IntoIterator<Item = Difference>,
    is_changed_already: bool,
) -> String {
    let failing = failing.into_iter();
    let failing = failing.map(|guard| guard.as_failed_guard());
    let known = is_changed_already.then(|| Reason::ALREADY_AS_REQUESTED.into());
    let reasons: Vec<_> = failing.chain(known).collect();
    reasons.join("; ")
}

/// What is shown of the guarded field, as people read it; `None` where that is not shown.
fn current(guard: &Guard<'_>, shown: &Conversation) -> Option<String> {
    match guard {
        Guard::Status(_) => shown.status.as_deref().map(status_in_words),
        Guard::Assignee(_) => in_words(&shown.assignee),
        Guard::Category(_) => in_words(&shown.category),
        Guard::HoldUntil(_) => in_words(&shown.hold_until),
        Guard::UpdatedAt(_) => in_words(&shown.updated_at),
        Guard::TagList(_) => match &shown.tag_list {
            Some(TagList::Array(tags)) => Some(listed(tags)),
            Some(TagList::Other(_)) | None => None,
        },
        Guard::Data(name, _) => {
            let value = shown.data.as_ref().map(|fields| fields.get(name));
            value.map(|value| value.map(literal).unwrap_or_default())
        }
    }
}

fn in_words(shown: &Attribute<impl ToString>) -> Option<String> {
    match shown {
        Attribute::NotShown => None,
        Attribute::Empty => Some(NONE.to_owned()),
        Attribute::Value(value) => Some(value.to_string()),
    }
}

/// A status that is shown, by number and name where it is known.
fn status_in_words(shown: &str) -> String {
    known_status(shown).map_or_else(|| shown.to_owned(), |status| status.shown().to_owned())
}
