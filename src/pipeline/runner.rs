//! Who runs where: a feeder plans rows in order, workers send them, the calling thread records
//! each outcome and only then tells of it.

use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::check::next_batch;
use super::worker::{Counters, Desk};
use super::{Decision, Gate, Planned, Planner, Retries, Stop};
use crate::api::Exchange;
use crate::input::{InputError, Reader};
use crate::ledger::{Journal, Record};
use crate::model::text::{head, one_line};
use crate::model::{Event, Outcome, Pace, StopReason, Update, Violation};

/// How often a run that waits says so.
const TICK: Duration = Duration::from_millis(500);

/// The longest slug of a row that was never sent, in bytes.
const SLUG_BYTES: usize = 255;

/// Why rows could not be accounted for.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The private copy of the input cannot be read any more.
    #[error("the private copy of the input {0}")]
    Input(#[from] InputError),
    /// A thread of our own panicked.
    #[error("a worker of ours panicked: this is our fault, please report it")]
    Panicked,
}

/// One run over the rows of one input.
#[derive(Debug)]
pub struct Run<'a, E> {
    /// Plans the rows.
    pub planner: Planner,
    /// Sends one update.
    pub exchange: &'a E,
    /// Spaces the requests.
    pub gate: &'a Gate,
    /// How often to try again.
    pub retries: Retries,
    /// Requests in flight at most.
    pub workers: usize,
    /// Ends the run early.
    pub stop: &'a Stop,
}

/// What threads tell the one that records.
enum Message {
    Settled(Record),
    Told(Event),
    Unreadable(InputError),
}

impl<E: Exchange> Run<'_, E> {
    /// Sends every row of `reader` that is due, and records every row in `journal`. Rows that a
    /// stop leaves over are recorded as not sent. Each event comes after its record is written.
    ///
    /// # Errors
    /// When the input cannot be read to its end. Rows recorded so far stay recorded.
    pub fn send(
        self,
        reader: Reader,
        journal: &mut Journal,
        tell: &mut dyn FnMut(&Event),
    ) -> Result<Pace, RunError> {
        let desk = Desk {
            exchange: self.exchange,
            gate: self.gate,
            retries: self.retries,
            stop: self.stop,
            counters: Counters::default(),
        };
        let (jobs, due) = bounded::<Update>(self.workers);
        let (messages, inbox) = bounded(1024);
        let (planner, stop) = (self.planner, self.stop);
        thread::scope(|scope| {
            let mut threads = Vec::with_capacity(self.workers + 1);
            let outbox = messages.clone();
            threads.push(scope.spawn(move || feed(reader, planner, stop, &jobs, &outbox)));
            for _ in 0..self.workers {
                let (desk, due, outbox) = (&desk, due.clone(), messages.clone());
                threads.push(scope.spawn(move || work(desk, &due, &outbox)));
            }
            drop((messages, due));
            let recorded = record(&inbox, journal, stop, tell);
            // A send fails only when its receiver is gone: nobody is left waiting.
            drop(inbox);
            let ended: Vec<_> = threads
                .into_iter()
                .map(thread::ScopedJoinHandle::join)
                .collect();
            if ended.iter().any(Result::is_err) {
                return Err(RunError::Panicked);
            }
            recorded?;
            Ok(desk.pace())
        })
    }
}

/// Plans rows in order; due ones go to the workers, the others straight into the ledger.
fn feed(
    mut reader: Reader,
    mut planner: Planner,
    stop: &Stop,
    jobs: &Sender<Update>,
    outbox: &Sender<Message>,
) {
    let mut rows = Vec::new();
    loop {
        match next_batch(&mut reader, &mut rows) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                // There is nobody to tell only if the run is over anyway.
                let _ = outbox.send(Message::Unreadable(error));
                return;
            }
        }
        for planned in planner.plan(&rows) {
            let is_taken = match due(planned, stop) {
                Ok(update) => jobs.send(update).is_ok(),
                Err(record) => outbox.send(Message::Settled(record)).is_ok(),
            };
            if !is_taken {
                return;
            }
        }
    }
}

/// The update to send, or the record of a row that needs no sending.
fn due(
    Planned {
        line,
        slug,
        decision,
    }: Planned,
    stop: &Stop,
) -> Result<Update, Record> {
    match decision {
        Decision::Send(update) if stop.is_set() => Err(Record::unsent(
            line,
            update.slug.shown(),
            Outcome::NotSent,
            String::new(),
        )),
        Decision::Send(update) => Ok(update),
        Decision::Refuse { violations, shared } => {
            let reasons: Vec<_> = violations
                .iter()
                .chain(&shared)
                .map(Violation::reason)
                .collect();
            let slug = one_line(head(&slug, SLUG_BYTES), SLUG_BYTES);
            Err(Record::unsent(
                line,
                slug,
                Outcome::Invalid,
                reasons.join("; "),
            ))
        }
    }
}

fn work<E: Exchange>(desk: &Desk<'_, E>, due: &Receiver<Update>, outbox: &Sender<Message>) {
    let tell = |event| {
        // There is nobody to tell only if the run is over anyway.
        let _ = outbox.send(Message::Told(event));
    };
    for update in due {
        let record = desk.settle(&update, &tell);
        if outbox.send(Message::Settled(record)).is_err() {
            return;
        }
    }
}

/// Records what arrives, then tells of it.
fn record(
    inbox: &Receiver<Message>,
    journal: &mut Journal,
    stop: &Stop,
    tell: &mut dyn FnMut(&Event),
) -> Result<(), RunError> {
    let mut is_writable = true;
    let mut failed = None;
    let mut announced = false;
    loop {
        let message = match inbox.recv_timeout(TICK) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => Message::Told(Event::Tick),
            Err(RecvTimeoutError::Disconnected) => break,
        };
        match message {
            Message::Settled(record) if is_writable => match journal.append(&record) {
                Ok(()) => tell(&Event::Recorded {
                    outcome: record.outcome,
                    differs: record.differs(),
                }),
                Err(error) => {
                    is_writable = false;
                    stop.because(StopReason::LedgerUnwritable {
                        error: error.to_string(),
                    });
                }
            },
            // What cannot be recorded is sent again by whoever goes on: harmless.
            Message::Settled(_) => {}
            Message::Told(event) => tell(&event),
            Message::Unreadable(error) => {
                stop.because(StopReason::InputUnreadable {
                    error: error.to_string(),
                });
                failed = Some(error);
            }
        }
        if !announced && let Some(reason) = stop.reason() {
            announced = true;
            tell(&Event::Stopping { reason });
        }
    }
    failed.map_or(Ok(()), |error| Err(error.into()))
}
