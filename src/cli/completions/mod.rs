//! The command line -> a script by which a shell completes it.
//!
//! The scripts are those of `clap_complete`. For bash, zsh and fish they are extended by what only
//! this machine knows: run directories, profiles and time zones, and the files that can be an input.
//! They ask for it with the hidden command [`COMPLETE`].

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use super::args::Args;

/// The word with which a script asks what may follow; an option and the words typed so far follow it.
pub const COMPLETE: &str = "__complete";

/// The script for that shell.
#[must_use]
pub fn completions(shell: Shell) -> String {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(shell, &mut command, name, &mut script);
    let script = String::from_utf8_lossy(&script);
    match shell {
        Shell::Bash => bash(&script),
        Shell::Fish => fish(&script),
        Shell::Zsh => zsh(&script),
        _ => script.into_owned(),
    }
}

fn bash(script: &str) -> String {
    // clap_complete spells a name with a hyphen in two ways, and then completes nothing after a
    // subcommand (https://github.com/clap-rs/clap/issues/6421).
    let script = script.replace("reamaze__subcmd__bulk", "reamaze__bulk");
    let script = script.replace("complete -F _reamaze__bulk ", "complete -F _reamaze_bulk ");
    let valued = include_str!("complete.bash").replace("VALUED", &valued().join("|"));
    valued + &script
}

fn fish(script: &str) -> String {
    script.to_owned() + include_str!("complete.fish")
}

fn zsh(script: &str) -> String {
    // What it would complete in the place of a value, and what it is to call.
    let actions = [
        (
            ":DIR|latest:_files -/'",
            ":DIR|latest: _reamaze_bulk_found --resume'",
        ),
        (
            "to report on\\: its directory, or `latest`:_files -/'",
            "to report on\\: its directory, or `latest`: _reamaze_bulk_found report'",
        ),
        (
            "or `latest`:_files -/'",
            "or `latest`: _reamaze_bulk_found --resume'",
        ),
        (":NAME:_default'", ":NAME: _reamaze_bulk_found --profile'"),
        (
            ":AREA/CITY:_default'",
            ":AREA/CITY: _reamaze_bulk_found --timezone'",
        ),
        (
            "for standard input:_files'",
            "for standard input:_files -g \"*.(csv|tsv|jsonl|xlsx|ods)\"'",
        ),
    ];
    let start = "autoload -U is-at-least\n";
    let script = script.replacen(
        start,
        &format!("{start}\n{}", include_str!("complete.zsh")),
        1,
    );
    let replace = |script: String, (old, new)| script.replace(old, new);
    actions.into_iter().fold(script, replace)
}

/// The options of `run` that are followed by a value.
fn valued() -> Vec<String> {
    let command = Args::command();
    let run = command.find_subcommand("run");
    let options = run.into_iter().flat_map(clap::Command::get_arguments);
    options
        .filter(|option| option.get_action().takes_values())
        .filter_map(|option| Some(format!("--{}", option.get_long()?)))
        .collect()
}
