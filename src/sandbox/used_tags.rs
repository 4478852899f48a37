//! Conversations -> the report of the tags that were used within a span of days.
//!
//! A rehearsal can be repeated because the conversations of the stock are always the same, so their
//! times stay in the past. To have tags to report on any day, the account counts a tag as used on
//! the day of the last change, in every year.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;

use super::conversation::StoredConversation;
use super::parameters::{End, Parameters};
use super::rules::Problems;

/// Days that a report is about without any other wish.
const DAYS: i64 = 30;

/// The days that a report is about, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Window {
    start_date: Date,
    end_date: Date,
}

impl Window {
    /// Reads it from the parameters of a request: at most a year, the last 30 days by default.
    pub(super) fn read(parameters: &Parameters, now: Timestamp) -> Result<Self, Problems> {
        let today = now.to_zoned(TimeZone::UTC).date();
        let end_date = parameters.day(End::End)?.unwrap_or(today);
        let start_date = match parameters.day(End::Start)? {
            Some(start_date) => start_date,
            None => end_date.saturating_sub(DAYS.days()),
        };
        if start_date > end_date {
            Err(Problems::of(End::Start.name(), "must be before end_date"))
        } else if start_date.saturating_add(1.year()) < end_date {
            Err(Problems::of(
                End::Start.name(),
                "must be at most a year before end_date",
            ))
        } else {
            Ok(Self {
                start_date,
                end_date,
            })
        }
    }

    fn has(self, time: Timestamp) -> bool {
        let day = time.to_zoned(TimeZone::UTC).date();
        (self.start_date.year()..=self.end_date.year()).any(|year| {
            let anniversary = day.with().year(year).build();
            anniversary.is_ok_and(|day| (self.start_date..=self.end_date).contains(&day))
        })
    }
}

/// How many conversations have each tag, in each of its spellings.
#[derive(Debug, Serialize)]
pub(super) struct UsedTags {
    tags: BTreeMap<String, usize>,
    #[serde(flatten)]
    window: Window,
}

impl UsedTags {
    /// Counts the tags of these conversations.
    pub(super) fn count<'a>(
        window: Window,
        conversations: impl Iterator<Item = Cow<'a, StoredConversation>>,
    ) -> Self {
        let mut tags = BTreeMap::new();
        for conversation in conversations.filter(|found| window.has(found.updated_at)) {
            for tag in &conversation.tag_list {
                *tags.entry(tag.clone()).or_default() += 1;
            }
        }
        Self { tags, window }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json, to_value};

    use super::super::initial::untouched;
    use super::*;

    fn window(query: &str) -> Option<Value> {
        let now = "2026-11-26T10:00:00Z".parse().unwrap();
        let window = Window::read(&Parameters::read(query), now).ok()?;
        Some(to_value(window).unwrap())
    }

    fn days(start: &str, end: &str) -> Value {
        json!({ "start_date": start, "end_date": end })
    }

    #[test]
    fn a_report_is_about_the_last_thirty_days_or_at_most_a_year() {
        assert_eq!(window(""), Some(days("2026-10-27", "2026-11-26")));
        assert_eq!(
            window("end_date=2026-03-31"),
            Some(days("2026-03-01", "2026-03-31"))
        );
        let year = window("start_date=2025-11-26&end_date=2026-11-26");
        assert_eq!(year, Some(days("2025-11-26", "2026-11-26")));
        assert_eq!(window("start_date=2025-11-25&end_date=2026-11-26"), None);
        assert_eq!(window("start_date=2026-11-27"), None);
        assert_eq!(window("start_date=soon"), None);
    }

    #[test]
    fn tags_are_counted_in_the_days_of_their_use_in_every_year() {
        let mut conversation = untouched("late-parcel");
        conversation.updated_at = "2026-01-31T10:33:00Z".parse().unwrap();
        conversation.tag_list = vec!["VIP".to_owned(), "billing".to_owned()];
        for (start, end, is_used) in [
            ("2026-01-31", "2026-01-31", true),
            ("2026-02-01", "2026-12-31", false),
            ("2029-06-01", "2030-05-31", true),
            ("2030-02-01", "2030-05-31", false),
        ] {
            let query = format!("start_date={start}&end_date={end}");
            let window = Window::read(&Parameters::read(&query), Timestamp::now());
            let report =
                UsedTags::count(window.unwrap(), [Cow::Borrowed(&conversation)].into_iter());
            let tags = if is_used {
                json!({"VIP": 1, "billing": 1})
            } else {
                json!({})
            };
            let expected = json!({"tags": tags, "start_date": start, "end_date": end});
            assert_eq!(to_value(report).unwrap(), expected, "{query}");
        }
    }
}
