//! What `select` found -> words, and a table of the conversations.

use serde::Serialize;

use super::table::{Side, WIDTH, shortened, unwrapped_table};
use crate::model::text::{counted, one_line};

/// How many characters of each column a table shows however little room there is: slugs, statuses and emails
/// in full.
const LEAST: [usize; 5] = [usize::MAX, usize::MAX, usize::MAX, 15, 25];

/// The most characters of tags or a subject in a table.
const MAX_CELL: usize = 60;

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
    /// How many conversations the server counts and lists, if that differs though nothing changed.
    pub miscounted: Option<String>,
    /// Entries of lists without a slug.
    pub unreadable: u64,
    /// Conversations that are not in the file: the list does not show whether they match.
    pub undecided: u64,
    /// Matching conversations that are not in the file: their slugs are not valid as input.
    pub invalid_slugs: u64,
    /// Rows that lack a guard.
    pub unguarded: u64,
    /// Slugs of which a spreadsheet makes something else.
    #[serde(skip)]
    pub spreadsheet_slugs: u64,
    /// The command that previews a run of the file, if it is an input.
    #[serde(skip)]
    pub next: Option<String>,
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
        let lacking = self.unreadable + self.undecided + self.invalid_slugs + self.unguarded;
        self.changed.is_none() && self.miscounted.is_none() && lacking == 0
    }

    /// What the user should know.
    #[must_use]
    pub fn warnings(&self, is_for_spreadsheets: bool) -> Vec<String> {
        let changed = self.changed.as_ref().map(|changed| {
            format!("{changed}: conversations may be missing or no longer match (try again at a quieter time)")
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
            self.miscounted.clone(),
            some(self.unreadable, &|some| {
                format!("{some} listed without a slug: not written")
            }),
            some(self.undecided, &|some| {
                format!("{some} not written: the list does not show what the filters compare")
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
        match (&self.file, &self.next) {
            (Some(file), Some(next)) if self.selected > 0 => {
                format!(
                    "{found}: {file}\nadd a column such as add_tags or status, or use --set; then: {next}"
                )
            }
            (Some(file), _) => format!("{found}: {file}"),
            (None, _) => found,
        }
    }
}

/// Conversations as people look at them, a line for each: slug, status, assignee, tags and subject. Tags and
/// subjects are shortened, on a terminal to what it has room for.
pub fn selected_table(rows: impl Iterator<Item = [String; 5]>, is_terminal: bool) -> String {
    let header = ["slug", "status", "assignee", "tags", "subject"].map(str::to_owned);
    let mut rows: Vec<_> = std::iter::once(header).chain(rows).collect();
    let mut room = if is_terminal {
        WIDTH.into()
    } else {
        usize::MAX
    };
    for (at, least) in LEAST.into_iter().enumerate() {
        let share = if at == 3 { room / 2 } else { room };
        let mut longest = 0;
        for row in &mut rows {
            let cell = one_line(&row[at], MAX_CELL.max(least));
            row[at] = shortened(&cell, share.clamp(least, MAX_CELL.max(least))).into_owned();
            longest = longest.max(row[at].chars().count());
        }
        room = room.saturating_sub(longest + 2);
    }
    unwrapped_table([Side::Left; 5], rows)
}
