//! The names of an account -> a file in the user's cache directory, and back; and names in rows that are
//! not among them. Nothing is asked of the account here.

mod cache;
mod known_brands;
mod known_names;
mod known_tags;

pub use cache::{CatalogCache, CatalogError};
pub use known_names::KnownNames;
