//! Text -> its letters and digits in lower case, with the places that each came from; one layer of
//! percent-encoding, entities and backslash escapes after the other can be taken off.

use std::ops::Range;

/// Bytes, each with the part of the original text that it represents.
#[derive(Debug)]
pub(super) struct NormalText {
    bytes: Vec<u8>,
    origins: Vec<(u32, u32)>,
}

impl NormalText {
    /// The text as it is. What is beyond 4 GiB has no place.
    pub(super) fn new(text: &str) -> Self {
        let places = 0..u32::try_from(text.len()).unwrap_or(u32::MAX);
        Self {
            bytes: text.into(),
            origins: places.map(|at| (at, at + 1)).collect(),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The part of the original text for which these bytes stand.
    pub(super) fn origin(&self, part: Range<usize>) -> Range<usize> {
        let origins = &self.origins[part];
        let start = origins.first().map_or(0, |origin| origin.0);
        let end = origins.last().map_or(start, |origin| origin.1);
        start as usize..end as usize
    }

    /// Letters and digits, in lower case.
    pub(super) fn letters(&self) -> Self {
        self.letters_outside(|_| None)
    }

    /// The same without what is in tags; `None` where there are none.
    pub(super) fn letters_without_tags(&self) -> Option<Self> {
        let last = self.bytes.iter().rposition(|byte| *byte == b'>')?;
        let end_of_tag = |at: usize| {
            let is_tag = self.bytes[at] == b'<' && at < last;
            is_tag.then(|| {
                at + self.bytes[at..]
                    .iter()
                    .take_while(|byte| **byte != b'>')
                    .count()
            })
        };
        Some(self.letters_outside(end_of_tag))
    }

    /// Letters and digits, less what is left out: `skipped` gives its last byte where it begins.
    fn letters_outside(&self, skipped: impl Fn(usize) -> Option<usize>) -> Self {
        let mut letters = Self::with_capacity(self.bytes.len());
        let (mut at, mut resume) = (0, 0);
        for chunk in self.bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                if at >= resume {
                    if let Some(end) = skipped(at) {
                        resume = end + 1;
                    } else if is_shown_letter(c) {
                        let origin = self.origin(at..at + c.len_utf8());
                        c.to_lowercase().for_each(|c| letters.push(c, &origin));
                    }
                }
                at += c.len_utf8();
            }
            at += chunk.invalid().len();
        }
        letters
    }

    /// The same with escapes replaced by what they stand for, one layer; `None` where there are
    /// none.
    pub(super) fn decoded(&self) -> Option<Self> {
        if !self
            .bytes
            .iter()
            .any(|byte| matches!(byte, b'%' | b'&' | b'\\'))
        {
            return None;
        }
        let mut decoded = Self::with_capacity(self.bytes.len());
        let mut at = 0;
        while at < self.bytes.len() {
            let (length, stands_for) = escape(&self.bytes[at..]);
            let origin = self.origin(at..at + length);
            match stands_for {
                Meaning::Itself => decoded.push_byte(self.bytes[at], &origin),
                Meaning::Byte(byte) => decoded.push_byte(byte, &origin),
                Meaning::Char(c) => decoded.push(c, &origin),
                Meaning::Nothing => {}
            }
            at += length;
        }
        (decoded.bytes.len() < self.bytes.len()).then_some(decoded)
    }

    fn with_capacity(capacity: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(capacity),
            origins: Vec::with_capacity(capacity),
        }
    }

    fn push(&mut self, c: char, origin: &Range<usize>) {
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            self.push_byte(byte, origin);
        }
    }

    fn push_byte(&mut self, byte: u8, origin: &Range<usize>) {
        let place = |at| u32::try_from(at).unwrap_or(u32::MAX);
        self.bytes.push(byte);
        self.origins.push((place(origin.start), place(origin.end)));
    }
}

/// Whether a character is a letter or digit that shows; Hangul fillers are letters that do not.
fn is_shown_letter(c: char) -> bool {
    c.is_alphanumeric() && !matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// What is at the beginning of some text.
enum Meaning {
    Itself,
    Byte(u8),
    Char(char),
    Nothing,
}

/// Its length in bytes, and what it represents.
fn escape(text: &[u8]) -> (usize, Meaning) {
    let found = match text[0] {
        b'%' => hex(text, 1, 2).and_then(|code| Some((3, Meaning::Byte(code.try_into().ok()?)))),
        b'\\' => backslash(text),
        b'&' => entity(text),
        _ => None,
    };
    found.unwrap_or((1, Meaning::Itself))
}

/// The escapes of JSON and of program texts.
fn backslash(text: &[u8]) -> Option<(usize, Meaning)> {
    match text.get(1)? {
        b'u' if text.get(2) == Some(&b'{') => {
            let digits = text[3..]
                .iter()
                .take(6)
                .take_while(|byte| byte.is_ascii_hexdigit())
                .count();
            let end = text.get(3 + digits).filter(|byte| **byte == b'}');
            let code = end.and_then(|_| hex(text, 3, digits))?;
            Some((digits + 4, from_code(code)))
        }
        b'u' => Some((6, from_code(hex(text, 2, 4)?))),
        b'x' => Some((4, from_code(hex(text, 2, 2)?))),
        b'n' | b'r' | b't' | b'b' | b'f' => Some((2, Meaning::Nothing)),
        b'\\' | b'"' | b'/' => Some((2, Meaning::Byte(text[1]))),
        _ => None,
    }
}

/// The entities of HTML. Of those with a name only these stand for what can make another escape.
fn entity(text: &[u8]) -> Option<(usize, Meaning)> {
    let (start, radix) = match text {
        [_, b'#', b'x' | b'X', ..] => (3, 16),
        [_, b'#', ..] => (2, 10),
        _ => (1, 36),
    };
    let rest = &text[start..];
    let name = rest
        .iter()
        .take(32)
        .take_while(|byte| char::from(**byte).is_digit(radix))
        .count();
    let name = str::from_utf8(&rest[..name])
        .ok()
        .filter(|name| !name.is_empty())?;
    let is_closed = rest.get(name.len()) == Some(&b';');
    let length = start + name.len() + usize::from(is_closed);
    if radix != 36 {
        let code = u32::from_str_radix(name, radix).unwrap_or_default();
        return Some((length, from_code(code)));
    }
    is_closed.then_some((
        length,
        match name {
            "amp" => Meaning::Byte(b'&'),
            "lt" => Meaning::Byte(b'<'),
            "gt" => Meaning::Byte(b'>'),
            "percnt" => Meaning::Byte(b'%'),
            "bsol" => Meaning::Byte(b'\\'),
            "num" => Meaning::Byte(b'#'),
            "semi" => Meaning::Byte(b';'),
            _ => Meaning::Nothing,
        },
    ))
}

fn from_code(code: u32) -> Meaning {
    char::from_u32(code).map_or(Meaning::Nothing, Meaning::Char)
}

fn hex(text: &[u8], start: usize, digits: usize) -> Option<u32> {
    let digits = text.get(start..start + digits)?;
    let are_digits = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = str::from_utf8(digits).ok().filter(|_| are_digits)?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_knows_the_part_of_the_text_that_it_came_from() {
        let text = "É-%61<b>&#98;";
        let decoded = NormalText::new(text).decoded().expect("escapes");
        let letters = decoded.letters_without_tags().expect("a tag");
        assert_eq!(letters.bytes(), "éab".as_bytes());
        assert_eq!(&text[letters.origin(2..3)], "%61");
        assert_eq!(&text[letters.origin(0..4)], text);
    }

    #[test]
    fn what_only_looks_like_an_escape_stays() {
        for text in [
            "100% & more",
            "a\\",
            "%",
            "%4",
            "&",
            "&;",
            "&#;",
            "&x",
            "\\u00",
            "\\u{}",
            "\\u{61",
        ] {
            let decoded = NormalText::new(text).decoded();
            assert!(decoded.is_none(), "{text}: {decoded:?}");
        }
    }
}
