//! What an undo cannot put back -> a list for people, before they are asked, and the whole of it for
//! scripts.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, Write as _};

use serde::Serialize;
use serde::ser::{Error as _, SerializeMap, SerializeSeq as _, Serializer};
use serde_json::value::RawValue;

use crate::model::text::{counted, one_line};
use crate::model::{CannotPutBack, ReasonRows};

/// Rows that are listed for people.
const ROWS_SHOWN: usize = 20;

/// The longest name that is listed, in characters.
const MAX_NAME: usize = 100;

/// A field of a conversation that is not put back.
#[derive(Debug, Serialize)]
pub struct FieldLeftOut {
    /// The line of the row in the input of the run that is undone.
    pub line: u64,
    /// The conversation.
    pub slug: String,
    /// The name of the field; of a row that was not read first, none.
    pub field: Option<String>,
    /// Why.
    pub reason: String,
    /// What is wrong with the value, where that is the reason.
    pub detail: Option<String>,
}

/// What an undo does beside the rows that it sends.
#[derive(Debug)]
pub struct UndoPreview {
    /// The run that is undone, if that was an undo itself.
    pub undoes_undo: Option<String>,
    /// What cannot be put back.
    pub left_out: LeftOutFields,
}

impl UndoPreview {
    /// The part of a page that is about it, with the end of its last line.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = self.left_out.text();
        if let Some(run) = &self.undoes_undo {
            let _ = writeln!(
                text,
                "{run} is an undo itself: this makes the changes again that it put back"
            );
        }
        text + "not undone: what the changes have set off (workflows, emails, statistics)\n"
    }

    /// What it leaves out, in numbers.
    #[must_use]
    pub fn cannot_put_back(&self) -> CannotPutBack {
        CannotPutBack {
            rows: self.left_out.rows,
            reasons: self.left_out.by_reason(),
        }
    }

    /// The figure to know before answering yes.
    pub(super) fn warning(&self) -> Option<String> {
        let rows = self.left_out.rows;
        let rows = (rows > 0).then(|| counted(rows, "conversation"));
        rows.map(|rows| format!("leaves out what cannot be put back on {rows}"))
    }
}

/// What cannot be put back, most of it in a temporary file.
#[derive(Debug)]
pub struct LeftOutFields {
    /// Rows with such a field.
    rows: u64,
    /// The same by reason.
    reasons: BTreeMap<String, u64>,
    /// Rows that are listed for people.
    first: Vec<Vec<FieldLeftOut>>,
    /// All fields, a line of JSON each.
    all: RefCell<File>,
}

impl LeftOutFields {
    /// None so far.
    ///
    /// # Errors
    /// When no temporary file can be made.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            rows: 0,
            reasons: BTreeMap::new(),
            first: Vec::new(),
            all: RefCell::new(tempfile::tempfile()?),
        })
    }

    /// Adds those of one row.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn add_row(&mut self, fields: Vec<FieldLeftOut>) -> io::Result<()> {
        if fields.is_empty() {
            return Ok(());
        }
        self.rows += 1;
        let mut lines = Vec::new();
        let mut reasons: Vec<&str> = Vec::new();
        for field in &fields {
            serde_json::to_writer(&mut lines, field)?;
            lines.push(b'\n');
            if !reasons.contains(&field.reason.as_str()) {
                reasons.push(&field.reason);
            }
        }
        for reason in reasons {
            *self.reasons.entry(reason.to_owned()).or_default() += 1;
        }
        self.all.get_mut().write_all(&lines)?;
        if self.first.len() < ROWS_SHOWN {
            self.first.push(fields);
        }
        Ok(())
    }

    /// Reasons, the commonest first.
    fn by_reason(&self) -> Vec<ReasonRows> {
        let reasons = self.reasons.iter().map(|(reason, rows)| ReasonRows {
            reason: reason.clone(),
            rows: *rows,
        });
        let mut reasons: Vec<_> = reasons.collect();
        reasons.sort_by_key(|reason| Reverse(reason.rows));
        reasons
    }

    fn text(&self) -> String {
        let mut text = String::new();
        if self.rows == 0 {
            return text;
        }
        let rows = counted(self.rows, "conversation");
        let _ = writeln!(text, "cannot be put back, and is left out, on {rows}:");
        for ReasonRows { reason, rows } in self.by_reason() {
            let _ = writeln!(text, "  {reason}: {}", counted(rows, "row"));
        }
        for row in &self.first {
            let Some(FieldLeftOut { line, slug, .. }) = row.first() else {
                continue;
            };
            let fields: Vec<_> = row.iter().map(in_words).collect();
            let slug = one_line(slug, MAX_NAME);
            let _ = writeln!(text, "  line {line}: {slug}: {}", fields.join("; "));
        }
        let more = self.rows - self.first.len() as u64;
        if more > 0 {
            let _ = writeln!(text, "  ... and {more} more (--dry-run --json lists all)");
        }
        text
    }
}

fn in_words(left_out: &FieldLeftOut) -> String {
    let FieldLeftOut {
        field,
        reason,
        detail,
        ..
    } = left_out;
    let field = field.as_ref().map(|name| one_line(name, MAX_NAME) + ": ");
    let detail = detail.as_ref().map(|detail| format!(": {detail}"));
    format!(
        "{}{reason}{}",
        field.unwrap_or_default(),
        detail.unwrap_or_default()
    )
}

/// All of it: the fields are read from the file one by one.
impl Serialize for LeftOutFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rows", &self.rows)?;
        map.serialize_entry("reasons", &self.by_reason())?;
        map.serialize_entry("fields", &FieldsOfFile(&self.all))?;
        map.end()
    }
}

struct FieldsOfFile<'a>(&'a RefCell<File>);

impl Serialize for FieldsOfFile<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut file = self.0.borrow_mut();
        file.rewind().map_err(S::Error::custom)?;
        let mut sequence = serializer.serialize_seq(None)?;
        for line in BufReader::new(&mut *file).lines() {
            let line = line.map_err(S::Error::custom)?;
            let field: &RawValue = serde_json::from_str(&line).map_err(S::Error::custom)?;
            sequence.serialize_element(field)?;
        }
        sequence.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_see_the_first_rows_and_scripts_all_of_them() {
        let mut left_out = LeftOutFields::new().expect("a temporary file");
        for line in 1..=25 {
            let field = |name: &str| FieldLeftOut {
                line,
                slug: format!("row-{line}"),
                field: Some(name.into()),
                reason: "custom field that did not exist".into(),
                detail: None,
            };
            let fields = vec![field("data.a\u{1b}[31m"), field("data.b")];
            left_out.add_row(fields).expect("room");
        }
        left_out.add_row(Vec::new()).expect("room");
        let preview = UndoPreview {
            undoes_undo: None,
            left_out,
        };
        let text = preview.text();
        assert!(text.contains("  custom field that did not exist: 25 rows\n"));
        assert!(text.contains("  line 20: row-20: data.a"), "{text}");
        assert!(
            !text.contains("row-21") && !text.contains('\u{1b}'),
            "{text}"
        );
        assert!(text.contains("... and 5 more (--dry-run --json lists all)"));
        // As often as it is asked for.
        for _ in 0..2 {
            let document = serde_json::to_value(&preview.left_out).expect("JSON");
            assert_eq!(document["rows"], 25);
            let fields = document["fields"].as_array().expect("a list");
            assert_eq!(fields.len(), 50);
            assert_eq!(fields[49]["slug"], "row-25");
        }
    }
}
