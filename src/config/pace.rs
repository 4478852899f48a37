//! Options, a resumed run and the configuration file -> how fast to send.

use std::time::Duration;

use super::origin::{Found, Remarks, broken, typed};
use super::values::Values;
use crate::cli::{AskedRate, PaceArgs, WORKERS, rate};
use crate::error::Error;
use crate::ledger::RunOptions;
use crate::model::MAX_WORKERS;
use crate::send::Adaptation;

/// Timeout of one request, by default.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Retries of one request, by default.
const RETRIES: u32 = 5;

/// How fast to send.
#[derive(Debug, Clone, Copy)]
pub struct PaceSettings {
    /// The ceiling of requests.
    pub rate: AskedRate,
    /// Whether the rate follows what the server takes.
    pub adaptation: Adaptation,
    /// Maximum requests in flight.
    pub workers: u16,
    /// Timeout of one request.
    pub timeout: Duration,
    /// Retries of one request.
    pub retries: u32,
}

impl PaceSettings {
    /// A resumed run continues as it was, whatever has become of the file meanwhile: `recorded` is
    /// what its `run.json` says.
    pub(super) fn resolve(
        args: &PaceArgs,
        default_rate: AskedRate,
        recorded: Option<&RunOptions>,
        file: &Values,
        remarks: &mut Remarks,
    ) -> Result<Self, Error> {
        let recorded = recorded.map(Self::recorded).transpose()?;
        let rate = first(
            typed("--rate", args.rate),
            recorded.map(|pace| pace.rate),
            file.rate.as_ref(),
            default_rate,
        );
        let workers = first(
            typed("--workers", args.workers),
            recorded.map(|pace| pace.workers),
            file.workers.as_ref(),
            default_workers(rate.value),
        );
        let timeout = first(
            typed("--timeout", args.timeout),
            recorded.map(|pace| pace.timeout),
            file.timeout.as_ref(),
            TIMEOUT,
        );
        remarks.note(format_args!("rate {}", rate.value), &rate.origin);
        remarks.note(format_args!("workers {}", workers.value), &workers.origin);
        remarks.note(format_args!("timeout {:?}", timeout.value), &timeout.origin);
        let recorded_retries = recorded.map(|pace| pace.retries);
        Ok(Self {
            rate: rate.value,
            adaptation: match recorded {
                _ if args.fixed_rate => Adaptation::Fixed,
                Some(pace) => pace.adaptation,
                None => Adaptation::Adaptive,
            },
            workers: workers.value,
            timeout: timeout.value,
            retries: args.retries.or(recorded_retries).unwrap_or(RETRIES),
        })
    }

    fn recorded(run: &RunOptions) -> Result<Self, Error> {
        if !WORKERS.contains(&run.workers) {
            return Err(broken(format!("workers go from 1 to {MAX_WORKERS}")));
        }
        Ok(Self {
            rate: rate(&run.rate).map_err(broken)?,
            adaptation: if run.fixed_rate {
                Adaptation::Fixed
            } else {
                Adaptation::Adaptive
            },
            workers: run.workers,
            timeout: Duration::try_from_secs_f64(run.timeout_s).unwrap_or(TIMEOUT),
            retries: run.retries,
        })
    }
}

/// The value of the first place that has one.
fn first<T: Clone>(
    typed: Option<Found<T>>,
    recorded: Option<T>,
    file: Option<&Found<T>>,
    default: T,
) -> Found<T> {
    typed
        .or_else(|| recorded.map(Found::of_run))
        .or_else(|| file.cloned())
        .unwrap_or_else(|| Found::default(default))
}

/// The rate where none is given: leaves room for others on the same token.
pub(super) fn default_rate(is_sandbox: bool) -> AskedRate {
    let (requests, seconds) = if is_sandbox { (50, 1) } else { (120, 60) };
    AskedRate {
        requests,
        window: Duration::from_secs(seconds),
    }
}

/// Enough for answers that take two seconds.
fn default_workers(rate: AskedRate) -> u16 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "2 to 64"
    )]
    let workers = (rate.rate().per_second() * 2.0).clamp(2.0, 64.0) as u16;
    workers
}
