//! The rows of an input -> a temporary ledger and temporary before-images, as a run has them that would
//! change each conversation and does not.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::api::{Account, Client};
use crate::commands::run::check::CheckedRows;
use crate::commands::run::workers::workers;
use crate::config::{OnlineOptions, Settings};
use crate::error::Error;
use crate::input::{InputError, Reader};
use crate::ledger::{BeforeImages, Journal, LedgerError, OrderedRecords};
use crate::model::{Pace, RowLimit, SendCounts};
use crate::pipeline::{Known, RowLimits, Run, RunMode, Selection};
use crate::report::{Activity, Log, Progress, Work};
use crate::send::{Gate, Retries};
use crate::stop::Stop;

/// A preview against an account.
pub(super) struct Online<'a> {
    pub(super) settings: &'a Settings,
    pub(super) options: &'a OnlineOptions,
    pub(super) account: &'a Account,
    pub(super) client: &'a Client,
    pub(super) log: &'a Log,
    pub(super) stop: &'a Stop,
}

/// What was recorded of the rows, and what their conversations showed.
pub(super) struct ReadRows {
    pub(super) records: OrderedRecords,
    pub(super) images: BeforeImages,
    pub(super) reading: Reading,
}

/// What it took to read.
#[derive(Clone)]
pub(super) struct Reading {
    pub(super) began: Timestamp,
    pub(super) took: Duration,
    pub(super) sent: Pace,
}

/// Reads the conversations of `rows`.
pub(super) fn read_account(
    online: &Online<'_>,
    rows: &CheckedRows,
    read: impl Fn() -> Result<Reader, InputError> + Send,
) -> Result<ReadRows, Error> {
    let Online {
        settings,
        client,
        log,
        stop,
        ..
    } = *online;
    let (began, clock) = (Instant::now(), Timestamp::now());
    let mut journal = Journal::temporary().map_err(LedgerError::temporary)?;
    let mut images = BeforeImages::temporary().map_err(LedgerError::temporary)?;
    let gate = Gate::new(settings.pace.rate.into(), settings.pace.adaptation);
    let run = Run {
        planner: rows.planner.clone(),
        exchange: client,
        gate: &gate,
        retries: Retries(settings.pace.retries),
        verification: settings.verification,
        mode: RunMode::ReadOnly,
        read_policy: settings.read_policy,
        workers: workers(settings, log),
        selection: selection(online, rows),
        deadline: settings
            .limits
            .max_duration
            .and_then(|most| began.checked_add(most)),
        // Every row that cannot be changed is to be shown, whatever --max-failures and --max-differs say:
        // they limit changes. Not unlimited: that would also allow an account that refuses every request.
        row_limits: RowLimits {
            failures: RowLimit::Rows(u64::MAX),
            differs: RowLimit::Unlimited,
        },
        known: Known::default(),
        detail: settings.detail,
        stop,
        monitor: None,
    };
    let work = work(online, rows);
    let mut progress = Progress::new(settings.progress, log, work);
    let sent = run.send(read, &mut journal, &mut images, &mut |event| {
        progress.show(event);
    })?;
    drop(progress);
    Ok(ReadRows {
        records: OrderedRecords::from_journal(&journal)?,
        images,
        reading: Reading {
            began: clock,
            took: began.elapsed(),
            sent,
        },
    })
}

/// Which rows are read.
fn selection(online: &Online<'_>, rows: &CheckedRows) -> Selection {
    let of = rows.findings.preview.send_counts.rows;
    match (online.options.sample, online.settings.limits.rows_sent) {
        (Some(rows), _) => Selection::Spread { rows, of },
        (None, Some(rows)) => Selection::First(rows),
        (None, None) => Selection::All,
    }
}

/// What there is to do: rows that make no request are accounted for too.
fn work(online: &Online<'_>, rows: &CheckedRows) -> Work {
    let preview = &rows.findings.preview;
    let due = preview.send_counts.rows;
    let read = online.options.sample.map_or(due, |rows| rows.min(due));
    Work {
        activity: Activity::Reading,
        rows: preview.rows - (due - read),
        to_send: SendCounts {
            rows: read,
            reads: 0,
        },
        rate: online.settings.pace.rate,
    }
}
