//! The values that rows give to one field -> how many rows, and the commonest values, in bounded
//! memory.

use std::collections::HashMap;

use super::DataValue;

/// Different values counted per field; further ones are not, which are not the commonest.
const MOST_VALUES: usize = 1000;

/// The longest value kept, in characters.
const VALUE_CHARS: usize = 80;

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

    pub(super) fn set_data(&mut self, value: &DataValue<'_>) {
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
    pub(super) fn set<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) {
        self.rows += 1;
        for value in values {
            self.add(value);
        }
    }
}

/// The first characters of `text`, at most `limit`.
pub(super) fn beginning(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let end = text.char_indices().nth(limit);
    end.map_or(text, |(end, _)| &text[..end])
}
