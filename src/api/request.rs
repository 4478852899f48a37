//! An update -> method, address and body, as the API page has them.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::model::{Changes, DataValue, Slug, StatusChange, Update};

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
    /// The body.
    pub body: Box<RawValue>,
}

impl Request {
    /// The request that makes `update` at `base_url`.
    #[must_use]
    pub fn update(base_url: &str, update: &Update<'_>) -> Self {
        Self {
            method: Method::PUT,
            url: url(base_url, &update.slug),
            body: body(update),
        }
    }
}

/// The address of a conversation.
fn url(base: &str, slug: &Slug<'_>) -> String {
    format!(
        "{base}/conversations/{}",
        utf8_percent_encode(slug.as_str(), ENCODED)
    )
}

/// The body: only what the update sets.
fn body(update: &Update<'_>) -> Box<RawValue> {
    let envelope = Envelope {
        conversation: Conversation(&update.changes),
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

impl Serialize for DataValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) | Self::Damaged(text) => serializer.serialize_str(text),
            Self::Number(number) => number.serialize(serializer),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Null => serializer.serialize_unit(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Destination, Status};

    #[test]
    fn the_body_holds_what_the_update_sets_and_nothing_else() {
        let update = Update {
            line: 2,
            slug: Slug::parse("a").expect("a slug"),
            changes: Changes {
                tag_list: Some(vec![]),
                status: Status::from_code(0).map(StatusChange::To),
                assignee: Some("staff1@example.com".into()),
                destination: Some(Destination {
                    category: "support".into(),
                    brand: None,
                }),
                data: vec![
                    (
                        "n".into(),
                        DataValue::Number(Cow::Owned(
                            RawValue::from_string("1.50e3".into()).expect("JSON"),
                        )),
                    ),
                    ("t".into(), DataValue::Text("a\"b".into())),
                    ("z".into(), DataValue::Null),
                ],
            },
        };
        assert_eq!(
            body(&update).get(),
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
            let url = url(base, &Slug::parse(slug).expect("a slug"));
            assert_eq!(
                url,
                format!("https://acme.reamaze.io/api/v1/conversations/{segment}")
            );
            assert_eq!(reqwest::Url::parse(&url).expect("a URL").as_str(), url);
        }
    }
}
