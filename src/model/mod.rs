//! The vocabulary: plain data that every stage speaks and that knows no stage.

mod address;
pub mod damage;
mod encoded_twice;
mod event;
mod file_words;
pub mod invisible;
mod marks;
mod outcome;
pub mod pass;
mod preview;
mod rate_unit;
mod row;
mod shown;
mod slug;
pub mod spreadsheet;
mod status;
mod stop;
mod summary;
pub mod text;
mod update;
mod violation;

pub use event::{Attempt, Detail, Event, RowResult, Stall, as_seconds};
pub use file_words::{file_words, is_out_of_files, remedy};
pub use outcome::Outcome;
pub use pass::Pass;
pub use preview::{FieldChanges, Preview, ValueRows};
pub use rate_unit::RateUnit;
pub use row::{Content, Members, Row, Text};
pub use shown::{Shown, shell_word};
pub use slug::Slug;
pub use status::Status;
pub use stop::{Signal, StopReason};
pub use summary::{Counts, Done, MAX_WORKERS, Pace, Reason, Reasons, Summary, utc_millis};
pub use update::{Changes, DataValue, Destination, HoldUntil, StatusChange, Update};
pub use violation::Violation;
