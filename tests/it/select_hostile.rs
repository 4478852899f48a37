//! Servers that do not list as documented: a selection is whole, or says what is wrong with it, or there is
//! no file; it always ends, and the token goes nowhere else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::support::answer::Answer;
use super::support::command::{Output, Workspace};
use super::support::generated::conversations;
use super::support::moving::{Habits, MovingAccount, PAGE, parameters};
use super::support::request::Request;
use super::support::selected::{counted, select, selected};
use super::support::sent::tree;
use super::support::server::Server;

/// The body of that page of a list that does not change.
fn body(all: &[Value], request: &Request) -> Value {
    let (_, query) = request.path.split_once('?').unwrap_or_default();
    let page = parameters(query)
        .get("page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1_usize);
    let entries: Vec<&Value> = all.iter().skip((page - 1) * PAGE).take(PAGE).collect();
    json!({
        "page_size": PAGE, "page_count": all.len().div_ceil(PAGE), "total_count": all.len(),
        "conversations": entries,
    })
}

/// What is done to a page.
type Spoil = fn(&mut Value);

/// A server of 100 conversations whose pages are spoiled.
fn spoiled(spoil: impl Fn(&mut Value, &Request) + Send + Sync + 'static) -> Server {
    let all = conversations(21, 100);
    Server::start(move |request| {
        let mut body = body(&all, request);
        spoil(&mut body, request);
        Answer::json(200, &body)
    })
}

/// What ended with 6 and left nothing.
fn expect_nothing(workspace: &Workspace, output: &Output, reason: &str) {
    assert_eq!(output.status, 6, "{reason}: {output:?}");
    assert!(output.stderr.contains(reason), "{reason}: {output:?}");
    assert!(!output.stderr.contains("panic"), "{output:?}");
    let left = tree(workspace.path());
    assert!(left.is_empty(), "{reason}: {left:?}");
}

#[test]
fn counts_that_lie_or_lack_do_not_hide_conversations() {
    let spoils: [(&str, Spoil); 8] = [
        ("no counts", |page| {
            for name in ["page_count", "total_count", "page_size"] {
                page.as_object_mut().expect("a page").remove(name);
            }
        }),
        ("no total", |page| {
            drop(page.as_object_mut().expect("a page").remove("total_count"));
        }),
        ("no pages", |page| page["page_count"] = Value::Null),
        ("text", |page| page["page_count"] = json!("4")),
        ("another size", |page| page["page_size"] = json!(1)),
        ("nonsense", |page| page["page_count"] = json!(-1)),
        ("fraction", |page| page["total_count"] = json!(100.0)),
        ("too many pages", |page| page["page_count"] = json!(9)),
    ];
    for (name, spoil) in spoils {
        let server = spoiled(move |page, _| spoil(page));
        let workspace = Workspace::new();
        let (output, rows) = selected(&workspace, &server, "");
        assert_eq!(rows.len(), 100, "{name}: {output:?}");
        assert_eq!(output.status, 0, "{name}: {output:?}");
        assert!(
            server.requests().len() < 30,
            "{name}: {}",
            server.requests().len()
        );
    }
}

#[test]
fn a_list_that_has_less_than_it_counts_is_written_with_a_warning() {
    let spoils: [(&str, Spoil); 3] = [
        ("too few pages", |page| page["page_count"] = json!(2)),
        ("too many counted", |page| page["total_count"] = json!(150)),
        ("too few counted", |page| page["total_count"] = json!(50)),
    ];
    for (name, spoil) in spoils {
        let server = spoiled(move |page, _| spoil(page));
        let workspace = Workspace::new();
        let (output, rows) = selected(&workspace, &server, "");
        assert!(rows.len() >= 60, "{name}: {output:?}");
        assert!(counted(&rows).values().all(|count| *count == 1), "{name}");
        assert_eq!(output.status, 1, "{name}: {output:?}");
        let total = if name == "too few pages" { 100 } else { 150 };
        let total = if name == "too few counted" { 50 } else { total };
        let told = format!(
            "warning: the server counts {total} conversations, but lists {}\n",
            rows.len()
        );
        assert!(output.stderr.contains(&told), "{name}: {output:?}");
        assert!(!output.stderr.contains("changed"), "{name}: {output:?}");
    }
}

#[test]
fn a_list_that_counts_too_few_pages_and_no_conversations_is_read_to_its_end() {
    let server = spoiled(|page, _| {
        drop(page.as_object_mut().expect("a page").remove("total_count"));
        page["page_count"] = json!(2);
    });
    let workspace = Workspace::new();
    let (output, rows) = selected(&workspace, &server, "");
    assert_eq!((output.status, rows.len()), (0, 100), "{output:?}");
}

#[test]
fn what_an_entry_does_not_show_decides_nothing() {
    let server = spoiled(|page, _| {
        let entries = page["conversations"].as_array_mut().expect("a list");
        for (name, entry) in ["tag_list", "status"].iter().zip(entries) {
            drop(entry.as_object_mut().expect("an entry").remove(*name));
        }
    });
    for filter in [
        "--without-tag nobody-has-this",
        "--status open --status done",
    ] {
        let workspace = Workspace::new();
        let (output, _) = selected(&workspace, &server, filter);
        assert_eq!(output.status, 1, "{filter}: {output:?}");
        let told = "warning: 4 conversations not written: the list does not show";
        assert!(output.stderr.contains(told), "{filter}: {output:?}");
    }
    // Nor is it taken for empty by a preview: such a row does not say when it was read.
    let workspace = Workspace::new();
    let (output, rows) = selected(&workspace, &server, "");
    assert_eq!((output.status, rows.len()), (0, 100), "{output:?}");
    let timeless = rows.iter().filter(|row| row.get("_read_at").is_none());
    assert_eq!(timeless.count(), 8);
}

#[test]
fn after_a_pause_a_broken_connection_is_not_called_rate_limiting() {
    let requests = AtomicUsize::new(0);
    let server = Server::start(move |_| match requests.fetch_add(1, Ordering::Relaxed) {
        0 => Answer::json(429, &json!({})).header("retry-after", "1"),
        _ => Answer::reset(),
    });
    let workspace = Workspace::new();
    let output = select(&workspace, &server, "-o out.csv --retries 1").output();
    expect_nothing(&workspace, &output, "the server is down or too slow");
    assert!(!output.stderr.contains("HTTP 429:"), "{output:?}");
}

#[test]
fn a_list_without_an_end_is_noticed() {
    let all = conversations(22, 30);
    let first = Arc::new(all);
    let spoils: [Spoil; 3] = [
        |_| (),
        |page| page["page_count"] = json!(u64::MAX),
        |page| drop(page.as_object_mut().expect("a page").remove("page_count")),
    ];
    for (number, spoil) in spoils.into_iter().enumerate() {
        let first = Arc::clone(&first);
        let server = Server::start(move |_| {
            let mut page = json!({
                "page_size": 30, "page_count": 100, "total_count": 3000, "conversations": *first,
            });
            spoil(&mut page);
            Answer::json(200, &page)
        });
        let workspace = Workspace::new();
        let output = select(&workspace, &server, "-o out.csv").output();
        expect_nothing(&workspace, &output, "does not end");
        assert!(
            server.requests().len() < 200,
            "{number}: {}",
            server.requests().len()
        );
    }
}

#[test]
fn an_entry_without_a_slug_is_counted_and_not_written() {
    let server = spoiled(|page, _| {
        for entry in page["conversations"]
            .as_array_mut()
            .expect("a list")
            .iter_mut()
            .take(2)
        {
            drop(entry.as_object_mut().expect("an entry").remove("slug"));
        }
    });
    let workspace = Workspace::new();
    let (output, rows) = selected(&workspace, &server, "");
    assert_eq!((output.status, rows.len()), (1, 92), "{output:?}");
    assert!(
        output
            .stderr
            .contains("8 conversations listed without a slug"),
        "{output:?}"
    );
}

#[test]
fn entries_that_are_none_are_counted_too() {
    let entries = [
        json!(null),
        json!("text"),
        json!({"slug": null}),
        json!({"slug": 7}),
        json!({"slug": ""}),
        json!([]),
    ];
    for entry in entries {
        let spoil = entry.clone();
        let server = spoiled(move |page, _| page["conversations"][0] = spoil.clone());
        let workspace = Workspace::new();
        let (output, rows) = selected(&workspace, &server, "");
        let lacking = 100 - rows.len();
        assert!(
            (1..=4).contains(&lacking) && output.status == 1,
            "{entry}: {lacking} {output:?}"
        );
    }
}

#[test]
fn slugs_that_no_input_may_have_are_not_written_and_those_of_digits_are_pointed_out() {
    let strange = [".", "..", "a/b", "a b", "a\nb", "\u{1b}[2J"];
    let server = spoiled(move |page, request| {
        if request.path.ends_with("page=1") {
            for (entry, slug) in page["conversations"]
                .as_array_mut()
                .expect("a list")
                .iter_mut()
                .zip(strange)
            {
                entry["slug"] = json!(slug);
            }
        }
    });
    let workspace = Workspace::new();
    let (output, rows) = selected(&workspace, &server, "");
    assert_eq!((output.status, rows.len()), (1, 94), "{output:?}");
    assert!(
        output.stderr.contains("6 conversations with a slug"),
        "{output:?}"
    );

    let server = spoiled(|page, _| {
        for (number, entry) in page["conversations"]
            .as_array_mut()
            .expect("a list")
            .iter_mut()
            .enumerate()
            .take(1)
        {
            entry["slug"] = json!(format!(
                "{}{number}",
                entry["created_at"].as_str().expect("a time")[..10].replace('-', "")
            ));
        }
    });
    let workspace = Workspace::new();
    let output = select(&workspace, &server, "-o out.csv").output();
    assert_eq!(output.status, 0, "{output:?}");
    assert!(output.stderr.contains("spreadsheet"), "{output:?}");
}

#[test]
fn what_is_no_list_leaves_no_file() {
    type Bad = fn() -> Answer;
    let bad: [(&str, Bad); 9] = [
        ("<h1>Sign in", || {
            Answer::html(200, "<html><h1>Sign in</h1></html>")
        }),
        ("HTTP 200 without conversations", || {
            Answer::json(200, &json!({"articles": []}))
        }),
        ("HTTP 200 without conversations", || {
            Answer::json(200, &json!([]))
        }),
        ("HTTP 404", || {
            Answer::json(404, &json!({"error": "Not Found"}))
        }),
        ("HTTP 401", || {
            Answer::json(401, &json!({"error": "Unauthorized"}))
        }),
        ("HTTP 403", || {
            Answer::json(403, &json!({"error": "Forbidden"}))
        }),
        ("HTTP 500", || Answer::json(500, &json!({"error": "oh no"}))),
        ("", || {
            Answer::cut(200, r#"{"page_size": 30, "conversations": []}"#, 20)
        }),
        ("", Answer::reset),
    ];
    for (reason, answer) in bad {
        for from in [0, 3] {
            let all = conversations(23, 300);
            let server = Server::start(move |request| {
                let (_, query) = request.path.split_once('?').unwrap_or_default();
                let page: usize = parameters(query)
                    .get("page")
                    .and_then(|page| page.parse().ok())
                    .unwrap_or(1);
                if page > from {
                    answer()
                } else {
                    Answer::json(200, &body(&all, request))
                }
            });
            let workspace = Workspace::new();
            let output = select(&workspace, &server, "-o out.csv --retries 1").output();
            let reason = if reason.starts_with('<') {
                "Sign in"
            } else {
                reason
            };
            expect_nothing(&workspace, &output, reason);
        }
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(|_| Answer::json(200, &json!({"conversations": []})));
    let target = format!("{}/conversations?page=1", elsewhere.base_url());
    let server = Server::start(move |_| Answer::json(302, &json!({})).header("location", &target));
    let workspace = Workspace::new();
    let output = select(&workspace, &server, "-o out.csv").output();
    expect_nothing(&workspace, &output, "302");
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn a_page_that_never_ends_is_given_up() {
    let flood = r#"{"slug":"a","subject":"growing"},"#;
    let server = Server::start(move |_| {
        let start = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"conversations\":[";
        Answer::flood(start, flood, 1 << 30)
    });
    let workspace = Workspace::new();
    let output = select(&workspace, &server, "-o out.csv --retries 0 --workers 1").output();
    expect_nothing(&workspace, &output, "");
    assert!(output.peak_bytes < 300 << 20, "{} bytes", output.peak_bytes);

    let server = Server::start(|_| Answer::drip(10, Duration::from_millis(20)));
    let workspace = Workspace::new();
    let output = select(&workspace, &server, "-o out.csv --retries 0 --timeout 1s").output();
    expect_nothing(&workspace, &output, "");
}

#[test]
fn what_a_list_says_is_not_trusted_on_the_terminal() {
    let server =
        Server::start(|_| Answer::json(422, &json!({"error": "\u{1b}[2Jtest-token\u{202e}"})));
    let workspace = Workspace::new();
    let output = select(&workspace, &server, "-o out.csv").output();
    expect_nothing(&workspace, &output, "HTTP 422");
    assert!(
        !output.stderr.contains("test-token") && !output.stderr.contains('\u{1b}'),
        "{output:?}"
    );
}

#[test]
fn an_account_that_counts_nothing_is_read_to_its_end() {
    let habits = Habits {
        counts: false,
        ..Habits::default()
    };
    for count in [0, 29, 30, 31, 95] {
        let account = Arc::new(MovingAccount::new(habits, conversations(24, count)));
        let server = account.serve();
        let workspace = Workspace::new();
        let (output, rows) = selected(&workspace, &server, "");
        assert_eq!((output.status, rows.len()), (0, count), "{output:?}");
    }
}
