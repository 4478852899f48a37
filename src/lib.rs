//! Change thousands of Re:amaze conversations from one file, and account for every row.

pub mod api;
pub mod input;
pub mod model;
pub mod validate;
