//! A preview against the account reads every conversation once and changes nothing; and it counts what
//! would become of each row.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::support::account::Account;
use super::support::answer::Answer;
use super::support::command::Workspace;
use super::support::online::{both, csv, document, figure, files, online, outcomes, reads};
use super::support::sent::numbered;
use super::support::server::Server;

#[test]
fn each_conversation_is_read_once_and_nothing_is_left_behind() {
    let slugs = numbered("row-", 30);
    let account = Account::new(slugs.iter().map(|slug| (slug.as_str(), json!({}))));
    let server = account.serve();
    let workspace = Workspace::new();
    // The last row asks for no change.
    let rows = csv("slug,add_tags", &slugs, "vip") + "left-out,[]\n";
    workspace.write("rows.csv", rows);
    let before = files(&workspace);
    for (nth, options) in ["", "--json", "--read-first --workers 7"]
        .iter()
        .enumerate()
    {
        let output = online(&workspace, "rows.csv", options)
            .against(&server)
            .output();
        assert_eq!(output.status, 0, "{output:#?}");
        let mut expected = vec![slugs.clone(); nth + 1].concat();
        expected.sort();
        assert_eq!(reads(&server), expected);
        assert_eq!(files(&workspace), before);
    }
    let untouched = Account::new(slugs.iter().map(|slug| (slug.as_str(), json!({}))));
    for slug in &slugs {
        assert_eq!(account.show(slug), untouched.show(slug));
    }
}

#[test]
fn a_server_that_is_slow_busy_or_broken_is_only_read() {
    let account = Account::new([
        ("fine", json!({})),
        ("slow", json!({})),
        ("busy", json!({})),
        ("broken", json!({})),
        ("reset", json!({})),
        ("cut", json!({})),
        ("guarded", json!({"status": 4})),
    ]);
    let answering = Arc::clone(&account);
    let server = Server::start(move |request| {
        let answer = answering.answer(request);
        match (request.slug.as_str(), request.nth) {
            ("slow", _) => answer.delay(Duration::from_millis(300)),
            ("busy", 0) => Answer::text(429, "").header("Retry-After", "1"),
            ("broken", 0) => Answer::text(503, ""),
            ("reset", 0) => Answer::reset(),
            ("cut", 0) => Answer::cut(200, "{\"status\": 0}", 5),
            ("lost", _) => Answer::text(500, ""),
            _ => answer,
        }
    });
    let workspace = Workspace::new();
    let slugs = [
        "fine", "slow", "busy", "broken", "reset", "cut", "lost", "guarded", "gone",
    ];
    workspace.write(
        "rows.csv",
        csv("slug,status,expect.status", &slugs, "2,open"),
    );
    let run = online(&workspace, "rows.csv", "--json --retries 1 --workers 1");
    let output = run.against(&server).output();
    assert_eq!(output.status, 1, "{output:#?}");
    let mut expected = [&slugs[..], &["busy", "broken", "reset", "cut", "lost"]].concat();
    expected.sort_unstable();
    assert_eq!(reads(&server), expected);
    // Nobody asks before the server wants it, whoever's turn it is.
    let requests = server.requests();
    let busy = requests.iter().position(|request| request.slug == "busy");
    let busy = busy.expect("it was read");
    let waited = requests[busy + 1].at - requests[busy].at;
    assert!(waited >= Duration::from_millis(950), "{waited:?}");
    let shown = document(&output);
    assert_eq!(
        outcomes(&shown),
        [
            "fine would_change",
            "slow would_change",
            "busy would_change",
            "broken would_change",
            "reset would_change",
            "cut would_change",
            "lost failed",
            "guarded conflict",
            "gone not_found",
        ]
    );
    assert_eq!(shown["online"]["read"], 9);
}

#[test]
fn what_would_become_of_each_row_is_counted_and_shows_in_the_exit_status() {
    let there = || {
        [
            ("open", json!({})),
            ("done", json!({"status": 2})),
            ("spam", json!({"status": "Spam"})),
        ]
    };
    let account = Account::new(there());
    let answering = Arc::clone(&account);
    let server = Server::start(move |request| match request.slug.as_str() {
        "odd" => Answer::text(400, "no such thing"),
        "page" => Answer::html(200, "<h1>Please log in</h1>"),
        _ => answering.answer(request),
    });
    let header = "slug,status,expect.status\n";
    for (rows, status, counts) in [
        ("open,2,\nspam,2,spam\n", 0, [2, 0, 0, 0, 0]),
        ("done,2,\nopen,2,open\n", 0, [1, 1, 0, 0, 0]),
        ("done,2,\n", 0, [0, 1, 0, 0, 0]),
        ("open,2,\ngone,2,\n", 1, [1, 0, 0, 1, 0]),
        ("open,2,done\ndone,2,\n", 1, [0, 1, 1, 0, 0]),
        ("odd,2,\nopen,2,\n", 1, [1, 0, 0, 0, 1]),
        (
            "open,2,\ndone,2,\nspam,2,open\ngone,2,\nodd,2,\n",
            1,
            [1, 1, 1, 1, 1],
        ),
    ] {
        let (shown, page) = both(&server, "rows.csv", &format!("{header}{rows}"), "");
        assert_eq!(page.status, status, "{rows}: {page:#?}");
        assert_eq!(shown["exit_status"], status);
        let names = [
            "would_change",
            "unchanged",
            "conflict",
            "not_found",
            "failed",
        ];
        let in_page = [
            "would change",
            "already as requested",
            "conflict",
            "not found",
            "not readable",
        ];
        for ((name, words), count) in names.iter().zip(in_page).zip(counts) {
            assert_eq!(shown["online"][*name], count, "{rows}: {name}");
            // What is not there is not on the page.
            let there = (count > 0).then_some(count);
            assert_eq!(figure(&page.stdout, words), there, "{}", page.stdout);
        }
    }
    let (shown, page) = both(
        &server,
        "rows.csv",
        "slug,status\nopen,2\npage,2\n",
        "--retries 0",
    );
    assert_eq!(outcomes(&shown), ["open would_change", "page failed"]);
    assert_eq!((page.status, &shown["exit_status"]), (1, &json!(1)));
    assert!(page.stdout.contains("page"), "{}", page.stdout);
    // Only answers that show the conversation count as read.
    let read = "read 1 of 2 conversations in ";
    assert!(page.stdout.contains(read), "{}", page.stdout);
    assert!(page.stdout.contains(", 1 not readable;"), "{}", page.stdout);
    reads(&server);
}

#[test]
fn invalid_rows_are_not_read_and_the_others_only_if_they_may_be_skipped() {
    let account = Account::new([("a", json!({})), ("b", json!({}))]);
    let server = account.serve();
    for rows in [
        "slug,status\na,2\nb,nope\n",
        "slug,status\na,2\na,4\n",
        "slug,colour\na,red\n",
    ] {
        let (shown, page) = both(&server, "rows.csv", rows, "");
        assert_eq!(
            (page.status, &shown["exit_status"]),
            (3, &json!(3)),
            "{rows}"
        );
        assert!(shown["online"].is_null(), "{shown}");
        assert_ne!(shown["violations"], json!([]));
    }
    assert_eq!(reads(&server), [""; 0]);
    let rows = "slug,status\na,2\nbad,nope\nb,2\n";
    let (shown, page) = both(&server, "rows.csv", rows, "--skip-invalid");
    assert_eq!(
        (page.status, &shown["exit_status"]),
        (3, &json!(3)),
        "{page:#?}"
    );
    assert_eq!(
        outcomes(&shown),
        ["a would_change", "bad invalid", "b would_change"]
    );
    assert_eq!(
        figure(&page.stdout, "would change"),
        Some(2),
        "{}",
        page.stdout
    );
    assert!(page.stdout.contains("nope"), "{}", page.stdout);
    assert_eq!(reads(&server), ["a", "a", "b", "b"]);
}

#[test]
fn a_sample_is_spread_evenly_and_always_the_same() {
    let slugs = numbered("row-", 100);
    let account = Account::new(slugs.iter().map(|slug| (slug.as_str(), json!({}))));
    let server = account.serve();
    // Rows without a change are none of it.
    let lines = slugs.iter().map(|slug| format!("{slug},vip\n-{slug},[]\n"));
    let rows = format!("slug,add_tags\n{}", lines.collect::<String>());
    let (shown, page) = both(&server, "rows.csv", &rows, "--sample 10 --workers 1");
    assert_eq!(page.status, 0, "{page:#?}");
    let asked = server.slugs();
    assert_eq!(reads(&server).len(), 20);
    assert_eq!(asked[..10], asked[10..]);
    let number = |slug: &String| slug["row-".len()..].parse::<usize>().expect("a number");
    let numbers: Vec<_> = asked[..10].iter().map(number).collect();
    // One of each ten, at no fixed distance: a file may have rows of a kind at equal distances.
    let first = numbers.first().map_or(0, |first| first - first % 10);
    let tens = numbers.iter().map(|number| (number - first) / 10);
    assert_eq!(tens.collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
    assert!(
        numbers.windows(2).any(|pair| pair[1] - pair[0] != 10),
        "{numbers:?}"
    );
    let read = "read 10 of 100 conversations in ";
    assert!(page.stdout.contains(read), "{}", page.stdout);
    assert_eq!(figure(&page.stdout, "would change"), Some(10));
    assert_eq!(figure(&page.stdout, "no change requested"), Some(100));
    assert_eq!(figure(&page.stdout, "already as requested"), None);
    let online = &shown["online"];
    assert_eq!(
        [&online["sample_of"], &online["read"]],
        [&json!(100), &json!(10)]
    );
    assert_eq!(online["rows"].as_array().map(Vec::len), Some(200));
    // More than there are is all of them.
    let (shown, page) = both(&server, "rows.csv", &rows, "--sample 1000");
    assert_eq!((page.status, &shown["online"]["read"]), (0, &json!(100)));
    // What it has not looked at is no failure, what it finds is.
    account.change(&asked[9], json!({"tag_list": "vip"}));
    let (_, page) = both(&server, "rows.csv", &rows, "--sample 10");
    assert_eq!(page.status, 1, "{page:#?}");
}
