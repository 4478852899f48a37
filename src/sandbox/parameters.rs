//! The query of an address -> its parameters. Pure.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::percent_decode_str;

use super::rules::Problems;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The parameters of a request, decoded, in their order.
#[derive(Debug)]
pub(super) struct Parameters(Vec<(String, String)>);

/// Which end of a span of time a parameter names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// `start_date`: a date is the first moment of that day.
    Start,
    /// `end_date`: a date is the last moment of that day.
    End,
}

impl End {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Start => "start_date",
            Self::End => "end_date",
        }
    }
}

impl Parameters {
    /// Reads what follows the `?` of an address.
    pub(super) fn read(query: &str) -> Self {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decoded(name), decoded(value))
                })
                .collect(),
        )
    }

    /// The value of a parameter; the last one if it is repeated. An empty value is none.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The keys and values of parameters like `data[key]=value`.
    pub(super) fn members(&self, name: &str) -> Vec<(String, String)> {
        let key = |parameter: &str| {
            let rest = parameter.strip_prefix(name)?.strip_prefix('[')?;
            rest.strip_suffix(']').map(str::to_owned)
        };
        let members = self.0.iter();
        members
            .filter_map(|(parameter, value)| Some((key(parameter)?, value.clone())))
            .collect()
    }

    /// The page that is asked for, from 1; the first one where that is no number of a page.
    pub(super) fn page(&self) -> usize {
        let page = self.value("page").and_then(|page| page.parse().ok());
        page.unwrap_or(1).max(1)
    }

    /// The moment that a date or time names.
    pub(super) fn moment(&self, end: End) -> Result<Option<Timestamp>, Problems> {
        self.parsed(end, |text| moment(text, end))
    }

    /// The day that a date names.
    pub(super) fn day(&self, end: End) -> Result<Option<Date>, Problems> {
        self.parsed(end, |text| text.parse().ok())
    }

    fn parsed<T>(
        &self,
        end: End,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problems> {
        let Some(text) = self.value(end.name()) else {
            return Ok(None);
        };
        match parse(text) {
            Some(value) => Ok(Some(value)),
            None => Err(Problems::of(end.name(), "is not a date")),
        }
    }
}

fn moment(text: &str, end: End) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let day: Date = text.parse().ok()?;
    let first = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
    match end {
        End::Start => Some(first),
        End::End => first.checked_add(DAY - SignedDuration::from_nanos(1)).ok(),
    }
}

fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_the_last_one_of_a_name_counts() {
        let read =
            Parameters::read("tag=a&tag=vip%2C+new&data%5Bplan%5D=team&data[x]=1&empty=&&flag");
        assert_eq!(read.value("tag"), Some("vip, new"));
        assert_eq!(read.value("empty"), None);
        assert_eq!(read.value("flag"), None);
        let members =
            [("plan", "team"), ("x", "1")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(read.members("data"), members);
    }

    #[test]
    fn what_is_no_number_of_a_page_is_the_first_page() {
        for (query, page) in [
            ("", 1),
            ("page=0", 1),
            ("page=-1", 1),
            ("page=x", 1),
            ("page=7", 7),
        ] {
            assert_eq!(Parameters::read(query).page(), page, "{query}");
        }
    }

    #[test]
    fn a_date_is_the_whole_day_and_a_time_is_that_moment() {
        let at = |query: &str, end| {
            let moment = Parameters::read(query).moment(end);
            moment
                .map(|moment| moment.map(|moment| moment.to_string()))
                .ok()
                .flatten()
        };
        let is = |time: &str| Some(time.to_owned());
        assert_eq!(
            at("start_date=2026-01-05", End::Start),
            is("2026-01-05T00:00:00Z")
        );
        assert_eq!(
            at("end_date=2026-01-05", End::End),
            is("2026-01-05T23:59:59.999999999Z")
        );
        let time = "end_date=2026-01-05T10:00:00%2B01:00";
        assert_eq!(at(time, End::End), is("2026-01-05T09:00:00Z"));
        assert!(
            Parameters::read("start_date=soon")
                .moment(End::Start)
                .is_err()
        );
    }
}
