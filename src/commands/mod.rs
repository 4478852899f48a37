//! Wires each command together, and turns what comes of it into an exit status.

mod consent;
mod dry_run;
mod prepare;
mod run;
mod sandbox;
mod signals;

use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Command};
use crate::model::Summary;
use crate::{exit, report};

/// Runs what the command line asks for.
#[must_use]
pub fn main(words: Vec<OsString>) -> ExitCode {
    let wants_json = words.iter().any(|word| word == "--json");
    let ended = panic::catch_unwind(AssertUnwindSafe(|| match Args::try_parse_from(words) {
        Ok(args) => match args.command {
            Command::Run(args) => run::run(*args),
            Command::Sandbox(args) => sandbox::sandbox(&args),
        },
        Err(error) => not_parsed(&error, wants_json),
    }));
    ExitCode::from(ended.unwrap_or_else(|_| {
        report::error("a fault of ours: please report what is printed above");
        exit::FAULT
    }))
}

/// Help and version are printed as asked for; anything else is a usage error.
fn not_parsed(error: &clap::Error, wants_json: bool) -> u8 {
    // There is nowhere left to say that the stream is gone.
    let _ = error.print();
    if !error.use_stderr() {
        return exit::DONE;
    }
    if wants_json {
        let told = error.render().to_string();
        let told = told
            .trim_start_matches("error: ")
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        let summary = Summary {
            exit_status: exit::USAGE,
            error: Some(told),
            ..Summary::default()
        };
        if let Err(error) = report::print_json(&summary) {
            report::error(&format!("standard output cannot be written: {error}"));
        }
    }
    exit::USAGE
}
