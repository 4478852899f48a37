//! What shells and `man` get: completion scripts that complete, and a page that leaves nothing out.

#![expect(clippy::expect_used, reason = "tests")]

use std::env;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

use clap::CommandFactory as _;
use reamaze_bulk::cli::Args;
use reamaze_bulk::exit;

use super::support::answer::Answer;
use super::support::command::Workspace;
use super::support::sent::{command, done};
use super::support::server::Server;

fn printed(args: &[&str]) -> String {
    let output = Workspace::new().command(args).output();
    assert_eq!(output.status, 0, "{args:?}: {output:?}");
    output.stdout
}

/// The commands of the program.
fn commands() -> Vec<clap::Command> {
    Args::command().get_subcommands().cloned().collect()
}

/// The long options of a command, without their hyphens.
fn options(command: &clap::Command) -> impl Iterator<Item = &str> {
    let shown = command.get_arguments();
    let shown = shown.filter(|option| !option.is_hide_set());
    shown.filter_map(clap::Arg::get_long)
}

/// What bash offers for the last of these words after `reamaze-bulk`.
fn completed_by_bash(workspace: &Workspace, words: &[&str]) -> Vec<String> {
    workspace.write("script.bash", printed(&["completions", "bash"]));
    // As bash itself calls the function that a script registers.
    let call = r#"
        source script.bash
        COMP_WORDS=(reamaze-bulk "$@") COMP_CWORD=$#
        function=$(complete -p reamaze-bulk | sed 's/.*-F \([^ ]*\).*/\1/')
        "$function" reamaze-bulk "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", call, "bash"]).args(words);
    lines_of(workspace, bash)
}

/// What a shell prints in that workspace, with the binary on its path.
fn lines_of(workspace: &Workspace, mut shell: Command) -> Vec<String> {
    let binary = Path::new(env!("CARGO_BIN_EXE_reamaze-bulk"));
    let directory = binary.parent().expect("a directory");
    let path = env::var_os("PATH").unwrap_or_default();
    let path = [directory.to_owned()]
        .into_iter()
        .chain(env::split_paths(&path));
    let home = workspace.root().join("home");
    let output = shell
        .current_dir(workspace.path())
        .env("PATH", env::join_paths(path).expect("no colon in a path"))
        .env("HOME", &home)
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .output();
    let output = String::from_utf8(output.expect("a shell").stdout).expect("text");
    output.lines().map(str::to_owned).collect()
}

/// Whether the machine has that program; says so if not.
fn has(program: &str) -> bool {
    let has = Command::new(program).arg("--version").output().is_ok();
    if !has {
        // Not by a macro, whose words nobody sees of a test that passes.
        let _ = writeln!(io::stderr(), "SKIPPED: no {program} on this machine");
    }
    has
}

/// A workspace with a run, two profiles, and files that can and cannot be an input; and the run.
fn used() -> (Workspace, String) {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    workspace.write("more rows.jsonl", "");
    workspace.write("notes.txt", "");
    workspace.write("other.toml", "[profiles.other]\n");
    workspace.write("deep/er.csv", "");
    // Who only looks for names runs nothing.
    workspace
        .configure("token_command = ['touch', 'fetched']\n[profiles.eu]\n[profiles.'us west']\n");
    let run = command(&workspace, "run rows.csv --yes --rate 500/s").against(&server);
    assert_eq!(run.output().status, 0);
    let run = workspace.run_dirs().pop().expect("a run");
    let name = run.file_name().expect("a name").to_string_lossy();
    let run = format!("reamaze-runs/{name}");
    (workspace, run)
}

#[test]
fn bash_completes_what_only_this_machine_knows() {
    if !has("bash") {
        return;
    }
    let (workspace, run) = used();
    let rows = ["rows.csv"].as_slice();
    let cases: [(&[&str], &[&str]); 17] = [
        (&["run", "--resume", ""], &["latest", &run]),
        (&["run", "--resume", "la"], &["latest"]),
        (&["run", "--resume", "=", "rea"], &[&run]),
        (&["run", "--profile", ""], &["eu", "us\\ west"]),
        (&["run", "--profile", "="], &["eu", "us\\ west"]),
        (
            &["run", "--config", "other.toml", "--profile", ""],
            &["other"],
        ),
        (&["run", "--config", "none.toml", "--profile", ""], &[""]),
        (&["run", "--timezone", "Europe/Berl"], &["Europe/Berlin"]),
        (&["run", "row"], rows),
        (&["run", "--dry-run", "row"], rows),
        (&["run", "m"], &["more rows.jsonl"]),
        (&["undo", ""], &["latest", &run]),
        (&["undo", "--dry-run", "la"], &["latest"]),
        (&["report", ""], &["latest", &run]),
        (&["report", "la"], &["latest"]),
        (&["undo", "latest", "--profile", "e"], &["eu"]),
        (&["check", "--profile", "e"], &["eu"]),
    ];
    for (words, offered) in cases {
        assert_eq!(completed_by_bash(&workspace, words), offered, "{words:?}");
    }
    let mut all = completed_by_bash(&workspace, &["run", ""]);
    all.sort();
    assert_eq!(all, ["deep", "more rows.jsonl", "reamaze-runs", "rows.csv"]);
    assert!(!workspace.path().join("fetched").exists());
}

#[test]
fn fish_completes_what_only_this_machine_knows() {
    if !has("fish") {
        return;
    }
    let (workspace, run) = used();
    workspace.write("script.fish", printed(&["completions", "fish"]));
    for (line, offered) in [
        ("run --resume ", &["latest", &run][..]),
        ("run --profile ", &["eu", "us west"]),
        ("run --config other.toml --profile ", &["other"]),
        ("run --timezone Europe/Berl", &["Europe/Berlin"]),
        ("run ", &["rows.csv", "more rows.jsonl"]),
        ("undo ", &["latest", &run]),
        ("undo --profile ", &["eu", "us west"]),
        ("check --profile ", &["eu", "us west"]),
        ("report ", &["latest", &run]),
    ] {
        let mut fish = Command::new("fish");
        let call = format!("source script.fish; complete -C 'reamaze-bulk {line}'");
        fish.args(["--no-config", "-c", &call]);
        let lines = lines_of(&workspace, fish);
        let names: Vec<_> = lines
            .iter()
            .filter_map(|line| line.split('\t').next())
            .collect();
        for name in offered {
            assert!(names.contains(name), "{line}: {names:?}");
        }
    }
}

#[test]
fn zsh_asks_for_what_only_this_machine_knows() {
    let script = printed(&["completions", "zsh"]);
    for option in ["resume", "profile", "timezone"] {
        let line = script
            .lines()
            .find(|line| line.contains(&format!("--{option}=[")));
        let asks = format!(": _reamaze_bulk_found --{option}'");
        assert!(line.is_some_and(|line| line.contains(&asks)), "{line:?}");
    }
    assert!(script.contains("or `latest`: _reamaze_bulk_found --resume'"));
    assert!(script.contains("_reamaze_bulk_found() {"));
    assert!(script.contains("(csv|tsv|jsonl|xlsx|ods)"));
    if has("zsh") {
        let workspace = Workspace::new();
        workspace.write("script.zsh", script);
        let checked = Command::new("zsh")
            .args(["-n", "script.zsh"])
            .current_dir(workspace.path())
            .output()
            .expect("zsh");
        assert!(checked.status.success(), "{checked:?}");
    }
}

#[test]
fn runs_are_offered_with_the_newest_first() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    // The names are in no order that the times have.
    for name in ["b", "c", "a"] {
        workspace.write(&format!("{name}.csv"), done(&[name]));
        let line = format!("run {name}.csv --yes --rate 500/s --out reamaze-runs/{name}");
        let run = command(&workspace, &line).against(&server).output();
        assert_eq!(run.status, 0, "{run:?}");
    }
    let offered = workspace.command(&["__complete", "--resume"]).output();
    assert_eq!(
        offered.stdout,
        "latest\nreamaze-runs/a\nreamaze-runs/c\nreamaze-runs/b\n"
    );
    let script = printed(&["completions", "zsh"]);
    assert!(script.contains("compadd -V found -a found"), "{script}");
}

#[test]
fn completion_says_nothing_where_there_is_nothing_to_offer() {
    let workspace = Workspace::new();
    workspace.configure("this is not TOML");
    workspace.write("reamaze-runs/broken/run.json", "{");
    for option in ["--resume", "--profile", "--nonsense", ""] {
        let output = workspace.command(&["__complete", option]).output();
        let said = (
            output.status,
            output.stdout.as_str(),
            output.stderr.as_str(),
        );
        assert_eq!(said, (0, "", ""), "{option}");
    }
}

#[test]
fn bash_completes_commands_options_values_and_files() {
    let workspace = Workspace::new();
    workspace.write("rows.csv", "");
    workspace.write("token", "");
    for (words, offered) in [
        (&["ru"][..], "run"),
        (&["run", "--ra"], "--rate"),
        (&["run", "--progress", "l"], "lines"),
        (&["run", "--token-file", "to"], "token"),
        (&["sandbox", "--lat"], "--latency"),
        (&["completions", "f"], "fish"),
    ] {
        assert_eq!(completed_by_bash(&workspace, words), [offered], "{words:?}");
    }
}

#[test]
fn every_shell_has_a_script_with_every_command_and_option() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for command in commands() {
            assert!(script.contains(command.get_name()), "{shell}: {command}");
            for option in options(&command) {
                let mark = if shell == "fish" { "-l " } else { "--" };
                let is_there = script.contains(&format!("{mark}{option}"));
                assert!(is_there, "{shell}: {command} {option}");
            }
        }
    }
}

#[test]
fn the_manual_page_has_every_command_option_and_exit_status() {
    let page = printed(&["man"]);
    assert!(page.contains("\n.TH REAMAZE-BULK 1 "), "{page}");
    let page = page.replace('\\', "");
    for command in commands() {
        let heading = format!(
            ".SH \"REAMAZE-BULK {}\"\n",
            command.get_name().to_uppercase()
        );
        let (_, section) = page.split_once(&heading).expect("a section");
        let section = section.split("\n.SH ").next().unwrap_or_default();
        for option in options(&command) {
            assert!(
                section.contains(&format!("--{option}")),
                "{command} {option}"
            );
        }
    }
    for (status, meaning) in exit::TABLE {
        let entry = format!("\n.TP\nfB{status}fR\n{meaning}\n");
        assert!(page.contains(&entry), "{entry}");
    }
    let (_, description) = page
        .split_once("\n.SH DESCRIPTION\n")
        .expect("a description");
    let (description, _) = description.split_once("\n.SH ").expect("a next section");
    for word in [
        "CSV",
        "validated",
        "--rate",
        "run directory",
        "--resume",
        "read first",
        "undo",
        "token",
    ] {
        assert!(description.contains(word), "{word}: {description}");
    }
    for heading in ["ENVIRONMENT", "FILES", "EXAMPLES"] {
        assert!(page.contains(&format!("\n.SH {heading}\n.TP\n")), "{page}");
    }
}

#[test]
fn the_manual_page_is_set_without_a_warning() {
    if !has("groff") {
        return;
    }
    let workspace = Workspace::new();
    workspace.write("page.1", printed(&["man"]));
    let set = Command::new("groff")
        .args(["-man", "-Tutf8", "-ww", "-z", "page.1"])
        .current_dir(workspace.path())
        .output()
        .expect("groff");
    let said = String::from_utf8_lossy(&set.stderr);
    assert!(set.status.success() && said.is_empty(), "{said}");
}
