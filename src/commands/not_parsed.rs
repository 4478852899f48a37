//! A command line that cannot be understood -> what is printed, and for scripts the document and the log
//! that they wait for.

use std::ffi::OsString;

use super::run::{print_dry_run_error, print_run_error};
use super::status::report_error;
use super::{catalog, check};
use crate::cli::NotParsed;
use crate::error::Error;
use crate::exit;
use crate::report::LogFormat;

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
    Check,
    Catalog,
}

impl Wanted {
    fn new(words: &[OsString]) -> Self {
        let has = |option: &str| words.iter().any(|word| word == option);
        let document = match words.get(1).and_then(|command| command.to_str()) {
            Some("check") => Document::Check,
            Some("catalog") => Document::Catalog,
            _ if has("--dry-run") => Document::DryRun,
            _ => Document::Run,
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

/// Prints help and version as asked for, and reports anything else as a usage error; the exit status.
pub(super) fn report(error: &NotParsed, words: &[OsString]) -> u8 {
    let wanted = Wanted::new(words);
    if wanted.log_format == LogFormat::Text || error.is_help() {
        // If the stream is gone, there is no way to report it.
        let _ = error.print();
    }
    if error.is_help() {
        return exit::DONE;
    }
    let error = Error::Usage(error.in_one_line());
    if wanted.log_format == LogFormat::Json {
        report_error(wanted.log_format, &error);
    }
    let printed = match wanted.document {
        None => Ok(()),
        Some(Document::DryRun) => print_dry_run_error(&error),
        Some(Document::Check) => check::print_error(&error),
        Some(Document::Catalog) => catalog::print_error(&error),
        Some(Document::Run) => print_run_error(&error),
    };
    if let Err(error) = printed {
        report_error(wanted.log_format, &error);
    }
    exit::USAGE
}
