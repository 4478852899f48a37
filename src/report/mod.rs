//! The only code that prints, except for clap's usage errors. Standard output carries what scripts
//! read (the dry-run preview, `--json`); everything else goes to standard error.
//!
//! Texts are made by pure functions and written once: the tests take snapshots of them.

mod account_document;
mod account_findings;
mod account_preview;
mod bar;
mod catalog_page;
mod change_findings;
mod changes_table;
mod dry_run;
mod estimate;
mod events;
mod fields_table;
mod first_rows;
pub mod html;
mod json;
mod left_out;
mod log;
mod metrics;
mod name_warnings;
mod notice;
mod plan;
mod plan_page;
mod print;
mod progress;
mod question;
mod sample;
mod schedule;
mod select_summary;
mod state_findings;
mod state_section;
mod stderr;
mod style;
mod summary;
mod table;
#[cfg(test)]
mod tests;
mod undo_preview;
mod warnings;
mod words;
mod work;

pub use account_findings::{AccountFindings, PreviewedRow, Sending};
pub use account_preview::{AccountPreview, WrittenPlan};
pub use catalog_page::{CatalogDocument, catalog_counts, catalog_page};
pub use change_findings::{ChangeFindings, FirstChange, ForeseenRow, KeepRows};
pub use dry_run::DryRun;
pub use left_out::{FieldLeftOut, LeftOutExtent, LeftOutFields};
pub use log::{Audience, Log, LogFormat};
pub use metrics::{MetricsError, check as check_metrics, write as write_metrics};
pub use name_warnings::name_warnings;
pub use notice::{Level, Notice};
pub use plan::{AccountLabel, BlockedBy, Plan};
pub use print::{print, print_json, print_json_lines};
pub use progress::{Progress, ProgressDisplay};
pub use sample::Sample;
pub use select_summary::{SelectSummary, selected_table};

pub use state_findings::StateFindings;
pub use style::{Coloring, StyledText, TextStyle};
pub use summary::NextCommands;
pub use undo_preview::UndoPreview;
pub use words::{in_words, roughly, violations_text};
pub use work::{Activity, Work};
