//! What was recorded of each row, in the order of the input -> key figures, and the rows of the plan.

use jiff::Timestamp;

use super::plan::PlanFile;
use super::read::ReadRows;
use crate::change::{UnsetFields, undo};
use crate::commands::made_rows::MadeRows;
use crate::commands::run::check::CheckedRows;
use crate::config::{InputSource, OnlineOptions, Settings};
use crate::error::Error;
use crate::input::{InputError, Reader};
use crate::ledger::LedgerError;
use crate::model::{Outcome, RowDiff};
use crate::pipeline::{RowEffect, RowEffects};
use crate::report::html::PageRows;
use crate::report::{AccountFindings, ForeseenRow, KeepRows, LeftOutExtent, PreviewedRow, Sending};
use crate::validate::Damaged;

/// What was found, and what a report shows of it if one is asked for.
pub(super) struct PreviewedRows {
    pub(super) findings: AccountFindings,
    pub(super) page_rows: Option<PageRows>,
}

/// Goes through the rows that were read; those that would be changed go into `plan` too.
pub(super) fn findings(
    settings: &Settings,
    options: &OnlineOptions,
    rows: &CheckedRows,
    read_rows: ReadRows,
    read: impl Fn() -> Result<Reader, InputError>,
    mut plan: Option<&mut PlanFile>,
) -> Result<PreviewedRows, Error> {
    let keep = if settings.json {
        KeepRows::All
    } else {
        KeepRows::First
    };
    let mut findings = AccountFindings::new(keep).map_err(LedgerError::temporary)?;
    let mut page_rows = (options.report.as_ref()).map(|report| PageRows::new(report.subjects));
    let previewing = Previewing {
        settings,
        made_at: modified_at(&settings.source),
        undo_rules: MadeRows::new(settings.terms.clock.now, Damaged::Send),
    };
    let effects = RowEffects {
        planner: rows.planner.clone(),
        records: read_rows.records,
        images: &read_rows.images,
    };
    let reader = read().map_err(LedgerError::Input)?;
    effects.each(reader, |row| {
        let image = row.image.as_ref();
        // A row of a conversation that was not read says nothing of the account.
        let diff = image.map(|_| row.diff());
        let is_sampled = options.sample.is_none() || row.record.outcome != Outcome::NotSent;
        if let Some(page_rows) = page_rows.as_mut().filter(|_| is_sampled) {
            let subject = image.and_then(|image| image.before.subject.as_deref());
            page_rows.add(&row.record.result(), diff.as_ref(), subject);
        }
        let diff = diff.unwrap_or_default();
        let added = findings.add(previewing.row(row, &diff));
        added.map_err(LedgerError::temporary)?;
        if let (Some(plan), Some(update), Some(image), Outcome::Updated) =
            (&mut plan, &row.update, image, row.record.outcome)
        {
            plan.add(update, image).map_err(LedgerError::temporary)?;
        }
        Ok(())
    })?;
    Ok(PreviewedRows {
        findings,
        page_rows,
    })
}

/// What is the same for all rows.
struct Previewing<'a> {
    settings: &'a Settings,
    /// When the input was modified last.
    made_at: Option<Timestamp>,
    undo_rules: MadeRows,
}

impl Previewing<'_> {
    fn row<'a>(&self, row: &'a RowEffect<'_>, diff: &'a RowDiff) -> PreviewedRow<'a> {
        let image = row.image.as_ref();
        let is_read = row.record.attempts > 0;
        let update = row.update.as_ref().filter(|_| is_read);
        let requests = update.map_or(0, |update| update.requests(self.settings.read_policy));
        let wrote_at = image.and_then(|image| image.before.customer_wrote_at);
        PreviewedRow {
            row: ForeseenRow {
                line: row.record.line,
                slug: &row.record.slug,
                outcome: row.record.outcome,
                reasons: &row.record.reasons,
                diff,
            },
            sending: match requests {
                0 => Sending::Nothing,
                1 => Sending::Update,
                _ => Sending::ReadThenUpdate,
            },
            left_out: image.filter(|_| requests > 1).map_or(
                (Vec::new(), LeftOutExtent::Part),
                |image| {
                    let now = self.settings.terms.clock.now;
                    let undo = undo(image, UnsetFields::Kept, now);
                    let undo = self.undo_rules.undo(image, undo);
                    (undo.left_out, undo.extent)
                },
            ),
            has_new_message: wrote_at
                .zip(self.made_at)
                .is_some_and(|(wrote, made)| wrote > made),
        }
    }
}

/// When the input was modified last, if it is a file.
fn modified_at(source: &InputSource) -> Option<Timestamp> {
    let InputSource::File(path) = source else {
        return None;
    };
    let modified = path.metadata().ok()?.modified().ok()?;
    Timestamp::try_from(modified).ok()
}
