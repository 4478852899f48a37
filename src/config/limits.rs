//! Options, a resumed run and the configuration file -> when a run stops although rows are left.

use std::time::Duration;

use super::file::Configuration;
use super::found::{first, typed};
use crate::cli::SafetyArgs;
use crate::ledger::RunOptions;
use crate::model::RowLimit;

/// The share of rows that may fail, by default.
const MAX_FAILURES: RowLimit = RowLimit::Share(0.5);

/// The share of updated rows that may differ, by default: any such row is seldom.
const MAX_DIFFERS: RowLimit = RowLimit::Share(0.2);

/// When a run stops although rows are left.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Rows of the input; more, and nothing is sent.
    pub max_rows: Option<u64>,
    /// Rows that are sent.
    pub rows_sent: Option<u64>,
    /// Time for sending.
    pub max_duration: Option<Duration>,
    /// Rows that may fail.
    pub max_failures: RowLimit,
    /// Updated rows that may show something else than was asked for.
    pub max_differs: RowLimit,
}

impl Limits {
    /// A resumed run keeps the shares of rows that it was started with. Also says where each value
    /// was found.
    pub(super) fn resolve(
        args: &SafetyArgs,
        recorded: Option<&RunOptions>,
        file: &Configuration,
    ) -> (Self, [String; 2]) {
        let max_failures = first(
            typed("--max-failures", args.max_failures),
            recorded.map(|run| run.max_failures),
            file.find(|profile, _| profile.max_failures),
            MAX_FAILURES,
        );
        let max_differs = first(
            typed("--max-differs", args.max_differs),
            recorded.and_then(|run| run.max_differs),
            file.find(|profile, _| profile.max_differs),
            MAX_DIFFERS,
        );
        let origins = [
            format!("max-failures {max_failures}"),
            format!("max-differs {max_differs}"),
        ];
        let limits = Self {
            max_rows: args.max_rows,
            rows_sent: args.limit,
            max_duration: args.max_duration,
            max_failures: max_failures.value,
            max_differs: max_differs.value,
        };
        (limits, origins)
    }
}
