//! Rows -> legal updates, or everything that is wrong with them. Needs no network.

mod columns;
mod combinations;
mod draft;
mod duplicates;
mod faults;
mod fields;
mod header_again;
mod rules;
mod schema;
mod tags;
mod times;

pub use columns::Columns;
pub use draft::Draft;
pub use duplicates::{Fingerprint, Prints, Repeat, Repeated};
pub use fields::nearest;
pub use rules::{Checked, Clock, Damaged, Rules, Terms};
pub use schema::{DIFFERENCES, schema};
