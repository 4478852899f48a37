//! The README is true: its usage and tables are the program's, its commands work.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs;
use std::path::Path;

use reamaze_bulk::exit;
use serde_json::Value;

use crate::support::answer::Answer;
use crate::support::command::{Output, Workspace};
use crate::support::sent::{done, numbered};
use crate::support::server::Server;

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("a README")
}

/// The lines of all code blocks in that language.
fn code(language: &str) -> Vec<String> {
    let readme = readme();
    let blocks = readme.split("```").skip(1).step_by(2);
    let wanted = blocks.filter_map(|block| block.strip_prefix(&format!("{language}\n")));
    wanted.flat_map(str::lines).map(str::to_owned).collect()
}

/// A directory like a fresh clone, as far as commands need it.
fn clone() -> Workspace {
    let workspace = Workspace::new();
    fs::create_dir(workspace.path().join("samples")).expect("a directory");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    for sample in fs::read_dir(samples).expect("samples") {
        let sample = sample.expect("a sample");
        let to = workspace.path().join("samples").join(sample.file_name());
        if sample.path().is_file() {
            fs::copy(sample.path(), to).expect("a copy");
        }
    }
    workspace
}

/// Runs one line as a shell would, without where its output goes. There is no terminal to say yes on.
fn run(line: &str, workspace: &Workspace, server: &Server) -> Output {
    let line = line.split(" | ").next().unwrap_or_default();
    let line = line.split(" > ").next().unwrap_or_default();
    let home = workspace.path().parent().expect("a root").join("home");
    let line = line.replace('~', &home.display().to_string());
    let words = shlex::split(&line).expect("words");
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    let asks = words[0] == "run"
        && !["--dry-run", "--sandbox", "--yes"]
            .iter()
            .any(|option| words.contains(option));
    if asks {
        words.extend(["--yes", "--rate", "500/s"]);
    }
    fs::write(home.join(".reamaze-token"), "token-of-the-readme\n").expect("a token file");
    workspace.configure(&code("toml").join("\n"));
    workspace.command(&words).against(server).output()
}

#[test]
fn the_usage_block_is_what_help_prints() {
    let help = help("-h");
    assert!(readme().contains(help.trim_end()), "{help}");
}

/// What `run` prints for that option.
fn help(option: &str) -> String {
    Workspace::new().command(&["run", option]).output().stdout
}

#[test]
fn the_short_help_is_grouped_and_has_one_line_for_each_option() {
    let help = help("-h");
    let (_, groups) = help.split_once("\nOptions:\n").expect("options");
    for line in groups.lines() {
        let is_option = line.trim_start().starts_with('-');
        let is_heading = line.ends_with(':') && !line.starts_with(' ');
        assert!(is_option || is_heading || line.is_empty(), "{line:?}");
    }
    for heading in ["Input", "Safety", "Pace", "Account", "Results", "Output"] {
        assert!(groups.contains(&format!("\n{heading}:\n")), "{heading}");
    }
}

#[test]
fn the_examples_of_the_help_work() {
    let help = help("--help");
    let (_, examples) = help.split_once("\nExamples:\n").expect("examples");
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&numbered("slug-", 30)));
    let statuses = examples.lines().map(|line| {
        let (command, _) = line.split_once("   ").expect("a command and what it does");
        let command = command.trim().trim_start_matches("reamaze-bulk ");
        run(command, &workspace, &server).status
    });
    assert_eq!(statuses.collect::<Vec<_>>(), [0, 0, 4, 0]);
    assert_eq!(server.requests().len(), 30);
}

#[test]
fn the_exit_table_is_the_programs() {
    let help = help("--help");
    for (status, meaning) in exit::TABLE {
        let row = format!("| {status} | {meaning} |\n");
        assert!(readme().contains(&row), "{row}");
        assert!(help.contains(status), "{status} is missing in --help");
    }
}

#[test]
fn the_first_command_runs_the_main_job_and_the_second_all_tests() {
    let commands = code("sh");
    assert_eq!(
        commands[0],
        "cargo run --release -- run samples/retag.csv --sandbox"
    );
    assert_eq!(commands[1], "cargo test");
    let ci = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/run"));
    assert!(ci.expect("a CI script").contains(&commands[1]));
}

#[test]
fn every_command_works_as_it_stands() {
    let server = Server::start(Answer::echo);
    let workspace = clone();
    let mut ran = 0;
    for line in code("sh") {
        let Some(words) = line
            .strip_prefix("cargo run --release -- ")
            .or_else(|| line.strip_prefix("reamaze-bulk "))
        else {
            continue;
        };
        let output = run(words, &workspace, &server);
        // The sample and what is left of it hold rows that the sandbox refuses.
        let wanted = i32::from(line.contains("--sandbox") && line.contains(".jsonl"));
        assert_eq!(output.status, wanted, "{line}\n{}", output.stderr);
        if line.contains("--json") {
            serde_json::from_str::<Value>(&output.stdout).expect("one document");
        }
        ran += 1;
    }
    assert!(ran >= 7, "only {ran} commands were found");
    assert_eq!(
        server.requests().len(),
        40,
        "rows of the run on a real account"
    );
}

#[test]
fn the_input_examples_are_legal() {
    for (language, name) in [("csv", "rows.csv"), ("json", "rows.jsonl")] {
        let workspace = Workspace::new();
        workspace.write(name, code(language).join("\n"));
        let output = workspace.command(&["run", name, "--sandbox"]).output();
        assert_eq!(output.status, 0, "{}", output.stderr);
    }
}

#[test]
fn the_profiles_are_legal_and_say_where_to_send() {
    let workspace = clone();
    workspace.configure(&code("toml").join("\n"));
    for (profile, brand) in [("eu", "acme-eu"), ("us", "acme-us")] {
        let arguments = [
            "run",
            "samples/retag.csv",
            "--dry-run",
            "--profile",
            profile,
        ];
        let output = workspace.command(&arguments).output();
        assert_eq!(output.status, 0, "{}", output.stderr);
        assert!(output.stdout.contains(brand), "{}", output.stdout);
    }
}

#[test]
fn the_sample_of_invalid_rows_breaks_every_rule_and_nothing_is_sent() {
    let workspace = clone();
    let arguments = ["run", "samples/invalid.csv", "--dry-run", "--json"];
    let output = workspace.command(&arguments).output();
    assert_eq!(output.status, 3);
    let document: Value = serde_json::from_str(&output.stdout).expect("one document");
    assert_eq!(document["valid"], 0);
    assert_eq!(document["requests"], 0);
}

#[test]
fn the_sample_of_mixed_rows_shows_what_comes_back() {
    let workspace = clone();
    let arguments = ["run", "samples/mixed.jsonl", "--sandbox", "--json"];
    let output = workspace.command(&arguments).output();
    assert_eq!(output.status, 1);
    let summary: Value = serde_json::from_str(&output.stdout).expect("one document");
    assert_eq!(summary["counts"]["updated"], 5);
    assert_eq!(summary["counts"]["rejected"], 2);
    assert_eq!(summary["counts"]["not_found"], 1);
}
