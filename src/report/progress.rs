//! Events -> a bar, lines, or silence. Callers never ask which.

use std::fmt;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::{Log, Notice, words};
use crate::model::{Counts, Ended, Event, RateUnit};

/// Time between two lines.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A bar on the terminal.
    Bar,
    /// A line now and then.
    Lines,
    /// Not at all.
    Silent,
}

/// Shows how a run goes.
#[derive(Debug)]
pub struct Progress<'a> {
    log: &'a Log,
    bar: Option<ProgressBar>,
    /// When the pause is over that the server asked for.
    paused_until: Option<Instant>,
    next_line: Option<Instant>,
    rows: u64,
    /// In which rates are shown.
    unit: RateUnit,
    counts: Counts,
    differs: u64,
    began: Instant,
}

impl<'a> Progress<'a> {
    /// Shows how so many rows get their outcomes.
    #[must_use]
    pub fn new(style: Style, log: &'a Log, rows: u64, unit: RateUnit) -> Self {
        let began = Instant::now();
        let bar = (style == Style::Bar).then(|| bar(rows, unit));
        if let Some(bar) = &bar {
            log.show_bar(bar);
        }
        Self {
            log,
            bar,
            paused_until: None,
            next_line: (style == Style::Lines).then(|| began + LINE_EVERY),
            rows,
            unit,
            counts: Counts::default(),
            differs: 0,
            began,
        }
    }

    /// Takes in one event.
    pub fn show(&mut self, event: &Event<'_>) {
        match *event {
            Event::Recorded(ended) => self.recorded(ended),
            Event::Recalled(ended) => self.log.tell(&Notice::Row(ended)),
            Event::Sending { of, request } => self.log.tell(&Notice::Request { of, request }),
            Event::Answered {
                of,
                http_status,
                said,
            } => self.log.tell(&Notice::Answer {
                of,
                http_status,
                said,
            }),
            Event::Pausing {
                wait,
                http_status,
                lowered_to,
            } => {
                self.paused_until = self.paused_until.max(Instant::now().checked_add(wait));
                self.log.tell(&Notice::Pause {
                    wait,
                    http_status,
                    lowered_to,
                    unit: self.unit,
                });
            }
            Event::FewerWorkers { started } => self.log.tell(&Notice::FewerWorkers { started }),
            Event::Stopping { ref reason } => self.log.tell(&Notice::Stopping {
                reason,
                message: &reason.to_string(),
            }),
            Event::Tick => self.tick(),
        }
        self.line();
    }

    fn recorded(&mut self, ended: Ended<'_>) {
        self.counts.add(ended.outcome, 1);
        self.differs += u64::from(ended.differs);
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
        self.log.tell(&Notice::Row(ended));
    }

    /// What was reckoned from the pace until a pause says nothing of the time that is left.
    fn tick(&mut self) {
        let Some(bar) = &self.bar else { return };
        let counts = words::counts(&self.counts, self.differs);
        let Some(end) = self.paused_until else {
            bar.set_message(counts);
            return;
        };
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            self.paused_until = None;
            bar.set_message(counts);
            bar.set_style(style(SENDING, self.unit));
            bar.reset_eta();
        } else {
            let left = words::in_words(left);
            bar.set_message(format!("pausing {left}  {counts}"));
            bar.set_style(style(PAUSED, self.unit));
        }
    }

    fn line(&mut self) {
        let now = Instant::now();
        if self.next_line.is_some_and(|next| now >= next) {
            self.next_line = Some(now + LINE_EVERY);
            self.log.tell(&Notice::Progress {
                rows: self.rows,
                done: self.counts.total(),
                counts: &self.counts,
                differs: self.differs,
                elapsed: self.began.elapsed(),
            });
        }
    }
}

/// However a run ends, what is said after it has no bar below it.
impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.log.hide_bar();
    }
}

/// The bar while rows are sent.
const SENDING: &str = "{bar:24} {pos}/{len}  {rate}  {eta} left  {wide_msg}";

/// The bar during a pause.
const PAUSED: &str = "{bar:24} {pos}/{len}  {wide_msg}";

fn bar(rows: u64, unit: RateUnit) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::stderr());
    bar.set_style(style(SENDING, unit));
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}

fn style(template: &str, unit: RateUnit) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    let rate = move |state: &ProgressState, out: &mut dyn fmt::Write| {
        // A bar that cannot be drawn has nobody to tell.
        let _ = out.write_str(&unit.shown(state.per_sec()));
    };
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("rate", rate).progress_chars("=> ")
}
