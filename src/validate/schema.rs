//! The rules for a row of JSONL -> a JSON Schema of one row, for editors and for whoever writes the
//! export. Rules that a schema cannot express are listed in [`DIFFERENCES`].
//!
//! Its patterns keep to what all kinds of regular expressions read alike: sets of characters are
//! spelled out, since `\s` is not the same everywhere, and nothing looks ahead.

use std::sync::LazyLock;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::field::{Field, NAMES, OTHER_NAMES};
use crate::model::invisible::{SELECTORS, ZERO_WIDTH};
use crate::model::{Slug, Status};

/// Where the program differs from the schema, as the schema's comment and the docs list it: first
/// what only the program refuses, then what only the program accepts.
pub const DIFFERENCES: [&str; 13] = [
    "a slug that appears in another row is refused; so is the slug `slug`, the name of a column",
    "a slug can have at most 255 bytes; the schema counts characters",
    "a `hold_until` that is in the past, or on a day that does not exist, is refused",
    "a status written as `2e0` or `-0` is refused",
    "a single tag that contains `;` or `|` is refused, even if it is repeated",
    "a repeated key is refused; so are a custom field given both as `data.NAME` and in `data`, and two `_` keys that differ only in case",
    "an email address that is too long, or has quotes or non-ASCII characters where they are not allowed, is refused",
    "text that a spreadsheet, a database or an export has damaged is refused: `NULL`, `#N/A`, `###`, `1.23457E+11`, `{a,b}`, `Ã©`, and, except in custom fields, `N/A`, a leading apostrophe, and surrounding quotes; `--allow-damaged` accepts it in custom fields",
    "a line of more than 1 MiB is refused",
    "field names are accepted in any case; names and texts are accepted with spaces and invisible characters around them, statuses with any white space in place of a space, and `=\"a\"` as `a`",
    "joiners and variation selectors are accepted in tags and custom field names where they belong, as inside an emoji",
    "with `--timezone`, a `hold_until` needs no offset",
    "with `--set`, a row may leave out the fields that it sets",
];

/// White space in a set of characters: what `char::is_whitespace` takes for it, less the blank.
const WHITE_SPACE: &str =
    r"\u0009-\u000d\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";

/// The same of control characters: what `char::is_control` takes for one.
const CONTROLS: &str = r"\u0000-\u001f\u007f-\u009f";

/// What cannot be within a text that must show itself, less the blank: white space, controls, what
/// shows nothing, and the character for lost text.
static HIDDEN: LazyLock<String> = LazyLock::new(|| {
    let mut set = format!("{WHITE_SPACE}{CONTROLS}");
    for (first, last) in ZERO_WIDTH.into_iter().chain(SELECTORS) {
        set.push_str(&escaped(first));
        set.push('-');
        set.push_str(&escaped(last));
    }
    set.push_str(r"\ufffd");
    set
});

/// A character in a set. Beyond the first 65,536 there is no escape that all expressions know.
fn escaped(c: char) -> String {
    match u32::from(c) {
        code @ ..=0xffff => format!("\\u{code:04x}"),
        _ => c.into(),
    }
}

/// A pattern for text that shows itself, with more than blanks in it.
fn shown_text() -> String {
    let hidden = &*HIDDEN;
    format!("^ *[^ {hidden}][^{hidden}]*$")
}

/// The JSON Schema of one row of a JSONL file.
#[must_use]
pub fn schema() -> impl Serialize {
    let named = NAMES.into_iter().chain(OTHER_NAMES);
    let custom = format!("^data[.]{}", &shown_text()[1..]);
    Schema {
        dialect: "https://json-schema.org/draft/2020-12/schema",
        title: "A row for reamaze-bulk: which conversation to change, and what to set",
        description: "What is left out, or null, is left alone; a null in `data` is sent.",
        comment: format!(
            "The program differs from this schema: {}.",
            DIFFERENCES.join("; ")
        ),
        examples: [
            json!({"slug": "late-parcel", "tag_list": ["returns", "vip"], "status": 2, "data": {"order": "001042"}}),
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
            (custom, values(&Field::Data("".into()))),
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
    examples: [Value; 2],
    #[serde(rename = "type")]
    kind: &'static str,
    required: [&'static str; 1],
    properties: Members,
    pattern_properties: Members,
    additional_properties: bool,
    all_of: [Value; 5],
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
        Field::TagList => tag_list(),
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
            "pattern": hold_until(),
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
        Field::Ignored(_) => json!({"description": "Ignored: room for notes"}),
    }
}

fn tag_list() -> Value {
    let named = json!({"type": "string", "pattern": "[^ ]"});
    let separator = json!({"type": "string", "pattern": "[;|]"});
    json!({
        "description": "Replaces all tags; [] removes them",
        "examples": [["returns", "vip"], []],
        "type": ["array", "null"],
        "items": {"type": "string", "pattern": format!("^[^,{}]*$", &*HIDDEN)},
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
fn combinations() -> [Value; 5] {
    let unchanged = json!({
        "properties": {
            "tag_list": {"const": null},
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
    [
        json!({"$comment": "Something changes", "not": unchanged}),
        json!({"$comment": "Status 5 needs a time", "if": on_hold, "then": given("hold_until")}),
        json!({"$comment": "A time needs status 5", "if": given("hold_until"), "then": on_hold}),
        json!({"$comment": "A brand needs a channel", "if": given("brand"), "then": given("category")}),
        json!({"$comment": "One field, two names", "not": {"required": ["assignee", "assignee.email"]}}),
    ]
}

/// A pattern for the numbers and names of these statuses as text.
fn status(statuses: impl Iterator<Item = Status>) -> String {
    let (mut codes, mut names) = (String::new(), Vec::new());
    for status in statuses {
        codes.push_str(&status.code().to_string());
        names.extend(status.own_names().iter().map(|name| spellings(name)));
    }
    let names = names.join("|");
    format!("^([{codes}]([.,]0+)?|[-_ ]*({names})[-_ ]*)$")
}

/// A pattern for all spellings of a name.
fn spellings(name: &str) -> String {
    let in_any_case = |c: char| match c {
        'A'..='Z' | 'a'..='z' => format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase()),
        _ => format!("[{c}]"),
    };
    let words = Status::words(name).map(|word| word.chars().map(in_any_case).collect::<String>());
    words.collect::<Vec<_>>().join("[-_ ]+")
}

/// What the statuses are called.
fn statuses() -> String {
    let names = Status::all().map(|status| match status.own_names() {
        [name, other, ..] => format!("{} {name} ({other})", status.code()),
        _ => format!("{} {}", status.code(), status.name()),
    });
    names.collect::<Vec<_>>().join(", ")
}

/// A pattern for times with an offset, as RFC 3339, section 5.6, has them, and as databases do.
fn hold_until() -> String {
    let date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
    let (hour, minute) = ("([01][0-9]|2[0-3])", "[0-5][0-9]");
    let second = "[0-5][0-9]([.][0-9]{1,9})?";
    format!("^{date}[ Tt]{hour}:{minute}(:{second})? *([Zz]|[+-]{hour}(:?{minute})?)$")
}

/// A pattern for email addresses with a domain of two labels or more. Beyond ASCII, characters
/// that show something are allowed anywhere.
fn email() -> String {
    let hidden = &*HIDDEN;
    let atom = format!(r#"[^"(),.:;<>@\[\\\] {hidden}]"#);
    let edge = format!(r"[^!-/:-@\[-`{{-~ {hidden}]");
    let label = format!("{edge}({atom}*{edge})?");
    format!(r#"^("[^{hidden}]+"|{atom}+([.]{atom}+)*)@{label}([.]{label})+$"#)
}
