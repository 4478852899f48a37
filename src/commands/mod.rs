//! Wires each command together, and turns what comes of it into an exit status.

mod complete;
mod consent;
mod dry_run;
mod history;
mod locks;
mod prepare;
mod resume;
mod run;
mod sandbox;
mod session;
mod signals;
mod source;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, stderr};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::Arc;

use crate::cli::{self, Command, NotParsed};
use crate::error::Error;
use crate::report::{self, Audience, Level, Log, LogFormat};
use crate::{exit, validate};

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
    let wanted = Wanted::of(words);
    let ended = panic::catch_unwind(AssertUnwindSafe(|| match cli::parse(words) {
        Ok(args) => match args.command {
            Command::Schema => printed(report::print_json(&validate::schema())),
            Command::Completions { shell } => printed(report::print(&cli::completions(shell))),
            Command::Man => printed(cli::man().and_then(|page| report::print(&page))),
            Command::Run(args) => {
                let log = log(args.output.log_format, args.output.level());
                run::run(*args, &Arc::new(log))
            }
            Command::Sandbox(args) => {
                let most = if args.quiet {
                    Level::Warning
                } else {
                    Level::Info
                };
                let log = log(LogFormat::Text, most);
                sandbox::sandbox(&args, &Arc::new(log))
            }
        },
        Err(error) => not_parsed(&error, wanted),
    }));
    ExitCode::from(ended.unwrap_or_else(|_| {
        let error = Error::of_panic();
        log(wanted.log_format, Level::Error).error(error.status(), &error.to_string());
        error.status()
    }))
}

/// The exit status of a command that only prints.
fn printed(result: io::Result<()>) -> u8 {
    let Err(error) = result.map_err(Error::Output) else {
        return exit::DONE;
    };
    log(LogFormat::Text, Level::Info).error(error.status(), &error.to_string());
    error.status()
}

/// A log for whoever reads standard error.
fn log(format: LogFormat, most: Level) -> Log {
    let audience = if stderr().is_terminal() {
        Audience::Terminal
    } else {
        Audience::Elsewhere
    };
    Log::new(format, most, audience)
}

/// What a script waits for, even if its command line cannot be parsed.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    log_format: LogFormat,
    document: Option<Document>,
}

/// A document on standard output.
#[derive(Debug, Clone, Copy)]
enum Document {
    Run,
    DryRun,
}

impl Wanted {
    fn of(words: &[OsString]) -> Self {
        let has = |option: &str| words.iter().any(|word| word == option);
        let document = if has("--dry-run") {
            Document::DryRun
        } else {
            Document::Run
        };
        let is_json = has("--log-format=json")
            || (words.windows(2)).any(|pair| pair[0] == "--log-format" && pair[1] == "json");
        Self {
            log_format: if is_json {
                LogFormat::Json
            } else {
                LogFormat::Text
            },
            document: has("--json").then_some(document),
        }
    }
}

/// Help and version are printed as asked for; anything else is a usage error.
fn not_parsed(error: &NotParsed, wanted: Wanted) -> u8 {
    if wanted.log_format == LogFormat::Text || error.is_help() {
        // There is nowhere left to say that the stream is gone.
        let _ = error.print();
    }
    if error.is_help() {
        return exit::DONE;
    }
    let told = error.in_one_line();
    if wanted.log_format == LogFormat::Json {
        log(wanted.log_format, Level::Error).error(exit::USAGE, &told);
    }
    print_document(wanted, &Error::Usage(told));
    exit::USAGE
}

/// Prints the document that a script waits for, of a command that was not understood.
fn print_document(wanted: Wanted, error: &Error) {
    let printed = match wanted.document {
        None => Ok(()),
        Some(Document::DryRun) => dry_run::print_error(error),
        Some(Document::Run) => run::print_error(error),
    };
    if let Err(error) = printed {
        let log = log(wanted.log_format, Level::Error);
        log.error(error.status(), &error.to_string());
    }
}
