//! Due rows in order, for whoever takes the next one; rows that were throttled come last.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;
use std::vec;

use parking_lot::Mutex;

use super::prepared::Prepared;
use crate::model::Update;
use crate::send::Attempts;
use crate::stop::Stop;

/// Rows that were throttled and wait for the others, at most.
const MAX_PUT_BACK: usize = 1000;

/// A row to be sent.
pub(super) struct Task {
    pub(super) update: Update<'static>,
    pub(super) attempts: Attempts,
    /// Requests for the row in earlier passes.
    pub(super) earlier_attempts: u32,
    /// What is to be sent, of a row that was read.
    pub(super) prepared: Option<Box<Prepared>>,
}

/// Due rows, in order, for whoever takes the next one.
pub(super) struct Queue {
    due: Mutex<Due>,
    /// Rows that were throttled: they go last.
    put_back: Mutex<Vec<Task>>,
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
    pub(super) fn put_back(&self, task: Task) -> Option<Task> {
        let mut rows = self.put_back.lock();
        if rows.len() >= MAX_PUT_BACK {
            return Some(task);
        }
        rows.push(task);
        None
    }

    /// The row that was put back and may be sent next, once no other is left; ends the run if that
    /// would be a long time off.
    pub(super) fn next_put_back(&self, stop: &Stop) -> Option<Task> {
        let mut rows = self.put_back.lock();
        let first = (0..rows.len())
            .min_by_key(|at| rows.get(*at).map(|task| task.attempts.postponed_until()))?;
        let task = rows.swap_remove(first);
        if let Some(reason) = task.attempts.is_too_late(Instant::now()) {
            stop.because(reason);
        }
        Some(task)
    }
}
