//! What shells and `man` get: completion scripts that complete, and a page that leaves nothing out.

#![expect(clippy::expect_used, reason = "tests")]

use std::process::Command;

use clap::CommandFactory as _;
use reamaze_bulk::args::Args;
use reamaze_bulk::exit;

use super::support::command::Workspace;

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
    command.get_arguments().filter_map(clap::Arg::get_long)
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
    let output = Command::new("bash")
        .args(["--norc", "-c", call, "bash"])
        .args(words)
        .current_dir(workspace.path())
        .output();
    let output = String::from_utf8(output.expect("bash").stdout).expect("text");
    output.lines().map(str::to_owned).collect()
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
    for heading in ["ENVIRONMENT", "FILES", "EXAMPLES"] {
        assert!(page.contains(&format!("\n.SH {heading}\n.TP\n")), "{page}");
    }
}
