//! Rows that are not updated -> a file like the input, to repair and feed back.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use csv::StringRecord;
use serde::ser::{SerializeMap as _, Serializer as _};

use super::line::line;
use super::{LedgerError, Record, RunDirectory, directory};
use crate::files::Replacement;
use crate::input::{Format, Layout, MAX_RECORD_BYTES, Reader, raw_head};
use crate::model::{Content, Members, Row};

const OUTCOME: &str = "_outcome";
const REASONS: &str = "_reasons";
const RAW: &str = "_raw";

/// By this a spreadsheet knows UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Opens the private copy from its start.
pub(super) type Read<'a> = &'a dyn Fn() -> Result<Reader, LedgerError>;

/// The file of rows to feed back, while it is being written.
pub(super) struct FailedRows<'a> {
    path: PathBuf,
    input: PathBuf,
    layout: Layout,
    read: Read<'a>,
    /// Made with the first row: without one there is to be no file.
    open: Option<Open>,
    written: u64,
}

struct Open {
    form: Form,
    file: Replacement,
}

enum Form {
    Cells {
        /// What the file begins with: the input's byte order mark, as UTF-8 has it, or nothing.
        mark: &'static str,
        delimiter: u8,
        columns: Columns,
    },
    Objects,
}

impl<'a> FailedRows<'a> {
    pub(super) fn new(run: &RunDirectory, layout: Layout, read: Read<'a>) -> Self {
        Self {
            path: run.failed(),
            input: run.input(),
            layout,
            read,
            open: None,
            written: 0,
        }
    }

    pub(super) fn write(&mut self, row: &Row, record: &Record) -> Result<(), LedgerError> {
        let open = if let Some(open) = &mut self.open {
            open
        } else {
            let form = Form::new(&self.input, self.layout, self.read)?;
            let open = Open::beside(&self.path, form).map_err(LedgerError::at(&self.path))?;
            self.open.insert(open)
        };
        open.write(row, record)
            .map_err(LedgerError::at(&self.path))?;
        self.written += 1;
        Ok(())
    }

    /// Puts the file in its place, or removes an older one where no row is left; the rows in it.
    pub(super) fn finish(self) -> Result<u64, LedgerError> {
        let put = match self.open {
            Some(open) => open.file.commit(),
            None => match fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
        };
        put.map_err(LedgerError::at(&self.path))?;
        Ok(self.written)
    }
}

impl Open {
    fn beside(path: &Path, form: Form) -> io::Result<Self> {
        let mut file = Replacement::beside(path)?;
        file.write_all(&form.header()?)?;
        Ok(Self { form, file })
    }

    fn write(&mut self, row: &Row, record: &Record) -> io::Result<()> {
        let mut text = self.form.row(row, record)?;
        if text.len() > MAX_RECORD_BYTES {
            // Notes must not make a row too long to be fed back; results.csv has them too.
            let brief = Record {
                reasons: String::new(),
                ..record.clone()
            };
            text = self.form.row(row, &brief)?;
        }
        self.file.write_all(&text)
    }
}

/// A byte order mark where the input begins with one, of UTF-8 or of UTF-16: what wrote it may read
/// the file as some old code page without.
fn mark_like(input: &Path) -> Result<&'static str, LedgerError> {
    let mut start = Vec::new();
    let read = directory::open(input)?.take(3).read_to_end(&mut start);
    read.map_err(LedgerError::at(input))?;
    let marks: [&[u8]; 3] = [BYTE_ORDER_MARK.as_bytes(), b"\xff\xfe", b"\xfe\xff"];
    let is_marked = marks.iter().any(|mark| start.starts_with(mark));
    Ok(if is_marked { BYTE_ORDER_MARK } else { "" })
}

fn has_unreadable(mut reader: Reader) -> Result<bool, LedgerError> {
    while let Some(row) = reader.next_row()? {
        if matches!(row.content, Content::Unreadable { .. }) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Form {
    fn new(input: &Path, layout: Layout, read: Read<'_>) -> Result<Self, LedgerError> {
        if layout.format == Format::Jsonl {
            return Ok(Self::Objects);
        }
        let reader = read()?;
        let header = reader.header().cloned().unwrap_or_default();
        let mark = mark_like(input)?;
        Ok(Self::Cells {
            mark,
            delimiter: layout.delimiter,
            columns: Columns::new(&header, has_unreadable(reader)?),
        })
    }

    fn header(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::Cells {
                mark,
                delimiter,
                columns,
            } => {
                let header = line(*delimiter, |line| line.write_record(&columns.names))?;
                Ok([mark.as_bytes(), &header].concat())
            }
            Self::Objects => Ok(Vec::new()),
        }
    }

    fn row(&self, row: &Row, record: &Record) -> io::Result<Vec<u8>> {
        match (self, &row.content) {
            (
                Self::Cells {
                    delimiter, columns, ..
                },
                content,
            ) => line(*delimiter, |line| {
                line.write_record(columns.cells(content, record))
            }),
            (Self::Objects, Content::Object(text)) => match Members::of_line(text) {
                Ok(members) => object(Some(&members), None, record),
                Err(_) => object(None, Some(&raw_head(text.as_bytes())), record),
            },
            (Self::Objects, Content::Unreadable { raw, .. }) => object(None, Some(raw), record),
            (Self::Objects, Content::Cells(_)) => Ok(Vec::new()),
        }
    }
}

/// Whether a column or key holds an older note of ours. Names are compared without case.
fn is_note(name: &str) -> bool {
    [OUTCOME, REASONS]
        .iter()
        .any(|note| name.trim().eq_ignore_ascii_case(note))
}

/// The columns of the file: those of the input less older notes of ours, then the new notes.
struct Columns {
    names: Vec<String>,
    /// Of each column, the cell of the input that it repeats.
    from: Vec<Option<usize>>,
}

impl Columns {
    fn new(header: &StringRecord, has_unreadable: bool) -> Self {
        let mut columns = Self {
            names: Vec::new(),
            from: Vec::new(),
        };
        for (at, name) in header.iter().enumerate() {
            if !is_note(name) {
                columns.add(name, Some(at));
            }
        }
        if has_unreadable
            && !columns
                .names
                .iter()
                .any(|name| name.trim().eq_ignore_ascii_case(RAW))
        {
            columns.add(RAW, None);
        }
        columns.add(OUTCOME, None);
        columns.add(REASONS, None);
        columns
    }

    fn add(&mut self, name: &str, from: Option<usize>) {
        self.names.push(name.to_owned());
        self.from.push(from);
    }

    fn cells<'a>(
        &'a self,
        content: &'a Content,
        record: &'a Record,
    ) -> impl Iterator<Item = &'a str> {
        self.names
            .iter()
            .zip(&self.from)
            .map(move |(name, from)| match (content, from) {
                (Content::Cells(cells), Some(at)) => cells.get(*at).unwrap_or_default(),
                (Content::Unreadable { raw, .. }, _) if name.trim().eq_ignore_ascii_case(RAW) => {
                    raw
                }
                (_, None) if name == OUTCOME => record.outcome.name(),
                (_, None) if name == REASONS => &record.reasons,
                _ => "",
            })
    }
}

fn object(
    members: Option<&Members<'_>>,
    raw: Option<&str>,
    record: &Record,
) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut json = serde_json::Serializer::new(&mut line);
    let mut map = json.serialize_map(None)?;
    for (key, value) in members
        .map(|members| members.0.as_slice())
        .unwrap_or_default()
    {
        if !is_note(key) {
            map.serialize_entry(key, value)?;
        }
    }
    if let Some(raw) = raw {
        map.serialize_entry("slug", "")?;
        map.serialize_entry(RAW, raw)?;
    }
    map.serialize_entry(OUTCOME, record.outcome.name())?;
    map.serialize_entry(REASONS, &record.reasons)?;
    map.end()?;
    line.push(b'\n');
    Ok(line)
}
