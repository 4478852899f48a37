//! What a run would do -> the page for people, as wide as a terminal at most: what the file is, its
//! fields, its first rows; and last, next to the question, the figures that matter.

use super::changes_table::ChangesShown;
use super::fields_table::fields_table;
use super::first_rows::{RowRoom, first_rows};
use super::table::wrapped;
use super::{BlockedBy, Plan, UndoPreview};
use crate::model::Detail;

/// Lines of a terminal.
const LINES: usize = 24;

/// Rows that an undo cannot fully put back, where there is little room.
const FEW_LEFT_OUT: usize = 2;

/// Rows whose changes are shown at most, where requests are not.
const FEW_ROWS: usize = 3;

/// How much of a page is shown.
#[derive(Debug, Clone, Copy)]
struct Extent {
    /// Fields and guards in their table; without room for any, the account as it was has to do.
    fields: usize,
    /// Changes of each kind in the account as it was.
    changes: usize,
    rows: RowsShown,
}

/// How much of single rows is shown.
#[derive(Debug, Clone, Copy)]
enum RowsShown {
    /// The first rows, and what an undo leaves out, in a few lines each.
    Lines,
    /// The same in a line each.
    Line,
    /// Only what an undo leaves out, in not more than so many lines.
    LeftOut(usize),
}

const fn extent(fields: usize, changes: usize, rows: RowsShown) -> Extent {
    Extent {
        fields,
        changes,
        rows,
    }
}

/// Of a page that shows what the rows set.
const OF_FIELDS: [Extent; 2] = [
    extent(8, 0, RowsShown::Lines),
    extent(8, 0, RowsShown::Line),
];

/// The same where names are not known to the account: it is these that matter.
const OF_NAMES: [Extent; 4] = [
    OF_FIELDS[0],
    OF_FIELDS[1],
    extent(6, 0, RowsShown::LeftOut(0)),
    extent(4, 0, RowsShown::LeftOut(0)),
];

/// Of an undo.
const OF_UNDO: [Extent; 4] = [
    OF_FIELDS[0],
    OF_FIELDS[1],
    extent(6, 0, RowsShown::LeftOut(usize::MAX)),
    extent(6, 0, RowsShown::LeftOut(FEW_LEFT_OUT)),
];

/// Of a page that shows what changes in the account as it was.
const OF_STATE: [Extent; 8] = [
    extent(8, 10, RowsShown::Lines),
    extent(8, 5, RowsShown::Line),
    extent(4, 3, RowsShown::Line),
    extent(0, 5, RowsShown::Line),
    extent(0, 3, RowsShown::Line),
    extent(0, 2, RowsShown::Line),
    extent(0, 1, RowsShown::Line),
    extent(0, 1, RowsShown::LeftOut(0)),
];

impl Plan<'_> {
    /// The page. It and the question fit a terminal unless there is very much to say.
    #[must_use]
    pub fn page(&self) -> String {
        let all = match (self.state, self.undo) {
            (Some(_), _) => &OF_STATE[..],
            (None, Some(_)) => &OF_UNDO,
            (None, None) if !self.names.is_empty() => &OF_NAMES,
            (None, None) => &OF_FIELDS,
        };
        let all = match self.detail {
            Detail::Exchanges => &all[..1],
            Detail::Outcomes => all,
        };
        let mut page = String::new();
        for extent in all {
            page = self.page_with(*extent);
            if page.lines().count() + self.question().lines().count() <= LINES {
                break;
            }
        }
        page
    }

    fn page_with(&self, extent: Extent) -> String {
        let fields = match extent.fields {
            0 => String::new(),
            most => fields_table(self.preview, most),
        };
        let shown = ChangesShown {
            most: extent.changes,
            reasons: extent.changes.div_ceil(3),
            all: "--dry-run --json",
        };
        let state = self.state.map(|state| state.section(shown));
        let parts = [
            wrapped(&self.file(), 2),
            fields,
            state.unwrap_or_default(),
            self.first_rows(extent),
            self.first_requests(),
            self.left_out(extent.rows),
            self.warnings_and_figures(),
        ];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("\n")
    }

    /// What the file is.
    fn file(&self) -> String {
        let rows = self.rows();
        match self.preview.without_change {
            0 => rows,
            1 => format!("{rows}, 1 changes nothing"),
            without_change => format!("{rows}, {without_change} change nothing"),
        }
    }

    fn nothing_sent(&self) -> &'static str {
        match self.blocked_by {
            Some(BlockedBy::InvalidRows) => "nothing will be sent: fix the invalid rows",
            Some(BlockedBy::File) => "nothing will be sent",
            None => "nothing to send",
        }
    }

    /// What the first rows change, as far as that is known without reading their conversations. Of the
    /// account as it was, those that change something.
    fn first_rows(&self, extent: Extent) -> String {
        let room = match extent.rows {
            RowsShown::Lines => RowRoom::Lines,
            RowsShown::Line => RowRoom::Line,
            RowsShown::LeftOut(_) => return String::new(),
        };
        if let Some(state) = self.state {
            let most = match self.detail {
                Detail::Exchanges => usize::MAX,
                Detail::Outcomes => extent.changes.clamp(2, FEW_ROWS),
            };
            let rows = state.changes.first.iter().take(most);
            let rows = rows.map(|row| (row.line, row.slug.as_str(), &row.diff));
            return first_rows(rows, room);
        }
        let samples = self.samples.iter();
        let rows = samples.map(|sample| {
            (
                sample.update.line,
                sample.update.slug.as_str(),
                &sample.diff,
            )
        });
        first_rows(rows, room)
    }

    /// The first requests, where requests are shown. Their lines are as long as they are: they may be
    /// copied.
    fn first_requests(&self) -> String {
        if self.detail == Detail::Outcomes || self.samples.is_empty() {
            return String::new();
        }
        let requests = self.samples.iter().map(|sample| format!("{sample}\n"));
        format!("first requests:\n{}", requests.collect::<String>())
    }

    /// What an undo does not put back.
    fn left_out(&self, shown: RowsShown) -> String {
        let Some(undo) = self.undo else {
            return String::new();
        };
        match shown {
            RowsShown::Lines => undo.page(),
            RowsShown::Line => undo.page_with(&undo.left_out.short_page(usize::MAX)),
            RowsShown::LeftOut(most) => undo.page_with(&undo.left_out.short_page(most)),
        }
    }

    /// What to know before saying yes; the greatest danger last.
    fn warnings_and_figures(&self) -> String {
        let warnings = self.all_warnings().into_iter();
        let warnings = warnings.map(|warning| format!("warning: {warning}"));
        let account = format!("account: {}", self.account);
        let undo = self.undo.map(UndoPreview::warnings).unwrap_or_default();
        let (sent, nothing) = match self.send_counts.rows {
            0 => (None, Some(self.nothing_sent().to_owned())),
            _ => (Some(self.sending()), None),
        };
        let lines = warnings
            .chain([account])
            .chain(sent)
            .chain(self.limited())
            .chain(self.all_data())
            .chain(self.damaged())
            .chain(undo)
            .chain(self.tags())
            .chain(self.no_undo())
            .chain(nothing);
        lines.map(|line| wrapped(&line, 2)).collect()
    }
}
