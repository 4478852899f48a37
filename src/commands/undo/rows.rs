//! What a run has changed -> the rows of its undo, as JSONL, and what they leave out.
//!
//! Each part of a row is checked by the rules of every input: what the account had need not be what
//! an input may have.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::slice;

use jiff::Timestamp;

use super::original::Original;
use crate::change::{LeftOut, NotUndone, Undo, UndoPart, UndoRow, undo};
use crate::error::Error;
use crate::input::MAX_RECORD_BYTES;
use crate::ledger::{LedgerError, each_record};
use crate::model::text::quoted;
use crate::model::{BeforeImage, Content, Row, Shown as _, Update, literal};
use crate::report::{FieldLeftOut, LeftOutExtent, LeftOutFields, UndoPreview};
use crate::validate::{Clock, Columns, Damaged, Draft, Rules, Terms};

/// The rows of an undo.
pub(super) struct Rows {
    /// How many there are.
    pub(super) rows: u64,
    /// What there is to say of them.
    pub(super) preview: UndoPreview,
}

impl Rows {
    /// Writes the rows that undo `original` at `now` into `file`.
    pub(super) fn make(original: &Original, file: &File, now: Timestamp) -> Result<Self, Error> {
        let rules = rules(now);
        let mut writer = BufWriter::new(file);
        let mut left_out = temporary(LeftOutFields::new())?;
        let mut rows = 0;
        let mut not_read = BTreeSet::new();
        let mut images = original.images.reader()?;
        for line in original.recorded.changed() {
            let Some(image) = images.image(line)? else {
                not_read.insert(line);
                continue;
            };
            check_slug(original, &image)?;
            let undo = undo(&image, original.unset_fields, now);
            let (text, fields) = valid(&rules, &image, undo);
            if let Some(text) = &text {
                temporary(writer.write_all(text.as_bytes()))?;
                rows += 1;
            }
            let extent = match text {
                Some(_) => LeftOutExtent::Part,
                None => LeftOutExtent::Whole,
            };
            temporary(left_out.add_row(fields, extent))?;
        }
        add_not_read(original, not_read, &mut left_out)?;
        temporary(writer.flush())?;
        Ok(Self {
            rows,
            preview: UndoPreview {
                run: original.directory.path().shown(),
                is_of_undo: original.is_undo(),
                left_out,
            },
        })
    }
}

/// Rules as of a file with these rows and --allow-damaged: what looks damaged is what was there.
fn rules(now: Timestamp) -> Rules {
    let terms = Terms {
        clock: Clock {
            now,
            timezone: None,
        },
        damaged: Damaged::Send,
    };
    Rules::new(Columns::default(), Draft::default(), terms)
}

/// Sees that the image is about the conversation of which the ledger says that it was changed.
fn check_slug(original: &Original, image: &BeforeImage) -> Result<(), Error> {
    if original.recorded.is_about(image.line, &image.slug) {
        return Ok(());
    }
    let (line, slug) = original.images.find(image.line)?.unwrap_or_default();
    Err(Error::Ledger(LedgerError::Edited {
        path: original.directory.images(),
        line,
        what: format!(
            "slug: {}, and results.csv has another one for line {}",
            quoted(&slug),
            image.line
        ),
    }))
}

/// The line of what of `undo` is valid as input, and what is left out.
fn valid(rules: &Rules, image: &BeforeImage, undo: Undo) -> (Option<String>, Vec<FieldLeftOut>) {
    let left_out = |field: String, reason: NotUndone, detail| FieldLeftOut {
        line: image.line,
        slug: image.slug.clone(),
        field: Some(field),
        reason: reason.to_string(),
        detail,
    };
    let known = undo.left_out.into_iter();
    let mut fields: Vec<_> = known
        .map(|LeftOut { field, reason }| left_out(field, reason, None))
        .collect();
    if undo.parts.is_empty() {
        return (None, fields);
    }
    // Nearly always, all of it is valid.
    if let Ok(text) = checked(rules, image, &undo.parts) {
        return (Some(text), fields);
    }
    let mut parts = Vec::new();
    for part in undo.parts {
        if checked(rules, image, slice::from_ref(&part)).is_ok() {
            parts.push(part);
            continue;
        }
        let mut kept = Vec::new();
        for part in part.split() {
            match checked(rules, image, slice::from_ref(&part)) {
                Ok(_) => kept.push(part),
                Err(why) => fields.push(left_out(part.field, NotUndone::Invalid, Some(why))),
            }
        }
        parts.extend(UndoPart::join(kept));
    }
    match checked(rules, image, &parts) {
        _ if parts.is_empty() => (None, fields),
        Ok(text) => (Some(text), fields),
        Err(why) => {
            let parts = parts.into_iter();
            let invalid =
                |part: UndoPart| left_out(part.field, NotUndone::Invalid, Some(why.clone()));
            fields.extend(parts.map(invalid));
            (None, fields)
        }
    }
}

/// The row of these parts as a line, or why it is not valid as input.
fn checked(rules: &Rules, image: &BeforeImage, parts: &[UndoPart]) -> Result<String, String> {
    let slug = &image.slug;
    let text =
        serde_json::to_string(&UndoRow { slug, parts }).map_err(|error| error.to_string())?;
    if text.len() >= MAX_RECORD_BYTES {
        return Err("the row would be too long".to_owned());
    }
    let row = Row {
        line: image.line,
        content: Content::Object(text),
    };
    match rules.check(&row) {
        Err(invalid) => {
            let messages: Vec<_> = invalid
                .violations
                .into_iter()
                .map(|found| found.message)
                .collect();
            return Err(messages.join("; "));
        }
        Ok(update) if !is_meant(&update, parts) => {
            return Err("it would be read as something else".to_owned());
        }
        Ok(_) => {}
    }
    match row.content {
        Content::Object(text) => Ok(text + "\n"),
        Content::Cells(_) | Content::Unreadable { .. } => Err("not an object".to_owned()),
    }
}

/// Whether custom fields are read as they were: names and texts are trimmed in an input.
fn is_meant(update: &Update<'_>, parts: &[UndoPart]) -> bool {
    let meant = parts.iter().filter_map(UndoPart::custom_field);
    let meant = meant.map(|(name, value)| (name.to_owned(), literal(value)));
    let read = update.changes.data.iter();
    let read = read.map(|(name, value)| (name.clone().into_owned(), value.as_text().to_owned()));
    meant.eq(read)
}

/// Adds the rows that were changed without being read first.
fn add_not_read(
    original: &Original,
    mut lines: BTreeSet<u64>,
    left_out: &mut LeftOutFields,
) -> Result<(), Error> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut added = Ok(());
    each_record(&original.directory.results(), |_, record| {
        if lines.remove(&record.line) && added.is_ok() {
            let row = FieldLeftOut {
                line: record.line,
                slug: record.slug,
                field: None,
                reason: NotUndone::NotRead.to_string(),
                detail: None,
            };
            added = left_out.add_row(vec![row], LeftOutExtent::Whole);
        }
    })?;
    temporary(added)
}

/// What came of a temporary file.
pub(super) fn temporary<T>(result: io::Result<T>) -> Result<T, Error> {
    result.map_err(|error| {
        Error::Directory(LedgerError::Io {
            path: std::env::temp_dir(),
            error: error.into(),
        })
    })
}
