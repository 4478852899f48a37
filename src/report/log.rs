//! What there is to say while a command works -> standard error: text for people, or a JSON object
//! a line for programs. The one place that writes there: nothing tears anything else.

use parking_lot::{Mutex, MutexGuard};
use std::io;

use indicatif::ProgressBar;

use super::print::shown;
use super::stderr::Stderr;
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
    stderr: Stderr,
    /// Stands on the terminal; whatever is said appears above it.
    bar: Mutex<Option<ProgressBar>>,
}

impl Log {
    /// A log that says what is of level `most`, or weightier.
    #[must_use]
    pub fn new(format: LogFormat, most: Level, reader: Reader) -> Self {
        Self {
            format,
            most,
            reader,
            stderr: Stderr::default(),
            bar: Mutex::default(),
        }
    }

    /// From now on, whoever does not read standard error is not waited for.
    pub fn hurry(&self) {
        self.stderr.hurry();
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
        self.stderr.write(&shown(question))
    }

    /// Keeps `bar` below everything that is said from now on.
    pub(super) fn show_bar(&self, bar: &ProgressBar) {
        *self.bar() = Some(bar.clone());
    }

    /// Ends the bar, if there is one.
    pub fn hide_bar(&self) {
        let bar = self.bar().take();
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    }

    fn tell_text(&self, notice: &Notice<'_>) {
        let is_brief = self.reader == Reader::Elsewhere && self.most == Level::Info;
        let text = match notice {
            Notice::Summary { summary, .. } if is_brief && summary.is_uneventful() => {
                Some(super::summary::line(summary))
            }
            _ => notice.text(),
        };
        if let Some(text) = text {
            self.write(&(shown(text.trim_end()) + "\n"));
        }
    }

    /// Writes whole lines, at once.
    fn write(&self, lines: &str) {
        // There is nowhere left to say that standard error is gone.
        let write = || _ = self.stderr.write(lines);
        let bar = self.bar().clone();
        match bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn bar(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        // A panic elsewhere does not make it wrong.
        self.bar.lock()
    }
}
