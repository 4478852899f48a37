//! A spreadsheet in the format `.ods` (OASIS standard 1.3, part 3) -> its sheets, and the cells of one as
//! they are shown: the file has that text beside the values.

use std::borrow::Cow;
use std::collections::HashSet;

use quick_xml::events::{BytesStart, Event};

use super::dates::{DateFormat, iso_date};
use super::decimal::shortened;
use super::package::{Package, Part};
use super::paragraphs::paragraphs;
use super::sheet_row::{SheetRow, SheetRows};
use super::xml::{Xml, attribute, is_named, number};
use super::{Sheet, WorkbookError};
use crate::model::spreadsheet::{not_calculated, unknown_format};

const CONTENT: &str = "content.xml";
const MANIFEST: &str = "META-INF/manifest.xml";

/// A workbook whose sheets are known.
pub(super) struct Ods {
    package: Package,
    sheets: Vec<Sheet>,
}

/// Reads the rows of a sheet.
pub(super) struct OdsRows {
    xml: Xml,
    /// How many elements are open inside the table.
    inside: usize,
    /// The number of the row that comes next.
    next: u64,
    /// A row that is there several times, and how often it is still to come.
    repeated: Option<(SheetRow, u64)>,
    is_done: bool,
}

impl Ods {
    /// Reads what sheets there are.
    pub(super) fn open(package: Package) -> Result<Self, WorkbookError> {
        if let Some(manifest) = package.optional_part(MANIFEST, u64::MAX)? {
            refuse_encrypted(manifest)?;
        }
        let sheets = sheets(package.part(CONTENT)?)?;
        Ok(Self { package, sheets })
    }

    pub(super) fn sheets(&self) -> impl Iterator<Item = &Sheet> {
        self.sheets.iter()
    }

    /// The rows of the sheet at that place, from 0.
    pub(super) fn rows(&self, at: usize) -> Result<OdsRows, WorkbookError> {
        let mut xml = Xml::new(self.package.part(CONTENT)?);
        let mut before = 0;
        loop {
            match xml.next()? {
                Event::Start(tag) if is_named(&tag, "tracked-changes") => xml.skip()?,
                Event::Start(tag) if is_named(&tag, "table") && before == at => break,
                Event::Start(tag) if is_named(&tag, "table") => {
                    before += 1;
                    xml.skip()?;
                }
                Event::Eof => {
                    return Err(WorkbookError::Damaged("a sheet is missing in it".into()));
                }
                _ => {}
            }
        }
        Ok(OdsRows {
            inside: xml.depth(),
            xml,
            next: 1,
            repeated: None,
            is_done: false,
        })
    }
}

fn refuse_encrypted(manifest: Part) -> Result<(), WorkbookError> {
    let mut xml = Xml::new(manifest);
    loop {
        match xml.next()? {
            Event::Start(tag) if is_named(&tag, "encryption-data") => {
                return Err(WorkbookError::Password);
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn sheets(content: Part) -> Result<Vec<Sheet>, WorkbookError> {
    let mut xml = Xml::new(content);
    let (mut sheets, mut hidden, mut style) = (Vec::new(), HashSet::new(), String::new());
    loop {
        match xml.next()? {
            Event::Start(tag) if is_named(&tag, "tracked-changes") => xml.skip()?,
            Event::Start(tag) if is_named(&tag, "style") => {
                style = attribute(&tag, "style:name")?
                    .unwrap_or_default()
                    .into_owned();
            }
            Event::Start(tag)
                if is_named(&tag, "table-properties")
                    && attribute(&tag, "table:display")?.is_some_and(|shown| shown == "false") =>
            {
                hidden.insert(style.clone());
            }
            Event::Start(tag) if is_named(&tag, "table") => {
                let style = attribute(&tag, "table:style-name")?;
                sheets.push(Sheet {
                    name: attribute(&tag, "table:name")?
                        .unwrap_or_default()
                        .into_owned(),
                    is_hidden: style.is_some_and(|style| hidden.contains(&*style)),
                });
                xml.skip()?;
            }
            Event::Eof => return Ok(sheets),
            _ => {}
        }
    }
}

impl SheetRows for OdsRows {
    fn next_row(&mut self) -> Result<Option<SheetRow>, WorkbookError> {
        if let Some((row, left)) = &mut self.repeated {
            row.number += 1;
            *left -= 1;
            let row = row.clone();
            if *left == 0 {
                self.repeated = None;
            }
            return Ok(Some(row));
        }
        while !self.is_done {
            match self.xml.next()? {
                Event::Start(tag) if is_named(&tag, "table-row") => {
                    let repeats = number(&tag, "table:number-rows-repeated")?;
                    let repeats = repeats.unwrap_or(1).max(1) as u64;
                    let first = self.next;
                    self.next = first.saturating_add(repeats);
                    let mut row = SheetRow {
                        number: first,
                        ..SheetRow::default()
                    };
                    self.cells(&mut row)?;
                    if row.cells.is_empty() && !row.is_too_long {
                        continue;
                    }
                    // Rows behind the last of a sheet are only allowed to be empty.
                    SheetRow::new(self.next.saturating_sub(1))?;
                    if repeats > 1 {
                        self.repeated = Some((row.clone(), repeats - 1));
                    }
                    return Ok(Some(row));
                }
                // Drawings and forms have texts and tables of their own.
                Event::Start(tag) if is_named(&tag, "shapes") || is_named(&tag, "forms") => {
                    self.xml.skip()?;
                }
                _ => self.is_done = self.xml.depth() < self.inside,
            }
        }
        Ok(None)
    }
}

impl OdsRows {
    fn cells(&mut self, row: &mut SheetRow) -> Result<(), WorkbookError> {
        let outside = self.xml.depth() - 1;
        let mut column = 0_usize;
        while self.xml.depth() > outside {
            let Event::Start(tag) = self.xml.next()? else {
                continue;
            };
            let repeats = number(&tag, "table:number-columns-repeated")?.unwrap_or(1);
            // A covered cell lies under one that is merged from several.
            let text = if is_named(&tag, "table-cell") {
                let cell = Cell::new(&tag)?;
                cell.shown(paragraphs(&mut self.xml)?)
            } else {
                self.xml.skip()?;
                String::new()
            };
            let end = column.saturating_add(repeats);
            if !text.is_empty() {
                while column < end && !row.is_too_long {
                    row.put(column, &text)?;
                    column += 1;
                }
            }
            column = end;
        }
        Ok(())
    }
}

/// What a cell has besides the text that it shows.
struct Cell {
    kind: String,
    value: Option<String>,
    formula: Option<String>,
}

impl Cell {
    fn new(tag: &BytesStart<'_>) -> Result<Self, WorkbookError> {
        let of = |name| Ok(attribute(tag, name)?.map(Cow::into_owned));
        let kind = of("office:value-type")?.unwrap_or_default();
        let value = match kind.as_str() {
            "date" => "office:date-value",
            "time" => "office:time-value",
            "boolean" => "office:boolean-value",
            "string" => "office:string-value",
            _ => "office:value",
        };
        Ok(Self {
            value: of(value)?,
            formula: of("table:formula")?,
            kind,
        })
    }

    /// The text that the cell shows, or one that is known to stand for what is not known.
    fn shown(&self, text: Option<String>) -> String {
        let value = self.value.as_deref().unwrap_or_default();
        match (self.kind.as_str(), text) {
            ("date", Some(text)) => {
                let date = shown_parts(value, &text).and_then(|parts| iso_date(value, parts));
                date.unwrap_or_else(|| unknown_format(value, &text))
            }
            ("float" | "percentage" | "currency", Some(text)) => {
                let number: f64 = value.parse().unwrap_or(f64::NAN);
                if number.abs() >= 1e15 {
                    shortened(number)
                } else {
                    text
                }
            }
            (_, Some(text)) => text,
            ("string" | "", None) => match (&self.value, &self.formula) {
                (None, Some(formula)) => not_calculated(formula),
                _ => value.to_owned(),
            },
            ("boolean", None) => value.to_uppercase(),
            (kind, None) => unknown_format(value, kind),
        }
    }
}

/// What `shown` has of a date, if that is day, month and year.
fn shown_parts(date: &str, shown: &str) -> Option<DateFormat> {
    let mut of_date = date
        .get(..10)?
        .split('-')
        .map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (of_date.next()??, of_date.next()??, of_date.next()??);
    let numbers: Vec<u32> = shown
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect();
    let mut left = numbers.clone();
    let mut take = |wanted: u32| {
        let at = left.iter().position(|number| *number == wanted);
        at.map(|at| left.remove(at)).is_some()
    };
    let has_year = take(year) || take(year % 100);
    let has_month = take(month) || shown.chars().any(char::is_alphabetic);
    if !(has_year && take(day) && has_month) {
        return None;
    }
    Some(if shown.contains(':') {
        DateFormat::DateTime
    } else {
        DateFormat::Date
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_counts_as_far_as_it_is_shown() {
        let date = "2035-01-15T09:30:00";
        for (shown, parts) in [
            ("15.01.2035", Some(DateFormat::Date)),
            ("1/15/35 9:30 AM", Some(DateFormat::DateTime)),
            ("Montag, 15. Januar 2035", Some(DateFormat::Date)),
            ("15.01.", None),
            ("Januar 2035", None),
            ("01/2035", None),
            ("2035", None),
            ("09:30", None),
        ] {
            assert_eq!(shown_parts(date, shown), parts, "{shown}");
        }
        assert_eq!(shown_parts("2035-12-12", "12/2035"), None);
    }
}
