//! `run`: from the command line to the exit status. The files are the steps in order: `check` the input,
//! `preview` and `confirm`, or `find` the run to `resume`; `send`; `finish`. Each takes values and returns
//! values; `facts` makes the summary from them. `undo` begins with steps of its own, and takes the rest
//! from here.

mod account;
mod check;
mod confirm;
mod copy;
mod facts;
mod find;
mod finish;
mod history;
mod locks;
mod new;
mod online;
mod open_run;
mod page;
mod preview;
mod resume;
mod send;
mod source;
mod state;
mod subjects;
mod timeline;
mod whole_file;
mod workers;

use std::panic;
use std::sync::Arc;

use jiff::Timestamp;

use super::signals::listen;
use super::status::guarded;
use crate::cli::RunArgs;
use crate::error::Error;
use crate::report::{Log, LogFormat, Notice};
use crate::stop::Stop;
use finish::CommandEnd;

pub(super) use facts::{Facts, Failed};
pub(super) use find::{NamedRun, Purpose, cannot, find, not_found};
pub(super) use finish::print_error as print_run_error;
pub(super) use history::{past, recorded};
pub(super) use locks::run_directory as lock_run_directory;
pub(super) use new::start;
pub(super) use page::ReportedRun;
pub(super) use preview::print_error as print_dry_run_error;

/// What a command knows when it starts.
pub(super) struct CommandStart<'a> {
    /// When that was.
    pub(super) began: Timestamp,
    pub(super) log: &'a Log,
    pub(super) stop: Arc<Stop>,
}

/// What came of a command: what is known of a run, and the exit status.
pub(super) type Came = Result<(Facts, u8), Failed>;

/// Runs; the exit status.
pub(super) fn run(args: RunArgs, log: &Arc<Log>) -> u8 {
    command(args, log, |args, start| match args.resume.clone() {
        Some(from) => resume::resume(args, &from, start.began, start.log, &start.stop),
        None => new::run(args, start.began, start.log, &start.stop),
    })
}

/// Does `work` as a command with the options of a run, and ends it as one; the exit status.
pub(super) fn command(
    args: RunArgs,
    log: &Arc<Log>,
    work: impl FnOnce(RunArgs, &CommandStart<'_>) -> Came,
) -> u8 {
    if args.output.log_format == LogFormat::Json {
        let log = Arc::clone(log);
        panic::set_hook(Box::new(move |panic| {
            let message = &panic.to_string();
            log.report(&Notice::Panic { message });
        }));
    }
    let mut ending = CommandEnd::new(&args);
    let result = match ending.check_files() {
        Ok(()) => guarded(|| {
            let start = CommandStart {
                began: ending.began,
                log,
                stop: Arc::default(),
            };
            listen(&start.stop, log)
                .map_err(|error| Error::Usage(format!("signals cannot be handled: {error}")))?;
            work(args, &start)
        }),
        Err(error) => Err(error.into()),
    };
    ending.end(result, log)
}
