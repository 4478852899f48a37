//! Text that is not a time of the form that is read -> what it is instead, and what to write.

use jiff::Timestamp;

use super::written_time::Written;
use crate::model::text::quoted;

/// What is wrong behind date and time, where an offset should be.
pub(super) fn no_offset(written: &Written<'_>) -> String {
    let rest = written.rest;
    let example = "2026-12-01T09:00:00+01:00";
    if written.is_date_alone() {
        return format!("has no time of day like `09:00` after its date (write `{example}`)");
    }
    let is_word = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '_' | '-' | '[' | ']');
    let zone = rest.trim_start_matches(['Z', 'z']).trim_matches(['[', ']']);
    match zone.to_ascii_uppercase().as_str() {
        "UTC" | "GMT" | "ETC/UTC" => {
            let in_utc = written
                .with_offset("Z")
                .unwrap_or_else(|| "2026-12-01T09:00:00Z".into());
            format!(
                "ends in the name of a time zone, {}, not in an offset (write `{in_utc}`)",
                quoted(rest)
            )
        }
        "AM" | "PM" => {
            format!("uses a 12-hour clock (write a 24-hour time, and the offset: `{example}`)")
        }
        _ if rest.chars().all(is_word) && rest.len() > 1 => format!(
            "ends in the name of a time zone, {}, not in an offset (write the offset, as in `{example}`; or leave it out, and give --timezone Area/City)",
            quoted(rest)
        ),
        _ => format!(
            "ends in {}, which is not a UTC offset (write `+01:00` or `Z`, as in `{example}`)",
            quoted(rest)
        ),
    }
}

/// What text is that has none of the forms of a time, and what would be right.
pub(super) fn no_form_of_time(text: &str) -> String {
    let is_of = |known: &[char]| {
        text.chars()
            .all(|c| c.is_ascii_digit() || known.contains(&c))
    };
    let has_two = |separator| text.matches(separator).count() == 2;
    let whole = text.split(['.', ',']).next().unwrap_or_default();
    let has_dates = has_two('/') || has_two('.') || has_two('-');
    let write = "write `2026-12-01T09:00:00+01:00`";
    if let Some(instant) = since_1970(text) {
        format!("is a Unix timestamp (write `{instant}`)")
    } else if is_of(&['/', '.', '-', ':', ' ', 'A', 'P', 'M']) && has_dates {
        format!("is a date as a spreadsheet writes it (format the column as text, and {write})")
    } else if is_of(&['.', ',']) && whole.len() == 5 {
        format!("is a spreadsheet's number for a date (format the column as text, and {write})")
    } else if has_word(text) {
        format!("is a date in words (write it in digits: {write})")
    } else {
        format!("is not a valid time ({write})")
    }
}

/// The instant that a count of seconds since 1970 stands for, or one of milli-, micro- or nanoseconds.
fn since_1970(text: &str) -> Option<Timestamp> {
    let whole = text.split('.').next()?;
    let count = whole.parse().ok()?;
    let is_number = text
        .bytes()
        .all(|byte| byte == b'.' || byte.is_ascii_digit());
    let instant = match whole.len() {
        10 => Timestamp::from_second(count),
        13 => Timestamp::from_millisecond(count),
        16 => Timestamp::from_microsecond(count),
        19 => Timestamp::from_nanosecond(count.into()),
        _ => return None,
    };
    instant.ok().filter(|_| is_number)
}

/// Whether `text` has a word in it, as the name of a month is one in any language.
fn has_word(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphabetic());
    text.contains(|c: char| c.is_ascii_digit()) && words.any(|word| word.chars().count() > 2)
}
