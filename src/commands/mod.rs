//! Wires each command together, and turns what comes of it into an exit status.

mod completions;
mod consent;
mod dry_run;
mod locks;
mod man;
mod next;
mod prepare;
mod resume;
mod run;
mod sandbox;
mod schema;
mod session;
mod signals;
mod source;

use std::ffi::OsString;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Command};
use crate::error::Error;
use crate::model::text::one_line;
use crate::{exit, report};

/// Runs what the command line asks for.
#[must_use]
pub fn main(words: Vec<OsString>) -> ExitCode {
    let wanted = Document::wanted(&words);
    let ended = panic::catch_unwind(AssertUnwindSafe(|| match Args::try_parse_from(words) {
        Ok(args) => match args.command {
            Command::Run(args) => run::run(*args),
            Command::Sandbox(args) => sandbox::sandbox(&args),
            Command::Schema => printed(schema::schema()),
            Command::Completions { shell } => printed(completions::completions(shell)),
            Command::Man => printed(man::man()),
        },
        Err(error) => not_parsed(&error, wanted),
    }));
    ExitCode::from(ended.unwrap_or_else(|_| {
        let error = Error::Fault("a fault of ours: please report what is printed above".into());
        report::error(&error.to_string());
        print_document(wanted, &error);
        exit::FAULT
    }))
}

/// The exit status of a command that only prints.
fn printed(result: io::Result<()>) -> u8 {
    let Err(error) = result.map_err(Error::Output) else {
        return exit::DONE;
    };
    report::error(&error.to_string());
    error.status()
}

/// The document that a script waits for, even if its command line cannot be parsed.
#[derive(Debug, Clone, Copy)]
enum Document {
    Run,
    DryRun,
}

impl Document {
    fn wanted(words: &[OsString]) -> Option<Self> {
        let has = |option: &str| words.iter().any(|word| word == option);
        let document = if has("--dry-run") {
            Self::DryRun
        } else {
            Self::Run
        };
        has("--json").then_some(document)
    }
}

/// Help and version are printed as asked for; anything else is a usage error.
fn not_parsed(error: &clap::Error, wanted: Option<Document>) -> u8 {
    // There is nowhere left to say that the stream is gone.
    let _ = error.print();
    if !error.use_stderr() {
        return exit::DONE;
    }
    let told = error.render().to_string();
    let told = told.split("\n\n").next().unwrap_or_default();
    let told = one_line(told.trim_start_matches("error: "), 1000);
    print_document(wanted, &Error::Usage(told));
    exit::USAGE
}

/// Prints the document that a script waits for, of a command that came to nothing.
fn print_document(wanted: Option<Document>, error: &Error) {
    let printed = match wanted {
        None => Ok(()),
        Some(Document::DryRun) => dry_run::print_error(error),
        Some(Document::Run) => run::print_error(error),
    };
    if let Err(error) = printed {
        report::error(&error.to_string());
    }
}
