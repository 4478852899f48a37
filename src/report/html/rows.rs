//! The rows of a page, one by one -> what it lists and counts of them. Kept in bounded memory while they are
//! added, and shown in bounded space: rows that need a look, rows that were not sent.

use maud::{Markup, html};

use super::changes::ChangedRows;
use super::outcomes::name;
use super::page::{Page, PageKind, Section};
use super::parts::{bounded, foreign, left_out, scrolling};
use super::reasons::{REASON_CHARS, SLUG_CHARS};
use crate::model::text::one_line;
use crate::model::{Outcome, Reasons, RowDiff, RowResult};

/// The longest subject, in characters.
pub(super) const SUBJECT_CHARS: usize = 120;

/// Rows that need a look: how many are listed at most, and their bytes.
const NEED_A_LOOK: (usize, usize) = (10_000, 2_500_000);

/// Rows that were not sent: the same.
const NOT_SENT: (usize, usize) = (1_000, 300_000);

/// Whether a page shows the subjects of conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subjects {
    /// It does not.
    #[default]
    Hidden,
    /// It does, where they are known.
    Shown,
}

impl Subjects {
    /// What `--with-subjects` says, given or not.
    #[must_use]
    pub fn from_switch(is_given: bool) -> Self {
        if is_given { Self::Shown } else { Self::Hidden }
    }
}

/// The rows of a page, added in input order.
#[derive(Debug, Default)]
pub struct PageRows {
    subjects: Subjects,
    has_any_subject: bool,
    /// Why rows are not updated, or differ.
    pub(super) reasons: Reasons,
    /// Rows with such a reason.
    pub(super) with_reason: u64,
    pub(super) changed: ChangedRows,
    need_a_look: Listing,
    not_sent: Listing,
}

/// The first of some rows, and how many there are.
#[derive(Debug, Default)]
struct Listing {
    rows: Vec<ListedRow>,
    all: u64,
}

/// A row that is not updated, or differs.
#[derive(Debug)]
struct ListedRow {
    line: u64,
    slug: String,
    subject: String,
    outcome: Outcome,
    http_status: Option<u16>,
    reasons: String,
}

impl PageRows {
    /// No rows yet.
    #[must_use]
    pub fn new(subjects: Subjects) -> Self {
        Self {
            subjects,
            ..Self::default()
        }
    }

    /// Adds the next row, with what it changes and the subject of its conversation, as far as these are
    /// known.
    pub fn add(&mut self, row: &RowResult<'_>, diff: Option<&RowDiff>, subject: Option<&str>) {
        let subject = subject.filter(|_| self.subjects == Subjects::Shown);
        let subject = one_line(subject.unwrap_or_default(), SUBJECT_CHARS);
        self.has_any_subject |= !subject.is_empty();
        if let Some(diff) = diff.filter(|_| row.outcome == Outcome::Updated) {
            self.changed.add(row, diff, &subject);
        }
        let is_fine = row.outcome.is_success() && !row.differs;
        if is_fine {
            return;
        }
        if !row.reasons.is_empty() {
            (self.reasons).add(row.outcome, row.reasons, row.line, row.slug);
            self.with_reason += 1;
        }
        let (listing, (most, _)) = match row.outcome {
            Outcome::NotSent => (&mut self.not_sent, NOT_SENT),
            _ => (&mut self.need_a_look, NEED_A_LOOK),
        };
        listing.all += 1;
        if listing.rows.len() < most {
            listing.rows.push(ListedRow {
                line: row.line,
                slug: row.slug.to_owned(),
                subject,
                outcome: row.outcome,
                http_status: row.http_status,
                reasons: one_line(row.reasons, REASON_CHARS),
            });
        }
    }

    /// Whether the subject of any row is shown.
    #[must_use]
    pub fn has_any_subject(&self) -> bool {
        self.has_any_subject
    }

    /// Whether subjects are shown, where they are known.
    pub(super) fn shows_subjects(&self) -> bool {
        self.subjects == Subjects::Shown
    }

    /// The column of subjects, if they are shown.
    pub(super) fn subject_header(&self) -> Markup {
        html! { @if self.shows_subjects() { th scope="col" { "Subject" } } }
    }

    /// The cell of a subject, if they are shown.
    pub(super) fn subject_cell(&self, subject: &str) -> Markup {
        html! {
            @if self.shows_subjects() { td.name { (foreign(subject, SUBJECT_CHARS)) } }
        }
    }
}

/// Rows that are not updated, or differ; nothing where there is none.
pub(super) fn need_a_look(page: &Page<'_>) -> Option<Section> {
    let title = "Rows that need a look";
    let lead = match page.kind {
        PageKind::Preview => {
            "Rows that would not be changed, although they ask for something else than is there."
        }
        PageKind::Run | PageKind::Undo => {
            "Rows that are not updated, and updated rows that differ from what was asked for."
        }
    };
    let (listing, (_, bytes)) = (&page.rows.need_a_look, NEED_A_LOOK);
    (listing.all > 0).then(|| Section {
        id: "need-a-look",
        title,
        content: html! { p { (lead) } (table(page, listing, bytes, title)) },
    })
}

/// Rows that the run did not come to; nothing where there is none.
pub(super) fn not_sent(page: &Page<'_>) -> Option<Section> {
    let title = match page.kind {
        PageKind::Preview => "Rows that were not read",
        PageKind::Run | PageKind::Undo => "Rows that were not sent",
    };
    let (listing, (_, bytes)) = (&page.rows.not_sent, NOT_SENT);
    (listing.all > 0).then(|| Section {
        id: "not-sent",
        title,
        content: table(page, listing, bytes, title),
    })
}

fn table(page: &Page<'_>, listing: &Listing, most_bytes: usize, title: &str) -> Markup {
    let rows = listing.rows.iter().map(|listed| row(page, listed));
    let (body, shown) = bounded(rows, most_bytes);
    let table = html! {
        table {
            caption { (title) ", in the order of the input" }
            thead { tr {
                th.number scope="col" { "Line" }
                th scope="col" { "Conversation" }
                (page.rows.subject_header())
                th scope="col" { "Outcome" }
                th scope="col" { "HTTP" }
                th scope="col" { "Reason" }
            } }
            tbody { (body) }
        }
    };
    html! {
        (scrolling(title, &table))
        (left_out(shown, listing.all, "row", &page.elsewhere()))
    }
}

fn row(page: &Page<'_>, listed: &ListedRow) -> Markup {
    let outcome = match listed.outcome {
        Outcome::Updated => "differs",
        outcome => name(page.kind, outcome),
    };
    html! {
        tr {
            td.number { (listed.line) }
            td.name { (foreign(&listed.slug, SLUG_CHARS)) }
            (page.rows.subject_cell(&listed.subject))
            td.word { (outcome) }
            td { @if let Some(status) = listed.http_status { (status) } }
            td.words { (foreign(&listed.reasons, REASON_CHARS)) }
        }
    }
}
