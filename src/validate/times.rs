//! Text -> the instant at which a conversation comes back from On Hold.

use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::terms::Clock;
use crate::model::HoldUntil;
use crate::model::text::quoted;

/// Reads RFC 3339 and what databases and programs write for it (`2026-12-01 09:00:00+01`), and where a
/// time zone is given also `2026-12-01 09:00` and `2026-12-01`.
pub(super) fn hold_until(text: &str, clock: &Clock) -> Result<HoldUntil, String> {
    let Some(written) = Written::of(text) else {
        return Err(format!("{} {}", quoted(text), no_form_of_time(text)));
    };
    // What is no minute, and the second that is added to some days, which jiff takes for the one before.
    if written.local.contains(":60") {
        return Err(no_time(text));
    }
    let hold_until = if written.rest.is_empty() {
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
    };
    if hold_until.instant <= clock.now {
        return Err(format!(
            "{} lies in the past (give a time to come)",
            quoted(text)
        ));
    }
    Ok(hold_until)
}

/// A time as it is written: what clocks show, and what tells where.
struct Written<'a> {
    /// Date and, as a rule, time.
    local: &'a str,
    /// What is behind, blanks in front left out.
    rest: &'a str,
}

/// The forms of what clocks show, the longest first.
const LOCAL: [&str; 3] = ["0000-00-00 00:00:00", "0000-00-00 00:00", "0000-00-00"];

impl<'a> Written<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let is_start = |form: &&&str| text.get(..form.len()).is_some_and(|it| has_form(it, form));
        let mut length = LOCAL.iter().find(is_start)?.len();
        let fraction = text[length..].strip_prefix('.').unwrap_or_default();
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if length == LOCAL[0].len() && digits > 0 {
            length += 1 + digits;
        }
        let (local, rest) = text.split_at(length);
        let rest = rest.trim_start();
        Some(Self { local, rest })
    }

    /// The time with that offset, as RFC 3339 has it; none of a date alone.
    fn with_offset(&self, offset: &str) -> Option<String> {
        let (date, time) = self.local.split_at_checked(10)?;
        let seconds = if time.len() == 6 { ":00" } else { "" };
        let time = time.get(1..)?;
        Some(format!("{date}T{time}{seconds}{offset}"))
    }
}

/// An offset of less than a day as RFC 3339, section 5.6, has it. Some databases leave out its
/// minutes, `strftime` its colon. (jiff reads longer ones.)
fn offset(text: &str) -> Option<String> {
    if text.eq_ignore_ascii_case("z") {
        return Some("Z".to_owned());
    }
    let (sign, digits) = text.split_at_checked(1)?;
    let form = ["00:00", "0000", "00"]
        .into_iter()
        .find(|form| has_form(digits, form))?;
    let (hours, minutes) = (&digits[..2], digits.get(form.len() - 2..)?);
    let minutes = if form == "00" { "00" } else { minutes };
    let is_offset = matches!(sign, "+" | "-") && hours < "24" && minutes < "60";
    is_offset.then(|| format!("{sign}{hours}:{minutes}"))
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

/// What is wrong behind date and time, where an offset should be.
fn no_offset(written: &Written<'_>) -> String {
    let Written { local, rest } = *written;
    let example = "2026-12-01T09:00:00+01:00";
    if local.len() == LOCAL[2].len() {
        return format!("has no time of day like `09:00` behind its date (write `{example}`)");
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
            format!("has a clock of 12 hours (write one of 24 hours, and the offset: `{example}`)")
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
fn no_form_of_time(text: &str) -> String {
    let is_of = |known: &[char]| {
        text.chars()
            .all(|c| c.is_ascii_digit() || known.contains(&c))
    };
    let has_two = |separator| text.matches(separator).count() == 2;
    let whole = text.split(['.', ',']).next().unwrap_or_default();
    let has_dates = has_two('/') || has_two('.') || has_two('-');
    let write = "write `2026-12-01T09:00:00+01:00`";
    if let Some(instant) = since_1970(text) {
        format!("is a number of seconds since 1970, or of parts of them (write `{instant}`)")
    } else if is_of(&['/', '.', '-', ':', ' ', 'A', 'P', 'M']) && has_dates {
        format!("is a date as a spreadsheet writes it (format the column as text, and {write})")
    } else if is_of(&['.', ',']) && whole.len() == 5 {
        format!("is a spreadsheet's number for a date (format the column as text, and {write})")
    } else if has_word(text) {
        format!("is a date in words (write it in digits: {write})")
    } else {
        format!("is no time ({write})")
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
            ("2026-12-01 09:00 PM", "a clock of 12 hours"),
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
                "seconds since 1970, or of parts of them (write `2035-01-16T08:00:00Z`)",
            ),
            ("2052547200000", "(write `2035-01-16T08:00:00Z`)"),
            ("2052547200.5", "seconds since 1970"),
            ("15-Jan-2035", "a date in words"),
            ("Mon, 15 Jan 2035 09:00:00 +0100", "a date in words"),
            ("15. M\u{e4}rz 2035", "a date in words"),
            ("tomorrow", "is no time (write"),
            ("20350115", "is no time (write"),
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
