//! The events of a run -> a bar, lines, or silence. Callers never ask which.

use std::time::Instant;

use indicatif::ProgressDrawTarget;

use super::bar::{Bar, Phase};
use super::estimate::Estimate;
use super::schedule::Schedule;
use super::style::{Coloring, StyledText, TextStyle};
use super::work::{Activity, NamedCounts, Work};
use super::{Log, Notice, events, words};
use crate::model::text::counted;
use crate::model::{Counters, Counts, Event, RowResult, Signal, Stall, StopReason};

/// How progress is displayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressDisplay {
    /// A bar on the terminal.
    Bar,
    /// A line every 30 seconds.
    Lines,
    /// Not at all.
    Hidden,
}

/// Reports the events of a run.
#[derive(Debug)]
pub struct Progress<'a> {
    log: &'a Log,
    bar: Option<Bar>,
    schedule: Option<Schedule>,
    seen: Seen,
}

impl<'a> Progress<'a> {
    /// Reports on `work`.
    #[must_use]
    pub fn new(display: ProgressDisplay, log: &'a Log, work: Work) -> Self {
        let now = Instant::now();
        let seen = Seen::new(work, now);
        let bar = (display == ProgressDisplay::Bar).then(|| {
            let mut bar = Bar::new(work.rows, ProgressDrawTarget::stderr());
            seen.show(&mut bar, None, now, log.coloring());
            log.show_bar(bar.widget());
            bar
        });
        Self {
            log,
            bar,
            schedule: (display == ProgressDisplay::Lines).then(|| Schedule::new(now)),
            seen,
        }
    }

    /// Reports one event.
    pub fn show(&mut self, event: &Event<'_>) {
        let now = Instant::now();
        let seen = &mut self.seen;
        match event {
            Event::Recorded(result) => {
                seen.count(result, now);
            }
            Event::Listed {
                list,
                pages,
                entries,
                ..
            } => seen.list(list, *pages, *entries, now),
            Event::Pause { wait, .. } => seen.estimate.pause(now, *wait),
            Event::Stopping { reason, in_flight } => {
                seen.stopping = Some(reason.clone());
                seen.in_flight = *in_flight;
                self.show_bar(None, now);
            }
            Event::Tick { stall, counters } => {
                seen.tick(counters, now);
                self.show_bar(stall.as_ref(), now);
                self.report_stall(stall.as_ref(), now);
            }
            Event::Retracted(_)
            | Event::Request { .. }
            | Event::Answer { .. }
            | Event::FewerWorkers { .. } => {}
        }
        // That a row was updated would be untrue of one that is only read.
        let is_row = matches!(event, Event::Recorded(_) | Event::Retracted(_));
        let is_read = is_row && self.seen.work.activity == Activity::Reading;
        if !is_read && !matches!(event, Event::Tick { .. }) {
            self.log.event(event, self.seen.work.rate.unit());
        }
        let schedule = self.schedule.as_mut();
        if schedule.is_some_and(|schedule| schedule.is_due(now)) {
            self.log.report(&self.seen.notice(now));
        }
    }

    fn show_bar(&mut self, stall: Option<&Stall>, now: Instant) {
        if let Some(bar) = &mut self.bar {
            self.seen.show(bar, stall, now, self.log.coloring());
        }
    }

    fn report_stall(&mut self, stall: Option<&Stall>, now: Instant) {
        let schedule = self.schedule.as_mut();
        let is_due = schedule.is_some_and(|schedule| schedule.is_stall_due(stall, now));
        if let Some(stall) = stall.filter(|_| is_due) {
            self.log.stall(stall);
        }
    }
}

/// However a run ends, the bar does not stay below what is reported afterwards.
impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.log.hide_bar();
    }
}

/// What has happened so far.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) work: Work,
    began: Instant,
    counts: Counts,
    differs: u64,
    listed: Option<Listed>,
    pub(super) in_flight: u32,
    pub(super) stopping: Option<StopReason>,
    pub(super) estimate: Estimate,
}

/// What was read of a list.
#[derive(Debug)]
struct Listed {
    list: String,
    pages: u64,
    entries: u64,
}

impl Seen {
    pub(super) fn new(work: Work, began: Instant) -> Self {
        Self {
            work,
            began,
            counts: Counts::default(),
            differs: 0,
            listed: None,
            in_flight: 0,
            stopping: None,
            estimate: Estimate::new(work, began),
        }
    }

    pub(super) fn count(&mut self, result: &RowResult<'_>, now: Instant) {
        self.counts.add(result.outcome, 1);
        self.differs += u64::from(result.differs);
        if result.attempts > 0 {
            self.estimate.finished(now);
        }
    }

    /// A page of that list has been read, which has so many pages as far as is known.
    fn list(&mut self, list: &str, pages: u64, entries: u64, now: Instant) {
        let listed = self.listed.get_or_insert_with(|| Listed {
            list: list.to_owned(),
            pages: 0,
            entries: 0,
        });
        listed.pages += 1;
        listed.entries += entries;
        self.work.rows = pages;
        self.estimate.expect(pages);
        self.estimate.finished(now);
    }

    /// Rows, or pages, that have finished.
    fn done(&self) -> u64 {
        let pages = self.listed.as_ref().map(|listed| listed.pages);
        pages.unwrap_or_else(|| self.counts.total())
    }

    pub(super) fn tick(&mut self, counters: &Counters, now: Instant) {
        self.in_flight = counters.in_flight;
        self.estimate.tick(counters, now);
    }

    /// How far the run is.
    fn notice(&self, now: Instant) -> Notice<'_> {
        if let Some(Listed { list, entries, .. }) = &self.listed {
            return Notice::Listing {
                list,
                pages: self.work.rows,
                done: self.done(),
                entries: *entries,
                elapsed: now.duration_since(self.began),
            };
        }
        Notice::Progress {
            rows: self.work.rows,
            done: self.counts.total(),
            counts: self.named_counts(),
            differs: self.differs,
            elapsed: now.duration_since(self.began),
        }
    }

    fn named_counts(&self) -> NamedCounts<'_> {
        NamedCounts {
            activity: self.work.activity,
            counts: &self.counts,
        }
    }

    /// Shows it on the bar: the numbers there and those of the message are of the same moment.
    pub(super) fn show(
        &self,
        bar: &mut Bar,
        stall: Option<&Stall>,
        now: Instant,
        coloring: Coloring,
    ) {
        let (phase, message) = self.line(stall, now);
        let message = message.rendered(coloring);
        bar.show(phase, (self.done(), self.work.rows), message);
    }

    /// What is beside the bar: what happens, and behind it the rows per outcome.
    fn line(&self, stall: Option<&Stall>, now: Instant) -> (Phase, StyledText) {
        let (phase, mut line) = match &self.stopping {
            Some(reason) if self.in_flight > 0 => {
                return (Phase::Stopping, stopping(reason, self.in_flight));
            }
            Some(_) => {
                let stopping = StyledText::default().with_styled(TextStyle::Warning, "stopping");
                (Phase::Stopping, stopping)
            }
            None => self.sending(stall, now),
        };
        line.push("  ");
        match &self.listed {
            Some(Listed { list, entries, .. }) => line.push(&format!("{entries} {list}")),
            None => line.append(words::counts(self.named_counts(), self.differs)),
        }
        (phase, line)
    }

    fn sending(&self, stall: Option<&Stall>, now: Instant) -> (Phase, StyledText) {
        if let Some(left) = self.estimate.pause_left(now) {
            let pausing = format!("pausing {}", words::in_words(left));
            return (Phase::Sending, pausing.into());
        }
        if let Some(stall) = stall {
            return (Phase::Stalled, events::stall(stall).into());
        }
        let rate = self.work.rate.unit().shown_if(self.estimate.rate(now));
        let left = self.estimate.left(now);
        let left = left.map_or_else(|| "--".into(), words::roughly);
        (Phase::Sending, format!("{rate}  {left} left").into())
    }
}

/// What a run that stops waits for, and how to end the wait: the first signal only stops a run, and the
/// second one ends it.
fn stopping(reason: &StopReason, in_flight: u32) -> StyledText {
    let requests = counted(in_flight.into(), "request");
    let abort = match reason {
        StopReason::Signal(Signal::Interrupt) => "Ctrl-C again",
        StopReason::Signal(Signal::Terminate | Signal::Hangup) => "Ctrl-C",
        _ => "Ctrl-C twice",
    };
    StyledText::default()
        .with_styled(TextStyle::Warning, "stopping:")
        .with(&format!(
            " waiting for {requests} in flight ({abort} to abort)"
        ))
}
