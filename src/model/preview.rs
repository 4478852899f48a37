//! What a file would change, in key figures and in bounded memory.

use std::collections::{BTreeMap, HashMap};

use super::{Changes, DataValue, Update};

/// Requests shown in full.
const SAMPLES: usize = 3;

/// Different values counted per field; further ones are not, which are not the commonest.
const MOST_VALUES: usize = 1000;

/// Fields counted one by one; custom fields beyond these are only known to exist.
const MOST_FIELDS: usize = 100;

/// The longest value kept, in characters.
const VALUE_CHARS: usize = 80;

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
    /// Of these, rows with text that a spreadsheet or an export has damaged.
    pub damaged: u64,
    /// Whole values, as they are sent.
    values: HashMap<String, u64>,
    /// How longer ones begin.
    beginnings: HashMap<String, u64>,
}

/// A value of a field, with the rows that set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueRows<'a> {
    /// The value as it is sent, or its first 80 characters.
    pub value: &'a str,
    /// Whether it is longer.
    pub is_cut: bool,
    /// The rows.
    pub rows: u64,
}

impl FieldChanges {
    /// The commonest values with the rows that set them.
    #[must_use]
    pub fn commonest(&self, most: usize) -> Vec<ValueRows<'_>> {
        let kept = [(&self.values, false), (&self.beginnings, true)];
        let mut values: Vec<_> = kept
            .into_iter()
            .flat_map(|(values, is_cut)| values.iter().map(move |entry| (entry, is_cut)))
            .map(|((value, rows), is_cut)| ValueRows {
                value,
                is_cut,
                rows: *rows,
            })
            .collect();
        values.sort_by(|a, b| b.rows.cmp(&a.rows).then(a.value.cmp(b.value)));
        values.truncate(most);
        values
    }

    fn add(&mut self, value: &str) {
        let beginning = beginning(value, VALUE_CHARS);
        let values = if beginning.len() < value.len() {
            &mut self.beginnings
        } else {
            &mut self.values
        };
        if let Some(rows) = values.get_mut(beginning) {
            *rows += 1;
        } else if values.len() < MOST_VALUES {
            values.insert(beginning.to_owned(), 1);
        }
    }

    fn set_data(&mut self, value: &DataValue<'_>) {
        match value {
            DataValue::Null => {
                self.nulls += 1;
                return self.set([]);
            }
            DataValue::Damaged(_) => self.damaged += 1,
            DataValue::Text(_) | DataValue::Json(_) | DataValue::Flag(_) => {}
        }
        self.set([value.as_text()]);
    }

    /// Counts one row that sets the field to those values.
    fn set<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) {
        self.rows += 1;
        for value in values {
            self.add(value);
        }
    }
}

/// The first characters of `text`, at most `limit`.
fn beginning(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let end = text.char_indices().nth(limit);
    end.map_or(text, |(end, _)| &text[..end])
}

impl Preview {
    /// Damaged texts of custom fields that are sent.
    #[must_use]
    pub fn damaged(&self) -> u64 {
        self.data.values().map(|changes| changes.damaged).sum()
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
        let name = beginning(name, NAME_CHARS);
        if let Some(field) = self.data.get_mut(name) {
            return field.set_data(value);
        }
        // One row can name any number of custom fields.
        let name = if self.own_fields().count() + self.data.len() < MOST_FIELDS {
            name
        } else {
            "(others)"
        };
        let field = self.data.entry(name.to_owned()).or_default();
        field.set_data(value);
    }
}
