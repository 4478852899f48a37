//! Options that say how rows are read.

use super::values::{catalog_mode, format};
use crate::input::Format;
use crate::model::{Assignment, CatalogMode, Delimiter, Zone};

/// How rows are read.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Format: csv, tsv, jsonl, xlsx, ods [default: from name or content]
    #[arg(long, value_parser = format(), hide_possible_values = true)]
    pub format: Option<Format>,

    /// Cell delimiter: a character, or `tab` [default: from the header]
    ///
    /// The header line shows which of `,` `;` tab and `|` it is.
    #[arg(long, value_name = "C")]
    pub delimiter: Option<Delimiter>,

    /// Sheet of a workbook to read [default: the first visible one]
    ///
    /// A workbook is an .xlsx or .ods file. Letter case does not matter in the name.
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,

    /// Time zone for times without an offset [default: none]
    ///
    /// A name like Europe/Berlin. Without it, such times are invalid.
    #[arg(long, value_name = "AREA/CITY")]
    pub timezone: Option<Zone>,

    /// Default value for a field, used where a row has none; repeatable
    #[arg(long, value_name = "FIELD=VALUE")]
    pub set: Vec<Assignment>,

    /// Names not in the catalog: warn, error, off [default: warn]
    ///
    /// Compares assignees, categories, brands and tags with what `reamaze-bulk catalog refresh` has
    /// cached; without such a cache, warn does nothing. error: their rows are invalid. Tags are only
    /// warned about, where they are much like one in use.
    #[arg(long, value_parser = catalog_mode(), hide_possible_values = true, value_name = "HOW")]
    pub catalog: Option<CatalogMode>,

    /// Read the column (or JSON key) THEIRS as the field OURS; repeatable
    ///
    /// Like --map "Ticket URL=slug". Letter case does not matter unless two names differ only in it.
    /// failed.* keeps the names of the input.
    #[arg(long, value_name = "THEIRS=OURS")]
    pub map: Vec<String>,

    /// Ignore columns (or JSON keys) that are not fields
    ///
    /// They are listed. One that looks like a field with a typo is still an error.
    #[arg(long)]
    pub ignore_unknown_columns: bool,

    /// Send the valid rows even if others are invalid
    #[arg(long)]
    pub skip_invalid: bool,

    /// Send custom fields that a spreadsheet or export has damaged
    ///
    /// Such as 1.2E+11, #N/A, NULL, text encoded twice or a cell cut off: their rows are invalid
    /// otherwise. Preview and summary say how many are sent.
    #[arg(long)]
    pub allow_damaged: bool,
}
