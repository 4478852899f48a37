//! What there is to say while a command works -> standard error: text for people, or a JSON object
//! a line for programs. The one place that writes there: nothing tears anything else.

use std::io::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::ProgressBar;

use super::print::shown;
use super::{Level, Notice, json};
use crate::model::Violation;

/// The form of what is said on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// For programs: one object a line
    Json,
}

/// Who reads standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Somebody who watches.
    Terminal,
    /// Nobody, until it is over: a file, a mail, a journal.
    Elsewhere,
}

/// Says what happens, on standard error.
#[derive(Debug)]
pub struct Log {
    format: LogFormat,
    most: Level,
    reader: Reader,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Stands on the terminal; whatever is said appears above it.
    bar: Option<ProgressBar>,
    /// What is about to be sent, until there is something else to say: a run that goes well, with
    /// nobody watching, says one line when it is over.
    plan: Option<String>,
}

impl Log {
    /// A log that says what is of level `most`, or weightier.
    #[must_use]
    pub fn new(format: LogFormat, most: Level, reader: Reader) -> Self {
        Self {
            format,
            most,
            reader,
            state: Mutex::default(),
        }
    }

    /// Says one thing.
    pub fn tell(&self, notice: &Notice<'_>) {
        if notice.level() > self.most {
            return;
        }
        match self.format {
            LogFormat::Json => self.write(&json::line(notice)),
            LogFormat::Text => self.tell_text(notice),
        }
    }

    /// Says why a command came to nothing, or stopped.
    pub fn error(&self, exit_status: u8, message: &str) {
        self.tell(&Notice::Error {
            exit_status,
            message,
        });
    }

    /// Says what the user should know.
    pub fn warning(&self, message: &str) {
        self.tell(&Notice::Warning { message });
    }

    /// Says what is wrong with rows of `file`: the `first` of `count` faults.
    pub fn violations(&self, file: &str, first: &[Violation], count: u64) {
        for violation in first {
            self.tell(&Notice::Violation { file, violation });
        }
        let more = count - first.len() as u64;
        if more > 0 {
            self.tell(&Notice::MoreViolations { count: more });
        }
    }

    /// Puts a question to whoever watches: it waits at the end of its line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn ask(&self, question: &str) -> io::Result<()> {
        io::stderr().lock().write_all(shown(question).as_bytes())
    }

    /// Keeps `bar` below everything that is said from now on.
    pub(super) fn show_bar(&self, bar: &ProgressBar) {
        self.lock().bar = Some(bar.clone());
    }

    /// Ends the bar, if there is one.
    pub fn hide_bar(&self) {
        if let Some(bar) = self.lock().bar.take() {
            bar.finish_and_clear();
        }
    }

    fn tell_text(&self, notice: &Notice<'_>) {
        let is_brief = self.reader == Reader::Elsewhere && self.most == Level::Info;
        let text = match notice {
            Notice::Summary { summary, .. } if is_brief && summary.is_uneventful() => {
                self.lock().plan = None;
                Some(super::summary::line(summary))
            }
            _ => notice.text(),
        };
        let Some(text) = text else { return };
        let text = shown(text.trim_end()) + "\n";
        if is_brief && matches!(notice, Notice::Plan(_)) {
            self.lock().plan = Some(text);
            return;
        }
        let plan = self.lock().plan.take();
        self.write(&(plan.unwrap_or_default() + &text));
    }

    /// Writes whole lines, at once.
    fn write(&self, lines: &str) {
        // There is nowhere left to say that standard error is gone.
        let write = || _ = io::stderr().lock().write_all(lines.as_bytes());
        let bar = self.lock().bar.clone();
        match bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere does not make the state wrong.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
