//! An unknown name of a column or key -> the field that was probably meant.

use super::guarded::GUARDS;
use super::synonyms::{self, custom_field, is_same, squeezed, synonym};
use crate::model::damage;
use crate::model::invisible::{contained, first_hidden};
use crate::model::nearest;
use crate::model::spreadsheet::trimmed;
use crate::model::text::{one_line, quoted};

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

/// What people call the first part of a guard's name.
const EXPECT: [&str; 9] = [
    "expect", "expected", "expects", "if", "when", "where", "guard", "require", "only_if",
];

/// The field that was probably meant by an unknown name in lower case; custom fields apart.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    if let Some((first, rest)) = name.split_once('.')
        && EXPECT.contains(&first)
    {
        return guard_meant(rest);
    }
    let known = || NAMES.into_iter().chain(GUARDS);
    let spelled = known().find(|known| is_same(known, name));
    let nearest = || {
        let is_word = !name.contains('.');
        is_word.then(|| nearest(name, known())).flatten()
    };
    spelled.or_else(|| synonym(name)).or_else(nearest)
}

/// What was probably meant by an unknown name, in words for a question.
pub(super) fn suggestion(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let field = match meant(&lower) {
        Some("tag_list") if synonym(&lower).is_some() => {
            return Some("`tag_list` (replaces all tags) or `add_tags`".into());
        }
        Some(field) if synonym(&lower).is_some() => field.to_owned(),
        // A custom field may be called like another one.
        other => custom_field(name).or_else(|| other.map(str::to_owned))?,
    };
    Some(quoted(&field))
}

/// The field that an unknown name asks for so clearly that it must not be ignored: all but a slip of the
/// hand, a guard, or what is to be done with tags. (What an export calls a field is often there to be looked
/// at only.)
pub(super) fn near_miss(name: &str) -> Option<String> {
    let lower = trimmed(name).to_lowercase();
    let (bare, meant) = (squeezed(&lower), || meant(&lower).map(str::to_owned));
    let start = lower
        .split(['.', ':'])
        .next()
        .filter(|start| start.len() < lower.len());
    if let Some(start) = start {
        if EXPECT.contains(&start) || is_slip(start, "expect") {
            return Some(meant().unwrap_or_else(|| "expect.NAME".into()));
        }
        if is_slip(start, "data") {
            return Some("data.NAME".into());
        }
    }
    if synonym(&lower).is_some() {
        return synonyms::is_tag_edit(&lower).then(meant).flatten();
    }
    // Every export has one.
    if bare == "date" {
        return None;
    }
    let mut known = NAMES.into_iter().chain(GUARDS).chain(OTHER_NAMES);
    known
        .find(|known| is_slip(&bare, &squeezed(known)))
        .map(str::to_owned)
}

/// Whether one is the other but for a letter or two.
fn is_slip(name: &str, known: &str) -> bool {
    let most = if known.len() < 6 { 1 } else { 2 };
    strsim::osa_distance(name, known) <= most
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

/// What is wrong with the name of a custom field.
pub(super) fn fault_of_name(name: &str) -> Option<String> {
    if let Some(damage) = damage::of_text(name) {
        return Some(format!("{} ({})", damage.what(), damage.fix()));
    }
    first_hidden(name).map(contained)
}

/// What is wrong with a name that is that of no field.
pub(super) fn unknown(name: &str) -> String {
    if let Some(why) = fault_of_name(name) {
        return why;
    }
    let lower = name.to_lowercase();
    let guarded = lower.strip_prefix("expect.").map(|rest| match rest {
        "" => "NAME".to_owned(),
        _ => one_line(rest, 60),
    });
    match (meant(&lower), guarded) {
        (Some("tag_list"), None) if synonym(&lower).is_some() => {
            "is not a known field (did you mean `tag_list`? it replaces all tags; `add_tags` keeps them)".into()
        }
        (Some(meant), Some(_)) => format!("is not a known guard (did you mean `{meant}`?)"),
        (None, Some(name)) => format!(
            "is not a known guard (after `expect.`: {}; or `expect.data.{name}` for a custom field)",
            guards_on().collect::<Vec<_>>().join(", "),
        ),
        (_, None) => match suggestion(name) {
            Some(meant) => format!("is not a known field (did you mean {meant}?)"),
            None => format!(
                "is not a known field (known fields: {}; a guard is written like `expect.status`, a custom field `data.{name}`, one to ignore `_{name}`)",
                NAMES.join(", "),
                name = one_line(&lower, 60)
            ),
        },
    }
}

/// Unknown names that a message lists.
pub(super) const MOST_UNKNOWN: usize = 12;

/// `count` names that are those of no field, the first of them `names`, in one message.
pub(super) fn several_unknown(names: &[String], count: usize, what: &str) -> String {
    let listed = names.iter().map(|name| {
        let shown = quoted(name);
        suggestion(name).map_or(shown.clone(), |meant| {
            format!("{shown} (did you mean {meant}?)")
        })
    });
    let listed = listed.collect::<Vec<_>>().join(", ");
    let more = match count.saturating_sub(names.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "{count} {what} are not fields: {listed}{more} (rename them, like --map 'Ticket URL=slug'; put `_` in front of a name to ignore it; or ignore all with --ignore-unknown-columns)"
    )
}
