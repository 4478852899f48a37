//! Operations that belong to no run -> their answers: sent as those of a run are, paced by one gate, with
//! its retries, its pauses, its log and its progress display.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use parking_lot::Mutex;

use super::signals::listen;
use super::status::guarded;
use crate::api::{Client, Diagnosis, Exchange as _, ListPage, Operation, Redactor};
use crate::config::Connection;
use crate::error::Error;
use crate::model::text::with_status;
use crate::model::{Event, RequestRate};
use crate::report::{Log, Progress, Work};
use crate::send::{Attempts, Ending, Gate, Login, Policy, Priority, Retries, Sender, Step};
use crate::stop::Stop;

/// How often the progress display is refreshed.
const TICK: Duration = Duration::from_millis(500);

/// Sends operations of one account.
pub(super) struct Session<'a> {
    sender: Sender<'a, Client>,
    redactor: &'a Redactor,
    stop: &'a Stop,
    workers: usize,
    rate: RequestRate,
    progress: Mutex<Progress<'a>>,
}

/// A page that was read.
pub(super) struct PageRead<T> {
    /// Its number, from 1 on.
    pub(super) number: u64,
    /// When its answer had come.
    pub(super) read_at: Timestamp,
    pub(super) page: ListPage<T>,
}

/// Which pages of a list are to be read.
#[derive(Debug)]
pub(super) struct Pages<'a> {
    /// What it contains, in the plural.
    pub(super) list: &'a str,
    /// Their numbers, in the order of reading.
    pub(super) numbers: Vec<u64>,
    /// Pages that are read in all, as far as is known.
    pub(super) expected: u64,
}

/// Does `work`, which a signal stops; the exit status.
pub(super) fn stoppable(log: &Arc<Log>, work: impl FnOnce(&Arc<Stop>) -> Result<u8, Error>) -> u8 {
    let stop = Arc::default();
    let status = guarded(|| {
        listen(&stop, log)
            .map_err(|error| Error::Usage(format!("signals cannot be handled: {error}")))?;
        work(&stop)
    });
    status.unwrap_or_else(|error| {
        log.error(error.status(), &error.to_string());
        error.status()
    })
}

/// Does `work` in a session over `connection`. The progress display is gone when this returns.
pub(super) fn session<T>(
    connection: &Connection,
    log: &Log,
    stop: &Stop,
    work: impl FnOnce(&Session<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let origins = connection.pace_origins.iter().chain(&connection.origins);
    log.settings(origins, &connection.warnings);
    let client = connection.client()?;
    let pace = connection.pace;
    let gate = Gate::new(pace.rate.into(), pace.adaptation);
    let policy = Policy {
        retries: Retries(pace.retries),
        login: Login::Unproven,
        detail: connection.detail,
    };
    let progress = Progress::new(connection.progress, log, Work::listing(pace.rate));
    work(&Session {
        sender: Sender::new(&client, &gate, stop, policy),
        redactor: client.redactor(),
        stop,
        workers: usize::from(pace.workers.get()),
        rate: pace.rate,
        progress: Mutex::new(progress),
    })
}

impl Session<'_> {
    /// The time that so many requests take at the highest rate.
    pub(super) fn time_for(&self, requests: u64) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let seconds = requests as f64 / self.rate.per_second();
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }

    /// What takes secrets out of texts of the server.
    pub(super) fn redactor(&self) -> &Redactor {
        self.redactor
    }

    /// Reads these pages of a list, several at a time. `take` gets each as it comes, and may end it all.
    pub(super) fn read<T: Send, O: Operation<Output = ListPage<T>>>(
        &self,
        pages: Pages<'_>,
        operation: impl Fn(u64) -> O + Sync,
        mut take: impl FnMut(PageRead<T>) -> Result<ControlFlow<()>, Error>,
    ) -> Result<(), Error> {
        let (read, incoming) = channel();
        let threads = self.workers.min(pages.numbers.len());
        let left = Mutex::new(pages.numbers.into_iter());
        let is_over = AtomicBool::new(false);
        let next = || left.lock().next();
        let work = |read: mpsc::Sender<_>| {
            while !is_over.load(Ordering::Relaxed)
                && let Some(number) = next()
            {
                let name = format!("{}, page {number}", pages.list);
                let page = self.ask(&operation(number), number, &name);
                is_over.fetch_or(page.is_err(), Ordering::Relaxed);
                let read_at = Timestamp::now();
                // The receiver is there until all of these threads have ended.
                let _ = read.send(page.map(|page| PageRead {
                    number,
                    read_at,
                    page,
                }));
            }
        };
        thread::scope(|scope| {
            for _ in 0..threads {
                let (read, work) = (read.clone(), &work);
                thread::Builder::new()
                    .spawn_scoped(scope, move || work(read))
                    .map_err(|error| {
                        is_over.store(true, Ordering::Relaxed);
                        Error::Fatal(format!("cannot start a thread: {error}"))
                    })?;
            }
            drop(read);
            let mut failure = None;
            let mut is_stopping = false;
            loop {
                match incoming.recv_timeout(TICK) {
                    Ok(Ok(read)) => {
                        self.report(&Event::Listed {
                            list: pages.list,
                            page: read.number,
                            pages: pages.expected,
                            entries: read.page.entries.len() as u64,
                        });
                        match take(read) {
                            Ok(ControlFlow::Continue(())) => {}
                            Ok(ControlFlow::Break(())) => is_over.store(true, Ordering::Relaxed),
                            Err(error) => {
                                is_over.store(true, Ordering::Relaxed);
                                failure = failure.or(Some(error));
                            }
                        }
                    }
                    // The first one is the cause of the others.
                    Ok(Err(error)) => failure = failure.or(Some(error)),
                    Err(RecvTimeoutError::Disconnected) => break,
                    Err(RecvTimeoutError::Timeout) => {}
                }
                self.tick(&mut is_stopping);
            }
            failure.map_or(Ok(()), Err)
        })
    }

    /// Shows that time passes; and once, that the command stops, if that takes time.
    fn tick(&self, is_stopping: &mut bool) {
        let in_flight = self.sender.in_flight();
        if !*is_stopping
            && in_flight > 0
            && let Some(reason) = self.stop.reason()
        {
            *is_stopping = true;
            self.report(&Event::Stopping { reason, in_flight });
        }
        let (stall, counters) = (self.sender.stall(), self.sender.counters());
        self.report(&Event::Tick { stall, counters });
    }

    fn report(&self, event: &Event<'_>) {
        self.progress.lock().show(event);
    }

    /// Sends `operation` until it has ended. `id` distinguishes it from others.
    fn ask<O: Operation>(&self, operation: &O, id: u64, name: &str) -> Result<O::Output, Error> {
        let mut attempts = Attempts::for_list(id, name.to_owned());
        let report = |event: &Event<'_>| self.report(event);
        loop {
            if let Some(reason) = attempts.is_too_late(Instant::now()) {
                self.stop.because(reason);
            }
            let ending = match self.sender.turn(&attempts, Priority::New) {
                None => attempts.given_up(),
                Some(turn) => match self.sender.send(operation, &mut attempts, turn, &report) {
                    Step::Done(output) => return Ok(output),
                    Step::Ended(ending) => ending,
                    Step::Again | Step::Postponed => continue,
                },
            };
            return Err(if let Some(reason) = self.stop.reason() {
                Error::Stopped(reason)
            } else {
                let diagnosis = diagnosis(ending, attempts.http_status());
                Error::Fatal(format!("{name}: {diagnosis}"))
            });
        }
    }
}

/// What is wrong where that is the end of a request, after an answer with this status code.
fn diagnosis(ending: Ending, http_status: Option<u16>) -> Diagnosis {
    match ending {
        Ending::NotFound(message) => Diagnosis::not_found(with_status(http_status, &message)),
        Ending::Rejected(message)
        | Ending::Failed(message)
        | Ending::Unknown(message)
        | Ending::NotSent(message) => {
            Diagnosis::from_answer(http_status, with_status(http_status, &message))
        }
    }
}
