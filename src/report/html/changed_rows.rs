//! What rows change -> the totals, and the first of these rows, in bounded memory.

use super::limits::{CHANGED_ROWS, VALUE_CHARS, VALUES};
use crate::model::text::one_line;
use crate::model::{ChangeTotals, RowDiff, RowResult, TagDiff};

/// What rows change, of the first of them one by one.
#[derive(Debug, Default)]
pub(super) struct ChangedRows {
    pub(super) totals: ChangeTotals,
    pub(super) first: Vec<ChangedRow>,
}

/// What a row changes.
#[derive(Debug)]
pub(super) struct ChangedRow {
    pub(super) line: u64,
    pub(super) slug: String,
    pub(super) subject: String,
    pub(super) diff: RowDiff,
}

impl ChangedRows {
    pub(super) fn add(&mut self, row: &RowResult<'_>, diff: &RowDiff, subject: &str) {
        self.totals.add(diff);
        if !diff.is_empty() && self.first.len() < CHANGED_ROWS.0 {
            self.first.push(ChangedRow {
                line: row.line,
                slug: row.slug.to_owned(),
                subject: subject.to_owned(),
                diff: cut(diff),
            });
        }
    }
}

/// As much of a change as is shown.
fn cut(diff: &RowDiff) -> RowDiff {
    let tags = |tags: &[String]| -> Vec<String> {
        let shown = tags.iter().take(VALUES);
        let mut shown: Vec<_> = shown.map(|tag| one_line(tag, VALUE_CHARS)).collect();
        if let more @ 1.. = tags.len().saturating_sub(VALUES) {
            shown.push(format!("… ({more} more)"));
        }
        shown
    };
    let fields = diff.fields.iter().take(VALUES);
    let fields = fields.map(|field| field.shortened(|text| one_line(text, VALUE_CHARS)));
    RowDiff {
        fields: fields.collect(),
        tags: TagDiff {
            added: tags(&diff.tags.added),
            removed: tags(&diff.tags.removed),
            wiped: tags(&diff.tags.wiped),
            set: diff.tags.set.as_deref().map(tags),
        },
    }
}
