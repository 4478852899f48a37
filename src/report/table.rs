//! Rows of cells -> aligned lines; a sentence -> lines. Both are as wide as a terminal at most, and
//! wrapped at words. Nothing is escaped: what comes in is safe to print.

use std::borrow::Cow;

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};

/// The most columns of a terminal that a line takes.
pub(super) const WIDTH: u16 = 80;

/// A blank at which no line ends: between a value and its number, for example. Printed as a blank.
pub(super) const GLUE: char = '\u{a0}';

/// Blanks between two columns.
const GAP: u16 = 2;

/// The side of a column at which its texts begin or end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// `rows` in aligned columns, `indent` blanks from the left, each line with its end. Columns are as
/// wide as their texts if there is room for all of them; else the wide ones share it. What does not fit
/// is wrapped inside its column, and a word that is longer than that is broken.
pub(super) fn table<const COLUMNS: usize>(
    indent: u16,
    sides: [Side; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    aligned(indent, sides, rows, WIDTH.saturating_sub(indent))
}

/// The same where each row is one line, however long.
pub(super) fn unwrapped_table<const COLUMNS: usize>(
    sides: [Side; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    aligned(0, sides, rows, u16::MAX)
}

fn aligned<const COLUMNS: usize>(
    indent: u16,
    sides: [Side; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
    room: u16,
) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).add_rows(rows);
    let last = COLUMNS.saturating_sub(1);
    let mut widths = table.column_max_content_widths();
    for width in widths.iter_mut().take(last) {
        *width = width.saturating_add(GAP);
    }
    let shares = shares(&widths, room);
    for ((column, side), share) in table.column_iter_mut().zip(sides).zip(shares) {
        let left = if column.index == 0 { indent } else { 0 };
        let right = if column.index == last { 0 } else { GAP };
        column.set_padding((left, right));
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(left + share)));
        column.set_cell_alignment(match side {
            Side::Left => CellAlignment::Left,
            Side::Right => CellAlignment::Right,
        });
    }
    lines(&table)
}

/// What each of `widths` gets of `room`: all that it wants, or the same as others that want more.
fn shares(widths: &[u16], mut room: u16) -> Vec<u16> {
    let mut shares = widths.to_vec();
    let mut narrow_first: Vec<&mut u16> = shares.iter_mut().collect();
    narrow_first.sort();
    let sharing = (1..=u16::try_from(widths.len()).unwrap_or(u16::MAX)).rev();
    for (share, sharing) in narrow_first.into_iter().zip(sharing) {
        *share = (*share).min(room / sharing);
        room -= *share;
    }
    shares
}

/// `text` as it is, but for lines that are too long: these end at a word, and what is left of them
/// begins with `hanging` blanks. Each line has its end.
pub(super) fn wrapped(text: &str, hanging: u16) -> String {
    text.lines()
        .map(|line| wrapped_line(line, hanging))
        .collect()
}

fn wrapped_line(line: &str, hanging: u16) -> String {
    let words = line.trim_start_matches(' ');
    // Wrapping would drop the blanks in front.
    let indent = String::from(GLUE).repeat(line.len() - words.len());
    let mut table = Table::new();
    table.load_style(NOTHING).add_row([indent + words]);
    let is_long = table.column_max_content_widths() > vec![WIDTH];
    let hanging = if is_long { hanging } else { 0 };
    table.set_width(WIDTH.saturating_sub(hanging));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    for column in table.column_iter_mut() {
        column.set_padding((0, 0));
    }
    let end = format!("\n{}", " ".repeat(hanging.into()));
    lines(&table).trim_end().replace('\n', &end) + "\n"
}

/// The first `limit` characters of `text`, which is safe to print; what is longer ends in `…`.
pub(super) fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

fn lines(table: &Table) -> String {
    if table.is_empty() {
        return String::new();
    }
    table.trim_fmt().replace(GLUE, " ") + "\n"
}

/// The widest line of `text`, as a terminal shows it.
#[cfg(test)]
pub(super) fn width(text: &str) -> u16 {
    let mut table = Table::new();
    table.add_rows(text.lines().map(|line| [line]));
    let widths = table.column_max_content_widths();
    widths.into_iter().max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Side::{Left, Right};
    use super::*;

    fn cells<const COLUMNS: usize>(row: [&str; COLUMNS]) -> [String; COLUMNS] {
        row.map(str::to_owned)
    }

    #[test]
    fn columns_are_aligned_and_the_last_is_wrapped_at_words() {
        let values = format!("vip{GLUE}×20, refund{GLUE}×2, ").repeat(4);
        let text = table(
            2,
            [Left, Right, Left],
            [
                cells(["field", "rows", "most common values"]),
                cells(["add_tags", "1042", values.trim_end_matches(", ")]),
                cells(["data.注文", "7", "日本語 ×7"]),
                cells(["status", "12", "👩\u{200d}🚀 ×12"]),
            ],
        );
        insta::assert_snapshot!(text, @r"
        field      rows  most common values
        add_tags   1042  vip ×20, refund ×2, vip ×20, refund ×2, vip ×20, refund ×2,
                         vip ×20, refund ×2
        data.注文     7  日本語 ×7
        status       12  👩‍🚀 ×12
        ");
    }

    #[test]
    fn wide_columns_share_a_line() {
        let text = table(
            2,
            [Left, Left],
            [
                cells(["a", &"word ".repeat(12)]),
                cells([&"x".repeat(100), "y"]),
            ],
        );
        insta::assert_snapshot!(text, @r"
        a                                      word word word word word word word word
                                               word word word word
        xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx  y
        xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
        xxxxxxxxxxxxxxxxxxxxxxxxxx
        ");
    }

    #[test]
    fn a_sentence_hangs_below_its_first_word_and_a_long_word_is_broken() {
        let text = format!(
            "warning: {} {} end",
            "some words ".repeat(8).trim(),
            "x".repeat(100)
        );
        insta::assert_snapshot!(wrapped(&text, 2), @r"
        warning: some words some words some words some words some words some words
          some words some words xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
          xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx end
        ");
        assert_eq!(wrapped("a\n  b", 9), "a\n  b\n");
        assert_eq!(wrapped("", 9), "");
        let indented = wrapped(&format!("  {}", "word ".repeat(16)), 4);
        assert!(indented.starts_with("  word") && indented.contains("\n    word"));
    }

    #[test]
    fn what_is_shortened_says_so() {
        assert_eq!(shortened("日本語", 3), "日本語");
        assert_eq!(shortened("日本語", 2), "日本…");
    }

    #[test]
    fn no_rows_are_no_lines() {
        assert_eq!(table::<1>(2, [Left], []), "");
    }

    /// Words in several scripts, most of them longer than a line now and then.
    fn text() -> impl Strategy<Value = String> {
        let word = prop_oneof![
            "[a-z]{1,9}",
            "[a-z]{70,200}",
            "[\\u{3041}-\\u{30ff}]{1,90}",
            "(👩\u{200d}🚀|❤\u{fe0f}|🇩🇪|e\u{301}|👍🏽){1,50}",
        ];
        prop::collection::vec(word, 0..20).prop_map(|words| words.join(" "))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_line_is_wider_than_a_terminal_and_no_text_is_lost(
            rows in prop::collection::vec([text(), text(), text()], 1..5),
            indent in 0..6_u16,
        ) {
            let visible = |text: &str| -> Vec<char> {
                let mut chars: Vec<_> = text.chars().filter(|c| !c.is_whitespace()).collect();
                chars.sort_unstable();
                chars
            };
            let aligned = table(indent, [Left, Right, Left], rows.clone());
            prop_assert!(width(&aligned) <= WIDTH, "{}", aligned);
            prop_assert_eq!(visible(&aligned), visible(&rows.concat().concat()));
            for text in rows.iter().flatten() {
                let lines = wrapped(text, indent);
                prop_assert!(width(&lines) <= WIDTH, "{}", lines);
                prop_assert_eq!(visible(&lines), visible(text));
            }
        }
    }
}
