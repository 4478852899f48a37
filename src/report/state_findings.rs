//! Rows beside their state columns -> what a run would change in the account as it was when they were
//! written, in key figures and in bounded memory; and the `state` part of the document of a dry run.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::account_document::{add_counts, add_totals};
use super::change_findings::KeptRows;
use super::words::roughly;
use super::{ChangeFindings, ForeseenRow, KeepRows};
use crate::model::{Outcome, RowDiff, utc_millis};

/// From this age on, the account may well have changed.
const OLD: Duration = Duration::from_hours(1);

/// State columns whose ages differ by less are as good as of one age.
const SAME_AGE: Duration = Duration::from_mins(5);

/// What a run would change in the account as it was.
#[derive(Debug)]
pub struct StateFindings {
    /// What the rows would change whose conversations are known.
    pub changes: ChangeFindings,
    /// Rows whose conversations are not known, and that ask for a change.
    pub without_state: u64,
    /// Cells of state columns that cannot be read.
    pub unreadable: u64,
    /// The first of these: its line and its column.
    pub first_unreadable: Option<(u64, &'static str)>,
    /// When the conversations were read, first and last.
    read_at: Option<[Timestamp; 2]>,
    now: Timestamp,
}

impl StateFindings {
    /// None so far, at `now`.
    ///
    /// # Errors
    /// When there can be no temporary file.
    pub fn new(keep: KeepRows, now: Timestamp) -> io::Result<Self> {
        Ok(Self {
            changes: ChangeFindings::new(keep)?,
            without_state: 0,
            unreadable: 0,
            first_unreadable: None,
            read_at: None,
            now,
        })
    }

    /// Takes in a row that asks for a change in a conversation that was read then.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn add(&mut self, row: ForeseenRow<'_>, read_at: Timestamp) -> io::Result<()> {
        let [first, last] = self.read_at.unwrap_or([read_at; 2]);
        self.read_at = Some([first.min(read_at), last.max(read_at)]);
        self.changes.add(row, false)
    }

    /// Takes in a row of which nobody knows how its conversation was; `row` makes its slug, safe to print,
    /// and what it sets.
    pub fn add_unknown(&mut self, line: u64, row: impl FnOnce() -> (String, RowDiff)) {
        self.without_state += 1;
        self.changes.show(line, row);
    }

    /// Counts the cells of a row that cannot be read, by their columns.
    pub fn add_unreadable(&mut self, line: u64, columns: &[&'static str]) {
        self.unreadable += columns.len() as u64;
        let first = columns.first().map(|column| (line, *column));
        self.first_unreadable = self.first_unreadable.or(first);
    }

    /// How long ago the first conversation was read, and how long the last; nothing if none is known.
    fn ages(&self) -> Option<[Duration; 2]> {
        // Clocks differ.
        let age = |read_at| Duration::try_from(self.now.duration_since(read_at));
        self.read_at
            .map(|times| times.map(|read_at| age(read_at).unwrap_or_default()))
    }

    /// How long ago the account was so, in words; nothing if that is known of no row.
    pub(super) fn age(&self) -> Option<String> {
        let [first, last] = self.ages()?;
        let oldest = in_minutes(first);
        Some(if first.saturating_sub(last) < SAME_AGE {
            format!("{oldest} ago")
        } else {
            format!("{} to {oldest} ago", in_minutes(last))
        })
    }

    /// That the account may have changed since, if that is likely.
    pub(super) fn warning(&self) -> Option<String> {
        let [first, _] = self.ages()?;
        (first >= OLD).then(|| {
            format!(
                "the state columns show the account as it was {} ago, and it may have changed since (--dry-run --online shows it as it is now; or select again)",
                in_minutes(first)
            )
        })
    }
}

/// An age for people: `40s`, `12m`, `2h 5m`.
fn in_minutes(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 60..3600 => format!("{}m", seconds / 60),
        _ => roughly(age),
    }
}

impl Serialize for StateFindings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (at, name) in ["oldest_read_at", "newest_read_at"].into_iter().enumerate() {
            let time = self.read_at.map(|times| utc_millis(times[at]));
            map.serialize_entry(name, &time)?;
        }
        map.serialize_entry("read", &self.changes.read())?;
        map.serialize_entry("without_state", &self.without_state)?;
        map.serialize_entry("unreadable_cells", &self.unreadable)?;
        let outcomes = [Outcome::Updated, Outcome::Unchanged, Outcome::Conflict];
        add_counts(&mut map, &self.changes, &outcomes)?;
        add_totals(&mut map, &self.changes.totals)?;
        map.serialize_entry("reasons", &self.changes.reasons())?;
        map.serialize_entry("rows", &KeptRows(&self.changes))?;
        map.end()
    }
}
