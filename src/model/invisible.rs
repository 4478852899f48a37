//! Which characters show nothing, and what they are called. A character that belongs where it
//! is, like the joiner within an emoji or a Persian word, counts as shown.

use std::iter;

/// Characters that show nothing and change nothing: `Default_Ignorable_Code_Point` of Unicode's
/// `DerivedCoreProperties.txt` without the selectors, and the fillers that only look like a blank.
pub const ZERO_WIDTH: [(char, char); 15] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{1d173}', '\u{1d17a}'),
];

/// Characters that select how the one before is drawn, or spell out a tag for it.
pub const SELECTORS: [(char, char); 4] = [
    ('\u{180b}', '\u{180d}'),
    ('\u{180f}', '\u{180f}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether `c` is white space or shows nothing: what is trimmed. (A selector belongs to the
/// character before it.)
#[must_use]
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_in(c, &ZERO_WIDTH)
}

fn is_in(c: char, ranges: &[(char, char)]) -> bool {
    !is_letter_of_most_texts(c)
        && ranges
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&c))
}

/// Whether `c` is ASCII, or in the blocks of Latin, Greek, Cyrillic and Hebrew, or of Chinese,
/// Japanese and Korean: there is nothing of these tables.
fn is_letter_of_most_texts(c: char) -> bool {
    matches!(c, '\0'..='\u{ac}' | '\u{ae}'..='\u{34e}' | '\u{350}'..='\u{61b}'
        | '\u{3001}'..='\u{3163}' | '\u{3165}'..='\u{fdff}')
}

/// Each character of `text`, and whether it acts on what displays it, or shows nothing where it
/// stands. White space does neither.
pub(super) fn marked(text: &str) -> impl Iterator<Item = (char, bool)> {
    let before = iter::once('\0').chain(text.chars());
    let after = text.chars().skip(1).chain(iter::once('\0'));
    let triples = before.zip(text.chars()).zip(after);
    triples.map(|((before, c), after)| {
        let is_invisible = is_in(c, &ZERO_WIDTH) || is_in(c, &SELECTORS);
        let is_marked = c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}')
            || (is_invisible && !belongs(before, c, after));
        (c, is_marked)
    })
}

/// Whether an invisible character is a part of how the characters beside it are written.
fn belongs(before: char, c: char, after: char) -> bool {
    match c {
        '\u{200d}' if is_emoji(before) || before == '\u{fe0f}' => is_emoji(after),
        '\u{200c}' | '\u{200d}' => is_joining(before) && is_joining(after),
        '\u{fe0e}' | '\u{fe0f}' => is_emoji(before) || after == '\u{20e3}',
        '\u{fe00}'..='\u{fe02}' | '\u{e0100}'..='\u{e01ef}' => {
            matches!(before, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        }
        '\u{180b}'..='\u{180f}' => matches!(before, '\u{1820}'..='\u{18aa}'),
        _ => false,
    }
}

/// Whether `c` is in the blocks of pictures and symbols.
fn is_emoji(c: char) -> bool {
    matches!(c, '©' | '®' | '‼' | '⁉' | '™' | 'ℹ' | '〰' | '〽' | '㊗' | '㊙'
        | '\u{2190}'..='\u{27bf}' | '\u{2900}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Whether `c` is in the blocks of scripts that need joiners: Arabic to Sinhala, Myanmar, Khmer,
/// Mongolian.
fn is_joining(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18aa}')
}

/// The first character of `text` that shows nothing where it stands, or is white space other than
/// an ordinary space, or stands for lost text (U+FFFD).
#[must_use]
pub fn first_hidden(text: &str) -> Option<char> {
    let is_shown = |c: char| matches!(c, ' '..='~') || (c > '\u{a0}' && is_letter_of_most_texts(c));
    if is_printable_ascii(text) || text.chars().all(is_shown) {
        return None;
    }
    let is_odd = |c: char| (c.is_whitespace() && c != ' ') || c == char::REPLACEMENT_CHARACTER;
    let found = marked(text).find(|(c, is_marked)| *is_marked || is_odd(*c));
    found.map(|(c, _)| c)
}

/// The usual case, seen byte by byte.
fn is_printable_ascii(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The same as [`first_hidden`], where no joiner or selector belongs either.
#[must_use]
pub fn first_hidden_anywhere(text: &str) -> Option<char> {
    if is_printable_ascii(text) {
        return None;
    }
    let belongs = |c: &char| is_in(*c, &ZERO_WIDTH) || is_in(*c, &SELECTORS);
    first_hidden(text).or_else(|| text.chars().find(belongs))
}

/// That a text contains `c`, by name, and what to do.
#[must_use]
pub fn contained(c: char) -> String {
    let fix = if c.is_whitespace() && c != ' ' {
        "use an ordinary space, or remove it"
    } else {
        "remove it"
    };
    format!("contains U+{:04X} ({}; {fix})", u32::from(c), name(c))
}

/// What Unicode calls `c`, as far as people meet it.
fn name(c: char) -> &'static str {
    match c {
        '\t' => "tab",
        '\n' | '\r' => "line break",
        ' ' => "space",
        '\u{a0}' => "no-break space",
        '\u{ad}' => "soft hyphen",
        '\u{34f}' => "combining grapheme joiner",
        '\u{61c}' => "Arabic letter mark",
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => "Hangul filler",
        '\u{2007}' => "figure space",
        '\u{2009}' => "thin space",
        '\u{200b}' => "zero width space",
        '\u{200c}' => "zero width non-joiner",
        '\u{200d}' => "zero width joiner",
        '\u{200e}' => "left-to-right mark",
        '\u{200f}' => "right-to-left mark",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{202a}' => "left-to-right embedding",
        '\u{202b}' => "right-to-left embedding",
        '\u{202c}' => "pop directional formatting",
        '\u{202d}' => "left-to-right override",
        '\u{202e}' => "right-to-left override",
        '\u{202f}' => "narrow no-break space",
        '\u{2060}' => "word joiner",
        '\u{2066}'..='\u{2069}' => "directional isolate",
        '\u{2800}' => "braille blank",
        '\u{3000}' => "ideographic space",
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => "variation selector",
        '\u{feff}' => "byte order mark",
        '\u{fffd}' => "replacement character: text was lost here",
        '\u{e0000}'..='\u{e007f}' => "tag character",
        _ if c.is_control() => "control character",
        _ if c.is_whitespace() => "white space",
        _ => "invisible character",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_nothing_is_found_and_named() {
        for (text, found) in [
            (
                "a\u{200b}b",
                "contains U+200B (zero width space; remove it)",
            ),
            ("a\u{ad}", "contains U+00AD (soft hyphen; remove it)"),
            (
                "a\u{a0}b",
                "contains U+00A0 (no-break space; use an ordinary space, or remove it)",
            ),
            (
                "a\u{3000}b",
                "contains U+3000 (ideographic space; use an ordinary space, or remove it)",
            ),
            (
                "a\u{fe0f}",
                "contains U+FE0F (variation selector; remove it)",
            ),
            ("a\u{e0041}", "contains U+E0041 (tag character; remove it)"),
            (
                "a\u{200d}b",
                "contains U+200D (zero width joiner; remove it)",
            ),
            (
                "🎉\u{200d}b",
                "contains U+200D (zero width joiner; remove it)",
            ),
            ("a\u{1}b", "contains U+0001 (control character; remove it)"),
            (
                "a\u{fff9}b",
                "contains U+FFF9 (invisible character; remove it)",
            ),
        ] {
            let hidden = first_hidden(text).map(contained);
            assert_eq!(hidden.as_deref(), Some(found), "{text:?}");
        }
    }

    #[test]
    fn what_is_written_with_joiners_and_selectors_shows_itself() {
        for text in [
            "to do",
            "é",
            "❤\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "👩\u{200d}💻",
            "🏳\u{fe0f}\u{200d}🌈",
            "می\u{200c}خواهم",
            "ක්\u{200d}ර",
            "葛\u{e0100}",
        ] {
            assert_eq!(first_hidden(text), None, "{text:?}");
        }
        assert_eq!(first_hidden_anywhere("👩\u{200d}💻"), Some('\u{200d}'));
    }
}
