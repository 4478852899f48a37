//! Sends what is due of a run whose directory is in its place, and records it.

use std::time::Instant;

use jiff::Timestamp;

use super::check::CheckedRows;
use super::facts::{Facts, Failed};
use super::open_run::OpenRun;
use super::timeline::TimelineRecorder;
use super::workers::workers;
use crate::api::Client;
use crate::config::Settings;
use crate::error::Error;
use crate::input::Reader;
use crate::ledger::{
    BeforeImages, Journal, LedgerError, Missing, RunDirectory, RunDirectoryMonitor,
};
use crate::model::Shown as _;
use crate::model::text::counted;
use crate::model::{Counts, Event, Pace, Pass, StopReason};
use crate::pipeline::{Known, RowLimits, Run, RunError, RunMode, Selection};
use crate::report::{Activity, Progress, Work};
use crate::send::{Gate, Retries};

/// What sending came to.
struct Sent {
    /// Rows per outcome, of this command and of those before.
    counts: Counts,
    /// What went over the wire, if the account of it is whole.
    result: Result<Pace, RunError>,
}

impl OpenRun<'_> {
    /// Sends what is due, records it, and adds up; what is known of the run then, and the exit status.
    pub(super) fn run(
        &self,
        rows: CheckedRows,
        facts: Facts,
        client: &Client,
        mut journal: Journal,
        images: &mut BeforeImages,
        known: Known,
    ) -> Result<(Facts, u8), Failed> {
        let facts = self.begin(facts)?;
        let monitor = match RunDirectoryMonitor::start(&self.directory) {
            Ok(monitor) => monitor,
            Err(error) => return Err(facts.failed(self.not_derived(error))),
        };
        let records = (&mut journal, &mut *images);
        let Sent { counts, result } = self.send(rows, &facts, client, &monitor, records, known);
        let facts = self.after(facts, counts, result.as_ref().ok());
        if let Err(missing) = monitor.check().and_then(|()| images.check()) {
            let saved = monitor.save(&journal, images);
            return self.rescue(facts, images, &missing, saved, result.is_ok());
        }
        let Err(error) = result else {
            return self.finish(facts, images);
        };
        let error = self.with_remedy(error);
        let facts = Facts {
            error: Some(error.to_string()),
            ended: Some(Timestamp::now()),
            ..facts
        };
        let summary = facts.summary(self.began, Some(error.status()));
        // What cannot be written there is printed where the command ends.
        let _ = self.directory.write_summary(&summary);
        Err(facts.failed(error))
    }

    /// Writes into the run directory that a pass has begun, before anything is sent: should it be
    /// killed, the next one knows.
    fn begin(&self, facts: Facts) -> Result<Facts, Failed> {
        let rate = self.settings.pace.rate;
        let mut facts = facts.in_directory(self.directory.path());
        let pass = Pass::begun(Some(self.began), rate.per_second());
        facts.passes.push(pass);
        facts.rate_unit = rate.unit();
        let summary = facts.summary(self.began, None);
        match self.directory.write_summary(&summary) {
            Ok(()) => Ok(facts),
            Err(error) => Err(facts.failed(self.not_derived(error))),
        }
    }

    fn send(
        &self,
        rows: CheckedRows,
        facts: &Facts,
        client: &Client,
        monitor: &RunDirectoryMonitor,
        (journal, images): (&mut Journal, &mut BeforeImages),
        known: Known,
    ) -> Sent {
        let Settings { pace, limits, .. } = self.settings;
        let gate = Gate::new(pace.rate.into(), pace.adaptation);
        let preview = &rows.findings.preview;
        let work = Work {
            activity: Activity::Sending,
            rows: preview.rows,
            to_send: preview.send_counts,
            rate: pace.rate,
        };
        let run = Run {
            planner: rows.planner,
            exchange: client,
            gate: &gate,
            retries: Retries(pace.retries),
            verification: self.settings.verification,
            read_policy: self.settings.read_policy,
            workers: workers(self.settings, self.log),
            mode: RunMode::Send,
            selection: limits.rows_sent.map_or(Selection::All, Selection::First),
            deadline: limits
                .max_duration
                .and_then(|most| Instant::now().checked_add(most)),
            row_limits: RowLimits {
                failures: limits.max_failures,
                differs: limits.max_differs,
            },
            known,
            detail: self.settings.detail,
            stop: self.stop,
            monitor: Some(monitor),
        };
        let mut timeline = TimelineRecorder::new(self);
        let mut progress = Progress::new(self.settings.progress, self.log, work);
        let read = || Reader::open(monitor.input()?, &(&self.layout).into());
        let mut counts = facts.counts.final_only();
        let sent = run.send(read, journal, images, &mut |event| {
            if let Event::Recorded(result) = event {
                counts.add(result.outcome, 1);
            }
            timeline.take_in(event);
            progress.show(event);
        });
        drop(progress);
        timeline.end();
        let sent = sent.and_then(|sent| {
            // Images first: a row that is recorded must have one.
            let images = || images.handle()?.map_or(Ok(()), |images| images.sync_data());
            images()
                .and_then(|()| journal.sync())
                .map_err(RunError::Unwritable)?;
            Ok(sent)
        });
        Sent {
            counts,
            result: sent,
        }
    }

    /// What is known after sending.
    fn after(&self, facts: Facts, counts: Counts, sent: Option<&Pace>) -> Facts {
        // Where the machine let fewer work than were asked for, asking for them is no advice.
        let asked = u64::from(self.settings.pace.workers.get());
        let sent = sent.map(|sent| Pace {
            workers_needed: sent.workers_needed.filter(|needed| *needed > asked),
            ..sent.clone()
        });
        let mut passes = facts.passes;
        if let (Some(pass), Some(sent)) = (passes.last_mut(), &sent) {
            pass.sent(sent);
        }
        let stop_reason = self.stop.reason();
        Facts {
            counts,
            passes,
            sent,
            error: stop_reason.as_ref().map(ToString::to_string),
            stop_reason,
            ..facts
        }
    }

    /// The directory of the run is not there any more, and what it has recorded was `saved`: what came
    /// of it.
    fn rescue(
        &self,
        facts: Facts,
        images: &BeforeImages,
        missing: &Missing,
        saved: Result<RunDirectory, LedgerError>,
        is_whole: bool,
    ) -> Result<(Facts, u8), Failed> {
        let message = missing.to_string();
        self.stop.because(StopReason::RunDirectoryGone { message });
        let facts = Facts {
            stop_reason: self.stop.reason(),
            ..facts
        };
        let saved = match saved {
            Ok(saved) => saved,
            Err(error) => {
                let lost = counted(facts.counts.total(), "row");
                let facts = Facts {
                    run_dir: None,
                    ..facts
                };
                return Err(facts.failed(Error::Fatal(format!(
                    "{missing}, and what it contained cannot be saved ({error}): the outcomes of {lost} are lost (start a new run: it is safe to send a row again)"
                ))));
            }
        };
        let message = format!(
            "{missing}: what was recorded is saved in {}",
            saved.path().shown()
        );
        self.log.warning(&message);
        let facts = Facts {
            error: Some(message.clone()),
            ..facts
        }
        .in_directory(saved.path());
        let open_run = OpenRun {
            directory: saved,
            layout: self.layout.clone(),
            ..*self
        };
        if is_whole {
            return open_run.finish(facts, images);
        }
        let resume = open_run.resumption();
        Err(facts.failed(Error::Fatal(format!(
            "{message}; to continue this run: {resume}"
        ))))
    }
}
