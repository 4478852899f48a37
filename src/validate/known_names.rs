//! An unknown name of a column or key -> the field that was probably meant.

use super::guarded::GUARDS;
use crate::model::damage;
use crate::model::invisible::{contained, first_hidden};
use crate::model::nearest;
use crate::model::text::one_line;

/// The names as users write them.
pub(super) const NAMES: [&str; 9] = [
    "slug",
    "tag_list",
    "add_tags",
    "remove_tags",
    "status",
    "hold_until",
    "assignee",
    "category",
    "brand",
];

/// Further names, which are not suggested.
pub(super) const OTHER_NAMES: [&str; 5] = [
    "assignee.email",
    "data",
    "expect",
    "expect.assignee.email",
    "expect.data",
];

/// What people call a field in other tools, and its name here.
const SYNONYMS: [(&str, &str); 36] = [
    ("tags", "tag_list"),
    ("labels", "tag_list"),
    ("set_tags", "tag_list"),
    ("replace_tags", "tag_list"),
    ("additional_tags", "add_tags"),
    ("extra_tags", "add_tags"),
    ("new_tags", "add_tags"),
    ("append_tags", "add_tags"),
    ("added_tags", "add_tags"),
    ("tags_to_add", "add_tags"),
    ("tags_add", "add_tags"),
    ("tag_add", "add_tags"),
    ("tag", "add_tags"),
    ("label", "add_tags"),
    ("add_label", "add_tags"),
    ("add_labels", "add_tags"),
    ("labels_to_add", "add_tags"),
    ("delete_tag", "remove_tags"),
    ("delete_tags", "remove_tags"),
    ("drop_tags", "remove_tags"),
    ("removed_tags", "remove_tags"),
    ("tags_to_remove", "remove_tags"),
    ("tags_remove", "remove_tags"),
    ("tag_remove", "remove_tags"),
    ("untag", "remove_tags"),
    ("remove_label", "remove_tags"),
    ("remove_labels", "remove_tags"),
    ("delete_labels", "remove_tags"),
    ("labels_to_remove", "remove_tags"),
    ("state", "status"),
    ("email", "assignee"),
    ("agent", "assignee"),
    ("owner", "assignee"),
    ("channel", "category"),
    ("id", "slug"),
    ("last_updated", "updated_at"),
];

/// What people call the first part of a guard's name.
const EXPECT: [&str; 9] = [
    "expect", "expected", "expects", "if", "when", "where", "guard", "require", "only_if",
];

/// The field that was probably meant by an unknown name in lower case.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    if let Some((first, rest)) = name.split_once('.') {
        return EXPECT.contains(&first).then(|| guard_meant(rest)).flatten();
    }
    let known = NAMES.into_iter().chain(GUARDS);
    synonym(name).or_else(|| nearest(name, known))
}

fn guard_meant(rest: &str) -> Option<&'static str> {
    let guard = |name: &str| GUARDS.into_iter().find(|guard| guard[EXPECTED..] == *name);
    let nearest = || nearest(rest, guards_on());
    let meant = synonym(rest).unwrap_or(rest);
    // There is one guard on tags, whichever word for them is used.
    let meant = match meant {
        "add_tags" | "remove_tags" => "tag_list",
        other => other,
    };
    guard(meant).or_else(|| guard(nearest()?))
}

/// Where the attribute begins in the name of a guard.
const EXPECTED: usize = "expect.".len();

/// What guards are on, custom fields apart.
fn guards_on() -> impl Iterator<Item = &'static str> {
    GUARDS.into_iter().map(|guard| &guard[EXPECTED..])
}

fn synonym(name: &str) -> Option<&'static str> {
    let found = SYNONYMS.iter().find(|(theirs, _)| *theirs == name);
    found.map(|(_, ours)| *ours)
}

/// What is wrong with the name of a custom field.
pub(super) fn fault_of_name(name: &str) -> Option<String> {
    if let Some(damage) = damage::of_text(name) {
        return Some(format!("{} ({})", damage.what(), damage.fix()));
    }
    first_hidden(name).map(contained)
}

/// What is wrong with a name in lower case that is that of no field.
pub(super) fn unknown(name: &str) -> String {
    if let Some(why) = fault_of_name(name) {
        return why;
    }
    let guarded = name.strip_prefix("expect.").map(|rest| match rest {
        "" => "NAME".to_owned(),
        _ => one_line(rest, 60),
    });
    match (meant(name), guarded) {
        (Some("tag_list"), _) if synonym(name).is_some() => {
            "is not a known field (did you mean `tag_list`? it replaces all tags; `add_tags` keeps them)".into()
        }
        (Some(meant), None) => format!("is not a known field (did you mean `{meant}`?)"),
        (Some(meant), Some(_)) => format!("is not a known guard (did you mean `{meant}`?)"),
        (None, Some(name)) => format!(
            "is not a known guard (after `expect.`: {}; or `expect.data.{name}` for a custom field)",
            guards_on().collect::<Vec<_>>().join(", "),
        ),
        (None, None) => format!(
            "is not a known field (known fields: {}; a guard is written like `expect.status`, a custom field `data.{name}`, one to ignore `_{name}`)",
            NAMES.join(", "),
            name = one_line(name, 60)
        ),
    }
}
