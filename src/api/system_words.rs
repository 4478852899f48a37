//! Errors of the operating system, the resolver and TLS -> a few words, without numbers and wrappers.

use std::error::Error;
use std::io;
use std::iter;

use super::tls;
use crate::model::text::one_line;

/// The longest text of the network's errors that is quoted, in characters.
const MAX_WORDS: usize = 300;

/// How resolvers report an unknown name (glibc, musl, macOS and Windows), and TLS one that cannot
/// exist. Everything else may pass.
const UNKNOWN_NAMES: [&str; 7] = [
    "invalid dns name",
    "name or service not known",
    "no address associated with",
    "name does not resolve",
    "name has no usable address",
    "nodename nor servname provided",
    "no such host is known",
];

/// An error of the system in words.
pub(super) fn from_io(error: &io::Error) -> String {
    let text = innermost(error);
    in_words(
        text.rsplit("address information: ")
            .next()
            .unwrap_or_default(),
    )
}

/// A text of the system: without its number, which says nothing more.
fn in_words(text: &str) -> String {
    let end = text.find(" (os error").unwrap_or(text.len());
    let mut letters = text.get(..end).unwrap_or_default().chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// Whether a resolver reports an unknown name.
pub(super) fn is_unknown_name(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    UNKNOWN_NAMES.iter().any(|words| text.contains(words))
}

/// An error and all that it came from. An I/O error hides what it was made of.
pub(super) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&cause| {
        match cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(hidden) => Some(hidden),
            None => cause.source(),
        }
    })
}

/// The innermost cause of an error: the outer ones say no more than that there is one, and for which
/// address.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    let cause = causes(error).last().unwrap_or(error);
    let is_of_system = |error: &io::Error| error.raw_os_error().is_some();
    let text = match cause.downcast_ref() {
        Some(error) => tls::in_words(error),
        None if cause.downcast_ref().is_some_and(is_of_system) => in_words(&cause.to_string()),
        None => cause.to_string(),
    };
    one_line(&text, MAX_WORDS)
}
