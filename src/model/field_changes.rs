//! The values that rows give to one field -> how many rows, and the commonest values, in bounded
//! memory. Tags that differ in letter case alone are one.

use std::collections::HashMap;

use super::DataValue;
use super::text::folded;

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
    spelling: Spelling,
}

/// Whether values that differ in letter case alone are the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Spelling {
    #[default]
    Exact,
    /// As of tags.
    AnyCase,
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
        sort(&mut values);
        if self.spelling == Spelling::AnyCase {
            values = merged(values);
            sort(&mut values);
        }
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

    /// Counts one row that sets the field to those tags.
    pub(super) fn set_tags<'a>(&mut self, tags: impl IntoIterator<Item = &'a str>) {
        self.spelling = Spelling::AnyCase;
        self.set(tags);
    }

    /// Counts one row that sets the field to those values.
    pub(super) fn set<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) {
        self.rows += 1;
        for value in values {
            self.add(value);
        }
    }
}

/// The commonest first.
fn sort(values: &mut [ValueRows<'_>]) {
    values.sort_by(|a, b| b.rows.cmp(&a.rows).then(a.value.cmp(b.value)));
}

/// The same with the rows of all spellings of a tag, in its commonest one, which comes first.
fn merged(values: Vec<ValueRows<'_>>) -> Vec<ValueRows<'_>> {
    let mut places = HashMap::new();
    let mut merged: Vec<ValueRows<'_>> = Vec::new();
    for value in values {
        let place = *places
            .entry((folded(value.value), value.is_cut))
            .or_insert(merged.len());
        match merged.get_mut(place) {
            Some(known) => known.rows += value.rows,
            None => merged.push(value),
        }
    }
    merged
}

/// The first characters of `text`, at most `limit`.
pub(super) fn beginning(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let end = text.char_indices().nth(limit);
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_tag_are_one_and_the_commonest_is_shown() {
        let rows: [&[&str]; 5] = [&["vip", "new"], &["VIP"], &["VIP", "New"], &["x"], &["x"]];
        let shown = |tags: &FieldChanges| {
            let values = tags.commonest(9).into_iter();
            let values: Vec<_> = values
                .map(|tag| format!("{} {}", tag.value, tag.rows))
                .collect();
            values.join(", ")
        };
        let mut tags = FieldChanges::default();
        let mut texts = FieldChanges::default();
        for row in rows {
            tags.set_tags(row.iter().copied());
            texts.set(row.iter().copied());
        }
        assert_eq!(shown(&tags), "VIP 3, New 2, x 2");
        assert_eq!(shown(&texts), "VIP 2, x 2, New 1, new 1, vip 1");
    }
}
