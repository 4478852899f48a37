//! Options that keep a run from doing more than was meant.

use std::time::Duration;

use super::values::{limit, rows};
use crate::model::{RowLimit, duration};

/// What keeps a run from doing more than was meant.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Safety")]
pub struct SafetyArgs {
    /// Validate and preview; change nothing
    ///
    /// Without --online, it needs no token and sends no requests.
    #[arg(long)]
    pub dry_run: bool,

    /// Do not ask before sending
    #[arg(short, long)]
    pub yes: bool,

    /// Send nothing if there are more rows than this [default: no limit]
    #[arg(long, value_name = "N", value_parser = rows)]
    pub max_rows: Option<u64>,

    /// Send only the first N pending rows [default: all]
    ///
    /// A canary: --resume sends the rest.
    #[arg(long, value_name = "N", value_parser = limit)]
    pub limit: Option<u64>,

    /// Stop sending after this time, for example 6h [default: no limit]
    ///
    /// --resume continues.
    #[arg(long, value_name = "T", value_parser = duration)]
    pub max_duration: Option<Duration>,

    /// Stop after this many failed rows [default: 50%]
    ///
    /// Rows that are rejected, not found, failed or unknown: N, N% (from the 50th row on) or none.
    #[arg(long, value_name = "N|N%|none")]
    pub max_failures: Option<RowLimit>,

    /// Stop after this many updated rows that differ [default: 20%]
    ///
    /// Rows whose answers do not show what was requested: N, N% (from the 20th updated row on) or none.
    #[arg(long, value_name = "N|N%|none")]
    pub max_differs: Option<RowLimit>,

    /// Run even if another run is using the account
    #[arg(long)]
    pub allow_overlap: bool,
}
