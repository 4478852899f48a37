//! What a run did -> a page for people, or one line if nothing needs attention.

use std::fmt::Write as _;

use serde::Serialize;

use super::style::StyledText;
use super::table::wrapped;
use super::work::{Activity, NamedCounts};
use super::{in_words, words};
use crate::model::Shown as _;
use crate::model::text::{counted, head, visible};
use crate::model::{Counts, Outcome, Pace, Reason, StopReason, Summary, Workers};

/// Reasons on the page.
const REASONS_SHOWN: usize = 5;

/// The longest slug on the page, in bytes.
const SLUG_BYTES: usize = 60;

/// Sentences of the page. Commands and paths are whole on any page: they are copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sentences {
    /// In a line each, as files and mails keep them.
    Whole,
    /// Wrapped at words, as wide as a terminal at most.
    Wrapped,
}

impl Sentences {
    /// A sentence with the end of its line; where it is wrapped, further lines begin with `hanging`
    /// blanks.
    fn line(self, text: &str, hanging: u16) -> String {
        match self {
            Self::Whole => format!("{text}\n"),
            Self::Wrapped => wrapped(&visible(text), hanging),
        }
    }
}

/// What a user can run after a run.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct NextCommands<'a> {
    /// The command that checks the account.
    pub check: Option<&'a str>,
    /// The command that continues the run.
    pub resume: Option<&'a str>,
    /// The command that sends the failed rows again.
    pub resubmit: Option<&'a str>,
    /// The command that restores what the run changed.
    pub undo: Option<&'a str>,
    /// The name of the file with the failed rows.
    #[serde(skip)]
    pub failed: &'a str,
}

/// One line: what was done, and where the results are.
pub(super) fn line(summary: &Summary) -> StyledText {
    let mut line = rows(summary);
    if summary.damaged > 0 {
        let values = counted(summary.damaged, "damaged value");
        let _ = write!(line, "; {values} sent unchanged");
    }
    // A command that found nothing to send has no requests to count.
    if let (Some(sent), Some(took)) = (&summary.command.sent, summary.took()) {
        let requests = sent_requests(sent);
        let _ = write!(line, "; {requests} in {}", in_words(took));
        if sent.retries > 0 {
            let _ = write!(line, ", {}", retries(sent));
        }
    }
    if let Some(rows) = not_restored(summary) {
        let _ = write!(line, "; {rows} cannot be fully restored");
    }
    if let Some(run_dir) = &summary.run_dir {
        let _ = write!(line, "; results: {}", run_dir.shown());
    }
    line
}

/// The page, with what to do next.
pub(super) fn text(summary: &Summary, next: &NextCommands<'_>, sentences: Sentences) -> StyledText {
    let mut page = StyledText::default();
    if summary.differs > 0 {
        let (differ, do_not) = match summary.differs {
            1 => ("differs", "answer does not"),
            _ => ("differ", "answers do not"),
        };
        let rows = counted(summary.differs, "updated row");
        let sentence = format!(
            "{rows} {differ}: the {do_not} show what was requested (see reasons in results.csv)"
        );
        page.push(&sentences.line(&sentence, 2));
    }
    if summary.damaged > 0 {
        let values = counted(summary.damaged, "damaged value");
        let _ = writeln!(
            page,
            "{values} in custom fields, sent unchanged (--allow-damaged)"
        );
    }
    if let Some(rows) = not_restored(summary) {
        let sentence = format!(
            "{rows} cannot be fully restored (for a list of what is left out: undo RUN_DIR --dry-run --json)"
        );
        page.push(&sentences.line(&sentence, 2));
    }
    page.append(rows(summary));
    page.push("\n");
    for reason in summary.reasons.iter().take(REASONS_SHOWN) {
        let line = reason.lines.first().copied().unwrap_or_default();
        let sentence = format!(
            "  {} {}: {} (line {line}: {})",
            reason.count,
            words::ended(reason.count, reason.outcome, Activity::Sending),
            reason.reason,
            head(&reason.example, SLUG_BYTES)
        );
        page.push(&sentences.line(&sentence, 4));
    }
    if summary.reasons.len() > REASONS_SHOWN {
        let _ = writeln!(page, "  ... (more in results.csv)");
    }
    page.push(&sentences.line(&requests(summary), 2));
    if let Some(run_dir) = &summary.run_dir {
        let _ = writeln!(page, "results: {}", run_dir.shown());
    }
    page.with(&advice(summary, next, sentences))
}

/// What to do next: first what continues the run, then what needs a person.
fn advice(summary: &Summary, next: &NextCommands<'_>, sentences: Sentences) -> String {
    let counts = &summary.counts;
    let (not_sent, unknown) = (counts.of(Outcome::NotSent), counts.of(Outcome::Unknown));
    let failed = counts.failed_file_rows();
    let is_unknown_only = unknown == failed;
    let mut advice = String::new();
    // If every row got a definite answer, a resume would only get the same ones.
    let is_open = match summary.stop_reason {
        None | Some(StopReason::FailingAlike { .. }) => not_sent > 0 || is_unknown_only,
        // Each further row would lose custom fields.
        Some(StopReason::DataReplaced { .. }) => false,
        Some(_) => true,
    };
    if let Some(command) = next.check {
        advice += &with_command("to check login, brand and server:\n", command);
    }
    if let Some(command) = next.resume
        && is_open
    {
        let when = match summary.stop_reason {
            Some(StopReason::LoginRefused { .. }) => "fix the credentials, then:".to_owned(),
            Some(StopReason::WrongBrand { .. }) => "fix the brand, then:".to_owned(),
            None if not_sent == 0 => {
                format!("to retry {} with unknown outcome:", counted(unknown, "row"))
            }
            _ => "to continue this run:".to_owned(),
        };
        advice += &with_command(&sentences.line(&when, 2), command);
        if matches!(summary.stop_reason, Some(StopReason::WrongBrand { .. })) {
            advice += "  (a run is bound to its account; for another brand, start a new run)\n";
        }
    }
    // A row that is merely unknown needs no fix: a resume retries it.
    if let Some(command) = next.resubmit
        && !(is_unknown_only && next.resume.is_some())
    {
        advice += &if are_done(summary) {
            sentences.line(&done_conflicts(failed), 2)
        } else {
            let what = format!("{}, then:", failed_rows(counts, next.failed));
            with_command(&sentences.line(&what, 2), command)
        };
    }
    if let Some(command) = next.undo {
        let what = format!("to undo this run{}:", not_undone(summary.without_image));
        advice += &with_command(&sentences.line(&what, 2), command);
    }
    advice
}

fn with_command(line: &str, command: &str) -> String {
    format!("{line}  {command}\n")
}

/// Whether all rows in the file of failed rows are conflicts over conversations that have what the row
/// sets: of a plan that was run before, for example.
fn are_done(summary: &Summary) -> bool {
    let conflicts = summary.reasons.iter().filter(|reason| {
        reason.outcome == Outcome::Conflict && reason.reason.ends_with(Reason::ALREADY_AS_REQUESTED)
    });
    conflicts.map(|reason| reason.count).sum::<u64>() == summary.counts.failed_file_rows()
}

fn done_conflicts(conflicts: u64) -> String {
    match conflicts {
        1 => {
            "1 conflict needs no decision: its conversation already has all requested values".into()
        }
        _ => format!(
            "{conflicts} conflicts need no decision: their conversations already have all requested values"
        ),
    }
}

/// What an undo leaves out because nobody knows what was there.
fn not_undone(rows: u64) -> String {
    match rows {
        0 => String::new(),
        1 => " (all but 1 row, which was not read first)".into(),
        _ => format!(" (all but {rows} rows, which were not read first)"),
    }
}

/// The rows in the file of failed rows, and what to do with them there.
fn failed_rows(counts: &Counts, file: &str) -> String {
    let all = counts.failed_file_rows();
    let conflicts = counts.of(Outcome::Conflict);
    let failed = counted(all - conflicts, "failed row");
    // As it is, a row would be in conflict again.
    match (all, conflicts) {
        (1, 0) => format!("to retry {failed}, fix it in {file}"),
        (_, 0) => format!("to retry {failed}, fix them in {file}"),
        (1, 1) => {
            format!("1 conflict needs a decision: see its reason in {file} and change the row")
        }
        _ if conflicts == all => format!(
            "{conflicts} conflicts need a decision: see their reasons in {file} and change the rows"
        ),
        _ => {
            let conflicts = counted(conflicts, "conflict");
            format!("to retry {failed} and {conflicts}, fix or change them in {file}")
        }
    }
}

/// The conversations of which an undo leaves something out, if there are any.
fn not_restored(summary: &Summary) -> Option<String> {
    let rows = summary.cannot_put_back.as_ref()?.rows;
    (rows > 0).then(|| counted(rows, "conversation"))
}

fn rows(summary: &Summary) -> StyledText {
    let mut text = StyledText::from(counted(summary.rows, "row") + ": ");
    text.append(words::counts(
        NamedCounts {
            activity: Activity::Sending,
            counts: &summary.counts,
        },
        0,
    ));
    text
}

/// The number of requests, and of those that only read.
fn sent_requests(pace: &Pace) -> String {
    let requests = counted(pace.requests, "request");
    match pace.reads {
        0 => requests,
        reads => format!("{requests} ({})", counted(reads, "read")),
    }
}

/// The same of all passes. Of a pass that was killed, the number of reads is not known.
fn all_requests(summary: &Summary) -> String {
    if summary.passes.iter().any(|pass| pass.reads.is_none()) {
        return counted(summary.pace.requests, "request");
    }
    sent_requests(&summary.pace)
}

fn retries(pace: &Pace) -> String {
    match pace.retries {
        1 => "1 retry".to_owned(),
        retries => format!("{retries} retries"),
    }
}

/// The requests of this command, and of all passes if there were several.
fn requests(summary: &Summary) -> String {
    let pace = summary.command.sent.as_ref().unwrap_or(&summary.pace);
    let mut text = match &summary.command.sent {
        Some(sent) => sent_requests(sent),
        None => all_requests(summary),
    };
    if let Some(rate) = pace.rate_reached {
        let unit = summary.rate_unit;
        let asked = unit.shown(summary.rate_asked.unwrap_or(rate));
        let rate = unit.shown(rate);
        let _ = write!(text, " at {rate} (max {asked})");
    }
    if pace.retries > 0 {
        let _ = write!(text, ", {}", retries(pace));
    }
    if pace.throttled > 0 {
        let _ = write!(text, ", {} rate limited (HTTP 429)", pace.throttled);
    }
    if summary.command.sent.is_some() && summary.passes.len() > 1 {
        let all = all_requests(summary);
        let _ = write!(text, "; {all} over {} passes", summary.passes.len());
    }
    if let Some(limit) = pace.limit_found {
        let limit = summary.rate_unit.shown(limit);
        let _ = write!(text, "\nobserved rate limit: about {limit}");
    }
    if let Some(needed) = pace.workers_needed {
        let advice = if needed <= u64::from(Workers::MAX) {
            format!("; try --workers {needed}")
        } else {
            format!("; {} is the maximum", Workers::MAX)
        };
        let _ = write!(text, "\ntoo few workers to reach that rate{advice}");
    }
    text
}
