//! One worker: takes a row, sends it until it has ended, records how, and takes the next.

use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;

use super::queue::{Queue, Task};
use super::recorder::Recorder;
use super::row_end::RowEnd;
use super::steps::{NextStep, Steps};
use crate::api::Exchange;
use crate::ledger::{Earlier, Record, ResumeIndex};
use crate::model::{Event, Update, utc_millis};
use crate::send::{Attempts, Before};
use crate::stop::Stop;

/// What a worker works with.
pub(super) struct Worker<'a, 'b, E> {
    pub(super) steps: &'a Steps<'a, E>,
    /// Held by workers alone: when the last is gone, the feeder has nobody to feed.
    pub(super) queue: Arc<Queue>,
    pub(super) recorder: &'a Mutex<Recorder<'b>>,
    /// What was recorded before.
    pub(super) earlier: &'a ResumeIndex,
    pub(super) stop: &'a Stop,
}

impl<E: Exchange> Worker<'_, '_, E> {
    /// Sends one row after another. The next is taken when the last one is in the ledger: at
    /// most the requests in flight are sent but unrecorded.
    pub(super) fn work(&self) {
        let mut task = self.next();
        while let Some(row) = task {
            task = match self.send(row) {
                Some(postponed) => self.queue.put_back(postponed).or_else(|| self.next()),
                None => self.next(),
            };
        }
    }

    fn next(&self) -> Option<Task> {
        let fresh = self.queue.next().map(|update| {
            let before = match self.earlier.earlier(update.line) {
                Earlier::InDoubt => Before::PerhapsApplied,
                Earlier::Nothing | Earlier::Tried => Before::NotApplied,
            };
            let attempts = Attempts::new(update.line, update.slug.shown(), before);
            Task {
                earlier_attempts: self.earlier.attempts(update.line),
                update,
                attempts,
                prepared: None,
            }
        });
        fresh.or_else(|| self.queue.next_put_back(self.stop))
    }

    /// Sends a row and records how it ended; gives it back if it was throttled.
    fn send(&self, mut task: Task) -> Option<Task> {
        let report = |event: &Event<'_>| self.recorder.lock().report(event);
        loop {
            let next = match self.steps.turn(&mut task) {
                Some(turn) => self.steps.take(&mut task, turn, &report),
                None => NextStep::End(task.attempts.given_up().into()),
            };
            let (end, reason) = match next {
                NextStep::Again => continue,
                NextStep::Later => return Some(task),
                NextStep::End(end) => (end, None),
                NextStep::StopRun(end, reason) => (end, Some(reason)),
            };
            let record = record(&task.update, &task.attempts, end);
            self.recorder.lock().record(record);
            if let Some(reason) = reason {
                self.stop.because(reason);
            }
            return None;
        }
    }
}

/// The record of a row that ended in that way.
fn record(update: &Update<'_>, attempts: &Attempts, RowEnd { outcome, reasons }: RowEnd) -> Record {
    let elapsed = attempts.first_sent().map(|sent| sent.elapsed().as_millis());
    Record {
        line: update.line,
        slug: update.slug.shown(),
        outcome,
        http_status: attempts.http_status(),
        reasons,
        attempts: attempts.requests(),
        elapsed_ms: elapsed.map(|millis| u64::try_from(millis).unwrap_or(u64::MAX)),
        finished_at: elapsed.map(|_| utc_millis(Timestamp::now())),
    }
}
