//! What was asked for, and what a conversation shows: what differs, what is to be sent, and whether
//! that is allowed. Pure.

mod compare;
mod decision;
mod equal;
mod guards;
mod missing;
mod tags;

pub use compare::{Difference, compare};
pub use decision::{Change, GuardMode, NoChange, decide, lost_fields};
