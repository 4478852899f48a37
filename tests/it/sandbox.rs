//! The sandbox as a server of its own: what it logs of each request, and what it keeps to itself.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::support::command::{Child, Signal, Workspace};
use super::support::sandbox::{send, served};

fn stopped(child: Child) -> String {
    child.signal(Signal::INT);
    let output = child.wait();
    assert_eq!(output.status, 130, "{output:?}");
    output.stderr
}

#[test]
fn each_request_is_logged_in_a_line_without_credentials() {
    let workspace = Workspace::new();
    let (child, address) = served(&workspace, "");
    for line in [
        "GET /api/v1/conversations/knock-knock",
        "PUT /api/v1/conversations/missing-one",
        "GET /nowhere?token=s3cret",
        "GET /%1b[2J%0a",
    ] {
        send(&address, line, "");
    }
    let told = stopped(child);
    let is_of_a_request = |line: &&str| !line.contains("is listening");
    let lines: Vec<&str> = told.lines().filter(is_of_a_request).collect();
    let expected = [
        "GET /api/v1/conversations/knock-knock 200",
        "PUT /api/v1/conversations/missing-one 404",
        "GET /nowhere 404",
        "GET /%1b[2J%0a 404",
    ];
    assert_eq!(lines.len(), expected.len(), "{told}");
    for (line, expected) in lines.iter().zip(expected) {
        let (time, rest) = line.split_once(' ').expect("a time");
        assert!(time.ends_with('Z') && time.contains('T'), "{line}");
        let (what, took) = rest.rsplit_once(' ').expect("a duration");
        assert_eq!(what, expected);
        let took = took.strip_suffix("ms").expect("milliseconds");
        took.parse::<u64>().expect("a number");
    }
    assert!(!told.contains("s3cret") && !told.contains("bWVA"), "{told}");
}

#[test]
fn a_client_that_leaves_before_its_answer_is_logged_too() {
    let workspace = Workspace::new();
    let (child, address) = served(&workspace, "--latency 20s");
    let mut stream = TcpStream::connect(&address).expect("a connection");
    let timeout = Some(Duration::from_millis(100));
    stream.set_read_timeout(timeout).expect("a time");
    let request = "GET /x HTTP/1.1\r\nHost: sandbox\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("a request");
    // Until then the request has arrived; the answer has not.
    stream.read(&mut [0; 1]).expect_err("no answer yet");
    drop(stream);
    child.wait_for_stderr("GET /x client disconnected ");
    stopped(child);
}

#[test]
fn a_quiet_sandbox_says_where_it_is_and_nothing_else() {
    let workspace = Workspace::new();
    let (child, address) = served(&workspace, "-q");
    send(&address, "GET /api/v1/conversations/knock-knock", "");
    assert_eq!(stopped(child), "");
}
