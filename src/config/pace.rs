//! Options, a resumed run and the configuration file -> how fast to send.

use std::time::Duration;

use super::origin::{Found, Remarks, typed};
use super::values::Values;
use crate::cli::{AskedRate, RunArgs};

/// Time for one request, by default.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

/// How fast to send.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) rate: AskedRate,
    pub(super) workers: u16,
    pub(super) timeout: Duration,
}

impl Pace {
    /// `recorded` is that of a run that goes on.
    pub(super) fn of(
        args: &RunArgs,
        recorded: Option<Self>,
        file: &Values,
        remarks: &mut Remarks,
    ) -> Self {
        let rate = first(
            typed("--rate", args.rate),
            recorded.map(|pace| pace.rate),
            file.rate.as_ref(),
            default_rate(args),
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
        Self {
            rate: rate.value,
            workers: workers.value,
            timeout: timeout.value,
        }
    }
}

/// The value of the first place that has one. A run that goes on goes on as it was, whatever has
/// become of the file meanwhile.
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

fn default_rate(args: &RunArgs) -> AskedRate {
    let (requests, seconds) = if args.sandbox { (50, 1) } else { (120, 60) };
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
