//! What was recorded of each row, in the order of the input -> key figures, and the rows of the plan.

use std::io;

use jiff::Timestamp;

use super::look::Looked;
use super::plan::PlanFile;
use crate::change::{UnsetFields, undo};
use crate::commands::run::check::CheckedRows;
use crate::config::{InputSource, OnlineOptions, Settings};
use crate::error::Error;
use crate::input::{InputError, Reader};
use crate::ledger::LedgerError;
use crate::model::Outcome;
use crate::pipeline::{RowEffect, RowEffects};
use crate::report::html::PageRows;
use crate::report::{AccountFindings, KeepRows, LookedRow};

/// What was found, and what a report shows of it if one is asked for.
pub(super) struct LookedRows {
    pub(super) findings: AccountFindings,
    pub(super) page_rows: Option<PageRows>,
}

/// Goes through the rows that were looked at; those that would be changed go into `plan` too.
pub(super) fn findings(
    settings: &Settings,
    options: &OnlineOptions,
    rows: &CheckedRows,
    looked: Looked,
    read: impl Fn() -> Result<Reader, InputError>,
    mut plan: Option<&mut PlanFile>,
) -> Result<LookedRows, Error> {
    let keep = if settings.json {
        KeepRows::All
    } else {
        KeepRows::First
    };
    let mut findings = AccountFindings::new(keep).map_err(LedgerError::temporary)?;
    let mut page_rows = (options.report.as_ref()).map(|report| PageRows::new(report.subjects));
    let made_at = modified_at(&settings.source);
    let effects = RowEffects {
        planner: rows.planner.clone(),
        records: looked.records,
        images: &looked.images,
    };
    let reader = read().map_err(LedgerError::Input)?;
    effects.each(reader, |row| {
        let is_sampled = options.sample.is_none() || row.record.outcome != Outcome::NotSent;
        if let Some(page_rows) = page_rows.as_mut().filter(|_| is_sampled) {
            let image = row.image.as_ref();
            let diff = image.map(|_| row.diff());
            let subject = image.and_then(|image| image.before.subject.as_deref());
            page_rows.add(&row.record.result(), diff.as_ref(), subject);
        }
        take_in(settings, row, made_at, &mut findings).map_err(LedgerError::temporary)?;
        if let (Some(plan), Some(update), Some(image), Outcome::Updated) =
            (&mut plan, &row.update, &row.image, row.record.outcome)
        {
            plan.add(update, image);
        }
        Ok(())
    })?;
    Ok(LookedRows {
        findings,
        page_rows,
    })
}

fn take_in(
    settings: &Settings,
    row: &RowEffect<'_>,
    made_at: Option<Timestamp>,
    findings: &mut AccountFindings,
) -> io::Result<()> {
    let now = settings.terms.clock.now;
    let image = row.image.as_ref();
    // A row of a conversation that was not read says nothing of the account.
    let diff = row.image.as_ref().map(|_| row.diff()).unwrap_or_default();
    let not_undone = image.map(|image| undo(image, UnsetFields::Kept, now).left_out);
    let not_undone: Vec<_> = not_undone
        .into_iter()
        .flatten()
        .map(|left_out| left_out.reason.to_string())
        .collect();
    let is_read = row.record.attempts > 0;
    let requests = row.update.as_ref().filter(|_| is_read);
    let wrote_at = image.and_then(|image| image.before.customer_wrote_at);
    findings.add(&LookedRow {
        line: row.record.line,
        slug: &row.record.slug,
        outcome: row.record.outcome,
        reasons: &row.record.reasons,
        diff: &diff,
        requests: requests.map_or(0, |update| update.requests(settings.read_policy)),
        not_undone: &not_undone,
        has_new_message: wrote_at
            .zip(made_at)
            .is_some_and(|(wrote, made)| wrote > made),
    })
}

/// When the input was modified last, if it is a file.
fn modified_at(source: &InputSource) -> Option<Timestamp> {
    let InputSource::File(path) = source else {
        return None;
    };
    let modified = path.metadata().ok()?.modified().ok()?;
    Timestamp::try_from(modified).ok()
}
