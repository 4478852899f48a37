//! Signals end whatever the program waits for: somebody who does not read, write or end.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::io::{PipeReader, pipe};
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::support::answer::Answer;
use super::support::command::{Child, Signal, Workspace, ledger};
use super::support::resumed::{HEADER, begun};
use super::support::sent::{command, done, eventually, numbered};
use super::support::server::Server;

fn named_pipe(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a named pipe");
}

/// A run that says more than anybody reads, and has stopped for it.
fn unread(server: &Server, workspace: &Workspace) -> (Child, PipeReader) {
    workspace.write("rows.csv", done(&numbered("row-", 3000)));
    let (reader, writer) = pipe().expect("a pipe");
    let line = "run rows.csv --yes --out out --rate 5000/s -v";
    let run = command(workspace, line).against(server).stderr(writer);
    let child = run.spawn();
    let mut before = 0;
    eventually("nothing moves any more", || {
        std::thread::sleep(std::time::Duration::from_millis(200));
        let now = server.requests().len();
        now > 0 && std::mem::replace(&mut before, now) == now
    });
    (child, reader)
}

#[test]
fn a_signal_ends_a_run_whose_messages_nobody_reads() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    let (child, reader) = unread(&server, &workspace);
    child.signal(Signal::TERM);
    assert_eq!(child.wait().status, 143);
    drop(reader);
    assert_eq!(ledger(&workspace.path().join("out")).len(), 3000);
}

#[test]
fn a_second_signal_ends_at_once_although_nobody_reads() {
    for (first, second, status) in [
        (Signal::TERM, Signal::TERM, 143),
        (Signal::INT, Signal::HUP, 129),
    ] {
        let server = Server::start(Answer::echo);
        let workspace = Workspace::new();
        let (child, reader) = unread(&server, &workspace);
        child.signal(first);
        // Signals that come together are one to the system.
        std::thread::sleep(std::time::Duration::from_millis(100));
        child.signal(second);
        let status_found = child.wait().status;
        drop(reader);
        // On a quick machine the first one was enough.
        let by_first = if first == Signal::TERM { 143 } else { 130 };
        assert!([status, by_first].contains(&status_found), "{status_found}");
        // What it holds is whole.
        let run = command(&workspace, "run --resume out --yes --rate 5000/s -q");
        let output = run.against(&server).output();
        assert_eq!((output.status, &*output.stderr), (0, ""));
    }
}

#[test]
fn a_pipe_that_nobody_writes_to_is_waited_for_until_a_signal_comes() {
    for (signal, status) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        for line in [
            "run rows.csv --yes --token-file pipe",
            "run rows.csv --yes --config pipe",
            "run pipe --yes",
            "run pipe --dry-run",
        ] {
            let workspace = Workspace::new();
            workspace.write("rows.csv", done(&["a"]));
            let pipe = workspace.path().join("pipe");
            named_pipe(&pipe);
            let run = command(&workspace, line)
                .env("REAMAZE_BASE_URL", "http://127.0.0.1:9/api/v1")
                .env("REAMAZE_EMAIL", "agent@example.com")
                .env("REAMAZE_API_TOKEN", "t0ken");
            let child = run.spawn();
            eventually("signals are handled", || handles_signals(child.pid()));
            child.signal(signal);
            let output = child.wait();
            assert_eq!(output.status, status, "{line}: {output:#?}");
            let words = "stopped before anything was sent";
            assert!(output.stderr.contains(words), "{line}: {output:#?}");
        }
    }
}

/// Whether the process has come so far as to handle SIGTERM; where the system does not show it, it
/// has.
fn handles_signals(pid: u32) -> bool {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) else {
        return true;
    };
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << (Signal::TERM.as_raw() - 1)) != 0)
}

#[test]
fn a_pipe_may_hold_the_token_or_the_configuration() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    for (option, text) in [
        ("--token-file", "t0ken"),
        ("--config", "email = 'agent@example.com'"),
    ] {
        let pipe = workspace.path().join(format!("pipe{option}"));
        named_pipe(&pipe);
        let line = format!("run rows.csv --yes {option} pipe{option}");
        let child = command(&workspace, &line).against(&server).spawn();
        std::fs::write(&pipe, text).expect("somebody reads it");
        let output = child.wait();
        assert_eq!(output.status, 0, "{output:#?}");
    }
}

#[test]
fn what_a_token_command_leaves_running_is_waited_for_until_a_signal_comes() {
    let server = Server::start(Answer::echo);
    let sent = begun(&server, "rows.csv", &done(&["a"]), "");
    sent.crash(HEADER);
    for script in [
        "echo >&2 started; sleep 60 & printf t0ken",
        "echo >&2 started; sleep 60",
    ] {
        let workspace = &sent.workspace;
        workspace.configure(&format!(
            "base_url = '{}'\nemail = 'agent@example.com'\ntoken_command = ['sh', '-c', '{script}']",
            server.base_url()
        ));
        for line in ["run rows.csv --yes", "run --resume out --yes"] {
            let child = command(workspace, line).spawn();
            child.wait_for_stderr("started");
            child.signal(Signal::TERM);
            // The sleeper holds standard error open too: its end is not the program's.
            assert_eq!(child.status(), 143, "{line}: {script}");
        }
    }
    assert_eq!(server.requests().len(), 1);
}
