//! What was asked for, and what a conversation shows: what differs, what is to be sent, and whether
//! that is allowed. Pure.

mod compare;
mod decision;
mod diff;
mod equal;
mod guards;
mod missing;
mod not_undone;
mod previewed;
mod reviewed;
mod tags;
mod undo;

pub use compare::{Difference, compare};
pub use decision::{Change, GuardMode, NoChange, decide, lost_fields};
pub use diff::diff;
pub use equal::known_status;
pub use guards::failed_guards;
pub use not_undone::{LeftOut, NotUndone};
pub use previewed::{PreviewedChange, previewed};
pub use reviewed::{NotShown, ReviewedRow};
pub use tags::UnsafeTag;
pub use undo::{Undo, UndoPart, UndoRow, UnsetFields, undo};
