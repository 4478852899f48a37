//! What a run would do in the account -> the `online` part of the document of a dry run.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::AccountPreview;
use super::account_findings::KeptRows;
use super::work::Activity;
use crate::model::{Outcome, TagCounts, Transition};

impl Serialize for AccountPreview<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let findings = self.findings;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("stop_reason", &self.stop_reason)?;
        map.serialize_entry("sample_of", &self.sample_of)?;
        map.serialize_entry("read", &findings.read())?;
        for outcome in Outcome::ALL {
            let name = Activity::Reading.outcome_name(outcome);
            map.serialize_entry(name, &findings.counts.of(outcome))?;
        }
        let transitions = findings.totals.transitions();
        let transitions: Vec<_> = transitions
            .into_iter()
            .map(|(transition, rows)| TransitionJson { transition, rows })
            .collect();
        map.serialize_entry("transitions", &transitions)?;
        map.serialize_entry("tags_added", &tags_json(findings.totals.added()))?;
        map.serialize_entry("tags_removed", &tags_json(findings.totals.removed()))?;
        map.serialize_entry("tags_set", &tags_json(findings.totals.set()))?;
        map.serialize_entry("tags_wiped", &tags_json(findings.totals.wiped()))?;
        map.serialize_entry("wiping_rows", &findings.totals.wiping_rows)?;
        map.serialize_entry("cleared_rows", &findings.totals.cleared_rows)?;
        map.serialize_entry("not_read_first", &findings.not_read_first)?;
        map.serialize_entry("cannot_put_back", &findings.left_out)?;
        map.serialize_entry("new_messages", &findings.new_messages)?;
        map.serialize_entry("reasons", &findings.reasons())?;
        map.serialize_entry("requests", &findings.send_counts.requests())?;
        map.serialize_entry("reads", &findings.send_counts.reads)?;
        map.serialize_entry(
            "expected_s",
            &findings.send_counts.expected(self.rate).as_secs_f64(),
        )?;
        map.serialize_entry("plan", &self.plan)?;
        map.serialize_entry("rows", &KeptRows(findings))?;
        map.end()
    }
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
