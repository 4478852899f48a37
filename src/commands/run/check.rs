//! The input -> a private copy and its rows, checked; and what they say of sending them. Nothing is sent.

use std::fs::File;
use std::io::{self, Seek as _};
use std::sync::Arc;

use super::source;
use super::state::States;
use crate::api::{BaseUrl, Request};
use crate::change::diff;
use crate::config::{InvalidRows, Settings};
use crate::error::Error;
use crate::input::{InputError, Layout, Reader};
use crate::ledger::{CopyingReader, LedgerError, PrivateCopy, sha256_of};
use crate::model::text::counted;
use crate::model::{CatalogMode, SendCounts, Update};
use crate::pipeline::{
    Check, CheckError, Findings, KeepViolations, Planner, StateRows, Violations, columns,
};
use crate::report::{AccountLabel, BlockedBy, Plan, Sample, StateFindings, UndoPreview};
use crate::stop::Stop;
use crate::validate::Rules;

/// An input that was read to its end.
pub(super) struct CheckedRows {
    pub(super) layout: Layout,
    pub(super) planner: Planner,
    pub(super) findings: Findings,
    /// What there is to say of an undo.
    pub(super) undo: Option<UndoPreview>,
    /// What would change in the account as the state columns show it.
    pub(super) state: Option<StateFindings>,
}

/// What came of reading an input.
pub(super) enum CheckedInput {
    /// Its rows were checked.
    Rows(Box<CheckedRows>),
    /// Its header is wrong: no row means anything.
    Header(Violations),
}

/// What is said of an input with a header that is wrong.
pub(super) fn invalid_header(name: &str) -> String {
    format!("{name}: invalid header: no rows were read")
}

/// Copies the input into `copy` while checking its rows.
pub(super) fn copy_and_check(
    settings: &Settings,
    copy: &File,
    keep: KeepViolations,
    stop: &Arc<Stop>,
) -> Result<CheckedInput, Error> {
    let input = |error| input_error(settings, error);
    let source =
        source::open(&settings.source, stop).map_err(|error| input(InputError::Io(error)))?;
    let written = copy.try_clone().map_err(temporary)?;
    let (source, copied) = CopyingReader::new(source, written);
    let cause = |error: InputError| {
        // A signal, or a copy that cannot be written, is no fault of the input.
        let other = copied
            .error()
            .map(temporary)
            .or_else(|| Error::from_stop(stop));
        other.unwrap_or_else(|| input(error))
    };
    let reader = Reader::open(source, &settings.wanted).map_err(cause)?;
    let layout = reader.layout().clone();
    let check = Check {
        keep,
        policy: settings.read_policy,
        limit: settings.limits.rows_sent,
        max_rows: settings.limits.max_rows,
        names: settings.names.known.clone(),
        recorded: Arc::default(),
        stop,
    };
    let again = || reread(copy, &copied, &layout);
    let checked = check_rows(settings, &check, reader, again);
    let checked = checked.map_err(|error| from_check(error, stop, cause))?;
    copied.flush().map_err(temporary)?;
    Ok(checked)
}

/// Checks the rows of `reader` as `check` says; where slugs repeat, a second time from `again`.
pub(super) fn check_rows(
    settings: &Settings,
    check: &Check<'_>,
    mut reader: Reader,
    again: impl FnOnce() -> Result<Reader, InputError>,
) -> Result<CheckedInput, CheckError> {
    let layout = reader.layout().clone();
    let naming = &settings.naming;
    let columns = match columns(&reader, naming, None) {
        Ok(columns) => columns,
        Err(found) => {
            // What the first row has may show what the header means.
            let first = reader.next_row().ok().flatten();
            let found = columns(&reader, naming, first.as_ref())
                .err()
                .unwrap_or(found);
            let violations = Violations::new(check.keep).and_then(|mut violations| {
                violations.add_all(found)?;
                Ok(violations)
            });
            return Ok(CheckedInput::Header(
                violations.map_err(CheckError::Temporary)?,
            ));
        }
    };
    let names = check.names.clone();
    let names = names.filter(|_| settings.names.mode == CatalogMode::Error);
    let rules = Rules::new(columns, settings.set.clone(), settings.terms.clone());
    let rules = rules.with_names(names);
    let mut states = States::new(settings);
    let to = states.as_mut().map(|states| states as &mut dyn StateRows);
    let (findings, planner) = check.rows(reader, &Arc::new(rules), to, again)?;
    Ok(CheckedInput::Rows(Box::new(CheckedRows {
        layout,
        planner,
        findings,
        undo: None,
        state: states.and_then(States::into_findings),
    })))
}

/// Why a command cannot check its rows. `cause` says what an error of reading means.
pub(super) fn from_check(
    error: CheckError,
    stop: &Stop,
    cause: impl Fn(InputError) -> Error,
) -> Error {
    match error {
        CheckError::Input(error) => cause(error),
        CheckError::Temporary(error) => temporary(error),
        CheckError::Stopped => Error::from_stop(stop).unwrap_or(Error::Declined),
    }
}

/// Reads the copy from its start.
fn reread(copy: &File, copied: &PrivateCopy, layout: &Layout) -> Result<Reader, InputError> {
    copied.flush()?;
    let mut copy = copy.try_clone()?;
    copy.rewind()?;
    Reader::open(copy, &layout.into())
}

/// SHA-256 of the whole copy, in hexadecimal.
pub(super) fn sha256_of_copy(mut copy: &File) -> Result<String, Error> {
    copy.rewind()
        .and_then(|()| sha256_of(copy))
        .map_err(temporary)
}

fn temporary(error: io::Error) -> Error {
    Error::Directory(LedgerError::Io {
        path: "the private copy of the input".into(),
        error: error.into(),
    })
}

fn input_error(settings: &Settings, error: InputError) -> Error {
    Error::Input {
        name: settings.source.name(),
        error,
    }
}

impl CheckedRows {
    /// What is wrong with rows, to be printed.
    pub(super) fn take_violations(&mut self) -> Result<Violations, Error> {
        let none = Violations::new(KeepViolations::First).map_err(Error::Output)?;
        Ok(std::mem::replace(&mut self.findings.violations, none))
    }

    /// What would be sent to `account`.
    pub(super) fn plan<'a>(
        &'a self,
        settings: &'a Settings,
        input: &'a str,
        (base_url, email): (Option<&'a BaseUrl>, Option<&'a str>),
    ) -> Plan<'a> {
        let preview = &self.findings.preview;
        let by = match self.refused_file(settings) {
            None => BlockedBy::InvalidRows,
            Some(_) => BlockedBy::File,
        };
        let blocked_by = self.refusal(settings, Mode::Run).map(|_| by);
        let shown = base_url.map_or("https://BRAND.reamaze.io/api/v1", BaseUrl::as_str);
        let sample = |update: &'a Update<'static>| {
            let Request { method, url, body } =
                Request::update(shown, &update.slug, &update.changes);
            Some(Sample {
                update,
                diff: diff(update, None),
                method: method.to_string(),
                url,
                body: body?,
                is_read_first: preview.is_read_first(update),
            })
        };
        Plan {
            input,
            account: AccountLabel {
                base_url: base_url.map(BaseUrl::as_str),
                email,
                is_sandbox: settings.is_sandbox(),
            },
            preview,
            settled: self.findings.final_rows,
            warnings: self.warnings(settings, input),
            names: self.findings.names.first(),
            undo: self.undo.as_ref(),
            state: self.state.as_ref(),
            send_counts: match blocked_by {
                Some(_) => SendCounts::default(),
                None => preview.send_counts,
            },
            blocked_by,
            rate: settings.pace.rate,
            samples: preview.samples.iter().filter_map(sample).collect(),
            detail: settings.detail,
        }
    }

    /// Why these rows are not sent, if so. A resumed run is not held up by rows that have become
    /// illegal meanwhile.
    pub(super) fn refusal(&self, settings: &Settings, mode: Mode) -> Option<String> {
        let name = settings.source.name();
        let preview = &self.findings.preview;
        if let Some(why) = self.refused_file(settings) {
            return Some(why);
        }
        let is_skipped = settings.invalid_rows == InvalidRows::Skip;
        let illegal = preview.illegal();
        if illegal == 0 || (is_skipped && mode == Mode::Run) {
            return None;
        }
        let (are, them) = if illegal == 1 {
            ("is", "it")
        } else {
            ("are", "them")
        };
        let advice = match preview.legal {
            _ if is_skipped => format!("the run skips {them}; only the dry run exits with 3"),
            0 => format!("fix {them}"),
            _ => format!("fix {them}, or send the others with --skip-invalid"),
        };
        let rows = counted(preview.rows, "row");
        Some(format!(
            "{name}: {illegal} of {rows} {are} invalid: {advice}"
        ))
    }
}

/// Whether the question is what to send, or what to say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Run,
    DryRun,
}
