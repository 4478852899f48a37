//! `catalog`: the names that an account knows -> its file in the cache, and from there to people.

mod refresh;
mod show;

use std::sync::Arc;

use super::session::stoppable;
use super::status::log;
use crate::cli::{CatalogArgs, CatalogCommand};
use crate::error::Error;
use crate::report::{CatalogDocument, Level, LogFormat, print_json};

/// Does what is asked for; the exit status.
pub(super) fn catalog(args: CatalogArgs) -> u8 {
    match args.command {
        CatalogCommand::Refresh(args) => {
            let log = Arc::new(log(args.output.log_format, args.output.level()));
            stoppable(&log, |stop| {
                documented(args.output.json, refresh::refresh(&args, &log, stop))
            })
        }
        CatalogCommand::Show(args) => {
            let log = Arc::new(log(LogFormat::Text, Level::Info));
            stoppable(&log, |stop| {
                documented(args.json, show::show(&args, &log, stop))
            })
        }
    }
}

/// The same result; if it is an error, there is a document that says so where one is asked for.
fn documented(json: bool, result: Result<u8, Error>) -> Result<u8, Error> {
    if let (true, Err(error)) = (json, &result) {
        print_error(error)?;
    }
    result
}

/// The document of a command without a result.
pub(super) fn print_error(error: &Error) -> Result<(), Error> {
    let document = CatalogDocument {
        exit_status: error.status(),
        error: Some(error.to_string()),
        path: None,
        age_s: None,
        catalog: None,
    };
    print_json(&document).map_err(Error::Output)
}
