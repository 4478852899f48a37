//! The texts that cells of an Excel workbook share -> these texts by their numbers.

use quick_xml::events::Event;

use super::WorkbookError;
use super::package::Package;
use super::xml::{Xml, is_named, push_text};

/// The largest part with shared texts, in bytes: they are all kept in memory.
const MAX_STRINGS_BYTES: u64 = 256 << 20;

/// The texts that cells refer to by number.
#[derive(Default)]
pub(super) struct SharedStrings(Vec<Box<str>>);

impl SharedStrings {
    /// Reads the part of that name; a workbook may do without.
    pub(super) fn read(package: &Package, name: &str) -> Result<Self, WorkbookError> {
        let mut strings = Self::default();
        let Some(part) = package.optional_part(name, MAX_STRINGS_BYTES)? else {
            return Ok(strings);
        };
        let mut xml = Xml::new(part);
        loop {
            let event = xml.next()?;
            match &event {
                Event::Start(tag) if is_named(tag, "si") => {
                    strings.0.push(rich_text(&mut xml)?.into());
                }
                Event::Eof => return Ok(strings),
                _ => {}
            }
        }
    }

    /// The text with that number, from 0.
    pub(super) fn get(&self, at: usize) -> Option<&str> {
        self.0.get(at).map(AsRef::as_ref)
    }
}

/// The text of the element that has just started, with all its runs; without what tells how to
/// pronounce it.
pub(super) fn rich_text(xml: &mut Xml) -> Result<String, WorkbookError> {
    let mut text = String::new();
    let outside = xml.depth() - 1;
    let mut is_text = false;
    while xml.depth() > outside {
        let event = xml.next()?;
        match &event {
            Event::Start(tag) if is_named(tag, "rPh") => xml.skip()?,
            Event::Start(tag) => is_text = is_named(tag, "t"),
            Event::End(_) => is_text = false,
            event if is_text => push_text(event, &mut text)?,
            _ => {}
        }
    }
    Ok(unescaped(text))
}

/// A text in which `_x000D_` stands for a character that XML cannot have, and `_x005F_` for a `_` that
/// would look like the start of one (ECMA-376, part 1, 22.9.2.19).
pub(super) fn unescaped(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut units = Vec::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("_x") {
        units.extend(rest[..at].encode_utf16());
        let unit = rest
            .get(at + 2..at + 6)
            .filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        let is_hex = |unit: &&str| unit.bytes().all(|byte| byte.is_ascii_hexdigit());
        let unit = unit.filter(is_hex);
        if let Some(unit) = unit.and_then(|unit| u16::from_str_radix(unit, 16).ok()) {
            units.push(unit);
            rest = &rest[at + 7..];
        } else {
            units.extend("_x".encode_utf16());
            rest = &rest[at + 2..];
        }
    }
    units.extend(rest.encode_utf16());
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_xml_cannot_have_are_read_as_what_they_stand_for() {
        for (written, text) in [
            ("a_x000D_\nb", "a\r\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83D__xDE00_", "😀"),
            ("_x00_ _xzzzz_ _x", "_x00_ _xzzzz_ _x"),
            ("a_x0041", "a_x0041"),
            ("_x_x0041_", "_xA"),
        ] {
            assert_eq!(unescaped(written.to_owned()), text, "{written}");
        }
    }
}
