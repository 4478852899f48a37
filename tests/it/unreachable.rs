//! Hosts to which no connection can be made, however often it is tried: told at once, in words, with
//! the cure, and no row is condemned.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::support::command::{Output, Workspace, ledger, summary};
use super::support::sent::{done, numbered, to_out};
use super::support::tls::{Authority, Listener, Validity, head, serve_tls};

/// Far more than it takes, and far less than one retry of 5 for each row.
const AT_ONCE: Duration = Duration::from_secs(15);

/// Sends 30 rows to that address, with these variables.
fn sent(base_url: &str, variables: &[(&str, &str)]) -> (Workspace, Output) {
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&numbered("row-", 30)));
    let run = to_out(&workspace, "rows.csv", &format!("--base-url {base_url} -v"))
        .env("REAMAZE_EMAIL", "agent@example.com")
        .env("REAMAZE_API_TOKEN", "test-token");
    let run = variables
        .iter()
        .fold(run, |run, (name, value)| run.env(name, *value));
    let output = run.output();
    (workspace, output)
}

/// Fails the test unless the run stops at once, says these words, and condemns no row.
fn expect_unreachable(base_url: &str, variables: &[(&str, &str)], words: &[&str]) {
    let start = Instant::now();
    let (workspace, output) = sent(base_url, variables);
    assert!(start.elapsed() < AT_ONCE, "{output:#?}");
    assert_eq!(output.status, 6, "{output:#?}");
    for words in words {
        assert!(
            output.stderr.contains(words),
            "{words:?} in {}",
            output.stderr
        );
    }
    for debug in [
        "UnknownIssuer",
        "OtherError",
        "InvalidCertificate",
        "Context",
        "{ ",
        "s3cret",
    ] {
        assert!(
            !output.stderr.contains(debug),
            "{debug:?} in {}",
            output.stderr
        );
    }
    let run_dir = workspace.path().join("out");
    assert_eq!(summary(&run_dir)["stop_reason"], "unreachable");
    let lines = ledger(&run_dir);
    assert_eq!(lines.len(), 30);
    assert!(
        lines.iter().all(|line| line.outcome == "not_sent"),
        "{lines:#?}"
    );
}

fn localhost(listener: &Listener) -> String {
    format!("https://localhost:{}/api/v1", listener.port())
}

#[test]
fn a_certificate_that_cannot_be_trusted_is_told_in_words_with_its_cure() {
    let authority = Authority::new("ours");
    let [stranger, namesake] = ["theirs", "ours"].map(Authority::new);
    let workspace = Workspace::new();
    let trusted = workspace.write("ca.pem", &authority.pem);
    let trusted = [("SSL_CERT_FILE", trusted.to_str().expect("a path in UTF-8"))];
    let signed = |validity| authority.signed("localhost", validity);
    for (config, words) in [
        (
            stranger.signed("localhost", Validity::Now),
            ["unknown authority", "SSL_CERT_FILE"],
        ),
        (
            namesake.signed("localhost", Validity::Now),
            ["unknown authority", "SSL_CERT_FILE"],
        ),
        (
            Arc::clone(&stranger.itself),
            ["self-signed", "that SSL_CERT_FILE names must contain"],
        ),
        (
            Arc::clone(&authority.itself),
            ["self-signed", "that SSL_CERT_FILE names must contain"],
        ),
        (
            signed(Validity::Over),
            ["certificate expired on 2021-01-01", "clock of this machine"],
        ),
        (
            signed(Validity::ToCome),
            ["not valid before 2089-01-01", "clock of this machine"],
        ),
        (
            authority.signed("elsewhere.example", Validity::Now),
            ["for another name: elsewhere.example", "--base-url"],
        ),
    ] {
        let server = Listener::tls(config);
        expect_unreachable(&localhost(&server), &trusted, &words);
    }
    let server = Listener::tls(signed(Validity::Now));
    let (_, output) = sent(&localhost(&server), &trusted);
    assert_eq!(output.status, 0, "{output:#?}");
}

#[test]
fn a_port_that_does_not_speak_tls_is_told() {
    for answer in [
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n",
    ] {
        let server = Listener::start(move |mut stream| drop(stream.write_all(answer.as_bytes())));
        let words = ["does not speak TLS", "--base-url"];
        let authority = Authority::new("ours");
        let workspace = Workspace::new();
        let file = workspace.write("ca.pem", &authority.pem);
        let file = file.to_str().expect("a path in UTF-8");
        expect_unreachable(&localhost(&server), &[("SSL_CERT_FILE", file)], &words);
    }
}

/// An address with a name that cannot be: no resolver is needed to know that.
fn unknown() -> String {
    format!("https://{}.invalid/api/v1", "a".repeat(64))
}

#[test]
fn a_name_that_is_not_known_is_told() {
    let authority = Authority::new("ours");
    let workspace = Workspace::new();
    let file = workspace.write("ca.pem", &authority.pem);
    let file = file.to_str().expect("a path in UTF-8");
    let words = ["unknown host ", "--brand"];
    expect_unreachable(&unknown(), &[("SSL_CERT_FILE", file)], &words);
}

/// An address that only a proxy reaches.
const BEHIND: &str = "https://helpdesk.invalid/api/v1";

/// A proxy that says this, and then lets through to a server that speaks TLS.
fn proxy(answer: &'static str, authority: &Authority) -> Listener {
    let config = authority.signed("helpdesk.invalid", Validity::Now);
    Listener::start(move |mut stream: TcpStream| {
        if head(&mut stream).is_some() && stream.write_all(answer.as_bytes()).is_ok() {
            serve_tls(stream, &config);
        }
    })
}

#[test]
fn a_proxy_that_refuses_is_told_by_its_variable() {
    let authority = Authority::new("ours");
    let workspace = Workspace::new();
    let file = workspace.write("ca.pem", &authority.pem);
    let file = ("SSL_CERT_FILE", file.to_str().expect("a path in UTF-8"));
    for (answer, words) in [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            "407 Proxy Authentication Required",
        ),
        (
            "HTTP/1.1 403 Forbidden by policy\r\n\r\n",
            "403 Forbidden by policy",
        ),
        (
            "SSH-2.0-OpenSSH_9.6\r\n\r\n",
            "does not answer like an HTTP proxy",
        ),
    ] {
        let proxy = proxy(answer, &authority);
        let address = format!("http://user:s3cret@127.0.0.1:{}", proxy.port());
        let variables = [file, ("HTTPS_PROXY", address.as_str())];
        expect_unreachable(BEHIND, &variables, &["127.0.0.1 of HTTPS_PROXY", words]);
    }
    let nobody = Listener::start(drop).port();
    let address = format!("http://user:s3cret@127.0.0.1:{nobody}");
    let variables = [file, ("all_proxy", address.as_str())];
    let words = ["of all_proxy cannot be reached: connection refused"];
    expect_unreachable(BEHIND, &variables, &words);
    let proxy = proxy("HTTP/1.1 200 OK\r\n\r\n", &authority);
    let address = format!("http://user:s3cret@127.0.0.1:{}", proxy.port());
    let (_, output) = sent(BEHIND, &[file, ("https_proxy", &address)]);
    assert_eq!(output.status, 0, "{output:#?}");
    // An exception leads round the proxy, to a name that nobody can know.
    let variables = [
        file,
        ("HTTPS_PROXY", address.as_str()),
        ("NO_PROXY", "*.invalid"),
    ];
    let base_url = unknown();
    expect_unreachable(&base_url, &variables, &["unknown host "]);
}

#[test]
fn a_socks_proxy_is_spoken_to() {
    let authority = Authority::new("ours");
    let workspace = Workspace::new();
    let file = workspace.write("ca.pem", &authority.pem);
    let file = ("SSL_CERT_FILE", file.to_str().expect("a path in UTF-8"));
    let config = authority.signed("helpdesk.invalid", Validity::Now);
    let proxy = Listener::start(move |mut stream: TcpStream| {
        let mut asked = [0; 512];
        // A greeting, and a wish for a name: neither is longer than what comes at once.
        for answer in [&[5, 0][..], &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]] {
            if !stream.read(&mut asked).is_ok_and(|read| read > 0) {
                return;
            }
            drop(stream.write_all(answer));
        }
        serve_tls(stream, &config);
    });
    let address = format!("socks5h://127.0.0.1:{}", proxy.port());
    let (_, output) = sent(BEHIND, &[file, ("ALL_PROXY", &address)]);
    assert_eq!(output.status, 0, "{output:#?}");
}

#[test]
fn a_wrong_environment_is_refused_before_anything_is_sent() {
    let authority = Authority::new("ours");
    let workspace = Workspace::new();
    let none = workspace.write("none.pem", "no certificate\n");
    let none = none.to_str().expect("a path in UTF-8");
    let empty = workspace.path().join("empty");
    std::fs::create_dir(&empty).expect("a directory");
    let empty = empty.to_str().expect("a path in UTF-8");
    let good = workspace.write("ca.pem", &authority.pem);
    let good = good.to_str().expect("a path in UTF-8");
    for (variable, value) in [
        ("SSL_CERT_FILE", "not-there.pem"),
        ("SSL_CERT_FILE", none),
        ("SSL_CERT_FILE", empty),
        ("SSL_CERT_FILE", ""),
        ("SSL_CERT_DIR", "not-there"),
        ("SSL_CERT_DIR", empty),
        ("HTTPS_PROXY", "http://user:s3#cret@127.0.0.1:9"),
        ("https_proxy", "http://user:s3cret@127.0.0.1:port"),
        ("ALL_PROXY", "socks://127.0.0.1:9"),
        ("all_proxy", "gopher://127.0.0.1:9"),
        ("NO_PROXY", "10.0.0.0/99"),
    ] {
        let roots = ("SSL_CERT_FILE", good);
        let variables = if variable.starts_with("SSL") {
            vec![(variable, value)]
        } else {
            vec![roots, (variable, value)]
        };
        let (workspace, output) = sent(BEHIND, &variables);
        assert_eq!(output.status, 2, "{variable}={value}: {output:#?}");
        assert!(output.stderr.contains(variable), "{}", output.stderr);
        assert!(!output.stderr.contains("cret"), "{}", output.stderr);
        assert!(!workspace.path().join("out").exists());
    }
}
