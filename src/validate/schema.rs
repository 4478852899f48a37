//! The rules for a row of JSONL -> a JSON Schema of one row, for editors and for whoever writes the
//! export. Rules that a schema cannot express are listed in [`DIFFERENCES`].

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::field::Field;
use super::guarded::{GUARDS, Guarded};
use super::known_names::{NAMES, OTHER_NAMES};
use super::schema_patterns::{HIDDEN, email, none_or, shown_text, status, statuses, time};
use super::tags::MAX_TAG_CHARS;
use crate::model::{Slug, Status};

/// Where the program differs from the schema, as the schema's comment and the docs list it: first
/// what only the program refuses, then what only the program accepts.
pub const DIFFERENCES: [&str; 16] = [
    "a slug that appears in another row is refused; so are the slug `slug`, the name of a column, and a date with a time",
    "a slug can have at most 255 bytes; the schema counts characters",
    "a `hold_until` that is in the past, or on a day that does not exist, is refused",
    "a tag both in `add_tags` and in `remove_tags`, in any letter case, is refused",
    "a status written as `2e0` or `-0` is refused",
    "a single tag that contains `;` or `|` is refused, even if it is repeated",
    "a repeated key is refused; so are a custom field given both as `data.NAME` and in `data`, a guard given both as `expect.NAME` and in `expect`, and two `_` keys that differ only in case",
    "an email address that is too long, or has quotes or non-ASCII characters where they are not allowed, is refused",
    "text that a spreadsheet, a database or an export has damaged is refused: `NULL`, `#N/A`, `###`, `1.23457E+11`, `{a,b}`, `Ã©`, `'001042`, and, except in custom fields, `N/A` and surrounding quotes, and, except in tags too, any leading apostrophe; `--allow-damaged` accepts it in custom fields",
    "a line of more than 1 MiB is refused",
    "field names are accepted in any case; names and texts are accepted with spaces and invisible characters around them, statuses with any white space in place of a space, and `=\"a\"` as `a`",
    "joiners and variation selectors are accepted in tags and custom field names where they belong, as inside an emoji",
    "the address of a conversation is accepted as its slug",
    "with `--timezone`, times need no offset",
    "with `--map` and `--ignore-unknown-columns`, other keys are accepted",
    "with `--set`, a row may leave out the fields that it sets",
];

/// The JSON Schema of one row of a JSONL file.
#[must_use]
pub fn schema() -> impl Serialize {
    let named = NAMES.into_iter().chain(GUARDS).chain(OTHER_NAMES);
    Schema {
        dialect: "https://json-schema.org/draft/2020-12/schema",
        title: "A row for reamaze-bulk: which conversation to change, and what to set",
        description: "What is left out, or null, is left alone; a null in `data` is sent, and one in `expect` stands for nothing there.",
        comment: format!(
            "The program differs from this schema: {}.",
            DIFFERENCES.join("; ")
        ),
        examples: [
            json!({"slug": "late-parcel", "tag_list": ["returns", "vip"], "status": 2, "data": {"order": "001042"}}),
            json!({"slug": "card-declined", "add_tags": ["vip"], "remove_tags": ["new"], "expect": {"status": "Open", "assignee": null}}),
            json!({"slug": "gift-wrapping-question", "status": "On Hold", "hold_until": "2035-01-15T09:00:00+01:00", "assignee": "ana@example.com"}),
        ],
        kind: "object",
        required: ["slug"],
        properties: Members(
            named
                .filter_map(|name| {
                    Some((name.to_owned(), values(&Field::named(name.into()).ok()?)))
                })
                .collect(),
        ),
        pattern_properties: Members(vec![
            (custom_fields("data"), values(&Field::Data("".into()))),
            (
                custom_fields("expect[.]data"),
                guard(&Guarded::Data("".into())),
            ),
            ("^_".to_owned(), values(&Field::Ignored("".into()))),
        ]),
        additional_properties: false,
        all_of: combinations(),
    }
}

/// The schema of an object, in the order in which people read it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Schema {
    #[serde(rename = "$schema")]
    dialect: &'static str,
    title: &'static str,
    description: &'static str,
    #[serde(rename = "$comment")]
    comment: String,
    examples: [Value; 3],
    #[serde(rename = "type")]
    kind: &'static str,
    required: [&'static str; 1],
    properties: Members,
    pattern_properties: Members,
    additional_properties: bool,
    all_of: [Value; 7],
}

/// The members of an object in their order, which a [`Value`] would not keep.
struct Members(Vec<(String, Value)>);

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// The values that a field allows. (Keywords such as `pattern` apply to values of their own type
/// only.)
fn values(field: &Field<'_>) -> Value {
    match field {
        Field::Slug => json!({
            "description": "Which conversation: the last part of its address",
            "examples": ["late-parcel"],
            "type": "string",
            "pattern": format!("^[^/?# {}]{{1,{}}}$", &*HIDDEN, Slug::MAX_BYTES),
            "not": {"anyOf": [{"enum": [".", ".."]}, {"pattern": "%[0-9A-Fa-f]{2}"}]},
        }),
        Field::TagList => tags("Replaces all tags; [] removes them"),
        Field::AddTags => tags("Tags to add to those that are there; [] for none"),
        Field::RemoveTags => tags("Tags to remove; [] for none"),
        Field::Status => json!({
            "description": statuses(),
            "examples": Status::all().map(Status::name).collect::<Vec<_>>(),
            "type": ["integer", "string", "null"],
            "minimum": 0,
            "maximum": Status::all().map(Status::code).max(),
            "pattern": status(Status::all()),
        }),
        Field::HoldUntil => json!({
            "description": "When the conversation comes back, in the form of RFC 3339. Goes with status 5, and only with it",
            "examples": ["2035-01-15T09:00:00+01:00"],
            "type": ["string", "null"],
            "pattern": time(),
        }),
        Field::Assignee => json!({
            "description": "Email of a staff user",
            "examples": ["ana@example.com", {"email": "ana@example.com"}],
            "type": ["string", "object", "null"],
            "pattern": email(),
            "required": ["email"],
            "properties": {"email": {"type": "string", "pattern": email()}},
            "additionalProperties": false,
        }),
        Field::Category => text("Slug of the email channel to move to"),
        Field::Brand => text("Brand of that channel, if it is another one"),
        Field::Data(_) => json!({
            "description": "Value of a custom field; a null is sent",
            "type": ["string", "number", "boolean", "null"],
        }),
        Field::DataObject => json!({
            "description": "Custom fields by name",
            "examples": [{"order": "001042"}],
            "type": ["object", "null"],
            "propertyNames": {"pattern": shown_text()},
            "additionalProperties": values(&Field::Data("".into())),
        }),
        Field::Expect(guarded) => guard(guarded),
        Field::ExpectObject => expect_object(),
        Field::ExpectDataObject => json!({
            "description": "Custom fields that the conversation must show, by name",
            "examples": [{"order": "001042"}],
            "type": "object",
            "propertyNames": {"pattern": shown_text()},
            "additionalProperties": guard(&Guarded::Data("".into())),
        }),
        Field::Ignored(_) => json!({"description": "Ignored: room for notes"}),
    }
}

/// The values that a guard allows.
fn guard(guarded: &Guarded<'_>) -> Value {
    let (what, mut values) = match guarded {
        Guarded::TagList => ("Tags", tags("")),
        Guarded::Status => ("Status", values(&Field::Status)),
        Guarded::HoldUntil => ("Time", values(&Field::HoldUntil)),
        Guarded::Assignee => ("Assignee", values(&Field::Assignee)),
        Guarded::Category => ("Channel", values(&Field::Category)),
        Guarded::UpdatedAt => ("Time of the last change", values(&Field::HoldUntil)),
        Guarded::Data(_) => ("Value of a custom field", values(&Field::Data("".into()))),
    };
    let may_be_none = matches!(
        guarded,
        Guarded::HoldUntil | Guarded::Assignee | Guarded::UpdatedAt
    );
    if may_be_none && let Some(pattern) = values["pattern"].as_str() {
        values["pattern"] = none_or(pattern).into();
    }
    let text = format!("{what} that the conversation must show, or the row is not applied");
    values["description"] = text.into();
    values
}

/// An object of guards, whose keys lack the `expect.` of the others.
fn expect_object() -> Value {
    let known = GUARDS.into_iter().chain(OTHER_NAMES);
    let properties = known.filter_map(|name| {
        let short = name.strip_prefix("expect.")?;
        Some((short.to_owned(), values(&Field::named(name.into()).ok()?)))
    });
    json!({
        "description": "What the conversation must show, or the row is not applied",
        "examples": [{"status": 0, "assignee": null}],
        "type": ["object", "null"],
        "properties": properties.collect::<serde_json::Map<_, _>>(),
        "patternProperties": {custom_fields("data"): guard(&Guarded::Data("".into()))},
        "additionalProperties": false,
        "not": {"type": "object", "required": ["assignee", "assignee.email"]},
    })
}

/// A pattern for names of custom fields below that one.
fn custom_fields(below: &str) -> String {
    format!("^{below}[.]{}", &shown_text()[1..])
}

fn tags(description: &str) -> Value {
    let named = json!({"type": "string", "pattern": "[^ ]"});
    let separator = json!({"type": "string", "pattern": "[;|]"});
    json!({
        "description": description,
        "examples": [["returns", "vip"], []],
        "type": ["array", "null"],
        "items": {
            "type": "string",
            "pattern": format!("^[^,{}]*$", &*HIDDEN),
            "maxLength": MAX_TAG_CHARS,
        },
        "anyOf": [{"maxItems": 0}, {"contains": named}],
        "not": {
            "$comment": "One tag with `;` or `|` in it: is this a separator?",
            "type": "array",
            "allOf": [{"contains": named, "maxContains": 1}, {"contains": separator}],
        },
    })
}

fn text(description: &str) -> Value {
    json!({
        "description": description,
        "type": ["string", "null"],
        "pattern": format!("^[^ {0}][^{0}]*$", &*HIDDEN),
    })
}

/// Which fields need or exclude each other.
fn combinations() -> [Value; 7] {
    let unchanged = json!({
        "properties": {
            "tag_list": {"const": null},
            "add_tags": {"const": null},
            "remove_tags": {"const": null},
            "status": {"const": null},
            "hold_until": {"const": null},
            "assignee": {"const": null},
            "assignee.email": {"const": null},
            "category": {"const": null},
            "brand": {"const": null},
            "data": {"enum": [null, {}]},
        },
        "propertyNames": {"not": {"pattern": "^data[.]"}},
    });
    let on_hold = json!({
        "required": ["status"],
        "properties": {"status": {
            "anyOf": [
                {"const": Status::ON_HOLD.code()},
                {"type": "string", "pattern": status([Status::ON_HOLD].into_iter())},
            ],
        }},
    });
    let given = |name: &str| json!({"required": [name], "properties": {name: {"type": "string"}}});
    let tags_replaced =
        json!({"required": ["tag_list"], "properties": {"tag_list": {"type": "array"}}});
    let no_edits =
        json!({"properties": {"add_tags": {"maxItems": 0}, "remove_tags": {"maxItems": 0}}});
    [
        json!({"$comment": "Something changes", "not": unchanged}),
        json!({"$comment": "Status 5 needs a time", "if": on_hold, "then": given("hold_until")}),
        json!({"$comment": "A time needs status 5", "if": given("hold_until"), "then": on_hold}),
        json!({"$comment": "A brand needs a channel", "if": given("brand"), "then": given("category")}),
        json!({"$comment": "Tags are replaced or edited", "if": tags_replaced, "then": no_edits}),
        json!({"$comment": "One field, two names", "not": {"required": ["assignee", "assignee.email"]}}),
        json!({"$comment": "One guard, two names", "not": {"required": ["expect.assignee", "expect.assignee.email"]}}),
    ]
}
