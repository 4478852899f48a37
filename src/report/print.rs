//! Text and documents -> standard output.

use std::io::{self, BufRead as _, Write as _};

use serde::Serialize;

use super::style::{Coloring, StyledText};
use crate::model::text::visible_json;

/// Writes `text` to standard output; its styles only to a terminal.
///
/// # Errors
/// When it cannot be written. A reader that has gone away is not an error.
pub fn print(text: impl Into<StyledText>) -> io::Result<()> {
    let text = text.into().rendered(Coloring::stdout());
    unless_gone(|out| out.write_all(text.as_bytes()))
}

/// Writes lines of JSON to standard output.
///
/// # Errors
/// When they cannot be read or written. A reader that has gone away is not an error.
pub fn print_json_lines(lines: impl io::Read) -> io::Result<()> {
    unless_gone(|out| {
        for line in io::BufReader::new(lines).lines() {
            writeln!(out, "{}", visible_json(&line?))?;
        }
        Ok(())
    })
}

/// Writes one JSON document to standard output.
///
/// # Errors
/// When it cannot be written. A reader that has gone away is not an error.
pub fn print_json(document: &impl Serialize) -> io::Result<()> {
    unless_gone(|out| write_json(out, document))
}

/// Writes the document as it is serialized: its violations need not fit into memory.
pub(super) fn write_json(mut out: impl io::Write, document: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(Visible(&mut out), document)?;
    out.write_all(b"\n")
}

/// Passes on JSON with its invisible characters escaped, for people who look at it.
struct Visible<W>(W);

impl<W: io::Write> io::Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // What serde_json writes at once is whole characters.
        match str::from_utf8(bytes) {
            Ok(json) => self.0.write_all(visible_json(json).as_bytes())?,
            Err(_) => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
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
