//! A number -> its decimal digits, as many as a spreadsheet keeps; and the texts that it shows without
//! a format.

/// The digits that a spreadsheet keeps of a number.
const DIGITS: usize = 15;

/// The characters that Excel gives a number without a format, sign aside.
const GENERAL_CHARS: usize = 11;

/// The size of a number in decimal digits, without its sign.
#[derive(Debug, Clone)]
pub(super) struct Decimal {
    /// The digits, as they are written; the first is not 0 unless all are.
    digits: String,
    /// How many of them are before the point; zeros are missing if it is negative or beyond them.
    point: i32,
}

impl Decimal {
    /// The decimal digits of a finite number.
    pub(super) fn new(value: f64) -> Self {
        let text = format!("{:.*e}", DIGITS - 1, value.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        Self {
            digits: mantissa.replace('.', ""),
            point: exponent.parse::<i32>().unwrap_or_default() + 1,
        }
    }

    /// The number times a power of ten.
    pub(super) fn shifted(mut self, places: i32) -> Self {
        self.point += places;
        self
    }

    /// The digits before the point without leading zeros, and so many behind it, rounded; `None` for
    /// numbers too large to be written out.
    pub(super) fn rounded(&self, places: usize) -> Option<(String, String)> {
        let zeros = usize::try_from(-self.point).unwrap_or_default();
        let point = usize::try_from(self.point).unwrap_or_default();
        if point > DIGITS || zeros > 400 || places > 30 {
            return None;
        }
        let mut digits = "0".repeat(zeros + 1).into_bytes();
        digits.extend(self.digits.bytes());
        let end = 1 + point + places;
        let is_up = digits.get(end).is_some_and(|digit| *digit >= b'5');
        digits.resize(end, b'0');
        if is_up {
            for digit in digits.iter_mut().rev() {
                if *digit == b'9' {
                    *digit = b'0';
                } else {
                    *digit += 1;
                    break;
                }
            }
        }
        let text: String = digits.iter().map(|digit| char::from(*digit)).collect();
        let (whole, fraction) = text.split_at(1 + point);
        Some((
            whole.trim_start_matches('0').to_owned(),
            fraction.to_owned(),
        ))
    }
}

/// What a number without a format is shown as, if that does not depend on the column's width.
pub(super) fn general(value: f64, is_from_excel: bool) -> Option<String> {
    if value == 0.0 {
        return Some("0".into());
    }
    let size = value.abs();
    if size < 1e-4 {
        return None;
    }
    let (whole, fraction) = Decimal::new(value).rounded(DIGITS + 4)?;
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0.0 { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { &whole };
    if fraction.is_empty() {
        return Some(if is_from_excel && whole.len() > GENERAL_CHARS {
            shortened(value)
        } else {
            format!("{sign}{whole}")
        });
    }
    let is_whole = whole.len() + 1 + fraction.len() <= GENERAL_CHARS;
    is_whole.then(|| format!("{sign}{whole}.{fraction}"))
}

/// A number in scientific notation, as Excel shows a long one.
pub(super) fn shortened(value: f64) -> String {
    let text = format!("{value:.5e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}E{sign}{:02}", exponent.abs())
}
