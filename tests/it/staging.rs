//! Where a run directory can be made, and what killed runs leave behind.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use super::support::answer::Answer;
use super::support::command::{Child, Signal, Workspace, ledger};
use super::support::sent::{command, done, eventually, tree};
use super::support::server::Server;

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a file of ours");
}

fn with_a_row() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    workspace
}

/// Directories in `parent` that are still being made.
fn hidden(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let is_hidden = |path: &PathBuf| path.to_string_lossy().contains("/.reamaze-bulk-");
    entries
        .map(|entry| entry.path())
        .filter(is_hidden)
        .collect()
}

/// A run whose input does not come to its end, in the middle of its check.
fn checking(workspace: &Workspace, server: &Server, options: &str) -> Child {
    let run = command(workspace, &format!("run pipe --yes {options}"));
    run.against(server).spawn()
}

#[test]
fn an_empty_directory_will_do_whatever_is_around_it() {
    let server = Server::start(Answer::echo);
    for out in ["closed/out", "link", "open", ".", "out/"] {
        let workspace = with_a_row();
        let work = workspace.path();
        for directory in ["closed/out", "far", "open", "out", "here"] {
            fs::create_dir_all(work.join(directory)).expect("a directory");
        }
        symlink("far", work.join("link")).expect("a link");
        chmod(&work.join("closed"), 0o555);
        chmod(&work.join("open"), 0o777);
        let first = if out == "." { "cd here" } else { "true" };
        let rows = work.join("rows.csv");
        let words = ["run", rows.to_str().expect("a path"), "--yes", "--out", out];
        let output = workspace
            .command_after(first, &words)
            .against(&server)
            .output();
        chmod(&work.join("closed"), 0o755);
        assert_eq!(output.status, 0, "{out}: {output:#?}");
        let run_dir = work.join(if out == "." { "here" } else { out });
        assert_eq!(ledger(&run_dir).len(), 1);
        assert!(run_dir.join("run.json").exists());
        assert!(hidden(&run_dir).is_empty() && hidden(work).is_empty());
        let mode = fs::metadata(&run_dir).expect("a directory").permissions();
        assert_eq!(mode.mode() & 0o022, 0, "{out}");
        let line = format!("run --resume {} --yes", run_dir.display());
        let output = command(&workspace, &line).against(&server).output();
        assert_eq!(output.status, 0, "{out}: {output:#?}");
    }
}

#[test]
fn a_place_that_cannot_be_used_is_found_out_before_the_input_is_read() {
    let server = Server::start(Answer::echo);
    for out in ["nowhere", "file", "file/below", "full"] {
        let workspace = with_a_row();
        workspace.write("rows.csv", "no,such\nheader,here\n");
        workspace.write("file", "");
        workspace.write("full/mine", "");
        symlink("does-not-exist", workspace.path().join("nowhere")).expect("a link");
        let before = tree(workspace.path());
        let line = format!("run rows.csv --yes --out {out}");
        let output = command(&workspace, &line).against(&server).output();
        assert_eq!(output.status, 2, "{out}: {output:#?}");
        assert!(output.stderr.contains(out), "{output:#?}");
        assert_eq!(tree(workspace.path()), before);
    }
    let name = "x".repeat(300);
    let workspace = with_a_row();
    let line = format!("run rows.csv --yes --out {name}");
    let output = command(&workspace, &line).against(&server).output();
    assert_eq!(output.status, 2, "{output:#?}");
    assert!(server.requests().is_empty());
}

#[test]
fn what_a_killed_check_leaves_is_swept_by_the_next_run_and_what_a_live_one_needs_is_not() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let server = Server::start(Answer::echo);
    for (options, place, next) in [
        ("", "reamaze-runs", "run rows.csv --yes --rate 500/s"),
        ("--out out", ".", "run rows.csv --yes --out out"),
        ("--out empty", "empty", "run rows.csv --yes --out empty"),
    ] {
        let workspace = with_a_row();
        let place = workspace.path().join(place);
        fs::create_dir(workspace.path().join("empty")).expect("a directory");
        let pipe = workspace.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a pipe");
        let child = checking(&workspace, &server, options);
        eventually("a check has begun", || !hidden(&place).is_empty());
        child.signal(Signal::KILL);
        child.wait();
        let left = hidden(&place);
        assert_eq!(left.len(), 1, "{options}");
        let other = if options == "--out empty" {
            None
        } else {
            // It sweeps what is left already.
            let child = checking(
                &workspace,
                &server,
                &format!("{options} --email b@example.com"),
            );
            eventually("another check has begun", || {
                let found = hidden(&place);
                !found.is_empty() && found != left
            });
            Some(child)
        };
        let in_use = hidden(&place);
        let output = command(&workspace, next).against(&server).output();
        assert_eq!(output.status, 0, "{next}: {output:#?}");
        assert!(!left[0].exists(), "{options}");
        if let Some(other) = other {
            assert_eq!(hidden(&place), in_use, "{options}");
            other.signal(Signal::TERM);
            assert_eq!(other.wait().status, 143);
        }
        assert!(hidden(&place).is_empty());
    }
}

#[test]
fn the_name_of_a_file_cannot_pass_for_a_message() {
    let server = Server::start(|_| Answer::text(404, ""));
    let workspace = Workspace::new();
    let name = "rows\nerror: forged\r\u{1b}[31m.csv";
    workspace.write(name, done(&["a", "b"]));
    workspace.write("bad\nerror: forged.csv", "slug,status\na,99\n");
    let bad = "bad\nerror: forged.csv";
    for words in [
        &[
            "run",
            name,
            "--yes",
            "--limit",
            "1",
            "--out",
            "out\nerror: forged",
        ][..],
        &["run", name, "--dry-run"],
        &["run", bad, "--yes"],
        &["run", "missing\nerror: forged", "--yes"],
        &["run", name, "error: x\nerror: forged"],
        &["run", name, "--yes", "--config", "missing\nerror: forged"],
        &[
            "run",
            name,
            "--yes",
            "--token-file",
            "missing\nerror: forged",
        ],
        &[
            "run",
            name,
            "--yes",
            "--metrics",
            "missing\nerror: forged/x",
        ],
        &["run", "--resume", "missing\nerror: forged", "--yes"],
    ] {
        for options in [&[][..], &["--log-format", "json"]] {
            let words = [words, options].concat();
            let output = workspace.command(&words).against(&server).output();
            for text in [&output.stdout, &output.stderr] {
                let is_forged = |line: &str| line.starts_with("error: forged");
                assert!(!text.lines().any(is_forged), "{words:?}: {text}");
                assert!(!text.contains('\u{1b}'), "{words:?}: {text}");
            }
        }
    }
    // The command that it ends with is one that a shell of bash's kind understands.
    let run = workspace.command(&[
        "run",
        "--resume",
        "out\nerror: forged",
        "--yes",
        "--limit",
        "1",
    ]);
    let output = run.against(&server).output();
    let advice = output
        .stderr
        .lines()
        .find(|line| line.contains("$'out\\nerror: forged"));
    assert!(advice.is_some(), "{output:#?}");
}
