//! A header without a column of slugs -> which column looks like it, and the option that says so.

use csv::StringRecord;

use super::field::Field;
use super::known_names;
use super::naming::{Naming, map_option};
use super::synonyms::rank;
use crate::model::slug_of_address;
use crate::model::spreadsheet::{meant, trimmed};
use crate::model::text::quoted;

/// Columns that are looked at.
const MOST_COLUMNS: usize = 200;

/// Where slugs may be.
pub(super) struct Candidates<'a> {
    pub(super) header: &'a StringRecord,
    pub(super) first: Option<&'a StringRecord>,
}

impl Candidates<'_> {
    /// The column that has the address of a conversation in the first row.
    pub(super) fn by_content(&self) -> Option<&str> {
        let cells = self.first?;
        let mut columns = self.header.iter().zip(cells);
        let is_address = |cell: &str| {
            let cell = meant(cell);
            cell.contains('/') && slug_of_address(cell, None).is_some()
        };
        let found = columns.find(|(name, cell)| !trimmed(name).is_empty() && is_address(cell));
        found.map(|(name, _)| trimmed(name))
    }

    /// The column whose name says so.
    fn by_name(&self, naming: &Naming) -> Option<&str> {
        let is_mapped = |name: &str| naming.position(name, || self.header.iter()).is_some();
        let is_slug = |name: &str| known_names::meant(&name.to_lowercase()) == Some("slug");
        let names = self.header.iter().take(MOST_COLUMNS).map(trimmed);
        names
            .filter(|name| {
                is_slug(name) && !is_mapped(name) && Field::named((*name).into()).is_err()
            })
            .min_by_key(|name| rank(name).unwrap_or(usize::MAX))
    }

    /// That the column is missing, and what to do.
    pub(super) fn missing(&self, naming: &Naming) -> String {
        match self.by_content().or_else(|| self.by_name(naming)) {
            Some(name) => format!(
                "the column is missing ({} looks like it: use {})",
                quoted(name),
                map_option(name, "slug")
            ),
            None => "the column is missing (the first line must name the columns, and each row its conversation)".into(),
        }
    }
}
