//! What `select` found -> words, and a table of the conversations.

use std::ffi::OsStr;

use serde::Serialize;

use super::table::{Side, table};
use crate::model::shell_word;
use crate::model::text::{counted, one_line};

/// What `select` found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SelectSummary {
    /// The program's exit status.
    pub exit_status: u8,
    /// Why there is no file.
    pub error: Option<String>,
    /// The file that was written; `None` for standard output.
    pub file: Option<String>,
    /// Conversations that were listed.
    pub listed: u64,
    /// Conversations that match, and are in the file.
    pub selected: u64,
    /// Pages that were read.
    pub pages: u64,
    /// How a list changed while it was read for the last time, if it did.
    pub changed: Option<String>,
    /// Entries of lists without a slug.
    pub unreadable: u64,
    /// Matching conversations that are not in the file: their slugs are not valid as input.
    pub invalid_slugs: u64,
    /// Rows that lack a guard.
    pub unguarded: u64,
    /// Slugs of which a spreadsheet makes something else.
    #[serde(skip)]
    pub spreadsheet_slugs: u64,
}

impl SelectSummary {
    /// What there is to say of a selection that failed.
    #[must_use]
    pub fn failed(exit_status: u8, error: String) -> Self {
        Self {
            exit_status,
            error: Some(error),
            ..Self::default()
        }
    }

    /// Whether the file contains all that match, as it should.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let lacking = self.unreadable + self.invalid_slugs + self.unguarded;
        self.changed.is_none() && lacking == 0
    }

    /// What the user should know.
    #[must_use]
    pub fn warnings(&self, is_for_spreadsheets: bool) -> Vec<String> {
        let changed = self.changed.as_ref().map(|changed| {
            format!("{changed}: conversations may be missing, or not match any more (select again when less is going on)")
        });
        let some = |count: u64, text: &dyn Fn(String) -> String| {
            (count > 0).then(|| text(counted(count, "conversation")))
        };
        let spreadsheet_slugs = if is_for_spreadsheets {
            self.spreadsheet_slugs
        } else {
            0
        };
        [
            changed,
            some(self.unreadable, &|some| {
                format!("{some} listed without a slug: not written")
            }),
            some(self.invalid_slugs, &|some| {
                format!("{some} with a slug that is not valid as input: not written")
            }),
            some(self.unguarded, &|some| {
                format!("{some} written without one of the guards: what they show is not valid as input")
            }),
            some(spreadsheet_slugs, &|some| {
                format!(
                    "{some} with a slug like a number, date or formula: a spreadsheet changes it unless the column slug is imported as text"
                )
            }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What was selected, in words.
    pub(super) fn text(&self) -> String {
        let listed = counted(self.listed, "conversation");
        let pages = counted(self.pages, "page");
        let found = format!("selected {} of {listed} ({pages})", self.selected);
        match &self.file {
            Some(file) if self.selected > 0 => {
                let word = shell_word(OsStr::new(file));
                format!(
                    "{found}: {file}\nadd a column such as add_tags or status, or use --set; then: reamaze-bulk run {word} --dry-run"
                )
            }
            Some(file) => format!("{found}: {file}"),
            None => found,
        }
    }
}

/// Conversations as people look at them: slug, status, assignee, tags and subject.
pub fn selected_table(rows: impl Iterator<Item = [String; 5]>) -> String {
    let header = ["slug", "status", "assignee", "tags", "subject"].map(str::to_owned);
    let rows = rows.map(|row| row.map(|cell| one_line(&cell, 60)));
    table(0, [Side::Left; 5], std::iter::once(header).chain(rows))
}
