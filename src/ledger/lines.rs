//! A ledger as it is found, whoever saved it last -> its records, one by one.
//!
//! A record takes one physical line: its texts contain no line breaks. What a spreadsheet makes of
//! such a file when it saves it (byte order mark, UTF-16, CRLF, another delimiter, other quotes,
//! empty columns and lines behind the others) has the same meaning, and is read. Only the last line of a
//! file in this program's form can be torn; whatever else cannot be read is named, and never guessed.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _};

use encoding_rs_io::DecodeReaderBytesBuilder;

use super::Record;
use super::cells::{Fault, LedgerColumns};
use crate::input::{DELIMITERS, has_byte_order_mark};

/// The longest line that a record can take, in bytes.
const MAX_LINE: u64 = 1 << 20;

/// Why a ledger cannot be read.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// The operating system refused.
    Io(io::Error),
    /// A line is not a record.
    Line {
        /// Its number, from 1 on.
        number: u64,
        /// What is wrong with it.
        what: String,
    },
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// How a ledger is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// Whether there is a header line.
    pub(super) has_header: bool,
    /// Whether something else than this program wrote it.
    pub(super) is_foreign: bool,
    /// Bytes of whole lines; of a foreign file they mean nothing.
    pub(super) whole: u64,
    /// Bytes of the last line, where it is torn.
    pub(super) torn: u64,
}

/// The records of a ledger.
pub(super) struct LedgerLines<'a> {
    reader: Box<dyn BufRead + 'a>,
    columns: LedgerColumns,
    parser: csv_core::Reader,
    /// The line at hand, with its end, and its number.
    line: Vec<u8>,
    number: u64,
    /// What the file has turned out to be so far.
    pub(super) form: Form,
}

impl<'a> LedgerLines<'a> {
    /// Reads `file` from its start, and its header.
    pub(super) fn open(mut file: &'a File) -> Result<Self, Unreadable> {
        let mut start = Vec::new();
        file.rewind()?;
        file.take(3).read_to_end(&mut start)?;
        file.rewind()?;
        let is_marked = has_byte_order_mark(&start);
        let reader: Box<dyn BufRead + 'a> = if is_marked {
            let mut decoder = DecodeReaderBytesBuilder::new();
            let decoder = decoder.utf8_passthru(true).strip_bom(true);
            Box::new(BufReader::new(decoder.build(file)))
        } else {
            Box::new(BufReader::new(file))
        };
        let mut lines = Self {
            reader,
            columns: LedgerColumns::OURS,
            parser: csv_core::Reader::new(),
            line: Vec::new(),
            number: 0,
            form: Form {
                is_foreign: is_marked,
                ..Form::default()
            },
        };
        lines.header()?;
        Ok(lines)
    }

    /// The next record; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<Record>, Unreadable> {
        while self.form.has_header && self.read_line()? {
            let is_ended = self.line.ends_with(b"\n");
            let parsed = self.columns.record(&mut self.parser, content(&self.line));
            match parsed {
                Ok(None) => self.form.is_foreign = true,
                Ok(Some((record, is_ours)))
                    if is_ended || record.is_finished() || self.form.is_foreign =>
                {
                    self.form.is_foreign |= !is_ours || !is_ended || self.line.ends_with(b"\r\n");
                    self.form.whole += self.line.len() as u64;
                    return Ok(Some(record));
                }
                Ok(Some(_)) => return self.torn_or(Fault::is_cut()).map(|()| None),
                Err(fault) => return self.torn_or(fault).map(|()| None),
            }
        }
        Ok(None)
    }

    /// The number of the line of the last record.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    fn read_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        self.number += 1;
        let mut bounded = io::Read::take(&mut self.reader, MAX_LINE);
        Ok(bounded.read_until(b'\n', &mut self.line)? > 0)
    }

    /// Reads the header: this program's, or the same as another program writes it.
    fn header(&mut self) -> Result<(), Unreadable> {
        if !self.read_line()? {
            return Ok(());
        }
        if self.line == LedgerColumns::header() {
            self.form.has_header = true;
            self.form.whole = self.line.len() as u64;
            return Ok(());
        }
        if LedgerColumns::header().starts_with(&self.line) || self.line.contains(&0) {
            return self.torn_or(Fault::is_cut());
        }
        self.form.is_foreign = true;
        if content(&self.line).starts_with(b"sep=") {
            self.read_line()?;
        }
        let known = DELIMITERS.iter().find_map(|delimiter| {
            let mut parser = csv_core::ReaderBuilder::new().delimiter(*delimiter).build();
            let columns = LedgerColumns::named(&mut parser, content(&self.line))?;
            Some((columns, parser))
        });
        let Some((columns, parser)) = known else {
            return Err(self.at("is not the header of a ledger"));
        };
        self.form.has_header = true;
        (self.columns, self.parser) = (columns, parser);
        Ok(())
    }

    /// Takes the line at hand as torn, if a crash can have left it so.
    fn torn_or(&mut self, fault: Fault) -> Result<(), Unreadable> {
        let is_last = self.reader.fill_buf()?.is_empty();
        let is_torn = !self.line.ends_with(b"\n") || fault.is_cut;
        if !(is_last && is_torn && !self.form.is_foreign) {
            return Err(self.at(fault.what));
        }
        self.form.torn = self.line.len() as u64;
        Ok(())
    }

    fn at(&self, what: impl Into<String>) -> Unreadable {
        let how = if self.form.is_foreign {
            "re-saved by a spreadsheet or another program: "
        } else {
            ""
        };
        Unreadable::Line {
            number: self.number,
            what: format!("{how}{}", what.into()),
        }
    }
}

/// A line without its end.
fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
