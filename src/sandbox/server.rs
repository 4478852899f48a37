//! HTTP requests -> changes of the simulated account and JSON answers, with the rate limit, the
//! latency and the failures that were asked for. Validates no body itself: that is `rules`.

use parking_lot::Mutex;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::conversation::OtherFields;
use super::limit::{Limit, Windows, whole_seconds};
use super::rules::read_attributes;
use super::state::Conversations;

/// The longest body that is read, in bytes.
const LONGEST_BODY: usize = 1024 * 1024;

/// How the simulated service behaves. The default is an ideal one: no limit, no delay, no errors.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Requests taken from one API token; what is beyond is answered with 429.
    pub limit: Option<Limit>,
    /// Whether a 429 says when to come back.
    pub retry_after: RetryAfter,
    /// Time from a request to its answer. The change itself is applied at once.
    pub latency: Duration,
    /// Share, 0 to 1, of requests within the limit that are answered with 500, 502 or 503. Half
    /// of these are applied nevertheless, so that a client's retry is put to the test.
    pub errors: f64,
    /// Share, 0 to 1, of the answers to GET after which a colleague changes the conversation.
    pub meanwhile: f64,
    /// What a PUT makes of the custom fields that it does not name.
    pub other_fields: OtherFields,
}

/// Sees what was served.
pub type Observer = Box<dyn Fn(&Served) + Send + Sync>;

/// A request, and what became of it. Query and headers, where credentials could be, are left out.
#[derive(Debug)]
pub struct Served {
    /// The method.
    pub method: String,
    /// The path of the address, as it was sent.
    pub path: String,
    /// The answer's status code; `None` where the client disconnected before its answer.
    pub status: Option<u16>,
    /// From its arrival to its answer.
    pub took: Duration,
}

/// Whether a 429 carries a `Retry-After` header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RetryAfter {
    /// It does: whole seconds until the window ends, at least 1.
    #[default]
    Sent,
    /// It does not, and the client has to guess.
    Withheld,
}

/// A running simulated Re:amaze on a thread of its own. Dropping it stops the server, cuts what
/// is still in flight, and joins the thread.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts to serve on `127.0.0.1:port`; 0 takes any free port. Connections are accepted from
    /// the moment this returns, and `observer` sees every request once it has its answer. Must not
    /// be called from within an asynchronous runtime.
    ///
    /// # Errors
    ///
    /// The port is taken or not allowed, or the system has no thread or socket to spare.
    pub fn start(port: u16, options: Options, observer: Observer) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))?;
        let address = listener.local_addr()?;
        let account = Account::new(options, observer);
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || serve(&runtime, listener, account, stopped))?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// What a client puts in front of `/conversations/{slug}`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The server waits for this end of the channel to go away.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic over there has been reported already; a drop must not add another.
            let _ = thread.join();
        }
    }
}

/// Serves until `stopped`. The thread then drops the runtime, and every connection with it: a
/// graceful end would wait for clients that keep theirs open.
fn serve(
    runtime: &Runtime,
    listener: TcpListener,
    account: Account,
    stopped: oneshot::Receiver<()>,
) {
    let account = Arc::new(account);
    runtime.spawn(async move { axum::serve(listener, router(account)).await });
    // The sender never sends; that it is gone is the message.
    let _ = runtime.block_on(stopped);
}

/// Everything the handlers share.
struct Account {
    options: Options,
    observer: Observer,
    windows: Mutex<Windows>,
    conversations: Mutex<Conversations>,
}

impl Account {
    fn new(options: Options, observer: Observer) -> Self {
        Self {
            options,
            observer,
            windows: Mutex::default(),
            conversations: Mutex::default(),
        }
    }
}

type Shared = State<Arc<Account>>;

fn router(account: Arc<Account>) -> Router {
    let conversation = get(show)
        .put(update)
        .fallback(async || refusal(StatusCode::METHOD_NOT_ALLOWED));
    Router::new()
        .route("/api/v1/conversations/{slug}", conversation)
        .fallback(async || refusal(StatusCode::NOT_FOUND))
        .layer(middleware::from_fn_with_state(Arc::clone(&account), behave))
        .with_state(account)
}

async fn show(State(account): Shared, slug: Result<Path<String>, PathRejection>) -> Response {
    let Some(slug) = existing(slug) else {
        return refusal(StatusCode::NOT_FOUND);
    };
    let mut conversations = account.conversations.lock();
    let answer = json(StatusCode::OK, conversations.show(&slug));
    // Under the same lock, so that no PUT can come before it, however fast.
    if fastrand::f64() < account.options.meanwhile {
        conversations.touch(&slug);
    }
    answer
}

async fn update(
    State(account): Shared,
    slug: Result<Path<String>, PathRejection>,
    body: Bytes,
) -> Response {
    let Some(slug) = existing(slug) else {
        return refusal(StatusCode::NOT_FOUND);
    };
    match read_attributes(&body) {
        Ok(attributes) => {
            let mut conversations = account.conversations.lock();
            let other_fields = account.options.other_fields;
            let conversation = conversations.update(&slug, attributes, other_fields);
            json(StatusCode::OK, conversation)
        }
        Err(problems) => json(StatusCode::UNPROCESSABLE_ENTITY, &problems),
    }
}

/// The slug of the conversation that a path leads to, unless no conversation can have it. Where no
/// slug matches, the service looks for a conversation with that database ID; here, digits never match.
fn existing(slug: Result<Path<String>, PathRejection>) -> Option<String> {
    let Path(slug) = slug.ok()?;
    if slug.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(format!("unrelated-{slug}"));
    }
    Some(slug).filter(|slug| !slug.starts_with("missing-"))
}

/// Surrounds every handler with what the account's options ask for.
async fn behave(State(account): Shared, request: Request, next: Next) -> Response {
    let mut observed = Observed::new(&account.observer, &request);
    let answer = answer(&account, request, next).await;
    // Last, so that a client that gives up meanwhile cannot know whether it was heard.
    tokio::time::sleep(account.options.latency).await;
    observed.served.status = Some(answer.status().as_u16());
    answer
}

/// Reports a request to the observer at its end, also when its client leaves, which drops the handler.
struct Observed<'a> {
    observer: &'a Observer,
    arrived: Instant,
    served: Served,
}

impl<'a> Observed<'a> {
    fn new(observer: &'a Observer, request: &Request) -> Self {
        Self {
            observer,
            arrived: Instant::now(),
            served: Served {
                method: request.method().to_string(),
                path: request.uri().path().to_owned(),
                status: None,
                took: Duration::ZERO,
            },
        }
    }
}

impl Drop for Observed<'_> {
    fn drop(&mut self) {
        self.served.took = self.arrived.elapsed();
        (self.observer)(&self.served);
    }
}

async fn answer(account: &Account, request: Request, next: Next) -> Response {
    let arrived = Instant::now();
    let (head, body) = request.into_parts();
    // Read even if it is of no interest: a body left unread costs the client its connection.
    let body = to_bytes(body, LONGEST_BODY).await;
    let Some(token) = api_token(&head.headers) else {
        let challenge = [(header::WWW_AUTHENTICATE, "Basic realm=\"Re:amaze sandbox\"")];
        return (challenge, refusal(StatusCode::UNAUTHORIZED)).into_response();
    };
    let admit = |limit| account.windows.lock().admit(&token, limit, arrived);
    if let Some(Err(wait)) = account.options.limit.map(admit) {
        return throttled(account.options.retry_after, wait);
    }
    let Ok(body) = body else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let request = Request::from_parts(head, Body::from(body));
    if fastrand::f64() >= account.options.errors {
        return next.run(request).await;
    }
    // Half of the failures happen before the request is applied, the others after.
    if fastrand::bool() {
        next.run(request).await;
    }
    server_error()
}

/// The API token of a well-formed `Authorization: Basic` header with a login and a token in it.
fn api_token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (login, token) = decoded.split_once(':')?;
    let complete = scheme.eq_ignore_ascii_case("basic") && !login.is_empty() && !token.is_empty();
    complete.then(|| token.to_owned())
}

fn throttled(retry_after: RetryAfter, wait: Duration) -> Response {
    let refusal = refusal(StatusCode::TOO_MANY_REQUESTS);
    match retry_after {
        RetryAfter::Sent => {
            let seconds = whole_seconds(wait).to_string();
            ([(header::RETRY_AFTER, seconds)], refusal).into_response()
        }
        RetryAfter::Withheld => refusal,
    }
}

fn server_error() -> Response {
    refusal(match fastrand::u8(0..3) {
        0 => StatusCode::INTERNAL_SERVER_ERROR,
        1 => StatusCode::BAD_GATEWAY,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    })
}

/// An answer that says no more than its status does.
fn refusal(status: StatusCode) -> Response {
    json(status, &json!({ "error": status.canonical_reason() }))
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(body) => (status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests;
