//! The samples for cron and systemd do what they say, and a run needs no more than they give it.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::support::answer::Answer;
use super::support::command::{Run, Workspace};
use super::support::sent::{done, holding};
use super::support::server::Server;

/// A sample, as it stands in the sources.
fn sample(name: &str) -> String {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/cron");
    fs::read_to_string(samples.join(name)).expect("a sample")
}

/// The script, for `nightly.csv`.
fn nightly(workspace: &Workspace, server: &Server) -> Run {
    let arguments = ["nightly.csv", "--rate", "500/s", "--workers", "1"];
    workspace
        .sample("cron/nightly.sh", &arguments)
        .against(server)
}

/// Whether the script has noted that there is a run to go on with.
fn has_open_run(workspace: &Workspace) -> bool {
    let noted = fs::read_to_string(workspace.path().join("open-run")).unwrap_or_default();
    workspace
        .path()
        .join(noted.trim())
        .join("run.json")
        .exists()
}

#[test]
fn a_good_night_is_silent() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    for night in 1..=2 {
        workspace.write("nightly.csv", done(&[format!("a-{night}")]));
        let output = nightly(&workspace, &server).output();
        assert_eq!((output.status, output.stderr.as_str()), (0, ""));
        assert!(!has_open_run(&workspace));
    }
    assert_eq!(server.slugs(), ["a-1", "a-2"]);
}

#[test]
fn what_was_left_over_goes_before_the_new_file() {
    let server = Server::start(|request| match (request.slug.as_str(), request.nth) {
        ("old-1", 0) => Answer::text(401, ""),
        _ => Answer::echo(request),
    });
    let workspace = Workspace::new();
    workspace.write("nightly.csv", done(&["old-1", "old-2"]));
    let output = nightly(&workspace, &server).output();
    assert_eq!(output.status, 6, "{output:#?}");
    assert!(output.stderr.contains("login"), "{output:#?}");
    assert!(has_open_run(&workspace));
    workspace.write("nightly.csv", done(&["new"]));
    // A run by hand in between is none of the script's.
    workspace.write("hand.csv", done(&["hand"]));
    let by_hand = workspace.command(&["run", "hand.csv", "--yes", "-q"]);
    assert_eq!(by_hand.against(&server).output().status, 0);
    let before = server.slugs().len();
    let output = nightly(&workspace, &server).output();
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    assert!(!has_open_run(&workspace));
    let mut sent = server.slugs().split_off(before);
    assert_eq!(sent.pop().as_deref(), Some("new"));
    sent.sort();
    assert_eq!(sent, ["old-1", "old-2"]);
}

#[test]
fn a_run_that_is_still_not_at_its_end_stays_the_one_to_go_on_with() {
    let server = Server::start(|request| match request.slug.as_str() {
        "old" => Answer::text(401, ""),
        _ => Answer::echo(request),
    });
    let workspace = Workspace::new();
    workspace.write("nightly.csv", done(&["old"]));
    for _ in 0..3 {
        assert_eq!(nightly(&workspace, &server).output().status, 6);
        assert!(has_open_run(&workspace));
        workspace.write("nightly.csv", done(&["new"]));
    }
    let told = nightly(&workspace, &server).output().stderr;
    assert!(told.contains("nightly.csv was not sent"), "{told}");
    assert_eq!(server.slugs(), ["old"; 4]);
}

#[test]
fn nothing_to_go_on_with_is_no_error() {
    let server = Server::start(Answer::echo);
    for prepare in [&[][..], &["reamaze-runs/.reamaze-bulk-x/input"]] {
        let workspace = Workspace::new();
        workspace.write("nightly.csv", done(&["a"]));
        workspace.write("open-run", "reamaze-runs/nightly-1\n");
        for file in prepare {
            workspace.write(file, "");
        }
        let output = nightly(&workspace, &server).output();
        assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    }
}

#[test]
fn a_night_that_comes_before_the_last_one_is_over_sends_nothing() {
    let (server, release) = holding("a");
    let workspace = Workspace::new();
    workspace.write("nightly.csv", done(&["a"]));
    let first = nightly(&workspace, &server).spawn();
    server.wait_for_requests(1);
    let second = nightly(&workspace, &server).output();
    assert_eq!(second.status, 5, "{second:#?}");
    assert!(second.stderr.contains("another run"), "{second:#?}");
    drop(release);
    assert_eq!(first.wait().status, 0);
    assert!(!has_open_run(&workspace));
    assert_eq!(server.slugs(), ["a"]);
}

#[test]
fn the_limits_of_a_night_are_set_by_its_environment() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    workspace.write("nightly.csv", done(&["a", "b"]));
    for (name, value, status) in [
        ("NIGHTLY_MAX_ROWS", "1", 3),
        ("NIGHTLY_MAX_ROWS", "2", 0),
        ("NIGHTLY_MAX_DURATION", "soon", 2),
    ] {
        let output = nightly(&workspace, &server).env(name, value).output();
        assert_eq!(output.status, status, "{name}={value}: {output:#?}");
    }
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn the_lines_for_cron_and_systemd_are_ones_that_the_script_takes() {
    let cron = sample("crontab");
    let cron = cron.lines().last().expect("a last line");
    let (_, cron) = cron.split_once("./nightly.sh ").expect("the script");
    let service = sample("reamaze-bulk.service");
    let service = service
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let (_, service) = service
        .and_then(|line| line.split_once("/nightly.sh "))
        .expect("the script");
    for line in [cron, &service.replace("%d/", "")] {
        let server = Server::start(Answer::echo);
        let workspace = Workspace::new();
        workspace.write("nightly.csv", done(&["a", "b"]));
        let token = workspace.write("token", "t0ken\n");
        fs::set_permissions(token, fs::Permissions::from_mode(0o600)).expect("a mode");
        let words: Vec<&str> = line.split(' ').collect();
        let run = workspace.sample("cron/nightly.sh", &words).against(&server);
        let output = run.output();
        assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{line}");
        assert_eq!(server.requests().len(), 2);
    }
}

#[test]
fn the_page_on_cron_shows_the_line_of_the_sample() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cron.md");
    let page = fs::read_to_string(page).expect("a page");
    let line = sample("crontab");
    assert!(page.contains(line.lines().last().expect("a last line")));
}

#[test]
fn a_run_needs_neither_a_home_directory_nor_a_terminal_nor_a_path() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    let words = ["run", "rows.csv", "--yes", "-q"];
    let run = workspace.command_after("unset HOME TERM PATH LANG", &words);
    let output = run.against(&server).output();
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
}
