//! Bytes from a connection -> the requests that a test looks at.
//!
//! It reads what an HTTP client of this API sends: heads of up to 64 headers, bodies with a length.
//! Anything else is an error with words, for a test should hear of it; whether a request makes
//! sense is for the test to say.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::ops::Range;
use std::time::Instant;

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The target as on the wire, still percent-encoded, with the query if there is one.
    pub(crate) path: String,
    /// The last segment of the path, percent-decoded.
    pub(crate) slug: String,
    /// By lower-case name; the values of a repeated header are joined by `, `.
    pub(crate) headers: BTreeMap<String, String>,
    /// Null if there is no body or it is not JSON.
    pub(crate) body: Value,
    pub(crate) raw_body: Vec<u8>,
    /// How many requests for this slug came before this one.
    pub(crate) nth: usize,
    /// When the last byte of it had been read.
    pub(crate) at: Instant,
    /// Connections are counted from 0 in the order in which they were accepted.
    pub(crate) connection: usize,
}

impl Request {
    /// Reads one request; `None` if the peer left before it was whole.
    ///
    /// `unread` holds what has come and belongs to later requests. `nth` is for the caller to set.
    pub(crate) fn read(
        mut stream: &TcpStream,
        connection: usize,
        unread: &mut Vec<u8>,
    ) -> Result<Option<Self>, String> {
        let mut chunk = [0; 16 * 1024];
        loop {
            if let Some((mut request, body)) = parse_head(unread, connection)?
                && unread.len() >= body.end
            {
                request.raw_body = unread[body.clone()].to_vec();
                request.body = serde_json::from_slice(&request.raw_body).unwrap_or_default();
                unread.drain(..body.end);
                return Ok(Some(request));
            }
            match stream.read(&mut chunk) {
                Ok(0) => return Ok(None),
                Ok(count) => unread.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Ok(None),
            }
        }
    }

    pub(crate) fn asks_to_close(&self) -> bool {
        says_close(&self.headers)
    }
}

/// Whether these headers, of a request or of an answer, end the connection.
pub(crate) fn says_close(headers: &BTreeMap<String, String>) -> bool {
    headers
        .get("connection")
        .is_some_and(|value| value.eq_ignore_ascii_case("close"))
}

/// The request with all but its body, and where in `bytes` the body is; `None` if the head is not
/// whole yet.
fn parse_head(bytes: &[u8], connection: usize) -> Result<Option<(Request, Range<usize>)>, String> {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut fields);
    let start = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(start)) => start,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => {
            return Err(format!(
                "not an HTTP request: {error}: {}",
                bytes.escape_ascii()
            ));
        }
    };
    let headers = collect_headers(parsed.headers);
    let length = body_length(&headers)?;
    let path = parsed.path.unwrap_or_default().to_owned();
    let request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        slug: slug_in(&path),
        path,
        headers,
        body: Value::Null,
        raw_body: Vec::new(),
        nth: 0,
        at: Instant::now(),
        connection,
    };
    Ok(Some((request, start..start + length)))
}

fn collect_headers(fields: &[httparse::Header]) -> BTreeMap<String, String> {
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for field in fields {
        let value = String::from_utf8_lossy(field.value);
        headers
            .entry(field.name.to_ascii_lowercase())
            .and_modify(|values| *values = format!("{values}, {value}"))
            .or_insert_with(|| value.to_string());
    }
    headers
}

fn body_length(headers: &BTreeMap<String, String>) -> Result<usize, String> {
    if headers.contains_key("transfer-encoding") {
        return Err("a chunked request, which this server does not read".to_owned());
    }
    let Some(length) = headers.get("content-length") else {
        return Ok(0);
    };
    length
        .parse()
        .map_err(|error| format!("content-length {length:?}: {error}"))
}

/// The last segment of a path or address, percent-decoded.
pub(crate) fn slug_in(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let segment = path.rsplit('/').next().unwrap_or_default();
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
