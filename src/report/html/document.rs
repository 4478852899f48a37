//! A page -> one HTML file: its head, what it begins with, its sections in order.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::limits::{ERROR_CHARS, NAME_CHARS};
use super::page::{Page, PageKind, PageSection};
use super::parts::{counted_grouped, foreign, grouped, time};
use super::{changes, chart, figures, listings, outcomes, reasons};
use crate::model::Outcome;
use crate::model::text::one_line;

/// The style sheet, which is the only thing that the page's security policy lets in.
const STYLE: &str = include_str!("style.css");

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
                        @for PageSection { id, title, content } in &sections {
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
    fn sections(&self) -> Vec<PageSection> {
        let sections = [
            outcomes::section(self),
            Some(figures::section(self)),
            reasons::section(self),
            figures::left_out_of_undo(self),
            chart::section(self),
            changes::totals(self),
            listings::need_a_look(self),
            listings::not_sent(self),
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

    fn header(&self, title: &str, sections: &[PageSection]) -> Markup {
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
                @if let Some(command) = &self.undo {
                    p.facts { "To undo this run: " code { (foreign(command, NAME_CHARS)) } }
                }
                nav aria-label="Sections" {
                    ul { @for PageSection { id, title, .. } in sections { li { a href={ "#" (id) } { (title) } } } }
                }
            }
        }
    }

    /// What matters most, in a sentence or two.
    fn lead(&self) -> String {
        if self.summary.rows == 0 {
            return "There were no rows.".to_owned();
        }
        let others: Vec<_> = self.others();
        let (done, others) = (self.done(), others.join(", "));
        if others.is_empty() {
            format!("{done}.")
        } else {
            format!("{done}. {others}.")
        }
    }

    /// What became of most rows.
    fn done(&self) -> String {
        let counts = &self.summary.counts;
        let updated = counts.of(Outcome::Updated);
        let all = counted_grouped(self.summary.rows, "row");
        let verb = if updated == 1 { "is" } else { "are" };
        let updated_rows = grouped(updated);
        match (self.kind, counts.of(Outcome::NotSent), self.sample_of) {
            (PageKind::Preview, 0, None) => format!("{updated_rows} of {all} would change"),
            (PageKind::Preview, 0, Some(of)) => {
                let of = counted_grouped(of, "row");
                format!("{updated_rows} of {all} in a sample of {of} would change")
            }
            (PageKind::Preview, not_read, _) => {
                let read = counted_grouped(self.summary.rows - not_read, "row");
                format!("{updated_rows} of {read} that were read would change")
            }
            (PageKind::Undo, ..) => format!("{updated_rows} of {all} {verb} restored"),
            (PageKind::Run, ..) if updated == self.summary.rows && updated > 1 => {
                format!("All {all} are updated")
            }
            (PageKind::Run, ..) => format!("{updated_rows} of {all} {verb} updated"),
        }
    }

    /// What became of the others.
    fn others(&self) -> Vec<String> {
        let counts = &self.summary.counts;
        let not_sent = match self.kind {
            PageKind::Preview => ("was not read", "were not read"),
            PageKind::Run | PageKind::Undo if self.unrecorded > 0 => {
                ("has no result", "have no result")
            }
            PageKind::Run | PageKind::Undo => ("was not sent", "were not sent"),
        };
        let left_out = self.summary.cannot_put_back.as_ref();
        let would_lose_tags = match self.kind {
            PageKind::Preview => self.rows.changed.totals.wiping_rows,
            PageKind::Run | PageKind::Undo => 0,
        };
        let others = [
            (
                counts.of(Outcome::Unchanged),
                (
                    "already shows the requested values",
                    "already show the requested values",
                ),
            ),
            (
                self.summary.differs,
                (
                    "differs from the requested values",
                    "differ from the requested values",
                ),
            ),
            (
                counts.failed_file_rows(),
                ("needs attention", "need attention"),
            ),
            (counts.of(Outcome::NotSent), not_sent),
            (would_lose_tags, ("would lose tags", "would lose tags")),
            (
                left_out.map_or(0, |left_out| left_out.rows),
                ("is not fully restored", "are not fully restored"),
            ),
        ];
        let others = others.into_iter().filter(|(rows, _)| *rows > 0);
        let others = others.map(|(rows, (one, many))| {
            let what = if rows == 1 { one } else { many };
            format!("{} {what}", grouped(rows))
        });
        others.collect()
    }

    fn footer(&self) -> Markup {
        html! {
            footer {
                p {
                    "Made by reamaze-bulk " (env!("CARGO_PKG_VERSION")) " at " (time(self.made_at))
                    @if let Some(directory) = &self.summary.run_dir {
                        ", from the run directory " code { (foreign(directory, NAME_CHARS)) }
                    }
                    ". It contains slugs, tags and field values"
                    @if self.rows.shows_subjects() { " and subjects, but no message text" } @else { ", but no message text or subjects" }
                    ": share it accordingly."
                }
            }
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
