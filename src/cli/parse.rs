//! The words of a command line -> what they ask for, or why they cannot be understood.

use std::ffi::OsString;
use std::io::{self, Write as _};

use anstream::AutoStream;
use clap::Parser as _;

use super::args::Args;
use super::tips::with_tip;
use crate::model::Shown as _;
use crate::model::text::one_line;

/// Why a command line asks for no command: help is wanted, or it cannot be understood.
#[derive(Debug)]
pub struct NotParsed {
    error: clap::Error,
    words: Vec<OsString>,
}

/// Reads a command line, the program's name first.
///
/// # Errors
/// When help or the version is asked for, too.
pub fn parse(words: &[OsString]) -> Result<Args, NotParsed> {
    Args::try_parse_from(words).map_err(|error| NotParsed {
        error: with_tip(error, words),
        words: words.to_owned(),
    })
}

impl NotParsed {
    /// Whether it is help or the version, as asked for.
    #[must_use]
    pub fn is_help(&self) -> bool {
        !self.error.use_stderr()
    }

    /// Prints help on standard output, an error on standard error.
    ///
    /// # Errors
    /// When the stream cannot be written.
    pub fn print(&self) -> io::Result<()> {
        match self.without_forged_text() {
            None => self.error.print(),
            Some(text) => AutoStream::auto(io::stderr()).write_all(text.as_bytes()),
        }
    }

    /// The text with its styles, if a word in it could pass for a message of this program, or act on a
    /// terminal: with that word in one line, and safe.
    fn without_forged_text(&self) -> Option<String> {
        let words = self.words.iter().map(|word| word.to_string_lossy());
        let mut text = self.error.render().ansi().to_string();
        let mut is_forged = false;
        for word in words.filter(|word| *word != word.shown()) {
            // Of an option and its value in one word, the value is repeated.
            let value = word.split_once('=').map(|(_, value)| value);
            for part in [Some(&*word), value].into_iter().flatten() {
                is_forged |= text.contains(part);
                text = text.replace(part, &part.shown());
            }
        }
        is_forged.then_some(text)
    }

    /// What is wrong, and the tips.
    #[must_use]
    pub fn in_one_line(&self) -> String {
        let text = self.error.render().to_string();
        let (what, more) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut message = what.trim_start_matches("error: ").to_owned();
        for tip in more
            .lines()
            .filter_map(|line| line.trim().strip_prefix("tip: "))
        {
            message = format!("{message} ({tip})");
        }
        one_line(&message, 1000)
    }
}
