//! `man`: the command line -> one manual page in roff, with a section for every command.

use std::io;

use clap::CommandFactory as _;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::args::Args;
use crate::{exit, report};

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
    exit_status().to_writer(&mut page)?;
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

fn exit_status() -> Roff {
    let mut section = Roff::new();
    section.control("SH", ["EXIT STATUS"]);
    for (status, meaning) in exit::TABLE {
        section.control("TP", []);
        section.text([bold(status)]).text([roman(meaning)]);
    }
    section
}
