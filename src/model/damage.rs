//! Text -> the mark that a spreadsheet, a database or an export has left on it. Looks at the text
//! only: what becomes of a field with such text is decided in `validate`.

use super::encoded_twice::is_encoded_twice;
use super::marks::{
    has_escape, is_between, is_bytes_literal, is_defused, is_list, is_mime_word, is_nothing,
    is_perhaps_nothing, is_stand_in,
};
use super::spreadsheet::{
    is_error_value, is_formula, is_full_cell, is_in_curly_quotes, is_narrow, is_not_calculated,
    is_shortened, is_unknown_format, meant,
};

/// What has become of a value on its way into the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// `NULL`, `\N`, `nan`: how programs write that there is no value.
    Nothing,
    /// `none`, `N/A`, `-`: how people write that; now and then it is meant.
    PerhapsNothing,
    /// `#REF!`
    ErrorValue,
    /// `########`
    Narrow,
    /// `1.23457E+11`
    Shortened,
    /// `“a”`
    CurlyQuotes,
    /// `"a"`, `b'a'`
    Quotes,
    /// `'001042`
    Apostrophe,
    /// `{a,b}`, `['a', 'b']`, `"a","b"`
    List,
    /// `=SUM(A1:A9)`
    Formula,
    /// `Ã©`, `&eacute;`, `\u00e9`
    EncodedTwice,
    /// U+FFFD
    Replaced,
    /// As long as a cell of Excel can be.
    Cut,
    /// `[object Object]`
    StandIn,
    /// A cell of a workbook that shows a text which is not known.
    UnknownFormat,
    /// A formula of a workbook without its result.
    NotCalculated,
}

impl Damage {
    /// What is wrong.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::Nothing | Self::PerhapsNothing => "looks like an exported empty value",
            Self::ErrorValue => "is a spreadsheet's error value",
            Self::Narrow => "is what a spreadsheet shows in a narrow column",
            Self::Shortened => "is a number shortened by a spreadsheet",
            Self::CurlyQuotes => "is in curly quotes",
            Self::Quotes => "has quotes around it",
            Self::Apostrophe => "begins with an apostrophe, as spreadsheets mark text",
            Self::List => "is a list as a database or program writes it",
            Self::Formula => "looks like a formula",
            Self::EncodedTwice => "is text encoded twice",
            Self::Replaced => "contains U+FFFD, which stands for lost text",
            Self::Cut => {
                "is exactly 32,767 characters, the limit of a cell in Excel, and probably cut off"
            }
            Self::StandIn => "is a placeholder that a program wrote instead of a value",
            Self::UnknownFormat => {
                "is a cell whose number format is not supported, so its displayed text is unknown"
            }
            Self::NotCalculated => "is a formula whose result is not in the file",
        }
    }

    /// What to do, in most fields.
    #[must_use]
    pub fn fix(self) -> &'static str {
        match self {
            Self::Nothing | Self::PerhapsNothing => "leave it empty",
            Self::ErrorValue => "fix the formula, or write the value itself",
            Self::Narrow => "widen it, and save again",
            Self::Shortened => "format the column as text, and fill it again",
            Self::CurlyQuotes | Self::Quotes => "remove them",
            Self::Apostrophe => "remove it",
            Self::List => "write the values themselves",
            Self::Formula => "write the value itself",
            Self::EncodedTwice => "export it again, as UTF-8 and once",
            Self::Replaced => "export it again, as UTF-8",
            Self::Cut => "export it without Excel",
            Self::StandIn => "export the value itself",
            Self::UnknownFormat => "format the column as text, and fill it again, or save as CSV",
            Self::NotCalculated => "open the file in a spreadsheet program, and save it",
        }
    }

    /// Whether the text is what the file has, so that it can be sent as it is.
    #[must_use]
    pub fn is_in_file(self) -> bool {
        !matches!(self, Self::UnknownFormat | Self::NotCalculated)
    }
}

/// Whether no damage can be in `raw`: it begins like no word for nothing, and has nothing in it but
/// letters, digits and a few marks. Most texts need no further look.
fn is_usual(raw: &str) -> bool {
    let is_usual = |byte: &u8| byte.is_ascii_alphanumeric() || b" ,.-_@".contains(byte);
    let first = raw.as_bytes().first();
    first.is_some_and(|byte| byte.is_ascii_alphanumeric() && !b"nNuUiIA013".contains(byte))
        && raw.bytes().all(|byte| is_usual(&byte))
        && !is_full_cell(raw)
}

/// What has damaged a text that may be anything.
#[must_use]
pub fn of_text(raw: &str) -> Option<Damage> {
    if is_usual(raw) {
        return None;
    }
    let text = meant(raw);
    if let Some(damage) = by_its_start(text) {
        return Some(damage);
    }
    if is_full_cell(raw) {
        return Some(Damage::Cut);
    }
    if raw.is_ascii() {
        return None;
    }
    if raw.contains(char::REPLACEMENT_CHARACTER) {
        return Some(Damage::Replaced);
    }
    is_encoded_twice(raw).then_some(Damage::EncodedTwice)
}

/// Whether a text has some mark.
type Test = fn(&str) -> bool;

/// Most marks show at the start, so that the usual text is done at once.
fn by_its_start(text: &str) -> Option<Damage> {
    let tests: &[(Test, Damage)] = match text.as_bytes().first()? {
        b'N' | b'n' | b'u' | b'i' | b's' | b'\\' => &[(is_nothing, Damage::Nothing)],
        b'0'..=b'9' | b'-' => &[
            (is_nothing, Damage::Nothing),
            (is_shortened, Damage::Shortened),
        ],
        b'#' | b'E' => &[
            (is_error_value, Damage::ErrorValue),
            (is_narrow, Damage::Narrow),
            (is_unknown_format, Damage::UnknownFormat),
            (is_not_calculated, Damage::NotCalculated),
        ],
        b'=' => &[
            (is_formula, Damage::Formula),
            (is_mime_word, Damage::EncodedTwice),
        ],
        b'\'' => &[(is_defused, Damage::Apostrophe), (is_list, Damage::List)],
        b'b' => &[(is_bytes_literal, Damage::Quotes)],
        b'S' | b'L' => &[(is_stand_in, Damage::StandIn)],
        b'<' | b'[' | b'(' => &[
            (is_nothing, Damage::Nothing),
            (is_stand_in, Damage::StandIn),
            (is_list, Damage::List),
        ],
        b'{' | b'"' => &[(is_list, Damage::List)],
        _ => return None,
    };
    let found = tests.iter().find(|(is_so, _)| is_so(text));
    found.map(|(_, damage)| *damage)
}

/// The same of one word or name, in which further marks cannot be meant.
#[must_use]
pub fn of_word(raw: &str) -> Option<Damage> {
    if is_usual(raw) {
        return None;
    }
    let text = meant(raw);
    if let Some(damage) = of_text(raw).or_else(|| of_name(text)) {
        return Some(damage);
    }
    if text.starts_with('\'') {
        return Some(Damage::Apostrophe);
    }
    (is_between(text, '[', ']') || is_between(text, '{', '}')).then_some(Damage::List)
}

/// The same of a tag.
#[must_use]
pub fn of_tag(raw: &str) -> Option<Damage> {
    if is_usual(raw) {
        return None;
    }
    let text = meant(raw);
    if let Some(damage) = of_text(raw).or_else(|| of_name(text)) {
        return Some(damage);
    }
    // A quote that opens nothing is a part of a list that was taken apart.
    let is_quoted = text.starts_with('"') || is_between(text, '\'', '\'');
    is_quoted.then_some(Damage::Quotes)
}

/// What is never meant in a word or a tag.
fn of_name(text: &str) -> Option<Damage> {
    if is_perhaps_nothing(text) {
        Some(Damage::PerhapsNothing)
    } else if is_in_curly_quotes(text) {
        Some(Damage::CurlyQuotes)
    } else if is_between(text, '"', '"') || is_between(text, '`', '`') {
        Some(Damage::Quotes)
    } else if text.starts_with('=') {
        Some(Damage::Formula)
    } else if has_escape(text) {
        Some(Damage::EncodedTwice)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
