//! What a run would do in the account -> a page for people.

use std::fmt::Write as _;
use std::time::Duration;

use super::changes_table::{ChangesShown, REASON_CHARS, changes_table, not_changed};
use super::first_rows::{RowRoom, first_rows};
use super::table::{Side, shortened, table, wrapped};
use super::words::{Certainty, READ_FIRST, cannot_undo, sending};
use super::work::Activity;
use super::{AccountFindings, AccountLabel, UndoPreview, in_words};
use crate::model::text::counted;
use crate::model::{Outcome, RequestRate, SendCounts, StopReason};

/// How much of the changes is on the page.
const SHOWN: ChangesShown = ChangesShown {
    most: 10,
    reasons: 5,
    all: "--json",
};

/// What a run would do in the account, as far as its conversations were read.
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
    /// Rows that ask for a change.
    pub due: u64,
    /// The rows that the sample was taken from, if only a sample was read.
    pub sample_of: Option<u64>,
    /// How long reading took.
    pub took: Duration,
    /// Why not all was read.
    pub stop_reason: Option<&'a StopReason>,
    /// The command that checks the account, if that may be why.
    pub check: Option<String>,
    /// How fast the run sends at most.
    pub rate: RequestRate,
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
            changes_table(&self.findings.changes.totals, SHOWN),
            not_changed(&self.findings.changes, SHOWN),
            self.undo.map(UndoPreview::page).unwrap_or_default(),
            self.warnings(),
            self.figures(),
            self.next(),
        ];
        let sections = sections.into_iter().filter(|section| !section.is_empty());
        sections.collect::<Vec<_>>().join("\n")
    }

    /// How much was read.
    fn head(&self) -> String {
        let counts = &self.findings.changes.counts;
        let without_answer = [Outcome::NotFound, Outcome::Failed, Outcome::Unknown];
        let without_answer = without_answer.map(|outcome| (outcome, counts.of(outcome)));
        let asked = self.findings.changes.read();
        let read = asked - without_answer.iter().map(|(_, rows)| rows).sum::<u64>();
        let read = match counted(self.due, "conversation") {
            all if read == self.due => all,
            all => format!("{read} of {all}"),
        };
        let mut head = format!("{}: read {read} in {}", self.input, in_words(self.took));
        for (outcome, rows) in without_answer {
            if rows > 0 {
                let words = Activity::Reading.outcome_words(outcome);
                let _ = write!(head, ", {rows} {words}");
            }
        }
        wrapped(&format!("{head}; nothing changed"), 2)
            + &wrapped(&format!("account: {}", self.account), 2)
    }

    /// The first rows that would be changed, in a line each.
    fn first(&self) -> String {
        let first = &self.findings.changes.first;
        let rows = first.iter();
        let rows = rows.map(|row| (row.line, row.slug.as_str(), &row.diff));
        let mut text = first_rows(rows, RowRoom::Line);
        let more = self.findings.changes.counts.of(Outcome::Updated) - first.len() as u64;
        if more > 0 {
            let _ = writeln!(text, "  ... and {more} more (--json lists all)");
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
        let wiping = findings.changes.totals.wiping_rows;
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
            let advice = match self.plan {
                Some(_) => "add --read-first (the plan does not need it)",
                None => READ_FIRST,
            };
            lines.push(cannot_undo(findings.not_read_first, advice));
        }
        for (reason, rows) in findings.left_out.reasons() {
            let rows = counted(rows, "row");
            let reason = shortened(&reason, REASON_CHARS);
            lines.push(format!("{rows} cannot be fully undone: {reason}"));
        }
        lines.iter().map(|line| wrapped(line, 2)).collect()
    }

    /// The figures that matter.
    fn figures(&self) -> String {
        let findings = &self.findings.changes;
        let outcomes = Outcome::ALL
            .into_iter()
            .filter(|outcome| self.sample_of.is_none() || *outcome != Outcome::NotSent);
        let figures = outcomes.map(|outcome| {
            let count = findings.counts.of(outcome);
            let of_others = match outcome {
                Outcome::Unchanged => findings.without_change,
                _ => 0,
            };
            (Activity::Reading.outcome_words(outcome), count - of_others)
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
            if let Some(check) = &self.check {
                let _ = writeln!(text, "to check login, brand and server:\n  {check}");
            }
        } else if self.sample_of.is_none() {
            let sending = match self.findings.send_counts {
                SendCounts { rows: 0, .. } => "nothing to send".to_owned(),
                counts => sending(counts, self.rate, Certainty::Exact),
            };
            text += &wrapped(&format!("the run: {sending}"), 2);
        }
        let Some(plan) = &self.plan else {
            return text;
        };
        if plan.left_out > 0 {
            let rows = counted(plan.left_out, "row");
            let why = plan.left_out_reason.as_deref().unwrap_or_default();
            text += &wrapped(&format!("warning: {rows} left out of the plan: {why}"), 2);
        }
        // Each of its rows edits tags or has guards, and so is read first.
        let counts = SendCounts {
            rows: plan.rows,
            reads: plan.rows,
        };
        let file = &plan.file;
        if plan.rows == 0 {
            return text + &wrapped(&format!("plan: {file}: no rows"), 2);
        }
        let rows = counted(plan.rows, "row");
        let sending = sending(counts, self.rate, Certainty::AtMost);
        text += &wrapped(&format!("plan: {file}: {rows}, {sending}"), 2);
        let _ = writeln!(text, "to make just these changes:\n  {}", plan.command);
        text
    }
}
