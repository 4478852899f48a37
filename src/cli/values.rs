//! The text of an option -> its value, or what would be right.

use std::ffi::OsStr;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PathBufValueParser, TypedValueParser};
use jiff::SignedDuration;

use crate::model::MAX_WORKERS;
use crate::pipeline::MaxFailures;

/// Reads a path. One that begins with `~` was not expanded, and would be a file of that name here.
pub(super) fn path() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| {
        let first = path.components().next();
        if first.is_some_and(|first| first.as_os_str() == OsStr::new("~")) {
            return Err(
                "`~` was not expanded by the shell; write $HOME instead of it, or a space before it",
            );
        }
        Ok(path)
    })
}

/// How many rows may go wrong, and how that was typed.
#[derive(Debug, Clone, PartialEq)]
pub struct AllowedFailures {
    /// What it means.
    pub most: MaxFailures,
    text: String,
}

impl Default for AllowedFailures {
    fn default() -> Self {
        Self {
            most: MaxFailures::Share(0.5),
            text: "50%".into(),
        }
    }
}

impl std::fmt::Display for AllowedFailures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Reads `N`, `N%` or `none`.
///
/// # Errors
/// Says what would be right.
pub fn max_failures(text: &str) -> Result<AllowedFailures, String> {
    let most = match text {
        "none" => MaxFailures::Unlimited,
        _ if text.ends_with('%') => MaxFailures::Share(percentage(text)?),
        _ => MaxFailures::Rows(
            text.parse()
                .map_err(|_| "not a number of rows; try 100, 50% or none")?,
        ),
    };
    Ok(AllowedFailures {
        most,
        text: text.to_owned(),
    })
}

/// Reads a duration: bare seconds, or with units as in `30s`, `2m`, `1h 30m`, `250ms`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || {
        let is_in_days = text.ends_with(['d', 'w']) || text.contains("day");
        let advice = if is_in_days { " (a day is 24h)" } else { "" };
        format!("not a duration; try one like 30s, 2m or 6h{advice}")
    };
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).map_err(|_| wrong());
    }
    let signed: SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(signed).map_err(|_| wrong())
}

/// Reads the time that a request may take, 100 ms to 1 h.
///
/// # Errors
/// Says what would be right.
pub fn timeout(text: &str) -> Result<Duration, String> {
    let timeout = duration(text)?;
    if (Duration::from_millis(100)..=Duration::from_hours(1)).contains(&timeout) {
        Ok(timeout)
    } else {
        Err("a request may take 100ms to 1h; try 30s".into())
    }
}

/// How many requests may be in flight.
pub const WORKERS: RangeInclusive<u16> = 1..=MAX_WORKERS;

/// Reads a number of [`WORKERS`].
///
/// # Errors
/// Says what would be right.
pub fn workers(text: &str) -> Result<u16, String> {
    whole(text, &WORKERS)
}

pub(super) fn retries(text: &str) -> Result<u32, String> {
    whole(text, &(0..=1000))
}

pub(super) fn port(text: &str) -> Result<u16, String> {
    whole(text, &(0..=u16::MAX))
}

fn whole<N: FromStr + PartialOrd + Display>(
    text: &str,
    range: &RangeInclusive<N>,
) -> Result<N, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    let (least, most) = (range.start(), range.end());
    number.ok_or_else(|| format!("write a whole number from {least} to {most}"))
}

pub(super) fn rows(text: &str) -> Result<u64, &'static str> {
    text.parse()
        .map_err(|_| "write a whole number of rows, like 5000")
}

pub(super) fn limit(text: &str) -> Result<u64, &'static str> {
    let limit = rows(text).ok().filter(|limit| *limit > 0);
    limit.ok_or("write a whole number of rows, 1 or more")
}

/// Reads `5%` as 0.05.
pub(super) fn percentage(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text);
    match number.trim().parse::<f64>() {
        Ok(_) if !text.ends_with('%') => Err(format!("not a share; try {text}%")),
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("not a share from 0% to 100%; try 50%".into()),
    }
}

pub(super) fn delimiter(text: &str) -> Result<u8, String> {
    let meant = match text.as_bytes() {
        b"tab" | b"\\t" => return Ok(b'\t'),
        [b'"' | b'\r' | b'\n' | 0] => {
            return Err("a quote or line break cannot stand between cells; try ',' or ';'".into());
        }
        [byte] if byte.is_ascii() => return Ok(*byte),
        _ => match text.to_lowercase().as_str() {
            "comma" => "','",
            "semicolon" => "';'",
            "pipe" | "bar" => "'|'",
            "space" | "blank" => "' '",
            "tabs" | "tabulator" | "tsv" | "$'\\t'" => "tab",
            _ => return Err("not a delimiter; try ',' or ';' or tab (one ASCII character)".into()),
        },
    };
    Err(format!("not a delimiter; did you mean {meant}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_one_grammar() {
        for (text, millis) in [
            ("30s", 30_000),
            ("2m", 120_000),
            ("45", 45_000),
            ("0.5", 500),
            ("250ms", 250),
            ("1h 30m", 5_400_000),
        ] {
            assert_eq!(
                duration(text).map(|wait| wait.as_millis()),
                Ok(millis),
                "{text}"
            );
        }
        for bad in ["", "-1s", "soon", "-5", "inf", "1y"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert!(duration("2d").is_err_and(|why| why.contains("24h")));
    }

    #[test]
    fn shares_are_percentages() {
        assert_eq!(percentage("5%"), Ok(0.05));
        for bad in ["5", "101%", "-1%", "%", "NaN%", "half"] {
            assert!(percentage(bad).is_err(), "{bad}");
        }
        assert!(percentage("5").is_err_and(|why| why.contains("try 5%")));
    }

    #[test]
    fn a_delimiter_in_words_names_the_character() {
        assert_eq!(delimiter(";"), Ok(b';'));
        assert_eq!(delimiter("tab"), Ok(b'\t'));
        for (text, meant) in [("semicolon", "';'"), ("Comma", "','"), ("tabs", "tab")] {
            let why = delimiter(text).expect_err("words");
            assert!(why.contains(&format!("did you mean {meant}?")), "{why}");
        }
        assert!(delimiter(";;").is_err());
    }
}
