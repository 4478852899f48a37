//! Options, a resumed run and the configuration file -> how fast to send.

use super::file::Configuration;
use super::found::{first, typed};
use crate::api::{Account, Client};
use crate::cli::PaceArgs;
use crate::error::Error;
use crate::ledger::RunOptions;
use crate::model::{RateUnit, RequestRate, Timeout, Workers};
use crate::send::Adaptation;

/// Retries of one request, by default.
const RETRIES: u32 = 5;

/// How fast to send.
#[derive(Debug, Clone, Copy)]
pub struct PaceSettings {
    /// The ceiling of requests.
    pub rate: RequestRate,
    /// Whether the rate follows what the server takes.
    pub adaptation: Adaptation,
    /// Maximum requests in flight.
    pub workers: Workers,
    /// Timeout of one request.
    pub timeout: Timeout,
    /// Retries of one request.
    pub retries: u32,
}

impl PaceSettings {
    /// A resumed run continues as it was, whatever has become of the file meanwhile: `recorded` is
    /// what its `run.json` says. Also says where each value was found.
    pub(super) fn resolve(
        args: &PaceArgs,
        default_rate: RequestRate,
        recorded: Option<&RunOptions>,
        file: &Configuration,
    ) -> (Self, [String; 3]) {
        let rate = first(
            typed("--rate", args.rate),
            recorded.map(|run| run.rate),
            file.find(|profile, _| profile.rate),
            default_rate,
        );
        let workers = first(
            typed("--workers", args.workers),
            recorded.map(|run| run.workers),
            file.find(|profile, _| profile.workers),
            default_workers(rate.value),
        );
        let timeout = first(
            typed("--timeout", args.timeout),
            recorded.map(|run| run.timeout_s),
            file.find(|profile, _| profile.timeout),
            Timeout::default(),
        );
        let origins = [
            format!("rate {rate}"),
            format!("workers {workers}"),
            format!("timeout {timeout}"),
        ];
        let recorded_retries = recorded.map(|run| run.retries);
        let pace = Self {
            rate: rate.value,
            adaptation: if args.fixed_rate || recorded.is_some_and(|run| run.fixed_rate) {
                Adaptation::Fixed
            } else {
                Adaptation::Adaptive
            },
            workers: workers.value,
            timeout: timeout.value,
            retries: args.retries.or(recorded_retries).unwrap_or(RETRIES),
        };
        (pace, origins)
    }

    /// The client that sends to `account` at this pace.
    ///
    /// # Errors
    /// When certificates, proxy or login cannot be used.
    pub fn client(&self, account: &Account) -> Result<Client, Error> {
        let connections = usize::from(self.workers.get());
        Client::new(account, self.timeout.duration(), connections).map_err(Error::usage)
    }
}

/// The rate where none is given: leaves room for others on the same token.
pub(super) fn default_rate(is_sandbox: bool) -> RequestRate {
    if is_sandbox {
        RequestRate::new(50, RateUnit::Second)
    } else {
        RequestRate::new(120, RateUnit::Minute)
    }
}

/// Enough for answers that take two seconds.
fn default_workers(rate: RequestRate) -> Workers {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "2 to 64"
    )]
    let workers = (rate.per_second() * 2.0).clamp(2.0, 64.0) as u16;
    Workers::clamped(workers)
}
