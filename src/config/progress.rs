//! Options and the terminal -> how progress is shown.

use std::env;
use std::io::{IsTerminal as _, stderr};

use crate::cli::{OutputArgs, ProgressStyle};
use crate::report::{LogFormat, ProgressDisplay};

/// How progress is shown.
pub(super) fn progress(args: &OutputArgs) -> ProgressDisplay {
    match args.progress {
        _ if args.quiet => ProgressDisplay::Hidden,
        ProgressStyle::None => ProgressDisplay::Hidden,
        _ if args.log_format == LogFormat::Json => ProgressDisplay::Lines,
        // A terminal that cannot go back in a line has no bar.
        ProgressStyle::Auto if env::var_os("TERM").is_some_and(|term| term == "dumb") => {
            ProgressDisplay::Lines
        }
        ProgressStyle::Auto if stderr().is_terminal() => ProgressDisplay::Bar,
        ProgressStyle::Bar => ProgressDisplay::Bar,
        ProgressStyle::Auto | ProgressStyle::Lines => ProgressDisplay::Lines,
    }
}
