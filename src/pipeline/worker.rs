//! One worker: takes a row, sends it until it has ended, records how, and takes the next.

use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;

use super::queue::{Queue, Task};
use super::recorder::Recorder;
use crate::api::{Exchange, UpdateConversation, Updated, Verification};
use crate::ledger::{Earlier, Record, ResumeIndex};
use crate::model::{Event, Outcome, Update, utc_millis};
use crate::send::{Attempts, Before, Ending, Sender, Sent, Step};
use crate::stop::Stop;

/// What a worker works with.
pub(super) struct Worker<'a, 'b, E> {
    pub(super) sender: &'a Sender<'a, E>,
    /// Held by workers alone: when the last is gone, the feeder has nobody to feed.
    pub(super) queue: Arc<Queue>,
    pub(super) recorder: &'a Mutex<Recorder<'b>>,
    /// What was recorded before.
    pub(super) earlier: &'a ResumeIndex,
    pub(super) verification: Verification,
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
            Task { update, attempts }
        });
        fresh.or_else(|| self.queue.next_put_back(self.stop))
    }

    /// Sends a row and records how it ended; gives it back if it was throttled.
    fn send(&self, Task { update, attempts }: Task) -> Option<Task> {
        let operation = UpdateConversation {
            slug: &update.slug,
            changes: &update.changes,
            verification: self.verification,
        };
        let report = |event: &Event<'_>| self.recorder.lock().report(event);
        match self.sender.send(&operation, attempts, &report) {
            Step::Postponed(attempts) => Some(Task { update, attempts }),
            Step::Ended(sent) => {
                let record = record(&update, sent);
                self.recorder.lock().record(record);
                None
            }
        }
    }
}

/// The record of a row whose update ended in that way.
fn record(update: &Update<'_>, sent: Sent<Updated>) -> Record {
    let (outcome, reasons) = match sent.ending {
        Ending::Success(updated) => (Outcome::Updated, reasons(&updated)),
        Ending::Rejected(reasons) => (Outcome::Rejected, reasons),
        Ending::NotFound(reasons) => (Outcome::NotFound, reasons),
        Ending::Failed(reasons) => (Outcome::Failed, reasons),
        Ending::Unknown(reasons) => (Outcome::Unknown, reasons),
        Ending::NotSent(reasons) => (Outcome::NotSent, reasons),
    };
    let elapsed = sent.first_sent.map(|sent| sent.elapsed().as_millis());
    Record {
        line: update.line,
        slug: update.slug.shown(),
        outcome,
        http_status: sent.http_status,
        reasons,
        attempts: sent.requests,
        elapsed_ms: elapsed.map(|millis| u64::try_from(millis).unwrap_or(u64::MAX)),
        finished_at: elapsed.map(|_| utc_millis(Timestamp::now())),
    }
}

/// What a record has of an update that was carried out: what differs, and what is good to know.
fn reasons(updated: &Updated) -> String {
    let differences = updated.differences.iter().map(ToString::to_string);
    let note = updated.note().map(|note| format!("{}{note}", Record::NOTE));
    let reasons: Vec<_> = differences.chain(note).collect();
    reasons.join("; ")
}
