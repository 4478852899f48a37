//! The first bytes of a file -> its format and delimiter.

use super::layout::{Format, Layout, Wanted};
use super::lines::first_line;
use super::workbook::WorkbookError;
use super::{InputError, foreign, json};
use crate::model::invisible::is_blank;

/// What can separate cells, the likeliest first.
pub const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The layout of a file that starts like this, as far as `wanted` leaves it open.
pub(super) fn layout(start: &[u8], wanted: &Wanted) -> Result<Layout, InputError> {
    foreign::refuse(start)?;
    if wanted.format.is_some_and(Format::is_workbook) {
        return Err(WorkbookError::NotWorkbook.into());
    }
    let format = wanted
        .format
        .unwrap_or_else(|| match start.trim_ascii_start().first() {
            Some(b'{' | b'[') => Format::Jsonl,
            _ => Format::Csv,
        });
    let text = start.trim_ascii_start();
    json::refuse(text, format)?;
    if format == Format::Jsonl && !text.starts_with(b"{") && names_slug(first_line(text)) {
        return Err(InputError::Csv);
    }
    let delimiter = wanted.delimiter.unwrap_or_else(|| match format {
        Format::Csv => declared_delimiter(first_line(text)).unwrap_or_else(|| delimiter_of(text)),
        Format::Tsv => declared_delimiter(first_line(text)).unwrap_or(b'\t'),
        Format::Jsonl | Format::Xlsx | Format::Ods => b',',
    });
    if wanted.sheet.is_some() {
        return Err(WorkbookError::SheetOfText(format.extension()).into());
    }
    Ok(Layout {
        format,
        delimiter,
        sheet: None,
    })
}

/// Whether a line has a cell that is the name of the column that every file has, whatever separates
/// its cells.
pub(super) fn names_slug(line: &[u8]) -> bool {
    let mut cells = line.split(|byte| DELIMITERS.contains(byte));
    cells.any(|cell| {
        let cell = String::from_utf8_lossy(cell);
        let name = cell.trim_matches(|c| c == '"' || is_blank(c));
        name.eq_ignore_ascii_case("slug")
    })
}

/// The delimiter that a line `sep=;` names: Excel's notation, in front of the header. What has
/// no such idea of it and saves the file again leaves `sep=` and empty cells.
pub(super) fn declared_delimiter(line: &[u8]) -> Option<u8> {
    let quoted = line
        .strip_prefix(b"\"")
        .and_then(|line| line.strip_suffix(b"\""));
    let (name, named) = quoted.unwrap_or(line).split_at_checked(4)?;
    let (&delimiter, more) = named.split_first()?;
    let is_alone = more.iter().all(|&byte| byte == delimiter);
    let can_delimit = delimiter == b'\t' || (delimiter.is_ascii_punctuation() && delimiter != b'"');
    (name.eq_ignore_ascii_case(b"sep=") && can_delimit && is_alone).then_some(delimiter)
}

/// The commonest delimiter outside quotes in the first line; a comma if there is none.
fn delimiter_of(text: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in text {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some(at) = DELIMITERS.iter().position(|known| known == byte) {
                    counts[at] += 1;
                }
            }
        }
    }
    // The first of equals: max_by_key takes the last, so look from the end.
    let likeliest = (0..DELIMITERS.len())
        .rev()
        .max_by_key(|&at| counts[at])
        .unwrap_or(0);
    DELIMITERS[likeliest]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_line_shows_the_delimiter() {
        for (header, delimiter) in [
            ("slug,status", b','),
            ("slug;status\n1,2,3", b';'),
            ("slug\tstatus", b'\t'),
            ("slug|status", b'|'),
            ("slug", b','),
            ("\"a,b,c\";slug", b';'),
            ("", b','),
        ] {
            assert_eq!(delimiter_of(header.as_bytes()), delimiter, "{header}");
        }
    }

    #[test]
    fn a_line_of_its_own_names_the_delimiter() {
        for line in ["sep=;", "SEP=;", "\"sep=;\"", "sep=;;;"] {
            assert_eq!(declared_delimiter(line.as_bytes()), Some(b';'), "{line}");
        }
        assert_eq!(declared_delimiter(b"sep=\t"), Some(b'\t'));
        for line in [
            "sep=",
            "sep=a",
            "sep=;,",
            "sep;",
            "slug;status",
            "",
            "sep=\"",
        ] {
            assert_eq!(declared_delimiter(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn the_first_bytes_show_the_format() {
        let none = Wanted::default();
        let format = |text: &str| layout(text.as_bytes(), &none).map(|layout| layout.format);
        assert!(matches!(format(" {\"slug\""), Ok(Format::Jsonl)));
        assert!(matches!(format("slug,status"), Ok(Format::Csv)));
        let object = r#"{"slug":"a","tag_list":["a","slug","b"]}"#;
        assert!(matches!(format(object), Ok(Format::Jsonl)));
    }
}
