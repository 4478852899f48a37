//! A row that was read, on its way to the update.

use std::time::Instant;

use jiff::Timestamp;

use crate::change::Change;
use crate::model::Conversation;

/// What is to be sent for a row that was read.
pub(super) struct Prepared {
    pub(super) change: Change<'static>,
    /// The conversation as it was read, and when that was.
    pub(super) conversation: Box<Conversation>,
    pub(super) read: Instant,
    pub(super) read_at: Timestamp,
    /// Whether its before-image is in the file.
    pub(super) has_image: bool,
}
