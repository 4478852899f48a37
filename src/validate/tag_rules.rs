//! Tags to replace, to add and to remove, each legal by itself -> the two ways to change tags, where
//! they are legal together.

use std::borrow::Cow;
use std::collections::HashSet;

use super::draft::{Given, TagsFromSet};
use super::faults::Faults;
use crate::model::TagEdits;
use crate::model::text::{folded, quoted};

type Tags<'a> = Given<Vec<Cow<'a, str>>>;

/// Notes edits beside a `tag_list`, which would leave nothing to edit.
pub(super) fn check_replacement(
    tag_list: &Tags<'_>,
    [add, remove]: [&Tags<'_>; 2],
    from_set: TagsFromSet,
    faults: &mut Faults,
) {
    if tag_list.is_absent() {
        return;
    }
    for (field, edit, is_from_set) in [
        ("add_tags", add, from_set.add_tags),
        ("remove_tags", remove, from_set.remove_tags),
    ] {
        if !matches!(edit, Given::Valid(tags) if !tags.is_empty()) {
            continue;
        }
        let (what, advice) = match (is_from_set, from_set.tag_list) {
            (true, false) => (
                "of --set cannot be combined with the row's `tag_list`",
                format!("write `[]` in {field} of this row, or remove its tag_list"),
            ),
            (false, true) => (
                "cannot be combined with the `tag_list` of --set",
                "remove one of them".to_owned(),
            ),
            (true, true) | (false, false) => (
                "cannot be combined with `tag_list`",
                "remove one of them".to_owned(),
            ),
        };
        faults.add(field, format!("{what}, which replaces all tags ({advice})"));
    }
}

/// The edits, and notes tags that are to be added and removed.
pub(super) fn edits<'a>(
    add: Tags<'a>,
    remove: Tags<'a>,
    from_set: TagsFromSet,
    faults: &mut Faults,
) -> TagEdits<'a> {
    let (add, remove) = (
        add.valid().unwrap_or_default(),
        remove.valid().unwrap_or_default(),
    );
    if !add.is_empty() && !remove.is_empty() {
        let added: HashSet<String> = add.iter().map(|tag| folded(tag)).collect();
        let in_both = remove.iter().filter(|tag| added.contains(&folded(tag)));
        let in_both: Vec<_> = in_both.map(|tag| quoted(tag)).collect();
        if !in_both.is_empty() {
            let advice = match (from_set.add_tags, from_set.remove_tags) {
                (true, false) => "keep one; `[]` in add_tags of this row leaves out that of --set",
                (false, true) => {
                    "keep one; `[]` in remove_tags of this row leaves out that of --set"
                }
                (true, true) | (false, false) => "keep one",
            };
            let tags = in_both.join(", ");
            faults.add(
                "remove_tags",
                format!("{tags}: also in `add_tags` ({advice})"),
            );
        }
    }
    TagEdits { add, remove }
}
