//! Events -> a bar, lines, or silence. Callers never ask which.

use std::fmt;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::{in_words, rate_in_words, tell};
use crate::model::text::visible;
use crate::model::{Counts, Event, Outcome};

/// Time between two lines.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Warnings and errors.
    Quiet,
    /// What a person wants to know.
    Normal,
    /// Every request and answer.
    Verbose,
}

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
pub struct Progress {
    bar: Option<ProgressBar>,
    next_line: Option<Instant>,
    verbosity: Verbosity,
    rows: u64,
    counts: Counts,
    differs: u64,
    began: Instant,
}

impl Progress {
    /// Shows a run of that many rows.
    #[must_use]
    pub fn new(style: Style, verbosity: Verbosity, rows: u64) -> Self {
        let began = Instant::now();
        Self {
            bar: (style == Style::Bar).then(|| bar(rows)),
            next_line: (style == Style::Lines).then(|| began + LINE_EVERY),
            verbosity,
            rows,
            counts: Counts::default(),
            differs: 0,
            began,
        }
    }

    /// Takes in one event.
    pub fn show(&mut self, event: &Event) {
        match event {
            Event::Recorded { outcome, differs } => {
                self.counts.add(*outcome, 1);
                self.differs += u64::from(*differs);
                if let Some(bar) = &self.bar {
                    bar.inc(1);
                }
            }
            Event::Sending { request } => self.say(Verbosity::Verbose, &visible(request)),
            Event::Answered {
                slug,
                http_status,
                said,
            } => {
                let status = match http_status {
                    Some(status) if !said.starts_with("HTTP") => format!("HTTP {status}: "),
                    _ => String::new(),
                };
                self.say(Verbosity::Verbose, &format!("{slug}: {status}{said}"));
            }
            Event::Pausing {
                wait,
                http_status,
                lowered_to,
            } => {
                let then = lowered_to.map_or_else(String::new, |rate| {
                    format!(", then go on at {}", rate_in_words(rate))
                });
                let wait = in_words(*wait);
                self.say(
                    Verbosity::Normal,
                    &format!("the server throttles (HTTP {http_status}): all wait {wait}{then}"),
                );
            }
            Event::FewerWorkers { started } => self.say(
                Verbosity::Quiet,
                &format!("warning: the machine lends no more threads: {started} requests in flight at most"),
            ),
            Event::Stopping { reason } => {
                self.say(
                    Verbosity::Quiet,
                    &format!("stopping: {reason}; what is in flight is finished first"),
                );
            }
            Event::Tick => {
                if let Some(bar) = &self.bar {
                    bar.set_message(self.so_far());
                }
            }
        }
        self.line();
    }

    /// Ends the display.
    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }

    fn say(&self, at: Verbosity, text: &str) {
        if self.verbosity < at {
            return;
        }
        match &self.bar {
            Some(bar) => bar.suspend(|| tell(text)),
            None => tell(text),
        }
    }

    fn line(&mut self) {
        let now = Instant::now();
        if self.next_line.is_some_and(|next| now >= next) {
            self.next_line = Some(now + LINE_EVERY);
            self.say(
                Verbosity::Normal,
                &format!(
                    "{} of {} rows after {}: {}",
                    self.counts.total(),
                    self.rows,
                    in_words(self.began.elapsed()),
                    self.so_far()
                ),
            );
        }
    }

    fn so_far(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        for outcome in Outcome::ALL {
            let rows = self.counts.of(outcome);
            if rows > 0 {
                parts.push(format!("{rows} {}", outcome.name()));
            }
        }
        if self.differs > 0 {
            parts.push(format!("{} differ", self.differs));
        }
        parts.join(", ")
    }
}

fn bar(rows: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::stderr());
    let template = "{bar:24} {pos}/{len}  {rate}  {eta} left  {wide_msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
            // A bar that cannot be drawn has nobody to tell.
            let _ = write!(out, "{:.1}/s", state.per_sec());
        };
        bar.set_style(style.with_key("rate", rate).progress_chars("=> "));
    }
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}
