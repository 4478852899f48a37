//! What a file would change, in key figures and in bounded memory.

use std::collections::BTreeMap;
use std::time::Duration;

use super::field_changes::beginning;
use super::{
    AddressHosts, Changes, DataMode, DataValue, FieldChanges, Guard, ReadPolicy, RequestRate,
    TagEdits, Update,
};

/// Requests shown in full.
const SAMPLES: usize = 3;

/// Fields counted one by one; custom fields beyond these are only known to exist.
const MOST_FIELDS: usize = 100;

/// What further fields are counted under.
const OTHERS: &str = "(others)";

/// The longest name kept, in characters.
const NAME_CHARS: usize = 1000;

/// What a file would change.
#[derive(Debug, Default)]
pub struct Preview {
    /// Rows, legal or not.
    pub rows: u64,
    /// Legal rows.
    pub legal: u64,
    /// Rows that replace all tags by others.
    pub replaces_tags: u64,
    /// Rows that remove all tags.
    pub clears_tags: u64,
    /// Rows that add tags to those that are there, or remove some of them.
    pub edits_tags: u64,
    /// Rows that are legal and ask for no change: they make no request.
    pub without_change: u64,
    /// What sending the legal rows takes, as far as they are to be sent.
    pub send_counts: SendCounts,
    /// What these do to tags.
    pub sent_tags: TagRows,
    /// Where the conversations of rows are that name them by an address, if there is no account to compare
    /// it with.
    pub address_hosts: AddressHosts,
    /// The first updates that make a request.
    pub samples: Vec<Update<'static>>,
    policy: ReadPolicy,
    /// Rows that set custom fields.
    sets_data: u64,
    /// The most rows that make a request.
    limit: Option<u64>,
    tag_list: FieldChanges,
    add_tags: FieldChanges,
    remove_tags: FieldChanges,
    status: FieldChanges,
    hold_until: FieldChanges,
    assignee: FieldChanges,
    category: FieldChanges,
    brand: FieldChanges,
    /// Custom fields by name.
    data: BTreeMap<String, FieldChanges>,
    /// Guards by the name of the guarded field; their values are what is expected.
    guards: BTreeMap<String, FieldChanges>,
}

/// What sending takes, retries apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SendCounts {
    /// Rows that make a request.
    pub rows: u64,
    /// Of these, rows that are read before they are changed.
    pub reads: u64,
}

/// Rows that are to be sent, by what they do to tags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TagRows {
    /// Rows that replace all tags by others.
    pub replaced: u64,
    /// Rows that remove all tags.
    pub cleared: u64,
    /// Rows that add tags to those that are there, or remove some of them.
    pub edited: u64,
}

impl TagRows {
    fn add(&mut self, update: &Update<'_>) {
        let tags = update.changes.tag_list.as_ref();
        self.replaced += u64::from(tags.is_some_and(|tags| !tags.is_empty()));
        self.cleared += u64::from(tags.is_some_and(Vec::is_empty));
        self.edited += u64::from(!update.tag_edits.is_empty());
    }
}

impl SendCounts {
    /// All requests, of which each row that is read makes two.
    #[must_use]
    pub fn requests(self) -> u64 {
        self.rows + self.reads
    }

    /// How long the requests take at that rate.
    #[must_use]
    pub fn expected(self, rate: RequestRate) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let seconds = self.requests() as f64 / rate.per_second();
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }

    /// Rows of which nobody will know what was there before.
    #[must_use]
    pub fn cannot_undo(self) -> u64 {
        self.rows - self.reads
    }

    fn add(&mut self, requests: u64) {
        self.rows += requests.min(1);
        self.reads += requests.saturating_sub(1);
    }
}

impl Preview {
    /// A preview of no row yet, where rows are read by `policy`, and not more than `limit` rows are
    /// sent.
    #[must_use]
    pub fn new(policy: ReadPolicy, limit: Option<u64>) -> Self {
        Self {
            policy,
            limit,
            ..Self::default()
        }
    }

    /// Damaged texts of custom fields that are sent.
    #[must_use]
    pub fn damaged(&self) -> u64 {
        self.data.values().map(|changes| changes.damaged).sum()
    }

    /// Rows that send all custom fields of their conversation, and not only those that change.
    #[must_use]
    pub fn sends_all_data(&self) -> u64 {
        match self.policy.data {
            DataMode::Changed => 0,
            DataMode::Whole => self.sets_data,
        }
    }

    /// Legal rows that ask for a change.
    #[must_use]
    pub fn with_change(&self) -> u64 {
        self.legal - self.without_change
    }

    /// Rows that are not legal.
    #[must_use]
    pub fn illegal(&self) -> u64 {
        self.rows - self.legal
    }

    /// What happens to each field that some row sets, by name.
    #[must_use]
    pub fn fields(&self) -> Vec<(String, &FieldChanges)> {
        let own = self.own_fields();
        let own = own.map(|(name, changes)| (name.to_owned(), changes));
        let data = self.data.iter();
        let data = data.map(|(name, changes)| (format!("data.{name}"), changes));
        let mut fields: Vec<_> = own.chain(data).collect();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        fields
    }

    fn own_fields(&self) -> impl Iterator<Item = (&'static str, &FieldChanges)> {
        let fields = [
            ("tag_list", &self.tag_list),
            ("add_tags", &self.add_tags),
            ("remove_tags", &self.remove_tags),
            ("status", &self.status),
            ("hold_until", &self.hold_until),
            ("assignee", &self.assignee),
            ("category", &self.category),
            ("brand", &self.brand),
        ];
        fields.into_iter().filter(|(_, changes)| changes.rows > 0)
    }

    /// Counts a row that is not legal.
    pub fn add_illegal(&mut self) {
        self.rows += 1;
    }

    /// Counts a legal row.
    pub fn add_legal(&mut self, update: Update<'_>) {
        self.rows += 1;
        self.legal += 1;
        if let Some(host) = &update.unproven_host {
            self.address_hosts.add(host, update.line);
        }
        self.count(&update.changes);
        self.count_edits(&update.tag_edits);
        for guard in &update.guards {
            self.count_guard(guard);
        }
        let requests = update.requests(self.policy);
        if requests == 0 {
            self.without_change += 1;
        } else if self.limit.is_none_or(|limit| self.send_counts.rows < limit) {
            self.send_counts.add(requests);
            self.sent_tags.add(&update);
        }
        if requests > 0 && self.samples.len() < SAMPLES {
            self.samples.push(update.into_owned());
        }
    }

    /// Whether the conversation of an update is read first.
    #[must_use]
    pub fn is_read_first(&self, update: &Update<'_>) -> bool {
        update.is_read_first(self.policy)
    }

    /// Guards by the name of the guarded field; their values are what is expected.
    pub fn guards(&self) -> impl Iterator<Item = (&str, &FieldChanges)> {
        self.guards
            .iter()
            .map(|(name, changes)| (name.as_str(), changes))
    }

    fn count_edits(&mut self, edits: &TagEdits<'_>) {
        if edits.is_empty() {
            return;
        }
        self.edits_tags += 1;
        for (field, tags) in [
            (&mut self.add_tags, &edits.add),
            (&mut self.remove_tags, &edits.remove),
        ] {
            if !tags.is_empty() {
                field.set_tags(tags.iter().map(AsRef::as_ref));
            }
        }
    }

    fn count_guard(&mut self, guard: &Guard<'_>) {
        let name = guard.field();
        let name = beginning(&name, NAME_CHARS);
        // One row can name any number of custom fields.
        let name = if self.guards.len() < MOST_FIELDS || self.guards.contains_key(name) {
            name
        } else {
            OTHERS
        };
        let field = self.guards.entry(name.to_owned()).or_default();
        match guard {
            Guard::TagList(tags) if !tags.is_empty() => {
                field.set_tags(tags.iter().map(AsRef::as_ref));
            }
            Guard::Data(_, value) => field.set_data(value.as_ref().unwrap_or(&DataValue::Null)),
            guard => field.set([guard.expected().as_ref()]),
        }
    }

    fn count(&mut self, changes: &Changes<'_>) {
        let Changes {
            tag_list,
            status,
            assignee,
            destination,
            data,
        } = changes;
        if let Some(tags) = tag_list {
            match tags.as_slice() {
                [] => self.clears_tags += 1,
                _ => self.replaces_tags += 1,
            }
            self.tag_list.set_tags(tags.iter().map(AsRef::as_ref));
        }
        if let Some(change) = status {
            self.status.set([change.status().shown()]);
            if let super::StatusChange::OnHold(until) = change {
                self.hold_until.set([until.text.as_str()]);
            }
        }
        if let Some(email) = assignee {
            self.assignee.set([email.as_ref()]);
        }
        if let Some(destination) = destination {
            self.category.set([destination.category.as_ref()]);
            if let Some(brand) = &destination.brand {
                self.brand.set([brand.as_ref()]);
            }
        }
        self.sets_data += u64::from(!data.is_empty());
        for (name, value) in data {
            self.count_data(name, value);
        }
    }

    fn count_data(&mut self, name: &str, value: &DataValue<'_>) {
        let name = beginning(name, NAME_CHARS);
        if let Some(field) = self.data.get_mut(name) {
            return field.set_data(value);
        }
        // One row can name any number of custom fields.
        let name = if self.own_fields().count() + self.data.len() < MOST_FIELDS {
            name
        } else {
            OTHERS
        };
        let field = self.data.entry(name.to_owned()).or_default();
        field.set_data(value);
    }
}
