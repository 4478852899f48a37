//! What spreadsheets do to the text of a cell.

use super::invisible::is_blank;

/// The quotes that word processors and phones write instead of `"` and `'`.
const CURLY: [char; 11] = ['“', '”', '„', '‟', '‘', '’', '‚', '«', '»', '‹', '›'];

/// Dates that spreadsheets and databases make of nothing.
const ZERO_DATES: [&str; 9] = [
    "0000-00-00",
    "0000-00-00 00:00:00",
    "1900-01-00",
    "1/0/1900",
    "00/01/1900",
    "00.01.1900",
    "1899-12-30",
    "12/30/1899",
    "30.12.1899",
];

/// The most characters of a cell in Excel; what is longer is cut off.
const EXCEL_CELL_CHARS: usize = 32_767;

/// `text` without white space and zero-width characters around it.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    // The usual case, quickly seen: every cell comes this way.
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim_matches(is_blank),
    }
}

/// What is between the quotes of `="001042"`, which is how exports keep Excel from changing text;
/// other text as it is.
#[must_use]
pub fn unwrapped(text: &str) -> &str {
    if !text.starts_with('=') {
        return text;
    }
    let inside = text
        .strip_prefix("=\"")
        .and_then(|text| text.strip_suffix('"'));
    inside
        .filter(|inside| !inside.contains('"'))
        .unwrap_or(text)
}

/// The value of `cell`: [`unwrapped`] and [`trimmed`].
#[must_use]
pub fn meant(cell: &str) -> &str {
    let text = trimmed(cell);
    if text.starts_with('=') {
        trimmed(unwrapped(text))
    } else {
        text
    }
}

/// `#REF!`, `#NAME?`, in other languages `#BEZUG!`, `#¡REF!`, `#N/D`; LibreOffice numbers further
/// ones: `Err:502`.
pub(super) fn is_error_value(text: &str) -> bool {
    if let Some(number) = text.strip_prefix("Err:") {
        return is_number(number, 3..=3);
    }
    let Some(name) = text.strip_prefix('#') else {
        return false;
    };
    let is_capital = |c: char| c.is_uppercase() || matches!(c, '0'..='9' | '/' | '_' | '¡' | '¿');
    match name.strip_suffix(['!', '?']) {
        Some(name) => name.chars().count() > 1 && name.len() > 2 && name.chars().all(is_capital),
        None => {
            matches!(name, "NV" | "YOK" | "HIÁNYZIK" | "GETTING_DATA") || is_not_available(name)
        }
    }
}

/// `N/A`, `N/D`, `I/T`: a letter, a slash, a letter.
fn is_not_available(name: &str) -> bool {
    let mut chars = name.chars();
    let is_letter = |c: Option<char>| c.is_some_and(char::is_uppercase);
    is_letter(chars.next())
        && chars.next() == Some('/')
        && is_letter(chars.next())
        && chars.next().is_none()
}

/// Dates of the year 0, and the day before the first of the calendar that spreadsheets have.
pub(super) fn is_zero_date(text: &str) -> bool {
    text.starts_with(['0', '1', '3']) && ZERO_DATES.contains(&text)
}

/// What stands for a cell of a workbook whose shown text cannot be known: its value, and its format.
#[must_use]
pub fn unknown_format(value: &str, format: &str) -> String {
    format!("{UNKNOWN_FORMAT}{value}; {format})")
}

/// What stands for a formula of a workbook that has never been computed.
#[must_use]
pub fn not_calculated(formula: &str) -> String {
    format!("{NOT_CALCULATED}{formula})")
}

const UNKNOWN_FORMAT: &str = "#FORMAT(";
const NOT_CALCULATED: &str = "#FORMULA(";

/// Whether a text is one of [`unknown_format`].
#[must_use]
pub fn is_unknown_format(text: &str) -> bool {
    text.starts_with(UNKNOWN_FORMAT) && text.ends_with(')')
}

pub(super) fn is_not_calculated(text: &str) -> bool {
    text.starts_with(NOT_CALCULATED) && text.ends_with(')')
}

pub(super) fn is_narrow(text: &str) -> bool {
    text.len() >= 3 && text.bytes().all(|byte| byte == b'#')
}

/// Whether `text` is a long number as spreadsheets write it: `1.23457E+11`, in a German one
/// `1,23457E+11`, in LibreOffice `1.23457E+011`, in a data frame `1.23457e+11`.
pub(super) fn is_shortened(text: &str) -> bool {
    text.split_once(['E', 'e'])
        .is_some_and(|(digits, exponent)| {
            let digits = digits.strip_prefix('-').unwrap_or(digits);
            let exponent = exponent.strip_prefix('+').unwrap_or_default();
            let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
            is_number(whole, 1..=1) && is_number(fraction, 1..=20) && is_number(exponent, 2..=3)
        })
}

fn is_number(text: &str, digits: std::ops::RangeInclusive<usize>) -> bool {
    digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `cell` is as long as Excel lets one be, by its count or by ours.
pub(super) fn is_full_cell(cell: &str) -> bool {
    cell.len() >= EXCEL_CELL_CHARS
        && (cell.chars().count() == EXCEL_CELL_CHARS
            || cell.encode_utf16().count() == EXCEL_CELL_CHARS)
}

/// Whether text that begins with `=` is a call or a reference: `=SUM(A1:A9)`, `=Sheet1!B2`,
/// `="a"&"b"`. (`=> see below` and `=1+1` are text.)
pub(super) fn is_formula(text: &str) -> bool {
    let Some(formula) = text.strip_prefix('=') else {
        return false;
    };
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let after = formula.trim_start_matches(is_name);
    let is_call = after.len() < formula.len() && after.starts_with('(') && after.ends_with(')');
    is_call || formula.starts_with('"') || is_reference(formula)
}

/// `B2`, `$B$2`, `Sheet1!B2`, `'My sheet'!B2`.
fn is_reference(formula: &str) -> bool {
    let cell = formula.rsplit_once('!').map_or(formula, |(_, cell)| cell);
    let cell = cell.replace('$', "");
    let row = cell.trim_start_matches(|c: char| c.is_ascii_uppercase());
    (1..=3).contains(&(cell.len() - row.len())) && is_number(row, 1..=7)
}

/// Whether `text` has the quotes that JSON does not know.
#[must_use]
pub fn has_curly_quotes(text: &str) -> bool {
    text.contains(CURLY)
}

pub(super) fn is_in_curly_quotes(text: &str) -> bool {
    let inside = text.strip_prefix(CURLY);
    inside.is_some_and(|inside| inside.ends_with(CURLY))
}
