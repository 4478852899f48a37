//! One request over the wire, with limits of time and size.

use std::env;
use std::error::Error;
use std::io::Read;
use std::time::{Duration, Instant, SystemTime};

use reqwest::blocking;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue,
    InvalidHeaderValue, LOCATION,
};

use super::certificates::{self, CertificatesError};
use super::classify::{Classifier, Head, NoBody};
use super::diagnosis::{CUT_OFF, TOO_SLOW};
use super::encoding::{self, too_long};
use super::network_error;
use super::proxy::{Proxy, ProxyError};
use super::retry_after::retry_after;
use super::system_words::innermost;
use super::{Account, Exchange, Failure, Operation, Redactor, Reply, Request};

/// The longest time that a connection may take to be made.
const MAX_CONNECT: Duration = Duration::from_secs(10);

/// How long a connection waits for its next request. Servers that keep theirs a short time keep them
/// 5 seconds (Apache, Node.js); a request must not go out over one that is just being closed.
const MAX_IDLE: Duration = Duration::from_secs(4);

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The TLS library or the system's certificates could not be set up.
    #[error("the HTTPS client cannot be set up: {} (SSL_CERT_FILE can name a file of the authorities to trust)", innermost(.0))]
    Setup(#[from] reqwest::Error),
    /// A proxy variable cannot be read.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// A variable names certificates that are not there.
    #[error(transparent)]
    Certificates(#[from] CertificatesError),
    /// The login cannot stand in a header.
    #[error("the login cannot be sent: {0}")]
    Login(#[from] InvalidHeaderValue),
}

/// Sends requests to one account, over connections that are kept for the next.
#[derive(Debug)]
pub struct Client {
    http: blocking::Client,
    classifier: Classifier,
    proxy: Option<Proxy>,
    timeout: Duration,
}

impl Client {
    /// A client for `connections` requests in flight. Each may take `timeout` until its answer
    /// begins, and as long again for the body.
    ///
    /// # Errors
    /// When TLS cannot be set up, or the environment names proxies or certificates that cannot be
    /// used.
    pub fn new(
        account: &Account,
        timeout: Duration,
        connections: usize,
    ) -> Result<Self, ClientError> {
        // An error means that a provider is installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("application/json")),
            (AUTHORIZATION, account.authorization()?),
        ]);
        let mut builder = blocking::Client::builder()
            .default_headers(headers)
            .user_agent(concat!(
                env!("CARGO_PKG_NAME"),
                "/",
                env!("CARGO_PKG_VERSION")
            ))
            // The token must not travel to where a redirect points.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(timeout)
            // Shorter than the whole, so that "never reached" can be distinguished from "no answer".
            .connect_timeout((timeout / 2).min(MAX_CONNECT))
            .pool_max_idle_per_host(connections)
            .pool_idle_timeout(MAX_IDLE)
            .tcp_nodelay(true);
        let base = account.base_url();
        let proxy = Proxy::from_variables(base, |name| env::var_os(name))?;
        if let Some(proxy) = &proxy {
            builder = builder.no_proxy().proxy(proxy.for_client()?);
        } else if base.is_loopback() {
            builder = builder.no_proxy();
        }
        if base.is_plain() {
            // No certificate will be seen: a machine without any may rehearse all the same.
            builder = builder.tls_certs_only([]);
        } else if let Some(certificates) = certificates::from_variables(|name| env::var_os(name))? {
            builder = builder.tls_certs_only(certificates);
        }
        Ok(Self {
            http: builder.build()?,
            classifier: Classifier::new(account),
            proxy,
            timeout,
        })
    }

    fn send<O: Operation>(&self, operation: &O) -> Result<Reply<O::Output>, reqwest::Error> {
        let deadline = Instant::now() + self.timeout;
        let Request { method, url, body } = operation.request(self.classifier.base_url().as_str());
        let mut request = self.http.request(method, url);
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(String::from(Box::<str>::from(body)));
        }
        let response = request.send()?;
        let status = response.status();
        let headers = response.headers();
        let location = headers
            .get(LOCATION)
            .map(|place| String::from_utf8_lossy(place.as_bytes()).into_owned());
        let head = Head {
            status,
            retry_after: retry_after(headers, SystemTime::now()),
            location: location.as_deref(),
        };
        let codings = headers
            .get(CONTENT_ENCODING)
            .map(|codings| String::from_utf8_lossy(codings.as_bytes()).into_owned())
            .unwrap_or_default();
        let result = self.classifier.classify(operation, head, || {
            let most = O::MAX_ANSWER_BYTES;
            let body = read(response, deadline, most).map_err(NoBody::BrokenOff)?;
            encoding::decoded(body, &codings, most).map_err(NoBody::Coded)
        });
        Ok(Reply {
            http_status: Some(status.as_u16()),
            result,
        })
    }
}

impl Exchange for Client {
    fn exchange<O: Operation>(&self, operation: &O) -> Reply<O::Output> {
        let reply = self.send(operation).unwrap_or_else(|error| Reply {
            http_status: None,
            result: Err(network_error::failure(
                &error,
                self.classifier.base_url(),
                self.proxy.as_ref(),
                self.timeout,
            )),
        });
        // Errors of the network repeat the server's words, too.
        let redacted = |failure: Failure| Failure {
            message: self.classifier.redactor().known_forms(&failure.message),
            ..failure
        };
        Reply {
            result: reply.result.map_err(redacted),
            ..reply
        }
    }

    fn redactor(&self) -> &Redactor {
        self.classifier.redactor()
    }

    fn in_words<O: Operation>(&self, operation: &O) -> String {
        let Request { method, url, body } = operation.request(self.classifier.base_url().as_str());
        match body {
            Some(body) => format!("{method} {url} {}", body.get()),
            None => format!("{method} {url}"),
        }
    }
}

/// The answer's body, of at most `most` bytes, unless it takes too long.
fn read(mut response: blocking::Response, deadline: Instant, most: u64) -> Result<Vec<u8>, String> {
    let broken = |error: &(dyn Error + 'static)| format!("{CUT_OFF}: {}", innermost(error));
    match response.content_length() {
        Some(length) if length > most => return Err(too_long(most)),
        // In one step, which the client's own timeout bounds as a whole.
        Some(_) => {
            return response
                .bytes()
                .map(Vec::from)
                .map_err(|error| broken(&error));
        }
        None => {}
    }
    let mut body = Vec::new();
    let mut chunk = [0; 4 << 10];
    loop {
        match response.read(&mut chunk) {
            Ok(0) => return Ok(body),
            Ok(read) => body.extend_from_slice(&chunk[..read]),
            Err(error) => return Err(broken(&error)),
        }
        if body.len() as u64 > most {
            return Err(too_long(most));
        }
        // The client's own timeout counts from the last byte: a drip would never end.
        if Instant::now() > deadline {
            return Err(TOO_SLOW.into());
        }
    }
}
