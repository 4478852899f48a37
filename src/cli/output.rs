//! Options that say what is shown, and in which form.

use clap::ValueEnum;

use super::values::log_format;
use crate::model::Detail;
use crate::report::{Level, LogFormat};

/// What is shown, and in which form.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// How to show progress: auto, bar, lines, none [default: auto]
    ///
    /// auto: a bar on a terminal; elsewhere a line every 30 seconds.
    #[arg(
        long,
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        value_name = "HOW"
    )]
    pub progress: ProgressStyle,

    /// Print one JSON document on standard output
    #[arg(long)]
    pub json: bool,

    /// Format of messages on standard error: text, json [default: text]
    ///
    /// json: one object per line. There is then no confirmation (--yes is needed) and no
    /// bar.
    #[arg(
        long,
        value_parser = log_format(),
        default_value = "text",
        hide_default_value = true,
        hide_possible_values = true,
        value_name = "FORMAT"
    )]
    pub log_format: LogFormat,

    /// Show where settings came from, and every request and answer
    ///
    /// Never the token.
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,

    /// Show warnings and errors only
    #[arg(short, long)]
    pub quiet: bool,
}

impl OutputArgs {
    /// The events that are shown.
    #[must_use]
    pub fn detail(&self) -> Detail {
        if self.verbose {
            Detail::Exchanges
        } else {
            Detail::Outcomes
        }
    }

    /// The least important messages that are shown.
    #[must_use]
    pub fn level(&self) -> Level {
        match (self.quiet, self.verbose) {
            (true, _) => Level::Warning,
            (false, true) => Level::Debug,
            (false, false) => Level::Info,
        }
    }
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ProgressStyle {
    /// A bar on a terminal, lines elsewhere
    #[default]
    Auto,
    /// A bar
    Bar,
    /// A line every 30 seconds
    Lines,
    /// Nothing
    None,
}
