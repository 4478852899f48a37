//! What was found in the account -> the HTML report of the preview.

use jiff::Timestamp;

use super::read::{Online, Reading};
use crate::model::{Outcome, StopReason, Summary};
use crate::report::html::{Page, PageKind, PageRows, RunAhead};
use crate::report::{AccountFindings, AccountLabel};

/// What a report of a preview has beside its rows.
pub(super) struct Reported<'a> {
    pub(super) input: &'a str,
    pub(super) account: AccountLabel<'a>,
    pub(super) findings: &'a AccountFindings,
    pub(super) reading: Reading,
    pub(super) stop_reason: Option<StopReason>,
    pub(super) exit_status: u8,
    /// Rows that a run would send or read.
    pub(super) due: u64,
}

impl Online<'_> {
    /// Writes the report, if one is asked for.
    pub(super) fn write_report(&self, rows: Option<PageRows>, reported: &Reported<'_>) {
        let (Some(report), Some(rows)) = (&self.options.report, rows) else {
            return;
        };
        let summary = self.summary(reported);
        let page = Page {
            kind: PageKind::Preview,
            input: reported.input,
            account: reported.account,
            summary: &summary,
            rows,
            unrecorded: 0,
            timeline: &[],
            failed: None,
            sample_of: self.options.sample.map(|_| reported.due),
            undo: None,
            run_ahead: self.run_ahead(reported),
            made_at: Timestamp::now(),
        };
        report.write(Ok(page.html()), self.log);
    }

    /// What the run would be, if all of it was previewed.
    fn run_ahead(&self, reported: &Reported<'_>) -> Option<RunAhead> {
        let is_whole = self.options.sample.is_none() && reported.stop_reason.is_none();
        is_whole.then_some(RunAhead {
            counts: reported.findings.send_counts,
            rate: self.settings.pace.rate,
            cannot_undo: reported.findings.not_read_first,
        })
    }

    fn summary(&self, reported: &Reported<'_>) -> Summary {
        let mut counts = reported.findings.changes.counts.clone();
        if self.options.sample.is_some() {
            // Rows between those of a sample are no part of it.
            counts = counts.without(Outcome::NotSent);
        }
        let (rate, reading) = (self.settings.pace.rate, &reported.reading);
        Summary {
            exit_status: Some(reported.exit_status),
            error: reported.stop_reason.as_ref().map(ToString::to_string),
            stop_reason: reported.stop_reason.clone(),
            rows: counts.total(),
            counts,
            pace: reading.sent.clone(),
            rate_asked: Some(rate.per_second()),
            rate_unit: rate.unit(),
            started_at: Some(reading.began),
            finished_at: reading.began.checked_add(reading.took).ok(),
            ..Summary::default()
        }
    }
}
