//! What a run did, in numbers: `summary.json`, and what `--json` prints of a run.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::instant::as_utc_millis;
use super::{Outcome, Pace, Pass, RateUnit, StopReason};

/// How many rows ended in each outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts([u64; Outcome::ALL.len()]);

impl Counts {
    /// Counts `rows` more rows of that outcome.
    pub fn add(&mut self, outcome: Outcome, rows: u64) {
        self.0[outcome as usize] += rows;
    }

    /// The rows of that outcome.
    #[must_use]
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.0[outcome as usize]
    }

    /// All rows counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The rows that need nothing more.
    #[must_use]
    pub fn successes(&self) -> u64 {
        self.sum(Outcome::is_success)
    }

    /// The rows that a resumed run leaves alone.
    #[must_use]
    pub fn final_rows(&self) -> u64 {
        self.sum(Outcome::is_final)
    }

    /// The rows that a resumed run would send.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.sum(|outcome| !outcome.is_final())
    }

    /// The rows that go into the file to fix and feed back.
    #[must_use]
    pub fn failed_file_rows(&self) -> u64 {
        self.sum(Outcome::goes_to_failed_file)
    }

    /// The same without the rows that a resumed run would send.
    #[must_use]
    pub fn final_only(&self) -> Self {
        let mut counts = Self::default();
        for outcome in Outcome::ALL
            .into_iter()
            .filter(|outcome| outcome.is_final())
        {
            counts.add(outcome, self.of(outcome));
        }
        counts
    }

    /// The same without the rows of that outcome.
    #[must_use]
    pub fn without(mut self, outcome: Outcome) -> Self {
        self.0[outcome as usize] = 0;
        self
    }

    fn sum(&self, wanted: impl Fn(Outcome) -> bool) -> u64 {
        let outcomes = Outcome::ALL.into_iter().filter(|outcome| wanted(*outcome));
        outcomes.map(|outcome| self.of(outcome)).sum()
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Outcome::ALL.len()))?;
        for outcome in Outcome::ALL {
            map.serialize_entry(outcome.name(), &self.of(outcome))?;
        }
        map.end()
    }
}

/// One reason that rows share.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Reason {
    /// The outcome of those rows.
    pub outcome: Outcome,
    /// The ledger's text.
    pub reason: String,
    /// How many rows.
    pub count: u64,
    /// The first lines of the input that have it, at most three.
    pub lines: Vec<u64>,
    /// The slug of the first of them.
    pub example: String,
}

/// What an undo leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CannotPutBack {
    /// Rows of which something is left out.
    pub rows: u64,
    /// Of these, rows of which nothing can be put back.
    #[serde(default)]
    pub whole_rows: u64,
    /// Rows by reason, the commonest first.
    pub reasons: Vec<ReasonRows>,
}

/// Rows for which there is that reason.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReasonRows {
    /// In words.
    pub reason: String,
    /// How many.
    pub rows: u64,
}

/// What a run did.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Summary {
    /// The run directory, if one was made.
    pub run_dir: Option<String>,
    /// The program's exit status; `None` while the run continues, and if it was killed.
    pub exit_status: Option<u8>,
    /// Why the run ended before its last row.
    pub stop_reason: Option<StopReason>,
    /// Why the run could not start or finish, in words.
    pub error: Option<String>,
    /// Rows of the input.
    pub rows: u64,
    /// Rows per outcome.
    pub counts: Counts,
    /// Updated rows of which the server shows something else than was asked for.
    pub differs: u64,
    /// Damaged texts of custom fields that the run sends as they are (`--allow-damaged`).
    pub damaged: u64,
    /// Of an undo, what it leaves out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cannot_put_back: Option<CannotPutBack>,
    /// Rows that are changed, or may be, and that were not read first: an undo leaves them out.
    #[serde(skip)]
    pub without_image: u64,
    /// What went over the wire, in all passes.
    #[serde(flatten)]
    pub pace: Pace,
    /// Requests a second asked for at most.
    pub rate_asked: Option<f64>,
    /// The unit in which people are shown rates.
    #[serde(skip)]
    pub rate_unit: RateUnit,
    /// When the run was started.
    #[serde(serialize_with = "as_utc_millis")]
    pub started_at: Option<Timestamp>,
    /// When its last pass ended.
    #[serde(serialize_with = "as_utc_millis")]
    pub finished_at: Option<Timestamp>,
    /// Why rows are not updated, or differ: the commonest first.
    pub reasons: Vec<Reason>,
    /// The start of the run, and each resume that had something to send.
    pub passes: Vec<Pass>,
    /// What this command did.
    #[serde(skip)]
    pub command: Done,
}

/// What one command did for a run.
#[derive(Debug, Clone, Default)]
pub struct Done {
    /// When it started.
    pub began: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// What it sent, if there was anything to send.
    pub sent: Option<Pace>,
}

impl Reason {
    /// How the reason of a conflict ends where nothing is left to do: guards fail, and the conversation
    /// shows all that the row sets.
    pub const ALREADY_AS_REQUESTED: &str = "the conversation already has all requested values";
}

impl Summary {
    /// Whether there is nothing to look at: all rows went well, and an undo leaves nothing out.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let is_left_out = |left_out: &CannotPutBack| left_out.rows > 0;
        self.exit_status == Some(0) && !self.cannot_put_back.as_ref().is_some_and(is_left_out)
    }

    /// Whether all went well, and the server took the pace that was asked for.
    #[must_use]
    pub fn is_uneventful(&self) -> bool {
        let is_calm = |pace: &Pace| pace.throttled == 0 && pace.workers_needed.is_none();
        self.exit_status == Some(0) && self.command.sent.as_ref().is_none_or(is_calm)
    }

    /// How long the command took, once it has ended.
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        let took = self.command.ended?.duration_since(self.command.began?);
        // A clock that was put back meanwhile makes no time run backwards.
        Some(Duration::try_from(took).unwrap_or_default())
    }
}

/// Rows grouped by the reason that they share, in bounded memory.
#[derive(Debug, Default)]
pub struct Reasons {
    groups: BTreeMap<(&'static str, String), Reason>,
}

impl Reasons {
    /// Groups kept at most. Reasons that quote the row are all different; beyond this many the
    /// rest is counted as one.
    const MOST: usize = 1000;

    /// Counts one row.
    pub fn add(&mut self, outcome: Outcome, reason: &str, line: u64, slug: &str) {
        let mut key = (outcome.name(), reason.to_owned());
        if self.groups.len() >= Self::MOST && !self.groups.contains_key(&key) {
            "(other reasons)".clone_into(&mut key.1);
        }
        let group = self
            .groups
            .entry(key)
            .or_insert_with_key(|(_, reason)| Reason {
                outcome,
                reason: reason.clone(),
                count: 0,
                lines: Vec::new(),
                example: slug.to_owned(),
            });
        group.count += 1;
        if group.lines.len() < 3 {
            group.lines.push(line);
        }
    }

    /// The groups, the commonest first, at most `most`.
    #[must_use]
    pub fn commonest(&self, most: usize) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = self.groups.values().cloned().collect();
        reasons.sort_by_key(|reason| {
            (
                std::cmp::Reverse(reason.count),
                reason.lines.first().copied(),
            )
        });
        reasons.truncate(most);
        reasons
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_grouped_and_bounded() {
        let mut reasons = Reasons::default();
        for line in 0..3000 {
            reasons.add(Outcome::Rejected, &format!("tag {line}"), line, "a");
            reasons.add(Outcome::Rejected, "same", line, "a");
        }
        let commonest = reasons.commonest(5);
        assert_eq!(commonest[0].reason, "same");
        assert_eq!(
            (commonest[0].count, commonest[0].lines.as_slice()),
            (3000, &[0, 1, 2][..])
        );
        assert_eq!(commonest[1].reason, "(other reasons)");
    }
}
