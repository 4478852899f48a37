//! What is in a cell of an `.ods` file -> the text that it shows, without comments and
//! drawings.

use quick_xml::events::Event;

use super::WorkbookError;
use super::xml::{Xml, is_named, number, push_text};
use crate::input::raw::MAX_RECORD_BYTES;

/// The paragraphs in the cell that has just started, one a line; `None` if there is none.
pub(super) fn paragraphs(xml: &mut Xml) -> Result<Option<String>, WorkbookError> {
    let mut text: Option<String> = None;
    let outside = xml.depth() - 1;
    while xml.depth() > outside {
        let Event::Start(tag) = xml.next()? else {
            continue;
        };
        if !is_named(&tag, "p") {
            // A comment, a drawing.
            xml.skip()?;
            continue;
        }
        let before = text.take().map(|text| text + "\n").unwrap_or_default();
        text = Some(paragraph(xml, before)?);
    }
    Ok(text)
}

/// Adds the text of the paragraph that has just started, with all spaces in it, as LibreOffice reads
/// it.
fn paragraph(xml: &mut Xml, mut text: String) -> Result<String, WorkbookError> {
    let outside = xml.depth() - 1;
    while xml.depth() > outside {
        let event = xml.next()?;
        let Event::Start(tag) = &event else {
            push_text(&event, &mut text)?;
            continue;
        };
        let is_aside = ["annotation", "ruby-text", "note"]
            .iter()
            .any(|name| is_named(tag, name));
        let added = if is_named(tag, "s") {
            let spaces = number(tag, "text:c")?.unwrap_or(1);
            " ".repeat(spaces.min(MAX_RECORD_BYTES))
        } else if is_named(tag, "tab") {
            "\t".to_owned()
        } else if is_named(tag, "line-break") {
            "\n".to_owned()
        } else {
            String::new()
        };
        if is_aside {
            xml.skip()?;
        } else if text.len() <= MAX_RECORD_BYTES {
            text.push_str(&added);
        }
    }
    Ok(text)
}
