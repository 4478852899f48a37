//! The events of a run -> a bar, lines, or silence. Callers never ask which.

use std::time::Instant;

use indicatif::ProgressDrawTarget;

use super::bar::{Bar, Phase};
use super::schedule::Schedule;
use super::{Log, Notice, events, words};
use crate::model::text::visible;
use crate::model::{Counts, Event, RateUnit, RowResult, Stall};

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
    /// The end of the pause that the server asked for.
    paused_until: Option<Instant>,
    rows: u64,
    /// The unit of rates.
    unit: RateUnit,
    counts: Counts,
    differs: u64,
    began: Instant,
}

impl<'a> Progress<'a> {
    /// Reports on so many rows, rates in `unit`.
    #[must_use]
    pub fn new(display: ProgressDisplay, log: &'a Log, rows: u64, unit: RateUnit) -> Self {
        let began = Instant::now();
        let bar = (display == ProgressDisplay::Bar).then(|| {
            let bar = Bar::new(rows, unit, ProgressDrawTarget::stderr());
            bar.tick();
            log.show_bar(bar.widget());
            bar
        });
        Self {
            log,
            bar,
            schedule: (display == ProgressDisplay::Lines).then(|| Schedule::new(began)),
            paused_until: None,
            rows,
            unit,
            counts: Counts::default(),
            differs: 0,
            began,
        }
    }

    /// Reports one event.
    pub fn show(&mut self, event: &Event<'_>) {
        let now = Instant::now();
        match event {
            Event::Recorded(result) => self.count(result),
            Event::Pause { wait, .. } => {
                self.paused_until = self.paused_until.max(now.checked_add(*wait));
            }
            Event::Tick { stall, .. } => self.tick(stall.as_ref(), now),
            Event::Retracted(_)
            | Event::Request { .. }
            | Event::Answer { .. }
            | Event::FewerWorkers { .. }
            | Event::Stopping { .. } => {}
        }
        if !matches!(event, Event::Tick { .. }) {
            self.log.event(event, self.unit);
        }
        if self
            .schedule
            .as_mut()
            .is_some_and(|schedule| schedule.is_due(now))
        {
            self.log.report(&Notice::Progress {
                rows: self.rows,
                done: self.counts.total(),
                counts: &self.counts,
                differs: self.differs,
                elapsed: now.duration_since(self.began),
            });
        }
    }

    fn count(&mut self, result: &RowResult<'_>) {
        self.counts.add(result.outcome, 1);
        self.differs += u64::from(result.differs);
        if let Some(bar) = &self.bar {
            bar.advance();
        }
    }

    fn tick(&mut self, stall: Option<&Stall>, now: Instant) {
        if let Some(bar) = &mut self.bar {
            let counts = words::counts(&self.counts, self.differs);
            let pause = self.paused_until.filter(|end| *end > now);
            let (phase, message) = if let Some(end) = pause {
                let left = words::in_words(end.duration_since(now));
                (Phase::Paused, format!("pausing {left}  {counts}"))
            } else if let Some(stall) = stall {
                let cause = visible(&events::stall(stall));
                (Phase::Stalled, format!("{cause}  {counts}"))
            } else {
                (Phase::Sending, counts)
            };
            bar.show(phase, message);
        }
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
