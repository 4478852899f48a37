//! Names of files -> text that shows them: a name may contain a line break, and must not look like a
//! message; and a word for a shell, which means just that name.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::invisible::marked;
use super::text::push_visible;

/// A name, as messages show it.
pub trait Shown {
    /// In one line, with visible escapes for what acts on a terminal.
    fn shown(&self) -> String;
}

impl Shown for Path {
    fn shown(&self) -> String {
        self.to_string_lossy().shown()
    }
}

impl Shown for str {
    fn shown(&self) -> String {
        let mut shown = String::with_capacity(self.len());
        for (c, is_marked) in marked(self) {
            push_visible(&mut shown, c, is_marked);
        }
        shown
    }
}

/// `word` as a shell reads it, in one line: `$'...'` where it contains what cannot be shown.
#[must_use]
pub fn shell_word(word: &OsStr) -> String {
    let plain = word.to_str();
    let plain = plain.filter(|text| !marked(text).any(|(_, is_marked)| is_marked));
    if let Some(quoted) = plain.and_then(|text| shlex::try_quote(text).ok()) {
        return quoted.into_owned();
    }
    let mut quoted = "$'".to_owned();
    let escape = |quoted: &mut String, bytes: &[u8]| {
        for byte in bytes {
            let _ = write!(quoted, "\\x{byte:02x}");
        }
    };
    for chunk in word.as_bytes().utf8_chunks() {
        for (c, is_marked) in marked(chunk.valid()) {
            match c {
                '\'' | '\\' => quoted.extend(['\\', c]),
                '\n' => quoted.push_str("\\n"),
                _ if is_marked => escape(&mut quoted, c.encode_utf8(&mut [0; 4]).as_bytes()),
                _ => quoted.push(c),
            }
        }
        escape(&mut quoted, chunk.invalid());
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_in_one_line() {
        let shown = Path::new("a\nerror: b\r\u{1b}[31m").shown();
        assert_eq!(shown, "a\\u{a}error: b\\u{d}\\u{1b}[31m");
    }

    #[test]
    fn a_word_means_the_same_to_a_shell() {
        let words: [(&[u8], &str); 5] = [
            (b"plain", "plain"),
            (b"a b", "'a b'"),
            (b"a\nb's", "$'a\\nb\\'s'"),
            (b"\x1b\\", "$'\\x1b\\\\'"),
            (b"a\xff", "$'a\\xff'"),
        ];
        for (word, expected) in words {
            assert_eq!(shell_word(OsStr::from_bytes(word)), expected);
        }
    }
}
