//! A header -> the columns of a file, and with them the cells of one row -> a draft.

use std::borrow::Cow;

use csv::StringRecord;

use super::draft::Draft;
use super::faults::Faults;
use super::field::{Field, resembles_field};
use super::names::{Name, Names};
use super::terms::Terms;
use super::value::{self, Value};
use crate::model::Violation;
use crate::model::spreadsheet::trimmed;
use crate::model::text::quoted;

/// The columns of a CSV or TSV file. A JSONL file has none: each of its rows names its keys.
#[derive(Debug, Default)]
pub struct Columns(pub(super) Vec<Column>);

#[derive(Debug)]
pub(super) struct Column {
    /// As the header has it, trimmed.
    pub(super) name: String,
    /// `None`: a column without a name, which must be empty.
    pub(super) field: Option<Field<'static>>,
}

impl Columns {
    /// The columns that a header names.
    ///
    /// # Errors
    /// Everything that is wrong with the header: unknown, repeated and missing columns.
    pub fn from_header(header: &StringRecord, line: u64) -> Result<Self, Vec<Violation>> {
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
                // Spreadsheets leave empty columns at the right; one between others is a mistake
                // that could hide data.
                if Some(at) < last {
                    let message = format!("column {} has no name (name it, or remove it)", at + 1);
                    faults.add(Violation::HEADER, message);
                }
                None
            } else {
                match Field::named(Cow::Owned(cell.to_owned())) {
                    Ok(field) => {
                        if let Some(form) = field.form_of_column() {
                            faults.add(&name, format!("is not a column ({form})"));
                        }
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
                "the column is missing (the first line must name the columns, and each row its conversation)",
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
                        "{} is in a column without a name (name the column, or clear the cell)",
                        quoted(cell)
                    );
                    faults.add(Violation::ROW, message);
                }
                continue;
            };
            if value::cell(field, cell).is_empty() && *field != Field::Slug {
                continue;
            }
            if let Err(why) = draft.take_value(field.borrowed(), Value::Cell(cell), terms) {
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
            "is one cell, {} (remove the quotes around whole lines, or name the delimiter with --delimiter)",
            quoted(first)
        ));
    }
    (!header.iter().any(|cell| is_named(cell) && resembles_field(cell))).then(|| {
        format!(
            "{} is not the name of a column (delete lines above the one that names the columns, as in `slug,status,tag_list`)",
            quoted(first)
        )
    })
}
