//! An Excel workbook (Office Open XML, ECMA-376) -> its sheets, and the cells of one as they are shown.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::number_format::Book;
use super::package::Package;
use super::relations::{relations, resolved};
use super::shared_strings::{SharedStrings, rich_text, unescaped};
use super::sheet_row::{SheetRow, SheetRows, position};
use super::styles::{CellFormat, Styles};
use super::xml::{Xml, attribute, is_named, number, push_text};
use super::{Sheet, WorkbookError};
use crate::model::spreadsheet::{is_unknown_format, not_calculated, unknown_format};

/// A workbook whose sheets are known.
pub(super) struct Xlsx {
    package: Package,
    sheets: Vec<(Sheet, String)>,
    strings: String,
    styles: String,
    book: Book,
}

/// Reads the rows of a sheet.
pub(super) struct XlsxRows {
    xml: Xml,
    strings: SharedStrings,
    styles: Styles,
    book: Book,
    /// The row that was read last.
    row: u64,
    is_done: bool,
}

/// What refers to the workbook, in every package.
const ROOT: &str = "_rels/.rels";

impl Xlsx {
    /// Reads what sheets there are.
    pub(super) fn open(package: Package) -> Result<Self, WorkbookError> {
        let root = relations(&package, ROOT)?;
        let main = root
            .into_iter()
            .find(|relation| relation.kind == "officeDocument");
        let main = main.map_or_else(
            || "xl/workbook.xml".to_owned(),
            |main| resolved("", &main.target),
        );
        let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
        let related = relations(&package, &format!("{folder}/_rels/{file}.rels"))?;
        let part = |kind: &str| {
            let relation = related.iter().find(|relation| relation.kind == kind);
            relation.map_or_else(String::new, |relation| resolved(folder, &relation.target))
        };
        let parts: HashMap<_, _> = related
            .iter()
            .filter(|relation| relation.kind == "worksheet")
            .map(|relation| (relation.id.as_str(), resolved(folder, &relation.target)))
            .collect();
        let (sheets, is_1904) = sheets(&package, &main)?;
        let sheets = sheets.into_iter().filter_map(|(sheet, id)| {
            // Charts and macros have sheets of their own kinds.
            parts.get(id.as_str()).map(|part| (sheet, part.clone()))
        });
        Ok(Self {
            sheets: sheets.collect(),
            strings: part("sharedStrings"),
            styles: part("styles"),
            book: Book {
                is_1904,
                is_from_excel: is_from_excel(&package)?,
            },
            package,
        })
    }

    pub(super) fn sheets(&self) -> impl Iterator<Item = &Sheet> {
        self.sheets.iter().map(|(sheet, _)| sheet)
    }

    /// The rows of the sheet at that place, from 0.
    pub(super) fn rows(&self, at: usize) -> Result<XlsxRows, WorkbookError> {
        let part = self.sheets.get(at).map(|(_, part)| part.as_str());
        let mut xml = Xml::new(self.package.part(part.unwrap_or_default())?);
        let is_done = loop {
            match xml.next()? {
                Event::Start(tag) if is_named(&tag, "sheetData") => break false,
                Event::Eof => break true,
                _ => {}
            }
        };
        Ok(XlsxRows {
            xml,
            strings: SharedStrings::read(&self.package, &self.strings)?,
            styles: Styles::read(&self.package, &self.styles)?,
            book: self.book,
            row: 0,
            is_done,
        })
    }
}

/// The sheets in their order, each with the reference to its part; and whether days are counted from
/// 1904.
fn sheets(package: &Package, name: &str) -> Result<(Vec<(Sheet, String)>, bool), WorkbookError> {
    let (mut sheets, mut is_1904) = (Vec::new(), false);
    let mut xml = Xml::new(package.part(name)?);
    loop {
        match xml.next()? {
            Event::Start(tag) if is_named(&tag, "workbookPr") => {
                let date1904 = attribute(&tag, "date1904")?;
                is_1904 = date1904.is_some_and(|value| matches!(&*value, "1" | "true" | "on"));
            }
            Event::Start(tag) if is_named(&tag, "sheet") => {
                let state = attribute(&tag, "state")?;
                let sheet = Sheet {
                    name: attribute(&tag, "name")?.unwrap_or_default().into_owned(),
                    is_hidden: state.is_some_and(|state| state != "visible"),
                };
                sheets.push((sheet, reference(&tag)?));
            }
            Event::Eof => return Ok((sheets, is_1904)),
            _ => {}
        }
    }
}

/// The attribute `r:id`, whatever its prefix.
fn reference(tag: &BytesStart<'_>) -> Result<String, WorkbookError> {
    let named = tag.attributes().flatten().find(|attribute| {
        let name = attribute.key.as_ref();
        name.ends_with(":id")
    });
    let Some(named) = named else {
        return Ok(String::new());
    };
    let value = attribute(tag, named.key.as_ref())?;
    Ok(value.unwrap_or_default().into_owned())
}

/// Whether the workbook says that Excel has written it.
fn is_from_excel(package: &Package) -> Result<bool, WorkbookError> {
    let Some(part) = package.optional_part("docProps/app.xml", u64::MAX)? else {
        return Ok(false);
    };
    let mut xml = Xml::new(part);
    loop {
        match xml.next()? {
            Event::Start(tag) if is_named(&tag, "Application") => {
                return Ok(content(&mut xml)?.contains("Excel"));
            }
            Event::Eof => return Ok(false),
            _ => {}
        }
    }
}

/// The text in the element that has just started, and over its end.
fn content(xml: &mut Xml) -> Result<String, WorkbookError> {
    let mut text = String::new();
    let outside = xml.depth() - 1;
    while xml.depth() > outside {
        push_text(&xml.next()?, &mut text)?;
    }
    Ok(text)
}

/// A cell as it is written.
#[derive(Default)]
struct Cell {
    style: usize,
    /// `n` for a number, `s` for a shared text, and others.
    kind: String,
    formula: Option<String>,
    value: Option<String>,
    /// A text that it does not share.
    own: Option<String>,
}

impl Cell {
    fn is_number(&self) -> bool {
        matches!(self.kind.as_str(), "" | "n")
    }
}

impl SheetRows for XlsxRows {
    fn next_row(&mut self) -> Result<Option<SheetRow>, WorkbookError> {
        while !self.is_done {
            match self.xml.next()? {
                Event::Start(tag) if is_named(&tag, "row") => {
                    let number = number(&tag, "r")?.map_or(self.row + 1, |row| row as u64);
                    if number <= self.row {
                        let wrong = format!("row {number} is not in order");
                        return Err(WorkbookError::Damaged(wrong));
                    }
                    self.row = number;
                    return self.cells(SheetRow::new(number)?).map(Some);
                }
                Event::Start(_) => self.xml.skip()?,
                Event::End(_) | Event::Eof => self.is_done = true,
                _ => {}
            }
        }
        Ok(None)
    }
}

impl XlsxRows {
    fn cells(&mut self, mut row: SheetRow) -> Result<SheetRow, WorkbookError> {
        let outside = self.xml.depth() - 1;
        let mut column = 0;
        while self.xml.depth() > outside {
            let Event::Start(tag) = self.xml.next()? else {
                continue;
            };
            if !is_named(&tag, "c") {
                continue;
            }
            if let Some(reference) = attribute(&tag, "r")? {
                let position = position(&reference).filter(|(_, of)| *of == row.number);
                let Some((named, _)) = position else {
                    let wrong = format!("it has a cell {reference} in row {}", row.number);
                    return Err(WorkbookError::Damaged(wrong));
                };
                column = named;
            }
            let cell = Cell {
                style: number(&tag, "s")?.unwrap_or_default(),
                kind: attribute(&tag, "t")?.unwrap_or_default().into_owned(),
                ..Cell::default()
            };
            let cell = self.cell(cell)?;
            let shown = self.shown(&cell)?;
            if row.fraction.is_none() && cell.is_number() && is_fraction(&shown) {
                row.fraction = Some(shown.clone());
            }
            row.put(column, &shown)?;
            column += 1;
        }
        Ok(row)
    }

    /// Reads what is in a cell.
    fn cell(&mut self, mut cell: Cell) -> Result<Cell, WorkbookError> {
        let outside = self.xml.depth() - 1;
        while self.xml.depth() > outside {
            let Event::Start(tag) = self.xml.next()? else {
                continue;
            };
            if is_named(&tag, "v") {
                cell.value = Some(content(&mut self.xml)?);
            } else if is_named(&tag, "f") {
                cell.formula = Some(content(&mut self.xml)?);
            } else if is_named(&tag, "is") {
                cell.own = Some(rich_text(&mut self.xml)?);
            } else {
                self.xml.skip()?;
            }
        }
        Ok(cell)
    }

    /// The text that a cell shows, or one that is known to stand for what is not known.
    fn shown(&self, cell: &Cell) -> Result<String, WorkbookError> {
        let format = self.styles.format(cell.style);
        if let Some(own) = &cell.own {
            return Ok(text(own, format));
        }
        // Only a text can be an empty result.
        let is_there = |value: &&String| !value.trim().is_empty() || cell.kind == "str";
        let Some(value) = cell.value.as_ref().filter(is_there) else {
            return Ok(cell
                .formula
                .as_deref()
                .map(not_calculated)
                .unwrap_or_default());
        };
        Ok(match cell.kind.as_str() {
            "s" => {
                let at = value.trim().parse().ok();
                let shared = at.and_then(|at| self.strings.get(at));
                let shared = shared.ok_or_else(|| {
                    WorkbookError::Damaged(format!("its shared text {value} is missing"))
                })?;
                text(shared, format)
            }
            "str" | "inlineStr" => text(&unescaped(value.clone()), format),
            "e" => value.clone(),
            "b" => match value.trim() {
                "0" | "false" => "FALSE".into(),
                _ => "TRUE".into(),
            },
            "d" => format
                .numbers
                .shown_date(value)
                .unwrap_or_else(|| unknown_format(value, &format.code)),
            _ => {
                let number: f64 = value.trim().parse().unwrap_or(f64::NAN);
                let shown = format.numbers.shown(number, self.book);
                shown.unwrap_or_else(|| unknown_format(value.trim(), &format.code))
            }
        })
    }
}

fn text(text: &str, format: &CellFormat) -> String {
    if format.shows_text || text.is_empty() {
        text.to_owned()
    } else {
        unknown_format(text, &format.code)
    }
}

/// Whether a number that is shown so has digits behind a point.
fn is_fraction(shown: &str) -> bool {
    let behind = shown.split('.').skip(1);
    let has_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    !is_unknown_format(shown) && behind.into_iter().any(has_digit)
}
