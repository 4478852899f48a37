//! Options that say how fast to send: for every command that talks to the API.

use super::values::retries;
use crate::model::{RequestRate, Timeout, Workers};

/// How fast to send.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Pace")]
pub struct PaceArgs {
    /// Maximum request rate, retries included [default: 120/m; 50/s in the sandbox]
    ///
    /// Requests per second or per minute, from 1/m to 1000000/s.
    #[arg(long, value_name = "N/s|N/m")]
    pub rate: Option<RequestRate>,

    /// Pause on HTTP 429, but do not lower the rate after it
    #[arg(long)]
    pub fixed_rate: bool,

    /// Maximum requests in flight, 1 to 256 [default: rate x 2 s, within 2 to 64]
    #[arg(long, value_name = "N")]
    pub workers: Option<Workers>,

    /// Timeout of one request, like 30s, 2m or bare seconds [default: 30s]
    #[arg(long, value_name = "T")]
    pub timeout: Option<Timeout>,

    /// Retries of a request, for errors that can be retried [default: 5]
    ///
    /// HTTP 429 responses do not count.
    #[arg(long, value_name = "N", value_parser = retries)]
    pub retries: Option<u32>,
}
