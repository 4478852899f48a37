//! What a row asks for -> the part of it that a conversation does not show yet. Strict, unlike
//! `compare`: what is not shown counts as different, so that it is sent.

use super::equal::{is_alike, is_same_data, is_same_time, is_status, tag_set};
use crate::model::{Attribute, Changes, Conversation, Destination, HoldUntil, StatusChange};

/// The part of `asked` that `shown` does not show, pairs whole.
pub(super) fn missing<'a>(asked: &Changes<'a>, shown: &Conversation) -> Changes<'a> {
    let Changes {
        tag_list,
        status,
        assignee,
        destination,
        data,
    } = asked;
    let shows_tags = |tags: &_| {
        let shown = shown.tag_list.as_ref();
        shown.is_some_and(|shown| tag_set(shown.tags()) == tag_set(tags))
    };
    let shown_data = shown.data.as_ref();
    let data = data.iter().filter(|(name, value)| {
        !shown_data.is_some_and(|shown| is_same_data(value, shown.get(name)))
    });
    Changes {
        tag_list: tag_list.as_ref().filter(|tags| !shows_tags(*tags)).cloned(),
        status: status
            .as_ref()
            .filter(|change| !shows_status(change, shown))
            .cloned(),
        assignee: assignee
            .as_ref()
            .filter(|email| !is_shown(email, &shown.assignee))
            .cloned(),
        destination: destination
            .as_ref()
            .filter(|destination| !shows_destination(destination, shown))
            .cloned(),
        data: data.cloned().collect(),
    }
}

fn shows_status(change: &StatusChange, shown: &Conversation) -> bool {
    let status = change.status();
    let is_shown = shown
        .status
        .as_ref()
        .is_some_and(|shown| is_status(status, shown));
    is_shown
        && match change {
            StatusChange::To(_) => true,
            StatusChange::OnHold(until) => shows_time(until, &shown.hold_until),
        }
}

fn shows_time(until: &HoldUntil, shown: &Attribute<HoldUntil>) -> bool {
    matches!(shown, Attribute::Value(shown) if is_same_time(until, shown))
}

/// The brand is compared only where it is shown: no documented answer has it.
fn shows_destination(destination: &Destination<'_>, shown: &Conversation) -> bool {
    is_shown(&destination.category, &shown.category)
        && match (&destination.brand, &shown.brand) {
            (Some(brand), Attribute::Value(shown)) => is_alike(brand, shown),
            (Some(_) | None, _) => true,
        }
}

fn is_shown(asked: &str, shown: &Attribute<String>) -> bool {
    matches!(shown, Attribute::Value(shown) if is_alike(asked, shown))
}
