//! Events of a pass -> `timeline.csv` in the run directory. A chart is not worth a run: where it cannot be
//! written, that is a warning.

use std::time::Instant;

use jiff::Timestamp;

use super::open_run::OpenRun;
use crate::ledger::{LedgerError, TimelineFile};
use crate::model::{Event, Timeline, TimelineBucket};
use crate::report::Log;

/// Records what one pass sends over time.
pub(super) struct TimelineRecorder<'a> {
    timeline: Timeline,
    /// `None` once it could not be written.
    file: Option<TimelineFile>,
    log: &'a Log,
}

impl<'a> TimelineRecorder<'a> {
    /// For a pass that begins.
    pub(super) fn new(open_run: &OpenRun<'a>) -> Self {
        let (file, error) = match TimelineFile::open(open_run.directory.timeline()) {
            Ok(file) => (Some(file), None),
            Err(error) => (None, Some(error)),
        };
        let recorder = Self {
            timeline: Timeline::new(Instant::now()),
            file,
            log: open_run.log,
        };
        error.inspect(|error| recorder.warn(error));
        recorder
    }

    /// Takes in what happens now.
    pub(super) fn take_in(&mut self, event: &Event<'_>) {
        let bucket = self
            .timeline
            .take_in(event, Instant::now(), Timestamp::now());
        self.append(bucket);
    }

    /// The pass is over.
    pub(super) fn end(mut self) {
        let bucket = self.timeline.end(Instant::now(), Timestamp::now());
        self.append(bucket);
    }

    fn append(&mut self, bucket: Option<TimelineBucket>) {
        let (Some(file), Some(bucket)) = (&mut self.file, bucket) else {
            return;
        };
        if let Err(error) = file.append(&bucket) {
            self.file = None;
            self.warn(&error);
        }
    }

    fn warn(&self, error: &LedgerError) {
        self.log.warning(&format!(
            "{error}: the run continues, but a report will not show its requests over time"
        ));
    }
}
