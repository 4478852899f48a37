//! One CSV record as it is written -> whether its quotes are right, and its cells where blanks around
//! quotes hide them from a parser that goes by RFC 4180.

use csv::StringRecord;

use crate::model::invisible::is_blank;

/// How the quotes of a record are placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Every quote that opens a cell begins it, and every one that closes a cell ends it.
    Tight,
    /// Between some quote and its delimiter is something else: [`cells`] finds out whether it is
    /// only blanks.
    Loose,
}

const STRAY: &str =
    "has text after a closing quote (double a quote that belongs to the text: \"\")";
const PADDED: &str = "has a space before an opening quote that is not closed on this line (remove the space before the quote)";

/// Blanks before a quote, in bytes, beyond which it is taken for one in the midst of text: text with
/// many quotes must not be looked through for each of them.
const MOST_BLANKS: usize = 256;

/// Looks at the quotes of a record (RFC 4180, section 2). `csv-core` reads on after a closing quote,
/// so that one quote too many can join rows without any other sign; and for it, a quote after a
/// blank opens nothing.
pub(super) fn quotes(record: &[u8], delimiter: u8) -> Quotes {
    let (mut at, mut bare) = (0, 0);
    while let Some(quote) = next_quote(record, at) {
        at = quote + 1;
        match &record[bare..quote] {
            [] => {}
            [.., last] if *last == delimiter => {}
            [.., b'!'..=b'~'] => continue,
            before if ends_blank(before, delimiter) => return Quotes::Loose,
            _ => continue,
        }
        match closing_quote(record, at) {
            Some(closing) if closing + 1 < record.len() => {
                at = closing + 1;
                bare = at;
                if record[at] != delimiter {
                    return Quotes::Loose;
                }
            }
            _ => break,
        }
    }
    Quotes::Tight
}

/// Whether the last of these cells without quotes is blank so far.
fn ends_blank(cells: &[u8], delimiter: u8) -> bool {
    let tail = &cells[cells.len().saturating_sub(MOST_BLANKS)..];
    let start = memchr::memrchr(delimiter, tail).map(|at| at + 1);
    let is_whole = start.is_some() || tail.len() == cells.len();
    let blanks = &tail[start.unwrap_or(0)..];
    is_whole && String::from_utf8_lossy(blanks).chars().all(is_blank)
}

/// Reads the cells of a record, blanks around quotes left out. Fails where a quote is not paired, or
/// has more than blanks beside it.
pub(super) fn cells(record: &str, delimiter: u8) -> Result<StringRecord, &'static str> {
    let delimiter = char::from(delimiter);
    let is_padding = |c: char| is_blank(c) && c != delimiter;
    let mut cells = StringRecord::new();
    let mut rest = record;
    loop {
        let padded = rest.trim_start_matches(is_padding);
        if let Some(quoted) = padded.strip_prefix('"') {
            let fault = if padded.len() < rest.len() {
                PADDED
            } else {
                STRAY
            };
            let end = closing_quote(quoted.as_bytes(), 0).ok_or(fault)?;
            cells.push_field(&quoted[..end].replace("\"\"", "\""));
            rest = quoted[end + 1..].trim_start_matches(is_padding);
        } else {
            let (cell, more) = rest.split_at(rest.find(delimiter).unwrap_or(rest.len()));
            cells.push_field(cell);
            rest = more;
        }
        match rest.strip_prefix(delimiter) {
            Some(more) => rest = more,
            None if rest.is_empty() => return Ok(cells),
            None => return Err(STRAY),
        }
    }
}

/// The quote that closes the cell whose text starts there. A pair of quotes closes nothing.
fn closing_quote(record: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let quote = next_quote(record, at)?;
        if record.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        at = quote + 2;
    }
}

fn next_quote(record: &[u8], from: usize) -> Option<usize> {
    memchr::memchr(b'"', &record[from..]).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(record: &str, delimiter: u8) -> Result<Vec<String>, &'static str> {
        let cells = cells(record, delimiter)?;
        Ok(cells.iter().map(str::to_owned).collect())
    }

    #[test]
    fn quotes_in_their_places_are_left_to_the_parser() {
        for record in [
            "a,b",
            "\"a\",\"b\"\"c\"",
            "5\" pipe,x",
            "5\" \"x, 6 \"y\" ,z",
            "\"\",\"\"",
            "\"x\ny\",1",
            "\"x, \"\"y\",\"z, \"\"",
        ] {
            assert_eq!(quotes(record.as_bytes(), b','), Quotes::Tight, "{record}");
        }
        let far = format!("a{}\"b\"", " ".repeat(2 * MOST_BLANKS));
        assert_eq!(quotes(far.as_bytes(), b','), Quotes::Tight);
    }

    #[test]
    fn blanks_around_quotes_are_no_part_of_a_cell() {
        for (record, delimiter, expected) in [
            (
                "a, \"vip, refund\", done",
                b',',
                ["a", "vip, refund", " done"],
            ),
            (
                "a;\t\"vip; refund\" ;done",
                b';',
                ["a", "vip; refund", "done"],
            ),
            (
                "a\t \"vip\trefund\"\u{a0}\tdone",
                b'\t',
                ["a", "vip\trefund", "done"],
            ),
            (
                " \"a\"|\u{a0} \"say \"\"x|\"\"\"|",
                b'|',
                ["a", "say \"x|\"", ""],
            ),
            ("\"a\" ,5\" pipe,\"x\ny\" ", b',', ["a", "5\" pipe", "x\ny"]),
            ("a,\u{feff}\"b\",", b',', ["a", "b", ""]),
        ] {
            assert_eq!(
                quotes(record.as_bytes(), delimiter),
                Quotes::Loose,
                "{record}"
            );
            let expected = expected.map(str::to_owned).to_vec();
            assert_eq!(read(record, delimiter), Ok(expected), "{record}");
        }
    }

    #[test]
    fn what_is_more_than_a_blank_beside_a_quote_is_refused() {
        for record in [
            "\"a\"b,c",
            "a,\"x\nb,\"y\",1",
            "a, \"b\" c,d",
            "\"a\" \"b\"",
        ] {
            assert_eq!(quotes(record.as_bytes(), b','), Quotes::Loose, "{record}");
            assert_eq!(read(record, b','), Err(STRAY), "{record}");
        }
        assert_eq!(read("a, \"two", b','), Err(PADDED));
    }
}
