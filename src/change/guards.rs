//! Guards, and what a conversation shows -> the guards that fail.

use std::borrow::Cow;

use super::Difference;
use super::equal::{is_alike, is_same_data, is_same_time, is_status, listed, tag_set};
use crate::model::{Attribute, Conversation, DataValue, Guard, Status, TagList, literal};

/// What is shown of an attribute that an answer does not have.
const NOT_SHOWN: &str = "no such field";

/// What is shown, and expected, where there is nothing.
const NONE: &str = "none";

/// The guards that `shown` does not meet. One on a field that it does not show is not met.
pub(super) fn failing(guards: &[Guard<'_>], shown: &Conversation) -> Vec<Difference> {
    guards
        .iter()
        .filter_map(|guard| check(guard, shown))
        .collect()
}

fn check(guard: &Guard<'_>, shown: &Conversation) -> Option<Difference> {
    let is_equal = |expected: &Cow<'_, str>, shown: &String| is_alike(expected, shown);
    let (expected, is_met, shown) = match guard {
        Guard::Status(expected) => (
            expected.map_or(NONE, Status::shown).to_owned(),
            match (expected, &shown.status) {
                (Some(status), Some(shown)) => is_status(*status, shown),
                (None, Some(shown)) => shown.is_empty(),
                (_, None) => false,
            },
            shown
                .status
                .as_deref()
                .map_or(NOT_SHOWN.to_owned(), status_in_words),
        ),
        Guard::Assignee(expected) => attribute(expected.as_ref(), &shown.assignee, is_equal),
        Guard::Category(expected) => attribute(expected.as_ref(), &shown.category, is_equal),
        Guard::HoldUntil(expected) => {
            let shown = &shown.hold_until;
            let texts = (
                expected.as_ref().map(|time| &time.text),
                map(shown, |time| &time.text),
            );
            let is_met = is_met(expected.as_ref(), shown, is_same_time);
            (text(texts.0), is_met, in_words(&texts.1))
        }
        Guard::UpdatedAt(expected) => {
            attribute(expected.as_ref(), &shown.updated_at, |a, b| a == b)
        }
        Guard::TagList(expected) => match &shown.tag_list {
            Some(TagList::Array(tags)) => (
                listed(expected),
                tag_set(expected) == tag_set(tags),
                listed(tags),
            ),
            Some(TagList::Other(_)) | None => (listed(expected), false, NOT_SHOWN.to_owned()),
        },
        Guard::Data(name, expected) => {
            let value = shown.data.as_ref().map(|data| data.get(name));
            let expected = expected.as_ref().unwrap_or(&DataValue::Null);
            let words = match value {
                None => NOT_SHOWN.to_owned(),
                Some(value) => value.map(literal).unwrap_or_default(),
            };
            let is_met = value.is_some_and(|value| is_same_data(expected, value));
            (expected.as_text().to_owned(), is_met, words)
        }
    };
    (!is_met).then(|| Difference {
        field: guard.field().into_owned(),
        asked: expected,
        shown,
    })
}

/// What is expected, whether it is met, and what is shown.
fn attribute<T: ToString, U: ToString>(
    expected: Option<&T>,
    shown: &Attribute<U>,
    is_equal: impl Fn(&T, &U) -> bool,
) -> (String, bool, String) {
    (
        text(expected),
        is_met(expected, shown, is_equal),
        in_words(shown),
    )
}

fn is_met<T, U>(
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

fn text<T: ToString>(expected: Option<&T>) -> String {
    expected.map_or_else(|| NONE.to_owned(), T::to_string)
}

fn in_words<T: ToString>(shown: &Attribute<T>) -> String {
    match shown {
        Attribute::NotShown => NOT_SHOWN.to_owned(),
        Attribute::Empty => NONE.to_owned(),
        Attribute::Value(value) => value.to_string(),
    }
}

fn map<'a, T, U>(attribute: &'a Attribute<T>, to: impl Fn(&'a T) -> U) -> Attribute<U> {
    match attribute {
        Attribute::NotShown => Attribute::NotShown,
        Attribute::Empty => Attribute::Empty,
        Attribute::Value(value) => Attribute::Value(to(value)),
    }
}

/// A status that is shown, by number and name where it is known.
fn status_in_words(shown: &str) -> String {
    let known = Status::all().find(|status| is_status(*status, shown));
    known.map_or_else(|| shown.to_owned(), |status| status.shown().to_owned())
}
