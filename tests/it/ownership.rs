//! What other users of the machine can write is not followed: run directories, locks,
//! configurations. The owners themselves are for the unit tests: to change one takes root.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::support::answer::Answer;
use super::support::command::{Output, Workspace};
use super::support::resumed::cut_short;
use super::support::sent::{Sent, command, done, send, tree};
use super::support::server::Server;

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a file of ours");
}

fn mode(path: &Path) -> u32 {
    let metadata = fs::metadata(path).expect("a file");
    metadata.permissions().mode() & 0o7777
}

fn pipe(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a named pipe");
}

/// Two rows, of which one is left.
fn one_left(server: &Server) -> Sent {
    cut_short(server, &["a", "b"], &["updated"], "")
}

/// Goes on with `out`, which is refused: nothing is sent, and nothing changes.
fn expect_refused(sent: &Sent, server: &Server, status: i32, words: &[&str]) -> Output {
    let (before, requests) = (tree(sent.workspace.path()), server.requests().len());
    let output = sent.resumption("").against(server).output();
    assert_eq!(output.status, status, "{words:?}: {output:#?}");
    for word in words {
        assert!(output.stderr.contains(word), "{word:?} in {output:#?}");
    }
    assert_eq!(tree(sent.workspace.path()), before);
    assert_eq!(server.requests().len(), requests, "{words:?}");
    output
}

#[test]
fn a_file_of_a_run_that_is_a_link_is_not_followed() {
    let server = Server::start(Answer::echo);
    for name in ["run.json", "results.csv", "input.csv"] {
        let sent = one_left(&server);
        let (file, kept) = (sent.run_dir.join(name), sent.workspace.path().join("kept"));
        fs::rename(&file, &kept).expect("a file is moved");
        let before = fs::read(&kept).expect("a file");
        symlink(&kept, &file).expect("a link");
        expect_refused(&sent, &server, 2, &[name, "symbolic link"]);
        assert_eq!(fs::read(&kept).expect("a file"), before, "{name}");
    }
}

#[test]
fn a_file_of_a_run_that_is_no_file_is_refused_and_not_waited_for() {
    let server = Server::start(Answer::echo);
    for name in ["run.json", "results.csv", "input.csv"] {
        for (make, what) in [
            (pipe as fn(&Path), "named pipe"),
            (
                |path| fs::create_dir(path).expect("a directory"),
                "irectory",
            ),
        ] {
            let sent = one_left(&server);
            let file = sent.run_dir.join(name);
            fs::remove_file(&file).expect("a file is removed");
            make(&file);
            let output = sent.resumption("").against(&server).output();
            assert!(matches!(output.status, 2 | 6), "{name}: {output:#?}");
            assert!(output.stderr.contains(what), "{name}: {output:#?}");
        }
    }
}

#[test]
fn what_others_can_write_in_a_run_is_not_followed_until_that_is_mended() {
    let server = Server::start(Answer::echo);
    for (name, bits) in [
        ("", 0o770),
        ("", 0o707),
        ("run.json", 0o620),
        ("results.csv", 0o602),
        ("input.csv", 0o666),
    ] {
        let sent = one_left(&server);
        let file = sent.run_dir.join(name);
        let before = mode(&file);
        chmod(&file, bits);
        let told = format!("mode {bits:o}");
        expect_refused(
            &sent,
            &server,
            2,
            &[name, "can be written by others", &told, "chmod go-w"],
        );
        chmod(&file, before);
        sent.resume(&server, "").0.expect_status(0);
    }
}

#[test]
fn a_link_of_ones_own_leads_to_a_run() {
    let server = Server::start(Answer::echo);
    let sent = one_left(&server);
    symlink("out", sent.workspace.path().join("link")).expect("a link");
    let run = command(&sent.workspace, "run --resume link --yes");
    let output = run.against(&server).output();
    assert_eq!(output.status, 0, "{output:#?}");
}

#[test]
fn the_latest_run_is_the_latest_that_others_cannot_have_written() {
    let server = Server::start(Answer::echo);
    let sent = one_left(&server);
    let runs = sent.workspace.path().join("reamaze-runs");
    fs::create_dir(&runs).expect("a directory");
    fs::rename(&sent.run_dir, runs.join("x")).expect("a run is moved");
    chmod(&runs.join("x"), 0o777);
    let latest = || {
        let run = command(&sent.workspace, "run --resume latest --yes");
        run.against(&server).output()
    };
    let (output, requests) = (latest(), server.requests().len());
    assert_eq!(output.status, 2, "{output:#?}");
    for words in ["reamaze-runs/x", "can be written by others"] {
        assert!(output.stderr.contains(words), "{output:#?}");
    }
    assert_eq!(server.requests().len(), requests);
    chmod(&runs.join("x"), 0o700);
    assert_eq!(latest().status, 0);
}

#[test]
fn a_state_directory_is_for_its_owner_only_and_closed_where_it_is_not() {
    let server = Server::start(Answer::echo);
    let sent = send(&server, &["a"], "");
    let state = sent.workspace.root().join("home/.local/state/reamaze-bulk");
    assert_eq!(mode(&state), 0o700);
    chmod(&state, 0o777);
    let run = command(&sent.workspace, "run rows.csv --yes");
    assert_eq!(run.against(&server).output().status, 0);
    assert_eq!(mode(&state), 0o700);
}

#[test]
fn a_lock_that_others_may_hold_or_that_leads_elsewhere_is_not_taken() {
    let server = Server::start(Answer::echo);
    let sent = send(&server, &["a"], "");
    let state = sent.workspace.root().join("home/.local/state/reamaze-bulk");
    let mut locks = fs::read_dir(&state).expect("a directory of locks");
    let lock = locks.next().expect("a lock").expect("a lock").path();
    let line = |options: &str| format!("run rows.csv --yes --rate 500/s {options}");
    let run = |options| {
        let run = command(&sent.workspace, &line(options));
        run.against(&server).output()
    };
    chmod(&lock, 0o666);
    let output = run("");
    assert_eq!(output.status, 2, "{output:#?}");
    for words in [".lock", "can be written by others", "--allow-overlap"] {
        assert!(output.stderr.contains(words), "{output:#?}");
    }
    assert_eq!(run("--allow-overlap").status, 0);
    fs::remove_file(&lock).expect("a file is removed");
    let precious = sent.workspace.write("precious", "mine");
    symlink(precious, &lock).expect("a link");
    let output = run("");
    assert!(output.stderr.contains("symbolic link"), "{output:#?}");
    assert_eq!(sent.workspace.read("precious"), "mine");
    fs::remove_file(&lock).expect("a link is removed");
    pipe(&lock);
    assert!(run("").stderr.contains("named pipe"));
}

#[test]
fn a_configuration_that_others_can_write_must_not_say_where_the_token_goes() {
    let server = Server::start(Answer::echo);
    let url = format!("base_url = '{}'", server.base_url());
    for (line, mode, is_followed) in [
        ("rate = '500/s'", 0o666, true),
        ("brand = 'acme'", 0o620, false),
        (&*url, 0o602, false),
        ("token_command = ['touch', 'ran']", 0o664, false),
        ("[profiles.other]\nbrand = 'acme'", 0o666, false),
        (&*url, 0o644, true),
    ] {
        for is_named in [false, true] {
            let workspace = Workspace::new();
            workspace.write("rows.csv", done(&["a"]));
            let (file, option) = if is_named {
                (workspace.write("my.toml", line), "--config my.toml")
            } else {
                workspace.configure(line);
                (workspace.config_file(), "")
            };
            chmod(&file, mode);
            let run = command(
                &workspace,
                &format!("run rows.csv --yes --out out {option}"),
            );
            let output = run.against(&server).output();
            let told = format!("can be written by others (mode {mode:o}");
            assert_eq!(output.status == 0, is_followed, "{line}: {output:#?}");
            assert_eq!(output.stderr.contains(&told), !is_followed, "{output:#?}");
            assert!(is_followed || output.status == 2, "{output:#?}");
            assert!(!workspace.path().join("ran").exists());
        }
    }
}

#[test]
fn a_file_without_end_is_refused_with_words() {
    let server = Server::start(Answer::echo);
    let sent = one_left(&server);
    let endless = " ".repeat(2 << 20);
    let run_json = sent.run_dir.join("run.json");
    let before = fs::read(&run_json).expect("a file");
    fs::write(&run_json, [&before[..], endless.as_bytes()].concat()).expect("a file is written");
    expect_refused(&sent, &server, 2, &["run.json", "too long"]);
    for option in ["--config", "--token-file", "--metrics"] {
        let workspace = Workspace::new();
        workspace.write("rows.csv", done(&["a"]));
        workspace.write("endless", format!("reamaze_bulk_x {endless}"));
        let line = format!("run rows.csv --yes {option} endless");
        let output = command(&workspace, &line).against(&server).output();
        assert_eq!(output.status, 2, "{option}: {output:#?}");
        for words in ["endless", "too long"] {
            assert!(output.stderr.contains(words), "{option}: {output:#?}");
        }
    }
}

#[test]
fn what_starts_a_run_says_where_it_sends_to() {
    let server = Server::start(Answer::echo);
    let url = server.base_url();
    for options in ["", "--log-format json", "-v"] {
        let sent = cut_short(&server, &["a", "b"], &["updated"], options);
        let (sent, _) = sent.resume(&server, options);
        sent.expect_status(0);
        assert!(sent.output.stderr.contains(&url), "{:#?}", sent.output);
    }
    for options in ["", "--log-format json"] {
        let sent = send(&server, &["a"], options);
        assert!(sent.output.stderr.contains(&url), "{:#?}", sent.output);
    }
    assert_eq!(send(&server, &["a"], "-q").output.stderr, "");
}
