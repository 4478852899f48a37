//! `report`: a run directory -> an HTML file about its run.

use std::fs;
use std::path::{Path, PathBuf};

use super::run::{NamedRun, Purpose, ReportedRun, find, not_found};
use super::status::guarded;
use crate::cli::ReportArgs;
use crate::error::Error;
use crate::exit;
use crate::files::{NewFile, NewFileError, directory_of};
use crate::ledger::RunFile;
use crate::model::Shown as _;
use crate::report::html::{self, Subjects};
use crate::report::{Log, print};

/// The name of a report in its run directory.
const NAME: &str = "report.html";

/// Where a report goes.
enum Output {
    /// To standard output.
    Printed,
    /// Into the run directory, in the place of the one that is there.
    Own(PathBuf),
    /// Into a file that must not be there.
    New(PathBuf),
}

/// Makes the report; the exit status.
pub(super) fn report(args: &ReportArgs, log: &Log) -> u8 {
    match guarded(|| write(args, log)) {
        Ok(()) => exit::DONE,
        Err(error) => {
            log.error(error.status(), &error.to_string());
            error.status()
        }
    }
}

fn write(args: &ReportArgs, log: &Log) -> Result<(), Error> {
    let NamedRun { path, .. } = find(&args.run, Purpose::Report, log)?;
    let run = RunFile::read(&path).map_err(|error| not_found(&path, Purpose::Report, &error))?;
    let output = Output::new(args.output.as_deref(), &path);
    if let Output::New(path) = &output {
        NewFile::check(path).map_err(|error| unwritable(path, &error))?;
    }
    let subjects = Subjects::from_switch(args.with_subjects);
    let html = ReportedRun::open(&path, run)?.html(subjects, log)?;
    let (path, written) = match &output {
        Output::Printed => return print(html).map_err(Error::Output),
        Output::Own(path) => (path, html::replace(path, &html)),
        Output::New(path) => (path, html::write_new(path, &html)),
    };
    written.map_err(|error| unwritable(path, &error))?;
    print(format!("{}\n", path.shown())).map_err(Error::Output)
}

fn unwritable(path: &Path, error: &NewFileError) -> Error {
    Error::Usage(format!("{}: {error}", path.shown()))
}

impl Output {
    /// What was typed for FILE means that, for the run in `directory`.
    fn new(typed: Option<&Path>, directory: &Path) -> Self {
        match typed {
            None => Self::Own(directory.join(NAME)),
            Some(typed) if typed == Path::new("-") => Self::Printed,
            Some(typed) if is_own(typed, directory) => Self::Own(typed.to_owned()),
            Some(typed) => Self::New(typed.to_owned()),
        }
    }
}

/// Whether that is the name of the report in `directory`.
fn is_own(path: &Path, directory: &Path) -> bool {
    let is_there = || fs::canonicalize(directory_of(path)).ok() == fs::canonicalize(directory).ok();
    path.file_name().is_some_and(|name| name == NAME) && is_there()
}
