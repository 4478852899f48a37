//! What is known of a run, as far as a command has come; and the one function that makes its summary.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::history::History;
use crate::error::Error;
use crate::ledger::{RunInput, Totals};
use crate::model::{
    CannotPutBack, Counts, Done, Outcome, Pace, Pass, Preview, RateUnit, Reason, StopReason,
    Summary, pass,
};

/// What is known of a run. Each step returns it with what the step has found out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// The run directory, once there is one.
    pub(super) run_dir: Option<PathBuf>,
    /// Rows of the input.
    pub(super) rows: u64,
    /// Rows per outcome.
    pub(super) counts: Counts,
    /// Updated rows of which the server shows something else than was asked for.
    pub(super) differs: u64,
    /// Damaged texts of custom fields that are sent as they are.
    pub(super) damaged: u64,
    /// Of an undo, what it leaves out.
    pub(super) cannot_put_back: Option<CannotPutBack>,
    /// Rows that are changed, or may be, and that an undo leaves out.
    pub(super) without_image: u64,
    /// Why rows are not updated, or differ.
    pub(super) reasons: Vec<Reason>,
    /// The passes of the run, this one too once it has begun.
    pub(super) passes: Vec<Pass>,
    /// When the last row of the passes before ended.
    pub(super) last_finished: Option<Timestamp>,
    /// What this command sent.
    pub(super) sent: Option<Pace>,
    /// Why the run stopped before its last row.
    pub(super) stop_reason: Option<StopReason>,
    /// The reason in words, or why the command failed.
    pub(super) error: Option<String>,
    /// When the command ended, once it is written down.
    pub(super) ended: Option<Timestamp>,
    /// The unit of the rate that was asked for.
    pub(super) rate_unit: RateUnit,
}

/// A command that came to nothing, and what is known nonetheless.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(super) facts: Box<Facts>,
    pub(super) error: Error,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Facts::default().failed(error)
    }
}

impl Facts {
    /// What checking the rows of a new run found.
    pub(super) fn checked(preview: &Preview) -> Self {
        Self {
            rows: preview.rows,
            damaged: preview.damaged(),
            ..Self::default()
        }
    }

    /// An undo that leaves this out, and has nothing to restore.
    pub(crate) fn nothing_but(left_out: CannotPutBack) -> Self {
        Self {
            cannot_put_back: Some(left_out),
            ..Self::default()
        }
    }

    /// What the passes before left of a run with that input and so many rows.
    pub(super) fn resumed(history: &History, input: &RunInput, rows: u64) -> Self {
        let recorded = &history.recorded;
        let last = recorded.last_finished.as_deref();
        Self {
            rows,
            counts: recorded.counts.clone(),
            differs: recorded.differs,
            damaged: input.damaged,
            cannot_put_back: input.cannot_put_back.clone(),
            passes: history.passes.clone(),
            last_finished: last.and_then(|time| time.parse().ok()),
            ..Self::default()
        }
    }

    /// Nothing is sent, because of some rows.
    pub(super) fn refused(mut self, preview: &Preview) -> Self {
        self.counts.add(Outcome::Invalid, preview.illegal());
        self.counts.add(Outcome::NotSent, preview.legal);
        self
    }

    /// The run is in that directory.
    pub(super) fn in_directory(self, path: &Path) -> Self {
        Self {
            run_dir: Some(path.to_owned()),
            ..self
        }
    }

    /// Every row is accounted for.
    pub(super) fn with_totals(self, totals: Totals) -> Self {
        Self {
            rows: totals.rows,
            counts: totals.counts,
            differs: totals.differs,
            without_image: totals.without_image,
            reasons: totals.reasons,
            ..self
        }
    }

    /// The command cannot go further.
    pub(super) fn failed(self, error: Error) -> Failed {
        Failed {
            facts: Box::new(self),
            error,
        }
    }

    /// The summary of the run, after a command that began then; with its exit status once it has
    /// ended.
    pub(super) fn summary(&self, began: Timestamp, exit_status: Option<u8>) -> Summary {
        let facts = self.clone();
        let ended = exit_status.map(|_| facts.ended.unwrap_or_else(Timestamp::now));
        let mut passes = facts.passes;
        let is_open = |pass: &&mut Pass| pass.started_at == Some(began);
        if let (Some(pass), Some(status), Some(at)) =
            (passes.last_mut().filter(is_open), exit_status, ended)
        {
            pass.ended(status, facts.stop_reason.as_ref(), at);
        }
        let last = passes.last();
        // Without a pass, the command is all that there is.
        let (started_at, finished_at) = match last {
            Some(_) => (
                passes.first().and_then(|first| first.started_at),
                passes
                    .iter()
                    .rev()
                    .find_map(|pass| pass.finished_at)
                    .or(facts.last_finished),
            ),
            None => (Some(began), ended),
        };
        Summary {
            run_dir: (facts.run_dir).map(|path| path.to_string_lossy().into_owned()),
            exit_status,
            stop_reason: facts.stop_reason,
            error: facts.error,
            rows: facts.rows,
            counts: facts.counts,
            differs: facts.differs,
            damaged: facts.damaged,
            cannot_put_back: facts.cannot_put_back,
            without_image: facts.without_image,
            pace: pass::total(&passes),
            rate_asked: last.and_then(|last| last.rate_asked),
            rate_unit: facts.rate_unit,
            started_at,
            finished_at,
            reasons: facts.reasons,
            command: Done {
                began: Some(began),
                ended,
                sent: facts.sent,
            },
            passes,
        }
    }
}
