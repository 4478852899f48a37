//! Rows -> legal updates, or everything that is wrong with them. Needs no network.

mod columns;
mod combinations;
mod draft;
mod duplicates;
mod faults;
mod field;
mod guarded;
mod guards;
mod header_again;
mod known_names;
mod members;
mod names;
mod rules;
mod schema;
mod schema_patterns;
mod state;
mod tag_rules;
mod tags;
mod terms;
mod time_advice;
mod times;
mod value;
mod written_time;

pub use columns::Columns;
pub use draft::Draft;
pub use duplicates::{Fingerprints, Repeat, Repeated};
pub use rules::{InvalidRow, Rules};
pub use schema::{DIFFERENCES, schema};
pub use state::RowState;
pub use terms::{Clock, Damaged, Terms};
pub use times::time;
