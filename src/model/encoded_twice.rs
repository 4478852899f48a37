//! Text that was UTF-8, read as something else, and written down so -> that it was.

use encoding_rs::{MACINTOSH, WINDOWS_1252};

/// Whether `text` is UTF-8 that was taken for Latin-1, Windows-1252 or Mac Roman: `Ã©` for `é`.
pub(super) fn is_encoded_twice(text: &str) -> bool {
    if has_tell_tale(text) {
        return true;
    }
    // What begins so is two characters or more beyond ASCII, of the first blocks.
    let start = text.bytes().position(|byte| !byte.is_ascii());
    let mut from = text[start.unwrap_or(text.len())..].chars();
    if !from.next().is_some_and(may_lead) || from.next().is_none_or(|c| c.is_ascii()) {
        return false;
    }
    let latin_1 = text.chars().map(|c| u8::try_from(u32::from(c)));
    if let Ok(bytes) = latin_1.collect::<Result<Vec<_>, _>>()
        && is_plausible(&bytes)
    {
        return true;
    }
    [WINDOWS_1252, MACINTOSH].into_iter().any(|encoding| {
        let (bytes, _, has_others) = encoding.encode(text);
        !has_others && is_plausible(&bytes)
    })
}

/// Whether `c` is what the first byte of a longer character of UTF-8, 0xC2 to 0xF4, is taken for:
/// in Latin-1 and Windows-1252, or in Mac Roman.
fn may_lead(c: char) -> bool {
    const MAC_ROMAN: &str = "¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙ";
    matches!(c, 'Â'..='ô') || MAC_ROMAN.contains(c)
}

/// Whether these bytes are UTF-8, and their text is likelier than what they were taken for.
/// (`CAFÉ…` is bytes of one letter that hardly anybody writes.)
fn is_plausible(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else {
        return false;
    };
    let mut letters = text.chars().filter(|c| !c.is_ascii());
    match (letters.next(), letters.next()) {
        (Some(only), None) => {
            !matches!(only, '\u{180}'..='\u{36f}' | '\u{480}'..='\u{58f}' | '\u{700}'..='\u{7ff}')
        }
        (first, _) => first.is_some(),
    }
}

/// Whether `text` has a pair of characters that nobody writes, whatever else is in it.
fn has_tell_tale(text: &str) -> bool {
    // `Ã` and the others begin with this byte; one before an ASCII character proves nothing.
    let bytes = text.as_bytes();
    let is_before_more = |at: usize| bytes.get(at + 2).is_some_and(|byte| !byte.is_ascii());
    if !memchr::memchr_iter(0xc3, bytes).any(is_before_more) {
        return false;
    }
    let mut pairs = text.chars().zip(text.chars().skip(1));
    pairs.any(|pair| match pair {
        ('Ã', c) => matches!(c, '¡'..='ª' | '¬' | '\u{ad}' | '¯'..='º' | '¼'..='¿' | '€' | 'Ÿ' | 'ƒ' | '\u{80}'..='\u{9f}'),
        ('Â', c) => matches!(c, '¡'..='ª' | '¬'..='º' | '¼'..='¿' | '\u{80}'..='\u{9f}'),
        ('â', c) => matches!(c, '€' | '\u{80}'),
        ('ð', c) => matches!(c, 'Ÿ' | '\u{9f}'),
        ('ï', c) => matches!(c, '»'),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_was_read_as_something_else_is_known() {
        for text in [
            "cafÃ©",
            "GrÃ¶ÃŸe",
            "canâ€™t",
            "naïve canâ€™t",
            "Ã¼",
            "voilÃ\u{a0}",
            "Â£5",
            "cÅ“ur",
            "Ð¿Ñ€Ð¸Ð²ÐµÑ‚",
            "æ—¥æœ¬",
            "ðŸ˜€",
            "ÃƒÂ©",
            "caf\u{c3}\u{83}\u{c2}\u{a9}",
            "can\u{e2}\u{80}\u{99}t",
            "caf√©",
            "can‚Äôt",
        ] {
            assert!(is_encoded_twice(text), "{text}");
        }
    }

    #[test]
    fn text_of_all_kinds_is_let_through() {
        for text in [
            "café",
            "Größe",
            "can’t",
            "„Spaß“",
            "CAFÉ…",
            "« Santé\u{a0}»",
            "NÃO",
            "POKÉ®",
            "ESPAÑA»",
            "привет",
            "日本",
            "😀",
            "±√2",
            "naïve",
            "5 °C",
        ] {
            assert!(!is_encoded_twice(text), "{text}");
        }
    }
}
