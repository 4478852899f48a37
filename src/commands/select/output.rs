//! Rows -> the file, whole or not at all, or standard output.

use std::io::{IsTerminal as _, Write as _, stdout};
use std::path::{Path, PathBuf};

use serde::ser::{SerializeMap as _, Serializer as _};

use super::row::{COLUMNS, GUARDS, RowValue, SelectedRow};
use crate::cli::{AccountArgs, SelectArgs, SelectFormat};
use crate::config::previewing;
use crate::error::Error;
use crate::files::{NewFile, NewFileError};
use crate::input::{BYTE_ORDER_MARK, Format, csv_line};
use crate::model::Shown as _;
use crate::model::text::{defused, visible_json};
use crate::report::{print, selected_table};

/// Where rows go, and in which form.
#[derive(Debug)]
pub(super) struct Output {
    /// A new file; else standard output.
    file: Option<PathBuf>,
    format: SelectFormat,
    columns: Vec<&'static str>,
}

impl Output {
    /// What was typed, checked before anything is read.
    pub(super) fn new(args: &SelectArgs) -> Result<Self, Error> {
        let is_dash = |path: &&PathBuf| path.as_path() == Path::new("-");
        let file = args.file.as_ref().filter(|path| !is_dash(path));
        let format = match (args.format, file) {
            (Some(format), _) => format,
            (None, Some(path)) => from_name(path)?,
            (None, None) if args.file.is_some() => SelectFormat::Csv,
            (None, None) => SelectFormat::Text,
        };
        if args.output.json && file.is_none() {
            return Err(Error::usage(
                "--json needs standard output for itself: write the rows to a file with -o FILE",
            ));
        }
        if let Some(path) = file {
            NewFile::check(path).map_err(|error| not_written(path, &error))?;
        }
        let guards = args.with_expect.then_some(GUARDS);
        let columns = COLUMNS.into_iter().chain(guards.into_iter().flatten());
        Ok(Self {
            file: file.cloned(),
            format,
            columns: columns.collect(),
        })
    }

    /// The file, as it was named.
    pub(super) fn name(&self) -> Option<String> {
        self.file.as_ref().map(|path| path.shown())
    }

    /// The command that previews a run of the file, if it is one that `run` reads.
    pub(super) fn next(&self, account: &AccountArgs) -> Option<String> {
        let path = self.file.as_ref()?;
        let (format, name) = match self.format {
            SelectFormat::Text => return None,
            SelectFormat::Csv => (Format::Csv, "csv"),
            SelectFormat::Tsv => (Format::Tsv, "tsv"),
            SelectFormat::Jsonl => (Format::Jsonl, "jsonl"),
        };
        let is_in_name = Format::from_name(path) == Some(format);
        Some(previewing(account, path, (!is_in_name).then_some(name)))
    }

    /// Whether a spreadsheet can open what is written.
    pub(super) fn is_for_spreadsheets(&self) -> bool {
        matches!(self.format, SelectFormat::Csv | SelectFormat::Tsv)
    }

    /// Writes all rows.
    pub(super) fn write(&self, rows: &[SelectedRow]) -> Result<(), Error> {
        let content = match self.format {
            SelectFormat::Text => {
                let rows = rows.iter().map(|row| {
                    let text = |name| value(row, name).map(RowValue::text).unwrap_or_default();
                    ["slug", "_status", "_assignee", "_tags", "_subject"].map(text)
                });
                selected_table(rows, self.file.is_none() && stdout().is_terminal())
            }
            SelectFormat::Csv => self.cells(rows, b',')?,
            SelectFormat::Tsv => self.cells(rows, b'\t')?,
            SelectFormat::Jsonl => rows.iter().map(object).collect::<Result<_, _>>()?,
        };
        let Some(path) = &self.file else {
            return print(content).map_err(Error::Output);
        };
        let written = NewFile::create(path).and_then(|mut file| {
            file.write_all(content.as_bytes())?;
            file.commit()
        });
        written.map_err(|error| not_written(path, &error))
    }

    fn cells(&self, rows: &[SelectedRow], delimiter: u8) -> Result<String, Error> {
        let is_for_file = self.file.is_some();
        let mut text = String::from(if is_for_file { BYTE_ORDER_MARK } else { "" });
        let line = |cells: Vec<String>| {
            let line = csv_line(delimiter, |line| line.write_record(&cells));
            let line = line.map_err(Error::Output)?;
            String::from_utf8(line).map_err(|error| Error::Internal(error.to_string()))
        };
        let names = self.columns.iter().map(|name| (*name).to_owned());
        text += &line(names.collect())?;
        for row in rows {
            let cells = row.iter().map(|(name, value)| {
                if name.starts_with("expect.") {
                    value.guard_cell()
                } else if *name == "slug" {
                    value.cell()
                } else {
                    defused(&value.cell()).into_owned()
                }
            });
            text += &line(cells.collect())?;
        }
        Ok(text)
    }
}

/// The format that the name of a file says.
fn from_name(path: &Path) -> Result<SelectFormat, Error> {
    Ok(match Format::from_name(path) {
        Some(Format::Csv) => SelectFormat::Csv,
        Some(Format::Tsv) => SelectFormat::Tsv,
        Some(Format::Jsonl) => SelectFormat::Jsonl,
        Some(Format::Xlsx | Format::Ods) | None => {
            return Err(Error::Usage(format!(
                "{}: the name does not show a format (end it with .csv, .tsv or .jsonl, or give --format)",
                path.shown()
            )));
        }
    })
}

fn not_written(path: &Path, error: &NewFileError) -> Error {
    Error::Usage(format!("{}: {error}", path.shown()))
}

/// A row as a line of JSON.
fn object(row: &SelectedRow) -> Result<String, Error> {
    let line = || -> serde_json::Result<Vec<u8>> {
        let mut line = Vec::new();
        let mut json = serde_json::Serializer::new(&mut line);
        let mut map = json.serialize_map(None)?;
        for (name, value) in row {
            match value {
                RowValue::Text(text) => map.serialize_entry(name, text)?,
                RowValue::Tags(tags) => map.serialize_entry(name, tags)?,
                RowValue::Nothing => map.serialize_entry(name, &())?,
                RowValue::NotShown => {}
            }
        }
        map.end()?;
        Ok(line)
    };
    let line = line().map_err(|error| Error::Internal(error.to_string()))?;
    let line = String::from_utf8(line).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(visible_json(&line).into_owned() + "\n")
}

fn value<'r>(row: &'r SelectedRow, name: &str) -> Option<&'r RowValue> {
    row.iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}
