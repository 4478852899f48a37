//! Names of columns and keys -> fields, and with them the values of one row -> a draft.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use csv::StringRecord;

use super::draft::Draft;
use super::faults::Faults;
use super::fields::{self, Value};
use super::rules::Terms;
use crate::model::damage;
use crate::model::invisible::{contained, first_hidden, is_blank};
use crate::model::spreadsheet::trimmed;
use crate::model::text::{nfc, part, quoted};
use crate::model::{Members, Violation};

/// What a column or key stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field<'a> {
    Slug,
    TagList,
    Status,
    HoldUntil,
    Assignee,
    Category,
    Brand,
    /// A custom field of that name.
    Data(Cow<'a, str>),
    /// JSONL only: an object of custom fields.
    DataObject,
    /// `_anything`: not for us.
    Ignored(Cow<'a, str>),
}

/// The names as users write them.
pub(super) const NAMES: [&str; 7] = [
    "slug",
    "tag_list",
    "status",
    "hold_until",
    "assignee",
    "category",
    "brand",
];

/// Further names, which are not suggested.
pub(super) const OTHER_NAMES: [&str; 2] = ["assignee.email", "data"];

/// What people call a field in other tools: (that, ours).
const SYNONYMS: [(&str, &str); 8] = [
    ("tags", "tag_list"),
    ("labels", "tag_list"),
    ("state", "status"),
    ("email", "assignee"),
    ("agent", "assignee"),
    ("owner", "assignee"),
    ("channel", "category"),
    ("id", "slug"),
];

impl<'a> Field<'a> {
    /// The field of that name; the error says that there is none, and which was meant.
    pub(super) fn named(name: Cow<'a, str>) -> Result<Self, String> {
        if let Some(field) = Self::exactly(&name) {
            return Ok(field);
        }
        let start = name.trim_start_matches(is_blank);
        if start.starts_with('_') {
            return Ok(Self::Ignored(in_lower_case(part(name, trimmed))));
        }
        if let Some((prefix, rest)) = start.split_once('.')
            && prefix.eq_ignore_ascii_case("data")
        {
            let rest = trimmed(rest);
            if rest.is_empty() {
                return Err("names no custom field (write `data.NAME`)".into());
            }
            if let Some(why) = fault_of_name(rest) {
                return Err(why);
            }
            return Ok(Self::Data(part(name, |name| {
                name.split_once('.').map_or(name, |(_, rest)| trimmed(rest))
            })));
        }
        let name = in_lower_case(part(name, trimmed));
        Self::exactly(&name).ok_or_else(|| unknown(&name))
    }

    fn exactly(name: &str) -> Option<Self> {
        match name {
            "slug" => Some(Self::Slug),
            "tag_list" => Some(Self::TagList),
            "status" => Some(Self::Status),
            "hold_until" => Some(Self::HoldUntil),
            "assignee" | "assignee.email" => Some(Self::Assignee),
            "category" => Some(Self::Category),
            "brand" => Some(Self::Brand),
            "data" => Some(Self::DataObject),
            _ => None,
        }
    }

    /// The same, its name composed: what counts as one field.
    fn composed(&self) -> Field<'a> {
        match self {
            Self::Data(name) => Field::Data(nfc(name).into_owned().into()),
            other => other.clone(),
        }
    }

    /// The same, its name a part of this one.
    fn borrowed(&self) -> Field<'_> {
        match self {
            Self::Data(name) => Field::Data(Cow::Borrowed(name)),
            Self::Ignored(name) => Field::Ignored(Cow::Borrowed(name)),
            other => other.clone(),
        }
    }
}

fn in_lower_case(text: Cow<'_, str>) -> Cow<'_, str> {
    if text
        .chars()
        .any(|c| c.is_ascii_uppercase() || !c.is_ascii())
    {
        Cow::Owned(text.to_lowercase())
    } else {
        text
    }
}

/// Whether `name` is that of a field, or was meant for one.
pub(super) fn resembles_field(name: &str) -> bool {
    Field::named(name.into()).is_ok() || meant(&trimmed(name).to_lowercase()).is_some()
}

/// The field that was meant by a name that is none.
fn meant(name: &str) -> Option<&'static str> {
    let synonym = SYNONYMS.iter().find(|(theirs, _)| *theirs == name);
    synonym
        .map(|(_, ours)| *ours)
        .or_else(|| fields::nearest(name, NAMES.into_iter()))
}

/// What is wrong with the name of a custom field.
fn fault_of_name(name: &str) -> Option<String> {
    if let Some(damage) = damage::of_text(name) {
        return Some(format!("{} ({})", damage.what(), damage.cure()));
    }
    first_hidden(name).map(contained)
}

fn unknown(name: &str) -> String {
    if let Some(why) = fault_of_name(name) {
        return why;
    }
    match meant(name) {
        Some(meant) => format!("is no known field (did you mean `{meant}`?)"),
        None => format!(
            "is no known field (known are {}; a custom field is written `data.{name}`, one to ignore `_{name}`)",
            NAMES.join(", "),
            name = crate::model::text::one_line(name, 60)
        ),
    }
}

/// The columns of a CSV or TSV file. A JSONL file has none: each of its rows names its keys.
#[derive(Debug, Default)]
pub struct Columns(pub(super) Vec<Column>);

#[derive(Debug)]
pub(super) struct Column {
    /// As the header has it, trimmed.
    pub(super) name: String,
    /// `None`: a column without a name, in which nothing may stand.
    pub(super) field: Option<Field<'static>>,
}

impl Columns {
    /// The columns that a header names.
    ///
    /// # Errors
    /// Everything that is wrong with the header: unknown, repeated and missing columns.
    pub fn of_header(header: &StringRecord, line: u64) -> Result<Self, Vec<Violation>> {
        let mut faults = Faults {
            line,
            found: Vec::new(),
        };
        let mut columns: Vec<Column> = Vec::with_capacity(header.len());
        let mut names = Names::default();
        if let Some(why) = no_header(header) {
            faults.add(Violation::HEADER, why);
            return Err(faults.found);
        }
        let last = (0..header.len()).rfind(|at| header.get(*at).is_some_and(is_named));
        for (at, cell) in header.iter().enumerate() {
            let name = trimmed(cell).to_owned();
            let field = if name.is_empty() {
                // Spreadsheets leave empty columns behind at the right; one between others is a
                // slip that could hide data.
                if Some(at) < last {
                    let message = format!("column {} has no name (name it, or remove it)", at + 1);
                    faults.add(Violation::HEADER, message);
                }
                None
            } else {
                match Field::named(Cow::Owned(cell.to_owned())) {
                    Ok(Field::DataObject) => {
                        faults.add(
                            &name,
                            "is no column (a custom field is written `data.NAME`)",
                        );
                        None
                    }
                    Ok(field) => {
                        names.check(Name::Key(Cow::Owned(name.clone())), &field, &mut faults);
                        Some(field)
                    }
                    Err(why) => {
                        faults.add(&name, why);
                        None
                    }
                }
            };
            columns.push(Column { name, field });
        }
        if !columns
            .iter()
            .any(|column| column.field == Some(Field::Slug))
        {
            faults.add(
                "slug",
                "the column is missing (the first line names the columns, and every row its conversation)",
            );
        }
        if faults.found.is_empty() {
            Ok(Self(columns))
        } else {
            Err(faults.found)
        }
    }

    /// Reads a row's cells.
    pub(super) fn draft<'a>(
        &'a self,
        cells: &'a StringRecord,
        terms: &Terms,
        faults: &mut Faults,
    ) -> Draft<'a> {
        let mut draft = Draft::default();
        for (column, cell) in self.0.iter().zip(cells) {
            let Some(field) = &column.field else {
                if !trimmed(cell).is_empty() {
                    let message = format!(
                        "{} stands in a column without a name (name the column, or empty the cell)",
                        quoted(cell)
                    );
                    faults.add(Violation::ROW, message);
                }
                continue;
            };
            if fields::cell(field, cell).is_empty() && *field != Field::Slug {
                continue;
            }
            if let Err(why) = draft.take_value(field.borrowed(), Value::Text(cell), terms) {
                faults.add(&column.name, why);
            }
        }
        draft
    }
}

/// Whether a cell of the header is there to name a field.
fn is_named(cell: &str) -> bool {
    let name = trimmed(cell);
    !name.is_empty() && !name.starts_with('_')
}

/// Why the first line is not like a header at all, if it is not.
fn no_header(header: &StringRecord) -> Option<String> {
    let mut names = header.iter().filter(|cell| is_named(cell));
    let first = names.next()?;
    if names.next().is_none() && first.contains([',', ';', '\t', '|']) {
        return Some(format!(
            "is one cell, {} (take away quotes around whole lines, or name the delimiter with --delimiter)",
            quoted(first)
        ));
    }
    (!header.iter().any(|cell| is_named(cell) && resembles_field(cell))).then(|| {
        format!(
            "{} names no column (delete lines above the one that names the columns, as in `slug,status,tag_list`)",
            quoted(first)
        )
    })
}

/// Reads a JSON object's members.
pub(super) fn draft_of<'a>(members: Members<'a>, terms: &Terms, faults: &mut Faults) -> Draft<'a> {
    let mut draft = Draft::default();
    let mut names = Names::default();
    for (key, value) in members.0 {
        let name = part(key.clone(), str::trim);
        let value = Value::Json(value);
        match Field::named(key) {
            Err(why) => faults.add(&name, why),
            Ok(field) => {
                if !names.check(Name::Key(name.clone()), &field, faults) {
                    continue;
                }
                if field == Field::DataObject {
                    data_object(value, &mut draft, &mut names, terms, faults);
                } else if (matches!(field, Field::Data(_)) || !value.is_null())
                    && let Err(why) = draft.take_value(field, value, terms)
                {
                    faults.add(&name, why);
                }
            }
        }
    }
    draft
}

/// Reads `"data": {...}`, whose keys are names of custom fields.
fn data_object<'a>(
    value: Value<'a>,
    draft: &mut Draft<'a>,
    names: &mut Names<'a>,
    terms: &Terms,
    faults: &mut Faults,
) {
    if value.is_null() {
        return;
    }
    let members = match value.members() {
        Ok(members) => members,
        Err(why) => return faults.add("data", why),
    };
    for (key, value) in members.0 {
        let key = part(key, trimmed);
        if key.is_empty() {
            faults.add("data", "has a custom field without a name (give it one)");
            continue;
        }
        let name = Name::InData(key.clone());
        if let Some(why) = fault_of_name(&key) {
            faults.add(&name.to_string(), why);
            continue;
        }
        let field = Field::Data(key);
        if names.check(name.clone(), &field, faults)
            && let Err(why) = draft.take_value(field, Value::Json(value), terms)
        {
            faults.add(&name.to_string(), why);
        }
    }
}

/// How a row names a field.
#[derive(Clone)]
enum Name<'a> {
    /// By a column, or by a key of its own.
    Key(Cow<'a, str>),
    /// By a key in `"data": {...}`.
    InData(Cow<'a, str>),
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(name) => f.write_str(name),
            Self::InData(name) => write!(f, "data.{name}"),
        }
    }
}

/// Sees that no field is given twice, under one name or two.
#[derive(Default)]
struct Names<'a>(BTreeMap<Field<'a>, Name<'a>>);

impl<'a> Names<'a> {
    /// Whether the field is new; if not, that is noted.
    fn check(&mut self, name: Name<'a>, field: &Field<'a>, faults: &mut Faults) -> bool {
        let field = field.composed();
        let Some(first) = self.0.get(&field) else {
            self.0.insert(field, name);
            return true;
        };
        let (first, name) = (first.to_string(), name.to_string());
        let message = if first == name {
            "is there twice (keep one)".to_owned()
        } else {
            format!("is the same field as {} (keep one)", quoted(&first))
        };
        faults.add(&name, message);
        false
    }
}
