//! `man`: the command line -> one manual page in roff, with a section for every command.

use std::io;

use clap::CommandFactory as _;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::args::{Args, EXAMPLES};
use crate::exit;

/// What is read of the environment, beside what every program of its kind looks at.
const ENVIRONMENT: [(&str, &str); 11] = [
    ("REAMAZE_BRAND", "the brand, unless --brand is given"),
    ("REAMAZE_EMAIL", "the login, unless --email is given"),
    (
        "REAMAZE_BASE_URL",
        "the address of the API, unless --base-url is given",
    ),
    (
        "REAMAZE_API_TOKEN",
        "the API token itself, unless --token-file is given",
    ),
    (
        "HTTPS_PROXY, ALL_PROXY",
        "the proxy: http://HOST:PORT, or socks5h://HOST:PORT",
    ),
    ("NO_PROXY", "hosts that are reached without it"),
    (
        "SSL_CERT_FILE, SSL_CERT_DIR",
        "the certificates of the CAs to trust, in place of the system's",
    ),
    (
        "NO_COLOR, CLICOLOR, TERM",
        "if NO_COLOR is set, CLICOLOR is 0 or TERM is dumb, nothing is colored",
    ),
    ("XDG_CONFIG_HOME", "instead of ~/.config"),
    ("XDG_STATE_HOME", "instead of ~/.local/state"),
    ("XDG_CACHE_HOME", "instead of ~/.cache"),
];

const FILES: [(&str, &str); 11] = [
    (
        "~/.config/reamaze-bulk/config.toml",
        "the configuration, with its profiles; never the token",
    ),
    (
        "~/.local/state/reamaze-bulk",
        "the locks by which there is one run per account at a time",
    ),
    (
        "~/.cache/reamaze-bulk/catalog-*.json",
        "the names that an account knows: staff, channels, used tags",
    ),
    (
        "reamaze-runs/INPUT-TIME/results.csv",
        "of a run: the ledger, one line per row",
    ),
    (
        "reamaze-runs/INPUT-TIME/failed.csv (or .tsv, .jsonl)",
        "rows that need a person, to be fixed and run again",
    ),
    (
        "reamaze-runs/INPUT-TIME/before.jsonl",
        "conversations that were read first: what was about to change, as it was before",
    ),
    (
        "reamaze-runs/INPUT-TIME/summary.json",
        "what happened, in numbers",
    ),
    (
        "reamaze-runs/INPUT-TIME/timeline.csv",
        "what was sent over time: requests, 429 answers and pauses",
    ),
    (
        "reamaze-runs/INPUT-TIME/report.html",
        "the report of the run, if one was requested",
    ),
    (
        "reamaze-runs/INPUT-TIME/run.json",
        "what was requested; never the token",
    ),
    (
        "reamaze-runs/INPUT-TIME/input.csv (or .tsv, .jsonl, .xlsx, .ods)",
        "the copy of the input that is sent, and resumed from",
    ),
];

/// What the program is for, and what it promises: a paragraph each.
const DESCRIPTION: [&str; 6] = [
    "reamaze-bulk changes tags, status, assignee, channel and custom fields of many Re:amaze conversations. It reads \
     a CSV, TSV or JSONL file, or a workbook, with one row per conversation, and sends one request per row, or two where the \
     conversation is read first.",
    "Every row is validated before anything is sent. Then a preview shows what would change, and the program asks for \
     confirmation. If any row is invalid, nothing is sent. With --dry-run it stops after the preview; with --sandbox it \
     sends to a simulated Re:amaze.",
    "Requests stay below --rate. When the server answers with HTTP 429, all workers back off, continue at a lower rate, \
     and increase it gradually. Temporary errors are retried.",
    "Rows that edit tags (add_tags, remove_tags) or have guards (expect.status and others) are read first, and so are all \
     rows with --read-first. Tags that a row does not name are kept, only what differs is sent, and a row whose guard \
     does not match is a conflict: it is left alone. What a run changed on conversations that were read first, undo puts back.",
    "Each run creates a run directory, by default below reamaze-runs. Its results.csv records the outcome of every row as \
     soon as it is known. Rows that need to be fixed or looked at are in failed.csv, with reasons, to be \
     fixed and run again. A run that was cut short is continued with --resume: it reads its own copy of the input, and skips \
     rows that are finished. Nothing is ever overwritten.",
    "The API token is read from a file, the environment or a program, and is never printed, logged or \
     stored. Only one run per account works at a time on a machine.",
];

/// The page.
///
/// # Errors
/// None: it is written to memory.
pub fn man() -> io::Result<String> {
    let mut command = Args::command().disable_help_subcommand(true);
    command.build();
    let mut page = Vec::new();
    // Without a date the version would stand in its place: roff passes over empty arguments.
    let whole = man_of(&command).title("REAMAZE-BULK").date(" ");
    whole.render_title(&mut page)?;
    whole.render_name_section(&mut page)?;
    whole.render_synopsis_section(&mut page)?;
    description().to_writer(&mut page)?;
    whole.render_options_section(&mut page)?;
    for command in command.get_subcommands().flat_map(with_subcommands) {
        page.extend(section_of(command)?);
    }
    for (heading, entries) in [
        ("EXIT CODES", &exit::TABLE[..]),
        ("ENVIRONMENT", &ENVIRONMENT),
        ("FILES", &FILES),
        ("EXAMPLES", &EXAMPLES),
    ] {
        table(heading, entries).to_writer(&mut page)?;
    }
    // Every part begins with the same definitions, of which a page needs one.
    let preamble = Roff::new().render();
    let page = String::from_utf8_lossy(&page).replace(&preamble, "");
    Ok(preamble + &page)
}

/// A command, and those below it.
fn with_subcommands(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    let below = command.get_subcommands();
    std::iter::once(command).chain(below.filter(|below| below.get_name() != "help"))
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

fn description() -> Roff {
    let mut section = Roff::new();
    section.control("SH", ["DESCRIPTION"]);
    for paragraph in DESCRIPTION {
        section.control("PP", []).text([roman(paragraph)]);
    }
    section
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
