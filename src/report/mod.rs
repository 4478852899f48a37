//! The only code that prints, but for what clap says of a command line. Standard output carries what
//! scripts read (the dry-run preview, `--json`); what is said meanwhile goes to standard error.

mod json;
mod log;
mod metrics;
mod notice;
mod preview;
mod print;
mod progress;
mod stderr;
mod summary;
mod words;

pub use log::{Log, LogFormat, Reader};
pub use metrics::{check as check_metrics, write as write_metrics};
pub use notice::{Level, Next, Notice};
pub use preview::{Account, DryRun, Plan, Sample};
pub use print::{print, print_json};
pub use progress::{Progress, Style};
pub use words::{counted, in_words, violations_text};
