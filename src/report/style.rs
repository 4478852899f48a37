//! Text with styled parts -> what a terminal is sent. Decides nothing else about a text.
//!
//! Every part is made safe before it is styled: an escape in foreign text never reaches the terminal. The
//! styles are clap's own, so that its messages and ours look alike, and so are the rules by which they
//! are left out: no terminal, `NO_COLOR`, `CLICOLOR=0`, `TERM=dumb`.

use std::fmt;
use std::io;

use anstream::{AutoStream, ColorChoice};
use clap::builder::styling::{AnsiColor, Style, Styles};

use crate::model::text::visible;

const CLAP: Styles = Styles::styled();

/// How a part of a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextStyle {
    /// `error:`
    Error,
    /// `warning:`, and what may need attention.
    Warning,
    /// What went well.
    Success,
    /// What went wrong.
    Failure,
    /// What must not be overlooked.
    Strong,
}

impl TextStyle {
    fn style(self) -> Style {
        match self {
            Self::Error => *CLAP.get_error(),
            Self::Warning => *CLAP.get_invalid(),
            Self::Success => *CLAP.get_valid(),
            Self::Failure => AnsiColor::Red.on_default(),
            Self::Strong => *CLAP.get_literal(),
        }
    }
}

/// Whether styles are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coloring {
    /// They are.
    On,
    /// They are not.
    Off,
}

impl Coloring {
    /// What standard output is to get.
    #[must_use]
    pub fn stdout() -> Self {
        AutoStream::choice(&io::stdout()).into()
    }

    /// What standard error is to get.
    #[must_use]
    pub fn stderr() -> Self {
        AutoStream::choice(&io::stderr()).into()
    }
}

impl From<ColorChoice> for Coloring {
    fn from(choice: ColorChoice) -> Self {
        match choice {
            ColorChoice::Always | ColorChoice::AlwaysAnsi => Self::On,
            ColorChoice::Auto | ColorChoice::Never => Self::Off,
        }
    }
}

/// A text some parts of which are styled. `write!` adds plain text; displayed, it has no styles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StyledText(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    style: Option<TextStyle>,
    text: String,
}

impl StyledText {
    /// Adds plain text.
    pub fn push(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Part {
                style: None,
                text: last,
            }) => last.push_str(text),
            _ => self.0.push(Part {
                style: None,
                text: text.to_owned(),
            }),
        }
    }

    /// Adds text of that style.
    pub fn push_styled(&mut self, style: TextStyle, text: impl Into<String>) {
        self.0.push(Part {
            style: Some(style),
            text: text.into(),
        });
    }

    /// The same with plain text behind it.
    #[must_use]
    pub fn with(mut self, text: &str) -> Self {
        self.push(text);
        self
    }

    /// The same with text of that style behind it.
    #[must_use]
    pub fn with_styled(mut self, style: TextStyle, text: impl Into<String>) -> Self {
        self.push_styled(style, text);
        self
    }

    /// Adds another text, with its styles.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The same without white space at its end.
    #[must_use]
    pub(super) fn trimmed(mut self) -> Self {
        while let Some(last) = self.0.last_mut() {
            last.text.truncate(last.text.trim_end().len());
            if !last.text.is_empty() {
                break;
            }
            self.0.pop();
        }
        self
    }

    /// The text, safe for a terminal.
    pub(super) fn rendered(&self, coloring: Coloring) -> String {
        let parts = self.0.iter().map(|Part { style, text }| {
            let text = shown(text);
            match (style, coloring) {
                (Some(style), Coloring::On) => {
                    let style = style.style();
                    format!("{style}{text}{style:#}")
                }
                (None, _) | (_, Coloring::Off) => text,
            }
        });
        parts.collect()
    }
}

impl fmt::Display for StyledText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| f.write_str(&part.text))
    }
}

impl fmt::Write for StyledText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

impl From<&str> for StyledText {
    fn from(text: &str) -> Self {
        Self::default().with(text)
    }
}

impl From<&String> for StyledText {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for StyledText {
    fn from(text: String) -> Self {
        Self(vec![Part { style: None, text }])
    }
}

/// `text`, safe for a terminal: names of files are foreign text too.
fn shown(text: &str) -> String {
    visible(text).replace('\r', "\\r")
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn a_part_is_made_safe_before_it_is_styled() {
        let mut text = StyledText::default().with_styled(TextStyle::Error, "error:");
        let _ = write!(text, " \u{1b}a");
        text.push_styled(TextStyle::Strong, "\u{1b}[0mb\u{202e}");
        assert_eq!(text.to_string(), "error: \u{1b}a\u{1b}[0mb\u{202e}");
        assert_eq!(
            text.rendered(Coloring::Off),
            "error: \\u{1b}a\\u{1b}[0mb\\u{202e}"
        );
        assert_eq!(
            text.rendered(Coloring::On),
            "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m \\u{1b}a\u{1b}[1m\\u{1b}[0mb\\u{202e}\u{1b}[0m"
        );
    }
}
