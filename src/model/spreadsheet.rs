//! Text -> the mark that a spreadsheet, or what people paste into one, has left on it. Judges the
//! text only: whether a field may hold it is for `validate` to say.

/// What spreadsheets put where a value is not available, in English and in German.
const NOT_AVAILABLE: [&str; 2] = ["#N/A", "#NV"];

/// The quotes that word processors and phones write instead of `"` and `'`.
const CURLY: [char; 11] = ['“', '”', '„', '‟', '‘', '’', '‚', '«', '»', '‹', '›'];

/// Whether `c` shows nothing and is not known to Unicode as white space: a zero-width space, or a
/// byte order mark that has slipped into the text.
pub(super) fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// `text` without white space and zero-width characters around it.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    // The usual case, quickly seen: every cell comes this way.
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim_matches(is_blank),
    }
}

/// Whether `c` is white space or shows nothing.
#[must_use]
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_zero_width(c)
}

/// Whether `c` looks like a blank or like nothing, and is another character than a blank.
#[must_use]
pub fn is_blank_in_disguise(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}') || is_zero_width(c)
}

/// What is wrong with text that a spreadsheet has spoiled, and what to do.
#[must_use]
pub fn mark(text: &str) -> Option<&'static str> {
    // Every mark shows at the start: the usual text is let go at once.
    if text.starts_with(|c: char| c.is_ascii_alphabetic() && c != 'E') {
        return None;
    }
    if is_error_value(text) {
        Some("is a spreadsheet's error value (mend the formula, or write the value itself)")
    } else if is_narrow(text) {
        Some("is what a spreadsheet shows in a narrow column (widen it, and save again)")
    } else if is_shortened(text) {
        Some(
            "is a number that a spreadsheet has shortened (format the column as text, and fill it anew)",
        )
    } else if is_in_curly_quotes(text) {
        Some("stands in curly quotes (take them away)")
    } else {
        None
    }
}

/// The same for text that is one word: there an apostrophe in front belongs to a spreadsheet too.
#[must_use]
pub fn mark_of_word(text: &str) -> Option<&'static str> {
    let apostrophe = "begins with an apostrophe, as spreadsheets mark text (take it away)";
    mark(text).or_else(|| text.starts_with('\'').then_some(apostrophe))
}

/// Whether the value that stood in the cell is lost.
pub(super) fn is_lost(text: &str) -> bool {
    is_error_value(text) || is_narrow(text) || is_shortened(text)
}

/// `#REF!`, `#NAME?`, in other languages `#BEZUG!`; LibreOffice numbers further ones: `Err:502`.
fn is_error_value(text: &str) -> bool {
    let name = text
        .strip_prefix('#')
        .and_then(|rest| rest.strip_suffix(['!', '?']));
    let is_capital = |c: char| c.is_uppercase() || matches!(c, '0'..='9' | '/');
    let number = text.strip_prefix("Err:");
    NOT_AVAILABLE.contains(&text)
        || name.is_some_and(|name| name.len() > 2 && name.chars().all(is_capital))
        || number.is_some_and(|number| is_number(number, 3..=3))
}

fn is_narrow(text: &str) -> bool {
    text.len() >= 3 && text.bytes().all(|byte| byte == b'#')
}

/// Whether `text` is a long number as spreadsheets write it: `1.23457E+11`, in a German one
/// `1,23457E+11`, in LibreOffice `1.23457E+011`.
fn is_shortened(text: &str) -> bool {
    text.split_once('E').is_some_and(|(digits, exponent)| {
        let exponent = exponent.strip_prefix('+').unwrap_or_default();
        let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
        is_number(whole, 1..=1) && is_number(fraction, 1..=20) && is_number(exponent, 2..=3)
    })
}

fn is_number(text: &str, digits: std::ops::RangeInclusive<usize>) -> bool {
    digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `text` has the quotes that JSON does not know.
#[must_use]
pub fn has_curly_quotes(text: &str) -> bool {
    text.contains(CURLY)
}

fn is_in_curly_quotes(text: &str) -> bool {
    let inside = text.strip_prefix(CURLY);
    inside.is_some_and(|inside| inside.ends_with(CURLY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_has_spoiled_is_known() {
        for text in [
            "#N/A",
            "#NV",
            "#DIV/0!",
            "#NAME?",
            "#BEZUG!",
            "#ÜBERLAUF!",
            "Err:502",
            "########",
        ] {
            assert!(is_lost(text), "{text}");
        }
        for text in ["1.23457E+11", "1,00123456789012E+018", "1E+15"] {
            assert!(is_lost(text), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_let_be() {
        for text in [
            "",
            "#1",
            "#vip",
            "#vip!",
            "#A!",
            "##",
            "Err:5023",
            "1e+15",
            "12.3E+11",
            "1.E+11",
            "E+11",
            "1E+",
            "1E5",
            "1.2.3E+11",
            "a1.2E+11",
            "“a” and b",
            "“",
            "don’t",
        ] {
            assert_eq!(mark(text), None, "{text}");
        }
    }
}
