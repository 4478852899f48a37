//! What is in a report: text of others only as text, no token, and no more than it can hold.

use std::collections::BTreeSet;

use serde_json::json;

use super::runs::{self, HOSTILE};
use crate::support::answer::Answer;
use crate::support::command::Workspace;
use crate::support::page::{expect_words, read, text};
use crate::support::secrets::expect_no_token;
use crate::support::sent::{done, to_out};
use crate::support::server::Server;

/// The most that a report may have, in bytes.
const MOST_BYTES: usize = 5_000_000;

#[test]
fn the_token_is_in_no_report() {
    let server = Server::start(|request| {
        let login = request.headers["authorization"].replace("Basic ", "");
        let text = format!("token {} login {login}", runs::TOKEN);
        Answer::json(422, &json!({ "errors": [text] }))
    });
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    let run = to_out(&workspace, "rows.csv", "--report r.html").against(&server);
    let output = run.env("REAMAZE_API_TOKEN", runs::TOKEN).output();
    assert_eq!(output.status, 1, "{output:#?}");
    assert!(workspace.path().join("r.html").exists());
    expect_no_token(&workspace, &output, "agent@example.com", runs::TOKEN);
}

/// Elements of a page, by their names.
fn elements(html: &str) -> BTreeSet<&str> {
    let tags = html
        .split('<')
        .skip(1)
        .filter(|tag| !tag.starts_with(['/', '!']));
    tags.map(|tag| tag.split([' ', '>']).next().unwrap_or_default())
        .collect()
}

#[test]
fn foreign_text_is_only_text() {
    let run = runs::hostile();
    let (_workspace, preview) = runs::hostile_preview();
    for html in [read(&run.report("--with-subjects")), read(&preview)] {
        expect_only_text(&html);
    }
}

/// Fails the test unless hostile text is in the page, and does nothing there.
fn expect_only_text(html: &str) {
    let usual = read(&runs::resumed().report("--with-subjects"));
    let others: BTreeSet<_> = elements(html)
        .difference(&elements(&usual))
        .copied()
        .collect();
    assert_eq!(others, BTreeSet::new(), "elements that no other report has");
    assert!(!elements(&usual).contains("script"));
    let is_active = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    assert_eq!(html.find(is_active), None);
    let shown = html
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    let shown = shown.replace("&amp;", "&");
    for text in HOSTILE.iter().take(12) {
        expect_words(&shown, &[&format!("<bdi>{text}</bdi>")]);
    }
    expect_words(html, &["\\u{202e}drowkcab", "\\u{0}", "👩‍👩‍👧‍👦"]);
    let policy =
        "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-";
    expect_words(html, &[policy]);
}

#[test]
fn the_largest_run_has_a_report_of_a_few_megabytes_that_says_what_it_leaves_out() {
    for (rows, record, words) in [
        (
            100_000,
            runs::hostile_failure as fn(u64) -> String,
            [
                "0 of 100,000 rows are updated. 100,000 need attention.",
                " of 100,000 rows. Every row is in results.csv",
            ],
        ),
        (
            3_000,
            runs::success,
            [
                "All 3,000 rows are updated.",
                "Showing 1,000 of 3,000 changed rows.",
            ],
        ),
        (
            3_000,
            runs::not_sent,
            [
                "3,000 were not sent.",
                "Showing 1,000 of 3,000 rows. Every row is in results.csv",
            ],
        ),
    ] {
        let html = read(&runs::fabricated(rows, record).report(""));
        assert!(html.len() < MOST_BYTES, "{}", html.len());
        expect_words(&text(&html), &words);
    }
}
