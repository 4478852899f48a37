//! What a guard is on, and the value beside its name -> the guard.

use super::guarded::Guarded;
use super::tags::{self, TagUse};
use super::terms::Terms;
use super::times;
use super::value::{self, Value};
use crate::model::Guard;
use crate::model::damage::{self, Damage};
use crate::model::spreadsheet::meant;
use crate::model::text::quoted;

/// The guard that a value makes.
pub(super) fn guard<'a>(
    guarded: Guarded<'a>,
    value: Value<'a>,
    terms: &Terms,
) -> Result<Guard<'a>, String> {
    let clock = &terms.clock;
    let is_none = match guarded {
        Guarded::Status | Guarded::TagList | Guarded::Data(_) => false,
        Guarded::Assignee | Guarded::Category | Guarded::HoldUntil | Guarded::UpdatedAt => {
            is_none(value)?
        }
    };
    Ok(match guarded {
        // The word is no status, and no conversation is without one.
        Guarded::Status if value.is_null() => Guard::Status(None),
        Guarded::Status => Guard::Status(Some(value::status(value)?)),
        Guarded::TagList if value.is_null() => Guard::TagList(Vec::new()),
        Guarded::TagList => Guard::TagList(tags::tags(value, TagUse::Expect)?),
        Guarded::Assignee if is_none => Guard::Assignee(None),
        Guarded::Assignee => Guard::Assignee(Some(value::assignee(value)?)),
        Guarded::Category if is_none => Guard::Category(None),
        Guarded::Category => Guard::Category(Some(value::name(value)?)),
        Guarded::HoldUntil if is_none => Guard::HoldUntil(None),
        Guarded::HoldUntil => Guard::HoldUntil(Some(value::time(value, clock, times::any)?)),
        Guarded::UpdatedAt if is_none => Guard::UpdatedAt(None),
        Guarded::UpdatedAt => {
            let time = value::time(value, clock, times::any)?;
            Guard::UpdatedAt(Some(time.instant))
        }
        Guarded::Data(name) if value.is_null() => Guard::Data(name, None),
        Guarded::Data(name) => {
            let value = value::data(value, terms.damaged, "compares it as it is")?;
            Guard::Data(name, Some(value))
        }
    })
}

/// Whether it stands for nobody, no time or no channel.
///
/// # Errors
/// When a program seems to have written it for that, in a way of its own.
fn is_none(value: Value<'_>) -> Result<bool, String> {
    let Ok(text) = value.raw_text() else {
        return Ok(value.is_null());
    };
    if meant(&text).eq_ignore_ascii_case("none") {
        return Ok(true);
    }
    match damage::of_word(&text) {
        Some(damage @ (Damage::Nothing | Damage::PerhapsNothing)) => {
            let leave = value.how_to_omit();
            Err(format!(
                "{} {} (write `none` to expect that nothing is there, or {leave} for no guard)",
                quoted(&text),
                damage.what()
            ))
        }
        _ => Ok(false),
    }
}
