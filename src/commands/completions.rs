//! `completions`: the command line -> a script by which a shell completes it.

use std::io;

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use crate::args::Args;
use crate::report;

/// Prints the script.
pub(super) fn completions(shell: Shell) -> io::Result<()> {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(shell, &mut command, name, &mut script);
    // For bash, clap_complete spells a name with a hyphen in two ways, and then completes nothing
    // after a subcommand (https://github.com/clap-rs/clap/issues/6421).
    let script = String::from_utf8_lossy(&script).replace("reamaze__subcmd__bulk", "reamaze__bulk");
    report::print(&script)
}
