//! What a run would do in the account -> a page for people.

use std::fmt::Write as _;
use std::time::Duration;

use super::account_findings::AccountFindings;
use super::table::{Side, shortened, table, wrapped};
use super::{AccountLabel, UndoPreview, in_words};
use crate::model::text::{counted, exact};
use crate::model::{Outcome, StopReason, TagCounts};

/// Transitions on the page, and tags of each kind.
const MOST_LINES: usize = 10;

/// Groups of reasons on the page.
const REASONS_SHOWN: usize = 5;

/// The longest slug and reason on the page, in characters.
const SLUG_CHARS: usize = 40;
const REASON_CHARS: usize = 200;

/// What a run would do in the account, as it was looked at.
#[derive(Debug)]
pub struct AccountPreview<'a> {
    /// The input as the user named it.
    pub input: &'a str,
    /// The account.
    pub account: AccountLabel<'a>,
    /// What was found there.
    pub findings: &'a AccountFindings,
    /// What there is to say of an undo.
    pub undo: Option<&'a UndoPreview>,
    /// Rows that the sample was taken from, if only a sample was read.
    pub sample_of: Option<u64>,
    /// How long reading took.
    pub took: Duration,
    /// Why not all was read.
    pub stop_reason: Option<&'a StopReason>,
    /// The rate as the user wrote it.
    pub rate: String,
    /// The same in requests per second.
    pub rate_per_second: f64,
    /// What was written for `--plan`.
    pub plan: Option<WrittenPlan>,
}

/// The file of a plan.
#[derive(Debug, Clone, serde::Serialize)]
pub struct WrittenPlan {
    /// Its name.
    pub file: String,
    /// Its rows.
    pub rows: u64,
    /// Rows that would change and are not in it.
    pub left_out: u64,
    /// Why the first of these is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out_reason: Option<String>,
    /// The command that runs it.
    pub command: String,
}

impl AccountPreview<'_> {
    /// The page.
    #[must_use]
    pub fn page(&self) -> String {
        let sections = [
            self.head(),
            self.first(),
            self.changes(),
            self.not_changed(),
            self.undo.map(UndoPreview::page).unwrap_or_default(),
            self.warnings(),
            self.figures(),
            self.next(),
        ];
        let sections = sections.into_iter().filter(|section| !section.is_empty());
        sections.collect::<Vec<_>>().join("\n")
    }

    fn head(&self) -> String {
        let read = self.findings.read();
        let of = match self.sample_of {
            Some(rows) => format!(" (a sample of {rows})"),
            None => String::new(),
        };
        let (input, account) = (self.input, &self.account);
        let took = in_words(self.took);
        let read = counted(read, "conversation");
        let mut head = wrapped(
            &format!("{input}: {read}{of} read in {took}, nothing changed"),
            2,
        );
        head += &wrapped(&format!("account: {account}"), 2);
        head
    }

    /// The first rows that would be changed.
    fn first(&self) -> String {
        let first = &self.findings.first;
        let rows = first.iter().map(|(slug, diff)| {
            [
                shortened(&exact(slug), SLUG_CHARS).into_owned(),
                diff.to_string(),
            ]
        });
        let mut text = String::new();
        if !first.is_empty() {
            let _ = writeln!(text, "first changes:");
            text += &table(2, [Side::Left, Side::Left], rows);
            let more = self.findings.counts.of(Outcome::Updated) - first.len() as u64;
            if more > 0 {
                let _ = writeln!(text, "  ... and {more} more (--json lists all)");
            }
        }
        text
    }

    /// Transitions and tags, with their rows.
    fn changes(&self) -> String {
        let totals = &self.findings.totals;
        let mut rows = Vec::new();
        let mut more = 0;
        let mut of_field = 0;
        let mut last = "";
        for (transition, count) in totals.transitions() {
            of_field = if last == transition.field {
                of_field + 1
            } else {
                0
            };
            last = &transition.field;
            if of_field >= MOST_LINES || rows.len() >= 2 * MOST_LINES {
                more += 1;
                continue;
            }
            let name = if of_field == 0 {
                exact(last)
            } else {
                "".into()
            };
            let change = match &transition.before {
                before if before.is_unknown() => format!("-> {}", exact(&transition.after)),
                before => format!("{before} -> {}", exact(&transition.after)),
            };
            rows.push([name.into_owned(), change, count.to_string()]);
        }
        let unlisted = [
            ("hold_until", "(times)", totals.hold_until_rows),
            ("all tags removed", "(not known which)", totals.cleared_rows),
        ];
        for (name, value, count) in unlisted.into_iter().filter(|(.., count)| *count > 0) {
            rows.push([name.to_owned(), value.to_owned(), count.to_string()]);
        }
        let tags = [
            ("tags added", totals.added()),
            ("tags set", totals.set()),
            ("tags removed", totals.removed()),
            ("tags wiped", totals.wiped()),
        ];
        for (name, tags) in tags {
            more += add_tags(&mut rows, name, tags);
        }
        if rows.is_empty() {
            return String::new();
        }
        let header = ["changes", "", "rows"].map(str::to_owned);
        let rows = std::iter::once(header).chain(rows);
        let mut text = table(0, [Side::Left, Side::Left, Side::Right], rows);
        if more > 0 {
            let _ = writeln!(
                text,
                "... and {more} more kinds of change (--json lists all)"
            );
        }
        text
    }

    /// Why rows would not be changed.
    fn not_changed(&self) -> String {
        let mut reasons = self.findings.reasons();
        // What is wrong with invalid rows is above the page.
        reasons.retain(|reason| reason.outcome != Outcome::Invalid);
        let mut text = String::new();
        for reason in reasons.iter().take(REASONS_SHOWN) {
            let line = reason.lines.first().copied().unwrap_or_default();
            let example = shortened(&reason.example, SLUG_CHARS).into_owned();
            let words = shortened(&reason.reason, REASON_CHARS).into_owned();
            let (rows, name) = match (reason.count, reason.outcome) {
                (rows @ 2.., Outcome::Conflict) => (rows, "conflicts"),
                (rows, outcome) => (rows, in_page(outcome)),
            };
            text += &wrapped(
                &format!("{rows} {name}: {words} (line {line}: {example})"),
                2,
            );
        }
        if reasons.len() > REASONS_SHOWN {
            let _ = writeln!(text, "... (--json lists all)");
        }
        text
    }

    fn warnings(&self) -> String {
        let findings = self.findings;
        let undo = self.undo.map(UndoPreview::warnings).unwrap_or_default();
        let mut lines: Vec<_> = undo
            .into_iter()
            .map(|line| format!("warning: {line}"))
            .collect();
        let wiping = findings.totals.wiping_rows;
        if wiping > 0 {
            let rows = counted(wiping, "conversation");
            lines.push(format!(
                "warning: tag_list removes tags that the file does not name from {rows} (see `tags wiped`; to keep them, use add_tags and remove_tags)"
            ));
        }
        if findings.new_messages > 0 {
            let rows = counted(findings.new_messages, "conversation");
            let mut slugs = findings.with_new_message.join(", ");
            if findings.new_messages > findings.with_new_message.len() as u64 {
                slugs.push_str(", ...");
            }
            lines.push(format!(
                "warning: the customer wrote last, and after the file was modified, in {rows}: {slugs}"
            ));
        }
        if findings.not_read_first > 0 {
            let rows = counted(findings.not_read_first, "row");
            lines.push(format!("{rows} could not be undone: add --read-first"));
        }
        for reason in findings.not_undone_reasons() {
            let rows = counted(reason.rows, "row");
            lines.push(format!(
                "{rows} could not be fully undone: {}",
                reason.reason
            ));
        }
        lines.iter().map(|line| wrapped(line, 2)).collect()
    }

    /// The figures that matter.
    fn figures(&self) -> String {
        let findings = self.findings;
        let outcomes = Outcome::ALL
            .into_iter()
            .filter(|outcome| self.sample_of.is_none() || *outcome != Outcome::NotSent);
        let figures = outcomes.map(|outcome| {
            let count = findings.counts.of(outcome);
            let of_others = match outcome {
                Outcome::Unchanged => findings.without_change,
                _ => 0,
            };
            (in_page(outcome), count - of_others)
        });
        let figures = figures.chain([("no change requested", findings.without_change)]);
        let figures = figures.filter(|(_, count)| *count > 0);
        let figures = figures.map(|(name, count)| [name.to_owned(), count.to_string()]);
        table(0, [Side::Left, Side::Right], figures)
    }

    /// What the run would take, and what to do next.
    fn next(&self) -> String {
        let mut text = String::new();
        if let Some(reason) = self.stop_reason {
            text += &wrapped(&format!("not complete: {reason}"), 2);
        } else if self.sample_of.is_none() {
            text += &wrapped(&self.sending(), 2);
        }
        let Some(plan) = &self.plan else {
            return text;
        };
        if plan.left_out > 0 {
            let rows = counted(plan.left_out, "row");
            let why = plan.left_out_reason.as_deref().unwrap_or_default();
            text += &wrapped(&format!("warning: {rows} left out of the plan: {why}"), 2);
        }
        let (file, rows) = (&plan.file, counted(plan.rows, "row"));
        text += &wrapped(
            &format!("plan: {file} ({rows}). To make just these changes:"),
            2,
        );
        let _ = writeln!(text, "  {}", plan.command);
        text
    }

    fn sending(&self) -> String {
        let counts = self.findings.send_counts;
        let requests = counted(counts.requests(), "request");
        let reads = match counts.reads {
            0 => String::new(),
            reads => format!(" ({})", counted(reads, "read")),
        };
        let (rate, time) = (&self.rate, in_words(self.expected()));
        format!("the run: {requests}{reads} at {rate}, about {time}")
    }

    pub(super) fn expected(&self) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let seconds = self.findings.send_counts.requests() as f64 / self.rate_per_second;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }
}

/// Adds the commonest tags to a table; how many are left out.
fn add_tags(rows: &mut Vec<[String; 3]>, name: &str, tags: &TagCounts) -> usize {
    let tags = tags.commonest();
    for (at, (tag, count)) in tags.iter().take(MOST_LINES).enumerate() {
        let name = if at == 0 { name } else { "" };
        rows.push([name.to_owned(), exact(tag).into_owned(), count.to_string()]);
    }
    tags.len().saturating_sub(MOST_LINES)
}

/// An outcome on the page.
fn in_page(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Updated => "would change",
        Outcome::Unchanged => "already as requested",
        Outcome::Conflict => "conflict",
        Outcome::NotFound => "not found",
        Outcome::NotSent => "not read",
        Outcome::Failed => "not readable",
        outcome => outcome.name(),
    }
}
