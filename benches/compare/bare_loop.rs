//! The baseline of sending: the same PUTs as fast as threads that share one client can send them,
//! and nothing else. No file is read, nothing is checked, compared or recorded.

#![expect(clippy::expect_used, reason = "a baseline that fails must not count")]

use std::env;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use reqwest::blocking::Client;
use reqwest::header::{ACCEPT, CONTENT_TYPE};

/// `bare_loop ROWS THREADS`
fn main() {
    let mut args = env::args().skip(1).map(|arg| arg.parse::<usize>());
    let mut number = || args.next().expect("ROWS THREADS").expect("a number");
    let (rows, threads) = (number(), number());
    let variable = |name| env::var(name).expect("what the server sets");
    let base_url = variable("REAMAZE_BASE_URL");
    let (email, token) = (variable("REAMAZE_EMAIL"), variable("REAMAZE_API_TOKEN"));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().build().expect("a client");
    let next = AtomicUsize::new(1);
    let send_all = || {
        loop {
            let row = next.fetch_add(1, Ordering::Relaxed);
            if row > rows {
                return;
            }
            let answer = client
                .put(format!("{base_url}/conversations/conversation-{row:07}"))
                .basic_auth(&email, Some(&token))
                .header(ACCEPT, "application/json")
                .header(CONTENT_TYPE, "application/json")
                .body(body(row))
                .send()
                .expect("an answer");
            assert_eq!(answer.status(), 200);
            answer.bytes().expect("the answer's body");
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(send_all);
        }
    });
}

/// What the product sends for the same row of the sample file.
fn body(row: usize) -> String {
    format!(
        r#"{{"conversation":{{"assignee":{{"email":"staff{}@example.com"}},"tag_list":["vip","refund-{}"],"status":2,"data":{{"order":"{row:07}"}}}}}}"#,
        row % 9,
        row % 50
    )
}
