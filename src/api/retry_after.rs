//! `Retry-After`, in every form that servers send it -> how long the server wants nothing.
//!
//! RFC 9110 (section 10.2.3) knows seconds and dates. Also met: fractions, units (`6s`, `PT6S`),
//! other zones and forms of dates, Unix times, quotes, and several values joined by a comma. What
//! cannot be read counts as absent: it must neither end a run nor shorten a pause.

use std::time::{Duration, SystemTime};

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The wait that the headers ask for. A date is read by the server's own clock where the answer
/// shows it.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let values = headers.get_all(RETRY_AFTER).iter();
    let date = headers.get(DATE).and_then(|date| date.to_str().ok());
    let now = date.and_then(http_date).or_else(|| now.try_into().ok())?;
    // Of several wishes the longest.
    values
        .filter_map(|value| longest(value.to_str().ok()?, now))
        .max()
}

/// The longest wait of those that a comma joins.
fn longest(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.replace(['"', '\''], "").to_ascii_lowercase();
    // A comma is in a date too: what is before it cannot be read, and is passed over.
    [value.as_str()]
        .into_iter()
        .chain(value.split(','))
        .filter_map(|part| wait(part.trim(), now))
        .max()
}

fn wait(asked: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(number) = asked.parse::<f64>() {
        return seconds(number, now);
    }
    if let Some(until) = http_date(asked).or_else(|| iso_date(asked)) {
        return Some(from(now, until));
    }
    // `6s`, `1 min 30 sec`, `PT6S`.
    let wait: SignedDuration = asked.parse().ok()?;
    wait.try_into().ok()
}

/// The time from `now` until then; none if that is past.
fn from(now: Timestamp, until: Timestamp) -> Duration {
    now.duration_until(until).try_into().unwrap_or_default()
}

/// The earliest Unix time that a number is taken for, in seconds: less is a wait of at most 31 years.
const FIRST_UNIX_TIME: f64 = 1e9;

/// Seconds to wait, or a date in Unix seconds, milliseconds, microseconds or nanoseconds.
fn seconds(number: f64, now: Timestamp) -> Option<Duration> {
    if (0.0..FIRST_UNIX_TIME).contains(&number) {
        return Some(Duration::from_secs_f64(number));
    }
    let times = [1.0, 1e3, 1e6, 1e9].map(|unit| number / unit);
    let unix = times
        .into_iter()
        .find(|time| (FIRST_UNIX_TIME..10.0 * FIRST_UNIX_TIME).contains(time))?;
    let since_epoch = SignedDuration::try_from_secs_f64(unix).ok()?;
    Some(from(now, Timestamp::from_duration(since_epoch).ok()?))
}

/// The three forms of RFC 9110, in any letter case, with any name for GMT or an offset.
fn http_date(text: &str) -> Option<Timestamp> {
    let text = text.trim().to_ascii_lowercase();
    let (date, zone) = match text.rsplit_once(' ') {
        Some((date, "gmt" | "utc" | "ut" | "z")) => (date, "+0000".to_owned()),
        Some((date, zone)) if zone.starts_with(['+', '-']) => (date, zone.replace(':', "")),
        _ => (text.as_str(), "+0000".to_owned()),
    };
    // The weekday says nothing more, and may be wrong.
    let date = date.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let date = format!("{} {zone}", date.trim_matches([',', ' ']));
    [
        "%d %b %Y %H:%M:%S %z",
        "%d-%b-%y %H:%M:%S %z",
        "%d-%b-%Y %H:%M:%S %z",
        "%b %e %H:%M:%S %Y %z",
    ]
    .iter()
    .find_map(|form| {
        let parsed = strtime::parse(form, &date).ok()?;
        // The last hours of the year 9999 are no timestamp: whoever writes them means never.
        let beyond = |_| parsed.to_datetime().map(|_| Timestamp::MAX);
        parsed.to_timestamp().or_else(beyond).ok()
    })
}

/// A date of ISO 8601, in UTC unless it says otherwise.
fn iso_date(text: &str) -> Option<Timestamp> {
    let zones = ["utc", "gmt", "z"];
    let bare = zones.iter().find_map(|zone| text.strip_suffix(zone));
    let bare = bare.map_or(text, str::trim_end);
    let in_utc = |time: DateTime| TimeZone::UTC.to_timestamp(time).ok();
    // With an offset first: without, that would go unseen.
    bare.parse()
        .ok()
        .or_else(|| bare.parse().ok().and_then(in_utc))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    const NOW: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    fn asked(headers: &[(HeaderName, &str)]) -> Option<Duration> {
        let headers = headers.iter().map(|(name, value)| {
            let value = HeaderValue::from_str(value).expect("a header");
            (name.clone(), value)
        });
        let now = httpdate::parse_http_date(NOW).expect("a date");
        retry_after(&headers.collect(), now)
    }

    fn millis_of(value: &str) -> Option<u128> {
        asked(&[(RETRY_AFTER, value)]).map(|wait| wait.as_millis())
    }

    #[test]
    fn nobody_waits_less_than_any_form_asks() {
        for (value, millis) in [
            ("12", 12_000),
            (" 12 ", 12_000),
            ("0", 0),
            ("2.5", 2_500),
            ("1e2", 100_000),
            ("\"6\"", 6_000),
            ("6s", 6_000),
            ("6 s", 6_000),
            ("6 Sec", 6_000),
            ("6 seconds", 6_000),
            ("2m", 120_000),
            ("1min", 60_000),
            ("1 min 30 sec", 90_000),
            ("1h", 3_600_000),
            ("1h, 5m", 3_900_000),
            ("1500ms", 1_500),
            ("PT6S", 6_000),
            ("2, 3", 3_000),
            ("2, soon", 2_000),
            ("3s, 2", 3_000),
            ("Sun, 06 Nov 1994 08:49:47 GMT", 10_000),
            ("sun, 06 nov 1994 08:49:47 gmt", 10_000),
            ("Sun, 06 Nov 1994 08:49:47 UTC", 10_000),
            ("Sun, 06 Nov 1994 08:49:47 +0000", 10_000),
            ("Sun, 06 Nov 1994 09:49:47 +0100", 10_000),
            ("Sun, 06 Nov 1994 08:49:47", 10_000),
            ("Sunday, 06-Nov-94 08:49:47 GMT", 10_000),
            ("Mon, 06 Nov 1994 08:49:47 GMT", 10_000),
            ("Sun, 06-Nov-1994 08:49:47 GMT", 10_000),
            ("06 Nov 1994 08:49:47 GMT", 10_000),
            ("Sun Nov  6 08:49:47 1994", 10_000),
            ("SUN NOV  6 08:49:47 1994", 10_000),
            (
                "Sun, 06 Nov 1994 08:49:47 GMT, Sun, 06 Nov 1994 08:49:57 GMT",
                20_000,
            ),
            ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
            ("1994-11-06T08:49:47Z", 10_000),
            ("1994-11-06t08:49:47z", 10_000),
            ("1994-11-06T08:49:47.5Z", 10_500),
            ("1994-11-06 08:49:47", 10_000),
            ("1994-11-06 08:49:47 UTC", 10_000),
            ("1994-11-06T09:49:47+01:00", 10_000),
            ("1994-11-06T09:49:47+0100", 10_000),
            ("1994-11-06T03:49:47-05:00", 10_000),
        ] {
            assert_eq!(millis_of(value), Some(millis), "{value}");
        }
    }

    #[test]
    fn a_date_that_means_never_is_far_away() {
        let years = |count: u64| u128::from(count * 365 * 86_400_000);
        for value in [
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Fri, 01 Jan 9999 00:00:00 GMT",
        ] {
            assert!(millis_of(value) > Some(years(8000)), "{value}");
        }
    }

    #[test]
    fn a_unix_time_is_no_wait_of_decades() {
        let headers = |value| {
            [
                (DATE, "Fri, 13 Nov 2026 12:00:00 GMT"),
                (RETRY_AFTER, value),
            ]
        };
        for (value, seconds) in [
            ("1794571210", 10),
            ("1794571210.5", 10),
            ("1794571210000", 10),
            ("1794571210000000", 10),
            ("1500000000", 0),
        ] {
            let wait = asked(&headers(value)).map(|wait| wait.as_secs());
            assert_eq!(wait, Some(seconds), "{value}");
        }
    }

    #[test]
    fn what_cannot_be_read_counts_as_absent() {
        assert_eq!(asked(&[]), None);
        for value in [
            "",
            ",",
            "-5",
            "soon",
            "nan",
            "inf",
            "6 parsecs",
            "99999999999999999999999",
            "P1Y",
            "Sun, 99 Nov 1994 08:49:47 GMT",
            "1994-13-06T08:49:47Z",
            "-PT6S",
        ] {
            assert_eq!(millis_of(value), None, "{value}");
        }
    }

    #[test]
    fn a_date_is_read_by_the_servers_clock() {
        let skewed = [
            (RETRY_AFTER, "Sun, 06 Nov 1994 09:00:30 GMT"),
            (DATE, "Sun, 06 Nov 1994 09:00:00 GMT"),
        ];
        assert_eq!(asked(&skewed), Some(Duration::from_secs(30)));
        let longest = [(RETRY_AFTER, "7"), (RETRY_AFTER, "30 s")];
        assert_eq!(asked(&longest), Some(Duration::from_secs(30)));
    }
}
