//! Lists that move while they are selected: every conversation that stayed is in the file exactly once,
//! whatever happens to the others and to the requests, and the exit code says whether it was calm.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::support::answer::Answer;
use super::support::command::{Output, Workspace};
use super::support::generated::conversations;
use super::support::moving::{Habits, Happening, MovingAccount, PageRequest, slug};
use super::support::request::Request;
use super::support::selected::{counted, selected};
use super::support::server::Server;

/// Conversations of an account: a hundred pages.
const COUNT: usize = 3000;

fn account(seed: u64, happenings: &[Happening], left: usize) -> Arc<MovingAccount> {
    let habits = Habits {
        oldest_first: seed.is_multiple_of(2),
        ..Habits::default()
    };
    let account = MovingAccount::new(habits, conversations(seed, COUNT));
    Arc::new(account.moving(seed, happenings, left))
}

/// The conversations that stayed and are not in the file; none may be in it twice.
fn missing(
    workspace: &Workspace,
    server: &Server,
    account: &MovingAccount,
) -> (Output, Vec<String>) {
    let (output, rows) = selected(workspace, server, "");
    let counts = counted(&rows);
    let repeated: Vec<_> = counts.iter().filter(|(_, count)| **count != 1).collect();
    assert!(repeated.is_empty(), "{repeated:?}");
    let stayed = account.stayed();
    let missing = stayed.keys().filter(|slug| !counts.contains_key(*slug));
    let missing = missing.cloned().collect();
    for row in &rows {
        if let Some(conversation) = stayed.get(&slug(row)) {
            assert_eq!(row["_tags"], conversation["tag_list"], "{row}");
            assert_eq!(row["_subject"], conversation["subject"], "{row}");
        }
    }
    (output, missing)
}

#[test]
fn what_stayed_is_selected_once_and_a_list_that_calms_down_is_a_success() {
    for seed in 0..3 {
        let account = account(seed, &Happening::ALL, 80);
        let server = account.serve();
        let workspace = Workspace::new();
        let (output, missing) = missing(&workspace, &server, &account);
        assert!(missing.is_empty(), "{seed}: {missing:?} {output:?}");
        assert_eq!(output.status, 0, "{seed}: {output:?}");
        assert!(output.stderr.contains("reading it again"), "{output:?}");
        // A calm pass has shown what there is now.
        let rows = super::support::selected::rows(&workspace, "out.jsonl");
        let found: BTreeSet<String> = rows.iter().map(slug).collect();
        assert_eq!(found, account.slugs(), "{seed}");
    }
}

#[test]
fn a_list_that_never_rests_is_written_with_a_warning_in_numbers() {
    for (seed, happening) in (0..).zip(Happening::ALL) {
        let account = account(seed, &[happening], usize::MAX);
        let server = account.serve();
        let workspace = Workspace::new();
        let (output, missing) = missing(&workspace, &server, &account);
        assert!(missing.is_empty(), "{happening:?}: {missing:?} {output:?}");
        let is_seen = match happening {
            Happening::Arrives | Happening::IsDeleted | Happening::IsMoved => true,
            // A list of all has them still.
            Happening::IsArchived | Happening::IsWrittenTo => false,
        };
        assert_eq!(
            output.status,
            i32::from(is_seen),
            "{happening:?}: {output:?}"
        );
        let warning = output.stderr.contains("changed while being read (");
        assert_eq!(warning, is_seen, "{output:?}");
    }
}

#[test]
fn what_stayed_is_selected_once_from_a_list_in_which_everything_goes_on() {
    for seed in 0..3 {
        let account = account(seed, &Happening::ALL, usize::MAX);
        let server = account.serve();
        let workspace = Workspace::new();
        let (output, missing) = missing(&workspace, &server, &account);
        assert!(missing.is_empty(), "{seed}: {missing:?} {output:?}");
        assert_eq!(output.status, 1, "{seed}: {output:?}");
    }
}

#[test]
fn a_calm_list_is_read_once_in_one_request_for_each_page() {
    let account = account(1, &[], 0);
    let server = account.serve();
    let workspace = Workspace::new();
    let (output, missing) = missing(&workspace, &server, &account);
    assert_eq!((output.status, missing), (0, Vec::new()), "{output:?}");
    let pages: Vec<usize> = account.pages().iter().map(PageRequest::page).collect();
    let mut sorted = pages.clone();
    sorted.sort_unstable();
    // The list may be asked for what is behind its end.
    sorted.retain(|page| *page <= COUNT / 30);
    assert_eq!(sorted, (1..=COUNT / 30).collect::<Vec<_>>());
    assert!(pages.len() <= COUNT / 30 + 1, "{pages:?}");
}

/// Answers one request in `every` with trouble, of each kind in turn.
fn troubled(account: &Arc<MovingAccount>, every: usize) -> Server {
    let account = Arc::clone(account);
    let requests = AtomicUsize::new(0);
    Server::start(move |request: &Request| {
        let number = requests.fetch_add(1, Ordering::Relaxed);
        if !number.is_multiple_of(every) {
            return account.answer(request);
        }
        match number / every % 6 {
            0 => Answer::json(500, &json!({"error": "oh no"})),
            1 => Answer::reset(),
            2 => Answer::cut(200, r#"{"page_size": 30, "conversations": []}"#, 20),
            3 => Answer::json(429, &json!({})).header("retry-after", "1"),
            4 => Answer::html(502, "<html><h1>Bad Gateway</h1></html>"),
            _ => Answer::close(),
        }
    })
}

#[test]
fn retries_and_throttling_lose_and_repeat_nothing() {
    for (seed, left) in [(1, 0), (2, 30), (3, 30)] {
        let account = account(seed, &Happening::ALL, left);
        let server = troubled(&account, 20);
        let workspace = Workspace::new();
        let (output, missing) = missing(&workspace, &server, &account);
        assert!(missing.is_empty(), "{seed}: {missing:?} {output:?}");
        assert_eq!(output.status, 0, "{seed}: {output:?}");
    }
}
