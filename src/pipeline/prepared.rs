//! A row that was read, on its way to the update.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::change::Change;
use crate::model::Conversation;

/// What is to be sent for a row that was read.
pub(super) struct Prepared {
    pub(super) change: Change<'static>,
    /// The conversation as it was read, and when that was.
    pub(super) conversation: Conversation,
    pub(super) read: Instant,
    pub(super) read_at: Timestamp,
    /// Whether its before-image is in the file.
    pub(super) has_image: bool,
}

impl Prepared {
    /// Whether the conversation was read less than `age` ago by the wall clock, too: the other one stands
    /// still while a machine is asleep. A clock that was put back says nothing.
    pub(super) fn is_younger_than(&self, age: Duration) -> bool {
        let passed = Timestamp::now().duration_since(self.read_at);
        Duration::try_from(passed).is_ok_and(|passed| passed <= age)
    }
}
