//! The numbers by which spreadsheets count days -> dates and times as ISO 8601 writes them.

use jiff::civil::{Date, DateTime, date as civil_date};
use jiff::{SignedDuration, Span, Unit};

use super::format_code::FormatToken;

/// What a format shows of a date, whose day, month and year it does show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateFormat {
    /// Nothing else.
    Date,
    /// Also the time of the day.
    DateTime,
}

impl DateFormat {
    /// What the tokens of a format show; `None` if not a whole date.
    pub(super) fn from_tokens(tokens: &[FormatToken]) -> Option<Self> {
        let is_read = |token: &FormatToken| {
            matches!(
                token,
                FormatToken::Date(..)
                    | FormatToken::Literal(_)
                    | FormatToken::Blank
                    | FormatToken::Other
                    | FormatToken::Comma
                    | FormatToken::Point
                    | FormatToken::Zero
            )
        };
        if !tokens.iter().all(is_read) {
            return None;
        }
        let units: Vec<_> = tokens
            .iter()
            .filter_map(|token| match token {
                FormatToken::Date(unit, run) => Some((*unit, *run)),
                _ => None,
            })
            .collect();
        let has = |wanted: char| units.iter().any(|(unit, _)| *unit == wanted);
        // An `m` beside hours or seconds is minutes.
        let is_month = |at: usize| {
            let before = at.checked_sub(1).and_then(|at| units.get(at));
            let after = units.get(at + 1);
            units[at].0 == 'm'
                && before.is_none_or(|(unit, _)| *unit != 'h')
                && after.is_none_or(|(unit, _)| *unit != 's')
        };
        // `ddd` is the name of a weekday.
        let has_day = units.iter().any(|(unit, run)| *unit == 'd' && *run < 3);
        let has_month = (0..units.len()).any(is_month);
        if !(has('y') && has_month && has_day) {
            return None;
        }
        Some(if has('h') { Self::DateTime } else { Self::Date })
    }
}

/// The date that a number is, as far as it is shown.
pub(super) fn date(value: f64, is_1904: bool, parts: DateFormat) -> Option<String> {
    // In 1900 spreadsheets count a day that did not exist, and dates before it differ among them.
    let (first, least) = if is_1904 {
        (civil_date(1904, 1, 1), 0.0)
    } else {
        (civil_date(1899, 12, 30), 61.0)
    };
    if !(least..3_000_000.0).contains(&value) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "both are in range, see above"
    )]
    let (days, seconds) = {
        let days = value.floor();
        (days as i64, ((value - days) * 86_400.0).round() as i64)
    };
    let start: Date = first.checked_add(Span::new().days(days)).ok()?;
    let time: DateTime = start.to_datetime(jiff::civil::Time::midnight());
    let time = time.checked_add(SignedDuration::from_secs(seconds)).ok()?;
    Some(match parts {
        DateFormat::Date => start.to_string(),
        DateFormat::DateTime => time.to_string(),
    })
}

/// The date that a text in ISO 8601 is, as far as it is shown.
pub(super) fn iso_date(text: &str, parts: DateFormat) -> Option<String> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let time: DateTime = text.parse().ok()?;
    Some(match parts {
        DateFormat::Date => time.date().to_string(),
        // As numbers are, see above.
        DateFormat::DateTime => time.round(Unit::Second).ok()?.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_rounded_to_seconds_whichever_way_it_is_written() {
        let time = Some("2035-01-15T09:30:01".to_owned());
        let text = iso_date("2035-01-15T09:30:00.6", DateFormat::DateTime);
        assert_eq!(text, time);
        let days = 49_324.0 + (9.5 * 3600.0 + 0.6) / 86_400.0;
        assert_eq!(date(days, false, DateFormat::DateTime), time);
    }
}
