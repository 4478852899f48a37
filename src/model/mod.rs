//! The vocabulary: plain data that every stage speaks and that knows no stage.

mod address;
mod assignment;
mod before_image;
mod conversation;
pub mod damage;
mod delimiter;
mod duration;
mod encoded_twice;
mod event;
mod file_words;
mod guard;
mod instant;
pub mod invisible;
mod marks;
mod nearest;
mod outcome;
mod pace;
pub mod pass;
mod preview;
mod rate_unit;
mod request_rate;
mod row;
mod row_limit;
mod scalar;
mod shown;
mod slug;
pub mod spreadsheet;
mod status;
mod stop;
mod summary;
pub mod text;
mod update;
mod violation;
mod workers;
mod zone;

pub use assignment::Assignment;
pub use before_image::BeforeImage;
pub use conversation::{Attribute, Conversation, CustomFields, TagList, literal};
pub use delimiter::Delimiter;
pub use duration::{Timeout, duration};
pub use event::{Attempt, Detail, Event, RowResult, Stall, as_seconds};
pub use file_words::{file_words, is_out_of_files, remedy};
pub use guard::Guard;
pub use instant::utc_millis;
pub use nearest::nearest;
pub use outcome::Outcome;
pub use pace::Pace;
pub use pass::Pass;
pub use preview::{FieldChanges, Preview, ValueRows};
pub use rate_unit::RateUnit;
pub use request_rate::RequestRate;
pub use row::{Content, Members, Row, Text};
pub use row_limit::{RowLimit, percentage};
pub use scalar::scalar;
pub use shown::{Shown, shell_word};
pub use slug::Slug;
pub use status::Status;
pub use stop::{Signal, StopReason};
pub use summary::{Counts, Done, Reason, Reasons, Summary};
pub use update::{
    Changes, DataMode, DataValue, Destination, HoldUntil, PlainRows, ReadPolicy, StatusChange,
    TagEdits, Update,
};
pub use violation::Violation;
pub use workers::Workers;
pub use zone::{Zone, zones};
