//! A row -> whether it is the header of another file: who joins exports (`cat *.csv`) has one before
//! the rows of each.

use csv::StringRecord;

use super::columns::Columns;
use super::field::{Field, resembles_field};
use crate::model::spreadsheet::trimmed;

/// A row that is a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeaderAgain {
    /// With the columns of the first one.
    Same,
    /// With others: what follows has no meaning by the first one.
    Other,
}

impl HeaderAgain {
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Same => "repeats the header (was the file joined from two? remove this line)",
            Self::Other => {
                "is a second header, with other columns (was the file joined from two? run each by itself)"
            }
        }
    }
}

impl Columns {
    /// Whether a row is a header, which names the column of slugs in whatever place.
    pub(super) fn header_again(&self, cells: &StringRecord) -> Option<HeaderAgain> {
        let mut is_suspicious = false;
        for (column, cell) in self.all.iter().zip(cells) {
            if column.field == Some(Field::Slug) {
                if !is_name(cell, &column.name) {
                    continue;
                }
                return Some(if self.is_other_header(cells) {
                    HeaderAgain::Other
                } else {
                    HeaderAgain::Same
                });
            }
            is_suspicious |= is_name(cell, "slug");
        }
        (is_suspicious && self.is_other_header(cells)).then_some(HeaderAgain::Other)
    }

    /// Whether a row contains only names of fields, and others than the header.
    fn is_other_header(&self, cells: &StringRecord) -> bool {
        let named = self.all.iter().zip(cells);
        let mut named = named.filter(|(_, cell)| !trimmed(cell).is_empty());
        let mut differs = false;
        named.all(|(column, cell)| {
            differs |= !is_name(cell, &column.name);
            resembles_field(cell)
        }) && differs
    }
}

fn is_name(cell: &str, name: &str) -> bool {
    // Every cell comes this way: most are of another length.
    cell.len() >= name.len() && trimmed(cell).eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Naming;

    fn found(header: &[&str], row: &[&str]) -> Option<HeaderAgain> {
        let header = StringRecord::from(header.to_vec());
        let columns = Columns::from_header(&header, 1, &Naming::default(), None).expect("a header");
        columns.header_again(&row.to_vec().into())
    }

    #[test]
    fn the_header_is_known_again_however_it_is_written() {
        for row in [
            ["slug", "tag_list", ""],
            ["\u{feff}Slug", " TAG_LIST ", ""],
            ["SLUG", "vip", ""],
            ["slug", "", ""],
        ] {
            let again = found(&["slug", "Tag_List", ""], &row);
            assert_eq!(again, Some(HeaderAgain::Same), "{row:?}");
        }
        assert_eq!(found(&["Slug"], &["slug"]), Some(HeaderAgain::Same));
    }

    #[test]
    fn a_header_of_other_columns_is_told_from_the_same() {
        let header = ["slug", "tag_list", "_note"];
        for row in [
            ["slug", "status", ""],
            ["tag_list", "slug", "_note"],
            ["Tags", "data.x", "Slug"],
            ["slug", "data.x", "hold_until"],
        ] {
            assert_eq!(found(&header, &row), Some(HeaderAgain::Other), "{row:?}");
        }
        for row in [
            ["a", "slug", ""],
            ["slugs", "tag_list", "_note"],
            ["status", "vip", "slug of old"],
        ] {
            assert_eq!(found(&header, &row), None, "{row:?}");
        }
    }
}
