//! The styles of an Excel workbook -> the number format of each.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::WorkbookError;
use super::format_code::built_in;
use super::number_format::{NumberFormat, shows_text};
use super::package::Package;
use super::xml::{Xml, attribute, is_named, number};

/// The largest part with styles, in bytes.
const MAX_STYLES_BYTES: u64 = 32 << 20;

/// The formats of a workbook's cells.
pub(super) struct Styles {
    formats: Vec<CellFormat>,
    /// Which of these a style has.
    by_style: Vec<usize>,
}

/// How cells of one style are shown.
#[derive(Debug)]
pub(super) struct CellFormat {
    /// As the workbook writes it.
    pub(super) code: String,
    pub(super) numbers: NumberFormat,
    /// Whether text is shown as it is.
    pub(super) shows_text: bool,
}

impl CellFormat {
    fn from_code(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            numbers: NumberFormat::from_code(code),
            shows_text: shows_text(code),
        }
    }

    fn from_id(id: usize) -> Self {
        built_in(id).map_or_else(
            || Self {
                code: format!("number format {id}"),
                numbers: NumberFormat::Unknown,
                shows_text: true,
            },
            Self::from_code,
        )
    }
}

impl Styles {
    /// Reads the part of that name; a workbook may do without.
    pub(super) fn read(package: &Package, name: &str) -> Result<Self, WorkbookError> {
        let mut styles = Self {
            formats: vec![CellFormat::from_code("General")],
            by_style: Vec::new(),
        };
        let Some(part) = package.optional_part(name, MAX_STYLES_BYTES)? else {
            return Ok(styles);
        };
        let mut xml = Xml::new(part);
        let mut codes = HashMap::new();
        let mut ids = Vec::new();
        loop {
            let event = xml.next()?;
            match &event {
                // Elements of the same names stand elsewhere, for conditional formats and as parents.
                Event::Start(tag) if is_named(tag, "dxfs") || is_named(tag, "cellStyleXfs") => {
                    xml.skip()?;
                }
                Event::Start(tag) if is_named(tag, "numFmt") => {
                    let id = number(tag, "numFmtId")?.unwrap_or_default();
                    let code = attribute(tag, "formatCode")?.unwrap_or_default();
                    codes.insert(id, code.into_owned());
                }
                Event::Start(tag) if is_named(tag, "xf") => {
                    ids.push(number(tag, "numFmtId")?.unwrap_or_default());
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let mut known = HashMap::from([(0, 0)]);
        for id in ids {
            let at = *known.entry(id).or_insert_with(|| {
                let code = codes.get(&id);
                let format = code.map_or_else(
                    || CellFormat::from_id(id),
                    |code| CellFormat::from_code(code),
                );
                styles.formats.push(format);
                styles.formats.len() - 1
            });
            styles.by_style.push(at);
        }
        Ok(styles)
    }

    /// The format of cells with that style.
    pub(super) fn format(&self, style: usize) -> &CellFormat {
        let at = self.by_style.get(style).copied().unwrap_or_default();
        self.formats.get(at).unwrap_or(&self.formats[0])
    }
}
