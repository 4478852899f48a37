//! Outcomes -> the ledger, and only then events; sees when the run should stop.

use std::io;
use std::sync::Arc;

use super::breaker::{Breaker, Trip};
use super::error::RunError;
use crate::input::InputError;
use crate::ledger::{Earlier, Journal, Record, ResumeIndex};
use crate::model::{Event, Outcome, StopReason, remedy};
use crate::stop::Stop;

/// Records what its callers bring, one at a time.
pub(super) struct Recorder<'a> {
    journal: &'a mut Journal,
    /// What the ledger contained before.
    earlier: Arc<ResumeIndex>,
    breaker: Breaker,
    stop: &'a Stop,
    /// How many requests are in flight.
    in_flight: &'a (dyn Fn() -> u32 + Sync),
    report: &'a mut (dyn FnMut(&Event<'_>) + Send),
    state: State,
    announced: bool,
    /// Whether some row would have been sent, had there been no `--limit`.
    pub(super) is_over_limit: bool,
}

/// Whether everything can still be recorded.
enum State {
    Recording,
    /// The ledger cannot be written: what still arrives is sent again by a resume.
    Unwritable(io::Error),
    /// The copy cannot be read to its end; what is in flight is recorded all the same.
    Unreadable(InputError),
}

impl<'a> Recorder<'a> {
    pub(super) fn new(
        journal: &'a mut Journal,
        earlier: &Arc<ResumeIndex>,
        breaker: Breaker,
        stop: &'a Stop,
        in_flight: &'a (dyn Fn() -> u32 + Sync),
        report: &'a mut (dyn FnMut(&Event<'_>) + Send),
    ) -> Self {
        Self {
            journal,
            earlier: Arc::clone(earlier),
            breaker,
            stop,
            in_flight,
            report,
            state: State::Recording,
            announced: false,
            is_over_limit: false,
        }
    }

    /// Reports what happens meanwhile.
    pub(super) fn report(&mut self, event: &Event<'_>) {
        (self.report)(event);
    }

    /// Writes a record, then reports it.
    pub(super) fn record(&mut self, record: Record) {
        let mut record = self.breaker.corrected(record);
        // What an earlier run knows of a row is more than that this one has not come to it.
        let is_known = record.attempts == 0
            && record.outcome == Outcome::NotSent
            && self.earlier.earlier(record.line) != Earlier::Nothing;
        let before = self.earlier.attempts(record.line);
        record.attempts = record.attempts.saturating_add(before);
        if !is_known && self.append(&record) {
            (self.report)(&Event::Recorded(record.result()));
            if let Some(trip) = self.breaker.take_in(&record) {
                self.stop_for(trip);
            }
        }
        self.announce();
    }

    /// Takes in that the copy cannot be read any further.
    pub(super) fn unreadable(&mut self, error: InputError) {
        self.stop.because(StopReason::InputUnreadable {
            error: match &error {
                InputError::Io(error) => with_remedy(error),
                // It was read to its end before.
                error => format!("it {error} (it was changed: start a new run)"),
            },
        });
        // Half a line may be left at the end of a ledger that cannot be written: nothing must follow.
        if matches!(self.state, State::Recording) {
            self.state = State::Unreadable(error);
        }
    }

    /// Takes in that the ledger cannot be written any further.
    pub(super) fn unwritable(&mut self, error: io::Error) {
        self.stop.because(StopReason::LedgerUnwritable {
            error: with_remedy(&error),
        });
        self.state = State::Unwritable(error);
    }

    /// Reports once that the run stops, if it does.
    pub(super) fn announce(&mut self) {
        if !self.announced
            && let Some(reason) = self.stop.reason()
        {
            self.announced = true;
            let in_flight = (self.in_flight)();
            (self.report)(&Event::Stopping { reason, in_flight });
        }
    }

    /// Ends the run: one that came to its last row may still have stopped short.
    pub(super) fn end(mut self) -> Result<(), RunError> {
        if !self.stop.is_set() {
            if let Some(trip) = self.breaker.at_end() {
                self.stop_for(trip);
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

    fn stop_for(&mut self, trip: Trip) {
        self.stop.because(trip.reason);
        for record in trip.retracted {
            if self.append(&record) {
                (self.report)(&Event::Retracted(record.result()));
            }
        }
    }

    /// Writes a record; whether the ledger contains it.
    fn append(&mut self, record: &Record) -> bool {
        if matches!(self.state, State::Unwritable(_)) {
            return false;
        }
        let appended = self.journal.append(record);
        appended.map_err(|error| self.unwritable(error)).is_ok()
    }
}

fn with_remedy(error: &io::Error) -> String {
    format!("{error} ({})", remedy(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::breaker::{Known, RowLimits};

    /// Why the run stops after `steps`, and what the ledger then contains.
    fn after(steps: impl FnOnce(Recorder<'_>)) -> (String, String) {
        let ledger = tempfile::NamedTempFile::new().expect("a file");
        let (mut journal, _) =
            Journal::open(ledger.path(), &ResumeIndex::default()).expect("a ledger");
        let stop = Stop::default();
        let breaker = Breaker::new(RowLimits::UNLIMITED, Known::default(), Arc::default());
        let mut report = |_: &Event| {};
        steps(Recorder::new(
            &mut journal,
            &Arc::default(),
            breaker,
            &stop,
            &|| 0,
            &mut report,
        ));
        let text = std::fs::read_to_string(ledger.path()).expect("a ledger");
        (stop.reason().expect("a reason").to_string(), text)
    }

    #[test]
    fn a_ledger_that_could_not_be_written_is_not_written_again() {
        let (_, ledger) = after(|mut recorder| {
            recorder.unwritable(io::ErrorKind::StorageFull.into());
            recorder.unreadable(InputError::NoHeader);
            let record = Record::unsent(2, "a".into(), Outcome::NotSent, String::new());
            recorder.record(record);
            assert!(matches!(recorder.end(), Err(RunError::Unwritable(_))));
        });
        assert_eq!(ledger.lines().count(), 1, "{ledger}");
    }

    #[test]
    fn a_copy_that_cannot_be_read_is_reported_with_its_own_cause_and_remedy() {
        let reason = |error| after(|mut recorder| recorder.unreadable(error)).0;
        let system = |errno: rustix::io::Errno| reason(InputError::Io(errno.into()));
        assert!(system(rustix::io::Errno::MFILE).contains("ulimit -n"));
        assert!(system(rustix::io::Errno::IO).contains("check the disk"));
        let changed = reason(InputError::NoHeader);
        assert!(changed.contains("was changed"), "{changed}");
    }
}
