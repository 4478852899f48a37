//! An exchange that came to no answer -> what went wrong, in words, and whether another try could
//! end otherwise.

use std::error::Error;
use std::io;
use std::iter;
use std::time::Duration;

use super::proxy::{Proxy, Refusal};
use super::{BaseUrl, Failure, FailureKind, tls};
use crate::model::text::one_line;
use crate::model::{file_words, is_out_of_files};

/// The longest text of the network's errors that is told, in characters.
const MAX_TOLD: usize = 300;

/// What resolvers say of a name that there is not (glibc, musl, macOS and Windows), and TLS of one
/// that there cannot be. All else may pass.
const UNKNOWN_NAMES: [&str; 7] = [
    "invalid dns name",
    "name or service not known",
    "no address associated with",
    "name does not resolve",
    "name has no usable address",
    "nodename nor servname provided",
    "no such host is known",
];

/// What a failed exchange means for its row.
pub(super) fn failure(
    error: &reqwest::Error,
    base: &BaseUrl,
    proxy: Option<&Proxy>,
    timeout: Duration,
) -> Failure {
    let causes: Vec<_> = causes(error).collect();
    if let Some(what) = out_of_files(&causes) {
        return FailureKind::NotConnected.with(what);
    }
    if let Some(what) = tls::lasting(&causes, base) {
        return FailureKind::Unreachable.with(what);
    }
    let told = innermost(error);
    if error.is_connect() {
        let why = if error.is_timeout() {
            "timed out"
        } else {
            &told
        };
        unreached(&causes, why, base, proxy)
    } else if error.is_timeout() {
        unclear(format!("no answer within {} s", timeout.as_secs_f64()))
    } else {
        unclear(format!("the exchange broke off: {told}"))
    }
}

fn unclear(what: String) -> Failure {
    FailureKind::Unclear.with(what)
}

/// No connection was made: nothing can have been applied.
fn unreached(
    causes: &[&(dyn Error + 'static)],
    why: &str,
    base: &BaseUrl,
    proxy: Option<&Proxy>,
) -> Failure {
    let no_connection = |why: &str| format!("no connection to the server: {why}");
    let says = |words: &str| causes.iter().any(|cause| cause.to_string().contains(words));
    if let Some(proxy) = proxy.filter(|_| says("tunnel error") || says("socks")) {
        return match proxy.refusal(base) {
            Refusal::Definite(why) => FailureKind::Unreachable.with(no_connection(&why)),
            Refusal::Passing(why) => FailureKind::NotConnected.with(no_connection(&why)),
        };
    }
    if is_unknown_name(why) {
        let host = base.host();
        let what = format!("the name {host} is not known (check --brand or --base-url)");
        return FailureKind::Unreachable.with(no_connection(&what));
    }
    let what = match why.split_once("address information: ") {
        Some((_, why)) => format!("the name {} cannot be looked up: {why}", base.host()),
        None => why.to_owned(),
    };
    FailureKind::NotConnected.with(no_connection(&what))
}

/// An error of the system in words.
pub(super) fn of_io(error: &io::Error) -> String {
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

/// Whether a resolver says that there is no such name.
pub(super) fn is_unknown_name(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    UNKNOWN_NAMES.iter().any(|words| text.contains(words))
}

/// That this machine lends the program no more open files, which is nobody's fault elsewhere.
fn out_of_files(causes: &[&(dyn Error + 'static)]) -> Option<String> {
    let mut errors = causes.iter().filter_map(|cause| cause.downcast_ref());
    errors
        .find(|error| is_out_of_files(error))
        .map(|error| format!("no connection could be opened: {}", file_words(error)))
}

/// An error and all that it came from. An I/O error hides what it was made of.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
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
    one_line(&text, MAX_TOLD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolver_that_has_no_answer_now_may_have_one_later() {
        for (text, is_unknown) in [
            (
                "failed to lookup address information: Name or service not known",
                true,
            ),
            (
                "failed to lookup address information: No address associated with hostname",
                true,
            ),
            (
                "failed to lookup address information: Name does not resolve",
                true,
            ),
            ("nodename nor servname provided, or not known", true),
            (
                "failed to lookup address information: Temporary failure in name resolution",
                false,
            ),
            ("failed to lookup address information: Try again", false),
            ("connection refused", false),
        ] {
            assert_eq!(is_unknown_name(text), is_unknown, "{text}");
        }
    }

    #[test]
    fn the_innermost_cause_is_told_though_an_io_error_hides_it() {
        let inner = io::Error::from_raw_os_error(24);
        let outer = io::Error::other(io::Error::other(inner));
        assert!(out_of_files(&causes(&outer).collect::<Vec<_>>()).is_some());
        let tls = rustls::Error::NoCertificatesPresented;
        let outer = io::Error::other(tls);
        assert_eq!(innermost(&outer), "the server shows no certificate");
    }
}
