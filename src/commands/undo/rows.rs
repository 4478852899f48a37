//! What a run has changed -> the rows of its undo, as JSONL, and what they leave out.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};

use jiff::Timestamp;

use super::original::Original;
use crate::change::{NotUndone, undo};
use crate::commands::made_rows::MadeRows;
use crate::error::Error;
use crate::ledger::{LedgerError, each_record};
use crate::model::text::quoted;
use crate::model::{BeforeImage, Shown as _};
use crate::report::{FieldLeftOut, LeftOutExtent, LeftOutFields, UndoPreview};
use crate::validate::Damaged;

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
        let rules = MadeRows::new(now, Damaged::Send);
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
            let undo = rules.undo(&image, undo);
            if let Some(line) = &undo.line {
                temporary(writer.write_all(line.as_bytes()))?;
                rows += 1;
            }
            temporary(left_out.add_row(undo.left_out, undo.extent))?;
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
