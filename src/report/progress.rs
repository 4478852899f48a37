//! Events -> a bar, lines, or silence. Callers never ask which.

use std::fmt;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::{Log, Notice, words};
use crate::model::text::visible;
use crate::model::{Counts, Ended, Event, RateUnit, Trouble};

/// Time between two lines.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// How long answers are missing before that is worth a line of its own.
const WORTH_A_LINE: Duration = Duration::from_millis(1500);

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
    /// The form of the bar.
    shown: &'static str,
    /// When the pause is over that the server asked for.
    paused_until: Option<Instant>,
    next_line: Option<Instant>,
    /// The trouble that was told last, if it is not over.
    told: Option<Trouble>,
    told_at: Option<Instant>,
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
            shown: SENDING,
            paused_until: None,
            told: None,
            told_at: None,
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
            Event::Tick { ref trouble } => {
                self.tick(trouble.as_ref());
                self.tell_trouble(trouble.as_ref());
            }
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
    fn tick(&mut self, trouble: Option<&Trouble>) {
        let Some(bar) = &self.bar else { return };
        let counts = words::counts(&self.counts, self.differs);
        let now = Instant::now();
        let (shown, message) = if let Some(end) = self.paused_until.filter(|end| *end > now) {
            let left = words::in_words(end.duration_since(now));
            (PAUSED, format!("pausing {left}  {counts}"))
        } else if let Some(text) = trouble.and_then(|trouble| Notice::of_trouble(trouble).text()) {
            (TROUBLED, format!("{}  {counts}", visible(&text)))
        } else {
            (SENDING, counts)
        };
        bar.set_message(message);
        if shown != self.shown {
            bar.set_style(style(shown, self.unit));
            if self.shown == PAUSED {
                bar.reset_eta();
            }
            self.shown = shown;
        }
    }

    /// Where there is no bar, says what keeps answers from coming: once per cause until an answer
    /// comes, and now and then at most.
    fn tell_trouble(&mut self, trouble: Option<&Trouble>) {
        if self.next_line.is_none() {
            return;
        }
        let Some(trouble) = trouble.filter(|trouble| trouble.lasted >= WORTH_A_LINE) else {
            self.told = None;
            return;
        };
        let told = self.told.as_ref();
        let is_new = told.is_none_or(|told| told.what != trouble.what);
        let is_due = self.told_at.is_none_or(|at| at.elapsed() >= LINE_EVERY);
        if is_new && is_due {
            self.told = Some(trouble.clone());
            self.told_at = Some(Instant::now());
            self.log.tell(&Notice::of_trouble(trouble));
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

/// The bar while no answers come: the cause is long, and must be whole on 80 columns.
const TROUBLED: &str = "{pos}/{len}  {wide_msg}";

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
