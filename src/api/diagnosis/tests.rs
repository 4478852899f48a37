//! Failures of every kind, and what each is said to be.

use super::*;

fn diagnosed(kind: FailureKind, http_status: u16, message: &str) -> (Cause, String) {
    let http_status = Some(http_status).filter(|status| *status > 0);
    let diagnosis = Diagnosis::new(&kind.with(message), http_status);
    (diagnosis.cause, diagnosis.to_string())
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn every_failure_has_a_cause_and_says_what_to_do() {
    use FailureKind::{
        Forbidden, LoginRefused, NotConnected, NotFound, NotYet, Refused, Rejected, Throttled,
        Unclear, Unreachable,
    };
    for (kind, http_status, message, cause, text) in [
        (
            LoginRefused,
            401,
            "no reason given",
            Cause::LoginRefused,
            "login refused (HTTP 401 Unauthorized: no reason given): check email, token and brand",
        ),
        (
            Forbidden,
            403,
            "not on your plan",
            Cause::LoginRefused,
            "login refused (HTTP 403 Forbidden: not on your plan): check email, token and brand, and the role of this user",
        ),
        (
            NotFound,
            404,
            "no such list: no such brand",
            Cause::NotFound,
            "HTTP 404: no such list: no such brand: check the brand or base URL",
        ),
        (
            Throttled,
            429,
            "",
            Cause::RateLimited,
            "rate limited (HTTP 429 Too Many Requests): the server is there, but login and brand are not proven: try again later",
        ),
        (
            Unreachable,
            0,
            "cannot connect to h: its certificate has expired (set the clock)",
            Cause::Unreachable,
            "cannot connect to h: its certificate has expired (set the clock)",
        ),
        (
            NotConnected,
            0,
            "cannot connect to the server: connection refused",
            Cause::Unreachable,
            "cannot connect to the server: connection refused: nothing listens there: check the brand or base URL, or try again when the server is back",
        ),
        (
            NotConnected,
            0,
            "cannot connect to the server: no route to host",
            Cause::Unreachable,
            "cannot connect to the server: no route to host: check the network of this machine (VPN, firewall, proxy)",
        ),
        (
            NotConnected,
            0,
            "cannot connect to the server: the proxy p of HTTPS_PROXY did not connect",
            Cause::Unreachable,
            "cannot connect to the server: the proxy p of HTTPS_PROXY did not connect: check the proxy, or try again later",
        ),
        (
            NotConnected,
            0,
            "cannot open a connection: too many open files (raise the limit)",
            Cause::Unreachable,
            "cannot open a connection: too many open files (raise the limit)",
        ),
        (
            Unclear,
            0,
            "no answer within 2 s",
            Cause::NoAnswer,
            "no answer within 2 s: the server is down or too slow, or something in between interferes: try again later",
        ),
        (
            Unclear,
            200,
            "the answer was cut off: unexpected end",
            Cause::NoAnswer,
            "HTTP 200: the answer was cut off: unexpected end: the server is down or too slow, or something in between interferes: try again later",
        ),
        (
            Unclear,
            200,
            "the answer took too long",
            Cause::NoAnswer,
            "HTTP 200: the answer took too long: the server is down or too slow, or something in between interferes: try again later",
        ),
        (
            Refused,
            407,
            "HTTP 407 Proxy Authentication Required: no reason given",
            Cause::Unreachable,
            "HTTP 407 Proxy Authentication Required: no reason given: check the proxy, its user and its password",
        ),
        (
            Refused,
            302,
            "HTTP 302 Found: a redirect to a/login, which is never followed (a login page?)",
            Cause::Redirected,
            "HTTP 302 Found: a redirect to a/login, which is never followed (a login page?)",
        ),
        (
            Unclear,
            503,
            "HTTP 503 Service Unavailable",
            Cause::ServerError,
            "HTTP 503 Service Unavailable: the server is down or has a problem: try again later",
        ),
        (
            NotYet,
            408,
            "HTTP 408 Request Timeout",
            Cause::Refused,
            "HTTP 408 Request Timeout: check the brand or base URL",
        ),
        (
            Rejected,
            422,
            "filter: unknown",
            Cause::Refused,
            "HTTP 422: filter: unknown: check the brand or base URL",
        ),
        (
            Unclear,
            200,
            "HTTP 200 with an error: no quota",
            Cause::Refused,
            "HTTP 200 with an error: no quota: check the brand or base URL",
        ),
    ] {
        let (found, said) = diagnosed(kind, http_status, message);
        assert_eq!((found, said.as_str()), (cause, text));
    }
    for (http_status, words) in [
        (
            200,
            "HTTP 200 with a web page instead of conversations: Log in",
        ),
        (200, "HTTP 200 without conversations"),
        (200, "HTTP 200: the answer is longer than 16 MiB"),
        (
            200,
            "HTTP 200: the answer is compressed with br, which is not supported",
        ),
        (204, "HTTP 204 No Content: unexpected answer"),
    ] {
        let (cause, message) = diagnosed(Unclear, http_status, words);
        assert_eq!(cause, Cause::NotTheApi, "{message}");
        assert!(message.starts_with(words), "{message}");
    }
}

#[test]
fn a_server_that_names_a_time_is_asked_again_then() {
    let wait = Some(Duration::from_millis(40_200));
    for (kind, http_status) in [(FailureKind::Throttled, 429), (FailureKind::Unclear, 503)] {
        let failure = Failure {
            retry_after: wait,
            ..kind.with("")
        };
        let message = Diagnosis::new(&failure, Some(http_status)).to_string();
        assert!(message.ends_with("try again in 41 s"), "{message}");
    }
}

#[test]
fn an_update_that_is_refused_after_a_read_is_about_the_role() {
    for http_status in [403, 404] {
        let diagnosis = Diagnosis::from_answer(Some(http_status), "no".into());
        assert_eq!(diagnosis.advice, ROLE);
    }
}
