//! The members of an answer -> the conversation that they show.

use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::model::{
    Attribute, Conversation, CustomFields, HoldUntil, ListedConversation, Members, TagList, Text,
    literal,
};

/// The number of email among the kinds of channels. Source: the public API page on channels.
const EMAIL_CHANNEL: u64 = 1;

/// The conversation that `members` show.
pub(super) fn parse(members: &Members<'_>) -> Conversation {
    Conversation {
        slug: shown(members, "slug").map(literal),
        tag_list: members.get("tag_list").and_then(tags),
        status: members.get("status").map(literal),
        hold_until: time(members.get("hold_until"), |instant, text| HoldUntil {
            instant,
            text,
        }),
        assignee: name(members.get("assignee"), "email"),
        category: name(members.get("category"), "slug"),
        is_email: members.get("category").and_then(is_of_email),
        brand: name(members.get("brand"), "url"),
        subject: shown(members, "subject").map(literal),
        customer_wrote_at: customer_wrote_at(members),
        updated_at: time(members.get("updated_at"), |instant, _| instant),
        data: members.get("data").and_then(data),
    }
}

/// An entry of a list, if it has a slug.
pub(super) fn listed(members: &Members<'_>) -> Option<ListedConversation> {
    let conversation = parse(members);
    Some(ListedConversation {
        slug: conversation.slug.clone()?,
        created_at: instant(members, "created_at"),
        customer_wrote_at: message_time(members, "last_customer_message"),
        conversation,
    })
}

/// A member that is not null.
fn shown<'a>(members: &Members<'a>, name: &str) -> Option<&'a RawValue> {
    members.get(name).filter(|value| value.get() != "null")
}

/// A list, or texts with commas between them; null is none.
fn tags(value: &RawValue) -> Option<TagList> {
    if let Ok(tags) = serde_json::from_str::<Vec<Text<'_>>>(value.get()) {
        let tags = tags.into_iter().map(|Text(tag)| tag.into_owned());
        return Some(TagList::Array(tags.collect()));
    }
    match parsed(value)? {
        Value::Null => Some(TagList::Other(Vec::new())),
        Value::Array(tags) => Some(TagList::Other(tags.into_iter().map(plain_text).collect())),
        Value::String(tags) => Some(TagList::Other(tags.split(',').map(str::to_owned).collect())),
        _ => None,
    }
}

fn time<T>(value: Option<&RawValue>, read: impl FnOnce(Timestamp, String) -> T) -> Attribute<T> {
    match value.and_then(parsed) {
        Some(Value::Null) => Attribute::Empty,
        Some(Value::String(text)) => match text.trim().parse() {
            Ok(instant) => Attribute::Value(read(instant, text)),
            Err(_) => Attribute::NotShown,
        },
        _ => Attribute::NotShown,
    }
}

/// When the customer wrote last, unless the staff has answered since.
fn customer_wrote_at(members: &Members<'_>) -> Option<Timestamp> {
    let customer = message_time(members, "last_customer_message")?;
    let staff = message_time(members, "last_staff_message");
    let is_answered = staff.is_some_and(|staff| staff >= customer);
    (!is_answered).then_some(customer)
}

/// When the message of that name was written.
fn message_time(members: &Members<'_>, name: &str) -> Option<Timestamp> {
    let message: Members<'_> = serde_json::from_str(members.get(name)?.get()).ok()?;
    instant(&message, "created_at")
}

fn instant(members: &Members<'_>, name: &str) -> Option<Timestamp> {
    match time(members.get(name), |instant, _| instant) {
        Attribute::Value(instant) => Some(instant),
        Attribute::NotShown | Attribute::Empty => None,
    }
}

/// Whether a category is a channel of email, where it says so.
fn is_of_email(category: &RawValue) -> Option<bool> {
    let members: Members<'_> = serde_json::from_str(category.get()).ok()?;
    is_email(members.get("channel")?)
}

/// Whether that kind of a channel is email. Public clients know of numbers; the filter of a list has words.
pub(super) fn is_email(kind: &RawValue) -> Option<bool> {
    let kind = kind.get().trim_matches('"');
    match kind.parse::<u64>() {
        Ok(number) => Some(number == EMAIL_CHANNEL),
        Err(_) if kind == "null" || kind.is_empty() => None,
        Err(_) => Some(kind.eq_ignore_ascii_case("email")),
    }
}

/// A name that comes as text, or as an object that has it under `key`.
fn name(value: Option<&RawValue>, key: &str) -> Attribute<String> {
    let Some(value) = value else {
        return Attribute::NotShown;
    };
    let object: Option<Members<'_>> = serde_json::from_str(value.get()).ok();
    let (name, empty) = match &object {
        Some(members) => (members.get(key).and_then(parsed), Attribute::NotShown),
        None => (parsed(value), Attribute::Empty),
    };
    match name {
        Some(Value::Null) => empty,
        Some(Value::String(name)) => Attribute::Value(name),
        _ => Attribute::NotShown,
    }
}

fn data(value: &RawValue) -> Option<CustomFields> {
    // Some languages write an object without members as a list.
    let is_empty_list = || matches!(parsed(value), Some(Value::Array(items)) if items.is_empty());
    if value.get() == "null" || is_empty_list() {
        return Some(CustomFields::default());
    }
    let members: Members<'_> = serde_json::from_str(value.get()).ok()?;
    Some(members.into())
}

/// What a value is; `None` where it has what our parser refuses.
fn parsed(value: &RawValue) -> Option<Value> {
    serde_json::from_str(value.get()).ok()
}

fn plain_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::change::compare;
    use crate::model::{Changes, DataValue, Destination, HoldUntil, StatusChange};

    fn asked() -> Changes<'static> {
        Changes {
            tag_list: Some(vec!["VIP".into(), "refund".into()]),
            status: Some(StatusChange::OnHold(HoldUntil {
                instant: "2026-12-01T08:00:00Z".parse().expect("a time"),
                text: "2026-12-01T09:00:00+01:00".into(),
            })),
            assignee: Some("Staff1@example.com".into()),
            destination: Some(Destination {
                category: "support".into(),
                brand: None,
            }),
            data: vec![
                ("n".into(), DataValue::Text("5".into())),
                ("f".into(), DataValue::Flag(true)),
            ],
        }
    }

    fn found(shown: &Value) -> Vec<String> {
        let text = shown.to_string();
        let shown = serde_json::from_str(&text).expect("an object");
        let found = compare(&asked(), &super::parse(&shown));
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_same_in_another_form_is_no_difference() {
        assert_eq!(
            found(&json!({
                "tag_list": ["refund", "vip "], "status": "5", "hold_until": "2026-12-01T08:00:00.000Z",
                "assignee": {"email": "staff1@EXAMPLE.com", "name": "S"},
                "category": {"slug": "Support", "name": "x"}, "data": {"n": 5.0, "f": "true", "other": 1}
            })),
            Vec::<String>::new()
        );
    }

    #[test]
    fn nothing_is_concluded_from_what_is_not_shown() {
        assert_eq!(
            found(&json!({"assignee": {"name": "S"}})),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_custom_field_that_is_missing_among_others_is_a_difference() {
        for data in [json!({}), json!({"other": 1}), json!([]), Value::Null] {
            assert_eq!(
                found(&json!({ "data": data })),
                [
                    "data.n: asked for 5, the server shows nothing",
                    "data.f: asked for true, the server shows nothing",
                ],
                "{data}"
            );
        }
    }

    #[test]
    fn real_differences_are_reported() {
        assert_eq!(
            found(&json!({
                "tag_list": ["vip"], "status": 0, "hold_until": null, "assignee": null,
                "category": {"slug": "sales"}, "data": {"n": "6", "f": null}
            })),
            [
                "tag_list: asked for VIP, refund, the server shows vip",
                "status: asked for 5 (On Hold), the server shows 0",
                "hold_until: asked for 2026-12-01T09:00:00+01:00, the server shows none",
                "assignee: asked for Staff1@example.com, the server shows none",
                "category: asked for support, the server shows sales",
                "data.n: asked for 5, the server shows 6",
                "data.f: asked for true, the server shows nothing",
            ]
        );
    }
}
