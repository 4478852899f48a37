//! What a run did, or would do -> one HTML file to read in a browser.
//!
//! The file needs nothing else: no script, nothing that is fetched, and its security policy says so.
//! Everything in it passes the template library, which escapes it; foreign text is isolated besides, so
//! that it cannot turn around what is beside it. Its size is bounded, and it says what it leaves out.

mod changed_rows;
mod changes;
mod chart;
mod document;
mod figures;
mod file;
mod limits;
mod listings;
mod outcomes;
mod page;
mod parts;
mod reasons;
mod rows;
mod series;

pub use file::{ReportFile, replace, write_new};
pub use page::{Page, PageKind, RunAhead};
pub use rows::{PageRows, Subjects};
