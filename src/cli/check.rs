//! Options of `check`: the account, a time limit, and what is shown.

use super::account::AccountArgs;
use super::output::OutputArgs;
use super::pace::PaceArgs;
use crate::model::Timeout;

/// What `check --help` says first.
pub(super) const ABOUT: &str = "\
Check login, brand and server with one request.

Reads the first page of conversations, changes nothing and retries nothing. If something is wrong, it says what, where \
the settings in question came from, and what to do.

Exit codes: 0 if login, brand and server are right; 6 if not, or if the server cannot tell now, for example because of \
its rate limit; 2 for a wrong configuration.";

/// Commands to begin with, and what each is for.
pub(super) const EXAMPLES: [(&str, &str); 2] = [
    ("reamaze-bulk check", "the account that is set up"),
    (
        "reamaze-bulk check --profile eu -v",
        "another one, in detail",
    ),
];

/// Options of `check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Which account to use.
    #[command(flatten)]
    pub account: AccountArgs,

    /// How long to wait for the answer, like 30s, 2m or bare seconds [default: 2s]
    ///
    /// The timeout of a profile is for runs, and does not count here.
    #[arg(
        long,
        value_name = "T",
        default_value = "2s",
        hide_default_value = true
    )]
    pub timeout: Timeout,

    /// What is shown, and in which form.
    #[command(flatten)]
    pub output: OutputArgs,
}

impl CheckArgs {
    /// The pace of its one request.
    #[must_use]
    pub fn pace(&self) -> PaceArgs {
        PaceArgs {
            timeout: Some(self.timeout),
            ..PaceArgs::default()
        }
    }
}
