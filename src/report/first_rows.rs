//! The first rows of an input, with what they change -> an aligned table.

use super::table::{GLUE, Side, WIDTH, shortened, table};
use crate::model::RowDiff;
use crate::model::text::one_line;

/// Characters of a slug.
const SLUG_CHARS: usize = 40;

/// Characters of what a row changes, in about two lines.
const CHANGE_CHARS: usize = 100;

/// How much room a row gets.
#[derive(Debug, Clone, Copy)]
pub(super) enum RowRoom {
    /// A few lines.
    Lines,
    /// One line.
    Line,
}

/// The table, with its heading, of lines, slugs and changes; empty where there are none.
pub(super) fn first_rows<'a>(
    changed: impl IntoIterator<Item = (u64, &'a str, &'a RowDiff)>,
    room: RowRoom,
) -> String {
    let mut rows = vec![["line", "conversation", "change"].map(str::to_owned)];
    for (line, slug, diff) in changed {
        // An arrow stays with what follows.
        let change = diff.to_string().replace("-> ", &format!("->{GLUE}"));
        rows.push([line.to_string(), one_line(slug, SLUG_CHARS), change]);
    }
    if rows.len() == 1 {
        return String::new();
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let used: usize = (0..2).filter_map(width).map(|width| width + 2).sum();
    let most = match room {
        RowRoom::Lines => CHANGE_CHARS,
        RowRoom::Line => usize::from(WIDTH).saturating_sub(2 + used + 1),
    };
    for [_, _, change] in &mut rows {
        *change = shortened(change, most).into_owned();
    }
    table(2, [Side::Right, Side::Left, Side::Left], rows)
}
