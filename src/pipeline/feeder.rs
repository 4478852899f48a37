//! Rows in the order of the file -> due ones into a queue for the workers, the others straight into
//! the ledger.

use parking_lot::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;
use std::vec;

use super::check::next_batch;
use super::job::Job;
use super::recorder::Recorder;
use super::{Planned, Planner};
use crate::input::{InputError, Reader};
use crate::ledger::{Earlier, Record, Recorded};
use crate::model::{Outcome, Update, Violation};
use crate::stop::Stop;

/// Rows that were throttled and wait for the others, at most.
const MAX_PUT_BACK: usize = 1000;

/// Due rows, in order, for whoever takes the next one.
pub(super) struct Queue {
    due: Mutex<Due>,
    /// Rows that were throttled: they go last.
    put_back: Mutex<Vec<Job>>,
}

struct Due {
    batch: vec::IntoIter<Update<'static>>,
    more: Receiver<Vec<Update<'static>>>,
}

impl Queue {
    /// A queue, and the end into which batches go. No more than one batch waits: a file is not read
    /// far ahead of what is sent.
    pub(super) fn new() -> (SyncSender<Vec<Update<'static>>>, Self) {
        let (batches, more) = sync_channel(1);
        let batch = Vec::new().into_iter();
        let due = Mutex::new(Due { batch, more });
        let put_back = Mutex::default();
        (batches, Self { due, put_back })
    }

    /// The next row, once there is one; `None` after the last.
    pub(super) fn next(&self) -> Option<Update<'static>> {
        // Held while it waits: the others would wait for the same batch.
        let mut due = self.due.lock();
        loop {
            if let Some(update) = due.batch.next() {
                return Some(update);
            }
            due.batch = due.more.recv().ok()?.into_iter();
        }
    }

    /// Takes back a row that was throttled; returns it where there are too many of them, for memory
    /// must not grow with the file.
    pub(super) fn put_back(&self, job: Job) -> Option<Job> {
        let mut rows = self.put_back.lock();
        if rows.len() >= MAX_PUT_BACK {
            return Some(job);
        }
        rows.push(job);
        None
    }

    /// The row that was put back and may be sent next, once no other is left; ends the run if that
    /// would be a long time off.
    pub(super) fn next_put_back(&self, stop: &Stop) -> Option<Job> {
        let mut rows = self.put_back.lock();
        let first = (0..rows.len()).min_by_key(|at| rows.get(*at).map(|job| job.not_before))?;
        let job = rows.swap_remove(first);
        if let Some(reason) = job.is_given_up(Instant::now()) {
            stop.because(reason);
        }
        Some(job)
    }
}

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
    fn all(recorded: &Recorded) -> Vec<Self> {
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
pub(super) struct Feeder<'a, 'b> {
    /// Rows that may still be sent.
    pub(super) left: Option<u64>,
    pub(super) recorder: &'a Mutex<Recorder<'b>>,
    pub(super) stop: &'a Stop,
}

impl Feeder<'_, '_> {
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
            let due: Vec<_> = rows.filter_map(|planned| self.due(planned)).collect();
            if batches.send(due).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// The row, if it is to be sent; else it is recorded.
    fn due(&mut self, planned: Planned<'_>) -> Option<Update<'static>> {
        match planned {
            Planned::Skip { .. } => None,
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
        let is_over_limit = self.left == Some(0);
        if is_over_limit || self.stop.is_set() {
            let (line, slug) = (update.line, update.slug.shown());
            self.record(Record::unsent(line, slug, Outcome::NotSent, String::new()));
            self.recorder.lock().is_over_limit |= is_over_limit;
            return None;
        }
        self.left = self.left.map(|left| left - 1);
        Some(update.into_owned())
    }

    fn record(&self, record: Record) {
        self.recorder.lock().settle(record);
    }
}
