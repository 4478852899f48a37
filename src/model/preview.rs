//! What a file would change, in key figures and in bounded memory.

use std::collections::{BTreeMap, HashMap};

use super::text::one_line;
use super::{Changes, DataValue, Update};

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
    /// Per field what happens to it.
    pub fields: BTreeMap<String, FieldChanges>,
    /// Rows that replace all tags by others.
    pub replaces_tags: u64,
    /// Rows that remove all tags.
    pub clears_tags: u64,
    /// The first legal updates.
    pub samples: Vec<Update<'static>>,
}

/// What happens to one field.
#[derive(Debug, Default)]
pub struct FieldChanges {
    /// Rows that set it.
    pub rows: u64,
    /// Of these, rows that set it to null.
    pub nulls: u64,
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
        let value = one_line(value, VALUE_CHARS);
        if let Some(rows) = self.values.get_mut(&value) {
            *rows += 1;
        } else if self.values.len() < MOST_VALUES {
            self.values.insert(value, 1);
        }
    }
}

impl Preview {
    /// Rows that are not legal.
    #[must_use]
    pub fn illegal(&self) -> u64 {
        self.rows - self.legal
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
            self.set("tag_list", tags.iter().map(AsRef::as_ref));
        }
        if let Some(change) = status {
            self.set("status", [change.status().to_string().as_str()]);
            if let super::StatusChange::OnHold(until) = change {
                self.set("hold_until", [until.text.as_str()]);
            }
        }
        if let Some(email) = assignee {
            self.set("assignee", [email.as_ref()]);
        }
        if let Some(destination) = destination {
            self.set("category", [destination.category.as_ref()]);
            if let Some(brand) = &destination.brand {
                self.set("brand", [brand.as_ref()]);
            }
        }
        for (name, value) in data {
            self.count_data(name, value);
        }
    }

    fn count_data(&mut self, name: &str, value: &DataValue<'_>) {
        let mut field = format!("data.{}", one_line(name, VALUE_CHARS));
        // One row can name any number of custom fields.
        if self.fields.len() >= MOST_FIELDS && !self.fields.contains_key(&field) {
            "data.(others)".clone_into(&mut field);
        }
        match value {
            DataValue::Text(text) => self.set(&field, [text.as_ref()]),
            DataValue::Number(number) => self.set(&field, [number.get()]),
            DataValue::Flag(flag) => self.set(&field, [flag.to_string().as_str()]),
            DataValue::Null => {
                self.set(&field, []);
                self.fields.entry(field).or_default().nulls += 1;
            }
        }
    }

    /// Counts one row that sets `field` to those values.
    fn set<'a>(&mut self, field: &str, values: impl IntoIterator<Item = &'a str>) {
        if !self.fields.contains_key(field) {
            self.fields
                .insert(field.to_owned(), FieldChanges::default());
        }
        if let Some(changes) = self.fields.get_mut(field) {
            changes.rows += 1;
            for value in values {
                changes.add(value);
            }
        }
    }
}
