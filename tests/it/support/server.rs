//! A scripted HTTP/1.1 server on loopback: a closure turns each request into an answer, or into a
//! broken one.
//!
//! It has no rules of Re:amaze in it (that is the sandbox's part); it plays what the test says,
//! with resets, cut-off bodies, silence and endless bodies among it, and keeps every request for
//! the test to look at. What goes wrong in its threads (a failed assertion in the closure, a
//! request that is not HTTP) fails the test when the server ends.

use std::any::Any;
use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::answer::{Afterwards, Answer};
use super::request::Request;

/// How long [`Server::wait_for_requests`] waits before it fails the test.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server on a free port of 127.0.0.1, with a thread for each connection; connections are kept
/// alive.
///
/// Dropping it ends every answer that is still going on, joins all threads, and panics if something
/// went wrong in one of them.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<Vec<Connection>>>,
}

impl Server {
    /// Starts to listen; `answer` is called on the thread of the connection, for several requests
    /// at once if they come so. A panic in it fails the test when the server ends, and closes the
    /// connection.
    pub(crate) fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on 127.0.0.1");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared {
            answer: Box::new(answer),
            state: Mutex::default(),
            arrived: Condvar::new(),
            halted: Condvar::new(),
        });
        let for_acceptor = Arc::clone(&shared);
        let acceptor = Some(thread::spawn(move || accept(&listener, &for_acceptor)));
        Self {
            address,
            shared,
            acceptor,
        }
    }

    /// What `REAMAZE_BASE_URL` takes: `http://127.0.0.1:PORT/api/v1`.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    /// Every request so far, in order of arrival.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.clone()
    }

    /// The slug of every request so far, in order of arrival.
    pub(crate) fn slugs(&self) -> Vec<String> {
        let state = self.shared.state();
        state
            .requests
            .iter()
            .map(|request| request.slug.clone())
            .collect()
    }

    /// The requests so far for one conversation, in order of arrival.
    pub(crate) fn requests_for(&self, slug: &str) -> Vec<Request> {
        self.shared
            .state()
            .requests
            .iter()
            .filter(|request| request.slug == slug)
            .cloned()
            .collect()
    }

    /// Returns as soon as `count` requests have arrived; fails the test if they do not come.
    pub(crate) fn wait_for_requests(&self, count: usize) {
        let state = self.shared.state();
        let (state, wait) = self
            .shared
            .arrived
            .wait_timeout_while(state, PATIENCE, |state| state.requests.len() < count)
            .expect(UNPOISONED);
        let came = state.requests.len();
        drop(state);
        assert!(
            !wait.timed_out(),
            "{came} of {count} requests came within {PATIENCE:?}"
        );
    }

    /// Stops, and fails the test if something went wrong in a thread of the server; dropping it
    /// does the same.
    pub(crate) fn finish(self) {
        drop(self);
    }

    fn stop(&mut self) {
        let Some(acceptor) = self.acceptor.take() else {
            return;
        };
        self.shared.halt();
        // The acceptor looks at the flag once accept() returns, so it gets one more connection to
        // return with.
        drop(TcpStream::connect(self.address));
        for connection in acceptor.join().expect("the acceptor does not panic") {
            connection.end();
        }
    }
}

impl Drop for Server {
    #[expect(
        clippy::print_stderr,
        reason = "beside a panic that is on its way, the trouble may be its cause"
    )]
    fn drop(&mut self) {
        self.stop();
        let troubles = self.shared.state().troubles.join("\n");
        if troubles.is_empty() {
            return;
        }
        if thread::panicking() {
            eprintln!("in the scripted server: {troubles}");
        } else {
            panic!("in the scripted server: {troubles}");
        }
    }
}

const UNPOISONED: &str = "nothing panics while it holds the server's state";

/// What the threads of one server have in common.
struct Shared {
    answer: Box<dyn Fn(&Request) -> Answer + Send + Sync>,
    state: Mutex<State>,
    /// Notified with every request.
    arrived: Condvar,
    /// Notified once, when the server stops.
    halted: Condvar,
}

#[derive(Default)]
struct State {
    requests: Vec<Request>,
    requests_by_slug: HashMap<String, usize>,
    troubles: Vec<String>,
    stopped: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }

    fn halt(&self) {
        self.state().stopped = true;
        self.halted.notify_all();
    }

    fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    /// Waits for `time` or until the server stops; says whether the server still runs.
    fn pause(&self, time: Duration) -> bool {
        let state = self.state();
        let (state, _) = self
            .halted
            .wait_timeout_while(state, time, |state| !state.stopped)
            .expect(UNPOISONED);
        !state.stopped
    }

    fn complain(&self, trouble: String) {
        self.state().troubles.push(trouble);
    }

    /// Numbers and keeps a request; under one lock, so that order, `nth` and `at` agree.
    fn record(&self, mut request: Request) -> Request {
        let mut state = self.state();
        let before = state
            .requests_by_slug
            .entry(request.slug.clone())
            .or_default();
        request.nth = *before;
        *before += 1;
        request.at = Instant::now();
        state.requests.push(request.clone());
        drop(state);
        self.arrived.notify_all();
        request
    }

    /// Asks the test for an answer; `None` if the closure panicked.
    fn ask(&self, request: &Request) -> Option<Answer> {
        match panic::catch_unwind(AssertUnwindSafe(|| (self.answer)(request))) {
            Ok(answer) => Some(answer),
            Err(payload) => {
                let message = message_of(payload.as_ref());
                self.complain(format!(
                    "answering {} {}: {message}",
                    request.method, request.path
                ));
                None
            }
        }
    }
}

fn message_of(payload: &(dyn Any + Send)) -> &str {
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    owned
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words")
}

/// A connection as the acceptor remembers it.
struct Connection {
    /// Weak, so that the handler alone decides when the socket closes: a second handle would hold
    /// back FIN and RST.
    stream: Weak<TcpStream>,
    handler: JoinHandle<()>,
}

impl Connection {
    /// Makes whatever the handler waits for on the socket return, and waits for the handler.
    fn end(self) {
        if let Some(stream) = self.stream.upgrade() {
            // An error says that the peer has closed it already.
            drop(stream.shutdown(Shutdown::Both));
        }
        self.handler
            .join()
            .expect("a handler catches the panics of the closure");
    }
}

/// Accepts until the server stops; returns the connections whose handlers may still run.
fn accept(listener: &TcpListener, shared: &Arc<Shared>) -> Vec<Connection> {
    let mut connections: Vec<Connection> = Vec::new();
    let mut accepted = 0;
    loop {
        let stream = match listener.accept() {
            Ok((stream, _)) => stream,
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => continue,
            Err(error) => {
                shared.complain(format!("no more connections are accepted: {error}"));
                return connections;
            }
        };
        if shared.is_stopped() {
            return connections;
        }
        connections.retain(|connection| !connection.handler.is_finished());
        connections.push(open(stream, accepted, shared));
        accepted += 1;
    }
}

fn open(stream: TcpStream, number: usize, shared: &Arc<Shared>) -> Connection {
    // Without this the small writes of a dripping body would wait for the peer's acknowledgements.
    // An error says that the peer has left, which the handler will find out.
    drop(stream.set_nodelay(true));
    let stream = Arc::new(stream);
    let remembered = Arc::downgrade(&stream);
    let shared = Arc::clone(shared);
    let handler = thread::spawn(move || serve(&stream, number, &shared));
    Connection {
        stream: remembered,
        handler,
    }
}

/// Answers the requests of one connection, one after the other.
fn serve(stream: &TcpStream, number: usize, shared: &Shared) {
    let mut unread = Vec::new();
    while !shared.is_stopped() {
        let request = match Request::read(stream, number, &mut unread) {
            Ok(Some(request)) => shared.record(request),
            Ok(None) => return,
            Err(trouble) => return shared.complain(format!("on connection {number}: {trouble}")),
        };
        let Some(answer) = shared.ask(&request) else {
            return;
        };
        // A peer that leaves in the middle of an answer (a timeout of its own, say) is a matter of
        // the test.
        let played = answer.play(stream, |time| shared.pause(time));
        let afterwards = played.unwrap_or(Afterwards::Close);
        if afterwards == Afterwards::Close || request.asks_to_close() {
            return;
        }
    }
}
