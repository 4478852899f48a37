//! What a run would do -> the page for people, as wide as a terminal at most: what the file is, its
//! fields, its first rows; and last, next to the question, the figures that matter.

use super::fields_table::fields_table;
use super::table::{GLUE, Side, WIDTH, shortened, table, wrapped};
use super::{Plan, Sample, UndoPreview};
use crate::model::Detail;
use crate::model::text::one_line;

/// Lines of a terminal.
const LINES: usize = 24;

/// Characters of a slug.
const SLUG_CHARS: usize = 40;

/// Characters of what a row changes, in about two lines.
const CHANGE_CHARS: usize = 100;

/// How much of what a row changes is shown.
#[derive(Debug, Clone, Copy)]
enum ChangeShown {
    /// A few lines of it.
    Lines,
    /// What fits into the line of its slug.
    Line,
}

impl Plan<'_> {
    /// The page. It and the question fit a terminal unless there is very much to say.
    #[must_use]
    pub fn page(&self) -> String {
        let page = self.page_with(ChangeShown::Lines);
        let lines = page.lines().count() + self.question().lines().count();
        if lines <= LINES || self.detail == Detail::Exchanges {
            return page;
        }
        self.page_with(ChangeShown::Line)
    }

    fn page_with(&self, shown: ChangeShown) -> String {
        let parts = [
            wrapped(&self.file(), 2),
            fields_table(self.preview),
            self.first_rows(shown),
            self.first_requests(),
            self.undo.map(UndoPreview::page).unwrap_or_default(),
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

    /// What the first rows change, as far as that is known without reading their conversations.
    fn first_rows(&self, shown: ChangeShown) -> String {
        if self.samples.is_empty() {
            return String::new();
        }
        let mut rows = vec![["line", "conversation", "change"].map(str::to_owned)];
        for Sample { update, diff, .. } in &self.samples {
            let slug = one_line(update.slug.as_str(), SLUG_CHARS);
            // An arrow stays with what follows.
            let change = diff.to_string().replace("-> ", &format!("->{GLUE}"));
            rows.push([update.line.to_string(), slug, change]);
        }
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
        let used: usize = (0..2).filter_map(width).map(|width| width + 2).sum();
        let most = match shown {
            ChangeShown::Lines => CHANGE_CHARS,
            ChangeShown::Line => usize::from(WIDTH).saturating_sub(2 + used + 1),
        };
        for [_, _, change] in &mut rows {
            *change = shortened(change, most).into_owned();
        }
        table(2, [Side::Right, Side::Left, Side::Left], rows)
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

    /// What to know before saying yes; the greatest danger last.
    fn warnings_and_figures(&self) -> String {
        let warnings = self.warnings.iter();
        let warnings = warnings.map(|warning| format!("warning: {warning}"));
        let account = format!("account: {}", self.account);
        let undo = self.undo.map(UndoPreview::warnings).unwrap_or_default();
        let (sent, nothing) = match self.send_counts.rows {
            0 => (None, Some("as the file is, nothing is sent".to_owned())),
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
