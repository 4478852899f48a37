//! Text -> the instant at which a conversation comes back from On Hold.

use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::Clock;
use crate::model::HoldUntil;
use crate::model::text::quoted;

/// Reads RFC 3339, and where a time zone is given also `2026-12-01 09:00` and `2026-12-01`.
pub(super) fn hold_until(text: &str, clock: &Clock) -> Result<HoldUntil, String> {
    let hold_until = if is_rfc3339(text) {
        let instant = instant(text)?;
        HoldUntil {
            instant,
            text: text.to_ascii_uppercase().replacen(' ', "T", 1),
        }
    } else if is_local(text) {
        let zone = clock.timezone.as_ref().ok_or_else(|| {
            format!(
                "{} has no offset from UTC (write `2026-12-01T09:00:00+01:00`, or give --timezone Area/City)",
                quoted(text)
            )
        })?;
        let zoned = local(text, zone)?;
        let offset = zoned.offset();
        HoldUntil {
            instant: zoned.timestamp(),
            text: zoned.timestamp().display_with_offset(offset).to_string(),
        }
    } else {
        return Err(format!("{} {}", quoted(text), no_form_of_time(text)));
    };
    if hold_until.instant <= clock.now {
        return Err(format!(
            "{} lies in the past (give a time to come)",
            quoted(text)
        ));
    }
    Ok(hold_until)
}

/// Whether `text` has the form of RFC 3339, section 5.6. (jiff reads further forms of ISO 8601.)
fn is_rfc3339(text: &str) -> bool {
    let Some((local, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let offset = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    has_form(local, "0000-00-00 00:00:00")
        && !local.ends_with(":60")
        && (offset.eq_ignore_ascii_case("z") || is_offset(offset))
}

/// Whether `text` is an offset of less than a day. (jiff reads longer ones.)
fn is_offset(text: &str) -> bool {
    (has_form(text, "+00:00") || has_form(text, "-00:00"))
        && &text[1..3] < "24"
        && &text[4..] < "60"
}

fn is_local(text: &str) -> bool {
    ["0000-00-00", "0000-00-00 00:00", "0000-00-00 00:00:00"]
        .iter()
        .any(|form| has_form(text, form))
}

/// Whether `text` is like `form`: a digit for every `0`, a blank or a T for the blank.
fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                b' ' => matches!(byte, b' ' | b'T' | b't'),
                _ => byte == form,
            })
}

/// What text is that has none of the forms of a time, and what would be right.
fn no_form_of_time(text: &str) -> &'static str {
    let is_of = |known: &[char]| {
        text.chars()
            .all(|c| c.is_ascii_digit() || known.contains(&c))
    };
    let has_two = |separator| text.matches(separator).count() == 2;
    let whole = text.split(['.', ',']).next().unwrap_or_default();
    if is_of(&['/', '.', ':', ' ', 'A', 'P', 'M']) && (has_two('/') || has_two('.')) {
        "is a date as a spreadsheet writes it (format the column as text, and write `2026-12-01T09:00:00+01:00`)"
    } else if is_of(&['.', ',']) && whole.len() == 5 {
        "is a spreadsheet's number for a date (format the column as text, and write `2026-12-01T09:00:00+01:00`)"
    } else {
        "is no time (write `2026-12-01T09:00:00+01:00`)"
    }
}

/// The one instant at which clocks in `zone` show `text`.
fn local(text: &str, zone: &TimeZone) -> Result<Zoned, String> {
    if has_form(text, "0000-00-00") {
        let date: Date = text.parse().map_err(|_| no_time(text))?;
        return date.to_zoned(zone.clone()).map_err(|_| no_time(text));
    }
    let time: DateTime = text.parse().map_err(|_| no_time(text))?;
    let zoned = zone.to_ambiguous_zoned(time);
    if zoned.is_ambiguous() {
        return Err(format!(
            "{} comes twice or never there, since clocks are put back or forward (write it with its offset)",
            quoted(text)
        ));
    }
    zoned.unambiguous().map_err(|_| no_time(text))
}

/// The instant that RFC 3339 text names. The last two days of the year 9999, which people write
/// for "never", are beyond what jiff can compare, and count as its last instant.
fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .or_else(|_| match text[..19].parse::<DateTime>() {
            Ok(time) if time.date() >= date(9999, 12, 30) => Ok(Timestamp::MAX),
            _ => Err(no_time(text)),
        })
}

fn no_time(text: &str) -> String {
    format!(
        "{} is no time of the calendar (write `2026-12-01T09:00:00+01:00`)",
        quoted(text)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, zone: Option<&str>) -> Result<String, String> {
        let clock = Clock {
            now: "2026-01-01T00:00:00Z".parse().expect("a time"),
            timezone: zone.map(|name| TimeZone::get(name).expect("a zone")),
        };
        hold_until(text, &clock).map(|hold| hold.text)
    }

    #[test]
    fn rfc_3339_is_sent_as_it_was_written() {
        for text in [
            "2026-12-01T09:00:00Z",
            "2026-12-01T09:00:00.25+05:30",
            "2026-12-01T09:00:00-00:00",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(read(text, None).as_deref(), Ok(text));
        }
        assert_eq!(
            read("2026-12-01 09:00:00z", None).as_deref(),
            Ok("2026-12-01T09:00:00Z")
        );
    }

    #[test]
    fn local_times_need_a_zone() {
        assert!(read("2026-12-01 09:00", None).is_err());
        let berlin = Some("Europe/Berlin");
        assert_eq!(
            read("2026-12-01 09:00", berlin).as_deref(),
            Ok("2026-12-01T09:00:00+01:00")
        );
        assert_eq!(
            read("2026-07-01T09:00:30", berlin).as_deref(),
            Ok("2026-07-01T09:00:30+02:00")
        );
        assert_eq!(
            read("2026-12-01", berlin).as_deref(),
            Ok("2026-12-01T00:00:00+01:00")
        );
    }

    #[test]
    fn a_time_that_clocks_skip_or_repeat_is_refused() {
        let berlin = Some("Europe/Berlin");
        assert!(read("2026-03-29 02:30", berlin).is_err());
        assert!(read("2026-10-25 02:30", berlin).is_err());
        assert!(read("2026-10-25 03:30", berlin).is_ok());
    }

    #[test]
    fn what_is_no_future_time_is_refused() {
        for text in [
            "tomorrow",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2025-12-31T23:59:59Z",
            "2026-12-01T09:00Z",
            "2026-12-01T09:00:00+0100",
            "2026-12-01T09:00:00+24:00",
            "2026-12-01T09:00:60Z",
            "9999-06-01T09:00:00.1234567890Z",
            "9999-12-31T09:00:00+01:60",
            "2026-12-01T25:00:00Z",
            "2026-12-01T09:00:00Z[UTC]",
            "1.12.2026",
            "",
        ] {
            assert!(read(text, Some("UTC")).is_err(), "{text}");
        }
    }
}
