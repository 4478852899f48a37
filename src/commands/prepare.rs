//! What dry run and run have in common: the input is copied and checked, nothing is sent.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::sync::{Arc, Mutex, PoisonError};

use crate::api::{BaseUrl, Request};
use crate::config::Settings;
use crate::error::Error;
use crate::input::{InputError, Layout, Reader};
use crate::ledger::{Copying, LedgerError};
use crate::model::{StopReason, Update};
use crate::pipeline::{
    Check, CheckError, Findings, KeepViolations, Planner, Stop, Violations, columns,
};
use crate::report::{Account, Plan};
use crate::validate::Rules;

/// An input that was read to its end.
pub(super) struct Prepared {
    pub(super) layout: Layout,
    pub(super) planner: Planner,
    pub(super) findings: Findings,
    pub(super) sha256: String,
}

/// What came of reading an input.
pub(super) enum Checked {
    /// Its rows were judged.
    Rows(Box<Prepared>),
    /// Its header is wrong: no row means anything.
    Header(Violations),
}

/// Copies the input into `copy` while judging its rows.
pub(super) fn prepare(
    settings: &Settings,
    copy: &File,
    keep: KeepViolations,
    stop: &Stop,
) -> Result<Checked, Error> {
    let input = |error| input_error(settings, error);
    let source = open(settings).map_err(|error| input(InputError::Io(error)))?;
    let written = copy.try_clone().map_err(temporary)?;
    let (source, copied) = Copying::new(source, written);
    let made = |error: InputError| {
        // A copy that cannot be written is no fault of the input.
        let fault = copied
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .error();
        fault.map_or_else(|| input(error), temporary)
    };
    let reader = Reader::open(source, settings.wanted).map_err(made)?;
    let layout = reader.layout();
    let columns = match columns(&reader) {
        Ok(columns) => columns,
        Err(found) => {
            let mut violations = Violations::new(keep).map_err(temporary)?;
            violations.add_all(found).map_err(temporary)?;
            return Ok(Checked::Header(violations));
        }
    };
    let rules = Arc::new(Rules::new(
        columns,
        settings.set.clone(),
        settings.clock.clone(),
    ));
    let check = Check {
        keep,
        max_rows: settings.args.max_rows,
        stop,
    };
    let (findings, planner) = check
        .rows(reader, &rules, || reread(copy, &copied, layout))
        .map_err(|error| match error {
            CheckError::Input(error) => made(error),
            CheckError::Temporary(error) => temporary(error),
            CheckError::Stopped => stopped(stop).unwrap_or(Error::Declined),
        })?;
    let sha256 = copied
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .finish()
        .map_err(temporary)?;
    Ok(Checked::Rows(Box::new(Prepared {
        layout,
        planner,
        findings,
        sha256,
    })))
}

fn open(settings: &Settings) -> io::Result<Box<dyn Read + Send>> {
    if settings.reads_stdin() {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(&settings.args.input)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::other("it is a directory"));
    }
    Ok(Box::new(file))
}

/// Reads the copy from its start.
fn reread(
    copy: &File,
    copied: &Mutex<crate::ledger::Copied>,
    layout: Layout,
) -> Result<Reader, InputError> {
    copied
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .flush()?;
    let mut copy = copy.try_clone()?;
    copy.rewind()?;
    Reader::open(copy, layout.into())
}

fn temporary(error: io::Error) -> Error {
    Error::Directory(LedgerError::Io {
        path: "the private copy of the input".into(),
        error,
    })
}

fn input_error(settings: &Settings, error: InputError) -> Error {
    Error::Input {
        name: settings.input_name(),
        error,
    }
}

/// The error of a run that a signal ended before anything was sent.
pub(super) fn stopped(stop: &Stop) -> Option<Error> {
    match stop.reason()? {
        StopReason::Signal(signal) => Some(Error::Signal(signal)),
        reason => Some(Error::Fault(reason.to_string())),
    }
}

impl Prepared {
    /// What would be sent to `base_url`.
    pub(super) fn plan<'a>(
        &'a self,
        settings: &'a Settings,
        input: &'a str,
        base_url: Option<&'a BaseUrl>,
        email: Option<&'a str>,
    ) -> Plan<'a> {
        let preview = &self.findings.preview;
        let is_blocked = preview.illegal() > 0 && !settings.args.skip_invalid;
        let unknown = "https://BRAND.reamaze.io/api/v1".to_owned();
        let sample = |update: &Update| {
            let Request { method, url, body } = match base_url {
                Some(base_url) => Request::new(base_url, update),
                None => Request::at(&unknown, update),
            };
            (update.line, method, url, body)
        };
        Plan {
            input,
            account: Account {
                base_url: base_url.map(BaseUrl::as_str),
                email,
            },
            preview,
            requests: if is_blocked || self.findings.too_many {
                0
            } else {
                preview.legal
            },
            rate: settings.rate.to_string(),
            rate_per_second: settings.rate.rate().per_second(),
            samples: preview.samples.iter().map(sample).collect(),
        }
    }

    /// Why these rows are not sent, if so.
    pub(super) fn refusal(&self, settings: &Settings) -> Option<String> {
        let preview = &self.findings.preview;
        if self.findings.too_many {
            let most = settings.args.max_rows.unwrap_or_default();
            return Some(format!(
                "{}: more than {most} rows (--max-rows): nothing is sent",
                settings.input_name()
            ));
        }
        if preview.illegal() == 0 || (settings.args.skip_invalid && !settings.args.dry_run) {
            return None;
        }
        Some(format!(
            "{}: {} of {} rows are invalid: repair them, or send the others with --skip-invalid",
            settings.input_name(),
            preview.illegal(),
            preview.rows
        ))
    }
}
