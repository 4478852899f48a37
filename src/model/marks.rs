//! Text -> whether it is written as programs, databases and mail write what is not a plain value. What
//! spreadsheets do is in `spreadsheet`.

use percent_encoding::percent_decode_str;

use super::spreadsheet::is_zero_date;

/// How programs write that there is no value.
pub(super) fn is_nothing(text: &str) -> bool {
    const LONGEST: usize = 20;
    if text.len() > LONGEST {
        return false;
    }
    let bare = text
        .strip_prefix(['(', '<', '['])
        .and_then(|text| text.strip_suffix([')', '>', ']']));
    if let Some(bare) = bare {
        const WORDS: [&str; 9] = [
            "null",
            "none",
            "nil",
            "na",
            "nan",
            "n/a",
            "empty",
            "blank",
            "undefined",
        ];
        return WORDS.iter().any(|word| bare.eq_ignore_ascii_case(word));
    }
    matches!(
        text,
        "NULL"
            | "Null"
            | "null"
            | "None"
            | "NaN"
            | "nan"
            | "NAN"
            | "-nan"
            | "NaT"
            | "\\N"
            | "\\\\N"
            | "nil"
            | "undefined"
            | "set()"
            | "inf"
            | "-inf"
            | "1.#QNAN"
            | "1.#IND"
            | "-1.#IND"
    ) || is_zero_date(text)
}

/// How people write it, and a few programs: R `NA`, PHP `Array`.
pub(super) fn is_perhaps_nothing(text: &str) -> bool {
    const LONGEST: usize = 9;
    if text.len() > LONGEST {
        return false;
    }
    matches!(
        text,
        "NA" | "N/A"
            | "n/a"
            | "N.A."
            | "n.a."
            | "none"
            | "NONE"
            | "Nil"
            | "NIL"
            | "Undefined"
            | "Array"
    ) || (!text.is_empty() && text.chars().all(|c| matches!(c, '-' | '–' | '—')))
}

pub(super) fn is_between(text: &str, open: char, close: char) -> bool {
    let inside = text.strip_prefix(open);
    inside.is_some_and(|inside| inside.ends_with(close))
}

/// `'=1+1`, `'+49 170`, `'001042`: an apostrophe that keeps a spreadsheet from reading the text.
pub(super) fn is_defused(text: &str) -> bool {
    text.strip_prefix('\'').is_some_and(|rest| {
        rest.starts_with(['=', '+', '-', '@'])
            || (!rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// `b'a'`, as Python writes bytes.
pub(super) fn is_bytes_literal(text: &str) -> bool {
    text.strip_prefix('b')
        .is_some_and(|text| is_between(text, '\'', '\'') || is_between(text, '"', '"'))
}

/// What .NET, Java, JavaScript and Python write for what they cannot write, and Google Sheets for
/// what it has not computed yet.
pub(super) fn is_stand_in(text: &str) -> bool {
    text == "Loading..."
        || (text.starts_with("System.") && text.ends_with(']'))
        || (is_between(text, '[', ']') && text.starts_with("[object "))
        || (text.starts_with("[L") && text.contains(";@"))
        || (is_between(text, '<', '>') && text.contains(" object at 0x"))
}

/// `{a,b}` of a database, `['a', 'b']` of Python, `"a","b"` of a file within a file.
pub(super) fn is_list(text: &str) -> bool {
    (is_between(text, '{', '}') && !text.contains([':', '\n']))
        || (is_between(text, '[', ']') && text[1..].trim_start().starts_with('\''))
        || (is_between(text, '(', ')') && text[1..].trim_start().starts_with(['\'', '"']))
        || (is_between(text, '"', '"')
            && ["\",\"", "\", \"", "\";\""]
                .iter()
                .any(|between| text.contains(between)))
        || (is_between(text, '\'', '\'')
            && ["','", "', '", "';'"]
                .iter()
                .any(|between| text.contains(between)))
}

/// `=?UTF-8?Q?caf=C3=A9?=`, as mail writes it (RFC 2047).
pub(super) fn is_mime_word(text: &str) -> bool {
    text.starts_with("=?") && text.ends_with("?=")
}

/// `&eacute;`, `&#233;` of HTML, `\u00e9` of JSON, `%C3%A9` and `%20` of an address.
pub(super) fn has_escape(text: &str) -> bool {
    if memchr::memchr3(b'&', b'\\', b'%', text.as_bytes()).is_none() {
        return false;
    }
    let after = |mark: &'static str| text.split(mark).skip(1);
    let is_unicode = |rest: &str| {
        let digits = rest.get(..4);
        digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    after("&").any(is_entity) || after("\\u").any(is_unicode) || is_percent_encoded(text)
}

/// Whether text behind `&` continues like a character of HTML.
fn is_entity(rest: &str) -> bool {
    const NAMES: [&str; 6] = ["amp", "lt", "gt", "quot", "apos", "nbsp"];
    const ACCENTS: [&str; 7] = ["acute", "grave", "circ", "uml", "tilde", "cedil", "lig"];
    let Some((name, _)) = rest.split_once(';') else {
        return false;
    };
    match name.strip_prefix('#') {
        Some(number) => {
            (2..=7).contains(&number.len())
                && number
                    .bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || byte == b'x')
        }
        None => {
            NAMES.contains(&name)
                || (name.len() > 3 && ACCENTS.iter().any(|accent| name.ends_with(accent)))
        }
    }
}

/// Whether text beyond ASCII, or a blank, is percent-encoded in `text`.
fn is_percent_encoded(text: &str) -> bool {
    let is_encoded = |c: char| c == ' ' || !c.is_ascii();
    text.contains('%')
        && percent_decode_str(text).decode_utf8().is_ok_and(|decoded| {
            decoded.matches(is_encoded).count() > text.matches(is_encoded).count()
        })
}
