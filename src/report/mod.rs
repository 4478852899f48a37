//! The only code that prints. Standard output carries what scripts read (the dry-run preview,
//! `--json`); words for people go to standard error.

mod preview;
mod print;
mod progress;
mod summary;
mod words;

pub use preview::{Account, DryRun, Plan, Sample};
pub use print::{error, print, print_json, tell, warning};
pub use progress::{Progress, Style, Verbosity};
pub use summary::text as summary_text;
pub use words::{counted, in_words, rate_in_words, violations_text};
