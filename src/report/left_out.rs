//! What an undo cannot restore -> a list for people, before they are asked, and the whole of it for
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

use super::table::{shortened, wrapped};
use crate::model::text::{counted, one_line};
use crate::model::{CannotPutBack, ReasonRows};

/// Rows that are listed for people.
const ROWS_SHOWN: usize = 5;

/// Characters of a row for a terminal, in about two lines.
const LINE_CHARS: usize = 150;

/// The same in one line.
const SHORT_LINE_CHARS: usize = 79;

/// The longest name that is listed, in characters.
const MAX_NAME: usize = 100;

/// A field of a conversation that is not restored.
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

/// How much of what a row has changed is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOutExtent {
    /// The rest is restored.
    Part,
    /// Nothing is restored.
    Whole,
}

/// What cannot be restored, most of it in a temporary file.
#[derive(Debug)]
pub struct LeftOutFields {
    /// Rows with such a field.
    rows: u64,
    /// Of these, rows of which nothing is restored.
    whole_rows: u64,
    /// Rows by reason.
    reasons: BTreeMap<String, LeftOutRows>,
    /// Rows that are listed for people.
    first: Vec<Vec<FieldLeftOut>>,
    /// All fields, a line of JSON each.
    all: RefCell<File>,
}

/// Rows of which something is left out for one reason.
#[derive(Debug)]
struct LeftOutRows {
    rows: u64,
    /// The field, if it is the same in all of them.
    field: Option<String>,
}

impl LeftOutFields {
    /// None so far.
    ///
    /// # Errors
    /// When no temporary file can be made.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            rows: 0,
            whole_rows: 0,
            reasons: BTreeMap::new(),
            first: Vec::new(),
            all: RefCell::new(tempfile::tempfile()?),
        })
    }

    /// Adds those of one row.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn add_row(&mut self, fields: Vec<FieldLeftOut>, extent: LeftOutExtent) -> io::Result<()> {
        if fields.is_empty() {
            return Ok(());
        }
        self.rows += 1;
        self.whole_rows += u64::from(extent == LeftOutExtent::Whole);
        let mut lines = Vec::new();
        let mut counted: Vec<&str> = Vec::new();
        for FieldLeftOut { field, reason, .. } in &fields {
            let rows = self.reasons.entry(reason.clone()).or_insert(LeftOutRows {
                rows: 0,
                field: field.clone(),
            });
            if rows.field != *field {
                rows.field = None;
            }
            if !counted.contains(&reason.as_str()) {
                rows.rows += 1;
                counted.push(reason);
            }
        }
        for field in &fields {
            serde_json::to_writer(&mut lines, field)?;
            lines.push(b'\n');
        }
        self.all.get_mut().write_all(&lines)?;
        if self.first.len() < ROWS_SHOWN {
            self.first.push(fields);
        }
        Ok(())
    }

    /// The same in numbers.
    pub(super) fn figures(&self) -> CannotPutBack {
        CannotPutBack {
            rows: self.rows,
            whole_rows: self.whole_rows,
            reasons: self.by_reason(),
        }
    }

    /// Reasons, the commonest first.
    fn by_reason(&self) -> Vec<ReasonRows> {
        let reasons = self.commonest().into_iter();
        let reasons = reasons.map(|(reason, LeftOutRows { rows, .. })| ReasonRows {
            reason: reason.to_owned(),
            rows: *rows,
        });
        reasons.collect()
    }

    /// Reasons with the field if it is always the same, for people, and their rows: the most common first.
    pub(super) fn reasons(&self) -> impl Iterator<Item = (String, u64)> {
        let reasons = self.commonest().into_iter();
        reasons.map(|(reason, LeftOutRows { rows, field })| {
            (format!("{}{reason}", named(field.as_deref())), *rows)
        })
    }

    fn commonest(&self) -> Vec<(&str, &LeftOutRows)> {
        let reasons = self.reasons.iter();
        let mut reasons: Vec<_> = reasons
            .map(|(reason, rows)| (reason.as_str(), rows))
            .collect();
        reasons.sort_by_key(|(_, rows)| Reverse(rows.rows));
        reasons
    }

    /// The list in lines for a terminal; empty if nothing is left out.
    #[must_use]
    pub fn page(&self) -> String {
        for_terminal(&self.text(), LINE_CHARS)
    }

    /// The same with not more than `most` rows, in a line each.
    pub(super) fn short_page(&self, most: usize) -> String {
        for_terminal(&self.list(most), SHORT_LINE_CHARS)
    }

    /// The list for people; empty if nothing is left out.
    #[must_use]
    pub fn text(&self) -> String {
        self.list(ROWS_SHOWN)
    }

    fn list(&self, most: usize) -> String {
        let mut text = String::new();
        if self.rows == 0 {
            return text;
        }
        let rows = counted(self.rows, "conversation");
        let _ = match self.whole_rows {
            0 => writeln!(text, "{rows} cannot be fully restored:"),
            whole if whole == self.rows => writeln!(text, "{rows} cannot be restored at all:"),
            whole => writeln!(
                text,
                "{rows} cannot be fully restored ({whole} of them not at all):"
            ),
        };
        for (reason, rows) in self.reasons() {
            let _ = writeln!(text, "  {reason}: {rows}");
        }
        let listed = &self.first[..self.first.len().min(most)];
        for row in listed {
            let Some(FieldLeftOut { line, slug, .. }) = row.first() else {
                continue;
            };
            let fields: Vec<_> = row.iter().map(in_words).collect();
            let slug = one_line(slug, MAX_NAME);
            let fields = fields.join("; ");
            let _ = writeln!(text, "  {slug} (line {line} of the run): {fields}");
        }
        let more = self.rows - listed.len() as u64;
        if more > 0 {
            let _ = writeln!(text, "  ... and {more} more (--dry-run --json lists all)");
        }
        text
    }
}

/// Lines of a list, at most about `chars` long each.
fn for_terminal(list: &str, chars: usize) -> String {
    let lines = list.lines().map(|line| shortened(line, chars));
    lines.map(|line| wrapped(&line, 4)).collect()
}

fn in_words(left_out: &FieldLeftOut) -> String {
    let FieldLeftOut {
        field,
        reason,
        detail,
        ..
    } = left_out;
    let detail = detail.as_ref().map(|detail| format!(": {detail}"));
    format!(
        "{}{reason}{}",
        named(field.as_deref()),
        detail.unwrap_or_default()
    )
}

/// The name of a field, as it stands before a reason.
fn named(field: Option<&str>) -> String {
    field.map_or_else(String::new, |name| one_line(name, MAX_NAME) + ": ")
}

/// All of it: the fields are read from the file one by one.
impl Serialize for LeftOutFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rows", &self.rows)?;
        map.serialize_entry("whole_rows", &self.whole_rows)?;
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
            left_out.add_row(fields, LeftOutExtent::Part).expect("room");
        }
        left_out
            .add_row(Vec::new(), LeftOutExtent::Whole)
            .expect("room");
        let text = left_out.text();
        assert!(text.starts_with("25 conversations cannot be fully restored:\n"));
        assert!(text.contains("  custom field that did not exist: 25\n"));
        assert!(
            text.contains("  row-5 (line 5 of the run): data.a"),
            "{text}"
        );
        assert!(
            !text.contains("row-6") && !text.contains('\u{1b}'),
            "{text}"
        );
        assert!(text.contains("... and 20 more (--dry-run --json lists all)"));
        // As often as it is asked for.
        for _ in 0..2 {
            let document = serde_json::to_value(&left_out).expect("JSON");
            assert_eq!(document["rows"], 25);
            let fields = document["fields"].as_array().expect("a list");
            assert_eq!(fields.len(), 50);
            assert_eq!(fields[49]["slug"], "row-25");
        }
    }

    #[test]
    fn rows_of_which_nothing_is_restored_are_counted_apart() {
        use LeftOutExtent::{Part, Whole};
        let heading = |extents: &[LeftOutExtent]| {
            let mut left_out = LeftOutFields::new().expect("a temporary file");
            for extent in extents {
                let field = FieldLeftOut {
                    line: 2,
                    slug: "a".into(),
                    field: Some("assignee".into()),
                    reason: "was unassigned".into(),
                    detail: None,
                };
                left_out.add_row(vec![field], *extent).expect("room");
            }
            let text = left_out.text();
            let lines: Vec<_> = text.lines().take(2).collect();
            lines.join("\n")
        };
        let texts = [
            heading(&[]),
            heading(&[Part]),
            heading(&[Part, Whole, Part]),
            heading(&[Whole]),
        ];
        assert_eq!(
            texts,
            [
                "",
                "1 conversation cannot be fully restored:\n  assignee: was unassigned: 1",
                "3 conversations cannot be fully restored (1 of them not at all):\n  assignee: was unassigned: 3",
                "1 conversation cannot be restored at all:\n  assignee: was unassigned: 1",
            ]
        );
    }
}
