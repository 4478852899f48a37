//! The only code that prints. Standard output carries what scripts read (the dry-run preview,
//! `--json`); words for people go to standard error.

mod preview;
mod progress;
mod summary;

use std::fmt::Write as _;
use std::io::{self, Write as _};

use serde::Serialize;

pub use preview::{Account, DryRun, Plan};
pub use progress::{Progress, Style};
pub use summary::text as summary_text;

use crate::model::Violation;
use crate::model::text::visible;

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Warnings and errors.
    Quiet,
    /// What a person wants to know.
    Normal,
    /// Every request and answer.
    Verbose,
}

/// Writes `text` to standard error.
pub fn tell(text: &str) {
    // There is nowhere left to say that standard error is gone.
    let _ = writeln!(io::stderr().lock(), "{}", shown(text.trim_end()));
}

/// `text` as a terminal may see it: names of files are foreign text too.
fn shown(text: &str) -> String {
    visible(text).replace('\r', "\\r")
}

/// Writes an error to standard error.
pub fn error(text: &str) {
    tell(&format!("error: {text}"));
}

/// Writes a warning to standard error.
pub fn warning(text: &str) {
    tell(&format!("warning: {text}"));
}

/// Writes `text` to standard output.
///
/// # Errors
/// When it cannot be written. A reader that has gone away is no error.
pub fn print(text: &str) -> io::Result<()> {
    unless_gone(|out| out.write_all(shown(text).as_bytes()))
}

/// Writes one JSON document to standard output.
///
/// # Errors
/// When it cannot be written. A reader that has gone away is no error.
pub fn print_json(document: &impl Serialize) -> io::Result<()> {
    unless_gone(|out| {
        serde_json::to_writer_pretty(&mut *out, document)?;
        out.write_all(b"\n")
    })
}

fn unless_gone(
    write: impl FnOnce(&mut io::BufWriter<io::StdoutLock<'_>>) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Violations as `FILE:LINE: FIELD: what is wrong`, and how many more there are.
#[must_use]
pub fn violations_text(file: &str, first: &[Violation], count: u64) -> String {
    let mut text = String::new();
    for Violation {
        line,
        field,
        message,
    } in first
    {
        let _ = writeln!(text, "{file}:{line}: {field}: {message}");
    }
    let more = count - first.len() as u64;
    if more > 0 {
        let _ = writeln!(text, "... and {more} more (all of them: --dry-run --json)");
    }
    text
}

/// `1 row`, `2 rows`.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A duration in words, in whole seconds: `2h 5m 3s`.
#[must_use]
pub fn in_words(duration: std::time::Duration) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    format!("{:#}", jiff::SignedDuration::from_secs(seconds))
}
