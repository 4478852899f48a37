//! The page as a whole: its head, what it begins with, and the order of its sections.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::figures;
use super::parts::{counted, file, foreign, grouped, time};
use super::rows::{self, PageRows};
use super::{changes, chart, outcomes, reasons};
use crate::model::text::one_line;
use crate::model::{Outcome, Summary, TimelineBucket};
use crate::report::AccountLabel;

/// The style sheet, which is the only thing that the page's security policy lets in.
const STYLE: &str = include_str!("style.css");

/// The longest name of an input or a directory, in characters.
const NAME_CHARS: usize = 300;

/// The longest message of an error, in characters.
const ERROR_CHARS: usize = 2_000;

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
    /// What was sent when; empty if that is not known.
    pub timeline: &'a [TimelineBucket],
    /// The name of the file with rows to fix, if there is one.
    pub failed: Option<&'a str>,
    /// When the page is made.
    pub made_at: Timestamp,
}

/// A part of the page below a heading of its own.
pub(super) struct Section {
    /// What links to it.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) content: Markup,
}

impl Page<'_> {
    /// The page as one HTML file.
    #[must_use]
    pub fn html(&self) -> String {
        let title = self.title();
        let sections = self.sections();
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy());
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="referrer" content="no-referrer";
                    title { (title) " – reamaze-bulk" }
                    // Without it, browsers ask the server for one.
                    link rel="icon" href="data:,";
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    (self.header(&title, &sections))
                    main {
                        @for Section { id, title, content } in &sections {
                            section aria-labelledby=(id) { h2 id=(id) { (title) } (content) }
                        }
                    }
                    (self.footer())
                }
            }
        }
        .into_string()
    }

    /// What there is to show, the shortest first: of many rows, nobody sees the end.
    fn sections(&self) -> Vec<Section> {
        let sections = [
            outcomes::section(self),
            Some(figures::section(self)),
            reasons::section(self),
            figures::left_out_of_undo(self),
            chart::section(self),
            changes::totals(self),
            rows::need_a_look(self),
            rows::not_sent(self),
            changes::row_by_row(self),
        ];
        sections.into_iter().flatten().collect()
    }

    fn title(&self) -> String {
        let input = one_line(self.input, NAME_CHARS);
        match self.kind {
            PageKind::Run => format!("Run of {input}"),
            PageKind::Undo => format!("Undo of {input}"),
            PageKind::Preview => format!("Preview of {input}"),
        }
    }

    fn header(&self, title: &str, sections: &[Section]) -> Markup {
        let summary = self.summary;
        html! {
            header {
                h1 { bdi { (title) } }
                p.lead { (self.lead()) }
                @if let Some(error) = &summary.error {
                    p.alert { strong { "Ended early: " } (foreign(error, ERROR_CHARS)) }
                }
                p.facts {
                    "Account: " (foreign(&self.account.to_string(), NAME_CHARS))
                    @if let Some(started) = summary.started_at { ", started " (time(started)) }
                    @if let Some(finished) = summary.finished_at { ", ended " (time(finished)) }
                    "."
                }
                nav aria-label="Sections" {
                    ul { @for Section { id, title, .. } in sections { li { a href={ "#" (id) } { (title) } } } }
                }
            }
        }
    }

    /// What matters most, in a sentence or two.
    fn lead(&self) -> String {
        let counts = &self.summary.counts;
        let (updated, unchanged) = (counts.of(Outcome::Updated), counts.of(Outcome::Unchanged));
        let rows = counted(self.summary.rows, "row");
        if self.summary.rows == 0 {
            return "There were no rows.".to_owned();
        }
        let mut lead = match self.kind {
            PageKind::Preview => format!("{} of {rows} would change.", grouped(updated)),
            PageKind::Run | PageKind::Undo if updated == self.summary.rows => {
                format!("All {rows} are updated.")
            }
            PageKind::Run | PageKind::Undo => {
                format!("{} of {rows} are updated.", grouped(updated))
            }
        };
        let parts = [
            (unchanged, "already showed what was asked for"),
            (self.summary.differs, "differ from what was asked for"),
            (counts.failed_file_rows(), "need a look"),
            (
                counts.of(Outcome::NotSent),
                match self.kind {
                    PageKind::Preview => "were not read",
                    PageKind::Run | PageKind::Undo => "were not sent",
                },
            ),
        ];
        let parts = parts.into_iter().filter(|(rows, _)| *rows > 0);
        let parts: Vec<_> = parts
            .map(|(rows, what)| format!("{} {what}", grouped(rows)))
            .collect();
        if !parts.is_empty() {
            lead.push(' ');
            lead.push_str(&parts.join(", "));
            lead.push('.');
        }
        lead
    }

    fn footer(&self) -> Markup {
        html! {
            footer {
                p {
                    "Made by reamaze-bulk " (env!("CARGO_PKG_VERSION")) " at " (time(self.made_at))
                    @if let Some(directory) = &self.summary.run_dir {
                        ", from the run directory " code { (foreign(directory, NAME_CHARS)) }
                    }
                    ". It contains no message text"
                    @if !self.rows.shows_subjects() { " and no subjects" }
                    ", but slugs, tags and values of fields: pass it on as you would pass on these."
                }
            }
        }
    }

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

/// Lets in the style sheet of the page, an empty icon, and nothing else.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
}
