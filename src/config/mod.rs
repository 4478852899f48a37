//! What was typed, what the environment says and what a configuration file says -> what a run is
//! to do, resolved and checked.
//!
//! Each value is taken from the first that has it: an option, the environment, of a resumed run its
//! own record, the chosen profile, what the file says outside of profiles, a default. Only an
//! account is never mixed with the one that a resumed run is bound to: it must agree.

mod account;
mod address;
mod catalog;
mod config_text;
mod connection;
mod directories;
mod file;
mod follow_up;
mod found;
mod input_settings;
mod input_source;
mod limits;
mod pace;
mod profile;
mod progress;
mod read_policy;
mod settings;
mod target;
mod token;
mod token_command;

pub use catalog::{NameSettings, age, catalog_cache, unusable};
pub use connection::{Connection, known_address};
pub use directories::user_directory;
pub use file::profile_names;
pub use follow_up::{FollowUp, previewing};
pub use input_settings::InvalidRows;
pub use input_source::InputSource;
pub use limits::Limits;
pub use pace::PaceSettings;
pub use settings::{Consent, OnlineOptions, Settings};
pub use target::Target;
