//! What there is to say of an undo before it sends its rows -> lines of the page and of the log.

use std::fmt::Write as _;

use super::LeftOutFields;
use super::table::wrapped;
use crate::model::CannotPutBack;
use crate::model::text::counted;

/// What an undo does beside the rows that it sends.
#[derive(Debug)]
pub struct UndoPreview {
    /// The run that is undone, as the user named it.
    pub run: String,
    /// Whether that was an undo itself.
    pub is_of_undo: bool,
    /// What cannot be put back.
    pub left_out: LeftOutFields,
}

impl UndoPreview {
    /// What there is to say in a log, with the end of its last line.
    #[must_use]
    pub(super) fn text(&self) -> String {
        let mut text = self.left_out.text();
        if let Some(fact) = self.of_undo() {
            let _ = writeln!(text, "{fact}");
        }
        let _ = writeln!(text, "{}", self.not_undone());
        text
    }

    /// The part of a page that is about it, without what to know last.
    pub(super) fn page(&self) -> String {
        self.page_with(&self.left_out.page())
    }

    /// The same with another list of what cannot be put back.
    pub(super) fn page_with(&self, left_out: &str) -> String {
        left_out.to_owned() + &wrapped(self.not_undone(), 2)
    }

    /// What to know before answering yes.
    pub(super) fn warnings(&self) -> Vec<String> {
        let rows = self.cannot_put_back().rows;
        let rows = (rows > 0).then(|| {
            let rows = counted(rows, "conversation");
            format!("{rows} will not be fully restored")
        });
        self.of_undo().into_iter().chain(rows).collect()
    }

    /// What to know if the run is an undo itself.
    #[must_use]
    pub fn of_undo(&self) -> Option<String> {
        self.undoes_undo().map(|run| {
            format!("{run} is itself an undo: undoing it reapplies the original changes")
        })
    }

    /// What no undo puts back.
    #[must_use]
    pub fn not_undone(&self) -> &'static str {
        "not undone: side effects of the changes (workflows, emails, statistics)"
    }

    /// The run that is undone, if that is an undo itself.
    pub(super) fn undoes_undo(&self) -> Option<&str> {
        self.is_of_undo.then_some(self.run.as_str())
    }

    /// What it leaves out, in numbers.
    #[must_use]
    pub fn cannot_put_back(&self) -> CannotPutBack {
        self.left_out.figures()
    }
}
