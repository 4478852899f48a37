//! Rows that are made of what the account shows, of a plan or of an undo -> lines of JSONL that are valid as
//! input and read as they are meant: what the account has need not be what an input may have.

use std::slice;

use jiff::Timestamp;

use crate::change::{LeftOut, NotUndone, Undo, UndoPart, UndoRow};
use crate::input::MAX_RECORD_BYTES;
use crate::model::{BeforeImage, Content, Row, Update, Violation, literal};
use crate::report::{FieldLeftOut, LeftOutExtent};
use crate::validate::{Clock, Columns, Damaged, Draft, Rules, Terms};

/// The rules of every input, for the rows that are made.
pub(super) struct MadeRows(Rules);

/// The part of an undo that is valid as input.
pub(super) struct ValidUndo {
    /// The row of it, with the end of its line; `None` if nothing is left.
    pub(super) line: Option<String>,
    /// What is not put back.
    pub(super) left_out: Vec<FieldLeftOut>,
    /// How much that is.
    pub(super) extent: LeftOutExtent,
}

impl MadeRows {
    /// Rules as of a file with these rows, at `now`.
    pub(super) fn new(now: Timestamp, damaged: Damaged) -> Self {
        let terms = Terms {
            clock: Clock {
                now,
                timezone: None,
            },
            damaged,
            site: None,
        };
        Self(Rules::new(Columns::default(), Draft::default(), terms))
    }

    /// `text`, an object, as the line of a row, if it is valid as input and `is_meant` finds in it what it
    /// is to say; else what is wrong with it.
    pub(super) fn line(
        &self,
        line: u64,
        mut text: String,
        is_meant: impl FnOnce(&Update<'_>) -> bool,
    ) -> Result<String, Vec<Violation>> {
        let wrong = |message: &str| {
            vec![Violation {
                line,
                field: Violation::ROW.to_owned(),
                message: message.to_owned(),
            }]
        };
        if text.len() >= MAX_RECORD_BYTES {
            return Err(wrong("it would be too long"));
        }
        let row = Row {
            line,
            content: Content::Object(text.clone()),
        };
        let update = self.0.check(&row).map_err(|invalid| invalid.violations)?;
        if !is_meant(&update) {
            return Err(wrong("it would be read as something else"));
        }
        text.push('\n');
        Ok(text)
    }

    /// What of `undo`, which undoes the row of `image`, is valid as input. Text that looks damaged is what
    /// was there: such rules should allow it.
    pub(super) fn undo(&self, image: &BeforeImage, undo: Undo) -> ValidUndo {
        let known = undo.left_out.into_iter();
        let mut fields: Vec<_> = known
            .map(|LeftOut { field, reason }| left_out(image, field, reason, None))
            .collect();
        // Nearly always, all of it is valid.
        let line = self.undo_line(image, &undo.parts).unwrap_or_else(|_| {
            let (line, invalid) = self.valid_parts(image, undo.parts);
            fields.extend(invalid);
            line
        });
        ValidUndo {
            extent: match line {
                Some(_) => LeftOutExtent::Part,
                None => LeftOutExtent::Whole,
            },
            line,
            left_out: fields,
        }
    }

    /// The row of those of `parts` that are valid, and the others.
    fn valid_parts(
        &self,
        image: &BeforeImage,
        parts: Vec<UndoPart>,
    ) -> (Option<String>, Vec<FieldLeftOut>) {
        let invalid = |part: UndoPart, why: String| {
            left_out(image, part.field, NotUndone::Invalid, Some(why))
        };
        let mut fields = Vec::new();
        let mut valid = Vec::new();
        for part in parts {
            if self.undo_line(image, slice::from_ref(&part)).is_ok() {
                valid.push(part);
                continue;
            }
            let mut kept = Vec::new();
            for part in part.split() {
                match self.undo_line(image, slice::from_ref(&part)) {
                    Ok(_) => kept.push(part),
                    Err(why) => fields.push(invalid(part, why)),
                }
            }
            valid.extend(UndoPart::join(kept));
        }
        match self.undo_line(image, &valid) {
            Ok(line) => (line, fields),
            Err(why) => {
                let parts = valid.into_iter();
                fields.extend(parts.map(|part| invalid(part, why.clone())));
                (None, fields)
            }
        }
    }

    /// The row of these parts as a line, none if there are none; or why it is not valid as input.
    fn undo_line(&self, image: &BeforeImage, parts: &[UndoPart]) -> Result<Option<String>, String> {
        if parts.is_empty() {
            return Ok(None);
        }
        let slug = &image.slug;
        let text = serde_json::to_string(&UndoRow { slug, parts });
        let text = text.map_err(|error| error.to_string())?;
        let line = self.line(image.line, text, |update| are_fields_meant(update, parts));
        line.map(Some).map_err(|violations| {
            let messages = violations.into_iter().map(|found| found.message);
            messages.collect::<Vec<_>>().join("; ")
        })
    }
}

fn left_out(
    image: &BeforeImage,
    field: String,
    reason: NotUndone,
    detail: Option<String>,
) -> FieldLeftOut {
    FieldLeftOut {
        line: image.line,
        slug: image.slug.clone(),
        field: Some(field),
        reason: reason.to_string(),
        detail,
    }
}

/// Whether custom fields are read as they were: names and texts are trimmed in an input.
fn are_fields_meant(update: &Update<'_>, parts: &[UndoPart]) -> bool {
    let meant = parts.iter().filter_map(UndoPart::custom_field);
    let meant = meant.map(|(name, value)| (name.to_owned(), literal(value)));
    let read = update.changes.data.iter();
    let read = read.map(|(name, value)| (name.clone().into_owned(), value.as_text().to_owned()));
    meant.eq(read)
}
