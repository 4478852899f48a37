//! Options that say how fast to send: for every command that talks to the API.

use std::time::Duration;

use super::rate::{AskedRate, rate};
use super::values::{retries, timeout, workers};

/// How fast to send.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Pace")]
pub struct PaceArgs {
    /// Maximum request rate, retries included [default: 120/m; 50/s in the sandbox]
    ///
    /// Requests per second or per minute, from 1/m to 1000000/s.
    #[arg(long, value_name = "N/s|N/m", value_parser = rate)]
    pub rate: Option<AskedRate>,

    /// Pause when the server throttles, but never lower the rate after it
    #[arg(long)]
    pub fixed_rate: bool,

    /// Maximum requests in flight, 1 to 256 [default: rate x 2 s, within 2 to 64]
    #[arg(long, value_name = "N", value_parser = workers)]
    pub workers: Option<u16>,

    /// Timeout of one request, like 30s, 2m or bare seconds [default: 30s]
    #[arg(long, value_name = "T", value_parser = timeout)]
    pub timeout: Option<Duration>,

    /// Retries of a request, for errors that can be retried [default: 5]
    ///
    /// A 429 never counts.
    #[arg(long, value_name = "N", value_parser = retries)]
    pub retries: Option<u32>,
}
