//! What is reported while a command works -> standard error: text for people, or a JSON object per
//! line for programs. Nothing else writes there, so lines are never interleaved.

use std::io;

use indicatif::ProgressBar;
use jiff::Timestamp;
use parking_lot::Mutex;
use serde::Serialize;

use super::stderr::Stderr;
use super::style::{Coloring, StyledText};
use super::{Level, Notice, events, json};
use crate::model::{Event, RateUnit, Stall, Violation};

/// The format of standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: one object per line.
    Json,
}

/// Who reads standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Somebody who watches.
    Terminal,
    /// Nobody, until it is over: it goes to a file, a mail or a journal.
    Elsewhere,
}

/// Reports what happens on standard error.
#[derive(Debug)]
pub struct Log {
    format: LogFormat,
    most: Level,
    audience: Audience,
    coloring: Coloring,
    stderr: Stderr,
    /// Stays at the bottom of the terminal; all lines appear above it.
    bar: Mutex<Option<ProgressBar>>,
}

impl Log {
    /// A log of everything up to level `most`.
    #[must_use]
    pub fn new(format: LogFormat, most: Level, audience: Audience) -> Self {
        Self {
            format,
            most,
            audience,
            coloring: match format {
                LogFormat::Text => Coloring::stderr(),
                LogFormat::Json => Coloring::Off,
            },
            stderr: Stderr::default(),
            bar: Mutex::default(),
        }
    }

    /// From now on, a reader that blocks standard error is not waited for.
    pub fn hurry(&self) {
        self.stderr.hurry();
    }

    /// Reports one thing.
    pub fn report(&self, notice: &Notice<'_>) {
        self.entry(notice.level(), notice, || {
            Some(match (self.audience, self.most) {
                (Audience::Terminal, _) => notice.page(),
                (Audience::Elsewhere, Level::Info) => notice.brief(),
                (Audience::Elsewhere, _) => notice.text(),
            })
        });
    }

    /// Reports an event of a run, with rates in `unit`.
    pub(super) fn event(&self, event: &Event<'_>, unit: RateUnit) {
        self.entry(events::level(event), event, || events::text(event, unit));
    }

    /// Reports why no answers come.
    pub(super) fn stall(&self, stall: &Stall) {
        self.entry(Level::Info, stall, || Some(events::stall(stall).into()));
    }

    /// Reports why a command failed, or stopped.
    pub fn error(&self, exit_status: u8, message: &str) {
        self.report(&Notice::Error {
            exit_status,
            message,
        });
    }

    /// Reports what the user should know.
    pub fn warning(&self, message: &str) {
        self.report(&Notice::Warning { message });
    }

    /// Reports where each setting came from, and what the user should know of them.
    pub fn settings<'a>(&self, origins: impl IntoIterator<Item = &'a String>, warnings: &[String]) {
        for message in origins {
            self.report(&Notice::Setting { message });
        }
        for warning in warnings {
            self.warning(warning);
        }
    }

    /// Reports the `first` of `count` violations in `file`.
    pub fn violations(&self, file: &str, first: &[Violation], count: u64) {
        for violation in first {
            self.report(&Notice::Violation { file, violation });
        }
        let more = count - first.len() as u64;
        if more > 0 {
            self.report(&Notice::MoreViolations { count: more });
        }
    }

    /// Asks a question; the cursor stays at the end of its line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn ask(&self, question: impl Into<StyledText>) -> io::Result<()> {
        self.stderr.write(&question.into().rendered(self.coloring))
    }

    /// Whether what it reports is colored.
    pub(super) fn coloring(&self) -> Coloring {
        self.coloring
    }

    /// Keeps `bar` below everything that is reported from now on.
    pub(super) fn show_bar(&self, bar: &ProgressBar) {
        *self.bar.lock() = Some(bar.clone());
    }

    /// Ends the bar, if there is one.
    pub fn hide_bar(&self) {
        let bar = self.bar.lock().take();
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    }

    fn entry(
        &self,
        level: Level,
        entry: &impl Serialize,
        text: impl FnOnce() -> Option<StyledText>,
    ) {
        if level > self.most {
            return;
        }
        match self.format {
            LogFormat::Json => self.write(&json::line(Timestamp::now(), level, entry)),
            LogFormat::Text => {
                if let Some(text) = text() {
                    let text = text.trimmed().rendered(self.coloring);
                    self.write(&(text + "\n"));
                }
            }
        }
    }

    /// Writes whole lines in one piece.
    fn write(&self, lines: &str) {
        // If standard error is gone, there is nowhere to report that.
        let write = || _ = self.stderr.write(lines);
        let bar = self.bar.lock().clone();
        match bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}
