//! The body of an update -> the attributes that it sets, or everything that is wrong with it. Pure:
//! knows nothing of HTTP, nor of the conversation that is to be changed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// The status called "Done".
pub(super) const DONE: u8 = 2;

/// The status called "Archived".
pub(super) const ARCHIVED: u8 = 4;

/// The status called "On Hold".
pub(super) const ON_HOLD: u8 = 5;

/// A channel that is not an email channel, so that no update can move a conversation to it.
pub(super) const CHAT: &str = "chat";

/// Emails and channel slugs that contain one of these are unknown.
const UNKNOWN: [&str; 5] = ["unknown", "missing", "nobody", "no-such", "nonexistent"];

/// JSON names with their values as written: a number keeps its digits.
pub(super) type Object = BTreeMap<String, Box<RawValue>>;

/// What a valid update sets; `None` leaves an attribute alone.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    pub(super) tag_list: Option<Vec<String>>,
    pub(super) status: Option<u8>,
    pub(super) hold_until: Option<Timestamp>,
    pub(super) data: Option<Object>,
    pub(super) assignee: Option<String>,
    pub(super) category: Option<String>,
}

/// Why a request is refused, by attribute or parameter; serializes as Rails does.
#[derive(Debug, Default, Serialize)]
pub(super) struct Problems {
    errors: BTreeMap<String, Vec<String>>,
}

impl Problems {
    /// A single one.
    pub(super) fn of(name: &str, message: &str) -> Self {
        let mut problems = Self::default();
        problems.add(name, message);
        problems
    }

    fn add(&mut self, attribute: &str, message: &str) {
        let messages = self.errors.entry(attribute.to_owned()).or_default();
        messages.push(message.to_owned());
    }
}

/// Reads the body of an update. All of it is checked before it is refused.
pub(super) fn read_attributes(body: &[u8]) -> Result<Attributes, Problems> {
    let Some(given) = conversation(body) else {
        return Err(Problems::of("conversation", "must be a JSON object"));
    };
    let mut problems = Problems::default();
    let mut attributes = Attributes::default();
    for (name, value) in &given {
        if let Err(message) = attributes.take(name, value) {
            problems.add(name, message);
        }
    }
    check_combinations(&given, &attributes, &mut problems);
    if problems.errors.is_empty() {
        Ok(attributes)
    } else {
        Err(problems)
    }
}

fn conversation(body: &[u8]) -> Option<Object> {
    let body: Object = serde_json::from_slice(body).ok()?;
    serde_json::from_str(body.get("conversation")?.get()).ok()
}

/// An attribute that is wrong by itself still counts as present here, so that one mistake is not
/// reported twice.
fn check_combinations(given: &Object, attributes: &Attributes, problems: &mut Problems) {
    let has = |name| given.contains_key(name);
    let on_hold = attributes.status == Some(ON_HOLD);
    if on_hold && !has("hold_until") {
        problems.add("hold_until", "can't be blank when status is 5");
    }
    let another_status = attributes.status.is_some() && !on_hold;
    if has("hold_until") && (another_status || !has("status")) {
        problems.add("hold_until", "is only allowed with status 5");
    }
    if has("brand") && !has("category") {
        problems.add("brand", "is only allowed with a category");
    }
}

impl Attributes {
    fn take(&mut self, name: &str, value: &RawValue) -> Result<(), &'static str> {
        match name {
            "tag_list" => self.tag_list = Some(parse(value, "must be an array of strings")?),
            "status" => self.status = Some(status(value)?),
            "hold_until" => self.hold_until = Some(time(value)?),
            "data" => self.data = Some(parse(value, "must be an object")?),
            "assignee" => self.assignee = Some(staff_email(value)?),
            "category" => self.category = Some(channel_slug(value)?),
            // No documented answer shows the brand, so there is nothing to keep.
            "brand" => drop(parse::<String>(value, "must be a string")?),
            _ => return Err("is not an attribute of a conversation"),
        }
        Ok(())
    }
}

fn parse<T: DeserializeOwned>(value: &RawValue, or: &'static str) -> Result<T, &'static str> {
    serde_json::from_str(value.get()).map_err(|_| or)
}

fn status(value: &RawValue) -> Result<u8, &'static str> {
    let status: i64 = parse(value, "must be an integer")?;
    let status = u8::try_from(status).ok().filter(|status| *status <= 9);
    status.ok_or("must be between 0 and 9")
}

fn time(value: &RawValue) -> Result<Timestamp, &'static str> {
    let text: String = parse(value, "must be a date and time")?;
    text.parse().map_err(|_| "must be a date and time")
}

fn staff_email(value: &RawValue) -> Result<String, &'static str> {
    const WRONG: &str = "must be an object with an email";
    let mut assignee: Object = parse(value, WRONG)?;
    let email: String = parse(&assignee.remove("email").ok_or(WRONG)?, WRONG)?;
    known(email, "is not a staff user of this account")
}

fn channel_slug(value: &RawValue) -> Result<String, &'static str> {
    const WRONG: &str = "is not an email channel of this account";
    let slug = known(parse(value, "must be a string")?, WRONG)?;
    if is_email_channel(&slug) {
        Ok(slug)
    } else {
        Err(WRONG)
    }
}

/// Whether conversations can be moved to the channel `slug`.
pub(super) fn is_email_channel(slug: &str) -> bool {
    slug != CHAT
}

fn known(name: String, or: &'static str) -> Result<String, &'static str> {
    let lower = name.to_lowercase();
    let unknown = lower.is_empty() || UNKNOWN.iter().any(|part| lower.contains(part));
    if unknown { Err(or) } else { Ok(name) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn refused(conversation: &Value) -> Value {
        let body = json!({ "conversation": conversation }).to_string();
        let problems = read_attributes(body.as_bytes()).unwrap_err();
        serde_json::to_value(problems).unwrap()["errors"].take()
    }

    #[test]
    fn a_valid_update_is_taken_whole() {
        let body = br#"{"conversation": {"tag_list": ["a", "b"], "status": 5,
            "hold_until": "2030-01-01T10:00:00+01:00", "data": {"n": 1.50, "gone": null},
            "assignee": {"email": "staff1@example.com"}, "category": "support",
            "brand": "shop.example.com"}}"#;
        let attributes = read_attributes(body).unwrap();
        assert_eq!(attributes.tag_list.unwrap(), ["a", "b"]);
        assert_eq!(attributes.status, Some(ON_HOLD));
        assert_eq!(
            attributes.hold_until.unwrap().to_string(),
            "2030-01-01T09:00:00Z"
        );
        assert_eq!(attributes.assignee.unwrap(), "staff1@example.com");
        assert_eq!(attributes.category.unwrap(), "support");
        let data = attributes.data.unwrap();
        assert_eq!((data["n"].get(), data["gone"].get()), ("1.50", "null"));
    }

    #[test]
    fn an_attribute_that_is_not_named_is_left_alone() {
        let attributes = read_attributes(br#"{"conversation": {"status": 0}}"#).unwrap();
        assert_eq!(attributes.status, Some(0));
        assert!(attributes.tag_list.is_none() && attributes.data.is_none());
        assert!(attributes.assignee.is_none() && attributes.hold_until.is_none());
    }

    #[test]
    fn every_wrong_type_is_refused_under_its_own_name() {
        let wrong = [
            ("tag_list", json!("vip")),
            ("tag_list", json!(["vip", 1])),
            ("status", json!("2")),
            ("status", json!(2.5)),
            ("status", json!(10)),
            ("status", json!(-1)),
            ("data", json!(["a"])),
            ("assignee", json!("staff1@example.com")),
            ("assignee", json!({"name": "Staff"})),
            ("assignee", json!(["staff1@example.com"])),
            ("assignee", json!(null)),
            ("category", json!(7)),
            ("tags", json!(["vip"])),
        ];
        for (name, value) in wrong {
            let errors = refused(&json!({ name: value }));
            let names: Vec<_> = errors.as_object().unwrap().keys().collect();
            assert_eq!(names, [name], "{errors}");
        }
    }

    #[test]
    fn a_hold_needs_its_time_and_a_time_needs_its_hold() {
        let blank = json!({"hold_until": ["can't be blank when status is 5"]});
        assert_eq!(refused(&json!({"status": 5})), blank);
        let stray = json!({"hold_until": ["is only allowed with status 5"]});
        let time = "2030-01-01T00:00:00Z";
        assert_eq!(refused(&json!({"hold_until": time})), stray);
        assert_eq!(refused(&json!({"hold_until": time, "status": 2})), stray);
        let garbled = json!({"hold_until": ["must be a date and time"]});
        assert_eq!(
            refused(&json!({"hold_until": "soon", "status": 5})),
            garbled
        );
    }

    #[test]
    fn unknown_names_are_refused() {
        for name in [
            "unknown@example.com",
            "Missing.person@example.com",
            "nobody",
            "",
        ] {
            let errors = refused(&json!({"assignee": {"email": name}, "category": name}));
            let expected = json!({
                "assignee": ["is not a staff user of this account"],
                "category": ["is not an email channel of this account"],
            });
            assert_eq!(errors, expected, "{name}");
        }
    }

    #[test]
    fn nothing_moves_to_a_channel_without_email() {
        let expected = json!({"category": ["is not an email channel of this account"]});
        assert_eq!(refused(&json!({"category": "chat"})), expected);
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let errors = refused(&json!({
            "status": 12, "hold_until": 3, "tag_list": "a", "brand": "shop", "colour": "red",
        }));
        let names: Vec<_> = errors.as_object().unwrap().keys().collect();
        assert_eq!(
            names,
            ["brand", "colour", "hold_until", "status", "tag_list"]
        );
    }

    #[test]
    fn a_body_without_a_conversation_object_is_refused() {
        for body in [
            "",
            "{",
            "[]",
            "{}",
            r#"{"conversation": null}"#,
            r#"{"conversation": []}"#,
        ] {
            assert!(read_attributes(body.as_bytes()).is_err(), "{body}");
        }
    }
}
