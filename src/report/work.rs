//! What a run is about to do, as far as its progress depends on it.

use serde::ser::{Serialize, Serializer};

use crate::model::{Counts, Outcome, RequestRate, SendCounts};

/// What is done with each row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activity {
    /// Its change is sent.
    #[default]
    Sending,
    /// Its conversation is read only, to show what would change.
    Reading,
}

impl Activity {
    /// The outcome of a row in a document or an event: nothing is changed by reading.
    pub(super) fn outcome_name(self, outcome: Outcome) -> &'static str {
        match (self, outcome) {
            (Self::Reading, Outcome::Updated) => "would_change",
            (Self::Reading, Outcome::NotSent) => "not_read",
            (_, outcome) => outcome.name(),
        }
    }

    /// The outcome of a row for people.
    pub(super) fn outcome_words(self, outcome: Outcome) -> &'static str {
        match (self, outcome) {
            (Self::Reading, Outcome::Updated) => "would change",
            (Self::Reading, Outcome::Unchanged) => "already as requested",
            (Self::Reading, Outcome::Failed) => "not readable",
            (Self::Reading, Outcome::NotSent) => "not read",
            (Self::Sending, Outcome::NotSent) => "not sent",
            (_, Outcome::NotFound) => "not found",
            (_, outcome) => outcome.name(),
        }
    }
}

/// Rows per outcome, under the names of what is done with them.
#[derive(Debug, Clone, Copy)]
pub struct NamedCounts<'a> {
    /// What is done.
    pub activity: Activity,
    /// The rows.
    pub counts: &'a Counts,
}

impl Serialize for NamedCounts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = |outcome| (self.activity.outcome_name(outcome), self.counts.of(outcome));
        serializer.collect_map(Outcome::ALL.map(named))
    }
}

/// What a run, or another command that sends requests, is about to do.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// What is done with each row.
    pub activity: Activity,
    /// Rows to account for.
    pub rows: u64,
    /// Of these, those that make requests.
    pub to_send: SendCounts,
    /// No faster than that; rates are shown in its unit.
    pub rate: RequestRate,
}

impl Work {
    /// A list is read, of which nothing is known yet.
    #[must_use]
    pub fn listing(rate: RequestRate) -> Self {
        Self {
            activity: Activity::Reading,
            rows: 1,
            to_send: SendCounts { rows: 1, reads: 0 },
            rate,
        }
    }
}
