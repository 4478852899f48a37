//! What a run would do -> the document of `--dry-run --json`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io;

use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};

use super::{AccountPreview, Plan};
use crate::model::{FieldChanges, Preview, ValueRows, Violation};

/// Values of a field in the document.
const VALUES_KEPT: usize = 20;

/// The document of a dry run.
pub struct DryRun<'a> {
    /// What would be sent; `None` if the input could not be read.
    pub plan: Option<&'a Plan<'a>>,
    /// What was found in the account.
    pub online: Option<&'a AccountPreview<'a>>,
    /// Violations in the order of the file, read once.
    pub violations: RefCell<Box<dyn Iterator<Item = io::Result<Violation>> + 'a>>,
    /// The program's exit status.
    pub exit_status: u8,
    /// Why the dry run could not finish, or what is wrong with the input.
    pub error: Option<String>,
}

impl Serialize for DryRun<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let empty = Preview::default();
        let preview = self.plan.map_or(&empty, |plan| plan.preview);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("exit_status", &self.exit_status)?;
        map.serialize_entry("error", &self.error)?;
        map.serialize_entry("settled", &self.plan.map_or(0, |plan| plan.settled))?;
        map.serialize_entry("rows", &preview.rows)?;
        map.serialize_entry("valid", &preview.legal)?;
        map.serialize_entry("invalid", &preview.illegal())?;
        map.serialize_entry("damaged", &preview.damaged())?;
        map.serialize_entry("account", &self.plan.map(|plan| plan.account))?;
        map.serialize_entry("changes", &FieldsJson(preview))?;
        map.serialize_entry("guards", &GuardsJson(preview))?;
        map.serialize_entry("edits_tags", &preview.edits_tags)?;
        map.serialize_entry("sends_all_data", &preview.sends_all_data())?;
        map.serialize_entry("without_change", &preview.without_change)?;
        map.serialize_entry("cannot_undo", &self.plan.map_or(0, Plan::cannot_undo))?;
        let counts = self.plan.map(|plan| plan.send_counts).unwrap_or_default();
        map.serialize_entry("requests", &counts.requests())?;
        map.serialize_entry("reads", &counts.reads)?;
        map.serialize_entry("rate_asked", &self.plan.map(|plan| plan.rate.per_second()))?;
        let expected = self.plan.map(|plan| counts.expected(plan.rate));
        map.serialize_entry("expected_s", &expected.map(|time| time.as_secs_f64()))?;
        let warnings = self.plan.map(Plan::all_warnings).unwrap_or_default();
        map.serialize_entry("warnings", &warnings)?;
        let names = self.plan.map_or(&[][..], |plan| plan.names);
        map.serialize_entry("unknown_names", names)?;
        if let Some(undo) = self.plan.and_then(|plan| plan.undo) {
            map.serialize_entry("undoes_undo", &undo.undoes_undo())?;
            map.serialize_entry("cannot_put_back", &undo.left_out)?;
        }
        let samples = self.plan.map_or(&[][..], |plan| &plan.samples);
        map.serialize_entry("samples", samples)?;
        if let Some(state) = self.plan.and_then(|plan| plan.state) {
            map.serialize_entry("state", state)?;
        }
        if let Some(online) = self.online {
            map.serialize_entry("online", online)?;
        }
        map.serialize_entry("violations", &ViolationsJson(&self.violations))?;
        map.end()
    }
}

struct FieldsJson<'a>(&'a Preview);

impl Serialize for FieldsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.0.fields();
        serializer.collect_map(fields.iter().map(|(name, changes)| {
            (
                name,
                FieldJson {
                    name,
                    changes,
                    preview: self.0,
                },
            )
        }))
    }
}

struct GuardsJson<'a>(&'a Preview);

impl Serialize for GuardsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.guards().map(|(field, changes)| {
            let json = FieldJson {
                name: "",
                changes,
                preview: self.0,
            };
            (field, json)
        }))
    }
}

struct FieldJson<'a> {
    name: &'a str,
    changes: &'a FieldChanges,
    preview: &'a Preview,
}

/// A value in the document; `cut` if it is longer.
#[derive(serde::Serialize)]
struct Counted<'a> {
    value: Cow<'a, str>,
    rows: u64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

impl<'a> From<ValueRows<'a>> for Counted<'a> {
    fn from(
        ValueRows {
            value,
            is_cut,
            rows,
        }: ValueRows<'a>,
    ) -> Self {
        let value = if is_cut {
            Cow::Owned(format!("{value}…"))
        } else {
            Cow::Borrowed(value)
        };
        Self {
            value,
            rows,
            cut: is_cut,
        }
    }
}

impl Serialize for FieldJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = self.changes.commonest(VALUES_KEPT);
        let values: Vec<_> = values.into_iter().map(Counted::from).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rows", &self.changes.rows)?;
        if self.name == "tag_list" {
            map.serialize_entry("replaces", &self.preview.replaces_tags)?;
            map.serialize_entry("clears", &self.preview.clears_tags)?;
        }
        if self.changes.nulls > 0 {
            map.serialize_entry("nulls", &self.changes.nulls)?;
        }
        if self.changes.damaged > 0 {
            map.serialize_entry("damaged", &self.changes.damaged)?;
        }
        map.serialize_entry("values", &values)?;
        map.end()
    }
}

/// Serializes violations one by one: they need not fit into memory.
struct ViolationsJson<'a, 'b>(&'a RefCell<Box<dyn Iterator<Item = io::Result<Violation>> + 'b>>);

impl Serialize for ViolationsJson<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq as _;
        let mut sequence = serializer.serialize_seq(None)?;
        for violation in &mut *self.0.borrow_mut() {
            sequence.serialize_element(&violation.map_err(S::Error::custom)?)?;
        }
        sequence.end()
    }
}
