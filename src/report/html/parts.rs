//! The parts of which all sections are made: foreign text, numbers, times, tables.

use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};

use super::limits::SUBJECT_CHARS;
use super::rows::PageRows;
use crate::model::text::one_line;

/// Foreign text in one line of at most `limit` characters. It is isolated: its direction does not reach
/// what is beside it.
pub(super) fn foreign(text: &str, limit: usize) -> Markup {
    html! { bdi { (one_line(text, limit)) } }
}

/// A number for people: `12,345`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// `1 row`, `12,345 rows`.
pub(super) fn counted_grouped(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// A part of a whole: `12.5%`. What is not all is not shown as all, and what is something not as nothing.
pub(super) fn share(part: u64, whole: u64) -> String {
    let percent = percentage(part, whole);
    match percent {
        _ if part == 0 || part == whole => format!("{percent:.0}%"),
        _ if percent < 0.1 => "< 0.1%".to_owned(),
        _ if percent > 99.9 => "> 99.9%".to_owned(),
        _ => format!("{percent:.1}%"),
    }
}

/// A part of a whole, from 0 to 100.
#[expect(clippy::cast_precision_loss, reason = "a share that is shown")]
pub(super) fn percentage(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 * 100.0 / whole as f64
}

/// A time in whole seconds, UTC.
pub(super) fn time(time: Timestamp) -> Markup {
    let exact = time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    html! { time datetime=(exact) { (time.strftime("%Y-%m-%d %H:%M:%S").to_string()) " UTC" } }
}

/// What may be wider than a narrow screen: it scrolls in a box of its own, also with the keyboard.
pub(super) fn scrolling(label: &str, content: &Markup) -> Markup {
    html! { div.scroll tabindex="0" role="region" aria-label={ "Table: " (label) } { (content) } }
}

/// The first of `rows`, of at most so many bytes together; and how many they are.
pub(super) fn bounded(rows: impl Iterator<Item = Markup>, most_bytes: usize) -> (Markup, u64) {
    let (mut body, mut shown) = (String::new(), 0);
    for PreEscaped(row) in rows {
        if body.len() + row.len() > most_bytes {
            break;
        }
        body.push_str(&row);
        shown += 1;
    }
    (PreEscaped(body), shown)
}

/// Says how many of `all` are shown and where the others are, unless all are.
pub(super) fn left_out(shown: u64, all: u64, noun: &str, elsewhere: &Markup) -> Markup {
    html! {
        @if shown < all {
            p.quiet { "Showing " (grouped(shown)) " of " (counted_grouped(all, noun)) ". " (elsewhere) }
        }
    }
}

/// The column of subjects, if they are shown.
pub(super) fn subject_header(rows: &PageRows) -> Markup {
    html! { @if rows.shows_subjects() { th scope="col" { "Subject" } } }
}

/// The cell of a subject, if they are shown.
pub(super) fn subject_cell(rows: &PageRows, subject: &str) -> Markup {
    html! {
        @if rows.shows_subjects() { td.name { (foreign(subject, SUBJECT_CHARS)) } }
    }
}

/// A length in an image that is as wide as its place.
pub(super) fn percent(number: f64) -> String {
    format!("{number:.3}%")
}

/// The color of something, beside its name.
pub(super) fn swatch(class: &str) -> Markup {
    html! {
        svg.swatch aria-hidden="true" { rect class=(class) width="100%" height="100%" {} }
    }
}

/// The name of a file of the run directory.
pub(super) fn file(name: &str) -> Markup {
    html! { code { (name) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let shown = [0, 999, 1000, 123_456, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "123,456", "1,234,567"]);
    }

    #[test]
    fn a_share_never_hides_a_row() {
        let shown = [
            share(0, 9),
            share(9, 9),
            share(1, 8),
            share(1, 100_000),
            share(99_999, 100_000),
            share(0, 0),
        ];
        assert_eq!(shown, ["0%", "100%", "12.5%", "< 0.1%", "> 99.9%", "0%"]);
    }

    #[test]
    fn foreign_text_is_escaped_isolated_and_visible() {
        let shown = foreign("<b>\u{202e}\0&\"x\n\n y", 60).into_string();
        assert_eq!(shown, "<bdi>&lt;b&gt;\\u{202e}\\u{0}&amp;&quot;x y</bdi>");
    }
}
