//! A part of a workbook -> the tags and texts in it, one at a time. Entities that are not XML's own are
//! refused, so that none is ever fetched or expanded.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::WorkbookError;
use super::package::{Part, unreadable};
use crate::input::raw::MAX_RECORD_BYTES;

/// How deep elements may be nested: the parser keeps the names of all that are open.
const MAX_DEPTH: usize = 256;

/// Reads tags and texts. An empty element is one that starts and ends.
pub(super) struct Xml {
    reader: quick_xml::Reader<Part>,
    buffer: Vec<u8>,
    depth: usize,
}

impl Xml {
    pub(super) fn new(part: Part) -> Self {
        let mut reader = quick_xml::Reader::from_reader(part);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    /// The next tag or text; [`Event::Eof`] at the end.
    pub(super) fn next(&mut self) -> Result<Event<'_>, WorkbookError> {
        self.buffer.clear();
        self.reader.get_mut().start_piece();
        let event = self.reader.read_event_into(&mut self.buffer);
        let event = event.map_err(|error| damaged(&error))?;
        match &event {
            Event::Start(_) if self.depth == MAX_DEPTH => {
                return Err(WorkbookError::Damaged("it is nested too deeply".into()));
            }
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Eof if self.depth > 0 => {
                return Err(WorkbookError::Damaged("its XML ends too early".into()));
            }
            _ => {}
        }
        Ok(event)
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Passes over what is in the element that has just started, and over its end.
    pub(super) fn skip(&mut self) -> Result<(), WorkbookError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.next()?;
        }
        Ok(())
    }
}

fn damaged(error: &quick_xml::Error) -> WorkbookError {
    match error {
        quick_xml::Error::Io(error) => unreadable(error),
        error => WorkbookError::Damaged(error.to_string()),
    }
}

/// The name of an element, without its prefix.
pub(super) fn is_named(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.local_name().as_ref() == name
}

/// The value of that attribute, by its whole name.
pub(super) fn attribute<'a>(
    tag: &'a BytesStart<'_>,
    name: &str,
) -> Result<Option<Cow<'a, str>>, WorkbookError> {
    let found = tag.try_get_attribute(name);
    let found = found.map_err(|error| WorkbookError::Damaged(error.to_string()))?;
    found
        .map(|found| found.normalized_value(XmlVersion::Implicit1_0))
        .transpose()
        .map_err(|error| damaged(&error))
}

/// The number that an attribute is, if it is there.
pub(super) fn number(tag: &BytesStart<'_>, name: &str) -> Result<Option<usize>, WorkbookError> {
    let Some(text) = attribute(tag, name)? else {
        return Ok(None);
    };
    let number = text.trim().parse();
    number
        .map(Some)
        .map_err(|_| WorkbookError::Damaged(format!("{name}=\"{text}\" in it is not a number")))
}

/// Adds the text that an event is; other events are none. What is longer than a whole record may be
/// is not made longer still.
pub(super) fn push_text(event: &Event<'_>, text: &mut String) -> Result<(), WorkbookError> {
    if text.len() > MAX_RECORD_BYTES {
        return Ok(());
    }
    match event {
        Event::Text(part) => text.push_str(&part.xml10_content()),
        Event::CData(part) => text.push_str(&part.xml10_content()),
        Event::GeneralRef(entity) => {
            let known = entity.resolve_char_ref().map_err(|error| damaged(&error))?;
            match (known, resolve_predefined_entity(entity)) {
                (Some(known), _) => text.push(known),
                (None, Some(known)) => text.push_str(known),
                (None, None) => {
                    let unknown = format!("it uses the entity &{};", &**entity);
                    return Err(WorkbookError::Damaged(unknown));
                }
            }
        }
        _ => {}
    }
    Ok(())
}
