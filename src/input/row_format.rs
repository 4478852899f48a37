//! Rows -> lines in the form of an input, to be read by this program again: the columns of a file, and
//! further ones for what is known of each row. Which rows these are is for others to say.

use std::io;

use csv::StringRecord;
use serde::ser::{SerializeMap as _, Serializer as _};

use super::line::line;
use super::raw::raw_head;
use crate::model::{Content, Members};

/// The column of what could not be read as cells.
const RAW: &str = "_raw";

/// By this a spreadsheet knows UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// How rows are written.
#[derive(Debug)]
pub struct RowFormat {
    form: Form,
    /// The names of the columns that are added to those of the rows; older ones of that name go.
    added: &'static [&'static str],
}

#[derive(Debug)]
enum Form {
    Cells {
        is_marked: bool,
        delimiter: u8,
        columns: Vec<Column>,
    },
    Objects,
}

/// A column of the file that is written.
#[derive(Debug)]
struct Column {
    name: String,
    from: CellFrom,
}

/// Where its cells come from.
#[derive(Debug, Clone, Copy)]
enum CellFrom {
    /// The row's cell at that place, from 0.
    Row(usize),
    /// The text of a row that could not be read as cells; else the row's cell, if it has one.
    Raw(Option<usize>),
    /// The added value at that place, from 0.
    Added(usize),
}

fn is_name(name: &str, of: &str) -> bool {
    name.trim().eq_ignore_ascii_case(of)
}

impl RowFormat {
    /// The form of a CSV or TSV file with that header, with a byte order mark where `is_marked`.
    pub(super) fn cells(
        header: &StringRecord,
        delimiter: u8,
        is_marked: bool,
        added: &'static [&'static str],
    ) -> Self {
        let old = header.iter().enumerate();
        let old = old.filter(|(_, name)| !added.iter().any(|added| is_name(name, added)));
        let mut columns: Vec<_> = old
            .map(|(at, name)| Column {
                name: name.to_owned(),
                from: if is_name(name, RAW) {
                    CellFrom::Raw(Some(at))
                } else {
                    CellFrom::Row(at)
                },
            })
            .collect();
        columns.extend(added.iter().enumerate().map(|(at, name)| Column {
            name: (*name).to_owned(),
            from: CellFrom::Added(at),
        }));
        let form = Form::Cells {
            is_marked,
            delimiter,
            columns,
        };
        Self { form, added }
    }

    /// The form of a JSONL file.
    pub(super) fn objects(added: &'static [&'static str]) -> Self {
        let form = Form::Objects;
        Self { form, added }
    }

    /// Whether `content` has a place to go.
    #[must_use]
    pub fn has_room_for(&self, content: &Content) -> bool {
        let Form::Cells { columns, .. } = &self.form else {
            return true;
        };
        !matches!(content, Content::Unreadable { .. })
            || (columns.iter()).any(|column| matches!(column.from, CellFrom::Raw(_)))
    }

    /// Adds the column for rows that could not be read as cells.
    pub fn add_raw(&mut self) {
        if let Form::Cells { columns, .. } = &mut self.form {
            let column = Column {
                name: RAW.to_owned(),
                from: CellFrom::Raw(None),
            };
            columns.insert(columns.len() - self.added.len(), column);
        }
    }

    /// Writes lines again that were written before [`Self::add_raw`].
    ///
    /// # Errors
    /// When they cannot be read or written.
    pub fn widen(&self, lines: impl io::Read, wider: &mut impl io::Write) -> io::Result<()> {
        let Form::Cells { delimiter, .. } = self.form else {
            return Ok(());
        };
        let mut lines = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .from_reader(lines);
        wider.write_all(&self.header()?)?;
        for cells in lines.records() {
            let cells = cells?;
            let at = cells.len() - self.added.len();
            let (old, added) = (cells.iter().take(at), cells.iter().skip(at));
            let cells: Vec<_> = old.chain([""]).chain(added).collect();
            wider.write_all(&line(delimiter, |line| line.write_record(&cells))?)?;
        }
        Ok(())
    }

    /// What the file begins with.
    ///
    /// # Errors
    /// None but those of a writer into memory.
    pub fn header(&self) -> io::Result<Vec<u8>> {
        let Form::Cells {
            is_marked,
            delimiter,
            columns,
        } = &self.form
        else {
            return Ok(Vec::new());
        };
        let names = columns.iter().map(|column| &column.name);
        let header = line(*delimiter, |line| line.write_record(names.clone()))?;
        let mark = if *is_marked { BYTE_ORDER_MARK } else { "" };
        Ok([mark.as_bytes(), &header].concat())
    }

    /// The line of a row, with the values of the added columns.
    ///
    /// # Errors
    /// None but those of a writer into memory.
    pub fn row(&self, content: &Content, added: &[&str]) -> io::Result<Vec<u8>> {
        match (&self.form, content) {
            (
                Form::Cells {
                    delimiter, columns, ..
                },
                _,
            ) => line(*delimiter, |line| {
                line.write_record(columns.iter().map(|column| column.cell(content, added)))
            }),
            (Form::Objects, Content::Object(text)) => match Members::from_line(text) {
                Ok(members) => self.object(&members, None, added),
                Err(_) => self.object(&Members::default(), Some(&raw_head(text.as_bytes())), added),
            },
            (Form::Objects, Content::Unreadable { raw, .. }) => {
                self.object(&Members::default(), Some(raw), added)
            }
            (Form::Objects, Content::Cells(_)) => Ok(Vec::new()),
        }
    }

    fn object(
        &self,
        members: &Members<'_>,
        raw: Option<&str>,
        added: &[&str],
    ) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        let mut json = serde_json::Serializer::new(&mut line);
        let mut map = json.serialize_map(None)?;
        for (key, value) in &members.0 {
            if !self.added.iter().any(|added| is_name(key, added)) {
                map.serialize_entry(key, value)?;
            }
        }
        if let Some(raw) = raw {
            map.serialize_entry("slug", "")?;
            map.serialize_entry(RAW, raw)?;
        }
        for (name, value) in self.added.iter().zip(added) {
            map.serialize_entry(name, value)?;
        }
        map.end()?;
        line.push(b'\n');
        Ok(line)
    }
}

impl Column {
    fn cell<'a>(&self, content: &'a Content, added: &[&'a str]) -> &'a str {
        match (self.from, content) {
            (CellFrom::Added(at), _) => added.get(at).copied().unwrap_or_default(),
            (CellFrom::Row(at) | CellFrom::Raw(Some(at)), Content::Cells(cells)) => {
                cells.get(at).unwrap_or_default()
            }
            (CellFrom::Raw(_), Content::Unreadable { raw, .. }) => raw,
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: io::Result<Vec<u8>>) -> String {
        String::from_utf8(line.expect("a line")).expect("text")
    }

    fn unreadable() -> Content {
        Content::Unreadable {
            why: "is not text".into(),
            raw: "\u{fffd},x".into(),
        }
    }

    #[test]
    fn added_columns_replace_older_ones_of_their_name() {
        let header = vec!["slug", " _Note", "status"].into();
        let format = RowFormat::cells(&header, b';', false, &["_note"]);
        assert_eq!(text(format.header()), "slug;status;_note\n");
        let row = Content::Cells(vec!["a", "old", "2"].into());
        assert_eq!(text(format.row(&row, &["new"])), "a;2;new\n");
        let format = RowFormat::objects(&["_note"]);
        let row = Content::Object(r#"{"slug":"a","_NOTE":1,"status":2.0}"#.into());
        let line = text(format.row(&row, &["new"]));
        assert_eq!(line, "{\"slug\":\"a\",\"status\":2.0,\"_note\":\"new\"}\n");
    }

    #[test]
    fn lines_are_widened_once_a_row_comes_that_could_not_be_read() {
        let header = vec!["slug", "status"].into();
        let mut format = RowFormat::cells(&header, b',', true, &["_note"]);
        let row = Content::Cells(vec!["a", "2"].into());
        let written = text(format.header()) + &text(format.row(&row, &["x, y"]));
        assert!(format.has_room_for(&row) && !format.has_room_for(&unreadable()));
        format.add_raw();
        assert!(format.has_room_for(&unreadable()));
        let mut wider = Vec::new();
        let widened = format.widen(written.as_bytes(), &mut wider);
        widened.expect("room");
        let expected = "\u{feff}slug,status,_raw,_note\na,2,,\"x, y\"\n";
        assert_eq!(text(Ok(wider)), expected);
        let line = text(format.row(&unreadable(), &[""]));
        assert_eq!(line, ",,\"\u{fffd},x\",\n");
    }
}
