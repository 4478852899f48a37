//! The progress of a run -> a bar at the bottom of the terminal, one line of 80 columns.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What a run is doing, and so what the bar has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Rows are sent, or the server asked for a pause.
    Sending,
    /// No answers come. The cause is long, and must fit.
    Stalled,
    /// No further request is sent.
    Stopping,
}

impl Phase {
    fn template(self) -> &'static str {
        match self {
            Self::Sending => "{bar:24} {pos}/{len}  {wide_msg}",
            Self::Stalled => "{pos}/{len}  {wide_msg}",
            Self::Stopping => "{bar:8}  {wide_msg}",
        }
    }
}

/// The bar.
#[derive(Debug)]
pub(super) struct Bar {
    widget: ProgressBar,
    phase: Phase,
}

impl Bar {
    /// A bar for so many rows.
    pub(super) fn new(rows: u64, target: ProgressDrawTarget) -> Self {
        let phase = Phase::Sending;
        let widget = ProgressBar::with_draw_target(Some(rows), target);
        widget.set_style(style(phase));
        Self { widget, phase }
    }

    /// The widget, so that lines can be written above it.
    pub(super) fn widget(&self) -> &ProgressBar {
        &self.widget
    }

    /// Shows that `done` of `rows` have finished, and beside the numbers `message`, which is safe for a
    /// terminal. A run that stops comes no further.
    pub(super) fn show(&mut self, phase: Phase, (done, rows): (u64, u64), message: String) {
        if phase != self.phase {
            self.widget.set_style(style(phase));
            self.phase = phase;
        }
        if phase != Phase::Stopping {
            self.widget.set_length(rows);
            self.widget.set_position(done);
        }
        self.widget.set_message(message);
    }
}

fn style(phase: Phase) -> ProgressStyle {
    let style = ProgressStyle::with_template(phase.template());
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("=> ")
}
