//! The code of a number format -> its sections, and the parts of each.

/// A part of a format's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormatToken {
    Literal(char),
    /// `0`
    Zero,
    /// `#`
    Digit,
    Point,
    Comma,
    Percent,
    /// `@`
    Text,
    General,
    /// `y`, `m`, `d`, `h`, `s`, how many of them; `a` for a clock of twelve hours.
    Date(char, usize),
    /// `_x`, `*x`: space.
    Blank,
    /// What makes the text of all numbers uncertain: `E+`, `[h]` (hours beyond 24), `[>100]`.
    Unsupported,
    /// Whatever else there is.
    Other,
}

/// The parts of a code, between semicolons.
pub(super) fn sections(code: &str) -> Vec<Vec<FormatToken>> {
    let mut sections = vec![Vec::new()];
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let (tokens, length) = tokens(rest, first);
        rest = rest.get(length..).unwrap_or_default();
        if first == ';' {
            sections.push(Vec::new());
        } else if let Some(section) = sections.last_mut() {
            section.extend(tokens);
        }
    }
    sections
}

/// The parts that `rest` of a code starts with, and their length in bytes.
fn tokens(rest: &str, first: char) -> (Vec<FormatToken>, usize) {
    let second = rest[first.len_utf8()..].chars().next();
    let both = first.len_utf8() + second.map_or(0, char::len_utf8);
    let one = |token| (vec![token], first.len_utf8());
    if let Some(general) = rest
        .get(..7)
        .filter(|text| text.eq_ignore_ascii_case("general"))
    {
        return (vec![FormatToken::General], general.len());
    }
    for clock in ["am/pm", "a/p"] {
        let found = rest.get(..clock.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(clock)) {
            return (vec![FormatToken::Date('a', 1)], clock.len());
        }
    }
    match first {
        '"' => {
            let text = rest[1..].split('"').next().unwrap_or_default();
            (literal(text), text.len() + 2)
        }
        '\\' => (second.map(FormatToken::Literal).into_iter().collect(), both),
        '_' | '*' => (vec![FormatToken::Blank], both),
        '[' => {
            let inside = rest[1..].split(']').next().unwrap_or_default();
            (bracket(inside), inside.len() + 2)
        }
        ';' => (Vec::new(), 1),
        '0' => one(FormatToken::Zero),
        '#' => one(FormatToken::Digit),
        '.' => one(FormatToken::Point),
        ',' => one(FormatToken::Comma),
        '%' => one(FormatToken::Percent),
        '@' => one(FormatToken::Text),
        'E' | 'e' if matches!(second, Some('+' | '-')) => (vec![FormatToken::Unsupported], both),
        'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => {
            let run = rest
                .chars()
                .take_while(|c| c.eq_ignore_ascii_case(&first))
                .count();
            (
                vec![FormatToken::Date(first.to_ascii_lowercase(), run)],
                run,
            )
        }
        '/' | '?' => one(FormatToken::Other),
        c if c.is_ascii_alphabetic() => one(FormatToken::Other),
        c => one(FormatToken::Literal(c)),
    }
}

/// The characters of a plain language, as in `[$€-407]`.
const LANGUAGE_CHARS: usize = 4;

const COLORS: [&str; 9] = [
    "black", "blue", "color", "cyan", "green", "magenta", "red", "white", "yellow",
];

/// What is in brackets: a currency or a language, hours beyond 24, a condition, a color.
fn bracket(inside: &str) -> Vec<FormatToken> {
    if let Some(currency) = inside.strip_prefix('$') {
        let (symbol, language) = currency.split_once('-').unwrap_or((currency, ""));
        // Longer ones also name other digits than these, or another calendar.
        if language.len() > LANGUAGE_CHARS {
            return vec![FormatToken::Other];
        }
        return literal(symbol);
    }
    let lower = inside.to_ascii_lowercase();
    let is_elapsed = ["h", "m", "s"]
        .iter()
        .any(|unit| !lower.is_empty() && lower.replace(unit, "").is_empty());
    if is_elapsed || inside.starts_with(['<', '>', '=']) {
        vec![FormatToken::Unsupported]
    } else if COLORS.contains(&lower.trim_end_matches(|c: char| c.is_ascii_digit())) {
        Vec::new()
    } else {
        vec![FormatToken::Other]
    }
}

fn literal(text: &str) -> Vec<FormatToken> {
    text.chars().map(FormatToken::Literal).collect()
}

/// The code of a format that workbooks refer to by its number only; `None` where it depends on the
/// language, or is not used.
pub(super) fn built_in(id: usize) -> Option<&'static str> {
    Some(match id {
        0 => "General",
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        12 => "# ?/?",
        13 => "# ??/??",
        14 => "mm-dd-yy",
        15 => "d-mmm-yy",
        16 => "d-mmm",
        17 => "mmm-yy",
        18 => "h:mm AM/PM",
        19 => "h:mm:ss AM/PM",
        20 => "h:mm",
        21 => "h:mm:ss",
        22 => "m/d/yy h:mm",
        37 | 38 => "#,##0_);(#,##0)",
        39 | 40 => "#,##0.00_);(#,##0.00)",
        45 => "mm:ss",
        46 => "[h]:mm:ss",
        47 => "mm:ss.0",
        48 => "##0.0E+0",
        49 => "@",
        _ => return None,
    })
}
