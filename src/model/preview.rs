//! What a file would change, in key figures and in bounded memory.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::text::as_one_line;
use super::{Changes, DataValue, Update, spreadsheet};

/// Requests shown in full.
const SAMPLES: usize = 3;

/// Different values counted per field; further ones are not, which are not the commonest.
const MOST_VALUES: usize = 1000;

/// Fields counted one by one; custom fields beyond these are only known to exist.
const MOST_FIELDS: usize = 100;

/// The longest value kept, in characters.
const VALUE_CHARS: usize = 80;

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
    /// The first legal updates.
    pub samples: Vec<Update<'static>>,
    tag_list: FieldChanges,
    status: FieldChanges,
    hold_until: FieldChanges,
    assignee: FieldChanges,
    category: FieldChanges,
    brand: FieldChanges,
    /// Custom fields by name.
    data: BTreeMap<String, FieldChanges>,
}

/// What happens to one field.
#[derive(Debug, Default)]
pub struct FieldChanges {
    /// Rows that set it.
    pub rows: u64,
    /// Of these, rows that set it to null.
    pub nulls: u64,
    /// Of these, rows with text in place of which a spreadsheet has lost what stood there.
    pub spoiled: u64,
    values: HashMap<String, u64>,
}

impl FieldChanges {
    /// The commonest values with the rows that set them.
    #[must_use]
    pub fn commonest(&self, most: usize) -> Vec<(&str, u64)> {
        let mut values: Vec<_> = self
            .values
            .iter()
            .map(|(value, rows)| (value.as_str(), *rows))
            .collect();
        values.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        values.truncate(most);
        values
    }

    fn add(&mut self, value: &str) {
        // Most values are there already, and as they stand.
        if let Some(rows) = self.values.get_mut(value) {
            *rows += 1;
            return;
        }
        let value = as_one_line(value, VALUE_CHARS);
        if let Some(rows) = self.values.get_mut(&*value) {
            *rows += 1;
        } else if self.values.len() < MOST_VALUES {
            self.values.insert(value.into_owned(), 1);
        }
    }

    fn set_data(&mut self, value: &DataValue<'_>) {
        if matches!(value, DataValue::Null) {
            self.nulls += 1;
            return self.set([]);
        }
        self.set([value.as_text()]);
        if let DataValue::Text(text) = value {
            self.spoiled += u64::from(spreadsheet::is_lost(text));
        }
    }

    /// Counts one row that sets the field to those values.
    fn set<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) {
        self.rows += 1;
        for value in values {
            self.add(value);
        }
    }
}

impl Preview {
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
        self.count(&update.changes);
        if self.samples.len() < SAMPLES {
            self.samples.push(update.into_owned());
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
            self.tag_list.set(tags.iter().map(AsRef::as_ref));
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
        for (name, value) in data {
            self.count_data(name, value);
        }
    }

    fn count_data(&mut self, name: &str, value: &DataValue<'_>) {
        let name = as_one_line(name, VALUE_CHARS);
        if let Some(field) = self.data.get_mut(&*name) {
            return field.set_data(value);
        }
        // One row can name any number of custom fields.
        let name = if self.own_fields().count() + self.data.len() < MOST_FIELDS {
            name
        } else {
            Cow::Borrowed("(others)")
        };
        let field = self.data.entry(name.into_owned()).or_default();
        field.set_data(value);
    }
}
