//! Outcomes -> the ledger, and only then events; sees when the run should stop.

use std::io;

use super::watch::{Watch, is_nowhere, recalled};
use super::{RunError, Stop};
use crate::input::InputError;
use crate::ledger::{Journal, Record};
use crate::model::{Event, StopReason};

/// Records what its callers bring, one at a time.
pub(super) struct Recorder<'a> {
    journal: &'a mut Journal,
    watch: Watch,
    stop: &'a Stop,
    tell: &'a mut (dyn FnMut(&Event<'_>) + Send),
    state: State,
    announced: bool,
    /// Whether some row would have been sent, had there been no `--limit`.
    pub(super) is_over_limit: bool,
}

/// How far the recorder trusts its means.
enum State {
    Recording,
    /// The ledger cannot be written: what still arrives is sent again by whoever goes on.
    Unwritable(io::Error),
    /// The copy cannot be read to its end; what is in flight is recorded all the same.
    Unreadable(InputError),
}

impl<'a> Recorder<'a> {
    pub(super) fn new(
        journal: &'a mut Journal,
        watch: Watch,
        stop: &'a Stop,
        tell: &'a mut (dyn FnMut(&Event<'_>) + Send),
    ) -> Self {
        Self {
            journal,
            watch,
            stop,
            tell,
            state: State::Recording,
            announced: false,
            is_over_limit: false,
        }
    }

    /// Tells what happens meanwhile.
    pub(super) fn tell(&mut self, event: &Event<'_>) {
        (self.tell)(event);
    }

    /// Writes a record, then tells of it.
    pub(super) fn settle(&mut self, record: Record) {
        // Rows that were in flight when the brand turned out to be wrong are not condemned either.
        let is_recalled = is_nowhere(&record) && self.stop.reason() == Some(StopReason::WrongBrand);
        let record = if is_recalled {
            recalled(record)
        } else {
            record
        };
        if self.append(&record) {
            (self.tell)(&Event::Recorded(record.ended()));
            if let Some(reason) = self.watch.note(&record) {
                self.stop_for(reason);
            }
        }
        self.announce();
    }

    /// Takes in that the copy cannot be read any further.
    pub(super) fn unreadable(&mut self, error: InputError) {
        self.stop.because(StopReason::InputUnreadable {
            error: error.to_string(),
        });
        // Half a line may stand at the end of a ledger that cannot be written: nothing must follow.
        if matches!(self.state, State::Recording) {
            self.state = State::Unreadable(error);
        }
    }

    /// Takes in that the ledger cannot be written any further.
    pub(super) fn unwritable(&mut self, error: io::Error) {
        self.stop.because(StopReason::LedgerUnwritable {
            error: error.to_string(),
        });
        self.state = State::Unwritable(error);
    }

    /// Says once that the run stops, if it does.
    pub(super) fn announce(&mut self) {
        if !self.announced
            && let Some(reason) = self.stop.reason()
        {
            self.announced = true;
            (self.tell)(&Event::Stopping { reason });
        }
    }

    /// Ends the run: one that came to its last row may still have stopped short.
    pub(super) fn end(mut self) -> Result<(), RunError> {
        if !self.stop.is_set() {
            if let Some(reason) = self.watch.at_end() {
                self.stop_for(reason);
            } else if self.is_over_limit {
                self.stop.because(StopReason::Limit);
            }
        }
        self.announce();
        match self.state {
            State::Unreadable(error) => Err(error.into()),
            State::Unwritable(error) => Err(RunError::Unwritable(error)),
            State::Recording => Ok(()),
        }
    }

    fn stop_for(&mut self, reason: StopReason) {
        let is_brand = reason == StopReason::WrongBrand;
        self.stop.because(reason);
        if is_brand {
            for record in self.watch.recalled() {
                if self.append(&record) {
                    (self.tell)(&Event::Recalled(record.ended()));
                }
            }
        }
    }

    /// Writes a record; whether the ledger holds it.
    fn append(&mut self, record: &Record) -> bool {
        if matches!(self.state, State::Unwritable(_)) {
            return false;
        }
        let appended = self.journal.append(record);
        appended.map_err(|error| self.unwritable(error)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Outcome;
    use crate::pipeline::watch::{Brand, MaxFailures};

    #[test]
    fn a_ledger_that_could_not_be_written_is_not_written_again() {
        let ledger = tempfile::NamedTempFile::new().expect("a file");
        let (mut journal, _) = Journal::reopen(ledger.path()).expect("a ledger");
        let stop = Stop::default();
        let watch = Watch::new(MaxFailures::Unlimited, Brand::Unproven);
        let mut tell = |_: &Event| {};
        let mut recorder = Recorder::new(&mut journal, watch, &stop, &mut tell);
        recorder.unwritable(io::ErrorKind::StorageFull.into());
        recorder.unreadable(InputError::NoHeader);
        let record = Record::unsent(2, "a".into(), Outcome::NotSent, String::new());
        recorder.settle(record);
        assert!(matches!(recorder.end(), Err(RunError::Unwritable(_))));
        let text = std::fs::read_to_string(ledger.path()).expect("a ledger");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}
