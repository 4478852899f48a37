//! An operation -> method, address and body, as the API page has them.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::model::{Changes, DataValue, Slug, StatusChange};

/// What a path segment keeps as it is: RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One request, without its headers.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The address, the slug percent-encoded as one path segment.
    pub url: String,
    /// The body, if there is one.
    pub body: Option<Box<RawValue>>,
}

impl Request {
    /// The request that makes `changes` in the conversation `slug` at `base_url`.
    #[must_use]
    pub fn update(base_url: &str, slug: &Slug<'_>, changes: &Changes<'_>) -> Self {
        Self {
            method: Method::PUT,
            url: conversation_url(base_url, slug.as_str()),
            body: Some(body(changes)),
        }
    }

    /// The request that reads the conversation `slug` at `base_url`.
    #[must_use]
    pub fn read(base_url: &str, slug: &Slug<'_>) -> Self {
        Self {
            method: Method::GET,
            url: conversation_url(base_url, slug.as_str()),
            body: None,
        }
    }

    /// The request that reads the list at `path` below `base_url`, with these parameters.
    #[must_use]
    pub fn list(base_url: &str, path: &str, parameters: &[(String, String)]) -> Self {
        let encoded = |text| utf8_percent_encode(text, ENCODED);
        let pairs = parameters.iter();
        let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        Self {
            method: Method::GET,
            url: format!("{base_url}/{path}{mark}{query}"),
            body: None,
        }
    }
}

/// The address of a conversation below `base`, the slug percent-encoded as one path segment.
pub(super) fn conversation_url(base: &str, slug: &str) -> String {
    format!(
        "{base}/conversations/{}",
        utf8_percent_encode(slug, ENCODED)
    )
}

/// The body: only what is set.
fn body(changes: &Changes<'_>) -> Box<RawValue> {
    let envelope = Envelope {
        conversation: Conversation(changes),
    };
    #[expect(
        clippy::expect_used,
        reason = "maps with text keys always have a JSON form"
    )]
    to_raw_value(&envelope).expect("an update is JSON")
}

#[derive(serde::Serialize)]
struct Envelope<'a> {
    conversation: Conversation<'a>,
}

struct Conversation<'a>(&'a Changes<'a>);

#[derive(serde::Serialize)]
struct Assignee<'a> {
    email: &'a str,
}

impl Serialize for Conversation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Changes {
            tag_list,
            status,
            assignee,
            destination,
            data,
        } = self.0;
        let mut map = serializer.serialize_map(None)?;
        if let Some(email) = assignee {
            map.serialize_entry("assignee", &Assignee { email })?;
        }
        if let Some(tags) = tag_list {
            map.serialize_entry("tag_list", tags)?;
        }
        if let Some(change) = status {
            map.serialize_entry("status", &change.status().code())?;
            if let StatusChange::OnHold(until) = change {
                map.serialize_entry("hold_until", &until.text)?;
            }
        }
        if !data.is_empty() {
            map.serialize_entry("data", &Data(data))?;
        }
        if let Some(destination) = destination {
            map.serialize_entry("category", &destination.category)?;
            if let Some(brand) = &destination.brand {
                map.serialize_entry("brand", brand)?;
            }
        }
        map.end()
    }
}

struct Data<'a>(&'a [(Cow<'a, str>, DataValue<'a>)]);

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Destination, Status};

    #[test]
    fn the_body_holds_what_the_update_sets_and_nothing_else() {
        let number = RawValue::from_string("1.50e3".into()).expect("JSON");
        let changes = Changes {
            tag_list: Some(vec![]),
            status: Status::from_code(0).map(StatusChange::To),
            assignee: Some("staff1@example.com".into()),
            destination: Some(Destination {
                category: "support".into(),
                brand: None,
            }),
            data: vec![
                ("n".into(), DataValue::Json(Cow::Owned(number))),
                ("t".into(), DataValue::Text("a\"b".into())),
                ("z".into(), DataValue::Null),
            ],
        };
        assert_eq!(
            body(&changes).get(),
            r#"{"conversation":{"assignee":{"email":"staff1@example.com"},"tag_list":[],"status":0,"data":{"n":1.50e3,"t":"a\"b","z":null},"category":"support"}}"#
        );
    }

    #[test]
    fn a_slug_is_one_path_segment() {
        let base = "https://acme.reamaze.io/api/v1";
        for (slug, segment) in [
            ("knock-knock", "knock-knock"),
            ("a!b%zz", "a%21b%25zz"),
            ("é;:@&=+$,", "%C3%A9%3B%3A%40%26%3D%2B%24%2C"),
        ] {
            let url = conversation_url(base, slug);
            assert_eq!(
                url,
                format!("https://acme.reamaze.io/api/v1/conversations/{segment}")
            );
            assert_eq!(reqwest::Url::parse(&url).expect("a URL").as_str(), url);
        }
    }
}
