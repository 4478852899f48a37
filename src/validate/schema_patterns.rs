//! What the schema's patterns are made of. They keep to what all kinds of regular expressions read
//! alike: sets of characters are spelled out, since `\s` is not the same everywhere, and nothing looks
//! ahead.

use std::sync::LazyLock;

use crate::model::Status;
use crate::model::invisible::{SELECTORS, ZERO_WIDTH};

/// White space in a set of characters: what `char::is_whitespace` takes for it, less the blank.
const WHITE_SPACE: &str =
    r"\u0009-\u000d\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";

/// The same of control characters: what `char::is_control` takes for one.
const CONTROLS: &str = r"\u0000-\u001f\u007f-\u009f";

/// What cannot be within a text that must show itself, less the blank: white space, controls, what
/// shows nothing, and the character for lost text.
pub(super) static HIDDEN: LazyLock<String> = LazyLock::new(|| {
    let mut set = format!("{WHITE_SPACE}{CONTROLS}");
    for (first, last) in ZERO_WIDTH.into_iter().chain(SELECTORS) {
        set.push_str(&escaped(first));
        set.push('-');
        set.push_str(&escaped(last));
    }
    set.push_str(r"\ufffd");
    set
});

/// A character in a set. Beyond the first 65,536 there is no escape that all expressions know.
fn escaped(c: char) -> String {
    match u32::from(c) {
        code @ ..=0xffff => format!("\\u{code:04x}"),
        _ => c.into(),
    }
}

/// A pattern for text that shows itself, with more than blanks in it.
pub(super) fn shown_text() -> String {
    let hidden = &*HIDDEN;
    format!("^ *[^ {hidden}][^{hidden}]*$")
}

/// A pattern for the numbers and names of these statuses as text.
pub(super) fn status(statuses: impl Iterator<Item = Status>) -> String {
    let (mut codes, mut names) = (String::new(), Vec::new());
    for status in statuses {
        codes.push_str(&status.code().to_string());
        names.extend(status.own_names().iter().map(|name| spellings(name)));
    }
    let names = names.join("|");
    format!("^([{codes}]([.,]0+)?|[-_ ]*({names})[-_ ]*)$")
}

/// A pattern for all spellings of a name.
fn spellings(name: &str) -> String {
    let in_any_case = |c: char| match c {
        'A'..='Z' | 'a'..='z' => format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase()),
        _ => format!("[{c}]"),
    };
    let words = Status::words(name).map(|word| word.chars().map(in_any_case).collect::<String>());
    words.collect::<Vec<_>>().join("[-_ ]+")
}

/// What the statuses are called.
pub(super) fn statuses() -> String {
    let names = Status::all().map(|status| match status.own_names() {
        [name, other, ..] => format!("{} {name} ({other})", status.code()),
        _ => format!("{} {}", status.code(), status.name()),
    });
    names.collect::<Vec<_>>().join(", ")
}

/// A pattern for times with an offset, as RFC 3339, section 5.6, has them, and as databases do.
pub(super) fn time() -> String {
    let date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
    let (hour, minute) = ("([01][0-9]|2[0-3])", "[0-5][0-9]");
    let second = "[0-5][0-9]([.][0-9]{1,9})?";
    format!("^{date}[ Tt]{hour}:{minute}(:{second})? *([Zz]|[+-]{hour}(:?{minute})?)$")
}

/// A pattern for email addresses with a domain of two labels or more. Beyond ASCII, characters
/// that show something are allowed anywhere.
pub(super) fn email() -> String {
    let hidden = &*HIDDEN;
    let atom = format!(r#"[^"(),.:;<>@\[\\\] {hidden}]"#);
    let edge = format!(r"[^!-/:-@\[-`{{-~ {hidden}]");
    let label = format!("{edge}({atom}*{edge})?");
    format!(r#"^("[^{hidden}]+"|{atom}+([.]{atom}+)*)@{label}([.]{label})+$"#)
}

/// A pattern for the word `none` in any case, and for what another one allows.
pub(super) fn none_or(pattern: &str) -> String {
    format!("^[Nn][Oo][Nn][Ee]$|{pattern}")
}
