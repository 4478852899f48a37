//! The progress of a run -> a bar at the bottom of the terminal, one line of 80 columns.

use std::fmt;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::model::RateUnit;

/// What a run is doing, and so what the bar has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Rows are sent.
    Sending,
    /// The server asked for a pause: the rate so far does not predict the time left.
    Paused,
    /// No answers come. The cause is long, and must fit.
    Stalled,
}

impl Phase {
    fn template(self) -> &'static str {
        match self {
            Self::Sending => "{bar:24} {pos}/{len}  {rate}  {eta} left  {wide_msg}",
            Self::Paused => "{bar:24} {pos}/{len}  {wide_msg}",
            Self::Stalled => "{pos}/{len}  {wide_msg}",
        }
    }
}

/// The bar.
#[derive(Debug)]
pub(super) struct Bar {
    widget: ProgressBar,
    phase: Phase,
    unit: RateUnit,
}

impl Bar {
    /// A bar for so many rows, rates in `unit`.
    pub(super) fn new(rows: u64, unit: RateUnit, target: ProgressDrawTarget) -> Self {
        let phase = Phase::Sending;
        let widget = ProgressBar::with_draw_target(Some(rows), target);
        widget.set_style(style(phase, unit));
        Self {
            widget,
            phase,
            unit,
        }
    }

    /// Redraws it from now on, even if nothing happens: the time left goes down.
    pub(super) fn tick(&self) {
        self.widget.enable_steady_tick(Duration::from_millis(500));
    }

    /// The widget, so that lines can be written above it.
    pub(super) fn widget(&self) -> &ProgressBar {
        &self.widget
    }

    /// Counts a finished row.
    pub(super) fn advance(&self) {
        self.widget.inc(1);
    }

    /// Shows `message` beside the numbers.
    pub(super) fn show(&mut self, phase: Phase, message: String) {
        if phase != self.phase {
            self.widget.set_style(style(phase, self.unit));
            if self.phase == Phase::Paused {
                self.widget.reset_eta();
            }
            self.phase = phase;
        }
        self.widget.set_message(message);
    }
}

fn style(phase: Phase, unit: RateUnit) -> ProgressStyle {
    let style = ProgressStyle::with_template(phase.template());
    let rate = move |state: &ProgressState, out: &mut dyn fmt::Write| {
        // Writing to a line of text cannot fail.
        let _ = out.write_str(&unit.shown(state.per_sec()));
    };
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("rate", rate).progress_chars("=> ")
}
