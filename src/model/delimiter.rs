//! `--delimiter`: the character between cells.

use std::fmt;
use std::str::FromStr;

/// The character between cells: one of ASCII, but no quote, line break or NUL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiter(u8);

impl Delimiter {
    /// As a byte.
    #[must_use]
    pub fn byte(self) -> u8 {
        self.0
    }
}

impl From<u8> for Delimiter {
    fn from(byte: u8) -> Self {
        Self(byte)
    }
}

impl FromStr for Delimiter {
    type Err = String;

    /// Reads the character itself, or `tab`.
    fn from_str(text: &str) -> Result<Self, String> {
        let meant = match text.as_bytes() {
            b"tab" | b"\\t" => return Ok(Self(b'\t')),
            [b'"' | b'\r' | b'\n' | 0] => {
                return Err("a quote or line break cannot be between cells; try ',' or ';'".into());
            }
            [byte] if byte.is_ascii() => return Ok(Self(*byte)),
            _ => match text.to_lowercase().as_str() {
                "comma" => "','",
                "semicolon" => "';'",
                "pipe" | "bar" => "'|'",
                "space" | "blank" => "' '",
                "tabs" | "tabulator" | "tsv" | "$'\\t'" => "tab",
                _ => {
                    return Err(
                        "not a delimiter; try ',' or ';' or tab (one ASCII character)".into(),
                    );
                }
            },
        };
        Err(format!("not a delimiter; did you mean {meant}?"))
    }
}

/// The character itself.
impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        char::from(self.0).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_in_words_names_the_character() {
        assert_eq!(";".parse(), Ok(Delimiter(b';')));
        assert_eq!("tab".parse(), Ok(Delimiter(b'\t')));
        for (text, meant) in [("semicolon", "';'"), ("Comma", "','"), ("tabs", "tab")] {
            let why = text.parse::<Delimiter>().expect_err("words");
            assert!(why.contains(&format!("did you mean {meant}?")), "{why}");
        }
        assert!(";;".parse::<Delimiter>().is_err());
    }
}
