//! Options of `catalog`.

use clap::Subcommand;

use super::account::AccountArgs;
use super::output::OutputArgs;
use super::pace::PaceArgs;
use super::values::years;

/// What `catalog --help` says first.
pub(super) const ABOUT: &str = "\
Cache the names that an account knows: its staff, channels and used tags.

`catalog refresh` reads them, a few requests in all, into a file of its own for each base URL, below \
$XDG_CACHE_HOME/reamaze-bulk, or else ~/.cache/reamaze-bulk. `run` compares assignees, categories, brands and tags with it \
before anything is sent: see `run --catalog`. The file contains names and emails of staff, and no other personal data.";

/// Commands to begin with, and what each is for.
pub(super) const EXAMPLES: [(&str, &str); 3] = [
    ("reamaze-bulk catalog refresh", "read the names"),
    ("reamaze-bulk catalog show", "print them"),
    ("reamaze-bulk run rows.csv --dry-run", "compare"),
];

/// Options of `catalog`.
#[derive(Debug, clap::Args)]
pub struct CatalogArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: CatalogCommand,
}

/// What is done with a catalog.
#[derive(Debug, Subcommand)]
pub enum CatalogCommand {
    /// Read staff, channels and used tags of the account into the cache
    ///
    /// If that fails, the catalog that was there before stays.
    Refresh(Box<CatalogRefreshArgs>),
    /// Print the cached names of the account
    ///
    /// It needs no token and sends no requests.
    Show(Box<CatalogShowArgs>),
}

/// Options of `catalog refresh`.
#[derive(Debug, clap::Args)]
pub struct CatalogRefreshArgs {
    /// Years back that tags were in use, 0 to 20; 0 reads no tags
    ///
    /// A request per year. The API reports tags that were used in a time span; it cannot list all.
    #[arg(long, value_name = "N", value_parser = years, default_value_t = 1)]
    pub tag_years: u16,

    /// Where to send.
    #[command(flatten)]
    pub account: AccountArgs,

    /// How fast to send.
    #[command(flatten)]
    pub pace: PaceArgs,

    /// What is shown.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Options of `catalog show`.
#[derive(Debug, clap::Args)]
pub struct CatalogShowArgs {
    /// Print one JSON document on standard output
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    /// Whose catalog.
    #[command(flatten)]
    pub account: AccountArgs,
}
