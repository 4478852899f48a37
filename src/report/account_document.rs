//! What rows would change -> parts of the document of a dry run: `online`, what a run would do in the
//! account, and what others share with it.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::change_findings::KeptRows;
use super::work::Activity;
use super::{AccountPreview, ChangeFindings};
use crate::model::{ChangeTotals, Outcome, TagCounts, Transition};

impl Serialize for AccountPreview<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let findings = self.findings;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("stop_reason", &self.stop_reason)?;
        map.serialize_entry("sample_of", &self.sample_of)?;
        map.serialize_entry("read", &findings.changes.read())?;
        add_counts(&mut map, &findings.changes, &Outcome::ALL)?;
        add_totals(&mut map, &findings.changes.totals)?;
        map.serialize_entry("not_read_first", &findings.not_read_first)?;
        map.serialize_entry("cannot_put_back", &findings.left_out)?;
        map.serialize_entry("new_messages", &findings.new_messages)?;
        map.serialize_entry("reasons", &findings.changes.reasons())?;
        map.serialize_entry("requests", &findings.send_counts.requests())?;
        map.serialize_entry("reads", &findings.send_counts.reads)?;
        map.serialize_entry(
            "expected_s",
            &findings.send_counts.expected(self.rate).as_secs_f64(),
        )?;
        map.serialize_entry("plan", &self.plan)?;
        map.serialize_entry("rows", &KeptRows(&findings.changes))?;
        map.end()
    }
}

/// Adds rows by what a run would do with them.
pub(super) fn add_counts<M: SerializeMap>(
    map: &mut M,
    findings: &ChangeFindings,
    outcomes: &[Outcome],
) -> Result<(), M::Error> {
    for outcome in outcomes {
        let name = Activity::Reading.outcome_name(*outcome);
        map.serialize_entry(name, &findings.counts.of(*outcome))?;
    }
    Ok(())
}

/// Adds transitions and tags, with their rows.
pub(super) fn add_totals<M: SerializeMap>(
    map: &mut M,
    totals: &ChangeTotals,
) -> Result<(), M::Error> {
    let transitions = totals.transitions().into_iter();
    let transitions: Vec<_> = transitions
        .map(|(transition, rows)| TransitionJson { transition, rows })
        .collect();
    map.serialize_entry("transitions", &transitions)?;
    map.serialize_entry("tags_added", &tags_json(totals.added()))?;
    map.serialize_entry("tags_removed", &tags_json(totals.removed()))?;
    map.serialize_entry("tags_set", &tags_json(totals.set()))?;
    map.serialize_entry("tags_wiped", &tags_json(totals.wiped()))?;
    map.serialize_entry("wiping_rows", &totals.wiping_rows)?;
    map.serialize_entry("cleared_rows", &totals.cleared_rows)
}

#[derive(serde::Serialize)]
struct TransitionJson<'a> {
    #[serde(flatten)]
    transition: &'a Transition,
    rows: u64,
}

#[derive(serde::Serialize)]
struct TagRows<'a> {
    tag: &'a str,
    rows: u64,
}

fn tags_json(tags: &TagCounts) -> Vec<TagRows<'_>> {
    let tags = tags.commonest().into_iter();
    tags.map(|(tag, rows)| TagRows { tag, rows }).collect()
}
