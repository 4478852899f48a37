//! An HTML page -> its text, and what a test expects of it.

use std::fs;
use std::path::Path;

/// The page in a file.
pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a report")
}

/// The text of a page, without its style and tags.
pub(crate) fn text(html: &str) -> String {
    let (head, rest) = html.split_once("<style>").expect("a style");
    let (_, body) = rest.split_once("</style>").expect("its end");
    let parts = [head, body].concat();
    let parts = parts.split('<').map(|part| match part.split_once('>') {
        Some((_, text)) => text,
        None => part,
    });
    let words: Vec<_> = parts.flat_map(str::split_whitespace).collect();
    words.join(" ")
}

#[track_caller]
pub(crate) fn expect_words(text: &str, words: &[&str]) {
    for words in words {
        assert!(text.contains(words), "{words:?} is missing in {text}");
    }
}
