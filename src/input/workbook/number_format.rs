//! A number format of Excel -> the text that a number is shown as, where that is certain. Formats whose
//! text depends on the reader's language, the column's width or conditions are not guessed at.
//!
//! A decimal fraction is written with a point: a workbook does not say in which language it is shown.
//!
//! The codes are those of ECMA-376, part 1, 18.8.30 and 18.8.31.

use super::dates::{DateFormat, date, iso_date};
use super::decimal::{Decimal, general, shortened};
use super::format_code::{FormatToken, sections};

/// How numbers are shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum NumberFormat {
    /// As it suits them.
    General,
    /// As dates, with or without a time.
    Date(DateFormat),
    /// By rules for positive numbers, negative ones and zero.
    Sections(Vec<NumberSection>),
    /// In a way that is not read.
    Unknown,
}

/// How one kind of numbers is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum NumberSection {
    General,
    Digits(Digits),
    Unknown,
}

/// Digits, with text before and after them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Digits {
    before: String,
    after: String,
    percents: i32,
    least_whole: usize,
    is_grouped: bool,
    least_fraction: usize,
    most_fraction: usize,
}

/// What the shown text depends on besides the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Book {
    /// Whether days are counted from 1904.
    pub(super) is_1904: bool,
    /// Whether whole numbers of 12 digits and more are shown shortened, as Excel does.
    pub(super) is_from_excel: bool,
}

impl NumberFormat {
    /// The format with that code.
    pub(super) fn from_code(code: &str) -> Self {
        let sections = sections(code);
        let is_date = |tokens: &[FormatToken]| {
            let mut tokens = tokens.iter();
            tokens.any(|token| matches!(token, FormatToken::Date(..)))
        };
        if let [FormatToken::General | FormatToken::Text] = *sections[0]
            && sections.len() == 1
        {
            return Self::General;
        }
        if is_date(&sections[0]) {
            return DateFormat::from_tokens(&sections[0]).map_or(Self::Unknown, Self::Date);
        }
        let is_unsupported = sections
            .iter()
            .flatten()
            .any(|token| *token == FormatToken::Unsupported);
        if is_unsupported || sections.iter().any(|tokens| is_date(tokens)) {
            return Self::Unknown;
        }
        let numbers = sections.iter().take(3);
        Self::Sections(
            numbers
                .map(|tokens| NumberSection::from_tokens(tokens))
                .collect(),
        )
    }

    /// The text that `value` is shown as, if that is certain.
    pub(super) fn shown(&self, value: f64, book: Book) -> Option<String> {
        match self {
            _ if !value.is_finite() => None,
            Self::Date(parts) => date(value, book.is_1904, *parts),
            Self::Unknown => None,
            // Fifteen digits are all that a spreadsheet keeps.
            _ if value.abs() >= 1e15 => Some(shortened(value)),
            Self::General => general(value, book.is_from_excel),
            Self::Sections(sections) => {
                let (section, has_own_sign) = match sections.as_slice() {
                    [_, negative, ..] if value < 0.0 => (negative, true),
                    [_, _, zero] if value == 0.0 => (zero, false),
                    [first, ..] => (first, false),
                    [] => return None,
                };
                match section {
                    NumberSection::General if has_own_sign => {
                        general(value.abs(), book.is_from_excel)
                    }
                    NumberSection::General => general(value, book.is_from_excel),
                    NumberSection::Digits(digits) => digits.shown(value, has_own_sign),
                    NumberSection::Unknown => None,
                }
            }
        }
    }

    /// The same of a date that is written in ISO 8601.
    pub(super) fn shown_date(&self, text: &str) -> Option<String> {
        match self {
            Self::Date(parts) => iso_date(text, *parts),
            Self::General | Self::Sections(_) | Self::Unknown => None,
        }
    }
}

/// Whether a format with that code shows text as it is.
pub(super) fn shows_text(code: &str) -> bool {
    let sections = sections(code);
    let is_for_text = |tokens: &&Vec<FormatToken>| tokens.contains(&FormatToken::Text);
    let Some(tokens) = sections.iter().rfind(is_for_text) else {
        return sections.len() < 4;
    };
    tokens
        .iter()
        .all(|token| matches!(token, FormatToken::Text | FormatToken::Blank))
}

impl NumberSection {
    fn from_tokens(tokens: &[FormatToken]) -> Self {
        if let [FormatToken::General | FormatToken::Text] = tokens {
            return Self::General;
        }
        Digits::from_tokens(tokens).map_or(Self::Unknown, Self::Digits)
    }
}

impl Digits {
    fn from_tokens(tokens: &[FormatToken]) -> Option<Self> {
        let is_digit = |token: &FormatToken| {
            matches!(
                token,
                FormatToken::Zero | FormatToken::Digit | FormatToken::Comma | FormatToken::Point
            )
        };
        let start = tokens.iter().position(is_digit)?;
        let end = tokens.iter().rposition(is_digit)? + 1;
        let mut digits = Self::default();
        digits.before = digits.literal(&tokens[..start])?;
        digits.after = digits.literal(&tokens[end..])?;
        let number = &tokens[start..end];
        let point = number.iter().position(|token| *token == FormatToken::Point);
        let (whole, fraction) = number.split_at(point.unwrap_or(number.len()));
        // A comma behind the last digit divides by a thousand.
        if whole.is_empty() || whole.last() == Some(&FormatToken::Comma) {
            return None;
        }
        for token in whole {
            match token {
                FormatToken::Zero => digits.least_whole += 1,
                FormatToken::Digit => {}
                FormatToken::Comma => digits.is_grouped = true,
                _ => return None,
            }
        }
        for token in fraction.iter().skip(1) {
            digits.most_fraction += 1;
            match token {
                FormatToken::Zero => digits.least_fraction = digits.most_fraction,
                FormatToken::Digit => {}
                _ => return None,
            }
        }
        Some(digits)
    }

    /// Text around the digits; counts percent signs in it.
    fn literal(&mut self, tokens: &[FormatToken]) -> Option<String> {
        let mut text = String::new();
        for token in tokens {
            match token {
                FormatToken::Literal(c) => text.push(*c),
                FormatToken::Percent => {
                    self.percents += 1;
                    text.push('%');
                }
                _ => return None,
            }
        }
        Some(text)
    }

    fn shown(&self, value: f64, has_own_sign: bool) -> Option<String> {
        let decimal = Decimal::new(value).shifted(2 * self.percents);
        let (whole, mut fraction) = decimal.rounded(self.most_fraction)?;
        while fraction.len() > self.least_fraction && fraction.ends_with('0') {
            fraction.pop();
        }
        let is_zero = whole.is_empty() && fraction.bytes().all(|digit| digit == b'0');
        let whole = format!("{whole:0>width$}", width = self.least_whole);
        let point = if fraction.is_empty() { "" } else { "." };
        // What separates thousands depends on the language; and Excel leaves the point of `0.##`.
        let is_unknown = (self.is_grouped && whole.len() > 3)
            || (fraction.is_empty() && self.most_fraction > 0)
            || (whole.is_empty() && fraction.is_empty());
        if is_unknown {
            return None;
        }
        let sign = if value < 0.0 && !has_own_sign && !is_zero {
            "-"
        } else {
            ""
        };
        Some(format!(
            "{sign}{}{whole}{point}{fraction}{}",
            self.before, self.after
        ))
    }
}
