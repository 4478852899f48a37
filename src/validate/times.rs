//! Text -> the instant at which a conversation comes back from On Hold.

use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::terms::Clock;
use super::time_advice::{no_form_of_time, no_offset};
use super::written_time::{Written, has_form, offset};
use crate::model::HoldUntil;
use crate::model::text::quoted;

/// The same as [`any`], if it is in the future.
pub(super) fn future(text: &str, clock: &Clock) -> Result<HoldUntil, String> {
    let time = any(text, clock)?;
    if time.instant <= clock.now {
        return Err(format!(
            "{} is in the past (use a future time)",
            quoted(text)
        ));
    }
    Ok(time)
}

/// Reads RFC 3339 and what databases and programs write for it (`2026-12-01 09:00:00+01`), and where a
/// time zone is given also `2026-12-01 09:00` and `2026-12-01`.
pub(super) fn any(text: &str, clock: &Clock) -> Result<HoldUntil, String> {
    let Some(written) = Written::from_text(text) else {
        return Err(format!("{} {}", quoted(text), no_form_of_time(text)));
    };
    // An invalid minute, or a leap second, which jiff would read as the second before.
    if written.local.contains(":60") {
        return Err(no_time(text));
    }
    Ok(if written.rest.is_empty() {
        let zone = clock.timezone.as_ref().ok_or_else(|| {
            format!(
                "{} has no offset from UTC (write `2026-12-01T09:00:00+01:00`, or give --timezone Area/City)",
                quoted(text)
            )
        })?;
        let zoned = local(text, written.local, zone)?;
        let offset = zoned.offset();
        HoldUntil {
            instant: zoned.timestamp(),
            text: zoned.timestamp().display_with_offset(offset).to_string(),
        }
    } else {
        let offset = offset(written.rest);
        let text = offset
            .and_then(|offset| written.with_offset(&offset))
            .ok_or_else(|| format!("{} {}", quoted(text), no_offset(&written)))?;
        HoldUntil {
            instant: instant(&text)?,
            text,
        }
    })
}

/// The instant that `text` names, as in an input.
///
/// # Errors
/// Says what is wrong with the text, and what would be right.
pub fn time(text: &str, clock: &Clock) -> Result<Timestamp, String> {
    any(text, clock).map(|time| time.instant)
}

/// The one instant at which clocks in `zone` show `local`, which is all of `text`.
fn local(text: &str, local: &str, zone: &TimeZone) -> Result<Zoned, String> {
    if has_form(local, "0000-00-00") {
        let date: Date = local.parse().map_err(|_| no_time(text))?;
        return date.to_zoned(zone.clone()).map_err(|_| no_time(text));
    }
    let time: DateTime = local.parse().map_err(|_| no_time(text))?;
    let zoned = zone.to_ambiguous_zoned(time);
    if zoned.is_ambiguous() {
        return Err(format!(
            "{} is ambiguous or does not exist in that time zone, because clocks change then (write it with its offset)",
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
        "{} is not a valid date and time (write `2026-12-01T09:00:00+01:00`)",
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
        future(text, &clock).map(|time| time.text)
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
    fn offsets_of_databases_and_programs_are_read_as_rfc_3339_has_them() {
        for (text, sent) in [
            ("2026-12-01 09:00:00+01", "2026-12-01T09:00:00+01:00"),
            ("2026-12-01T09:00:00+0100", "2026-12-01T09:00:00+01:00"),
            (
                "2026-12-01 09:00:00.123456-0330",
                "2026-12-01T09:00:00.123456-03:30",
            ),
            ("2026-12-01 09:00:00 +0100", "2026-12-01T09:00:00+01:00"),
            (
                "2026-12-01 09:00:00.5 +01:00",
                "2026-12-01T09:00:00.5+01:00",
            ),
            ("2026-12-01t09:00:00.25z", "2026-12-01T09:00:00.25Z"),
            ("2026-12-01 09:00:00 Z", "2026-12-01T09:00:00Z"),
            ("2026-12-01T09:00Z", "2026-12-01T09:00:00Z"),
            ("2026-12-01 09:00+01", "2026-12-01T09:00:00+01:00"),
        ] {
            assert_eq!(read(text, None).as_deref(), Ok(sent));
            assert_eq!(read(text, Some("Asia/Tokyo")).as_deref(), Ok(sent));
        }
    }

    #[test]
    fn what_is_no_offset_is_named_with_its_cure() {
        for (text, words) in [
            (
                "2026-12-01 09:00:00 UTC",
                "a time zone, `UTC`, not in an offset (write `2026-12-01T09:00:00Z`)",
            ),
            ("2026-12-01T09:00gmt", "(write `2026-12-01T09:00:00Z`)"),
            ("2026-12-01T09:00:00Z[UTC]", "a time zone, `Z[UTC]`, not"),
            (
                "2026-12-01 09:00:00 CET",
                "a time zone, `CET`, not in an offset (write the offset, as in `2026",
            ),
            (
                "2026-12-01 09:00 EST5EDT",
                "`EST5EDT`, which is not a UTC offset",
            ),
            (
                "2026-12-01 09:00:00 Europe/Berlin",
                "give --timezone Area/City",
            ),
            (
                "2026-12-01T09:00:00+01:00[Europe/Berlin]",
                "which is not a UTC offset",
            ),
            (
                "2026-12-01T09:00:00+24:00",
                "`+24:00`, which is not a UTC offset",
            ),
            ("2026-12-01T09:00:00+1", "`+1`, which is not a UTC offset"),
            ("2026-12-01T09:00:00,5Z", "`,5Z`, which is not a UTC offset"),
            ("2026-12-01 09:00 PM", "a 12-hour clock"),
            ("2026-12-01Z", "no time of day"),
            ("2026-12-01 9:00", "no time of day"),
            ("2026-12-01T09:00:00", "has no offset from UTC"),
        ] {
            let told = read(text, None).expect_err(text);
            assert!(told.contains(words), "{told}");
        }
    }

    #[test]
    fn other_ways_to_write_a_date_are_named_with_their_cure() {
        for (text, words) in [
            ("15/01/2035", "as a spreadsheet writes it"),
            ("1/15/2035 9:00 AM", "as a spreadsheet writes it"),
            ("15.01.2035 09:00", "as a spreadsheet writes it"),
            ("15-01-2035", "as a spreadsheet writes it"),
            ("49324.375", "a spreadsheet's number"),
            ("49324", "a spreadsheet's number"),
            (
                "2052547200",
                "a Unix timestamp (write `2035-01-16T08:00:00Z`)",
            ),
            ("2052547200000", "(write `2035-01-16T08:00:00Z`)"),
            ("2052547200.5", "a Unix timestamp"),
            ("15-Jan-2035", "a date in words"),
            ("Mon, 15 Jan 2035 09:00:00 +0100", "a date in words"),
            ("15. M\u{e4}rz 2035", "a date in words"),
            ("tomorrow", "is not a valid time (write"),
            ("20350115", "is not a valid time (write"),
        ] {
            let told = read(text, None).expect_err(text);
            assert!(
                told.contains(words)
                    && told.contains("2035-01-16T") | told.contains("2026-12-01T09:00:00+01:00"),
                "{told}"
            );
        }
    }

    #[test]
    fn a_guard_may_be_on_a_time_in_the_past() {
        let clock = Clock {
            now: "2026-01-01T00:00:00Z".parse().expect("a time"),
            timezone: None,
        };
        let past = "2020-01-15T09:00:00Z";
        assert_eq!(any(past, &clock).map(|time| time.text).as_deref(), Ok(past));
        assert!(future(past, &clock).is_err());
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
            read("2026-12-01 09:00:00.000", berlin).as_deref(),
            Ok("2026-12-01T09:00:00+01:00")
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
            "2026-12-01T09:00:00+24:00",
            "2026-12-01T09:00:60",
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
