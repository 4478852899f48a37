//! Wires each command together, and turns what comes of it into an exit status.

mod catalog;
mod check;
mod complete;
mod made_rows;
mod not_parsed;
mod report;
mod run;
mod sandbox;
mod select;
mod session;
mod signals;
mod status;
mod undo;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use crate::cli::{self, Command};
use crate::error::Error;
use crate::report::{Level, LogFormat, print, print_json};
use crate::validate;
use status::{guarded, log, printed, report_error};

/// Runs what the command line asks for.
#[must_use]
pub fn main(words: &[OsString]) -> ExitCode {
    if let [_, asked, words @ ..] = words
        && asked == cli::COMPLETE
    {
        // Whoever types wants no error between the words.
        let _ = complete::complete(words);
        return ExitCode::SUCCESS;
    }
    let status = guarded(|| Ok::<_, Error>(dispatch(words)));
    ExitCode::from(status.unwrap_or_else(|error| report_error(LogFormat::Text, &error)))
}

fn dispatch(words: &[OsString]) -> u8 {
    let args = match cli::parse(words) {
        Ok(args) => args,
        Err(error) => return not_parsed::report(&error, words),
    };
    match args.command {
        Command::Schema => printed(print_json(&validate::schema())),
        Command::Completions { shell } => printed(print(cli::completions(shell))),
        Command::Man => printed(cli::man().and_then(|page| print(&page))),
        Command::Run(args) => {
            let log = log(args.output.log_format, args.output.level());
            run::run(*args, &Arc::new(log))
        }
        Command::Undo(args) => {
            let log = log(args.output.log_format, args.output.level());
            undo::undo(*args, &Arc::new(log))
        }
        Command::Select(args) => {
            let log = log(args.output.log_format, args.output.level());
            select::select(&args, &Arc::new(log))
        }
        Command::Catalog(args) => catalog::catalog(args),
        Command::Check(args) => {
            let log = log(args.output.log_format, args.output.level());
            check::check(&args, &Arc::new(log))
        }
        Command::Report(args) => report::report(&args, &log(LogFormat::Text, Level::Info)),
        Command::Sandbox(args) => {
            let level = if args.quiet {
                Level::Warning
            } else {
                Level::Info
            };
            sandbox::sandbox(&args, &Arc::new(log(LogFormat::Text, level)))
        }
    }
}
