//! `man`: the command line -> one manual page in roff, with a section for every command.

use std::io;

use clap::CommandFactory as _;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::args::{Args, EXAMPLES};
use crate::{exit, report};

/// What is read of the environment, beside what every program of its kind looks at.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("REAMAZE_BRAND", "the brand, where no --brand is given"),
    ("REAMAZE_EMAIL", "the login, where no --email is given"),
    (
        "REAMAZE_BASE_URL",
        "the address of the API, where no --base-url is given",
    ),
    (
        "REAMAZE_API_TOKEN",
        "the API token itself, where no --token-file is given",
    ),
    ("XDG_CONFIG_HOME", "instead of ~/.config"),
    ("XDG_STATE_HOME", "instead of ~/.local/state"),
];

const FILES: [(&str, &str); 7] = [
    (
        "~/.config/reamaze-bulk/config.toml",
        "the configuration, with its profiles; never the token",
    ),
    (
        "~/.local/state/reamaze-bulk",
        "the locks by which there is one run per account at a time",
    ),
    (
        "reamaze-runs/INPUT-TIME/results.csv",
        "of a run: the ledger, a line per row",
    ),
    (
        "reamaze-runs/INPUT-TIME/failed.csv (or .tsv, .jsonl)",
        "every row that is not updated, to be repaired and fed back",
    ),
    (
        "reamaze-runs/INPUT-TIME/summary.json",
        "what happened, in numbers",
    ),
    (
        "reamaze-runs/INPUT-TIME/run.json",
        "what was asked for; never the token",
    ),
    (
        "reamaze-runs/INPUT-TIME/input.csv (or .tsv, .jsonl)",
        "the copy of the input that is sent, and resumed from",
    ),
];

/// Prints the page.
pub(super) fn man() -> io::Result<()> {
    let mut command = Args::command().disable_help_subcommand(true);
    command.build();
    let mut page = Vec::new();
    // Without a date the version would stand in its place: roff passes over empty arguments.
    let whole = man_of(&command).title("REAMAZE-BULK").date(" ");
    whole.render_title(&mut page)?;
    whole.render_name_section(&mut page)?;
    whole.render_synopsis_section(&mut page)?;
    whole.render_options_section(&mut page)?;
    for command in command.get_subcommands() {
        page.extend(section_of(command)?);
    }
    for (heading, entries) in [
        ("EXIT STATUS", &exit::TABLE[..]),
        ("ENVIRONMENT", &ENVIRONMENT),
        ("FILES", &FILES),
        ("EXAMPLES", &EXAMPLES),
    ] {
        table(heading, entries).to_writer(&mut page)?;
    }
    // Every part begins with the same definitions, of which a page needs one.
    let preamble = Roff::new().render();
    let page = String::from_utf8_lossy(&page).replace(&preamble, "");
    report::print(&(preamble + &page))
}

/// A page whose synopsis is the usage line that `--help` shows.
fn man_of(command: &clap::Command) -> Man {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").to_owned();
    Man::new(command.clone().override_usage(usage))
}

/// What would be a page of its own, as a section: its sections become subsections.
fn section_of(command: &clap::Command) -> io::Result<Vec<u8>> {
    let man = man_of(command);
    let mut parts = Vec::new();
    man.render_synopsis_section(&mut parts)?;
    man.render_description_section(&mut parts)?;
    man.render_options_section(&mut parts)?;
    let parts = String::from_utf8_lossy(&parts).replace("\n.SH ", "\n.SS ");
    let name = command.get_bin_name().unwrap_or_default().to_uppercase();
    let heading = Roff::new().control("SH", [name.as_str()]).render();
    Ok((heading + &parts).into_bytes())
}

fn table(heading: &str, entries: &[(&str, &str)]) -> Roff {
    let mut section = Roff::new();
    section.control("SH", [heading]);
    for (name, meaning) in entries {
        section.control("TP", []);
        section.text([bold(*name)]).text([roman(*meaning)]);
    }
    section
}
