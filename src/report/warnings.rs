//! What a run would do that gives pause -> short sentences for the page and the line. Their subject is
//! the run.

use std::fmt::Write as _;

use super::words::{READ_FIRST, cannot_undo};
use super::{Plan, StateFindings};
use crate::model::TagRows;
use crate::model::text::counted;

/// Tags that are named of those that are lost.
const TAGS_SHOWN: usize = 5;

impl Plan<'_> {
    /// What may be wrong with the file as a whole, its state columns included.
    pub(super) fn all_warnings(&self) -> Vec<String> {
        let of_state = self.state.and_then(StateFindings::warning);
        self.warnings.iter().cloned().chain(of_state).collect()
    }

    /// Custom fields are sent beyond those that change.
    pub(super) fn all_data(&self) -> Option<String> {
        let rows = self.preview.sends_all_data();
        (rows > 0).then(|| {
            let rows = counted(rows, "conversation");
            format!("sends all custom fields of {rows} (--data-whole)")
        })
    }

    /// Whether a limit keeps back rows that are due.
    pub(super) fn is_limited(&self) -> bool {
        (1..self.preview.with_change()).contains(&self.send_counts.rows)
    }

    /// Not all rows are sent.
    pub(super) fn limited(&self) -> Option<String> {
        let (due, sent) = (self.preview.with_change(), self.send_counts.rows);
        let first = match sent {
            1 => "only the first of these",
            _ => &format!("only the first {sent} of these"),
        };
        let are = if sent == 1 { "is" } else { "are" };
        self.is_limited()
            .then(|| format!("{first} {due} rows {are} sent now (--limit)"))
    }

    /// Values are sent that look wrong.
    pub(super) fn damaged(&self) -> Option<String> {
        let damaged = self.preview.damaged();
        (damaged > 0).then(|| {
            let values = counted(damaged, "damaged value");
            format!("sends {values} in custom fields unchanged (--allow-damaged)")
        })
    }

    /// Tags are edited.
    pub(super) fn edits(&self) -> Option<String> {
        let rows = self.tag_rows().edited;
        (rows > 0).then(|| format!("edits tags on {}", self.conversations(rows)))
    }

    /// What the rows do to tags; with a limit, those within it.
    pub(super) fn tag_rows(&self) -> TagRows {
        if self.is_limited() {
            return self.preview.sent_tags;
        }
        TagRows {
            replaced: self.preview.replaces_tags,
            cleared: self.preview.clears_tags,
            edited: self.preview.edits_tags,
        }
    }

    /// So many conversations; with a limit, of those within it.
    fn conversations(&self, rows: u64) -> String {
        match self.send_counts.rows {
            _ if !self.is_limited() => counted(rows, "conversation"),
            1 => "this conversation".to_owned(),
            sent if sent == rows => format!("these {sent} conversations"),
            sent => format!("{rows} of these {sent} conversations"),
        }
    }

    /// Rows of which nobody will know what was there before. In the sandbox, that is no loss.
    pub(super) fn cannot_undo(&self) -> u64 {
        if self.account.is_sandbox {
            0
        } else {
            self.send_counts.cannot_undo()
        }
    }

    /// An undo would not put all of it back.
    pub(super) fn no_undo(&self) -> Option<String> {
        let rows = self.cannot_undo();
        // A resumed run is bound to how it was started.
        let advice = if self.settled == 0 {
            READ_FIRST
        } else {
            "the run was started without --read-first"
        };
        (rows > 0).then(|| cannot_undo(rows, advice))
    }

    /// The most dangerous thing that a file does.
    pub(super) fn tags(&self) -> Option<String> {
        let TagRows {
            replaced, cleared, ..
        } = self.tag_rows();
        let mut sentence = match (replaced, cleared) {
            (0, 0) => return None,
            (_, 0) => format!("replaces all tags on {}", self.conversations(replaced)),
            (0, _) => format!("removes all tags from {}", self.conversations(cleared)),
            _ => format!(
                "replaces all tags on {}, removes all tags from {cleared}",
                self.conversations(replaced)
            ),
        };
        if let Some(wiped) = self.state.and_then(|state| state.wiped(TAGS_SHOWN)) {
            let _ = write!(sentence, ": wipes {wiped}");
        }
        Some(sentence)
    }
}
