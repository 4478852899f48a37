//! `run`: from the command line to the exit status. The files are the steps in order: `check` the input,
//! `preview` and `confirm`, or `find` the run to `resume`; `send`; `finish`. Each takes values and returns
//! values; `facts` makes the summary from them.

mod check;
mod confirm;
mod facts;
mod find;
mod finish;
mod history;
mod locks;
mod new;
mod open_run;
mod preview;
mod resume;
mod send;
mod source;

use std::panic;
use std::sync::Arc;

use super::signals::listen;
use super::status::guarded;
use crate::cli::RunArgs;
use crate::error::Error;
use crate::report::{Log, LogFormat, Notice};
use crate::stop::Stop;
use facts::{Facts, Failed};
use finish::CommandEnd;

pub(super) use finish::print_error as print_run_error;
pub(super) use preview::print_error as print_dry_run_error;

/// Runs; the exit status.
pub(super) fn run(args: RunArgs, log: &Arc<Log>) -> u8 {
    if args.output.log_format == LogFormat::Json {
        let log = Arc::clone(log);
        panic::set_hook(Box::new(move |panic| {
            let message = &panic.to_string();
            log.report(&Notice::Panic { message });
        }));
    }
    let mut ending = CommandEnd::new(&args);
    let result = match ending.check_metrics() {
        Ok(()) => guarded(|| start(args, &ending, log)),
        Err(error) => Err(error.into()),
    };
    ending.end(result, log)
}

fn start(args: RunArgs, ending: &CommandEnd, log: &Arc<Log>) -> Result<(Facts, u8), Failed> {
    let stop = Arc::new(Stop::default());
    listen(&stop, log)
        .map_err(|error| Error::Usage(format!("signals cannot be handled: {error}")))?;
    match args.resume.clone() {
        Some(from) => resume::resume(args, &from, ending.began, log, &stop),
        None => new::run(args, ending.began, log, &stop),
    }
}
