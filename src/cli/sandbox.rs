//! Options of `sandbox`.

use std::time::Duration;

use super::values::{port, stock};
use crate::model::{RequestRate, duration, percentage};

/// What `sandbox --help` says before the options.
pub(super) const ABOUT: &str = "\
Serve a simulated Re:amaze on 127.0.0.1, until it is interrupted.

Any non-empty login and token are accepted. Every conversation exists, except those whose slug \
begins with `missing-`; lists contain --conversations of them, and each that was read or changed. Its tags, status, assignee, channel and custom fields depend on the slug \
alone, so that a rehearsal can be repeated. A slug of nothing but digits leads to another \
conversation: Re:amaze takes it for a database ID. Every staff email and channel is known, except \
those that contain `unknown`, `missing`, `nobody`, `no-such` or `nonexistent`; `chat` is not an email \
channel. All state is lost when it exits.";

/// Options of `sandbox`.
#[derive(Debug, clap::Args)]
pub struct SandboxArgs {
    /// Port on 127.0.0.1; 0 takes any that is free
    #[arg(long, value_parser = port, default_value_t = 0)]
    pub port: u16,

    /// Requests allowed for each token: N/s or N/m, in fixed windows [default: no limit]
    #[arg(long, value_name = "N/s|N/m")]
    pub limit: Option<RequestRate>,

    /// Omit Retry-After from 429 responses
    #[arg(long)]
    pub no_retry_after: bool,

    /// Delay before each response, like 100ms
    #[arg(long, value_name = "T", value_parser = duration, default_value = "0s")]
    pub latency: Duration,

    /// Share of requests that are answered with a 5xx, like 5%
    #[arg(long, value_name = "P%", value_parser = percentage, default_value = "0%")]
    pub errors: f64,

    /// Conversations that lists contain at the start, 0 to 100000 [default: 300]
    #[arg(long, value_name = "N", value_parser = stock)]
    pub conversations: Option<usize>,

    /// Share of reads after which somebody changes the conversation; of list pages, after which one
    /// moves to another page
    #[arg(long, value_name = "P%", value_parser = percentage, default_value = "0%")]
    pub meanwhile: f64,

    /// Erase custom fields that an update does not mention
    #[arg(long)]
    pub replace_data: bool,

    /// Do not log requests
    #[arg(short, long)]
    pub quiet: bool,
}
