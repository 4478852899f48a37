//! What was typed, without effects; and what is made of the options: help, completion scripts and the
//! manual page. What it means is resolved in `config`.

mod account;
mod args;
mod catalog;
mod check;
mod completions;
mod input;
mod man;
mod other_tools;
mod output;
mod pace;
mod parse;
mod preview;
mod read;
mod report;
mod run;
mod safety;
mod sandbox;
mod select;
mod tips;
mod undo;
mod values;

pub use account::AccountArgs;
pub use args::{Args, Command};
pub use catalog::{CatalogArgs, CatalogCommand, CatalogRefreshArgs, CatalogShowArgs};
pub use check::CheckArgs;
pub use completions::{COMPLETE, completions};
pub use input::InputArgs;
pub use man::man;
pub use output::{OutputArgs, ProgressStyle};
pub use pace::PaceArgs;
pub use parse::{NotParsed, parse};
pub use preview::PreviewArgs;
pub use read::ReadArgs;
pub use report::{ReportArgs, ReportFileArgs};
pub use run::RunArgs;
pub use safety::SafetyArgs;
pub use sandbox::SandboxArgs;
pub use select::{FilterArgs, SelectArgs, SelectFormat, StateFilter, TagMatch};
pub use undo::UndoArgs;
