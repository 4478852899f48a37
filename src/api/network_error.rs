//! An exchange that came to no answer -> what went wrong, in words, and whether another try could
//! end otherwise.

use std::error::Error;
use std::time::Duration;

use super::diagnosis::{NO_CONNECTION, NO_HTTP};
use super::proxy::Proxy;
use super::proxy_refusal::Refusal;
use super::system_words::{causes, innermost, is_unknown_name};
use super::{BaseUrl, Failure, FailureKind, tls};
use crate::model::{file_words, is_out_of_files};

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
    let why = innermost(error);
    if error.is_connect() {
        let why = if error.is_timeout() {
            "timed out"
        } else {
            &why
        };
        unreached(&causes, why, base, proxy)
    } else if error.is_timeout() {
        Failure::no_answer(timeout)
    } else {
        let why = if why.starts_with("invalid HTTP version") {
            NO_HTTP
        } else {
            &why
        };
        unclear(format!("the exchange failed: {why}"))
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
    let no_connection = |why: &str| format!("{NO_CONNECTION}the server: {why}");
    let says = |words: &str| causes.iter().any(|cause| cause.to_string().contains(words));
    if let Some(proxy) = proxy.filter(|_| says("tunnel error") || says("socks")) {
        return match proxy.refusal(base) {
            Refusal::Definite(why) => FailureKind::Unreachable.with(no_connection(&why)),
            Refusal::Passing(why) => FailureKind::NotConnected.with(no_connection(&why)),
        };
    }
    if is_unknown_name(why) {
        let host = base.host();
        let what = format!("unknown host {host} (check --brand or --base-url)");
        return FailureKind::Unreachable.with(no_connection(&what));
    }
    let what = match why.split_once("address information: ") {
        Some((_, why)) => format!("cannot resolve the name {}: {why}", base.host()),
        None => why.to_owned(),
    };
    FailureKind::NotConnected.with(no_connection(&what))
}

/// Whether this machine allows no more open files: not a fault of the network.
fn out_of_files(causes: &[&(dyn Error + 'static)]) -> Option<String> {
    let mut errors = causes.iter().filter_map(|cause| cause.downcast_ref());
    errors
        .find(|error| is_out_of_files(error))
        .map(|error| format!("cannot open a connection: {}", file_words(error)))
}

#[cfg(test)]
mod tests {
    use std::io;

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
