//! Threads of a run: a feeder plans rows in order, workers send them and record each outcome before
//! they take the next, the calling thread watches the time.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, channel};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::Instant;

use parking_lot::Mutex;

use super::Planner;
use super::breaker::{Breaker, Known, RowLimits};
use super::error::RunError;
use super::feeder::Feeder;
use super::mode::RunMode;
use super::queue::Queue;
use super::recorder::Recorder;
use super::selection::Selection;
use super::steps::Steps;
use super::supervision::Supervision;
use super::worker::Worker;
use crate::api::{Exchange, Verification};
use crate::input::{InputError, Reader};
use crate::ledger::{BeforeImages, Journal, RunDirectoryMonitor};
use crate::model::{Detail, Event, Pace, ReadPolicy, StopReason};
use crate::send::{Gate, Policy, Retries, Sender};
use crate::stop::Stop;

/// One run over the rows of one input.
#[derive(Debug)]
pub struct Run<'a, E> {
    /// Plans the rows.
    pub planner: Planner,
    /// Sends one update.
    pub exchange: &'a E,
    /// Spaces the requests.
    pub gate: &'a Gate,
    /// How often to retry.
    pub retries: Retries,
    /// Whether answers are compared with what was asked for.
    pub verification: Verification,
    /// Which rows are read first.
    pub read_policy: ReadPolicy,
    /// Requests in flight at most.
    pub workers: usize,
    /// Whether anything is changed.
    pub mode: RunMode,
    /// Which rows are handled.
    pub selection: Selection,
    /// When to stop sending.
    pub deadline: Option<Instant>,
    /// How many rows may go wrong.
    pub row_limits: RowLimits,
    /// What is known of the account.
    pub known: Known,
    /// How much to report.
    pub detail: Detail,
    /// Ends the run early.
    pub stop: &'a Stop,
    /// The run directory, without which a run must not continue.
    pub monitor: Option<&'a RunDirectoryMonitor>,
}

impl<E: Exchange> Run<'_, E> {
    /// Sends every due row of those that `read` gives from the start, and records every row in
    /// `journal`. Rows that a stop leaves over are recorded as not sent. An event is reported after its
    /// record is written.
    ///
    /// # Errors
    /// When the input cannot be read to its end. Rows recorded so far stay recorded.
    pub fn send(
        self,
        read: impl Fn() -> Result<Reader, InputError> + Send,
        journal: &mut Journal,
        images: &mut BeforeImages,
        report: &mut (dyn FnMut(&Event<'_>) + Send),
    ) -> Result<Pace, RunError> {
        let file = journal.handle().map_err(RunError::Unwritable)?;
        let earlier = self.planner.recorded();
        let breaker = Breaker::new(self.row_limits, self.known, Arc::clone(earlier));
        let sender = Sender::new(self.exchange, self.gate, self.stop, self.policy());
        let in_flight = || sender.in_flight();
        let recorder = Recorder::new(journal, earlier, breaker, self.stop, &in_flight, report);
        let recorder = Mutex::new(recorder);
        let images = Mutex::new(images);
        let feeder = Feeder {
            selection: self.selection,
            seen: 0,
            recorder: &recorder,
            images: &images,
            stop: self.stop,
        };
        let planner = &self.planner;
        let supervision = Supervision {
            deadline: self.deadline,
            stop: self.stop,
            monitor: self.monitor,
            ledger: &file,
            images: &images,
            recorder: &recorder,
        };
        let steps = self.steps(&sender, &images);
        let workers = thread::scope(|scope| {
            let (batches, queue) = Queue::new();
            let queue = Arc::new(queue);
            let (running, ended) = channel();
            // This thread too: whoever waits for the others must not wait for all rows.
            let _guard = StopOnPanic(self.stop);
            // Workers first, and nothing is sent before the feeder is there too: a machine that
            // allows no more threads must not cost rows.
            let mut threads = start_workers(self.workers, || {
                let worker = Worker {
                    steps: &steps,
                    queue: Arc::clone(&queue),
                    recorder: &recorder,
                    earlier,
                    stop: self.stop,
                };
                spawn(scope, self.stop, running.clone(), move || worker.work())
            })?;
            drop(queue);
            let workers = threads.len();
            if workers < self.workers {
                recorder
                    .lock()
                    .report(&Event::FewerWorkers { started: workers });
            }
            let feed = move || feeder.feed(planner, read, &batches);
            threads.push(spawn(scope, self.stop, running, feed).map_err(RunError::Threads)?);
            supervision.watch(&ended, &sender);
            join(threads).map(|()| workers)
        })?;
        recorder.into_inner().end()?;
        Ok(sender.pace(workers))
    }

    fn steps<'a>(
        &'a self,
        sender: &'a Sender<'a, E>,
        images: &'a Mutex<&'a mut BeforeImages>,
    ) -> Steps<'a, E> {
        Steps {
            sender,
            redactor: self.exchange.redactor(),
            images,
            mode: self.mode,
            read_policy: self.read_policy,
            verification: self.verification,
        }
    }

    fn policy(&self) -> Policy {
        Policy {
            retries: self.retries,
            login: self.known.login,
            detail: self.detail,
        }
    }
}

/// Waits for all threads to end.
fn join(threads: Vec<ScopedJoinHandle<'_, ()>>) -> Result<(), RunError> {
    let ended: Vec<_> = threads.into_iter().map(ScopedJoinHandle::join).collect();
    if ended.iter().any(Result::is_err) {
        return Err(RunError::Panicked);
    }
    Ok(())
}

/// As many workers as the system allows, of those wanted.
fn start_workers<T>(wanted: usize, start: impl Fn() -> io::Result<T>) -> Result<Vec<T>, RunError> {
    let mut threads = Vec::with_capacity(wanted + 1);
    for _ in 0..wanted {
        match start() {
            Ok(worker) => threads.push(worker),
            Err(_) if !threads.is_empty() => break,
            Err(error) => return Err(RunError::Threads(error)),
        }
    }
    Ok(threads)
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

/// Starts a thread that holds `running` for as long as it runs.
fn spawn<'scope>(
    scope: &'scope Scope<'scope, '_>,
    stop: &'scope Stop,
    running: mpsc::Sender<Infallible>,
    task: impl FnOnce() + Send + 'scope,
) -> io::Result<ScopedJoinHandle<'scope, ()>> {
    thread::Builder::new().spawn_scoped(scope, move || {
        let _running = running;
        let _guard = StopOnPanic(stop);
        task();
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::Duration;

    use jiff::Timestamp;
    use reqwest::StatusCode;

    use super::*;
    use crate::api::{Account, BaseUrl, Classifier, Operation, Redactor, Reply};
    use crate::input::Wanted;
    use crate::ledger::ResumeIndex;
    use crate::pipeline::columns;
    use crate::send::{Adaptation, Rate};
    use crate::validate::{Clock, Damaged, Draft, Naming, Repeated, Rules, Terms};

    /// A server that carries out every operation.
    struct Agreeable(Classifier);

    impl Exchange for Agreeable {
        fn exchange<O: Operation>(&self, operation: &O) -> Reply<O::Output> {
            let body = br#"{"tag_list": [], "subject": "any"}"#;
            Reply {
                http_status: Some(200),
                result: self.0.answer(operation, StatusCode::OK, body),
            }
        }

        fn redactor(&self) -> &Redactor {
            self.0.redactor()
        }

        fn in_words<O: Operation>(&self, _: &O) -> String {
            String::new()
        }
    }

    fn agreeable() -> Agreeable {
        let base_url = BaseUrl::from_brand("acme").expect("a brand");
        let account = Account::new(base_url, "a@example.com", "token").expect("an account");
        Agreeable(Classifier::new(&account))
    }

    #[test]
    fn a_panic_of_whoever_is_told_ends_the_run() {
        let read = || {
            let rows = Cursor::new("slug,status\na,1\nb,1\n");
            Reader::open(rows, &Wanted::default())
        };
        let terms = Terms {
            clock: Clock {
                now: Timestamp::UNIX_EPOCH,
                timezone: None,
            },
            damaged: Damaged::Refuse,
            site: None,
        };
        let columns = columns(&read().expect("rows"), &Naming::default(), None).expect("columns");
        let rules = Arc::new(Rules::new(columns, Draft::default(), terms));
        let ledger = tempfile::NamedTempFile::new().expect("a file");
        let (mut journal, _) =
            Journal::open(ledger.path(), &ResumeIndex::default()).expect("a ledger");
        let stop = Stop::default();
        // The second row would wait for a minute.
        let gate = Gate::new(Rate::new(1, Duration::from_mins(1)), Adaptation::Fixed);
        let run = Run {
            planner: Planner::new(rules, Repeated::default(), Arc::default()),
            exchange: &agreeable(),
            gate: &gate,
            retries: Retries(0),
            verification: Verification::Compare,
            read_policy: ReadPolicy::default(),
            workers: 1,
            mode: RunMode::Send,
            selection: Selection::All,
            deadline: None,
            row_limits: RowLimits::UNLIMITED,
            known: Known::default(),
            detail: Detail::Outcomes,
            stop: &stop,
            monitor: None,
        };
        let mut images = BeforeImages::default();
        let sent = catch_unwind(AssertUnwindSafe(|| {
            run.send(read, &mut journal, &mut images, &mut |event| {
                assert!(!matches!(event, Event::Tick { .. }), "reported");
            })
        }));
        assert!(sent.is_err());
        assert_eq!(stop.reason(), Some(StopReason::Panicked));
    }
}
