//! Options that say which conversations are read before they are changed.

/// Which conversations are read before they are changed.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
#[command(next_help_heading = "Safety")]
pub struct ReadArgs {
    /// Read each conversation first, so that the run can be undone
    ///
    /// That takes two requests per row. Rows that edit tags or have guards are always read first.
    #[arg(long)]
    pub read_first: bool,

    /// Send all custom fields of a conversation, not only changed ones
    ///
    /// For accounts that erase the custom fields that an update does not mention. Rows that set
    /// custom fields are read first, which takes two requests.
    #[arg(long)]
    pub data_whole: bool,
}
