//! Lists of the names that an account knows: staff, channels, tags in use. Source: the public API pages, and
//! for what they leave out, public clients.

use std::borrow::Cow;

use jiff::civil::Date;
use serde_json::value::RawValue;

use super::conversation::is_email;
use super::lists::{ListPage, MAX_PAGE_BYTES, NO_LIST};
use super::operation::instead_of;
use super::redact::Redactor;
use super::{Effect, Failure, Operation, Request};
use crate::model::text::one_line;
use crate::model::{Channel, Members, StaffUser, Text, UsedTag};

/// The longest slug, email or tag, in bytes: a longer one is none.
const MAX_KEY_BYTES: usize = 255;

/// The longest display name kept, in characters.
const MAX_NAME_CHARS: usize = 100;

/// Reads one page of the staff users of an account: `GET /staff`.
#[derive(Debug, Clone, Copy)]
pub struct ListStaff {
    /// The number of the page, from 1 on.
    pub page: u64,
}

/// Reads one page of the channels of a brand: `GET /channels`.
#[derive(Debug, Clone, Copy)]
pub struct ListChannels {
    /// The number of the page, from 1 on.
    pub page: u64,
}

/// Reads which tags were in use between two days, at most a year apart: `GET /reports/tags`.
#[derive(Debug, Clone, Copy)]
pub struct ListUsedTags {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

impl Operation for ListStaff {
    type Output = ListPage<StaffUser>;
    const EFFECT: Effect = Effect::None;
    const MAX_ANSWER_BYTES: u64 = MAX_PAGE_BYTES;
    const MISSING: &'static str = NO_LIST;

    fn request(&self, base_url: &str) -> Request {
        page(base_url, "staff", self.page)
    }

    fn read(&self, body: &str, redactor: &Redactor) -> Result<Self::Output, Failure> {
        ListPage::read(body, "staff", redactor, |user| {
            Some(StaffUser {
                email: key(user, "email", redactor)?,
                name: name(user, "name", redactor),
            })
        })
    }
}

impl Operation for ListChannels {
    type Output = ListPage<Channel>;
    const EFFECT: Effect = Effect::None;
    const MAX_ANSWER_BYTES: u64 = MAX_PAGE_BYTES;
    const MISSING: &'static str = NO_LIST;

    fn request(&self, base_url: &str) -> Request {
        page(base_url, "channels", self.page)
    }

    fn read(&self, body: &str, redactor: &Redactor) -> Result<Self::Output, Failure> {
        ListPage::read(body, "channels", redactor, |channel| {
            let brand = channel.get("brand");
            let brand = brand.and_then(|brand| serde_json::from_str(brand.get()).ok());
            let brand: Members<'_> = brand.unwrap_or_default();
            Some(Channel {
                slug: key(channel, "slug", redactor)?,
                name: name(channel, "name", redactor),
                brand_name: name(&brand, "name", redactor),
                brand_url: key(&brand, "url", redactor),
                is_email: channel.get("channel").and_then(is_email),
            })
        })
    }
}

impl Operation for ListUsedTags {
    type Output = ListPage<UsedTag>;
    const EFFECT: Effect = Effect::None;
    const MAX_ANSWER_BYTES: u64 = MAX_PAGE_BYTES;
    const MISSING: &'static str = NO_LIST;

    fn request(&self, base_url: &str) -> Request {
        let days = [("start_date", self.first), ("end_date", self.last)];
        let days = days.map(|(name, day)| (name.to_owned(), day.to_string()));
        Request::list(base_url, "reports/tags", &days)
    }

    fn read(&self, body: &str, redactor: &Redactor) -> Result<Self::Output, Failure> {
        let report: Option<Members<'_>> = serde_json::from_str(body).ok();
        let tags = report.as_ref().and_then(|report| report.get("tags"));
        let tags = tags.and_then(|tags| match tags.get() {
            // An empty hash, as some languages write it.
            "[]" => Some(Members::default()),
            tags => serde_json::from_str(tags).ok(),
        });
        let Some(tags) = tags else {
            return Err(instead_of("tags", body, redactor));
        };
        let all = tags.0.len();
        let tag = |(name, count): (Cow<'_, str>, &RawValue)| {
            Some(UsedTag {
                name: bounded(&name, redactor)?,
                count: count.get().parse().unwrap_or_default(),
            })
        };
        let entries: Vec<_> = tags.0.into_iter().filter_map(tag).collect();
        Ok(ListPage {
            unreadable: (all - entries.len()) as u64,
            entries,
            page_count: None,
            total_count: None,
        })
    }
}

fn page(base_url: &str, list: &str, page: u64) -> Request {
    let page = ("page".to_owned(), page.to_string());
    Request::list(base_url, list, &[page])
}

/// The text of that member, which is not empty.
fn text<'a>(members: &Members<'a>, name: &str) -> Option<Cow<'a, str>> {
    let text: Option<Text<'a>> = serde_json::from_str(members.get(name)?.get()).ok();
    text.map(|Text(text)| text)
        .filter(|text| !text.trim().is_empty())
}

/// A name by which rows refer to something.
fn key(members: &Members<'_>, name: &str, redactor: &Redactor) -> Option<String> {
    bounded(&text(members, name)?, redactor)
}

fn bounded(text: &str, redactor: &Redactor) -> Option<String> {
    let text = text.trim();
    let is_key = (1..=MAX_KEY_BYTES).contains(&text.len());
    is_key.then(|| redactor.server_text(text))
}

/// A name for people.
fn name(members: &Members<'_>, name: &str, redactor: &Redactor) -> Option<String> {
    let text = redactor.server_text(&text(members, name)?);
    Some(one_line(&text, MAX_NAME_CHARS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<O: Operation>(operation: &O, body: &str) -> Result<O::Output, Failure> {
        operation.read(body, &Redactor::new("me@example.com", "s3cret"))
    }

    #[test]
    fn staff_and_channels_are_read_without_what_nobody_needs() {
        let body = r#"{"page_size": 2, "page_count": 3, "total_count": 5, "staff": [
            {"name": "Ann\u001b[31m", "email": " ann@example.com ", "role": {"x": 1}, "phone": "1"},
            {"name": null, "email": "bob@example.com"}, {"name": "nobody"}, {"email": ""}, 7]}"#;
        let page = read(&ListStaff { page: 1 }, body).expect("a page");
        let emails: Vec<_> = page
            .entries
            .iter()
            .map(|user| user.email.as_str())
            .collect();
        assert_eq!(emails, ["ann@example.com", "bob@example.com"]);
        assert_eq!(page.entries[0].name.as_deref(), Some("Ann\\u{1b}[31m"));
        assert_eq!((page.unreadable, page.page_count), (3, Some(3)));
        let body = r#"{"total_count": 4, "channels": [
            {"slug": "support", "channel": 1, "email": "x@y.z", "brand": {"name": "Acme", "url": "https://acme.reamaze.io"}},
            {"slug": "chat", "channel": 6, "brand": null}, {"slug": "mail", "channel": "email"},
            {"slug": "other"}]}"#;
        let page = read(&ListChannels { page: 1 }, body).expect("a page");
        let kinds: Vec<_> = page
            .entries
            .iter()
            .map(|channel| channel.is_email)
            .collect();
        assert_eq!(kinds, [Some(true), Some(false), Some(true), None]);
        let brand = page.entries[0].brand_url.as_deref();
        assert_eq!(brand, Some("https://acme.reamaze.io"));
        assert!(!format!("{page:?}").contains("x@y.z"));
    }

    #[test]
    fn tags_in_use_are_a_hash_of_counts() {
        let day = jiff::civil::date(2026, 1, 1);
        let tags = ListUsedTags {
            first: day,
            last: day,
        };
        let body = r#"{"tags": {"vip": 3, "refund": "x", "": 1}, "start_date": "2026-01-01"}"#;
        let page = read(&tags, body).expect("tags");
        let counts: Vec<_> = page
            .entries
            .iter()
            .map(|tag| (tag.name.as_str(), tag.count))
            .collect();
        assert_eq!(counts, [("vip", 3), ("refund", 0)]);
        assert!(
            read(&tags, r#"{"tags": []}"#)
                .expect("none")
                .entries
                .is_empty()
        );
        for body in [
            "{}",
            "[]",
            "<html>login</html>",
            r#"{"tags": 3}"#,
            r#"{"tags": {"vip""#,
        ] {
            let why = read(&tags, body).expect_err(body);
            let is_web_page = body.starts_with('<');
            let expected = if is_web_page {
                "a web page instead of tags"
            } else {
                "without tags"
            };
            assert!(why.message.contains(expected), "{}", why.message);
        }
        let url = tags.request("https://acme.reamaze.io/api/v1").url;
        assert_eq!(
            url,
            "https://acme.reamaze.io/api/v1/reports/tags?start_date=2026-01-01&end_date=2026-01-01"
        );
    }
}
