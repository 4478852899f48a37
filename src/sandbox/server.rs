//! HTTP requests -> the answers of the simulated account, with the rate limit, the latency and the
//! failures that were asked for. Knows nothing of what is behind an address: that is `account`.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::account;
use super::answers::refusal;
use super::limit::{Windows, whole_seconds};
use super::options::{Observer, Options, RetryAfter, Served};

/// The longest body that is read, in bytes.
const LONGEST_BODY: usize = 1024 * 1024;

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
        let front = Front {
            options,
            observer,
            windows: Mutex::default(),
        };
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || serve(&runtime, listener, front, stopped))?;
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
fn serve(runtime: &Runtime, listener: TcpListener, front: Front, stopped: oneshot::Receiver<()>) {
    let router = account::router(front.options);
    let front = middleware::from_fn_with_state(Arc::new(front), behave);
    runtime.spawn(async move { axum::serve(listener, router.layer(front)).await });
    // The sender never sends; that it is gone is the message.
    let _ = runtime.block_on(stopped);
}

/// What surrounds the account.
struct Front {
    options: Options,
    observer: Observer,
    windows: Mutex<Windows>,
}

/// Surrounds every handler with what the options ask for.
async fn behave(State(front): State<Arc<Front>>, request: Request, next: Next) -> Response {
    let mut observed = Observed::new(&front.observer, &request);
    let answer = answer(&front, request, next).await;
    // Last, so that a client that gives up meanwhile cannot know whether it was heard.
    tokio::time::sleep(front.options.latency).await;
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

async fn answer(front: &Front, request: Request, next: Next) -> Response {
    let arrived = Instant::now();
    let (head, body) = request.into_parts();
    // Read even if it is of no interest: a body left unread costs the client its connection.
    let body = to_bytes(body, LONGEST_BODY).await;
    let Some(token) = api_token(&head.headers) else {
        let challenge = [(header::WWW_AUTHENTICATE, "Basic realm=\"Re:amaze sandbox\"")];
        return (challenge, refusal(StatusCode::UNAUTHORIZED)).into_response();
    };
    let admit = |limit| front.windows.lock().admit(&token, limit, arrived);
    if let Some(Err(wait)) = front.options.limit.map(admit) {
        return throttled(front.options.retry_after, wait);
    }
    let Ok(body) = body else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let request = Request::from_parts(head, Body::from(body));
    if fastrand::f64() >= front.options.errors {
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

#[cfg(test)]
mod tests;
