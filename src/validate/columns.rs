//! A header -> the columns of a file, and with them the cells of one row -> a draft.

use std::borrow::Cow;

use csv::StringRecord;

use super::draft::Draft;
use super::faults::Faults;
use super::field::{Field, resembles_field};
use super::missing_slug;
use super::names::{Name, Names};
use super::naming::{Naming, Renamed};
use super::noted::Noted;
use super::terms::Terms;
use super::unknown::Unknown;
use super::value::{self, Value};
use crate::model::spreadsheet::trimmed;
use crate::model::text::{one_line, quoted};
use crate::model::{Violation, nearest};

/// Columns that a message lists.
const MOST_LISTED: usize = 8;

/// The columns of a CSV or TSV file. A JSONL file has none: each of its rows names its keys.
#[derive(Debug, Default)]
pub struct Columns {
    pub(super) all: Vec<Column>,
    pub(super) naming: Naming,
    pub(super) noted: Noted,
}

#[derive(Debug)]
pub(super) struct Column {
    /// As the header has it, trimmed.
    pub(super) name: String,
    /// `None`: a column without a name, which must be empty.
    pub(super) field: Option<Field<'static>>,
}

impl Columns {
    /// No columns: the keys of each row are named by `naming`.
    #[must_use]
    pub fn of_keys(naming: &Naming) -> Self {
        Self {
            all: Vec::new(),
            naming: naming.clone(),
            noted: Noted::new(naming),
        }
    }

    /// The columns that a header names. The first row, if it is known, shows which column has addresses of
    /// conversations.
    ///
    /// # Errors
    /// Everything that is wrong with the header: unknown, repeated and missing columns.
    pub fn from_header(
        header: &StringRecord,
        line: u64,
        naming: &Naming,
        first: Option<&StringRecord>,
    ) -> Result<Self, Vec<Violation>> {
        let mut reading = Reading {
            found: Self::of_keys(naming),
            header,
            names: Names::default(),
            unknown: Unknown::default(),
            faults: Faults {
                line,
                found: Vec::new(),
            },
        };
        let slugs = missing_slug::Candidates { header, first };
        if let Some(why) = reading.no_header()
            && slugs.by_content().is_none()
        {
            reading.faults.add(Violation::HEADER, why);
            return Err(reading.faults.found);
        }
        let last = (0..header.len()).rfind(|at| header.get(*at).is_some_and(is_named));
        for (at, cell) in header.iter().enumerate() {
            let column = if trimmed(cell).is_empty() {
                // Spreadsheets leave empty columns at the right; one between others is a mistake
                // that could hide data.
                if Some(at) < last {
                    let message = format!("column {} has no name (name it, or remove it)", at + 1);
                    reading.faults.add(Violation::HEADER, message);
                }
                None
            } else {
                Some(reading.field(cell))
            };
            reading.found.all.push(Column {
                name: trimmed(cell).to_owned(),
                field: column,
            });
        }
        let Reading {
            found,
            unknown,
            mut faults,
            ..
        } = reading;
        unknown.report(Violation::HEADER, "columns", &mut faults);
        let mut fields = found.all.iter().map(|column| &column.field);
        if !fields.any(|field| *field == Some(Field::Slug)) {
            faults.add("slug", slugs.missing(&found.naming));
        }
        if let Some(unseen) = found.noted.first_unseen() {
            let Renamed { theirs, option, .. } = &found.naming.renamed[unseen];
            faults.add(theirs, not_there(theirs, option, header));
        }
        if faults.found.is_empty() {
            Ok(found)
        } else {
            Err(faults.found)
        }
    }

    /// What the input calls a field, if an option maps it.
    pub(super) fn their_name(&self, field: &Field<'_>) -> Option<&str> {
        let mut renamed = self.naming.renamed.iter();
        let renamed = renamed.find(|renamed| renamed.field == *field)?;
        let is_it = |column: &&Column| column.field.as_ref() == Some(field);
        let column = self.all.iter().find(is_it);
        Some(column.map_or(&renamed.theirs, |column| &column.name))
    }

    /// Lets violations name mapped fields as the input does.
    pub(super) fn in_their_names(&self, found: &mut [Violation]) {
        let is_theirs = |name: &str| {
            let mut renamed = self.naming.renamed.iter();
            renamed.any(|renamed| renamed.theirs.eq_ignore_ascii_case(name))
        };
        for violation in found {
            if !self.naming.renamed.is_empty()
                && !is_theirs(&violation.field)
                && let Ok(field) = Field::named(Cow::Borrowed(&violation.field))
                && let Some(name) = self.their_name(&field)
            {
                violation.field = one_line(name, 100);
            }
        }
    }

    /// What was left out, in words.
    pub(super) fn left_out(&self) -> Option<String> {
        self.noted.left_out(if self.all.is_empty() {
            ["key", "keys"]
        } else {
            ["column", "columns"]
        })
    }

    /// A mapped key that no row has, and its option.
    pub(super) fn missing_key(&self) -> Option<(&str, &str)> {
        let renamed = self.naming.renamed.get(self.noted.first_unseen()?)?;
        Some((&renamed.theirs, &renamed.option))
    }

    /// Reads a row's cells.
    pub(super) fn draft<'a>(
        &'a self,
        cells: &'a StringRecord,
        terms: &Terms,
        faults: &mut Faults,
    ) -> Draft<'a> {
        let mut draft = Draft::default();
        for (column, cell) in self.all.iter().zip(cells) {
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

/// A header, while it is read.
struct Reading<'h> {
    found: Columns,
    header: &'h StringRecord,
    names: Names<'static>,
    unknown: Unknown,
    faults: Faults,
}

impl Reading<'_> {
    /// The field that a column is read as.
    fn field(&mut self, cell: &str) -> Field<'static> {
        let name = trimmed(cell).to_owned();
        let Columns { naming, noted, .. } = &self.found;
        let field = match naming.position(cell, || self.header.iter()) {
            Some(position) => {
                noted.see(position);
                Ok(naming.renamed[position].field.clone())
            }
            None if self.unknown.is_one_more(cell) => return Field::Ignored(Cow::Owned(name)),
            None => Field::named(Cow::Owned(cell.to_owned())),
        };
        match field {
            Ok(field) => {
                if let Some(form) = field.form_of_column() {
                    self.faults.add(&name, format!("is not a column ({form})"));
                }
                self.names
                    .check(Name::Key(Cow::Owned(name)), &field, &mut self.faults);
                field
            }
            Err(why) => {
                if self
                    .unknown
                    .is_left_out(&name, why, naming, &mut self.faults)
                {
                    noted.leave_out(&name);
                }
                Field::Ignored(Cow::Owned(name))
            }
        }
    }

    /// Why the first line is not like a header at all, if it is not.
    fn no_header(&self) -> Option<String> {
        let mut names = self.header.iter().filter(|cell| is_named(cell));
        let first = names.next()?;
        if names.next().is_none() && first.contains([',', ';', '\t', '|']) {
            return Some(format!(
                "is one cell, {} (remove the quotes around whole lines, or name the delimiter with --delimiter)",
                quoted(first)
            ));
        }
        let is_header = |cell: &str| {
            let mapped = self.found.naming.position(cell, || self.header.iter());
            mapped.is_some() || is_named(cell) && resembles_field(cell)
        };
        (!self.header.iter().any(is_header)).then(|| {
            format!(
                "{} is not the name of a column (delete lines above the one that names the columns, as in `slug,status,tag_list`)",
                quoted(first)
            )
        })
    }
}

/// Whether a cell of the header is there to name a field.
fn is_named(cell: &str) -> bool {
    let name = trimmed(cell);
    !name.is_empty() && !name.starts_with('_')
}

/// That a mapped column is not in the header.
fn not_there(theirs: &str, option: &str, header: &StringRecord) -> String {
    let names = || header.iter().map(trimmed).filter(|name| !name.is_empty());
    let meant = if let Some(name) = nearest(theirs, names()) {
        format!("did you mean {}?", quoted(name))
    } else {
        let listed: Vec<_> = names().take(MOST_LISTED).map(quoted).collect();
        let more = if names().nth(MOST_LISTED).is_some() {
            ", ..."
        } else {
            ""
        };
        format!("the columns are {}{more}", listed.join(", "))
    };
    format!("is not a column of this file, so {option} does not apply ({meant})")
}
