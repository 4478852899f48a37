//! Who runs where: a feeder plans rows in order, workers send them, the calling thread records
//! each outcome and only then tells of it.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::check::next_batch;
use super::watch::{Brand, MaxFailures, Watch, is_nowhere, recalled};
use super::worker::{Counters, Desk};
use super::{Decision, Gate, Planned, Planner, Retries, Stop};
use crate::api::Exchange;
use crate::input::{InputError, Reader};
use crate::ledger::{Journal, Record};
use crate::model::text::{head, one_line};
use crate::model::{Detail, Event, Outcome, Pace, StopReason, Update, Violation};

/// How often a run that waits says so.
const TICK: Duration = Duration::from_millis(500);

/// How often the ledger is made to outlast a power cut.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// The longest slug of a row that was never sent, in bytes.
const SLUG_BYTES: usize = 255;

/// Why rows could not be accounted for.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The private copy of the input cannot be read any more.
    #[error("the private copy of the input {0}")]
    Input(#[from] InputError),
    /// A result could not be written. The ledger is whole up to there.
    #[error("results cannot be written: {0}")]
    Unwritable(io::Error),
    /// The machine lends no threads. Nothing was sent.
    #[error("no threads can be started: {0}")]
    Threads(io::Error),
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
    /// Rows to send at most; the rest is left to a resume.
    pub limit: Option<u64>,
    /// When to stop sending.
    pub deadline: Option<Instant>,
    /// How many rows may go wrong.
    pub max_failures: MaxFailures,
    /// Whether the account is known to be the right one.
    pub brand: Brand,
    /// How much to tell.
    pub detail: Detail,
    /// Ends the run early.
    pub stop: &'a Stop,
}

/// What threads tell the one that records.
enum Message {
    /// A row that was sent is settled; its worker waits until that is written.
    Sent(Record),
    /// A row that was not sent is settled.
    Settled(Record),
    OverLimit(Record),
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
            detail: self.detail,
            counters: Counters::default(),
        };
        let (jobs, due) = bounded::<Update>(self.workers);
        let (messages, inbox) = bounded(1024);
        // A worker takes its next row only when its last one is in the ledger: nothing is ever sent
        // and not recorded beyond what is in flight.
        let (written, may_go_on) = bounded(self.workers);
        for _ in 0..self.workers {
            // There is room for one each, and the other end is right here.
            let _ = written.send(());
        }
        let feeder = Feeder {
            planner: self.planner,
            left: self.limit,
            stop: self.stop,
        };
        let recorder = Recorder {
            journal,
            watch: Watch::new(self.max_failures, self.brand),
            deadline: self.deadline,
            stop: self.stop,
            tell,
            state: State::Recording,
            announced: false,
        };
        thread::scope(|scope| {
            let mut threads = Vec::with_capacity(self.workers + 1);
            // Workers first, and nothing is sent before the feeder is there too: a machine that
            // lends no more threads must not cost rows.
            for _ in 0..self.workers {
                let (desk, due, outbox) = (&desk, due.clone(), messages.clone());
                let may_go_on = may_go_on.clone();
                let spawned = thread::Builder::new()
                    .spawn_scoped(scope, move || work(desk, &may_go_on, &due, &outbox));
                match spawned {
                    Ok(worker) => threads.push(worker),
                    Err(_) if !threads.is_empty() => break,
                    Err(error) => return Err(RunError::Threads(error)),
                }
            }
            let workers = threads.len();
            if workers < self.workers {
                (recorder.tell)(&Event::FewerWorkers { started: workers });
            }
            let feed = move || feeder.feed(reader, &jobs, &messages);
            threads.push(
                thread::Builder::new()
                    .spawn_scoped(scope, feed)
                    .map_err(RunError::Threads)?,
            );
            drop((due, may_go_on));
            let ledger = recorder.record(&inbox, &written);
            // A send fails only when its receiver is gone: nobody is left waiting.
            drop((inbox, written));
            let ended: Vec<_> = threads
                .into_iter()
                .map(thread::ScopedJoinHandle::join)
                .collect();
            if ended.iter().any(Result::is_err) {
                return Err(RunError::Panicked);
            }
            ledger?;
            Ok(desk.pace(workers))
        })
    }
}

/// Plans rows in order; due ones go to the workers, the others straight into the ledger.
struct Feeder<'a> {
    planner: Planner,
    /// Rows that may still be sent.
    left: Option<u64>,
    stop: &'a Stop,
}

impl Feeder<'_> {
    fn feed(mut self, mut reader: Reader, jobs: &Sender<Update>, outbox: &Sender<Message>) {
        let _guard = StopOnPanic(self.stop);
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
            for planned in self.planner.plan(&rows) {
                let is_taken = match self.due(planned) {
                    Due::Send(update) => jobs.send(update).is_ok(),
                    Due::Record(record) => outbox.send(Message::Settled(record)).is_ok(),
                    Due::OverLimit(record) => outbox.send(Message::OverLimit(record)).is_ok(),
                    Due::Nothing => true,
                };
                if !is_taken {
                    return;
                }
            }
        }
    }

    fn due(
        &mut self,
        Planned {
            line,
            slug,
            decision,
        }: Planned,
    ) -> Due {
        let not_sent = |slug| Record::unsent(line, slug, Outcome::NotSent, String::new());
        match decision {
            Decision::Skip => Due::Nothing,
            Decision::Send(update) if self.stop.is_set() => {
                Due::Record(not_sent(update.slug.shown()))
            }
            Decision::Send(update) if self.left == Some(0) => {
                Due::OverLimit(not_sent(update.slug.shown()))
            }
            Decision::Send(update) => {
                self.left = self.left.map(|left| left - 1);
                Due::Send(update)
            }
            Decision::Refuse { violations, shared } => {
                let reasons: Vec<_> = violations
                    .iter()
                    .chain(&shared)
                    .map(Violation::reason)
                    .collect();
                let slug = one_line(head(&slug, SLUG_BYTES), SLUG_BYTES);
                Due::Record(Record::unsent(
                    line,
                    slug,
                    Outcome::Invalid,
                    reasons.join("; "),
                ))
            }
        }
    }
}

/// What is to be done with a planned row now.
enum Due {
    Nothing,
    Send(Update),
    Record(Record),
    /// It would be sent, if there were no `--limit`.
    OverLimit(Record),
}

/// Ends the run when its thread panics: what that thread had in hand is lost to the ledger.
struct StopOnPanic<'a>(&'a Stop);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.because(StopReason::Panicked);
        }
    }
}

fn work<E: Exchange>(
    desk: &Desk<'_, E>,
    may_go_on: &Receiver<()>,
    due: &Receiver<Update>,
    outbox: &Sender<Message>,
) {
    let _guard = StopOnPanic(desk.stop);
    let tell = |event| {
        // There is nobody to tell only if the run is over anyway.
        let _ = outbox.send(Message::Told(event));
    };
    while may_go_on.recv().is_ok()
        && let Ok(update) = due.recv()
    {
        let record = desk.settle(&update, &tell);
        if outbox.send(Message::Sent(record)).is_err() {
            return;
        }
    }
}

/// Records what arrives, then tells of it, and sees when the run should stop.
struct Recorder<'a> {
    journal: &'a mut Journal,
    watch: Watch,
    deadline: Option<Instant>,
    stop: &'a Stop,
    tell: &'a mut dyn FnMut(&Event),
    state: State,
    announced: bool,
}

/// How far the recorder trusts its means.
enum State {
    Recording,
    /// The ledger cannot be written: what still arrives is sent again by whoever goes on.
    Unwritable(io::Error),
    /// The copy cannot be read to its end; what is in flight is recorded all the same.
    Unreadable(InputError),
}

impl Recorder<'_> {
    fn record(mut self, inbox: &Receiver<Message>, written: &Sender<()>) -> Result<(), RunError> {
        let mut synced = Instant::now();
        let mut is_over_limit = false;
        loop {
            match inbox.recv_timeout(TICK) {
                Ok(Message::Sent(record)) => {
                    self.settle(record);
                    // A worker that has ended needs no leave to go on.
                    let _ = written.try_send(());
                }
                Ok(Message::Settled(record)) => self.settle(record),
                Ok(Message::OverLimit(record)) => {
                    is_over_limit = true;
                    self.settle(record);
                }
                Ok(Message::Told(event)) => (self.tell)(&event),
                Ok(Message::Unreadable(error)) => {
                    self.stop.because(StopReason::InputUnreadable {
                        error: error.to_string(),
                    });
                    self.state = State::Unreadable(error);
                }
                Err(RecvTimeoutError::Timeout) => (self.tell)(&Event::Tick),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if synced.elapsed() >= SYNC_EVERY {
                self.sync();
                synced = Instant::now();
            }
            if self
                .deadline
                .is_some_and(|deadline| Instant::now() >= deadline)
            {
                self.stop.because(StopReason::MaxDuration);
            }
            self.announce();
        }
        self.end(is_over_limit);
        match self.state {
            State::Unreadable(error) => Err(error.into()),
            State::Unwritable(error) => Err(RunError::Unwritable(error)),
            State::Recording => Ok(()),
        }
    }

    /// A run that came to its last row may still have stopped short.
    fn end(&mut self, is_over_limit: bool) {
        if self.stop.is_set() {
            return;
        }
        if let Some(reason) = self.watch.at_end() {
            self.stop_for(reason);
        } else if is_over_limit {
            self.stop.because(StopReason::Limit);
        }
        self.announce();
    }

    fn settle(&mut self, record: Record) {
        // Rows that were in flight when the brand turned out to be wrong are not condemned either.
        let is_recalled = is_nowhere(&record) && self.stop.reason() == Some(StopReason::WrongBrand);
        let record = if is_recalled {
            recalled(record)
        } else {
            record
        };
        if !self.append(&record) {
            return;
        }
        (self.tell)(&Event::Recorded {
            outcome: record.outcome,
            differs: record.differs(),
        });
        if let Some(reason) = self.watch.note(&record) {
            self.stop_for(reason);
        }
    }

    fn stop_for(&mut self, reason: StopReason) {
        let is_brand = reason == StopReason::WrongBrand;
        self.stop.because(reason);
        if is_brand {
            for record in self.watch.recalled() {
                self.append(&record);
            }
        }
    }

    /// Writes a record; whether the ledger holds it.
    fn append(&mut self, record: &Record) -> bool {
        if matches!(self.state, State::Unwritable(_)) {
            return false;
        }
        let appended = self.journal.append(record);
        appended.map_err(|error| self.unwritable(error)).is_ok()
    }

    fn sync(&mut self) {
        if let Err(error) = self.journal.sync() {
            self.unwritable(error);
        }
    }

    fn unwritable(&mut self, error: io::Error) {
        self.stop.because(StopReason::LedgerUnwritable {
            error: error.to_string(),
        });
        self.state = State::Unwritable(error);
    }

    fn announce(&mut self) {
        if !self.announced
            && let Some(reason) = self.stop.reason()
        {
            self.announced = true;
            (self.tell)(&Event::Stopping { reason });
        }
    }
}
