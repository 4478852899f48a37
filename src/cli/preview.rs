//! Options of a preview that reads the account.

use std::path::PathBuf;

use clap::ValueHint;

use super::values::{limit, path};

/// How a dry run reads the account.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Preview")]
pub struct PreviewArgs {
    /// With --dry-run: read each conversation and show what would change
    ///
    /// Sends one GET per row, at --rate, and no updates. Needs the API token; refused while another run
    /// uses the account (see --allow-overlap).
    #[arg(long, requires = "dry_run")]
    pub online: bool,

    /// With --online: read only N conversations, spread evenly
    #[arg(long, value_name = "N", value_parser = limit, requires = "online", conflicts_with_all = ["limit", "plan"])]
    pub sample: Option<u64>,

    /// With --online: write the rows that would change to FILE
    ///
    /// FILE is an input for `run` (JSONL), and must not exist. Each field that a row sets, except
    /// brand, gets a guard: what has changed since the preview is then a conflict, and left alone.
    #[arg(long, value_name = "FILE", value_parser = path(), value_hint = ValueHint::FilePath, requires = "online", conflicts_with = "limit")]
    pub plan: Option<PathBuf>,
}
