//! Names of columns and keys -> fields, and with them the values of one row -> a draft.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::Clock;
use super::draft::Draft;
use super::faults::Faults;
use super::fields::{self, Value};
use crate::model::spreadsheet::{self, trimmed};
use crate::model::text::quoted;
use crate::model::{Members, Violation};

/// What a column or key stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Slug,
    TagList,
    Status,
    HoldUntil,
    Assignee,
    Category,
    Brand,
    /// A custom field of that name.
    Data(String),
    /// JSONL only: an object of custom fields.
    DataObject,
    /// `_anything`: not for us.
    Ignored(String),
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

impl Field {
    /// The field of that name; the error says that there is none, and which was meant.
    pub(super) fn named(name: &str) -> Result<Self, String> {
        let start = name.trim_start_matches(spreadsheet::is_blank);
        if start.starts_with('_') {
            return Ok(Self::Ignored(trimmed(start).to_lowercase()));
        }
        if let Some((prefix, rest)) = start.split_once('.')
            && prefix.eq_ignore_ascii_case("data")
        {
            return match trimmed(rest) {
                "" => Err("names no custom field (write `data.NAME`)".into()),
                _ => Ok(Self::Data(rest.to_owned())),
            };
        }
        match trimmed(start).to_lowercase().as_str() {
            "slug" => Ok(Self::Slug),
            "tag_list" => Ok(Self::TagList),
            "status" => Ok(Self::Status),
            "hold_until" => Ok(Self::HoldUntil),
            "assignee" | "assignee.email" => Ok(Self::Assignee),
            "category" => Ok(Self::Category),
            "brand" => Ok(Self::Brand),
            "data" => Ok(Self::DataObject),
            other => Err(unknown(other)),
        }
    }
}

/// The field that was meant by a name that is none.
fn meant(name: &str) -> Option<&'static str> {
    let synonym = SYNONYMS.iter().find(|(theirs, _)| *theirs == name);
    synonym
        .map(|(_, ours)| *ours)
        .or_else(|| fields::nearest(name, NAMES.into_iter()))
}

fn unknown(name: &str) -> String {
    if let Some(mark) = spreadsheet::mark(name) {
        return mark.into();
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
pub struct Columns(Vec<Column>);

#[derive(Debug)]
struct Column {
    /// As the header has it, trimmed.
    name: String,
    /// `None`: a column without a name, in which nothing may stand.
    field: Option<Field>,
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
            faults.add("header", why);
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
                    faults.add("header", message);
                }
                None
            } else {
                match Field::named(cell) {
                    Ok(Field::DataObject) => {
                        faults.add(
                            &name,
                            "is no column (a custom field is written `data.NAME`)",
                        );
                        None
                    }
                    Ok(field) => {
                        names.check(&name, &field, &mut faults);
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
    pub(super) fn draft(&self, cells: &StringRecord, clock: &Clock, faults: &mut Faults) -> Draft {
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
            let cell = fields::cell(field, cell);
            if cell.is_empty() && *field != Field::Slug {
                continue;
            }
            if let Err(why) = draft.take_value(field, Value::Text(cell), clock) {
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
    let resembles =
        |cell: &str| Field::named(cell).is_ok() || meant(&trimmed(cell).to_lowercase()).is_some();
    if names.next().is_none() && first.contains([',', ';', '\t', '|']) {
        return Some(format!(
            "is one cell, {} (take away quotes around whole lines, or name the delimiter with --delimiter)",
            quoted(first)
        ));
    }
    (!header.iter().any(|cell| is_named(cell) && resembles(cell))).then(|| {
        format!(
            "{} names no column (delete lines above the one that names the columns, as in `slug,status,tag_list`)",
            quoted(first)
        )
    })
}

/// Reads a JSON object's members.
pub(super) fn draft_of(members: &Members, clock: &Clock, faults: &mut Faults) -> Draft {
    let mut draft = Draft::default();
    let mut names = Names::default();
    for (key, value) in &members.0 {
        let name = key.trim();
        match Field::named(key) {
            Err(why) => faults.add(name, why),
            Ok(field) => {
                let is_new = names.check(name, &field, faults);
                let value = Value::Json(value);
                if !is_new {
                    continue;
                }
                if field == Field::DataObject {
                    data_object(value, &mut draft, &mut names, clock, faults);
                } else if (matches!(field, Field::Data(_)) || !value.is_null())
                    && let Err(why) = draft.take_value(&field, value, clock)
                {
                    faults.add(name, why);
                }
            }
        }
    }
    draft
}

/// Reads `"data": {...}`, whose keys are names of custom fields.
fn data_object(
    value: Value<'_>,
    draft: &mut Draft,
    names: &mut Names,
    clock: &Clock,
    faults: &mut Faults,
) {
    if value.is_null() {
        return;
    }
    let members = match value.members() {
        Ok(members) => members,
        Err(why) => return faults.add("data", why),
    };
    for (name, value) in &members.0 {
        let path = format!("data.{name}");
        let field = Field::Data(name.clone());
        if trimmed(name).is_empty() {
            faults.add("data", "has a custom field without a name (give it one)");
        } else if names.check(&path, &field, faults)
            && let Err(why) = draft.take_value(&field, Value::Json(value), clock)
        {
            faults.add(&path, why);
        }
    }
}

/// Sees that no field is given twice, under one name or two.
#[derive(Default)]
struct Names(BTreeMap<Field, String>);

impl Names {
    /// Whether the field is new; if not, that is noted.
    fn check(&mut self, name: &str, field: &Field, faults: &mut Faults) -> bool {
        let Some(first) = self.0.get(field) else {
            self.0.insert(field.clone(), name.to_owned());
            return true;
        };
        let message = if first == name {
            "is there twice (keep one)".to_owned()
        } else {
            format!("is the same field as {} (keep one)", quoted(first))
        };
        faults.add(name, message);
        false
    }
}
