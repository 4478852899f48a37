//! What was asked of a conversation against what it shows. Pure.

mod compare;

pub use compare::{Difference, compare};
