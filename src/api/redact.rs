//! Text of the server -> the same without the account's secrets, in whatever form they come.
//!
//! Token and `Authorization` value are looked for among letters and digits alone, without regard to
//! case: what is between them (blanks, line ends, invisible characters, tags, padding) does not
//! hide them, nor do percent-encoding, entities or JSON escapes. Half of a secret is found as well as
//! the whole: a server or a proxy may have cut it.

use std::fmt;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::normal_text::NormalText;
use crate::change::Difference;
use crate::model::text::head;

/// What replaces a secret.
const REDACTED: &str = "[redacted]";

/// How much of a text is looked at, in bytes. The rest is dropped.
const MAX_BYTES: usize = 128 << 10;

/// Escapes within escapes that are looked through.
const MAX_DEPTH: usize = 4;

/// Letters and digits that a secret needs for being found in any form: fewer are in too many words.
const FEWEST: usize = 5;

/// Letters and digits of a part of a secret that are found, at least.
const FEWEST_OF_PART: usize = 8;

/// The shortest token that cannot be an ordinary word, in characters.
const NO_WORD: usize = 8;

/// Takes the secrets of one account out of texts. Its `Debug` form does not show them.
pub struct Redactor {
    token: String,
    secrets: Vec<Secret>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

impl Redactor {
    /// What takes out this token, and the login made of both.
    pub(super) fn new(email: &str, token: &str) -> Self {
        let basic = BASE64.encode(format!("{email}:{token}"));
        // Whatever comes before the token, its base64 is one of three.
        let encoded = (0..3).map(|before| base64_of(token, before));
        let forms = [token.to_owned(), basic].into_iter().chain(encoded);
        Self {
            token: token.to_owned(),
            secrets: forms.filter_map(|form| Secret::new(&form)).collect(),
        }
    }

    /// `text` of the server without secrets, before anything of it is shown or cut.
    #[must_use]
    pub fn server_text(&self, text: &str) -> String {
        let text = self.known_forms(text);
        // Too short to be distinguished from parts of words: only as it is.
        if text.contains(&self.token) {
            return text.replace(&self.token, REDACTED);
        }
        text
    }

    /// The same for text that is partly ours, where a very short token would be found in words.
    pub(super) fn known_forms(&self, text: &str) -> String {
        let kept = head_without_open_end(text, MAX_BYTES);
        let ranges = self.find(kept, kept.len() < text.len());
        let mut redacted = String::with_capacity(kept.len());
        let mut done = 0;
        for range in ranges {
            redacted.push_str(&kept[done..range.start]);
            redacted.push_str(REDACTED);
            let padding = kept[range.end..].bytes().take_while(|byte| *byte == b'=');
            done = range.end + padding.count();
        }
        redacted + &kept[done..]
    }

    /// A difference that may be shown and kept.
    #[must_use]
    pub fn difference(&self, difference: Difference) -> Difference {
        Difference {
            asked: self.known_forms(&difference.asked),
            shown: self.server_text(&difference.shown),
            ..difference
        }
    }

    /// Whether a secret is in `text`, in whatever form, which is to be kept as it is. A token that is
    /// short may be a word.
    #[must_use]
    pub fn finds_secret(&self, text: &str) -> bool {
        self.token.len() >= NO_WORD && !self.find(text, false).is_empty()
    }

    /// Where secrets are, in order and apart.
    fn find(&self, text: &str, is_cut: bool) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut form = NormalText::new(text);
        for _ in 0..MAX_DEPTH {
            for letters in [Some(form.letters()), form.letters_without_tags()] {
                for (letters, secret) in letters
                    .iter()
                    .flat_map(|l| self.secrets.iter().map(move |s| (l, s)))
                {
                    let parts = secret.find(letters.bytes());
                    let end = is_cut
                        .then(|| secret.begun_at_end(letters.bytes()))
                        .flatten();
                    found.extend(parts.chain(end).map(|part| letters.origin(part)));
                }
            }
            let Some(decoded) = form.decoded() else { break };
            form = decoded;
        }
        found.sort_by_key(|range| range.start);
        found.dedup_by(|next, before| {
            let touches = next.start <= before.end;
            if touches {
                before.end = before.end.max(next.end);
            }
            touches
        });
        found
    }
}

/// The part of `text`'s base64 that depends on `text` alone, where so many bytes of something else
/// come before it.
fn base64_of(text: &str, before: usize) -> String {
    let encoded = BASE64.encode([&[0; 2][..before], text.as_bytes()].concat());
    let first = (before * 8).div_ceil(6);
    let end = (before + text.len()) * 8 / 6;
    encoded.get(first..end).unwrap_or_default().to_owned()
}

/// The first `limit` bytes of `text`; if something is cut, without an escape or tag that is open at
/// the end.
fn head_without_open_end(text: &str, limit: usize) -> &str {
    let kept = head(text, limit);
    if kept.len() == text.len() {
        return kept;
    }
    let near = kept.floor_char_boundary(kept.len().saturating_sub(32));
    let escape = kept[near..].find(['%', '&', '\\']).map(|at| near + at);
    let tag = kept.rfind('<').filter(|at| !kept[*at..].contains('>'));
    let end = escape.into_iter().chain(tag).min();
    &kept[..end.unwrap_or(kept.len())]
}

/// Letters and digits of one form of a secret.
struct Secret {
    letters: Vec<u8>,
    /// How many of them in succession are found.
    part: usize,
    /// Whether two bytes are the first of some part: most text is passed over by this alone.
    begins: Vec<bool>,
}

impl Secret {
    fn new(form: &str) -> Option<Self> {
        let letters = NormalText::new(form).letters().into_bytes();
        if letters.len() < FEWEST {
            return None;
        }
        let part = letters
            .len()
            .div_ceil(2)
            .max(FEWEST_OF_PART)
            .min(letters.len());
        let mut begins = vec![false; 1 << 16];
        for part in letters.windows(part) {
            begins[pair(part)] = true;
        }
        Some(Self {
            letters,
            part,
            begins,
        })
    }

    /// Where parts of it are in `text`.
    fn find(&self, text: &[u8]) -> impl Iterator<Item = Range<usize>> {
        let parts = text.windows(self.part).enumerate();
        parts.filter_map(|(at, found)| {
            let is_part = self.begins[pair(found)]
                && self.letters.windows(self.part).any(|part| part == found);
            is_part.then(|| at..at + self.part)
        })
    }

    /// Its beginning, where `text` ends with that.
    fn begun_at_end(&self, text: &[u8]) -> Option<Range<usize>> {
        let longest = self.letters.len().min(text.len());
        let mut lengths = (1..=longest).rev();
        let length = lengths.find(|length| text.ends_with(&self.letters[..*length]))?;
        Some(text.len() - length..text.len())
    }
}

fn pair(text: &[u8]) -> usize {
    usize::from(text[0]) << 8 | usize::from(text[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "s3cr3t-T0ken-abcdefghij";

    fn redacted(text: &str) -> String {
        Redactor::new("agent@example.com", TOKEN).server_text(text)
    }

    fn expect_gone(text: &str) {
        let redacted = redacted(text);
        let letters = |text: &str| NormalText::new(text).letters().into_bytes();
        let (found, token) = (letters(&redacted), letters(TOKEN));
        let is_there = token
            .windows(11)
            .any(|part| found.windows(11).any(|text| text == part));
        assert!(
            redacted.contains(REDACTED) && !is_there,
            "{text} -> {redacted}"
        );
    }

    #[test]
    fn what_surrounds_a_secret_stays() {
        let basic = BASE64.encode(format!("agent@example.com:{TOKEN}"));
        assert_eq!(
            redacted(&format!(
                "bad token {TOKEN}, in Basic {basic} of agent@example.com:{TOKEN}!"
            )),
            "bad token [redacted], in Basic [redacted] of agent@example.com:[redacted]!"
        );
        let harmless = "the token of agent@example.com is secret <b>and</b> 100% safe &amp; sound";
        assert_eq!(redacted(harmless), harmless);
    }

    #[test]
    fn no_form_of_the_token_is_left() {
        let escaped = |escape: fn(u8) -> String| -> String {
            TOKEN.bytes().map(escape).collect::<Vec<_>>().concat()
        };
        let percent = escaped(|byte| format!("%{byte:02x}"));
        let entities = escaped(|byte| format!("&#{byte};"));
        let unicode = escaped(|byte| format!("\\u{byte:04X}"));
        for text in [
            TOKEN.to_uppercase(),
            TOKEN.replace('k', "\u{ad}k"),
            TOKEN.replace('k', "\u{200b}k"),
            TOKEN.replace('k', "\r\n k"),
            TOKEN.replace('k', "<wbr>k"),
            TOKEN.replace('k', "<b class=x>k</b>"),
            TOKEN.replace('k', "&shy;k"),
            TOKEN.replace('k', "&#x200B;k"),
            TOKEN.replace('k', "\\nk"),
            TOKEN.replace('k', "%C2%ADk"),
            TOKEN.replace('k', "\\u{ad}k"),
            TOKEN.replace('-', "%2D"),
            TOKEN.replace('-', "%252D"),
            TOKEN.replace('k', "%6B"),
            TOKEN.replace('k', "&#107;"),
            TOKEN.replace('k', "\\u006b"),
            percent.replace('%', "%25"),
            percent,
            entities.replace('&', "&amp;"),
            entities,
            unicode,
            format!("<{TOKEN}>"),
            format!("{TOKEN:?} and {TOKEN}"),
            TOKEN[..TOKEN.len() - 2].to_owned(),
            TOKEN[2..].to_owned(),
            TOKEN[..14].to_owned(),
        ] {
            expect_gone(&text);
        }
    }

    #[test]
    fn no_form_of_the_authorization_is_left() {
        let basic = BASE64.encode(format!("agent@example.com:{TOKEN}"));
        for text in [
            basic.trim_end_matches('=').to_owned(),
            basic.replace('=', "%3D"),
            basic.to_lowercase(),
            basic.replace('+', "-").replace('/', "_"),
            basic[..basic.len() - 5].to_owned(),
            format!("{}\r\n {}", &basic[..20], &basic[20..]),
            BASE64.encode(format!("Agent@Example.com:{TOKEN}")),
            BASE64.encode(format!("a:{TOKEN}")),
            BASE64.encode(format!("ab:{TOKEN}")),
            BASE64.encode(TOKEN),
        ] {
            let redacted = redacted(&text);
            assert!(
                redacted.len() < 30 && redacted.contains(REDACTED),
                "{text} -> {redacted}"
            );
        }
    }

    #[test]
    fn a_text_that_we_cut_does_not_end_with_a_part_of_a_secret() {
        for kept in 1..TOKEN.len() {
            let text = "x".repeat(MAX_BYTES - kept - 1) + " " + TOKEN;
            let redacted = redacted(&text);
            assert!(
                redacted.trim_end_matches('-').ends_with("x [redacted]"),
                "{kept}: {}",
                &redacted[redacted.len() - 40..]
            );
        }
        let text = "x".repeat(MAX_BYTES - 8) + " %73%33%63%72";
        assert!(!redacted(&text).contains('%'));
    }

    #[test]
    fn a_very_short_token_is_found_as_it_is() {
        let redactor = Redactor::new("a@example.com", "t0k");
        assert_eq!(redactor.server_text("no t0k"), "no [redacted]");
        assert_eq!(redactor.known_forms("no t0k"), "no t0k");
    }
}
