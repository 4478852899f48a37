//! What was typed and what the environment says -> what a run is to do, resolved and checked.

mod settings;

pub use settings::{Consent, Settings, Source, Target, zone_name};
