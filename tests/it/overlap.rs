//! Two runs at once: one per account on a machine, and one per run directory.

use std::fs;
use std::sync::mpsc::Sender;

use jiff::Timestamp;

use super::support::answer::Answer;
use super::support::command::{Output, Run, Signal};
use super::support::resumed::cut_short;
use super::support::sent::{Started, command, holding, send, start};
use super::support::server::Server;

/// A run that waits for its first answer, and with it holds its account.
fn held(options: &str) -> (Server, Sender<()>, Started) {
    let (server, release) = holding("a");
    let run = start(&server, &["a", "b"], &format!("--workers 1 {options}"));
    server.wait_for_requests(1);
    run.workspace.write("other.csv", "slug,status\nz,2\n");
    (server, release, run)
}

impl Started {
    /// Another run in the same place, of another file.
    fn beside(&self, options: &str) -> Run {
        let line = format!("run other.csv --yes --rate 500/s {options}");
        command(&self.workspace, &line)
    }
}

/// Fails the test unless the output names the run that is in the way.
fn expect_held(output: &Output, by: &Started, words: &[&str]) {
    assert_eq!(output.status, 5, "{output:#?}");
    let stderr = &output.stderr;
    let holder = [
        by.child.pid().to_string(),
        by.run_dir().display().to_string(),
    ];
    let holder = holder.iter().map(String::as_str);
    for word in holder.chain(words.iter().copied()) {
        assert!(stderr.contains(word), "{word:?} in {stderr}");
    }
    let year = Timestamp::now().strftime("since %Y-").to_string();
    assert!(stderr.contains(&year), "since when: {stderr}");
}

#[test]
fn a_second_run_on_the_account_is_refused_and_told_who_holds_it() {
    let (server, release, run) = held("");
    let output = run.beside("--out second").against(&server).output();
    expect_held(&output, &run, &["--allow-overlap"]);
    assert!(!run.workspace.path().join("second").exists());
    assert_eq!(server.slugs(), ["a"]);
    drop(release);
    run.wait().expect_status(0);
}

#[test]
fn a_second_run_that_may_overlap_goes_on() {
    let (server, release, run) = held("");
    let second = run.beside("--allow-overlap").against(&server);
    assert_eq!(second.output().status, 0);
    drop(release);
    run.wait().expect_status(0);
}

#[test]
fn a_run_that_may_overlap_holds_an_account_that_is_free() {
    let (server, release, run) = held("--allow-overlap");
    let output = run.beside("").against(&server).output();
    expect_held(&output, &run, &["--allow-overlap"]);
    drop(release);
    run.wait().expect_status(0);
}

#[test]
fn an_account_is_an_address_and_a_login() {
    let (server, release, run) = held("");
    let other = Server::start(Answer::echo);
    let slash = format!("{}/", server.base_url());
    let shouted = server.base_url().replace("http", "HTTP");
    for (name, value, status) in [
        ("REAMAZE_EMAIL", "other@example.com".to_owned(), 0),
        ("REAMAZE_BASE_URL", other.base_url(), 0),
        ("REAMAZE_EMAIL", "Agent@Example.com".to_owned(), 5),
        ("REAMAZE_BASE_URL", slash, 5),
        ("REAMAZE_BASE_URL", shouted, 5),
        ("REAMAZE_API_TOKEN", "another-token".to_owned(), 5),
    ] {
        let run = run.beside("").against(&server).env(name, &value);
        let output = run.output();
        assert_eq!(output.status, status, "{value}: {output:#?}");
    }
    drop(release);
    run.wait().expect_status(0);
}

#[test]
fn what_sends_nothing_to_the_account_takes_no_lock() {
    let (server, release, run) = held("");
    for line in [
        "run other.csv --dry-run",
        "run other.csv --sandbox --rate 500/s",
    ] {
        let alone = command(&run.workspace, line);
        let alone = if line.contains("dry") {
            alone.against(&server)
        } else {
            alone
        };
        let output = alone.output();
        assert!([0, 1].contains(&output.status), "{line}: {output:#?}");
    }
    drop(release);
    run.wait().expect_status(0);
}

#[test]
fn no_lock_survives_its_process() {
    let (server, release, run) = held("");
    let sent = run.end_by(Signal::KILL);
    drop(release);
    let (sent, _) = sent.resume(&server, "");
    sent.expect_status(0);
}

#[test]
fn a_lock_lies_in_the_state_directory_and_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = Server::start(Answer::echo);
    let sent = send(&server, &["a"], "");
    let state = sent.workspace.path().with_file_name("home/.local/state");
    let mut locks = fs::read_dir(state.join("reamaze-bulk")).expect("a directory of locks");
    let lock = locks.next().expect("a lock").expect("a lock");
    let mode = lock.metadata().expect("of a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(locks.next().is_none());
}

#[test]
fn a_run_goes_on_without_its_lock_where_none_can_be_written() {
    let server = Server::start(Answer::echo);
    let sent = send(&server, &["a"], "");
    let file = sent.workspace.write("file", "");
    let line = "run rows.csv --yes --rate 500/s";
    let run = command(&sent.workspace, line).against(&server);
    let output = run.env("XDG_STATE_HOME", file.as_os_str()).output();
    assert_eq!(output.status, 0, "{output:#?}");
    assert!(output.stderr.contains("warning"), "{output:#?}");
    let path = file.display().to_string();
    assert!(output.stderr.contains(&path), "{output:#?}");
}

#[test]
fn two_processes_cannot_go_on_with_one_run() {
    let (server, release) = holding("b");
    let sent = cut_short(&server, &["a", "b"], &["updated"], "");
    let results = sent.results();
    let first = sent.start_resume(&server, "");
    server.wait_for_requests(2);
    for options in ["", "--allow-overlap", "--dry-run"] {
        let line = format!("run --resume out --yes {options}");
        let output = command(&first.workspace, &line).against(&server).output();
        expect_held(&output, &first, &[]);
        let now = first.workspace.read("out/results.csv");
        assert_eq!(now, results, "{options}");
    }
    drop(release);
    first.wait().expect_status(0);
}

#[test]
fn a_run_that_still_sends_cannot_be_resumed() {
    let (server, release, run) = held("");
    let line = "run --resume out --yes --allow-overlap";
    let output = command(&run.workspace, line).against(&server).output();
    expect_held(&output, &run, &[]);
    drop(release);
    run.wait().expect_status(0);
}
