//! Legal rows beside their state columns -> what a preview shows of the account as it was.

use std::io;

use crate::change::diff;
use crate::config::Settings;
use crate::ledger::Record;
use crate::model::{Outcome, RowDiff};
use crate::pipeline::{StateRead, StateRow, StateRows};
use crate::report::{ForeseenRow, KeepRows, StateFindings};

/// Takes in the rows of a pass.
pub(super) struct States<'a> {
    settings: &'a Settings,
    findings: Option<StateFindings>,
    /// Whether any row has state columns.
    are_there: bool,
}

impl<'a> States<'a> {
    /// None so far. A preview that reads the account shows it as it is now: it has none.
    pub(super) fn new(settings: &'a Settings) -> Option<Self> {
        (settings.online.is_none()).then_some(Self {
            settings,
            findings: None,
            are_there: false,
        })
    }

    /// What was found, if rows have state columns.
    pub(super) fn into_findings(self) -> Option<StateFindings> {
        self.findings.filter(|_| self.are_there)
    }
}

impl StateRows for States<'_> {
    fn begin(&mut self) -> io::Result<()> {
        let Settings {
            dry_run,
            json,
            terms,
            ..
        } = self.settings;
        let keep = if *dry_run && *json {
            KeepRows::All
        } else {
            KeepRows::First
        };
        self.findings = Some(StateFindings::new(keep, terms.clock.now)?);
        Ok(())
    }

    fn add(&mut self, StateRow { update, state }: StateRow<'_>) -> io::Result<()> {
        let Some(findings) = &mut self.findings else {
            return Ok(());
        };
        self.are_there |= state.is_some();
        let line = update.line;
        // Only rows that are shown or kept need it.
        let slug = || Record::slug(update.slug.as_str());
        if update.is_without_change() {
            let row = ForeseenRow {
                line,
                slug: &slug(),
                outcome: Outcome::Unchanged,
                reasons: "",
                diff: &RowDiff::default(),
            };
            return findings.changes.add(row, true);
        }
        let (unreadable, preview) = match state {
            Some(StateRead {
                preview,
                unreadable,
            }) => (unreadable, preview),
            None => (Vec::new(), None),
        };
        findings.add_unreadable(line, &unreadable);
        let Some((read_at, change)) = preview else {
            findings.add_unknown(line, || (slug().into_owned(), diff(update, None)));
            return Ok(());
        };
        let row = ForeseenRow {
            line,
            slug: &slug(),
            outcome: change.outcome,
            reasons: &change.reasons,
            diff: &change.diff,
        };
        findings.add(row, read_at)
    }
}
