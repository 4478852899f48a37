//! Options of `select`.

use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};

use super::values::{custom_field, email, email_or_none, filled, origin, path, status};
use super::{AccountArgs, OutputArgs, PaceArgs};
use crate::model::{Assignment, Status, Zone};

/// What `select --help` says first.
pub(super) const ABOUT: &str = "\
List conversations into an input file.

Reads 30 conversations per request, at --rate, and writes the file only when all of them have been read. Add a column \
such as add_tags, or use --set, and pass the file to `run`. Columns that begin with `_` show each conversation as it \
was; `run` does not send them, but its preview uses them. A conversation must match every filter. If the list changes \
while it is read, it is read again.

Exit codes: 0 if all matching conversations are in the file; 1 if it is written, but some or their guards may be \
missing, as the warnings say; 2 for a wrong command line or configuration; 6 if the login was refused \
or the server failed; 129, 130 or 143 after a signal. There is no file unless the code is 0 or 1.";

/// Commands to begin with, and what each is for.
pub(super) const EXAMPLES: [(&str, &str); 3] = [
    ("reamaze-bulk select --tag returns", "show them"),
    (
        "reamaze-bulk select --status open -o open.csv",
        "for a spreadsheet",
    ),
    (
        "reamaze-bulk select --tag a -o - | reamaze-bulk run - --set add_tags=b --yes",
        "retag",
    ),
];

/// Options of `select`.
#[derive(Debug, clap::Args)]
pub struct SelectArgs {
    /// Where to write: a new file, or `-` for standard output [default: a table on standard output]
    ///
    /// An existing file is not replaced.
    #[arg(short = 'o', long = "output", value_name = "FILE", value_parser = path(), value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,

    /// Format: text, csv, tsv, jsonl [default: from the name of FILE; csv for `-`]
    #[arg(long, value_enum, hide_possible_values = true)]
    pub format: Option<SelectFormat>,

    /// Add guards on status, assignee, channel and tags
    ///
    /// A row of the file is then a conflict, and changes nothing, if one of these has changed
    /// since. See `reamaze-bulk run --help`.
    #[arg(long)]
    pub with_expect: bool,

    /// Which conversations.
    #[command(flatten)]
    pub filters: FilterArgs,

    /// Which account.
    #[command(flatten)]
    pub account: AccountArgs,

    /// How fast.
    #[command(flatten)]
    pub pace: PaceArgs,

    /// What is shown.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Which conversations are listed.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Filters")]
pub struct FilterArgs {
    /// open, unassigned, archived or all [default: all, archived ones too]
    #[arg(long, value_enum, hide_possible_values = true, value_name = "STATE")]
    pub filter: Option<StateFilter>,

    /// With this tag; repeatable
    #[arg(long, value_name = "TAG", value_parser = filled)]
    pub tag: Vec<String>,

    /// With several --tag: all of them, or any [default: all]
    #[arg(
        long,
        value_enum,
        hide_possible_values = true,
        value_name = "all|any",
        requires = "tag"
    )]
    pub tag_match: Option<TagMatch>,

    /// Without this tag; repeatable
    #[arg(long, value_name = "TAG", value_parser = filled)]
    pub without_tag: Vec<String>,

    /// With this status, like open or `On Hold`; repeatable
    #[arg(long, value_name = "STATUS", value_parser = status, value_delimiter = ',')]
    pub status: Vec<Status>,

    /// Assigned to this email address, or `none` for nobody
    #[arg(long, value_name = "EMAIL|none", value_parser = email_or_none)]
    pub assignee: Option<String>,

    /// In this channel, by its slug
    #[arg(long, value_name = "CHANNEL", value_parser = filled)]
    pub category: Option<String>,

    /// Of this customer or staff user, as the server decides
    #[arg(long = "for", value_name = "EMAIL", value_parser = email)]
    pub user: Option<String>,

    /// From this origin, as the API numbers it (1 is email)
    #[arg(long, value_name = "N", value_parser = origin)]
    pub origin: Option<u16>,

    /// With this value of a custom field; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = custom_field)]
    pub data: Vec<Assignment>,

    /// Whose subject contains this text, in any letter case
    #[arg(long, value_name = "TEXT", value_parser = filled)]
    pub subject_contains: Option<String>,

    /// Created at or after this time
    #[arg(long, value_name = "TIME")]
    pub created_after: Option<String>,

    /// Created before this time
    #[arg(long, value_name = "TIME")]
    pub created_before: Option<String>,

    /// Latest customer message at or after this time
    #[arg(long, value_name = "TIME")]
    pub customer_message_after: Option<String>,

    /// Latest customer message before this time
    #[arg(long, value_name = "TIME")]
    pub customer_message_before: Option<String>,

    /// Time zone for times without an offset [default: the profile's, else UTC]
    #[arg(long, value_name = "AREA/CITY")]
    pub timezone: Option<Zone>,
}

/// How conversations are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SelectFormat {
    /// A table for people
    Text,
    /// Cells between commas
    Csv,
    /// Cells between tabs
    Tsv,
    /// A JSON object per line
    Jsonl,
}

/// States of conversations that the server distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StateFilter {
    /// Open
    Open,
    /// Assigned to nobody
    Unassigned,
    /// Archived
    Archived,
    /// All of them
    All,
}

impl StateFilter {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unassigned => "unassigned",
            Self::Archived => "archived",
            Self::All => "all",
        }
    }
}

/// How many of several tags a conversation must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum TagMatch {
    /// All
    #[default]
    All,
    /// At least one
    Any,
}
