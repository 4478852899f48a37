//! The time, the disk and the run directory, while rows are sent -> syncs, the end of the run, and a progress
//! display that moves.

use std::convert::Infallible;
use std::fs::File;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::recorder::Recorder;
use crate::api::Exchange;
use crate::ledger::{BeforeImages, Missing, RunDirectoryMonitor};
use crate::model::{Event, StopReason};
use crate::send::Sender;
use crate::stop::Stop;

/// How often the progress display is refreshed.
const TICK: Duration = Duration::from_millis(500);

/// How often what is recorded is made to outlast a power cut.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// What is looked after while rows are sent.
pub(super) struct Supervision<'a, 'b> {
    pub(super) deadline: Option<Instant>,
    pub(super) stop: &'a Stop,
    pub(super) monitor: Option<&'a RunDirectoryMonitor>,
    /// A handle on the ledger.
    pub(super) ledger: &'a File,
    pub(super) images: &'a Mutex<&'a mut BeforeImages>,
    pub(super) recorder: &'a Mutex<Recorder<'b>>,
}

impl Supervision<'_, '_> {
    /// Until all threads have ended, sees that what is recorded reaches the disk, that the deadline is kept,
    /// that the run directory is there, and that the progress display is refreshed from what `sender` counts.
    pub(super) fn watch<E: Exchange>(&self, ended: &Receiver<Infallible>, sender: &Sender<'_, E>) {
        let mut synced = Instant::now();
        while ended.recv_timeout(self.wait()) == Err(RecvTimeoutError::Timeout) {
            if synced.elapsed() >= SYNC_EVERY {
                if let Err(error) = self.sync() {
                    self.recorder.lock().unwritable(error);
                }
                synced = Instant::now();
            }
            if self.left().is_some_and(|left| left.is_zero()) {
                self.stop.because(StopReason::MaxDuration);
            }
            if let Err(missing) = self.check_files() {
                let message = missing.to_string();
                self.stop.because(StopReason::RunDirectoryGone { message });
            }
            let (stall, counters) = (sender.stall(), sender.counters());
            let mut recorder = self.recorder.lock();
            recorder.report(&Event::Tick { stall, counters });
            recorder.announce();
        }
        let (stall, counters) = (None, sender.counters());
        self.recorder
            .lock()
            .report(&Event::Tick { stall, counters });
    }

    /// The time that is left.
    fn left(&self) -> Option<Duration> {
        let deadline = self.deadline?;
        Some(deadline.saturating_duration_since(Instant::now()))
    }

    /// How long to wait for the end. Once the deadline has passed, there is nothing to be in time for.
    fn wait(&self) -> Duration {
        let left = self.left().filter(|left| !left.is_zero());
        left.map_or(TICK, |left| left.min(TICK))
    }

    /// Makes what is recorded outlast a power cut: images first, for a row that is recorded must have one.
    fn sync(&self) -> io::Result<()> {
        // Not under the lock: updates would wait for the disk.
        let images = self.images.lock().handle()?;
        images.map_or(Ok(()), |images| images.sync_data())?;
        self.ledger.sync_data()
    }

    fn check_files(&self) -> Result<(), Missing> {
        let Some(monitor) = self.monitor else {
            return Ok(());
        };
        monitor.check()?;
        self.images.lock().check()
    }
}
