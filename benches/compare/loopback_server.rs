//! A command that sends PUTs -> one line of what arrived and when.
//!
//! Starts the command with the address and login of a server on loopback in its environment, answers
//! every `PUT /api/v1/conversations/SLUG` with a conversation that shows what was asked for, and
//! every `GET` of one with a conversation that shows nothing of it; ends with the command. All times are taken here, on one monotonic clock.
//!
//! It must cost little compared with the client that is measured: one thread, which `poll` wakes up; a
//! client waits for its answer, so that socket buffers never fill, and only the head of a request is
//! parsed. It does not validate bodies: the sandbox does.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a tool for measuring: it ends where it cannot go on, and its result is its output"
)]

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

mod arrivals;
mod limit;

use arrivals::Arrivals;
use limit::Limit;

/// Runs COMMAND against a server on loopback; it finds the server's address and a login in the
/// environment variables that the product reads.
#[derive(Parser)]
struct Args {
    /// Time from a request to its answer, in milliseconds
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// Requests accepted in a window; the others are answered 429
    #[arg(long)]
    limit: Option<usize>,
    /// Length of the fixed windows, in seconds
    #[arg(long, default_value_t = 1)]
    window: u64,
    /// Send Retry-After with a 429
    #[arg(long)]
    retry_after: bool,
    #[arg(required = true, last = true)]
    command: Vec<String>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on 127.0.0.1");
    let address = listener.local_addr().expect("a listener has an address");
    let (ended, tell_ended) = UnixStream::pair().expect("a pair of sockets");
    let command = args.command.clone();
    let child = thread::spawn(move || {
        let status = run(&command, &format!("http://{address}/api/v1"));
        drop(tell_ended);
        status
    });
    let mut server = Server {
        listener,
        ended,
        connections: Vec::new(),
        latency: Duration::from_millis(args.latency_ms),
        waiting: VecDeque::new(),
        limit: args.limit.map(|requests| {
            Limit::new(requests, Duration::from_secs(args.window), args.retry_after)
        }),
        arrivals: Arrivals::default(),
    };
    server.serve().expect("poll and accept work");
    let status = child.join().expect("the command can be started");
    println!("{}", server.arrivals);
    ExitCode::from(u8::from(!status.success()))
}

/// Runs the command to its end.
fn run(command: &[String], base_url: &str) -> ExitStatus {
    Command::new(&command[0])
        .args(&command[1..])
        .env("REAMAZE_BASE_URL", base_url)
        .env("REAMAZE_EMAIL", "agent@example.com")
        .env("REAMAZE_API_TOKEN", "token")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .expect("the command can be started")
}

struct Server {
    listener: TcpListener,
    /// Reaches its end when the command has ended.
    ended: UnixStream,
    connections: Vec<Connection>,
    latency: Duration,
    /// Answers that are not due yet, the oldest first.
    waiting: VecDeque<(Instant, Rc<TcpStream>, Vec<u8>)>,
    limit: Option<Limit>,
    arrivals: Arrivals,
}

struct Connection {
    stream: Rc<TcpStream>,
    /// What was read and is no whole request yet.
    unread: Vec<u8>,
    is_open: bool,
}

impl Server {
    fn serve(&mut self) -> io::Result<()> {
        loop {
            let ready = self.ready()?;
            self.answer_due();
            if ready[0] {
                return Ok(());
            }
            for (nth, _) in ready[2..].iter().enumerate().filter(|(_, ready)| **ready) {
                self.take_in(nth);
            }
            self.connections.retain(|connection| connection.is_open);
            if ready[1] {
                let (stream, _) = self.listener.accept()?;
                stream.set_nodelay(true)?;
                self.connections.push(Connection {
                    stream: Rc::new(stream),
                    unread: Vec::new(),
                    is_open: true,
                });
            }
        }
    }

    /// Waits; whether there is news of the command, the listener, and each connection.
    fn ready(&self) -> io::Result<Vec<bool>> {
        let mut sockets = vec![
            PollFd::new(&self.ended, PollFlags::IN),
            PollFd::new(&self.listener, PollFlags::IN),
        ];
        let streams = self
            .connections
            .iter()
            .map(|connection| &*connection.stream);
        sockets.extend(streams.map(|stream| PollFd::new(stream, PollFlags::IN)));
        let due = self.waiting.front().map(|(due, ..)| {
            let left = due.saturating_duration_since(Instant::now());
            Timespec::try_from(left).expect("a short wait")
        });
        poll(&mut sockets, due.as_ref())?;
        Ok(sockets
            .iter()
            .map(|socket| !socket.revents().is_empty())
            .collect())
    }

    fn answer_due(&mut self) {
        while let Some((due, stream, answer)) = self.waiting.pop_front() {
            if due > Instant::now() {
                self.waiting.push_front((due, stream, answer));
                return;
            }
            self.send(&stream, &answer);
        }
    }

    fn send(&mut self, mut stream: &TcpStream, answer: &[u8]) {
        // A client that has left meanwhile misses nothing.
        let _ = stream.write_all(answer);
        self.arrivals.answered(Instant::now());
    }

    /// Reads what has come on a connection, and answers it if it is a whole request.
    fn take_in(&mut self, nth: usize) {
        let connection = &mut self.connections[nth];
        let mut chunk = [0; 16 << 10];
        let read = (&*connection.stream).read(&mut chunk).unwrap_or(0);
        connection.is_open = read > 0;
        connection.unread.extend_from_slice(&chunk[..read]);
        let Some((slug, body, end)) = request(&connection.unread) else {
            return;
        };
        let now = Instant::now();
        let refused = self.limit.as_mut().and_then(|limit| limit.refusal(now));
        self.arrivals.note(now, refused.is_some());
        let answer = refused.unwrap_or_else(|| conversation(slug, body));
        connection.unread.drain(..end);
        let stream = Rc::clone(&connection.stream);
        if self.latency.is_zero() {
            self.send(&stream, &answer);
        } else {
            self.waiting.push_back((now + self.latency, stream, answer));
        }
    }
}

/// Slug and body of the request that `bytes` begin with, and where it ends; `None` if it is not
/// whole yet.
fn request(bytes: &[u8]) -> Option<(&str, &[u8], usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut request = httparse::Request::new(&mut headers);
    let parsed = request.parse(bytes).expect("the client speaks HTTP/1.1");
    let httparse::Status::Complete(head) = parsed else {
        return None;
    };
    let length = request
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .and_then(|header| str::from_utf8(header.value).ok()?.parse::<usize>().ok())
        // A read has no body.
        .unwrap_or_default();
    let body = bytes.get(head..head + length)?;
    let slug = request.path?.rsplit('/').next()?;
    Some((slug, body, head + length))
}

/// What a conversation shows that was never changed.
const UNCHANGED: &str =
    r#""tag_list":["inbox"],"status":0,"assignee":null,"hold_until":null,"data":{}"#;

/// A conversation that shows what `body` asks for, word for word, among other things.
fn conversation(slug: &str, body: &[u8]) -> Vec<u8> {
    let asked = || {
        let asked = body.strip_prefix(br#"{"conversation":{"#)?;
        str::from_utf8(asked.strip_suffix(b"}}")?).ok()
    };
    let asked = match body {
        b"" => UNCHANGED,
        _ => asked().expect("a body with a conversation and nothing else"),
    };
    let shown = format!(
        r#"{{"subject":"Where is my parcel?","slug":"{slug}","created_at":"2026-11-02T09:14:31.204Z","message":{{"body":"Hello, I ordered two weeks ago and have heard nothing since. Could you look into it, please? Thank you!","recipients":["Support <support@example.com>"]}},"author":{{"id":48151623,"name":"Ada Customer","email":"ada@example.net","friendly_name":"Ada","data":{{"plan":"trial"}}}},"followers":[],{asked}}}"#
    );
    answer("200 OK", "", &shown)
}

/// An answer as it goes over the wire.
fn answer(status: &str, header: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json; charset=utf-8\r\n{header}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
