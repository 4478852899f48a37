//! What a page shows, as plain data, and what all its sections are.

use jiff::Timestamp;
use maud::{Markup, html};

use super::parts::file;
use super::rows::PageRows;
use crate::model::{RequestRate, SendCounts, Summary, TimelineBucket};
use crate::report::AccountLabel;

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// A run.
    Run,
    /// A run that puts back what another one changed.
    Undo,
    /// What a run would do, as far as the account shows it: rows that would change are `updated`.
    Preview,
}

/// Everything that a page shows.
#[derive(Debug)]
pub struct Page<'a> {
    /// What it is about.
    pub kind: PageKind,
    /// The name of the input; of an undo, that of the run that is undone.
    pub input: &'a str,
    /// Where requests went, and as whom.
    pub account: AccountLabel<'a>,
    /// What was done, in numbers.
    pub summary: &'a Summary,
    /// Its rows.
    pub rows: PageRows,
    /// Rows of which nothing is recorded, because the run was killed: they count as not sent, and may
    /// have been in flight.
    pub unrecorded: u64,
    /// What was sent when; empty if that is not known.
    pub timeline: &'a [TimelineBucket],
    /// The name of the file with rows to fix, if there is one.
    pub failed: Option<&'a str>,
    /// Of a sample, the rows that it was taken from.
    pub sample_of: Option<u64>,
    /// The command that puts back what a run changed, if it can be undone.
    pub undo: Option<String>,
    /// Of a preview, what the run would be.
    pub run_ahead: Option<RunAhead>,
    /// When the page is made.
    pub made_at: Timestamp,
}

/// A run that was previewed.
#[derive(Debug)]
pub struct RunAhead {
    /// Its requests.
    pub counts: SendCounts,
    /// No faster than that.
    pub rate: RequestRate,
    /// Rows that it would not read first.
    pub cannot_undo: u64,
}

/// A part of the page below a heading of its own.
pub(super) struct PageSection {
    /// What links to it.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) content: Markup,
}

impl Page<'_> {
    /// Where rows are that are not listed.
    pub(super) fn elsewhere(&self) -> Markup {
        match (self.kind, self.failed) {
            (PageKind::Preview, _) => html! { code { "--json" } " lists every row." },
            (_, None) => html! { "Every row is in " (file("results.csv")) "." },
            (_, Some(failed)) => html! {
                "Every row is in " (file("results.csv")) ", and those to fix are in " (file(failed)) "."
            },
        }
    }

    /// Where changes are that are not listed.
    pub(super) fn changes_elsewhere(&self) -> Markup {
        match self.kind {
            PageKind::Preview => self.elsewhere(),
            PageKind::Run | PageKind::Undo => html! {
                "Values before a change are in " (file("before.jsonl")) " of rows that were read first."
            },
        }
    }
}
