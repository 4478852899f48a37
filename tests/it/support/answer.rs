//! What a test lets the server do with a request, good answers and broken ones -> bytes, silence or
//! an end.
//!
//! It does not choose: the closure of the test does, and [`Answer::echo`] is the one answer with an
//! idea of the API.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use socket2::SockRef;

use super::request::{Request, says_close};

/// Whether the connection takes another request.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Afterwards {
    KeepAlive,
    Close,
}

/// What the server does with one request.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    delay: Duration,
    manner: Manner,
}

#[derive(Clone, Debug)]
enum Manner {
    /// Sends the head and the first `sent` bytes of the body.
    Reply {
        head: Head,
        body: Vec<u8>,
        sent: usize,
    },
    /// Sends the head, then `bytes_per_tick` at every tick without end.
    Drip {
        head: Head,
        bytes_per_tick: usize,
        tick: Duration,
    },
    Raw(Vec<u8>),
    /// Sends `start`, then `again` until `most` bytes are out.
    Flood {
        start: Vec<u8>,
        again: Vec<u8>,
        most: usize,
    },
    Reset,
    Close,
    Hang,
}

impl Answer {
    /// A whole answer with a JSON body.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::reply(status, "application/json; charset=utf-8", body.to_string())
    }

    /// A whole answer with a plain text body.
    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self::reply(status, "text/plain; charset=utf-8", body)
    }

    /// A whole answer with an HTML body, as proxies and error pages send them.
    pub(crate) fn html(status: u16, body: &str) -> Self {
        Self::reply(status, "text/html; charset=utf-8", body)
    }

    /// 200 with a conversation that shows what `request` asked for, and believable values for what
    /// it left alone.
    pub(crate) fn echo(request: &Request) -> Self {
        Self::json(200, &conversation_as_asked(request))
    }

    /// Ends the connection with a TCP reset.
    pub(crate) fn reset() -> Self {
        Self::new(Manner::Reset)
    }

    /// Ends the connection in good order, before a byte was sent.
    pub(crate) fn close() -> Self {
        Self::new(Manner::Close)
    }

    /// Announces the whole JSON `body`, sends the first `at_bytes` of it, and closes.
    pub(crate) fn cut(status: u16, body: &str, at_bytes: usize) -> Self {
        assert!(
            at_bytes < body.len(),
            "a cut at byte {at_bytes} leaves a body of {} whole",
            body.len()
        );
        let mut answer = Self::reply(status, "application/json; charset=utf-8", body);
        if let Manner::Reply { sent, .. } = &mut answer.manner {
            *sent = at_bytes;
        }
        answer
    }

    /// Sends these bytes, whatever they are, and closes.
    pub(crate) fn raw(bytes: Vec<u8>) -> Self {
        Self::new(Manner::Raw(bytes))
    }

    /// Sends `start`, then `again` over and over until the peer leaves, the server stops or `most`
    /// bytes are out; then closes.
    pub(crate) fn flood(start: &str, again: &str, most: usize) -> Self {
        // Many at once, as small writes would make for a slow flood.
        let again = again.repeat((64 << 10) / again.len() + 1).into_bytes();
        Self::new(Manner::Flood {
            start: start.into(),
            again,
            most,
        })
    }

    /// Never answers; ends when the peer leaves or the server stops.
    pub(crate) fn hang() -> Self {
        Self::new(Manner::Hang)
    }

    /// 200 with a body that grows by `bytes_per_tick` every `tick` until the peer leaves or the
    /// server stops.
    pub(crate) fn drip(bytes_per_tick: usize, tick: Duration) -> Self {
        assert!(bytes_per_tick > 0, "an empty chunk would end the body");
        let head = Head::new(200)
            .with("content-type", "application/json")
            .with("transfer-encoding", "chunked");
        Self::new(Manner::Drip {
            head,
            bytes_per_tick,
            tick,
        })
    }

    /// Sets a header, in place of one with the same name that is there already (`content-length`
    /// included).
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        match &mut self.manner {
            Manner::Reply { head, .. } | Manner::Drip { head, .. } => head.set(name, value),
            manner => panic!("{manner:?} has no head to put {name} into"),
        }
        self
    }

    /// Sets the status code.
    pub(crate) fn status(mut self, status: u16) -> Self {
        match &mut self.manner {
            Manner::Reply { head, .. } | Manner::Drip { head, .. } => head.status = status,
            manner => panic!("{manner:?} has no head to put {status} into"),
        }
        self
    }

    /// Waits this long before anything else is done; a server that stops waits no longer.
    pub(crate) fn delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Does on `stream` what was scripted; the caller closes it where it is told to.
    ///
    /// `pause` waits for a time, and says `false` once the server stops.
    pub(crate) fn play(
        self,
        mut stream: &TcpStream,
        pause: impl Fn(Duration) -> bool,
    ) -> io::Result<Afterwards> {
        if !pause(self.delay) {
            return Ok(Afterwards::Close);
        }
        match self.manner {
            Manner::Reply { head, body, sent } => {
                stream.write_all(&[&head.to_bytes(), &body[..sent]].concat())?;
                if sent == body.len() && !says_close(&head.headers) {
                    return Ok(Afterwards::KeepAlive);
                }
            }
            Manner::Drip {
                head,
                bytes_per_tick,
                tick,
            } => {
                stream.write_all(&head.to_bytes())?;
                let chunk = format!("{bytes_per_tick:x}\r\n{}\r\n", " ".repeat(bytes_per_tick));
                while pause(tick) {
                    stream.write_all(chunk.as_bytes())?;
                }
            }
            Manner::Raw(bytes) => stream.write_all(&bytes)?,
            Manner::Flood { start, again, most } => {
                stream.write_all(&start)?;
                let mut sent = 0;
                while sent < most && pause(Duration::ZERO) {
                    stream.write_all(&again)?;
                    sent += again.len();
                }
            }
            // Closing a socket that lingers for no time throws the connection away: the peer gets
            // RST, not FIN.
            Manner::Reset => SockRef::from(stream).set_linger(Some(Duration::ZERO))?,
            Manner::Close => {}
            Manner::Hang => while stream.read(&mut [0; 1024])? > 0 {},
        }
        Ok(Afterwards::Close)
    }

    fn new(manner: Manner) -> Self {
        Self {
            delay: Duration::ZERO,
            manner,
        }
    }

    fn reply(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let head = Head::new(status)
            .with("content-type", content_type)
            .with("content-length", &body.len().to_string());
        let sent = body.len();
        Self::new(Manner::Reply { head, body, sent })
    }
}

/// Status line and headers of an answer.
#[derive(Clone, Debug)]
struct Head {
    status: u16,
    headers: BTreeMap<String, String>,
}

impl Head {
    fn new(status: u16) -> Self {
        Self {
            status,
            headers: BTreeMap::new(),
        }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    fn set(&mut self, name: &str, value: &str) {
        self.headers
            .insert(name.to_ascii_lowercase(), value.to_owned());
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("HTTP/1.1 {} \r\n", self.status).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes
    }
}

/// The conversation as Re:amaze would show it after the update, with the wire's differences between
/// asking and showing: assignee and category are objects in an answer.
fn conversation_as_asked(request: &Request) -> Value {
    let asked = &request.body["conversation"];
    let or = |field: &str, otherwise: Value| asked.get(field).cloned().unwrap_or(otherwise);
    let assignee = asked["assignee"]["email"]
        .as_str()
        .map(|email| json!({"name": "Staff User", "email": email}));
    let category = asked["category"].as_str().unwrap_or("support");
    let author = json!({"id": 1, "name": "Jane Customer", "email": "jane@example.org", "data": {}});
    json!({
        "subject": "Knock knock",
        "slug": request.slug,
        "status": or("status", json!(0)),
        "created_at": "2026-01-01T00:00:01.001Z",
        "tag_list": or("tag_list", json!(["joke"])),
        "message": {"body": "Who's there?", "created_at": "2026-01-01T00:00:01.001Z", "visibility": 0},
        "author": author,
        "assignee": assignee,
        "category": {
            "name": "A channel", "slug": category, "email": format!("{category}@example.com"), "channel": 1
        },
        "data": or("data", json!({})),
        "hold_until": or("hold_until", Value::Null),
        "followers": [author],
    })
}
