//! Fields that are each legal -> an update, where they are legal together.

use std::borrow::Cow;

use super::draft::{Draft, Given, TagsFromSet};
use super::faults::Faults;
use super::slugs::SlugText;
use super::tag_rules;
use crate::model::{
    Changes, Destination, HoldUntil, Slug, Status, StatusChange, Update, Violation,
};

/// The update that a draft makes. `None`, and the reasons noted, where it makes none.
pub(super) fn update<'a>(
    line: u64,
    draft: Draft<'a>,
    tags_from_set: TagsFromSet,
    faults: &mut Faults,
) -> Option<Update<'a>> {
    // A key that nobody knows was meant to change something: that is reported already.
    let is_without_change = draft.is_without_change() && faults.found.is_empty();
    let unproven_host = match &draft.slug {
        Given::Valid(slug) => slug.unproven_host.clone(),
        Given::Absent | Given::Invalid => None,
    };
    let slug = slug(draft.slug, faults);
    let status = status_change(draft.status, draft.hold_until, faults);
    let destination = destination(draft.category, draft.brand, faults);
    if is_without_change {
        let what = if draft.guards.is_empty() {
            "changes nothing (fill in a cell, or use --set; columns like `_status` are ignored)"
        } else {
            "has only guards, no change (fill in a change, or use --set, like --set status=done)"
        };
        faults.add(Violation::ROW, what);
    }
    let edits = [&draft.add_tags, &draft.remove_tags];
    tag_rules::check_replacement(&draft.tag_list, edits, tags_from_set, faults);
    let tag_edits = tag_rules::edits(draft.add_tags, draft.remove_tags, tags_from_set, faults);
    let data = draft
        .data
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.valid()?)));
    let guards = draft.guards.into_iter();
    let changes = Changes {
        tag_list: draft.tag_list.valid(),
        status,
        assignee: draft.assignee.valid(),
        destination,
        data: data.collect(),
    };
    Some(Update {
        line,
        slug: slug?,
        unproven_host,
        changes,
        tag_edits,
        guards: guards.filter_map(|(_, guard)| guard.valid()).collect(),
    })
}

fn slug<'a>(given: Given<SlugText<'a>>, faults: &mut Faults) -> Option<Slug<'a>> {
    let given = match given {
        Given::Valid(given) => given,
        Given::Absent => SlugText::default(),
        Given::Invalid => return None,
    };
    let slug = match given.refused {
        Some(why) => Err(why),
        None => Slug::parse(given.text),
    };
    slug.map_err(|why| faults.add_first("slug", why)).ok()
}

impl Draft<'_> {
    fn is_without_change(&self) -> bool {
        self.tag_list.is_absent()
            && self.add_tags.is_absent()
            && self.remove_tags.is_absent()
            && self.status.is_absent()
            && self.hold_until.is_absent()
            && self.assignee.is_absent()
            && self.category.is_absent()
            && self.brand.is_absent()
            && self.data.is_empty()
    }
}

fn status_change(
    status: Given<Status>,
    hold_until: Given<HoldUntil>,
    faults: &mut Faults,
) -> Option<StatusChange> {
    match (status, hold_until) {
        (Given::Valid(Status::ON_HOLD), Given::Valid(until)) => Some(StatusChange::OnHold(until)),
        (Given::Valid(Status::ON_HOLD), Given::Absent) => {
            faults.add("hold_until", "is missing (required for status 5, On Hold)");
            None
        }
        (Given::Valid(Status::ON_HOLD) | Given::Invalid, _) | (Given::Absent, Given::Absent) => {
            None
        }
        (Given::Valid(status), Given::Absent) => Some(StatusChange::To(status)),
        (Given::Valid(_) | Given::Absent, Given::Valid(_) | Given::Invalid) => {
            faults.add(
                "hold_until",
                "belongs to status 5 only (set the status to On Hold, or remove the time)",
            );
            None
        }
    }
}

fn destination<'a>(
    category: Given<Cow<'a, str>>,
    brand: Given<Cow<'a, str>>,
    faults: &mut Faults,
) -> Option<Destination<'a>> {
    match (category, brand) {
        (Given::Valid(category), brand) => Some(Destination {
            category,
            brand: brand.valid(),
        }),
        (Given::Absent, Given::Valid(_) | Given::Invalid) => {
            faults.add(
                "brand",
                "needs a `category` (the channel of that brand to move to)",
            );
            None
        }
        (Given::Absent, Given::Absent) | (Given::Invalid, _) => None,
    }
}
