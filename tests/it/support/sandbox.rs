//! `sandbox` as a server of its own, and single requests to it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::command::{Child, Run, Workspace};
use super::sent::command;

/// A sandbox with these options, and where it listens.
pub(crate) fn served(workspace: &Workspace, options: &str) -> (Child, String) {
    let child = command(workspace, &format!("sandbox {options}")).spawn();
    let said = child.wait_for_stdout("\n");
    let (_, address) = said.split_once("http://").expect("an address");
    let (address, _) = address.split_once("/api").expect("an address of the API");
    let address = address.to_owned();
    (child, address)
}

/// Points the binary at a served sandbox.
pub(crate) fn at(run: Run, address: &str) -> Run {
    run.env("REAMAZE_BASE_URL", format!("http://{address}/api/v1"))
        .env("REAMAZE_EMAIL", "me@example.com")
        .env("REAMAZE_API_TOKEN", "s3cret")
}

/// Sends one request, as `me@example.com` with the token `s3cret`, and waits for its answer.
pub(crate) fn send(address: &str, line: &str, body: &str) -> Value {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\
         Authorization: Basic bWVAZXhhbXBsZS5jb206czNjcmV0\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    serde_json::from_str(body).expect("JSON")
}

/// The conversation that a GET shows.
pub(crate) fn conversation(address: &str, slug: &str) -> Value {
    send(address, &format!("GET /api/v1/conversations/{slug}"), "")
}

/// What is answered to a PUT of these attributes.
pub(crate) fn put(address: &str, slug: &str, attributes: &Value) -> Value {
    let body = json!({ "conversation": attributes }).to_string();
    send(address, &format!("PUT /api/v1/conversations/{slug}"), &body)
}
