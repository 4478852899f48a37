//! Rows in the order of the file -> due ones into the queue for the workers, the others straight into
//! the ledger.

use parking_lot::Mutex;
use std::sync::mpsc::SyncSender;

use super::check::next_batch;
use super::recorder::Recorder;
use super::selection::Selection;
use super::{Planned, Planner};
use crate::input::{InputError, Reader};
use crate::ledger::{BeforeImages, Earlier, Record, ResumeIndex};
use crate::model::{Outcome, Update, Violation};
use crate::stop::Stop;

/// Which rows are fed when: what stood in the way of a run before must not do so again, so rows that
/// were never tried come first, and then the others from where the last run ended.
#[derive(Debug, Clone, Copy)]
enum Round {
    Untried,
    /// Tried, and behind this line.
    After(u64),
    /// Tried, and not behind it.
    UpTo(u64),
}

impl Round {
    /// The rounds of a run.
    fn all(recorded: &ResumeIndex) -> Vec<Self> {
        let mut rounds = vec![Self::Untried];
        if let Some(line) = recorded.last_tried() {
            rounds.extend([Self::After(line), Self::UpTo(line)]);
        }
        rounds
    }

    /// Whether it is the turn of the row on `line`.
    fn includes(self, line: u64, earlier: Earlier) -> bool {
        let is_untried = earlier == Earlier::Nothing;
        match self {
            Self::Untried => is_untried,
            Self::After(last) => !is_untried && line > last,
            Self::UpTo(last) => !is_untried && line <= last,
        }
    }
}

/// Plans rows in order.
pub(super) struct Feeder<'a, 'b, 'c> {
    pub(super) selection: Selection,
    /// Rows so far that make a request.
    pub(super) seen: u64,
    pub(super) recorder: &'a Mutex<Recorder<'b>>,
    pub(super) images: &'a Mutex<&'c mut BeforeImages>,
    pub(super) stop: &'a Stop,
}

impl Feeder<'_, '_, '_> {
    /// Plans the rows that `read` gives from the start, until nobody takes any.
    pub(super) fn feed(
        mut self,
        planner: &Planner,
        read: impl Fn() -> Result<Reader, InputError>,
        batches: &SyncSender<Vec<Update<'static>>>,
    ) {
        for round in Round::all(planner.recorded()) {
            let fed = read().and_then(|reader| self.feed_round(round, planner, reader, batches));
            if let Err(error) = fed {
                return self.recorder.lock().unreadable(error);
            }
        }
    }

    fn feed_round(
        &mut self,
        round: Round,
        planner: &Planner,
        mut reader: Reader,
        batches: &SyncSender<Vec<Update<'static>>>,
    ) -> Result<(), InputError> {
        let recorded = planner.recorded();
        let mut planner = planner.clone();
        let mut rows = Vec::new();
        while next_batch(&mut reader, &mut rows)? {
            let rows = planner.plan(&rows).into_iter();
            let rows = rows.filter(|row| round.includes(row.line(), recorded.earlier(row.line())));
            let rows = rows.filter(|row| !self.is_to_stay_unknown(row, recorded));
            let rows: Vec<_> = rows.collect();
            let due: Vec<_> = rows.into_iter().filter_map(|row| self.due(row)).collect();
            if batches.send(due).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Whether a row has become illegal meanwhile, the time of a hold has passed for example, and may have
    /// been applied before: its record stays, so that an undo knows.
    fn is_to_stay_unknown(&self, row: &Planned<'_>, recorded: &ResumeIndex) -> bool {
        let line = row.line();
        matches!(row, Planned::Invalid { .. })
            && recorded.earlier(line) == Earlier::InDoubt
            && self.images.lock().has(line)
    }

    /// The row, if it is to be sent; else it is recorded.
    fn due(&mut self, planned: Planned<'_>) -> Option<Update<'static>> {
        match planned {
            Planned::Skip { .. } => None,
            Planned::Send(update) if update.is_without_change() => {
                let (line, slug) = (update.line, update.slug.shown());
                self.record(Record::unsent(
                    line,
                    slug,
                    Outcome::Unchanged,
                    String::new(),
                ));
                None
            }
            Planned::Send(update) => self.allowed(update),
            Planned::Invalid { row, shared } => {
                let reasons = row.violations.iter().chain(&shared);
                let reasons: Vec<_> = reasons.map(Violation::reason).collect();
                let slug = Record::slug(&row.slug).into_owned();
                let reasons = reasons.join("; ");
                self.record(Record::unsent(row.line, slug, Outcome::Invalid, reasons));
                None
            }
        }
    }

    fn allowed(&mut self, update: Update<'_>) -> Option<Update<'static>> {
        let is_selected = self.selection.includes(self.seen);
        self.seen += 1;
        if is_selected && !self.stop.is_set() {
            return Some(update.into_owned());
        }
        // Nobody asks about what is not in a sample.
        if is_selected || !matches!(self.selection, Selection::Spread { .. }) {
            let (line, slug) = (update.line, update.slug.shown());
            self.record(Record::unsent(line, slug, Outcome::NotSent, String::new()));
            self.recorder.lock().is_over_limit |= !is_selected;
        }
        None
    }

    fn record(&self, record: Record) {
        self.recorder.lock().record(record);
    }
}
